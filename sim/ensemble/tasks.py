"""Tasks: worlds of a scenario, simulated as a pure function of the task.

Tasks that differ only in parameters and start values share one model: an array operation costs little more for the worlds of
two scenarios than for those of one, and each world comes out the same, whatever others share its model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from typing import Any, Protocol, TypeAlias

import numpy as np

from sim.engine import Array, Ensemble, RandomStreams
from sim.ensemble.design import Design, parameters
from sim.ensemble.live import EachDay, entries, live, released
from sim.ensemble.recorder import SLICE, Record, Recorder, recorded_days
from sim.ensemble.sound import sound
from sim.model import outcomes
from sim.model.crisis import Crisis
from sim.scenario.interventions import Acting, InterventionOutcome
from sim.scenario.scenario import Scenario

SIDE_BY_SIDE = 16
"""Slices in one model: more gain little, and take more memory."""

MOST_FUSED = 16_384
"""Most worlds of several tasks in one model: more gain little, and take more memory."""

Columns: TypeAlias = Mapping[str, Array]


class Watch(Protocol):
    """An observer that records what the model does not keep. It is made of the model on day 0."""

    def __call__(self, model: Any) -> None:
        """Record a day."""

    def measured(self) -> Columns:
        """What was recorded, at the end; of tasks that share a model, one number per world."""


@dataclass(frozen=True)
class ModelSpec:
    """What is simulated: a model, and the outcomes that are resolved in each of its worlds at the end of a run.

    `model`, `columns` and `watch` must be importable by name, so that workers find them.
    """

    model: type[Ensemble]
    columns: Callable[[Any], Columns]
    outcomes: tuple[Any, ...] = ()
    watch: Callable[[Any], Watch] | None = None


def crisis() -> ModelSpec:
    """The model that this package is about."""
    return ModelSpec(Crisis, outcomes.columns, outcomes.OUTCOMES)


@dataclass
class RunPlan:
    """A whole run: everything that its results depend on. `side` is its number among those that run together."""

    subject: ModelSpec
    scenario: Scenario
    design: Design
    seed: int
    every: int
    keep_events: int
    side: int = 0

    def tasks(self, jobs: int) -> Iterator[Task]:
        """The work, in about equal parts for `jobs` workers."""
        slices = -(-self.design.worlds // SLICE)
        parts = -(-slices // SIDE_BY_SIDE)
        parts = min(slices, -(-parts // jobs) * jobs)
        cuts = [min(SLICE * (slices * i // parts), self.design.worlds) for i in range(parts + 1)]
        return (self.task(first, stop) for first, stop in pairwise(cuts))

    def stretches(self, width: int) -> Iterator[Task]:
        """The work in tasks of `width` worlds, however many workers there are."""
        worlds = self.design.worlds
        return (self.task(first, min(first + width, worlds)) for first in range(0, worlds, width))

    def task(self, first: int, stop: int) -> Task:
        """The work on worlds `first` to `stop`. Outcomes, which workers need not find, stay behind."""
        sets = self.design.only(first // self.design.each, (stop - 1) // self.design.each + 1)
        return Task(replace(self, subject=replace(self.subject, outcomes=()), design=sets), first, stop)


@dataclass(frozen=True)
class Task:
    """Worlds `first` to `stop` of a run: all that a worker needs. The plan holds only the sets of these worlds."""

    plan: RunPlan
    first: int
    stop: int

    @property
    def numbers(self) -> Array:
        """The luck numbers of its worlds."""
        return self.plan.design.numbers(self.first, self.stop)

    @property
    def worlds(self) -> int:
        """How many worlds."""
        return self.stop - self.first

    @property
    def logged(self) -> bool:
        """Whether events of any of its worlds are kept."""
        return self.first < self.plan.keep_events

    def values(self) -> dict[str, Any]:
        """The parameters that the scenario or the design sets: a number, or an array of shape (worlds,)."""
        design = self.plan.design
        return {**self.plan.scenario.parameters, **dict(zip(design.names, design.rows(self.first, self.stop), strict=True))}

    def fusable_with(self, other: Task) -> bool:
        """Whether both can share one model: only parameters, start values, interventions and worlds differ."""
        return self._alike == other._alike

    @property
    def _alike(self) -> tuple[Any, ...]:
        plan = self.plan
        return plan.subject, plan.seed, plan.every, self.logged, plan.scenario.date, plan.scenario.days


Batch: TypeAlias = tuple[Task, ...]
"""Tasks that are simulated together, on the same random streams."""


@dataclass
class Chunk:
    """The results of a task: one column per outcome, the record of its worlds, and the events of those that are kept."""

    first: int
    columns: Columns
    record: Record
    events: Columns
    taken: list[InterventionOutcome]
    """In how many of its worlds each intervention took hold."""
    side: int = 0
    watched: Columns = field(default_factory=dict)
    """The measurements of its watch."""


def run_batch(batch: Batch, each_day: EachDay | None = None) -> list[Chunk]:
    """Simulate tasks of one seed. `each_day` is called now and then with the days done of each model."""
    luck = RandomStreams(batch[0].plan.seed)
    return [part for tasks in fused(batch) for part in _live(tasks, luck, each_day)]


def fused(batch: Batch) -> Iterator[Batch]:
    """The batch in groups that share one model, in the order given."""
    group: Batch = ()
    for task in batch:
        if group and not (task.fusable_with(group[0]) and sum(one.worlds for one in group) + task.worlds <= MOST_FUSED):
            yield group
            group = ()
        group += (task,)
    yield group


def _live(tasks: Batch, luck: RandomStreams, each_day: EachDay | None) -> list[Chunk]:
    plan, numbers = tasks[0].plan, np.concatenate([task.numbers for task in tasks])
    subject, days = plan.subject, plan.scenario.days
    with released(subject.model(numbers, luck, _values(tasks), _starts(tasks), tasks[0].logged)) as model:
        recorder = Recorder(model, recorded_days(days, plan.every), [task.worlds for task in tasks])
        acting = [Acting(task.plan.scenario.interventions, model, worlds)
                  for task, worlds in zip(tasks, recorder.parts, strict=True)]
        with sound(model):
            watch = subject.watch(model) if subject.watch else None
            live(model, days, observers=[watch] if watch else [], each_day=each_day, recorder=recorder,
                 kept=_kept(tasks, recorder.parts, acting, watch))
        return collect(model, tasks, recorder.records, acting, watch)


def _kept(tasks: Batch, parts: Sequence[slice], acting: Sequence[Acting], watch: Watch | None) -> list[int]:
    """Below which position the log of each task is needed, if the model has one: for its result, or everywhere if
    interventions wait for events or a watch may count them.
    """
    if watch or any(one.happened for one in acting):
        return [part.stop for part in parts]
    return [part.start + max(min(task.plan.keep_events - task.first, task.worlds), 0)
            for task, part in zip(tasks, parts, strict=True)]


def _values(tasks: Batch) -> dict[str, Any]:
    """The parameters of tasks in one model: a number where it is the same for all, else an array over all their worlds."""
    values = [task.values() for task in tasks]
    if len(tasks) == 1:
        return values[0]
    declared = parameters(tasks[0].plan.subject.model)
    return {name: _fused_values([one.get(name, declared[name].default) for one in values], tasks)
            for name in dict.fromkeys(chain(*values))}


def _starts(tasks: Batch) -> dict[str, Any]:
    """Start values of tasks in one model; where they differ and a task has none of its own, they are masked."""
    if all(task.plan.scenario.start == tasks[0].plan.scenario.start for task in tasks):
        return entries(tasks[0].plan.scenario.start)
    starts = [entries(task.plan.scenario.start) for task in tasks]
    return {name: _start([start.get(name) for start in starts], usual, [task.worlds for task in tasks])
            for name, usual in {name: value for start in starts for name, value in start.items()}.items()}


def _start(own: Sequence[Any], usual: Any, worlds: Sequence[int]) -> Any:
    """One start value over all their worlds; `usual` is any of it, and has as many entries as all of them."""
    shapes = [(*np.shape(usual)[:-1], count) for count in worlds]
    values = [np.broadcast_to(usual if value is None else value, shape) for value, shape in zip(own, shapes, strict=True)]
    masks = [np.full(shape, value is None) for value, shape in zip(own, shapes, strict=True)]
    return np.ma.masked_array(np.concatenate(values, axis=-1), np.concatenate(masks, axis=-1))


def _fused_values(values: Sequence[Any], tasks: Batch) -> Any:
    if all(np.ndim(value) == 0 and value == values[0] for value in values):
        return values[0]
    return np.concatenate([np.broadcast_to(np.float32(value), task.worlds) for value, task in zip(values, tasks, strict=True)])


def collect(model: Ensemble, tasks: Batch, records: Sequence[Record], acting: Sequence[Acting],
            watch: Watch | None = None) -> list[Chunk]:
    """The results of tasks that shared a model, after its last day."""
    columns = {name: small(column) for name, column in tasks[0].plan.subject.columns(model).items()}
    watched = {name: np.array(column) for name, column in watch.measured().items()} if watch else {}
    log = model.log.table() if model.log and tasks[0].logged else {}
    stops = np.cumsum([0, *(task.worlds for task in tasks)]).tolist()
    return [Chunk(task.first, _between(columns, low, high), record, _events(log, task, low), one.taken(), task.plan.side,
                  _between(watched, low, high) if len(tasks) > 1 else watched)
            for task, record, one, (low, high) in zip(tasks, records, acting, pairwise(stops), strict=True)]


def _between(columns: Columns, low: int, high: int) -> Columns:
    return {name: column[low:high] for name, column in columns.items()}


def small(column: Array) -> Array:
    """A copy in the smallest of the types that outcomes come in."""
    return column.astype({"b": np.bool_, "f": np.float32}.get(column.dtype.kind, np.int32))


def _events(log: Columns, task: Task, low: int) -> Columns:
    """The log of the worlds that are kept, world by world, each in the order in which things happened; `low` is the first."""
    if not log:
        return {}
    high = low + min(task.worlds, task.plan.keep_events - task.first)
    kept = np.flatnonzero((log["world"] >= low) & (log["world"] < high))
    if (np.diff(log["world"][kept]) < 0).any():  # the kernel simulates strip after strip, NumPy day after day
        kept = kept[np.argsort(log["world"][kept], kind="stable")]
    world = log["world"][kept] + np.int32(task.first - low)
    return {"world": world, **{name: log[name][kept] for name in ("day", "event", "because")}}
