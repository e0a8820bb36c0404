"""What `Run` offers that needs an analysis: functions that fill its slots."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sim.analysis.explain import chronicle, fork
from sim.analysis.pathways import association, pathways, typical
from sim.ensemble.results import Run
from sim.scenario.slots import give

P = ParamSpec("P")
T = TypeVar("T")


def of_world(ask: Callable[Concatenate[Run, int, P], T]) -> Callable[Concatenate[Run, int | str, P], T]:
    """What asks about a world by number, asking also about the most typical "war", "deal", "miscalculation" or "quiet"."""
    @wraps(ask)
    def asked(run: Run, world: int | str, *more: P.args, **named: P.kwargs) -> T:
        return ask(run, typical.typical_world(run, world) if isinstance(world, str) else world, *more, **named)

    return asked  # type: ignore[return-value]  # its world may be a name


give(Run, explain=of_world(chronicle.explain), fork=of_world(fork.fork), why=association.why,
     pathways=pathways.pathways, typical=typical.typical)
