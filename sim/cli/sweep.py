"""`brink sweep` and `brink status`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.shared import AsJson, Jobs, tell
from sim.errors import BrinkError

if TYPE_CHECKING:
    from sim.ensemble.study.store import Store

Where = Annotated[Path, typer.Argument(metavar="STUDY", help="The directory of a study.")]


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
    store = _store(study, out, resume, extend, worlds)
    from sim.report.text import study_progress

    with _kept(store.path), study_progress.reporting() as say:
        runner.run(store, source, share, say)
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


@contextmanager
def _kept(place: Path) -> Iterator[None]:
    """A context in which Ctrl-C prints what is kept and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(f"brink: interrupted; what is done is kept, and brink sweep --resume {place} goes on from there", err=True)
        raise typer.Exit(130) from None


def _store(study: Path | None, out: Path | None, resume: Path | None, extend: Path | None, worlds: str | None) -> Store:
    from sim.ensemble.study import study as studies
    from sim.ensemble.study.store import Store

    if study is not None:
        return Store.create(out or Path("studies", study.stem), studies.read(study))
    store = Store(resume or extend or "")
    if extend is not None:
        more = re.fullmatch(r"\+(\d{1,12})", worlds or "")
        if more is None:
            raise BrinkError(f"--extend needs --worlds +N, like --worlds +4096{f', not {worlds!r}' if worlds else ''}")
        store.check_model()
        with store.locked():
            store.extend(int(more[1]))
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
    scenarios, sets = len(cost["scenarios"]), f"{cost['sets']:,} sets of {cost['varying']} parameters"
    processes = "one process" if jobs == 1 else f"{jobs} processes"
    tell(lambda: cost, as_json, lambda: typer.echo(
        f"{cost['title']}: {scenarios} scenario{'s' * (scenarios > 1)} x {sets} x "
        f"{cost['worlds_a_set']:,} worlds = {cost['worlds']:,} worlds in {cost['parts']:,} parts\n"
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

    typer.echo(f"{state['title']}: {state['done']:,} of {state['parts']:,} parts, {state['worlds_done']:,} of "
               f"{state['worlds']:,} worlds, {size(state['bytes'])} in {place}")
    for row in state["failed"][:20]:
        worlds = f"worlds {row['low']} to {row['high'] - 1}"
        typer.echo(f"  failed: set {row['set']} of {row['scenario']}, {worlds}: {row['reason']}")
    if len(state["failed"]) > 20:
        typer.echo(f"  and {len(state['failed']) - 20} more; brink status {place} --json has them all")
    for warning in state["warnings"]:
        typer.echo(f"  warning: {warning}")
    if state["speed"]:
        typer.echo(f"the last parts came at {state['speed']:,.0f} worlds a second: {span(state['seconds_left'])} to go")
    if state["left"]:
        typer.echo(f"{state['left']:,} parts are left: brink sweep --resume {place}")
