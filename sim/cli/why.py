"""`brink why` and `brink pathways`: what separates worlds, where worlds go, and which stories stand for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.shared import AsJson, RunDir, keep, make_room, next_free, tell

if TYPE_CHECKING:
    from sim.ensemble.results import Run

Before = Annotated[int, typer.Option(metavar="DAYS", help="How long before the outcome an event counts.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="The table of events as CSV on standard output and nothing else there.")]


def why(run: RunDir, outcome: Annotated[str, typer.Option(help="Id of an outcome, as in outcomes.csv.")] = "round_two",
        before: Before = 30, out: Annotated[Path | None, typer.Option(help="A new directory for tables and a picture.")] = None,
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
             as_json: AsJson = False) -> None:
    """Show where worlds go, from the opening to the end, and the few stories that stand for all of them."""
    kept = make_room(out, always=not as_json)
    from sim.analysis.pathways import pathways as tracing
    from sim.analysis.pathways import typical
    from sim.ensemble import results
    from sim.report.text.worlds import show_pathways

    loaded = results.load(run)
    paths, stories = tracing.pathways(loaded), typical.typical(loaded)
    place = (out or next_free(f"pathways-{loaded.scenario.name}")) if kept else None
    if place is not None:
        from sim.report.figures.pathways import pathways as draw

        whole = paths.paths.assign(path=paths.paths["path"].map(" > ".join))
        keep(place, {"nodes.csv": paths.nodes, "links.csv": paths.links, "paths.csv": whole, "stories.csv": stories.table},
             "pathways", draw(loaded, paths), _made_of(loaded))
    tell(lambda: {**paths.as_dict(), **stories.as_dict(), "results": None if place is None else str(place)}, as_json,
         lambda: show_pathways(loaded, run, paths, stories, place))


def _made_of(run: Run) -> str:
    """The run of a picture, for its metadata."""
    return f"brink, scenario {run.scenario.name} ({run.scenario.hash}), seed {run.seed}"
