"""The last net below every command: closed and full outputs, want of memory, and mistakes of brink's own, each in one line."""

from __future__ import annotations

import os
import sys

from sim.errors import cut
from sim.words import OutputLost


def open_streams() -> None:
    """Put something in the place of standard streams that whoever started the command has closed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  for as long as the process lives


def told(error: Exception) -> tuple[str, int]:
    """The line about an error that nothing else expects, and the exit code; no line where whoever read the output has gone."""
    if isinstance(error, OutputLost):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what still waits goes nowhere
        why = error.__cause__
        return ("", 0) if isinstance(why, BrokenPipeError) else (f"the output cannot be written ({why})", 2)
    if isinstance(error, OSError) and not _is_somewhere():
        return "the folder in which this was called is gone; go to one that is there", 2
    if isinstance(error, OSError) and error.filename:
        return f"{cut(str(error.filename), 200)}: cannot be used ({error.strerror})", 2
    if isinstance(error, MemoryError):
        return "there is too little memory for this; try fewer worlds, or fewer --jobs", 2
    return _own(error), 1


def _is_somewhere() -> bool:
    """Whether the working directory is still there."""
    try:
        return bool(os.getcwd())
    except OSError:
        return False


def _own(error: Exception) -> str:
    """The line about a mistake of brink's own, after writing a file with its details that one can send."""
    import platform
    import shlex
    import tempfile
    import traceback
    from importlib.metadata import version

    details = "\n".join([f"brink {version('brink')}, Python {platform.python_version()}, {platform.platform()}",
                         f"command: {shlex.join(sys.argv)}", "", *traceback.format_exception(error)])
    line = f"this is a mistake of brink's own, not of yours ({cut(f'{type(error).__name__}: {error}'.strip(': '), 120)})"
    try:
        with tempfile.NamedTemporaryFile("w", prefix="brink-mistake-", suffix=".txt", delete=False, encoding="utf-8",
                                         errors="backslashreplace") as file:
            file.write(details)
    except OSError:
        return f"{line}; the details could be written nowhere"
    return f"{line}; please send {file.name}, which says what happened, to whoever gave you brink"
