"""`brink run`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.shared import (
    AsJson,
    Days,
    Do,
    Every,
    Jobs,
    Out,
    Seed,
    Sets,
    Settings,
    Uncertain,
    Uncertainty,
    With,
    Worlds,
    make_room,
    next_free,
    progress_bar,
    scenario_of,
    tell,
)

if TYPE_CHECKING:
    from sim.ensemble.results import Run


def run(scenario: Annotated[str, typer.Argument(help="Name of a scenario, or a scenario file.")] = "baseline",
        worlds: Worlds = 4096, days: Days = None, seed: Seed = 1, settings: Settings = None, do: Do = None,
        with_: With = None, uncertainty: Uncertain = Uncertainty.none, sets: Sets = None, jobs: Jobs = 1, every: Every = 7,
        out: Out = None, as_json: AsJson = False) -> None:
    """Simulate a scenario, show its outcomes and keep the results."""
    what = scenario_of(scenario, settings or [], with_, days, do or [])
    keep = out is not None or not as_json
    if keep:
        make_room(out)
    from sim.ensemble import run as ensemble

    with progress_bar(worlds) as progress:
        result = ensemble.run(what, worlds=worlds, seed=seed, uncertainty=uncertainty.value, sets=sets, jobs=jobs,
                              every=every, progress=progress)
    for warning in result.warnings:
        typer.echo(f"brink: warning: {warning}", err=True)
    place = _kept(result, out or next_free(what.name)) if keep else None
    _show(result, place, as_json)


def _kept(result: Run, place: Path) -> Path:
    """Write results and pictures; the directory appears when all of it is there."""
    from sim.report import figures

    result.save(place, also=lambda folder: figures.draw(result, folder))
    return place


def _show(result: Run, place: Path | None, as_json: bool) -> None:
    from sim.report.text import run as display

    tell(lambda: display.run_json(result, place), as_json, lambda: display.show_run(result, place))
