"""The day loop: how a model is made, simulated day by day under observation, and released.

No other place simulates days. Between two looks (of mornings, observers and `each_day`) nothing but the model itself reads or
changes its worlds, so an engine that does not go day by day may replace the loop in `live` and take whole stretches at once,
if it keeps two promises: before every morning and at every look, each state variable of each world, the log and `model.day`
hold what they would hold if the days had been simulated one by one; and what a morning changes affects the day that follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np

from sim.engine import Array, Ensemble, RandomStreams
from sim.scenario.interventions import Acting
from sim.scenario.scenario import Scenario

EachDay: TypeAlias = Callable[[int], None]
"""Called with the days done; it may raise to end the work."""

Look: TypeAlias = Callable[[Any], object]
"""Called with the model."""


@contextmanager
def begun(model: type[Ensemble], scenario: Scenario, numbers: Array, luck: RandomStreams,
          values: Mapping[str, Any] | None = None,
          start: Mapping[str, Any] | None = None, log: bool = True) -> Iterator[tuple[Any, Acting]]:
    """A model of these luck numbers, shape (n,), on day 0 of a scenario, with other values or start values on top; and its
    interventions at work. At the end of the context the model is released, whatever happens.
    """
    starts = {**entries(scenario.start), **(start or {})}
    built = model(numbers, luck, {**scenario.parameters, **(values or {})}, starts, log=log)
    try:
        yield built, Acting(scenario.interventions, built)
    finally:
        built.release()


def live(world: Any, days: int, morning: Sequence[Look] = (), observers: Sequence[Look] = (),
         each_day: EachDay | None = None) -> None:
    """Simulate so many days.

    Parameters
    ----------
    world : the model
    morning : called before each day; they may change the model
    observers : called after each day; they only look
    each_day : called last with the number of days done; it may raise to end the work
    """
    for day in range(1, days + 1):
        for change in morning:
            change(world)
        world.step()
        for look in observers:
            look(world)
        if each_day is not None:
            each_day(day)


def entries(start: Mapping[str, Any]) -> dict[str, Any]:
    """Start values as a model takes them: those with an entry each as a column."""
    return {name: np.array(value)[:, None] if isinstance(value, tuple) else value for name, value in start.items()}
