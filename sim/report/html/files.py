"""Reports as files: which report a directory gets, and how it is written."""

from __future__ import annotations

from pathlib import Path

from sim.ensemble.files import check_writable
from sim.errors import BrinkError

NAME = "report.html"
"""What a report is called beside the results that it tells of."""
COMPARISON = "comparison.json"
"""What tells the directory of a comparison from that of a run."""


def report_of(folder: Path) -> str:
    """The report of what a directory holds. Raises BrinkError if that is neither a run nor a comparison."""
    from sim.ensemble import results
    from sim.report.html import run

    if not (folder / COMPARISON).is_file():
        return run.report(results.load(folder))
    from sim.analysis.compare.compare import Comparison
    from sim.report.html import comparison

    return comparison.report(Comparison.load(folder))


def checked(path: str | Path) -> Path:
    """The path of a page that is to be written. Raises BrinkError if it cannot be, or if something else would be lost."""
    path = Path(path)
    if path.is_dir() or (path.exists() and path.name != NAME):
        raise BrinkError(f"{path}: exists already; name another file or remove it")
    check_writable(path)
    return path
