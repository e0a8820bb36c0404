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


@app.command()
def hindcast(scenario: Annotated[str, typer.Argument(help="A scenario that begins on 30 December 2025, or june_2025.")]
             = "baseline", worlds: Worlds = 4096, seed: Seed = 1, uncertainty: Uncertain = Uncertainty.none, jobs: Jobs = 1,
             as_json: AsJson = False) -> None:
    """Score the dated targets to 11 February 2026 against base rates; of june_2025, compare the war with the real one."""
    from sim.studies import display_hindcast, hindcast, june_2025

    if scenario == "june_2025":
        replay = june_2025.june_2025(worlds, seed)
        _tell(replay.as_dict(), as_json, lambda: display_hindcast.show_replay(replay))
        return
    result = hindcast.hindcast(scenario, worlds, seed, jobs, uncertainty.value)
    _tell(result.as_dict(), as_json, lambda: display_hindcast.show_hindcast(result))


def _tell(content: dict[str, Any], as_json: bool, show: Callable[[], None]) -> None:
    """Print plain values as JSON, or show them to people."""
    if as_json:
        typer.echo(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        show()


@app.command()
def forecast(out: Annotated[Path, typer.Option(help="The forecast file; it must not exist yet.")],
             start: Annotated[str, typer.Option("--from", metavar="DATE", help="The day on which the documents end.")]
             = "2026-02-11", worlds: Worlds = 8192, seed: Seed = 1, as_json: AsJson = False) -> None:
    """Write a frozen forecast: probabilities of dated questions, from worlds that agree with the reports."""
    from sim.interventions import parsed_date

    day = parsed_date(start)
    if out.exists():
        raise BrinkError(f"{out}: exists already, and a forecast is never overwritten; name another file")
    from sim.studies import display_hindcast
    from sim.studies import forecast as forecasting

    made = forecasting.forecast(day, worlds, seed)
    made.write(out)
    _tell(made.content, as_json, lambda: display_hindcast.show_forecast(made, str(out)))


@app.command()
def score(forecast: Annotated[Path, typer.Argument(help="A file that brink forecast wrote.")],
          resolutions: Annotated[Path, typer.Argument(help="A YAML file: what happened, and when somebody looked.")],
          out: Annotated[Path | None, typer.Option(help="The calibration picture; else beside the resolutions.")] = None,
          as_json: AsJson = False) -> None:
    """Score a frozen forecast by what happened, and draw how well it was calibrated."""
    from sim.studies import display_hindcast, scoring

    content = scoring.read_forecast(forecast)
    scored = scoring.score(content, scoring.read_resolutions(resolutions, content))
    if not scored.pairs:
        raise BrinkError(f"{resolutions}: settles no deadline of the forecast yet")
    place = (out or resolutions.with_name(f"{resolutions.stem}-calibration.png")).with_suffix(".png")
    _draw_calibration(scored.pairs, content, place)
    _tell({**scored.as_dict(), "picture": str(place)}, as_json, lambda: display_hindcast.show_scored(scored, str(place)))


def _draw_calibration(pairs: tuple[tuple[float, bool], ...], content: dict[str, Any], place: Path) -> None:
    from sim.figures import look
    from sim.figures.calibration import calibration

    if not place.absolute().parent.is_dir():
        raise BrinkError(f"{place}: there is no directory {place.absolute().parent}")
    about = f"Forecast of {content['from']} by brink {content['version']}, model {content['model']}."
    with look.style():
        look.write(calibration(pairs, about), place, about)


@app.command()
def calibrate(seed: Seed = 1, waves: Annotated[int, typer.Option(min=1, max=9, help="Rounds of exclusion.")] = 3,
              jobs: Jobs = 2,
              out: Annotated[Path | None, typer.Option(help="Directory for calibration.json and calibration.md.")] = None,
              quick: Annotated[bool, typer.Option(help="So small that it only shows that all works.")] = False,
              as_json: AsJson = False) -> None:
    """Rule out parameter values that cannot give the target figures, and say what is left; takes some minutes."""
    from sim.studies import calibration_page
    from sim.studies.calibrate import QUICK, Effort
    from sim.studies.calibrate import calibrate as match

    result = match(seed, waves, jobs, QUICK if quick else Effort(), lambda line: typer.echo(f"brink: {line}", err=True))
    written = calibration_page.write(result, out) if out is not None else []
    _tell(result, as_json, lambda: typer.echo("\n".join(map(str, written)) or calibration_page.page(result)))


@app.command()
def docs(out: Annotated[Path, typer.Option(help="The folder docs of the project.")] = Path("docs")) -> None:
    """Fill the tables and the diagram of the documentation anew from the model's own declarations."""
    from sim.studies import documents

    for path in documents.write(out):
        typer.echo(path)


def main() -> None:
    """Entry point of the command."""
    app()
