"""The work on one part of a study, in whatever process: worlds in, Parquet files out, as bytes."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.engine import Array
from sim.ensemble import columns
from sim.ensemble.design import Design
from sim.ensemble.files import parsed, write_parquet
from sim.ensemble.fingerprint import fingerprint, versions
from sim.ensemble.study.identity import MARK
from sim.ensemble.tasks import Chunk, Columns, ModelSpec, RunPlan, Task, run_batch
from sim.ensemble.workers import Stopped
from sim.errors import BrinkError, outside
from sim.model.crisis import Crisis
from sim.model.outcomes import OUTCOMES
from sim.scenario.interventions import InterventionOutcome, merged
from sim.scenario.scenario import Scenario

QUANTILES = {"q05": 0.05, "q50": 0.5, "q95": 0.95}

DECISIVE = ("ensemble/columns.py", "ensemble/design.py", "ensemble/files.py", "ensemble/live.py", "ensemble/study/work.py",
            "ensemble/tasks.py", "model/outcomes.py", "model/shocks.py", "scenario/interventions")
"""Source that decides what a part holds, apart from the model."""


@lru_cache
def maker() -> str:
    """What a part's bytes depend on besides the study: the source of the model, and the libraries that compute and write."""
    installed = versions()
    return f"{fingerprint(*DECISIVE)} on NumPy {installed['numpy']} and PyArrow {installed['pyarrow']}"


@dataclass(frozen=True)
class PartTask:
    """All that is needed to make a part.

    Parameters
    ----------
    study : what identifies the study; it is written into the files
    maker : what must make it: the value of `maker()` there
    scenario, seed, outcomes, daily, every : as in the study
    design : the sets of this part, all on the same luck numbers
    """

    study: str
    maker: str
    scenario: Scenario
    seed: int
    outcomes: tuple[str, ...]
    daily: tuple[str, ...]
    every: int
    design: Design

    def mark(self, kind: str) -> dict[str, Any]:
        """What a file of a kind says of itself: study, model, kind, scenario, and its sets and luck numbers, from and to."""
        design, low = self.design, self.design.shared or 0
        return {"study": self.study, "model": self.maker, "kind": kind, "scenario": self.scenario.name,
                "sets": [design.first, design.first + len(design)], "luck": [low, low + design.each]}

    def answers(self, model: Any) -> Columns:
        """The outcomes that are kept, and the conditions of these, in every world of a model."""
        asked = {*self.outcomes, *(outcome.given for outcome in OUTCOMES if outcome.id in self.outcomes)}
        return {outcome.id: outcome.resolve(model) for outcome in OUTCOMES if outcome.id in asked}


@dataclass(frozen=True)
class Made:
    """A part that was made: the bytes of its files, b"" for none, and the sets that failed, each with the reason."""

    worlds: bytes
    daily: bytes
    failed: tuple[tuple[int, str], ...]


def make(work: PartTask, each_day: Callable[[int], None] | None = None) -> Made:
    """Make a part. A set that fails does not take the others along. `each_day` may raise `Stopped` to end it.

    Raises BrinkError if another model is installed here than the one with which the study was begun, and MemoryError if
    there is no room for a single set: neither is the fault of a set.
    """
    if work.maker != maker():
        from platform import node

        raise BrinkError(f"{node()}: the model there is {maker()}, and the study was begun with {work.maker}; install the "
                         f"same versions wherever its parts are made")
    parts = list(_attempt(work, each_day))
    chunks = [part for part in parts if isinstance(part, Chunk)]
    failed = tuple(part for part in parts if not isinstance(part, Chunk))
    if not chunks:
        return Made(b"", b"", failed)
    taken = [{**vars(one), "missing": dict(one.missing)} for one in merged([chunk.taken for chunk in chunks])]
    about = {"brink.study": work.study, "brink.taken": json.dumps(taken, allow_nan=False)}

    def marked(kind: str) -> dict[str, str]:
        return {**about, MARK: json.dumps(work.mark(kind), allow_nan=False)}

    worlds = _bytes(columns.of_worlds(_joined([chunk.columns for chunk in chunks]), OUTCOMES, work.outcomes, marked("worlds")))
    if not work.daily:
        return Made(worlds, b"", failed)
    watched = dict(_joined([chunk.watched for chunk in chunks]))
    watched["variable"] = columns.coded(watched["variable"], work.daily)
    return Made(worlds, _bytes(columns.described(watched, columns.PLACE | columns.DAILY, marked("daily"))), failed)


def _attempt(work: PartTask, each_day: Callable[[int], None] | None) -> Iterator[Chunk | tuple[int, str]]:
    """The worlds of all sets at once or, if that fails, of one half and then of the other, down to the sets that fail."""
    design = work.design
    try:
        yield _live(work, each_day)
    except Stopped:
        raise
    except Exception as error:
        if len(design) > 1:
            cuts = (design.first, design.first + len(design) // 2, design.first + len(design))
            for low, high in pairwise(cuts):
                yield from _attempt(replace(work, design=design.only(low, high)), each_day)
        elif isinstance(error, MemoryError):
            raise
        else:
            yield design.first, str(error) if isinstance(error, BrinkError) else f"{type(error).__name__}: {error}"


def _live(work: PartTask, each_day: Callable[[int], None] | None) -> Chunk:
    """Simulate all sets in one model; to the outcomes come the set and the luck number of each world."""
    if each_day is not None:
        each_day(0)
    design, subject = work.design, ModelSpec(Crisis, work.answers, watch=partial(Diary, work) if work.daily else None)
    first = design.first * design.each
    task = Task(RunPlan(subject, work.scenario, design, work.seed, every=0, keep_events=0), first, first + design.worlds)
    (part,) = run_batch((task,), each_day)
    sets = np.arange(task.first, task.stop) // design.each
    place = {"set": sets.astype(np.int32), "luck": task.numbers.astype(np.int32)}
    return replace(part, columns={**place, **part.columns})


class Diary:
    """Means and quantiles over the luck of each set in this part, of the variables that are kept, on recorded days."""

    def __init__(self, work: PartTask, model: Any) -> None:
        self.work, self.design = work, work.design
        self.days: list[int] = []
        self.values: list[Array] = []
        self(model)

    def next_day(self, day: int) -> int:
        """The next day to record, from `day` on."""
        return min(-(-day // self.work.every) * self.work.every, max(day, self.work.scenario.days))

    def __call__(self, model: Any) -> None:
        """Record today, if it is a day to record."""
        if model.day % self.work.every and model.day != self.work.scenario.days:
            return
        values = np.stack([_variable(model, name) for name in self.work.daily]).astype(np.float64)
        by_set = values.reshape(len(self.work.daily), len(self.design), -1)
        quantiles = np.quantile(by_set, list(QUANTILES.values()), axis=2)
        self.days.append(model.day)
        self.values.append(np.stack([by_set.mean(axis=2), *quantiles]))

    def measured(self) -> Columns:
        """One row per set, variable and day: `luck` is the first luck number that went into it, `worlds` how many did."""
        table = np.stack(self.values, axis=-1).astype(np.float32)  # (numbers, variables, sets, days)
        _, variables, sets, days = table.shape
        rows = np.moveaxis(table, 2, 1).reshape(len(table), -1)
        return {"set": np.repeat(np.arange(sets, dtype=np.int32) + np.int32(self.design.first), variables * days),
                "luck": np.full(sets * variables * days, self.design.shared, np.int32),
                "worlds": np.full(sets * variables * days, self.design.each, np.int32),
                "variable": np.tile(np.repeat(np.arange(variables), days), sets),
                "day": np.tile(np.array(self.days, np.int16), sets * variables),
                **dict(zip(("mean", *QUANTILES), rows, strict=True))}


def _variable(model: Any, name: str) -> Array:
    """A recorded variable by "state.field", or "state.field.3" for an entry of one that has several."""
    owner, field, *entry = name.split(".")
    values: Array = getattr(model, owner).__dict__[field]
    return values[int(entry[0])] if entry else values


def _joined(parts: list[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _bytes(table: pa.Table) -> bytes:
    """A table as a Parquet file."""
    buffer = io.BytesIO()
    write_parquet(table, buffer)
    return buffer.getvalue()


def taken(path: Any) -> list[InterventionOutcome]:
    """In how many worlds of a part each intervention took hold, from its file. Raises BrinkError for a damaged one."""
    with outside(path, "is no part of a study, or a damaged one"):
        rows = parsed(pq.read_metadata(path).metadata[b"brink.taken"])
        return [InterventionOutcome(int(row["worlds"]), int(row["tried"]), Counter(row["missing"])) for row in rows]
