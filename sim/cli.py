"""The command `brink`. Thin: it reads what the user typed, calls the package, and shows what came back."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from sim.errors import BrinkError, nearest

if TYPE_CHECKING:
    from sim.results import Run
    from sim.scenario import Scenario


class Commands(TyperGroup):
    """The commands, under one law for errors: a line each on standard error, exit code 2; 130 when interrupted."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except BrinkError as error:
            for line in str(error).splitlines():
                typer.echo(f"brink: {line}", err=True)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.echo("brink: interrupted; nothing was kept", err=True)
            raise typer.Exit(130) from None


class Uncertainty(StrEnum):
    """Where the parameters of the worlds come from."""

    none = "none"
    priors = "priors"


app = typer.Typer(cls=Commands, name="brink", no_args_is_help=True, rich_markup_mode=None,
                  pretty_exceptions_enable=False)

Worlds = Annotated[int, typer.Option(help="How many worlds.")]
Days = Annotated[int | None, typer.Option(help="Horizon in days; else that of the scenario.")]
Seed = Annotated[int, typer.Option(help="Another seed is other luck.")]
Settings = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A parameter or starting value; "
                                                    "can be repeated.")]
With = Annotated[Path | None, typer.Option("--with", metavar="FILE", help="A view: a file of parameter values with "
                                           "their notes.")]
Uncertain = Annotated[Uncertainty, typer.Option(help="Parameters fixed, or drawn from their priors.")]
Sets = Annotated[int | None, typer.Option(help="How many parameter sets, with --uncertainty priors.")]
Jobs = Annotated[int, typer.Option(help="Processes.")]
Every = Annotated[int, typer.Option(help="Days between recorded days.")]
Out = Annotated[Path | None, typer.Option(help="Directory for the results; else runs/SCENARIO-N.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output and nothing else there.")]


@app.callback()
def brink(version: Annotated[bool, typer.Option("--version", is_eager=True, callback=lambda on: _version(on),
                                                help="Show the version.")] = False) -> None:
    """Simulate the confrontation of the United States, Israel, Iran and Iran's partners, thousands of times over."""


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"brink {version('brink')}")
        raise typer.Exit


@app.command()
def run(scenario: Annotated[str, typer.Argument(help="Name of a scenario, or a scenario file.")] = "baseline",
        worlds: Worlds = 4096, days: Days = None, seed: Seed = 1, settings: Settings = None, with_: With = None,
        uncertainty: Uncertain = Uncertainty.none, sets: Sets = None, jobs: Jobs = 1, every: Every = 7,
        out: Out = None, as_json: AsJson = False) -> None:
    """Simulate a scenario, show its outcomes and keep the results."""
    chosen = _chosen(scenario, settings or [], with_, days)
    keep = out is not None or not as_json
    if keep:
        _make_room(out)
    from sim import ensemble

    with _progress(worlds) as progress:
        result = ensemble.run(chosen, worlds=worlds, seed=seed, uncertainty=uncertainty.value, sets=sets, jobs=jobs,
                              every=every, progress=progress)
    place = _kept(result, out or _next_free(chosen.name)) if keep else None
    _show(result, place, as_json)


def _chosen(name: str, settings: list[str], view: Path | None, days: int | None) -> Scenario:
    """The scenario as the options change it; what is far outside its prior is said on standard error."""
    from sim import scenario

    laid = scenario.load(name).changed(view=scenario.load_view(view) if view else None)
    chosen = laid.changed(set=dict(map(scenario.parse_setting, settings)), days=days)
    for warning in chosen.warnings():
        typer.echo(f"brink: warning: {warning}", err=True)
    return chosen


def _make_room(out: Path | None) -> None:
    """Fail before the run rather than after it if the results cannot be written."""
    place = (out or Path("runs", "any")).absolute()
    if out is not None and out.exists():
        raise BrinkError(f"{out}: exists already; name another directory or remove it")
    parent = next(parent for parent in place.parents if parent.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise BrinkError(f"{out or 'runs'}: cannot be written, for {parent} is not a directory that you can write to")


def _next_free(name: str) -> Path:
    taken = [int(path.name.rpartition("-")[2]) for path in Path("runs").glob(f"{name}-*")
             if path.name.rpartition("-")[2].isdecimal()]
    return Path("runs", f"{name}-{max(taken, default=0) + 1}")


def _kept(result: Run, place: Path) -> Path:
    """Write results and pictures; the directory appears when all of it is there."""
    from sim import figures

    result.save(place, also=lambda folder: figures.draw(result, folder))
    return place


def _show(result: Run, place: Path | None, as_json: bool) -> None:
    from sim import display

    if as_json:
        typer.echo(json.dumps(display.run_json(result, place), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        display.show_run(result, place)


@contextmanager
def _progress(worlds: int) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on standard error if that is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(TextColumn("worlds"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                  console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("worlds", total=worlds)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@app.command()
def scenarios() -> None:
    """List the scenarios, with a line each."""
    from sim import display, scenario

    display.show_pairs((name, "{}: {}".format(*scenario.headline(name))) for name in scenario.names())


@app.command()
def parameters(pattern: Annotated[str, typer.Argument(help="Part of a name, meaning, unit or evidence; or a glob such "
                                                      "as 'iran.*'.")] = "",
               markdown: Annotated[bool, typer.Option("--markdown", help="A Markdown table.")] = False,
               as_json: AsJson = False) -> None:
    """List parameters: name, default, prior, unit, evidence, meaning."""
    from sim import display
    from sim import parameters as registry

    found = registry.search(pattern)
    if not found:
        raise BrinkError(f"no parameter matches {pattern!r}{nearest(pattern, registry.catalogue())}")
    if as_json:
        typer.echo(json.dumps(registry.rows(found), indent=1, ensure_ascii=False))
    elif markdown:
        typer.echo(registry.markdown(found))
    else:
        display.show_parameters(found)


Item = Annotated[str, typer.Argument(metavar="[CLAIM|PARAMETER]", help="An id of the ledger such as L101, or a name of "
                                     "the model such as israel.missile_trigger.")]


@app.command()
def evidence(item: Item = "") -> None:
    """Lead from a claim to where it stands and what it feeds, or from a parameter to what it rests on."""
    from sim import display
    from sim.evidence import load

    if item:
        typer.echo("\n".join(display.explained(item)))
    else:
        display.show_pairs((id, f"{claim.says} ({claim.status})") for id, claim in load().claims.items())


@app.command()
def validate(out: Annotated[Path | None, typer.Option(help="Directory for the report; else validation.")] = None,
             worlds: Worlds = 4096, seed: Seed = 1, jobs: Jobs = 2, as_json: AsJson = False) -> None:
    """Hold the model against what is known; exit code 1 if a check fails."""
    from sim.studies import display_validation, report
    from sim.studies.laboratory import Laboratory
    from sim.studies.validate import validate as check_all

    place = None if as_json and out is None else report.room_for(out or Path("validation"))
    laboratory = Laboratory(worlds, seed)
    with _progress(1) as progress:
        results = check_all(laboratory, jobs=jobs, done=progress)
    if place is not None:
        report.write(results, laboratory, place)
    if as_json:
        typer.echo(json.dumps([result.as_dict() for result in results], indent=1, ensure_ascii=False, allow_nan=False))
    else:
        display_validation.show(results, laboratory, place)
    if not all(result.finding.passed for result in results):
        raise typer.Exit(1)


def main() -> None:
    """Entry point of the command."""
    app()
