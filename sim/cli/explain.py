"""The worlds of a run: what happened in one and why, where it could have led; what separates them, and where they all go."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.places import keep_results, make_room
from sim.cli.shared import AsCsv, AsJson, Do, Quiet, RunDir, Settings, With, changes_of, keep, tell, warn, whole
from sim.errors import BrinkError
from sim.words import say

if TYPE_CHECKING:
    from sim.ensemble.results import Run


class Kind(StrEnum):
    """How a world ended."""

    war = "war"
    deal = "deal"
    miscalculation = "miscalculation"
    quiet = "quiet"


World = Annotated[int | None, typer.Option(parser=whole, help="Number of the world, from 0.")]
Typical = Annotated[Kind | None, typer.Option(help="The most typical world that ended so, in place of --world.")]


def explain(run: RunDir, world: World = None, typical: Typical = None,
            everything: Annotated[bool, typer.Option("--all", help="Tell all that happened.")] = False,
            futures: Annotated[int, typer.Option(parser=whole, help="Ask over so many futures whether the last turning points "
                                                 "were needed, 2 to 20,000; takes seconds.")] = 0,
            out: Annotated[Path | None, typer.Option(help="Directory for the chronicle and its picture.")] = None,
            markdown: Annotated[bool, typer.Option("--markdown", help="As a Markdown page.")] = False,
            as_json: AsJson = False) -> None:
    """Tell what happened in one world, day by day, and why."""
    make_room(out)
    from sim.analysis.explain import chronicle
    from sim.ensemble import results
    from sim.report.text import explain as display_explain

    loaded = results.load(run)
    story = chronicle.explain(loaded, _chosen(loaded, world, typical), everything=everything, futures=futures)
    if out is not None:
        from sim.ensemble.files import json_text
        from sim.report.figures.timeline import timeline

        texts = {"chronicle.json": json_text(story.as_dict()), "chronicle.md": display_explain.markdown(story) + "\n"}
        keep(out, texts, "timeline", timeline(story), f"brink, world {story.world} of {loaded.scenario.name}")
    tell(story.as_dict, as_json, lambda: say(
        display_explain.markdown(story) if markdown else "\n".join(display_explain.lines(story))))


def _chosen(run: Run, world: int | None, typical: Kind | None) -> int:
    """The world that the options name, by number or by how it ended."""
    if (world is None) == (typical is None):
        raise BrinkError("say which world: --world NUMBER, or --typical war, deal, miscalculation or quiet")
    if world is not None:
        return world
    from sim.analysis.pathways.typical import typical_world

    assert typical is not None
    return typical_world(run, typical.value)


Day = Annotated[str, typer.Option(help="Day of the run, or a date like 2026-03-01.")]


def fork(run: RunDir, day: Day, world: World = None, typical: Typical = None,
         futures: Annotated[int, typer.Option(parser=whole, help="How many futures, 2 to 20,000.")] = 1000,
         settings: Settings = None, with_: With = None, do: Do = None,
         tag: Annotated[str, typer.Option(help="Another tag, of at most 60 letters, is other luck for "
                                          "the futures.")] = "",
         out: Annotated[Path | None, typer.Option(help="Directory for the futures and their pictures.")] = None,
         as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """From one world, one day, many futures; with --set, --with or --do, also under that change and on the same luck."""
    from sim.analysis.explain.fork import fork as forked
    from sim.ensemble import results
    from sim.report.text import fork as display_fork

    make_room(out)
    loaded = results.load(run)
    number, changes = _chosen(loaded, world, typical), changes_of(settings, with_, do)
    altered = any(changes.values())
    if altered:
        warn(loaded.scenario.changed(**changes).warnings())
    plain, other = forked(loaded, number, day, futures, tag=tag), None
    if altered:
        other = forked(loaded, number, day, futures, tag=tag, **changes)
    if out is not None:
        _keep_fork(plain, other, out)
    content = display_fork.as_dict(loaded, plain, other) if as_csv or as_json else {}
    tell(lambda: content, as_json, lambda: display_fork.show_fork(loaded, plain, other),
         content["differences" if altered else "outcomes"] if as_csv else None)


def _keep_fork(plain: Run, other: Run | None, out: Path) -> None:
    """Write the futures, and those under the change, and then their pictures."""
    from sim.ensemble.files import write_whole
    from sim.report import figures

    if other is None:
        keep_results(out, plain.save, lambda folder: figures.draw(plain, folder))
        return
    both = {"plain": plain, "changed": other}

    def fill(folder: Path) -> None:
        for name, one in both.items():
            one.save(folder / name)

    def draw(folder: Path) -> None:
        for name, one in both.items():
            figures.draw(one, folder / name)

    keep_results(out, lambda folder: write_whole(folder, fill), draw)


Before = Annotated[int | None, typer.Option(metavar="DAYS", parser=whole, help="How long before the outcome an event counts: "
                                            "30 by default, and up to the days of the run.")]


def why(run: RunDir, outcome: Annotated[str, typer.Option(help="Id of an outcome, as in outcomes.csv.")] = "round_two",
        before: Before = None,
        out: Annotated[Path | None, typer.Option(help="A new directory for tables and a picture.")] = None,
        as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Show what separates the worlds where an outcome came true from those where it did not."""
    make_room(out)
    from sim.analysis.pathways import association
    from sim.ensemble import results
    from sim.report.text.worlds import event_names, show_why

    loaded = results.load(run)
    found = association.why(loaded, outcome, before)
    if out is not None:
        from sim.report.figures.separation import separation as draw

        keep(out, {"events.csv": found.events, "last_steps.csv": found.last_steps, "parameters.csv": found.parameters},
             "why", draw(loaded, found, event_names(found.events["event"])), _made_of(loaded))
    tell(found.as_dict, as_json, lambda: show_why(loaded, run, found, out), found.events if as_csv else None)


def pathways(run: RunDir, out: Annotated[Path | None, typer.Option(help="A new directory for tables and the picture; else "
                                                                   "runs/pathways-SCENARIO-N.")] = None,
             quiet: Quiet = False, as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Show where worlds go, from the opening to the end, and the few stories that stand for all of them."""
    from sim.analysis.pathways import pathways as tracing
    from sim.analysis.pathways import typical
    from sim.ensemble import results
    from sim.report.text.worlds import show_pathways

    loaded = results.load(run)
    place = make_room(out, f"pathways-{loaded.scenario.name}" if quiet or not (as_json or as_csv) else "")
    paths, stories = tracing.pathways(loaded), typical.typical(loaded)
    if place is not None:
        from sim.report.figures.pathways import pathways as draw

        whole = paths.paths.assign(path=paths.paths["path"].map(" > ".join))
        keep(place, {"nodes.csv": paths.nodes, "links.csv": paths.links, "paths.csv": whole, "stories.csv": stories.table},
             "pathways", draw(loaded, paths), _made_of(loaded))
    tell(lambda: {**paths.as_dict(), **stories.as_dict(), "results": None if place is None else str(place)}, as_json,
         lambda: show_pathways(loaded, run, paths, stories, place), paths.nodes if as_csv else None, place if quiet else None)


def _made_of(run: Run) -> str:
    """The run of a picture, for its metadata."""
    return f"brink, scenario {run.scenario.name} ({run.scenario.hash}), seed {run.seed}"
