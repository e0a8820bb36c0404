"""`brink sensitivity`, `discover`, `breakeven` and `variance`: the answers of a study."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.shared import AsJson, keep, make_room, tell
from sim.cli.sweep import Where

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.sensitivity.open_study import OpenStudy

Outcome = Annotated[str, typer.Option(help="Id of an outcome that the study keeps.")]
Scenario = Annotated[str | None, typer.Option(help="One of the study's scenarios; else its first.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="The main table as CSV on standard output and nothing else there.")]
Folder = Annotated[Path | None, typer.Option("--out", help="A new directory for tables and a picture.")]


def sensitivity(study: Where, outcome: Outcome = "round_two", scenario: Scenario = None, out: Folder = None,
                as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Show which parameters an outcome depends on, with intervals: Sobol or Morris if the study is laid out so, else curves.

    Exit codes: 0 answered, 2 a mistake in what was asked, or too little in the study for an answer.
    """
    _answer(study, lambda opened: opened.sensitivity(outcome, scenario),
            lambda found: {"sensitivity": found.table, "pairs": found.second},
            lambda figures, display: (figures.tornado, display.show_sensitivity), out, as_csv, as_json)


def discover(study: Where, outcome: Outcome = "round_two", scenario: Scenario = None, out: Folder = None,
             as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Show under which conditions an outcome comes and does not: PRIM boxes and a tree, tested on sets held back.

    Exit codes: 0 answered, 2 a mistake in what was asked, or too little in the study for an answer.
    """
    _answer(study, lambda opened: opened.discover(outcome, scenario),
            lambda found: {"regions": found.table(), "peeling_high": found.high and found.high.peeling,
                           "peeling_low": found.low and found.low.peeling},
            lambda figures, display: (figures.boxes, display.show_discovery), out, as_csv, as_json)


def breakeven(study: Where, outcome: Outcome = "round_two",
              vs: Annotated[str | None, typer.Option(metavar="OUTCOME", help="Where does it pass this outcome?")] = None,
              at: Annotated[float | None, typer.Option(metavar="LEVEL", help="Or this level, like 0.5?")] = None,
              scenario: Scenario = None, out: Folder = None, as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Show where the answer flips: at which value of a parameter one outcome becomes likelier than another, or than a level.

    Exit codes: 0 answered, 2 a mistake in what was asked, or too little in the study for an answer.
    """
    _answer(study, lambda opened: opened.breakeven(outcome, vs, at, scenario),
            lambda found: {"breakeven": found.table, "frontier": found.frontier and found.frontier.table},
            lambda figures, display: (figures.breakeven, display.show_breakeven), out, as_csv, as_json)


def variance(study: Where, outcome: Outcome = "round_two", scenario: Scenario = None, out: Folder = None,
             as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Show how much of an outcome's uncertainty is luck, how much is parameters, and whose it would help to know.

    Exit codes: 0 answered, 2 a mistake in what was asked, or too little in the study for an answer.
    """
    _answer(study, lambda opened: opened.variance(outcome, scenario), lambda found: {"variance": found.groups},
            lambda figures, display: (figures.variance, display.show_variance), out, as_csv, as_json)


def _answer(study: Path, ask: Callable[[OpenStudy], Any], tables: Callable[[Any], dict[str, pd.DataFrame | None]],
            shown: Callable[[Any, Any], tuple[Any, Any]], out: Path | None, as_csv: bool, as_json: bool) -> None:
    """Ask a question of a study, keep tables and a picture of the answer if that is wanted, and print it.

    Parameters
    ----------
    study : its directory
    ask : asks the question
    tables : the tables of an answer by name, the main one first; None for one that it lacks
    shown : of the modules of figures and texts, what draws the answer and what prints it
    out : where tables and picture are kept, if at all
    as_csv, as_json : the format, if not text
    """
    make_room(out)
    from sim.analysis.sensitivity.open_study import OpenStudy

    opened = OpenStudy(study)
    found = ask(opened)
    from sim.report.figures import sweep as figures
    from sim.report.text import study as display

    draw, show = shown(figures, display)
    made = {name: table for name, table in tables(found).items() if table is not None}
    main = next(iter(made))
    if out is not None:
        about = f"brink, study {opened.store.id}, outcome {found.answers.outcome.id}"
        keep(out, {f"{name}.csv": table for name, table in made.items()}, main, draw(opened.store, found), about)
    tell(found.as_dict, as_json, lambda: show(found, out), made[main] if as_csv else None)
