"""Single worlds of a run, and what they have in common, worked out by the workers: chronicles, futures, stories, paths."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec, TypeVar

from dashboards import desk
from sim.analysis.explain import fork as forks
from sim.analysis.explain.chronicle import Chronicle, explain
from sim.analysis.explain.necessity import Necessity, necessity
from sim.analysis.explain.replay import Occurrence
from sim.analysis.pathways.association import Separation, why
from sim.analysis.pathways.event_log import History
from sim.analysis.pathways.pathways import Pathways
from sim.analysis.pathways.pathways import pathways as paths_of
from sim.analysis.pathways.typical import Story, Typical, middle, title
from sim.engine import Array
from sim.ensemble.results import Run

FUTURES = 1000
"""Futures of a fork: a thousand have errors of at most 1.6 points and take about two seconds."""

ASKED = 300
"""Futures over which it is asked whether a decision was needed, with it and without."""


P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Stories:
    """The stories of a run, the commonest first; the most typical world of each kind; how far apart the stories are."""

    stories: tuple[Story, ...]
    by_kind: dict[str, int]
    silhouette: float


def done(says: str, work: Callable[Concatenate[Run, P], T], run: Run, *given: P.args, **named: P.kwargs) -> T:
    """The result of a function of a run, worked out once by one of the workers while a bar says so."""
    return desk.waited_for(f"{work.__name__} {desk.key_of(run)} {given} {named}",
                           desk.in_a_worker(work, run, *given, **named), says, size_of)


def size_of(result: Any) -> int:
    """Bytes that a result takes."""
    return desk.size_of(result) if isinstance(result, Run) else len(pickle.dumps(result))


def chronicle(run: Run, world: int) -> Chronicle:
    """What happened in a world, and why."""
    told = done(f"Simulating world {world:,} again, and once without each of its decisions", told_alone, run, world)
    return replace(told, run=run)


def told_alone(run: Run, world: int) -> Chronicle:
    """A chronicle without the run that it is of, which whoever asked for it has."""
    return replace(explain(run, world), run=None)  # type: ignore[arg-type]


def futures(run: Run, world: int, day: int, count: int = FUTURES) -> Run:
    """From a world, on the morning of a day, so many futures with fresh luck."""
    return done(f"Simulating {count:,} futures from that morning", forks.fork, run, world, day, count)


def needed(run: Run, world: int, occurrence: Occurrence, outcome: str) -> Necessity:
    """Whether an outcome of a world needed a decision."""
    return done(f"Simulating {ASKED} futures with that decision, and {ASKED} without", necessity, run, world, occurrence,
                outcome, ASKED)


def stories(run: Run) -> Stories:
    """The few stories that stand for all worlds."""
    return done("Sorting worlds into stories", sorted_into_stories, run)


def sorted_into_stories(run: Run) -> Stories:
    """The stories of a run."""
    found = Typical(run)
    return Stories(found.stories, found.by_kind(), found.clusters.silhouette)


def pathways(run: Run) -> Pathways:
    """Where worlds go, from the opening to the end."""
    return Pathways(*done("Following each world from its opening to its end", traced, run))


def traced(run: Run) -> tuple[Array, Array]:
    """What pathways are made of, which unlike them can be sent from one process to another."""
    found = paths_of(run)
    return found.answers, found.sets


def told_by(run: Run, nodes: tuple[str, ...]) -> tuple[int, str]:
    """The world in the middle of those that went through all these nodes, and its course in a sentence."""
    return done("Finding the world in their middle", in_the_middle, run, nodes)


def in_the_middle(run: Run, nodes: tuple[str, ...]) -> tuple[int, str]:
    """The same, in a worker."""
    history = History.of(run)
    world = middle(history, paths_of(run).worlds_through(*nodes))
    return world, title(history, world, run)


def before(run: Run, outcome: str) -> Separation:
    """What goes before an outcome."""
    return done("Comparing worlds on the same dates", why, run, outcome)
