"""Ensembles: a scenario on many worlds, in this process, in several, or on any executor, with the same results.

A run is planned as tasks, which are simulated in batches and whose results are put together again. Worlds come in slices of
512, and a task has up to sixteen of them, because wide models take less time per world.
"""

from __future__ import annotations

import datetime
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa

from sim.engine import Array, Ensemble, Event
from sim.engine.declarations import declared
from sim.engine.engines import engine_name, is_compiled
from sim.engine.streams import CONTRACT
from sim.ensemble import columns, workers
from sim.ensemble import design as designs
from sim.ensemble.design import Design
from sim.ensemble.files import json_text, parsed
from sim.ensemble.fingerprint import versions
from sim.ensemble.live import EachDay
from sim.ensemble.recorder import SLICE, Record, Variable, recorded_days, summary, variables
from sim.ensemble.results import CALENDAR, FORMAT, OutcomeInfo, Run
from sim.ensemble.tasks import Batch, Chunk, Columns, ModelSpec, RunPlan, crisis, fused, run_batch
from sim.errors import BrinkError, among, check_whole, shown
from sim.scenario.interventions import InterventionOutcome, check_taken, merged
from sim.scenario.interventions.read import Given
from sim.scenario.scenario import Scenario, View, load

IN_FLIGHT = 32
"""Batches submitted and not yet collected: enough to keep workers busy, few enough to keep memory flat."""

MOST_WORLDS = 10_000_000

Work = TypeVar("Work")
Made = TypeVar("Made")

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the worlds done and the worlds in all."""


@dataclass
class Accumulator:
    """The results of a run, put together from those of its tasks in any order."""

    plan: RunPlan
    columns: dict[str, Array] = field(default_factory=dict)
    record: Record | None = None
    logs: list[tuple[int, Columns]] = field(default_factory=list)
    taken: list[InterventionOutcome] = field(default_factory=list)

    def add(self, part: Chunk) -> None:
        """Add the results of a task."""
        worlds = self.plan.design.worlds
        if self.record is None:
            self.record = Record.empty(*part.record.sums.shape)
            self.columns = {name: np.empty(worlds, column.dtype) for name, column in part.columns.items()}
        for name, column in part.columns.items():
            self.columns[name][part.first:part.first + len(column)] = column
        self.record.add(part.record)
        self.taken = merged([self.taken, part.taken]) if self.taken else part.taken
        if part.events:
            self.logs.append((part.first, part.events))


def run(scenario: str | Path | Scenario = "baseline", *, worlds: int = 4096, days: int | None = None, seed: int = 1,
        set: Mapping[str, float] | None = None, view: View | None = None, uncertainty: str = "none",
        sets: int | None = None, jobs: int = 1, executor: Executor | None = None, every: int = 7,
        keep_events: int = 2048, progress: Progress | None = None, subject: ModelSpec | None = None,
        do: Given | Sequence[Given] = ()) -> Run:
    """Simulate a scenario on many worlds.

    Parameters
    ----------
    scenario : a scenario, the name of one of the library, or a file
    worlds : how many; asking for more extends the ensemble and changes none that was there
    days : horizon, if not that of the scenario
    seed : another seed is other luck
    set, view : parameters and starting values laid over the scenario
    uncertainty : "none" keeps parameters fixed, "priors" draws those that nobody has set from their priors
    sets : how many parameter sets are drawn; by default as many as leave 32 to 63 worlds each
    jobs : workers on this machine, or workers of the executor: threads where the day is compiled, else processes
    executor : any executor of concurrent.futures
    every : days between recorded days
    keep_events : how many worlds' events are kept
    progress : called with the worlds done and in all
    do : further interventions, one or several, as text or plain values: {"on": "2026-03-01", "shock": "oil_shock"}

    Results depend neither on jobs nor on the executor. A script that asks for jobs must do so under
    `if __name__ == "__main__":`, because processes read it again. Raises BrinkError for what cannot be run.
    """
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario)
    changed = chosen.changed(set=set, view=view, days=days, do=do)
    made, = run_all([changed], worlds=worlds, seed=seed, uncertainty=uncertainty, sets=sets, jobs=jobs, executor=executor,
                    every=every, keep_events=keep_events, progress=progress, subject=subject)
    return made


def run_all(scenarios: Sequence[Scenario], *, worlds: int = 4096, seed: int = 1, uncertainty: str = "none",
            sets: int | None = None, jobs: int = 1, executor: Executor | None = None, every: int = 7,
            keep_events: int = 2048, progress: Progress | None = None, subject: ModelSpec | None = None) -> list[Run]:
    """Simulate several scenarios on the same worlds, sharing processes and luck: the runs that `run` gives, in less time.

    The other arguments are those of `run`; progress counts a world once for each scenario.
    """
    check_whole(worlds=(worlds, 1, MOST_WORLDS), seed=(seed, 0, 2**63 - 1), jobs=(jobs, 1, 1024), every=(every, 1, 3650),
                sets=(worlds if sets is None else sets, 1, worlds), keep_events=(keep_events, 0, MOST_WORLDS))
    if progress is not None and not callable(progress):
        raise BrinkError(f"progress: {shown(progress)} is no function of the worlds done and in all")
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise BrinkError(f"executor: {shown(executor)} is no executor of concurrent.futures")
    for scenario in scenarios:
        json_text(scenario.as_dict())  # what cannot be written is refused before it is simulated
    began, subject = time.time(), subject or crisis()
    plans = [RunPlan(subject, scenario, _design(subject, scenario, int(worlds), int(seed), uncertainty,
                                                       None if sets is None else int(sets)), int(seed),
                     int(every), int(keep_events), side) for side, scenario in enumerate(scenarios)]
    sides = [Accumulator(plan) for plan in plans]
    for part in execute(_batches(plans, jobs), jobs, executor, progress):
        sides[part.side].add(part)
    for side in sides:
        check_taken(side.plan.scenario.interventions, side.taken)
    timing = _timing(began, jobs, sum(plan.design.worlds for plan in plans))
    return [gather(side, uncertainty, timing) for side in sides]


def _batches(plans: list[RunPlan], jobs: int) -> list[Batch]:
    """The tasks of several plans, those on the same worlds together unless that would leave a worker idle at the end."""
    rows = list(zip(*(plan.tasks(jobs) for plan in plans), strict=True))
    slices = -(-rows[-1][0].stop // SLICE)
    if len(plans) == 1 or slices % jobs == 0 or len(rows) >= 4 * jobs:
        return rows
    return [(task,) for row in sorted(rows, key=lambda row: row[0].first - row[0].stop) for task in row]


def _design(subject: ModelSpec, scenario: Scenario, worlds: int, seed: int, uncertainty: str, sets: int | None) -> Design:
    if among(uncertainty, ("priors",)):
        return designs.from_priors(designs.parameters(subject.model), worlds, sets, seed, scenario.parameters)
    if not among(uncertainty, ("none",)):
        raise BrinkError(f"uncertainty: {shown(uncertainty)} is neither 'none' nor 'priors'")
    if sets is not None:
        raise BrinkError("sets: there is one parameter set unless uncertainty is 'priors'")
    return designs.fixed(worlds)


def execute(batches: list[Batch], jobs: int = 1, executor: Executor | None = None,
            progress: Progress | None = None) -> Iterator[Chunk]:
    """Run the batches and yield their results as they come."""
    total, done = sum(map(_worlds, batches)), 0
    if executor is None and (jobs == 1 or len(batches) < 2):
        for batch in batches:
            yield from run_batch(batch, _days_as_worlds(batch, done, total, progress))
            done += _worlds(batch)
        return
    subject = batches[0][0].plan.subject
    with nullcontext(executor) if executor else pool(min(jobs, len(batches)), subject.model) as processes:
        in_flight = max(IN_FLIGHT, 2 * jobs)
        submit = lambda batch: processes.submit(run_batch, batch, workers.go_on)  # noqa: E731
        try:
            for batch, parts in as_completed(deque(batches), {}, submit, lambda: in_flight):
                done += _worlds(batch)
                if progress is not None:
                    progress(done, total)
                yield from parts
        except BrokenExecutor:
            raise BrinkError("a worker process ended early: for want of memory (try fewer jobs), or because the script "
                             "that asks for jobs does so outside of if __name__ == '__main__'") from None


def _worlds(batch: Batch) -> int:
    return sum(task.worlds for task in batch)


def _days_as_worlds(batch: Batch, done: int, total: int, progress: Progress | None) -> EachDay | None:
    """A callback that reports simulated days as worlds done, a few times a second."""
    if progress is None:
        return None
    worlds, days = _worlds(batch), sum(tasks[0].plan.scenario.days for tasks in fused(batch))
    finished, before, last = 0, 0, time.monotonic()

    def each_day(day: int) -> None:
        nonlocal finished, before, last
        finished += before if day <= before else 0  # another model of the batch has begun
        before, passed, now = day, finished + day, time.monotonic()
        if passed == days or now - last > 0.2:
            last = now
            progress(done + worlds * passed // days, total)

    return each_day


@contextmanager
def pool(count: int, model: type[Ensemble]) -> Iterator[Executor]:
    """Workers for this class of models, which stop at the end of the context: threads where its day is compiled, since the
    kernel leaves the interpreter to others, else processes."""
    if is_compiled(model):
        done = threading.Event()
        threads = ThreadPoolExecutor(count, "worlds", workers.heed, (done.is_set,))
        try:
            yield threads
        finally:
            done.set()
            threads.shutdown(cancel_futures=True)
        return
    from concurrent.futures import ProcessPoolExecutor

    context = workers.get_ready()
    stop = context.Event()
    pool = ProcessPoolExecutor(count, context, workers.prepare, (stop,))
    try:
        with workers.without_script():
            yield pool
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def as_completed(waiting: deque[Work], live: dict[Future[Made], Work], submit: Callable[[Work], Future[Made]],
                 capacity: Callable[[], int]) -> Iterator[tuple[Work, Made]]:
    """Submit what is waiting, never more than `capacity()` at a time, and yield each with its result as it comes.

    If anything goes wrong, what is live is cancelled. Until the next is asked for, a piece of work is in one of the two.
    """
    try:
        while waiting or live:
            room = capacity() - len(live)
            for _ in range(min(room, len(waiting))):
                live[submit(waiting[0])] = waiting[0]
                waiting.popleft()
            for future in wait(live, return_when=FIRST_COMPLETED).done:
                yield live[future], future.result()
                del live[future]
    finally:
        for future in live:
            future.cancel()


def gather(collected: Accumulator, uncertainty: str, timing: Mapping[str, Any]) -> Run:
    """The run that these parts make up."""
    plan, record, design = collected.plan, collected.record, collected.plan.design
    assert record is not None, "a run has at least one task"
    questions = [OutcomeInfo.of(outcome) for outcome in plan.subject.outcomes]
    recorded = variables(plan.subject.model.states)
    names = [f"{state.key}.{event}" for state in plan.subject.model.states for event in declared(state, Event)]
    luck = np.arange(design.worlds, dtype=np.int32)
    tables = {
        "worlds": columns.of_worlds({"set": luck // np.int32(design.each), "luck": luck, **collected.columns}, questions),
        "daily": _daily_table(summary(record, recorded), recorded, recorded_days(plan.scenario.days, plan.every)),
        "events": _log_table(collected.logs, names),
    }
    if uncertainty == "priors":
        tables["parameters"] = _parameters_table(design, plan.subject)
    about = {
        "format": FORMAT, "scenario": plan.scenario.as_dict(), "scenario_hash": plan.scenario.hash, "seed": plan.seed,
        "worlds": design.worlds, "days": plan.scenario.days, "uncertainty": uncertainty, "sets": len(design),
        "worlds_a_set": design.each, "every": plan.every, "kept_events": min(plan.keep_events, design.worlds),
        "interventions_taken": [one.worlds for one in collected.taken],
        "luck": CONTRACT, "versions": {**versions(), "engine": engine_name(plan.subject.model)}, "tables": list(tables),
        "outcomes": [asdict(question) for question in questions], "variables": [asdict(v) for v in recorded],
    }
    return Run(parsed(json_text(about)), tables, timing)


def _parameters_table(design: Design, subject: ModelSpec) -> pa.Table:
    """One row per parameter set, with what each parameter means."""
    known = designs.parameters(subject.model)
    meanings = {name: {"meaning": known[name].why, "unit": known[name].unit} for name in design.names if name in known}
    return columns.described({"set": np.arange(len(design), dtype=np.int32),
                              **dict(zip(design.names, np.ascontiguousarray(design.values.T), strict=True))},
                             columns.PLACE | meanings)


def _daily_table(numbers: Mapping[str, Array], recorded: Sequence[Variable], days: Sequence[int]) -> pa.Table:
    """One row per day and variable, variable by variable, so that the rows of one stand together."""
    variable = np.repeat(np.arange(len(recorded)), len(days))
    return columns.described({"variable": columns.coded(variable, [v.name for v in recorded]),
                              "day": np.tile(np.array(days, np.int16), len(recorded)),
                              **{name: column.T.ravel() for name, column in numbers.items()}}, columns.DAILY)


def _log_table(logs: Sequence[tuple[int, Columns]], names: Sequence[str]) -> pa.Table:
    """The log of all worlds that are kept, from the logs of tasks and the first world of each."""
    parts = [log for _, log in sorted(logs, key=lambda pair: pair[0])]
    kinds = {"world": np.int32, "day": np.int16, "event": np.int16, "because": np.int16}
    log = {name: np.concatenate([np.empty(0, kind), *(log[name] for log in parts)]) for name, kind in kinds.items()}
    return columns.described({**log, "event": columns.coded(log["event"], names),
                              "because": columns.coded(log["because"] + 1, [CALENDAR, *names])}, columns.EVENTS)


def _timing(began: float, jobs: int, worlds: int) -> dict[str, Any]:
    """When and how fast: what differs between runs that are otherwise the same."""
    import platform

    seconds = time.time() - began
    return {"began": datetime.datetime.fromtimestamp(began, datetime.UTC).isoformat(timespec="seconds"),
            "seconds": round(seconds, 3), "worlds_per_second": round(worlds / seconds, 1), "jobs": jobs,
            "host": platform.platform(), "machine": platform.machine()}
