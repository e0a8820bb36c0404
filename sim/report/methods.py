"""Methods that report on a `Run`, a `Comparison`, a `Chronicle`; Matplotlib and templates are imported when they are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.compare.compare import Comparison
from sim.analysis.explain.chronicle import Chronicle
from sim.analysis.sensitivity.open_study import OpenStudy
from sim.ensemble.files import json_text, read_json, sealed, write_csv, write_text, write_whole
from sim.ensemble.results import Run
from sim.errors import BrinkError, nearest, shown
from sim.report.text.compare import as_dict
from sim.report.text.explain import lines
from sim.scenario.slots import give

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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


class Plots:
    """Pictures by name, `plots.first_strike()` or `plots("first_strike")`: each makes the matplotlib Figure of the files."""

    def __init__(self, makers: Callable[[], Mapping[str, Callable[[], Figure]]]) -> None:
        self._makers = makers

    def __call__(self, name: str) -> Figure:
        """The picture of that name. Raises BrinkError, with the nearest, if there is none."""
        known = self._makers()
        if not isinstance(name, str):
            raise BrinkError(f"{shown(name)} is no name of a picture, like {next(iter(known), 'first_strike')}")
        asked = name.replace(".", "_")
        if asked not in known:
            raise BrinkError(f"there is no picture {name!r}{nearest(asked, known)}")
        return known[asked]()

    def __getattr__(self, name: str) -> Callable[[], Figure]:
        if name.startswith("_") or name not in (known := self._makers()):
            raise AttributeError(f"there is no picture {name!r}")
        return known[name]

    def __dir__(self) -> list[str]:
        return list(self._makers())


def to_xarray(run: Run) -> Any:
    """The run as an `xarray.Dataset`: outcomes over worlds, recorded variables by statistic and day, parameters over sets."""
    from sim.report import arrays

    return arrays.dataset(run)


def _plots(run: Run) -> Plots:
    def makers() -> Mapping[str, Callable[[], Figure]]:
        from sim.report import figures

        return figures.plots(run)

    return Plots(makers)


def _comparison_plots(comparison: Comparison) -> Plots:
    def makers() -> Mapping[str, Callable[[], Figure]]:
        from sim.report.figures.comparison import pictures

        return pictures(comparison)

    return Plots(makers)


def _shown(kind: str) -> Callable[[Any], str]:
    """What a notebook shows of such an object."""
    def html(made: Any) -> str:
        from sim.report.html import notebook

        return str(getattr(notebook, kind)(made))

    return html


give(Run, report=report, plot=property(_plots), to_xarray=to_xarray, _repr_html_=_shown("run"))
give(Comparison, as_dict=as_dict, save=save, report=report, plot=property(_comparison_plots), _repr_html_=_shown("comparison"))
give(Chronicle, text=text, _repr_html_=_shown("chronicle"))
give(OpenStudy, _repr_html_=_shown("study"))
