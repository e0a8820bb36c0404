"""What `Run` offers that needs an analysis: functions that fill its slots."""

from __future__ import annotations

from sim.analysis.explain import chronicle, fork
from sim.analysis.pathways import association, pathways, typical
from sim.ensemble.results import Run
from sim.scenario.slots import give


def explain(run: Run, world: int | str, *, everything: bool = False, futures: int = 0) -> chronicle.Chronicle:
    """What happened in a world day by day, and why: a world by number, or the most typical "war", "deal", "miscalculation" or
    "quiet"; see `sim.analysis.explain.chronicle.explain`.
    """
    number = typical.typical_world(run, world) if isinstance(world, str) else world
    return chronicle.explain(run, number, everything=everything, futures=futures)


give(Run, explain=explain, fork=fork.fork, why=association.why, pathways=pathways.pathways, typical=typical.typical)
