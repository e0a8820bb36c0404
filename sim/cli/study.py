"""`brink sensitivity`, `discover`, `breakeven` and `variance`: what a study says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.shared import AsJson, make_room, tell
from sim.cli.sweep import Where

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.analysis.sensitivity.open_study import OpenStudy

Outcome = Annotated[str, typer.Option(help="Id of an outcome that the study keeps.")]
Scenario = Annotated[str | None, typer.Option(help="One of the study's scenarios; else its first.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="The main table as CSV on standard output and nothing else there.")]
Folder = Annotated[Path | None, typer.Option("--out", help="A new directory for tables and a picture.")]


def sensitivity(study: Where, outcome: Outcome = "round_two", scenario: Scenario = None, out: Folder = None,
                as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Show which parameters an outcome hangs on, with intervals: Sobol or Morris if the study is laid out so, else curves.

    Exit codes: 0 told, 2 a mistake in what was asked, or too little in the study to tell.
    """
    opened = _open(study, out)
    found = opened.sensitivity(outcome, scenario)
    from sim.report.figures import sweep as figures
    from sim.report.text import study as display

    tables = {"sensitivity": found.table, **({} if found.second is None else {"pairs": found.second})}
    _tell(opened, found, tables, lambda: figures.tornado(opened.store, found), out, as_csv, as_json, display.show_sensitivity)


def discover(study: Where, outcome: Outcome = "round_two", scenario: Scenario = None, out: Folder = None,
             as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Show under which conditions an outcome comes and does not: PRIM boxes and a tree, tested on sets held back.

    Exit codes: 0 told, 2 a mistake in what was asked, or too little in the study to tell.
    """
    opened = _open(study, out)
    found = opened.discover(outcome, scenario)
    from sim.report.figures import sweep as figures
    from sim.report.text import study as display

    peelings = {name: box.peeling for name, box in (("peeling_high", found.high), ("peeling_low", found.low)) if box}
    tables = {"regions": found.table(), **peelings}
    _tell(opened, found, tables, lambda: figures.boxes(opened.store, found), out, as_csv, as_json, display.show_discovery)


def breakeven(study: Where, outcome: Outcome = "round_two",
              vs: Annotated[str | None, typer.Option(metavar="OUTCOME", help="Where does it pass this outcome?")] = None,
              at: Annotated[float | None, typer.Option(metavar="LEVEL", help="Or this level, like 0.5?")] = None,
              scenario: Scenario = None, out: Folder = None, as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Show where the answer flips: at which value of a parameter one outcome becomes likelier than another, or than a level.

    Exit codes: 0 told, 2 a mistake in what was asked, or too little in the study to tell.
    """
    opened = _open(study, out)
    found = opened.breakeven(outcome, vs, at, scenario)
    from sim.report.figures import sweep as figures
    from sim.report.text import study as display

    tables = {"breakeven": found.table, **({} if found.frontier is None else {"frontier": found.frontier.table})}
    _tell(opened, found, tables, lambda: figures.breakeven(opened.store, found), out, as_csv, as_json, display.show_breakeven)


def variance(study: Where, outcome: Outcome = "round_two", scenario: Scenario = None, out: Folder = None,
             as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Show how much of an outcome's uncertainty is luck, how much is parameters, and whose it would help to know.

    Exit codes: 0 told, 2 a mistake in what was asked, or too little in the study to tell.
    """
    opened = _open(study, out)
    found = opened.variance(outcome, scenario)
    from sim.report.figures import sweep as figures
    from sim.report.text import study as display

    _tell(opened, found, {"variance": found.groups}, lambda: figures.variance(opened.store, found), out, as_csv, as_json,
          display.show_variance)


def _open(study: Path, out: Path | None) -> OpenStudy:
    if out is not None:
        make_room(out)
    from sim.analysis.sensitivity.open_study import OpenStudy

    return OpenStudy(study)


def _tell(study: OpenStudy, found: Any, tables: dict[str, pd.DataFrame], draw: Callable[[], Figure], out: Path | None,
          as_csv: bool, as_json: bool, show: Callable[[Any, Path | None], None]) -> None:
    """Keep tables and picture if that is asked for, and tell it as CSV, JSON or words."""
    name, main = next(iter(tables.items()))
    if out is not None:
        from sim.ensemble.files import write_whole
        from sim.report.figures import look

        figure = draw()

        def fill(folder: Path) -> None:
            for title, table in tables.items():
                table.to_csv(folder / f"{title}.csv", index=False)
            look.write(figure, folder / name, f"brink, study {study.store.id}, outcome {found.answers.outcome.id}")

        write_whole(out, fill)
    if as_csv and not as_json:
        typer.echo(main.to_csv(index=False), nl=False)
    else:
        tell(found.as_dict, as_json, lambda: show(found, out))
