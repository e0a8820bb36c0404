"""Reports as files: the report of a directory of results, and where one may be written."""

from __future__ import annotations

from pathlib import Path

from sim.analysis.compare.compare import Comparison
from sim.ensemble.files import check_writable
from sim.ensemble.results import Run, load
from sim.errors import BrinkError, path_of
from sim.report.html import comparison, run

NAME = "report.html"
"""The name of the report in a directory of results."""


def report(kept: Run | Comparison) -> str:
    """The page on a run or on a comparison."""
    return run.report(kept) if isinstance(kept, Run) else comparison.report(kept)


def report_of(folder: Path) -> str:
    """The report of the run or comparison in a directory. Raises BrinkError if that is neither a run nor a comparison."""
    return report(Comparison.load(folder) if (folder / "comparison.json").is_file() else load(folder))


def checked(path: str | Path) -> Path:
    """The path of a page that is to be written. Raises BrinkError if it cannot be, or if something else would be lost."""
    path = path_of(path)
    if path.is_dir() or (path.exists() and path.name != NAME):
        raise BrinkError(f"{path}: exists already; name another file or remove it")
    check_writable(path)
    return path
