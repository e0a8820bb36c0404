"""Tasks: worlds of a scenario, simulated as a pure function of what the task says.

Tasks that differ only in what their worlds start from live side by side in one model: an array operation costs little more for
the worlds of two scenarios than for those of one, and each world comes out the same, whatever lives beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, TypeAlias

import numpy as np

from sim.engine import BLOCK, Array, Ensemble, Luck
from sim.ensemble.design import Design, parameters
from sim.ensemble.recorder import Record, Recorder, recorded_days
from sim.scenario.interventions import Acting, Taken
from sim.scenario.scenario import Scenario

ABREAST = 16_384
"""Most worlds of several tasks in one model: more gain little, and take more memory."""

Columns: TypeAlias = Mapping[str, Array]

EachDay: TypeAlias = Callable[[int], None]
"""Called with the days done; it may raise to end the task."""


@dataclass(frozen=True)
class Task:
    """Worlds `first` to `stop` of a scenario: all that a worker needs to know. `side` tells scenarios of one call apart."""

    model: type[Ensemble]
    columns: Callable[[Any], Columns]
    scenario: Scenario
    design: Design
    before: int
    first: int
    stop: int
    seed: int
    every: int
    keep_events: int
    side: int = 0

    @property
    def worlds(self) -> int:
        """How many worlds."""
        return self.stop - self.first

    @property
    def logged(self) -> bool:
        """Whether events of any of its worlds are kept."""
        return self.first < self.keep_events

    def values(self) -> dict[str, Any]:
        """The parameters that the scenario or the design sets: a number, or an array of shape (worlds,)."""
        rows = self.design.rows(self.first - self.before, self.stop - self.before)
        return {**self.scenario.parameters, **dict(zip(self.design.names, rows, strict=True))}

    def beside(self, other: Task) -> bool:
        """Whether both can live in one model: only parameters, start values and worlds differ, and nobody intervenes."""
        return self._alike == other._alike and not self.scenario.interventions and not other.scenario.interventions

    @property
    def _alike(self) -> tuple[Any, ...]:
        scenario = self.scenario
        return (self.model, self.columns, self.seed, self.every, self.logged, scenario.date, scenario.days)


Batch: TypeAlias = tuple[Task, ...]
"""Tasks that are done in one go, on one luck."""


@dataclass
class Partial:
    """What came of a task: a column an outcome, the record of its worlds, and the events of those that are kept."""

    first: int
    columns: Columns
    record: Record
    events: Columns
    taken: list[Taken]
    """How each intervention fared in its worlds."""
    side: int = 0


def run_batch(batch: Batch, each_day: EachDay | None = None) -> list[Partial]:
    """Simulate tasks of one seed; their luck is drawn once. `each_day` is called each day of each model that lives."""
    blocks = {block for task in batch for block in range(task.first // BLOCK, (task.stop - 1) // BLOCK + 1)}
    with drawn(batch[0].seed, sorted(blocks)) as luck:
        return [part for tasks in abreast(batch) for part in _live(tasks, luck, each_day)]


KEPT: list[Luck] = []
"""The luck that this process used last, because the next task mostly wants the same; empty while somebody uses it."""


@contextmanager
def drawn(seed: int, blocks: Sequence[int]) -> Iterator[Luck]:
    """The luck of these blocks, drawn as far as anybody asked for it."""
    luck = KEPT.pop() if KEPT else None
    if luck is None or (luck.seed, luck.blocks) != (seed, list(blocks)):
        if luck is not None:
            luck.release()
        luck = Luck(seed, blocks)
    try:
        yield luck
    finally:
        KEPT.append(luck)
        while len(KEPT) > 1:
            KEPT.pop(0).release()


def abreast(batch: Batch) -> Iterator[Batch]:
    """The batch in groups that live side by side in one model, in the order given."""
    group: Batch = ()
    for task in batch:
        if group and not (task.beside(group[0]) and sum(one.worlds for one in group) + task.worlds <= ABREAST):
            yield group
            group = ()
        group += (task,)
    yield group


def _live(tasks: Batch, luck: Luck, each_day: EachDay | None) -> list[Partial]:
    head = tasks[0]
    numbers = np.concatenate([np.arange(task.first, task.stop) for task in tasks])
    model, acting = started(head.model, head.scenario, numbers, luck, _values(tasks), _starts(tasks), log=head.logged)
    try:
        recorder = Recorder(model, recorded_days(head.scenario.days, head.every), [task.worlds for task in tasks])
        recorder()
        for day in range(head.scenario.days):
            model.step()
            recorder()
            if each_day is not None:
                each_day(day + 1)
        return harvest(model, tasks, recorder.records, acting)
    finally:
        model.release()


def _values(tasks: Batch) -> dict[str, Any]:
    """The parameters of tasks side by side: a number where it is the same for all, else an array over all their worlds."""
    values = [task.values() for task in tasks]
    if len(tasks) == 1:
        return values[0]
    declared = parameters(tasks[0].model)
    return {name: _abreast([held.get(name, declared[name].default) for held in values], tasks)
            for name in dict.fromkeys(chain(*values))}


def _starts(tasks: Batch) -> dict[str, Any]:
    """Start values that tasks side by side do not share; where a task has none of its own, they are masked."""
    told = [_entries(task.scenario.start) for task in tasks]
    if all(task.scenario.start == tasks[0].scenario.start for task in tasks):
        return {}
    return {name: _start([one.get(name) for one in told], usual, [task.worlds for task in tasks])
            for name, usual in {name: value for one in told for name, value in one.items()}.items()}


def _start(own: Sequence[Any], usual: Any, worlds: Sequence[int]) -> Any:
    """One start value over all their worlds; `usual` is any of it, and has as many entries as all of them."""
    shapes = [(*np.shape(usual)[:-1], count) for count in worlds]
    values = [np.broadcast_to(usual if value is None else value, shape) for value, shape in zip(own, shapes, strict=True)]
    masks = [np.full(shape, value is None) for value, shape in zip(own, shapes, strict=True)]
    return np.ma.masked_array(np.concatenate(values, axis=-1), np.concatenate(masks, axis=-1))


def _entries(start: Mapping[str, Any]) -> dict[str, Any]:
    """Start values as a model takes them: those with an entry each as a column."""
    return {name: np.array(value)[:, None] if isinstance(value, tuple) else value for name, value in start.items()}


def _abreast(values: Sequence[Any], tasks: Batch) -> Any:
    if all(np.ndim(value) == 0 and value == values[0] for value in values):
        return values[0]
    return np.concatenate([np.broadcast_to(np.float32(value), task.worlds) for value, task in zip(values, tasks, strict=True)])


def started(model: type[Ensemble], scenario: Scenario, numbers: Array, luck: Luck, values: Mapping[str, Any] | None = None,
            start: Mapping[str, Any] | None = None, log: bool = True) -> tuple[Any, Acting]:
    """A model on day 0 of a scenario, with other parameter values or start values on top, and its interventions at work."""
    told = _entries(scenario.start) | dict(start or {})
    built = model(numbers, luck, {**scenario.parameters, **(values or {})}, told, log=log)
    return built, Acting(scenario.interventions, built)


def harvest(model: Ensemble, tasks: Batch, records: Sequence[Record], acting: Acting) -> list[Partial]:
    """What came of tasks, once the model in which they live side by side has come to its end."""
    columns = {name: small(column) for name, column in tasks[0].columns(model).items()}
    log = model.log.table() if model.log else {}
    stops = np.cumsum([0, *(task.worlds for task in tasks)]).tolist()
    return [Partial(task.first, {name: column[low:high] for name, column in columns.items()}, record,
                    _events(log, task, low), acting.taken(), task.side)
            for task, record, (low, high) in zip(tasks, records, pairwise(stops), strict=True)]


def small(column: Array) -> Array:
    """A copy in the smallest of the types that outcomes come in."""
    return column.astype({"b": np.bool_, "f": np.float32}.get(column.dtype.kind, np.int32))


def _events(log: Columns, task: Task, low: int) -> Columns:
    """The log of the worlds that are kept, world by world, each in the order in which things happened; `low` is the first."""
    if not log:
        return {}
    high = low + min(task.worlds, task.keep_events - task.first)
    kept = np.flatnonzero((log["world"] >= low) & (log["world"] < high))
    kept = kept[np.argsort(log["world"][kept], kind="stable")]
    world = log["world"][kept] + np.int32(task.first - low)
    return {"world": world, **{name: log[name][kept] for name in ("day", "event", "because")}}
