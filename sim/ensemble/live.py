"""The day loop: how a model is made, simulated under observation, and released.

No other place simulates days. Where the model's day is compiled, whole stretches are simulated at once: before every morning
and at every look each state variable of each world, the log and `model.day` hold what they would hold if the days had been
simulated one by one, and what a morning changes affects the day that follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np

from sim.engine import Array, Ensemble, RandomStreams
from sim.engine.engines import bound_kernel
from sim.engine.kernel import BEFORE, FROM_CLOCKS, BoundKernel, Part
from sim.ensemble.recorder import Recorder
from sim.scenario.interventions import Acting
from sim.scenario.scenario import Scenario

EachDay: TypeAlias = Callable[[int], None]
"""Called with the days done; it may raise to end the work."""

STRETCH, AT_ONCE = 73, 2**19
"""Most days between two calls of `each_day`, and before Ctrl-C is heard: a fifth of a year, or of few worlds so many days in
all, which take about a tenth of a second."""

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
    with released(model(numbers, luck, {**scenario.parameters, **(values or {})}, starts, log=log)) as built:
        yield built, Acting(scenario.interventions, built)


@contextmanager
def released(model: Any) -> Iterator[Any]:
    """A model, which is released at the end of the context, whatever happens."""
    try:
        yield model
    finally:
        model.release()


def live(world: Any, days: int, morning: Sequence[Look] = (), observers: Sequence[Look] = (),
         each_day: EachDay | None = None, recorder: Recorder | None = None, kept: Sequence[int] | None = None,
         threads: int = 1) -> None:
    """Simulate so many days.

    Parameters
    ----------
    world : the model
    morning : called before each day; they may change the model
    observers : called after each day; they only look. One with `next_day`, a function of a day, is sure to be called on the
        days that it gives, but perhaps not on others
    each_day : called now and then, and last, with the number of days done; it may raise to end the work
    recorder : what records the model, day 0 included
    kept : below which position the log is needed, for each part of the recorder; everywhere unless given
    threads : how many share the worlds, where the day is compiled
    """
    kernel, first, last = bound_kernel(world), world.day, world.day + days
    stretch = max(STRETCH, AT_ONCE // max(world.n, 1))
    parts = [] if kernel is None else _parts(world, recorder, kept)
    if recorder is not None and kernel is None:
        recorder(world)
    while world.day < last:
        for change in morning:
            change(world)
        if kernel is None:
            world.step()
            if recorder is not None:
                recorder(world)
        else:
            most = world.day + (1 if morning else stretch)
            until = min([last, most, *(_next_look(look, world.day + 1) for look in observers)])
            _stretch(world, kernel, parts, until, threads)
        for look in observers:
            look(world)
        if each_day is not None:
            each_day(world.day - first)


def _next_look(look: Look, day: int) -> int:
    """The next day, from `day` on, on which somebody wants to look."""
    when = getattr(look, "next_day", None)
    return day if when is None else int(when(day))


def _stretch(world: Any, kernel: BoundKernel, parts: Sequence[Part], until: int, threads: int) -> None:
    """Simulate until the morning of a day, or of the next on which an intervention may act, or that one day alone."""
    acting = world.next_day()
    if acting > world.day:
        kernel.simulate(int(min(until, acting)), parts, threads=threads)
        return
    tomorrow = world.day + 1
    kernel.simulate(tomorrow, parts, BEFORE, threads=threads)
    push, open_ = world.bend()
    kernel.simulate(tomorrow, parts, FROM_CLOCKS, push, open_, threads)


def _parts(world: Any, recorder: Recorder | None, kept: Sequence[int] | None) -> list[Part]:
    """The parts of a model that have a record each, or the whole of it."""
    if recorder is None:
        return [Part(0, world.n, world.n)]
    keeps = kept or [part.stop for part in recorder.parts]
    return [Part(part.start, part.stop, keep, recording)
            for part, keep, recording in zip(recorder.parts, keeps, recorder.recordings(), strict=True)]


def entries(start: Mapping[str, Any]) -> dict[str, Any]:
    """Start values as a model takes them: those with an entry each as a column."""
    return {name: np.array(value)[:, None] if isinstance(value, tuple) else value for name, value in start.items()}
