"""Methods that report on a `Run`, a `Comparison`, a `Chronicle`; Matplotlib and templates are imported when they are called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.analysis.compare.compare import Comparison
from sim.analysis.explain.chronicle import Chronicle
from sim.ensemble.files import json_text, read_json, sealed, write_csv, write_text, write_whole
from sim.ensemble.results import Run
from sim.report.text.compare import as_dict
from sim.report.text.explain import lines
from sim.scenario.slots import give


def report(kept: Run | Comparison, path: str | Path) -> Path:
    """Write a page on a run or a comparison: one HTML file that opens without a network, needs no script, and prints.

    The same run gives the same bytes. Raises BrinkError if the file exists already (unless it is called report.html) or
    cannot be written.
    """
    from sim.report.html import files

    return write_text(files.checked(path), files.report(kept))


def save(comparison: Comparison, path: str | Path, runs: bool = True, also: Callable[[Path], object] | None = None,
         pictures: bool = True) -> Path:
    """Write a directory of tables, with the two runs as `a` and `b`, which appears at once, and then pictures.

    `also` may add files to it before it appears. Raises BrinkError if the path exists or cannot be written.
    """
    from sim.report.figures.comparison import draw

    def fill(folder: Path) -> None:
        kept = {side: run.save(folder / side) for side, run in (("a", comparison.a), ("b", comparison.b)) if runs}
        seals = {side: read_json(place, "run")["seal"] for side, place in kept.items()}
        content = {**as_dict(comparison), "runs": seals}
        write_csv(comparison.rows, folder / "comparison.csv")
        write_csv(comparison.curve().to_dict("records"), folder / "curve.csv")
        write_csv(content["flips"], folder / "flips.csv")
        write_csv(comparison.parting().kinds.to_dict("records"), folder / "parting.csv")
        write_text(folder / "comparison.json", json_text(sealed(content)))
        if also is not None:
            also(folder)

    place = write_whole(path, fill)
    if pictures:
        draw(comparison, place)
    return place


def text(chronicle: Chronicle) -> str:
    """The chronicle in lines of at most 100 letters."""
    return "\n".join(lines(chronicle, 100))


give(Run, report=report)
give(Comparison, as_dict=as_dict, save=save, report=report)
give(Chronicle, text=text)
