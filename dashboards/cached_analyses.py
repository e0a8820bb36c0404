"""Analyses of single worlds of a run and of groups of worlds, computed by the workers and cached."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from dashboards import page
from sim.analysis.explain.chronicle import Chronicle, explain
from sim.analysis.pathways import event_log
from sim.analysis.pathways import pathways as paths
from sim.analysis.pathways.typical import Story, Typical, middle, title
from sim.engine import Array
from sim.ensemble.results import Run

SORTING = "Sorting worlds into stories"
"""What the bar says meanwhile."""

P = ParamSpec("P")
T = TypeVar("T")


class Stories(NamedTuple):
    """The stories of a run, the commonest first; the most typical world of each kind; how far apart the stories are."""

    stories: tuple[Story, ...]
    by_kind: dict[str, int]
    silhouette: float


def done(says: str, work: Callable[Concatenate[Run, P], T], run: Run, *given: P.args, **named: P.kwargs) -> T:
    """The result of a function of a run, computed once by one of the workers, under a bar with this text."""
    def size_of(result: Any) -> int:
        return page.size_of(result) if isinstance(result, Run) else len(pickle.dumps(result))

    key = f"{work.__name__} {run.about} {given} {named}"
    return page.waited_for(key, page.in_a_worker(work, run, *given, **named), says, size_of)


def chronicle(run: Run, world: int) -> Chronicle:
    """What happened in a world, and why."""
    found = done(f"Simulating world {world:,} again, and once without each of its decisions", without_run, run, world)
    return replace(found, run=run)


def without_run(run: Run, world: int) -> Chronicle:
    """A chronicle without its run, which need not be sent from a worker to the server, as the server has it."""
    return replace(explain(run, world), run=None)  # type: ignore[arg-type]


def stories(run: Run) -> Stories:
    """The stories of a run, computed here."""
    found = Typical(run)
    return Stories(found.stories, found.by_kind(), found.clusters.silhouette)


def pathways(run: Run) -> paths.Pathways:
    """Where worlds go, from the opening to the end."""
    return paths.Pathways(*done("Following each world from its opening to its end", traced, run))


def traced(run: Run) -> tuple[Array, Array]:
    """The arrays of pathways, which unlike these can be pickled."""
    found = paths.pathways(run)
    return found.answers, found.sets


def in_the_middle(run: Run, nodes: tuple[str, ...]) -> tuple[int, str]:
    """The world in the middle of those that went through all these nodes, and its course in a sentence."""
    history = event_log.EventLog.of(run)
    world = middle(history, paths.pathways(run).worlds_through(*nodes))
    return world, title(history, world, run)
