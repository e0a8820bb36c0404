"""Reports as files: which report a directory gets, and how it is written."""

from __future__ import annotations

from pathlib import Path

from sim.analysis.compare.compare import Comparison
from sim.ensemble.files import check_writable
from sim.ensemble.results import load
from sim.errors import BrinkError
from sim.report.html import comparison, run

NAME = "report.html"
"""What the report on a directory of results is called, which stands in it."""
COMPARISON = "comparison.json"
"""What tells the directory of a comparison from that of a run."""


def report_of(folder: Path) -> str:
    """The report of what a directory holds. Raises BrinkError if that is neither a run nor a comparison."""
    if (folder / COMPARISON).is_file():
        return comparison.report(Comparison.load(folder))
    return run.report(load(folder))


def checked(path: str | Path) -> Path:
    """The path of a page that is to be written. Raises BrinkError if it cannot be, or if something else would be lost."""
    path = Path(path)
    if path.is_dir() or (path.exists() and path.name != NAME):
        raise BrinkError(f"{path}: exists already; name another file or remove it")
    check_writable(path)
    return path
