"""Studies: `brink sweep` and `brink status` make one, `sensitivity`, `discover`, `breakeven` and `variance` are its answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.places import make_room
from sim.cli.shared import AsCsv, AsJson, Jobs, keep, level, tell, whole
from sim.errors import BrinkError
from sim.words import count, say

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.sensitivity.open_study import OpenStudy
    from sim.ensemble.study.store import Store

Where = Annotated[Path, typer.Argument(metavar="STUDY", help="The directory of a study.")]
Outcome = Annotated[str, typer.Option(help="Id of an outcome that the study keeps.")]
Scenario = Annotated[str | None, typer.Option(help="One of the study's scenarios; else its first.")]
Folder = Annotated[Path | None, typer.Option("--out", help="A new directory for tables and a picture.")]


def sweep(study: Annotated[Path | None, typer.Argument(help="A study file.")] = None,
          out: Annotated[Path | None, typer.Option(help="Directory of the study; else studies/NAME.")] = None,
          resume: Annotated[Path | None, typer.Option(metavar="DIR", help="Go on with the study in this directory.")] = None,
          extend: Annotated[Path | None, typer.Option(metavar="DIR", help="Add worlds to the study in this directory.")] = None,
          worlds: Annotated[str | None, typer.Option(metavar="+N", help="With --extend: how many more for every set.")] = None,
          jobs: Jobs = 1,
          on: Annotated[str | None, typer.Option(metavar="URL", help="The scheduler of a Dask cluster, like "
                                                                     "tcp://scheduler:8786.")] = None,
          shard: Annotated[str, typer.Option(metavar="I/N", help="Make only every N-th part, from number I.")] = "1/1",
          dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take, and make nothing.")] = False,
          as_json: AsJson = False) -> None:
    """Run a study of many parameter sets. Stop it any time: the same command goes on where it stopped.

    Exit codes: 0 all went well, 1 some sets failed or an intervention could take hold nowhere, 2 a mistake in what was
    asked or a disk that takes no more, 130 interrupted. What is done is kept, whatever happens.
    """
    _check(study, out, resume, extend, worlds)
    from sim.ensemble.study import executors, runner

    source, share = executors.source(jobs, on), _shard(shard)
    if dry_run:
        _dry_run(study, jobs, as_json)
        return
    source.check()
    store = _store(study, out, resume, extend, worlds)
    from sim.report.text import study_progress

    try:
        with study_progress.reporting() as report:
            runner.run(store, source, share, report)
    except KeyboardInterrupt:
        say(f"brink: interrupted; what is done is kept, and {store.resume} goes on from there",
            err=True)
        raise typer.Exit(130) from None
    state = study_progress.status(store)
    tell(lambda: {**state, "directory": str(store.path)}, as_json, lambda: _show(store.path, state))
    if state["failed"] or state["warnings"]:
        raise typer.Exit(1)


def _check(study: Path | None, out: Path | None, resume: Path | None, extend: Path | None, worlds: str | None) -> None:
    """Raise BrinkError for options that do not go together."""
    if sum(one is not None for one in (study, resume, extend)) != 1:
        raise BrinkError("name one of: a study file, --resume DIR, --extend DIR")
    if worlds is not None and extend is None:
        raise BrinkError("--worlds goes with --extend; a new study's worlds stand in its file")
    if out is not None and study is None:
        raise BrinkError("--out goes with a study file; --resume and --extend name the directory themselves")


def _store(study: Path | None, out: Path | None, resume: Path | None, extend: Path | None, worlds: str | None) -> Store:
    from sim.ensemble.study import study as studies
    from sim.ensemble.study.store import Store

    if study is not None:
        return Store.create(out or Path("studies", study.stem), studies.read(study))
    store = Store(resume or extend or "")
    if extend is not None:
        more = re.fullmatch(r"\+(\d[\d,_]*(?:e\d+)?)", worlds or "")
        if more is None:
            raise BrinkError(f"--extend needs --worlds +N, like --worlds +4096{f', not {worlds!r}' if worlds else ''}")
        store.check_model()
        with store.locked():
            store.extend(whole(more[1]))
    return store


def _shard(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise BrinkError(f"--shard: {text!r} is not of the form 3/16, with the first number from 1 to the second")
    return int(found[1]), int(found[2])


def _dry_run(study: Path | None, jobs: int, as_json: bool) -> None:
    if study is None:
        raise BrinkError("--dry-run needs a study file")
    from sim.ensemble.study import study as studies
    from sim.ensemble.study.cost import cost as foreseen
    from sim.report.text import study_progress

    cost = foreseen(studies.read(study), jobs)
    sets = f"{count(cost['sets'], 'set')} of {count(cost['varying'], 'parameter')}"
    processes = "one process" if jobs == 1 else f"{jobs} processes"
    tell(lambda: cost, as_json, lambda: say(
        f"{cost['title']}: {count(len(cost['scenarios']), 'scenario')} x {sets} x "
        f"{count(cost['worlds_a_set'], 'world')} = {count(cost['worlds'], 'world')} in {count(cost['parts'], 'part')}\n"
        f"about {study_progress.span(cost['seconds'])} with {processes} on this machine, "
        f"and {study_progress.size(cost['bytes'])} on disk"))


def status(study: Where, as_json: AsJson = False) -> None:
    """Show how far a study is: parts done and left, speed and time to go, sets that failed and why."""
    from sim.ensemble.study.store import Store
    from sim.report.text import study_progress

    state = study_progress.status(Store(study))
    tell(lambda: state, as_json, lambda: _show(study, state))


def _show(place: Path, state: dict[str, Any]) -> None:
    from sim.report.text.study_progress import size, span

    say(f"{state['title']}: {state['done']:,} of {state['parts']:,} parts, {state['worlds_done']:,} of "
        f"{state['worlds']:,} worlds, {size(state['bytes'])} in {place}")
    for row in state["failed"][:20]:
        worlds = f"worlds {row['low']} to {row['high'] - 1}"
        say(f"  failed: set {row['set']} of {row['scenario']}, {worlds}: {row['reason']}")
    if len(state["failed"]) > 20:
        say(f"  and {len(state['failed']) - 20} more; brink status {quote(str(place))} --json has them all")
    for warning in state["warnings"]:
        say(f"  warning: {warning}")
    if state["speed"]:
        say(f"parts come at {state['speed']:,.0f} worlds a second: {span(state['seconds_left'])} to go")
    elif state["left"]:
        say("how fast the rest comes is unknown")
    if state["left"]:
        left = f"{count(state['left'], 'part')} {'is' if state['left'] == 1 else 'are'} left"
        say(f"{left}: brink sweep --resume {quote(str(place))}")


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
              at: Annotated[float | None, typer.Option(metavar="LEVEL", parser=level,
                                                       help="Or this level, like 0.5?")] = None,
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
