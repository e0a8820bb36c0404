"""`brink run`, `compare` and `report`: a run or two, and the results as one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import shared
from sim.cli.places import keep_results, make_room, make_room_for_file
from sim.errors import BrinkError
from sim.words import say

if TYPE_CHECKING:
    from sim.ensemble.results import Run
    from sim.scenario.scenario import Scenario


def run(scenario: Annotated[str, typer.Argument(help="Name of a scenario, or a scenario file.")] = "baseline",
        worlds: shared.Worlds = 4096, days: shared.Days = None, seed: shared.Seed = 1, settings: shared.Settings = None,
        do: shared.Do = None, with_: shared.With = None, uncertainty: shared.Uncertain = shared.Uncertainty.none,
        sets: shared.Sets = None, jobs: shared.Jobs = 1, every: shared.Every = 7, out: shared.Out = None,
        everything: shared.Everything = False, quiet: shared.Quiet = False, as_csv: shared.AsCsv = False,
        as_json: shared.AsJson = False) -> None:
    """Simulate a scenario, show its outcomes and keep the results."""
    from sim.scenario.scenario import load

    what = shared.changed(load(scenario), settings or [], with_, days, do or [])
    place = make_room(out, what.name if quiet or not (as_json or as_csv) else "")
    from sim.ensemble import run as ensemble
    from sim.report.text import run as display

    with shared.progress_bar(worlds) as progress:
        result = ensemble.run(what, worlds=worlds, seed=seed, uncertainty=uncertainty.value, sets=sets, jobs=jobs,
                              every=every, progress=progress)
    shared.warn(result.warnings)
    if place is not None:
        from sim.report import figures

        keep_results(place, result.save, lambda folder: figures.draw(result, folder))
    shared.tell(lambda: display.run_json(result, place), as_json, lambda: display.show_run(result, place, everything),
                result.rows if as_csv else None, place if quiet else None)


First = Annotated[str, typer.Argument(metavar="A", help="A scenario, a scenario file, or the directory of a run.")]
Second = Annotated[str | None, typer.Argument(metavar="B", help="Another; else A as --set, --with and --do change it.")]
Count = Annotated[int | None, typer.Option("--worlds", parser=shared.whole, help="How many worlds a side, up to 10,000,000; "
                                           "4,096 by default.")]
Horizon = Annotated[int | None, typer.Option("--days", parser=shared.whole, help="Horizon in days, up to 3,650; else that "
                                             "of the scenarios.")]
Luck = Annotated[int | None, typer.Option("--seed", parser=shared.whole, help="Another seed, from 0, is other luck; 1 by "
                                          "default.")]
Unsure = Annotated[shared.Uncertainty | None, typer.Option("--uncertainty",
                                                           help="Parameters fixed, or drawn from their priors.")]
NoRuns = Annotated[bool, typer.Option("--no-runs", help="Keep the comparison without the two runs.")]


def compare(a: First = "baseline", b: Second = None, settings: shared.Settings = None, with_: shared.With = None,
            do: shared.Do = None, worlds: Count = None, days: Horizon = None, seed: Luck = None, uncertainty: Unsure = None,
            sets: shared.Sets = None, jobs: shared.Jobs = 1, out: shared.Out = None, no_runs: NoRuns = False,
            everything: shared.Everything = False, quiet: shared.Quiet = False, as_csv: shared.AsCsv = False,
            as_json: shared.AsJson = False) -> None:
    """Run two scenarios on the same luck and show what the change between them does."""
    from sim.analysis.compare.compare import compare as run_both
    from sim.analysis.compare.compare import names
    from sim.report import methods
    from sim.report.figures.comparison import draw
    from sim.report.text import compare as display_compare

    first, second = _sides(a, b, settings or [], with_, do or [], days)
    called = "-".join(("compare", *names(first, second)))
    place = make_room(out, called if quiet or not (as_json or as_csv) else "")
    with shared.progress_bar(2 * (worlds or 4096)) as progress:
        made = run_both(first, second, worlds=worlds, days=days, seed=seed,
                        uncertainty=uncertainty.value if uncertainty else None, sets=sets, jobs=jobs, progress=progress)
    shared.warn([*made.a.warnings, *made.b.warnings])
    if place is not None:
        keep_results(place, lambda folder: methods.save(made, folder, not no_runs, pictures=False),
                     lambda folder: draw(made, folder))
    shared.tell(lambda: {**display_compare.as_dict(made), "results": None if place is None else str(place)}, as_json,
                lambda: display_compare.show_comparison(made, place, everything), made.rows if as_csv else None,
                place if quiet else None)


def _sides(a: str, b: str | None, settings: list[str], view: Path | None, do: list[str],
           days: int | None) -> tuple[Scenario | Run, Scenario | Run]:
    """A scenario or run, and another, or the first, as the options change it; runs must have kept events."""
    from sim.analysis.compare.compare import taken
    from sim.analysis.compare.divergence import check_kept
    from sim.ensemble.results import Run

    first = taken(a)
    second = taken(b) if b else first
    if settings or view or do:
        second = shared.changed(second.scenario if isinstance(second, Run) else second, settings, view, days, do)
    elif b is None:
        raise BrinkError("compare: name a second scenario, or say what to change with --set, --with or --do")
    check_kept(*(side for side in (first, second) if isinstance(side, Run)))
    return first, second


def report(path: Annotated[Path, typer.Argument(help="The directory of a run or of a comparison.")],
           out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write the page; else report.html in that "
                                                    "directory.")] = None) -> None:
    """Write a run or a comparison as one HTML file that opens without a network and prints."""
    from sim.ensemble.files import write_text
    from sim.report.html import files

    place = None if out is None else files.checked(out)
    if place is not None and not place.exists():
        make_room_for_file(place)
    page = files.report_of(path)
    say(write_text(place or files.checked(path / files.NAME), page))
