"""What `Run`, `RateRatio` and `Chronicle` offer that is read or looked at: functions that fill their slots. What
they need is imported when they are called.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.analysis.compare.compare import Comparison
from sim.analysis.explain.chronicle import Chronicle
from sim.ensemble.files import write_text
from sim.ensemble.results import Run
from sim.scenario.slots import give


def report(run: Run, path: str | Path) -> Path:
    """Write a page that tells of the run: one HTML file that opens without a network, needs no script, and prints.

    The same run gives the same bytes. Raises BrinkError if the file exists already (unless it is called report.html) or
    cannot be written.
    """
    from sim.report.html import files
    from sim.report.html.run import report

    return write_text(files.checked(path), report(run))


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """Plain values for JSON, null where there is nothing to say."""
    from sim.report.text.compare import as_dict

    return as_dict(comparison)


def save(comparison: Comparison, path: str | Path, runs: bool = True, also: Callable[[Path], object] | None = None) -> Path:
    """Write a directory of tables and pictures, with the two runs as `a` and `b`; it appears whole or not at all.

    `also` may add files to it before it appears. Raises BrinkError if the path exists or cannot be written.
    """
    from sim.report.exports import save_comparison

    return save_comparison(comparison, path, runs, also)


def report_comparison(comparison: Comparison, path: str | Path) -> Path:
    """Write a page that tells of the comparison: one HTML file that opens without a network, needs no script, and prints.

    Raises BrinkError if the file exists already (unless it is called report.html) or cannot be written.
    """
    from sim.report.html import files
    from sim.report.html.comparison import report

    return write_text(files.checked(path), report(comparison))


def text(chronicle: Chronicle) -> str:
    """The chronicle in lines of at most 100 letters."""
    from sim.report.text.explain import lines

    return "\n".join(lines(chronicle, 100))


give(Run, report=report)
give(Comparison, as_dict=as_dict, save=save, report=report_comparison)
give(Chronicle, text=text)
