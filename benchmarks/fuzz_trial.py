"""One damaged input given to its reader, and what came of it."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from fuzz_readers import READERS, Reader, tree, words, write_tree
from mutations import CANARY, Files, damage

from sim.errors import BrinkError

ROOT = Path(__file__).parents[1]

SLOW = 1.0
"""Seconds of processor time that reading may take."""

HANGS = 6, 40
"""Seconds of processor time after which reading, and what follows it, is given up."""

MOST_LINES, LONGEST_LINE = 21, 1000
"""Of a message: 20 mistakes and a line that says there are more; letters of a line."""

MEMORY = 2 << 30
"""Bytes that an input may take beyond what is there already."""

FORBIDDEN = {"os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "socket.connect", "pickle.find_class"}
"""What Python reports when it is about to do it, and no reader ever does."""


class Input(NamedTuple):
    """A tree of files, one or two of them damaged; `says` how."""

    reader: str
    number: int
    files: Files
    says: str

    @property
    def size(self) -> int:
        """Bytes of what was damaged."""
        names = [part.split(": ")[0] for part in self.says.split("; ")]
        return sum(len(self.files[name]) for name in names if name in self.files)


class Trial(NamedTuple):
    """What came of an input.

    Parameters
    ----------
    came : accepted, refused, traceback, message (a refusal that is not in plain words), run (of what it says), dead
    what : kind of the fault, with the place in the code; "" if there is none
    seconds : of processor time
    details : the traceback or message
    """

    reader: str
    number: int
    came: str
    what: str
    seconds: float
    size: int
    says: str
    details: str = ""


class Hangs(BaseException):
    """It takes too long."""


@cache
def _seeds(folder: Path) -> Files:
    return tree(folder)


def made(name: str, number: int, seed: int, seeds: Path) -> Input:
    """The input of that number, always the same."""
    rng, reader = Random(f"{seed}:{name}:{number}"), READERS[name]
    files = dict(_seeds(seeds / rng.choice(reader.seeds)))
    touched = [file for end in reader.touched for file in files if file.endswith(end)]
    return Input(name, number, files, damage(rng, files, touched, words()))


def tried(given: Input, shows: bool = False) -> Trial:
    """Give an input to its reader."""
    rng, reader = Random(f"{given.reader}:{given.number}"), READERS[given.reader]
    with tempfile.TemporaryDirectory(dir=SCRATCH, ignore_cleanup_errors=True) as folder:
        write_tree(Path(folder), given.files)
        came, what, seconds, details = _judged(lambda: reader.read(Path(folder), rng), Path(folder))
        details = details.replace(folder, "FOLDER")
    if shows:
        print(details)
    return Trial(given.reader, given.number, came, what.replace(folder, "FOLDER"), seconds, given.size, given.says, details)


SCRATCH = "/dev/shm" if os.path.isdir("/dev/shm") else None


def _judged(read: Any, folder: Path) -> tuple[str, str, float, str]:
    """What came of reading: how it ended, what is wrong, seconds, details."""
    began, seconds = time.process_time(), None
    with _watched(folder) as seen, _bounded():
        try:
            then = read()
            seconds = time.process_time() - began
            signal.setitimer(signal.ITIMER_PROF, HANGS[1])
            if then is not None:
                read_meanwhile = list(seen)
                then()
                seen[:] = read_meanwhile  # what follows may start processes
            came, what, details = "accepted", "", ""
        except BrinkError as error:
            wrong, details = _unplain(str(error)), str(error)[:6000]
            came, what = ("message", f"{wrong} at {place_of(error)}") if wrong else ("refused", "")
        except SystemExit as ended:
            came, what, details = "refused" if ended.code else "accepted", "", ""
        except (Exception, Hangs) as error:
            came, what, details = "traceback", f"{type(error).__name__} at {place_of(error)}", _told(error)
    seconds = time.process_time() - began if seconds is None else seconds
    if seen:
        came, what, details = "run", seen[0], "\n".join(seen)
    return came, what, seconds, details


def _unplain(message: str) -> str:
    """What is wrong with a message, or nothing."""
    lines = message.split("\n")
    if not message.strip():
        return "an empty message"
    if len(lines) > MOST_LINES:
        return f"more than {MOST_LINES} lines"
    if any(len(line) > LONGEST_LINE for line in lines):
        return f"a line of more than {LONGEST_LINE} letters"
    strange = any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for line in lines for sign in line)
    return "control characters in the message" if strange else ""


def place_of(error: BaseException) -> str:
    """The last line of brink's own code through which an error went."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(ROOT)
              and Path(frame.filename).parent.name != "benchmarks"]
    if not frames:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{Path(last.filename).name}:{last.lineno}"
    return f"{Path(frames[-1].filename).relative_to(ROOT)}:{frames[-1].lineno}"


def _told(error: BaseException) -> str:
    lines = traceback.format_exception(error)
    return "".join(lines[:5] + ["...\n"] * (len(lines) > 30) + lines[5:][-25:])[-6000:]


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """A context that ends with an error when it takes too long."""
    def ring(*_: object) -> None:
        raise Hangs("given up")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, HANGS[0])
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


# what a reader does beside reading

_FOLDERS: list[str] = []
_SEEN: list[str] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what Python is about to do, if no reader may do it."""
    if not _FOLDERS:
        return
    if event in FORBIDDEN:
        _SEEN.append(f"{event} {str(arguments[:1])[:80]}")
    elif event == "compile" and CANARY in str(arguments[0]):
        _SEEN.append("compiles what the file says")
    elif event == "open" and "passwd" in str(arguments[0]) and not str(arguments[0]).startswith(_FOLDERS[-1]):
        _SEEN.append(f"opens {arguments[0]}")


@cache
def _listening() -> bool:
    sys.addaudithook(_hear)
    return True


@contextlib.contextmanager
def _watched(folder: Path) -> Iterator[list[str]]:
    """What is done meanwhile that may not be."""
    _listening()
    _FOLDERS.append(str(folder))
    _SEEN.clear()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield _SEEN
    finally:
        _FOLDERS.pop()


def warm(names: Iterable[str], seeds: Path) -> None:
    """Read what is in order once in every way, so that what imports cost is not counted. Raises BrinkError if it is refused."""
    for name in names:
        for which in READERS[name].seeds:
            _warm(READERS[name], _seeds(seeds / which), 12 if name in ("run", "study-directory") else 3)
    gc.collect()
    gc.freeze()


def _warm(reader: Reader, files: Files, turns: int) -> None:
    """Read these files in so many ways, of which one must go well: the question may be one that they do not answer."""
    refused = []
    for turn in range(turns):
        with tempfile.TemporaryDirectory(dir=SCRATCH) as folder, contextlib.redirect_stdout(io.StringIO()):
            write_tree(Path(folder), files)
            try:
                (reader.read(Path(folder), Random(turn)) or (lambda: None))()
            except BrinkError as error:
                refused.append(error)
    if len(refused) == turns:
        raise refused[-1]


def confine() -> None:
    """Let this process take only so much more memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
    if pages:
        most = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
