"""What `Run` offers that needs an analysis: functions that fill its slots. What they need is imported when they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.ensemble.results import Run
from sim.scenario.slots import give

if TYPE_CHECKING:
    from sim.analysis.explain.chronicle import Chronicle
    from sim.analysis.pathways.association import Separation
    from sim.analysis.pathways.pathways import Pathways
    from sim.analysis.pathways.typical import Typical
    from sim.ensemble.run import ModelSpec
    from sim.scenario.scenario import View


def explain(run: Run, world: int | str, *, everything: bool = False, futures: int = 0) -> Chronicle:
    """What happened in a world day by day, and why: a world by number, or the most typical "war", "deal", "miscalculation" or
    "quiet"; see `sim.analysis.explain.chronicle.explain`.
    """
    from sim.analysis.explain import chronicle
    from sim.analysis.pathways.typical import typical_world

    number = typical_world(run, world) if isinstance(world, str) else world
    return chronicle.explain(run, number, everything=everything, futures=futures)


def fork(run: Run, world: int, day: int, futures: int = 1000, set: Mapping[str, float] | None = None,
         view: View | None = None, do: Sequence[Any] = (), tag: str = "", subject: ModelSpec | None = None) -> Run:
    """From a world, on a day, many futures with fresh luck; see `sim.analysis.explain.fork.fork`."""
    from sim.analysis.explain import fork

    return fork.fork(run, world, day, futures, set, view, do, tag, subject)


def why(run: Run, outcome: str, before: int = 30) -> Separation:
    """What separates the worlds where an outcome came true from those where it did not; see
    `sim.analysis.pathways.association.why`.
    """
    from sim.analysis.pathways import association

    return association.why(run, outcome, before)


def pathways(run: Run) -> Pathways:
    """Where worlds go, from the opening to the end; see `sim.analysis.pathways.pathways`."""
    from sim.analysis.pathways import pathways

    return pathways.pathways(run)


def typical(run: Run) -> Typical:
    """The few stories that stand for all worlds; see `sim.analysis.pathways.typical`."""
    from sim.analysis.pathways import typical

    return typical.typical(run)


give(Run, explain=explain, fork=fork, why=why, pathways=pathways, typical=typical)
