"""The command `brink`, also as `python -m sim`. From here on Ctrl-C is one line and exit code 130."""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False  # as for typing, which takes long to import
if TYPE_CHECKING:
    from types import FrameType

PAUSE = 0.01
"""Seconds until it is looked again whether something delicate is still going on."""

PROCESS_STARTS = "ProcessPoolExecutor.submit"
"""The function in which workers are started. One that is only half started would outlive what it needs, and say so."""


def main() -> None:
    """Entry point of the command."""
    os.environ.pop("MPLBACKEND", None)  # pictures are files here, whatever windows other programs open
    heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # a shell may have it ignored in the background
    if heeded:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        from sim.cli import main

        main()
    except KeyboardInterrupt:
        os.write(2, b"brink: interrupted; nothing was kept\n")
        sys.exit(130)
    finally:
        if heeded:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # all is told, and the interpreter closes down


def _interrupt(signal_: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt, but not while a module is imported, for there it may be lost, nor while a worker starts."""
    if hasattr(signal, "setitimer") and _delicate(frame):
        signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, PAUSE)
    else:
        raise KeyboardInterrupt


def _delicate(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>" or frame.f_code.co_qualname == PROCESS_STARTS:
            return True
        frame = frame.f_back
    return False


if __name__ == "__main__":
    main()
