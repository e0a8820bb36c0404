"""Reports as files: which report a directory gets, and how it is written."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from sim.errors import BrinkError

NAME = "report.html"
"""What a report is called beside the results that it tells of."""
COMPARISON = "comparison.json"
"""What tells the directory of a comparison from that of a run."""


def report_of(folder: Path) -> str:
    """The report of what a directory holds. Raises BrinkError if that is neither a run nor a comparison."""
    from sim import results
    from sim.report import run

    if not (folder / COMPARISON).is_file():
        return run.report(results.load(folder))
    from sim.report import comparison
    from sim.whatif.compare import Comparison

    return comparison.report(Comparison.load(folder))


def write(path: Path, text: str) -> Path:
    """Write a page; it appears whole or not at all. Raises BrinkError if it cannot be written."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise BrinkError(f"{path}: cannot be written ({error.strerror or error})") from None
    finally:
        part.unlink(missing_ok=True)
    return path


def checked(path: str | Path) -> Path:
    """The path of a page that is to be written. Raises BrinkError if it cannot be, or if something else would be lost."""
    path = Path(path)
    if path.is_dir() or (path.exists() and path.name != NAME):
        raise BrinkError(f"{path}: exists already; name another file or remove it")
    parent = path.absolute().parent
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise BrinkError(f"{path}: cannot be written, for {parent} is not a directory that you can write to")
    return path
