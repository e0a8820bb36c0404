"""Recording: what the state variables of an ensemble do by day, as means and quantiles.

A record holds no world, only sums and histograms, so that its size does not grow with the number of worlds. Both are whole
numbers, sums of a unit that is a small share of the variable's range, and so come out the same in any order: the result
depends neither on how the work was split nor on the engine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import Any

import numpy as np

from sim.engine import Array, Ensemble, Field, State
from sim.engine.declarations import declared
from sim.engine.fields import WrongValue
from sim.engine.kernel import Recording

BINS = 256
SLICE = 512
"""Worlds that are summed up together, in cache. Runs are cut between slices, only because tasks of that size are not worth
splitting."""

WHOLE = 2.0**44
"""The most units as which a value counts, 256 times its range or more: the sum of a slice is still exact in float64."""

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
DAILY_COLUMNS = ("mean", *(f"q{100 * q:02.0f}" for q in QUANTILES))


@dataclass(frozen=True)
class Variable:
    """One recorded number per world: a field, or an entry of one that has several.

    A whole-number field with fewer than `BINS` values has a bin for each of them.
    """

    name: str
    meaning: str
    unit: str
    low: float
    high: float
    whole: bool

    @property
    def exact(self) -> bool:
        """Whether every value of its range has a bin of its own."""
        return self.whole and self.high - self.low < BINS

    @property
    def left(self) -> float:
        """Where its first bin begins."""
        return self.low - 0.5 if self.exact else self.low

    @property
    def width(self) -> float:
        """Width of a bin."""
        return 1.0 if self.exact else (self.high - self.low) / BINS

    @property
    def scale(self) -> float:
        """Units to one of its own unit, a power of two: sums count whole units, of which its range has 2**35 to 2**36."""
        return 2.0 ** (36 - math.ceil(math.log2(max(abs(self.low), abs(self.high)))))


def recorded(states: Sequence[type[State]]) -> list[tuple[type[State], Field]]:
    """The fields that are to be recorded, in the order of the model."""
    return [(state, field) for state in states for field in declared(state, Field).values() if field.record]


def variables(states: Sequence[type[State]]) -> list[Variable]:
    """What a record of a model made of these states holds."""
    return [Variable(name, field.meaning, field.unit, field.low, 1.0 if field.dtype == bool else field.high,
                     field.dtype.kind != "f") for state, field in recorded(states) for name in _names(state, field)]


def _names(state: type[State], field: Field) -> list[str]:
    name = f"{state.key}.{field.name}"
    return [name] if field.entries is None else [f"{name}.{i}" for i in range(field.entries)]


def recorded_days(days: int, every: int) -> list[int]:
    """The days on which a run of `days` is recorded: day 0, every `every` days, and the last; none if `every` is 0."""
    return sorted({*range(0, days, every), days}) if every else []


@dataclass
class Record:
    """Sums over worlds, by recorded day and variable.

    Parameters
    ----------
    sums : (days, variables), int64, in units of 1 / `Variable.scale`
    bins : (days, variables, BINS), int32, how many worlds lie in each bin
    least, most : (days, variables), float32
    """

    sums: Array
    bins: Array
    least: Array
    most: Array

    @classmethod
    def empty(cls, days: int, variables: int) -> Record:
        """A record without worlds."""
        shape = (days, variables)
        return cls(np.zeros(shape, np.int64), np.zeros((*shape, BINS), np.int32),
                   np.full(shape, np.inf, np.float32), np.full(shape, -np.inf, np.float32))

    def add(self, other: Record) -> None:
        """Add the record of other worlds."""
        self.sums += other.sums
        self.bins += other.bins
        np.minimum(self.least, other.least, out=self.least)
        np.maximum(self.most, other.most, out=self.most)


class Recorder:
    """Records one model: it is called with the model on every day, and records those days that it is to.

    Parameters
    ----------
    model : what is recorded
    days : the days to record, in order
    widths : worlds of each part that has a record of its own; by default all worlds are one part
    """

    def __init__(self, model: Ensemble, days: Sequence[int], widths: Sequence[int] = ()) -> None:
        self.days = {day: i for i, day in enumerate(days)}
        self.variables = variables(model.states)
        widths, self.fields = widths or [model.n], recorded(model.states)
        self.places = [(state, field, i) for state, field in self.fields for i in range(field.entries or 1)]
        rows, n = len(self.variables), model.n if days else 0
        self.stretches = _slices([field.entries or 1 for _, field in self.fields])
        self.parts = _slices(widths)
        self.records = [Record.empty(len(days), rows) for _ in widths]
        self.values, self.index = np.empty((rows, n), np.float32), np.empty((rows, n), np.int32)
        column = np.array([[v.left, v.width] for v in self.variables], np.float32).reshape(rows, 2)
        self.left, self.per_width = column[:, :1], 1 / column[:, 1:]
        self.scale = np.array([[v.scale] for v in self.variables], np.float32).reshape(rows, 1)
        self.offset = np.arange(0, rows * BINS, BINS, dtype=np.int32)[:, None]

    def __call__(self, model: Any) -> None:
        """Record today, if it is a day to record."""
        at = self.days.get(model.day)
        if at is None:
            return
        for rows, (state, field) in zip(self.stretches, self.fields, strict=True):
            self.values[rows] = getattr(model, state.key).__dict__[field.name]
        for part, record in zip(self.parts, self.records, strict=True):
            self._sum_up(at, part, record)
        self._sort_into_bins()
        for part, record in zip(self.parts, self.records, strict=True):
            counts = np.bincount(self.index[:, part].ravel(), minlength=self.offset.size * BINS)
            record.bins[at] = counts.reshape(-1, BINS)

    def recordings(self) -> list[Recording | None]:
        """What the kernel is to record of each part, into the records here."""
        if not self.days:
            return [None] * len(self.parts)
        first, *more = self.days
        told = [(variable.name, (state.key, field.name), entry, variable.left, variable.width, variable.scale)
                for variable, (state, field, entry) in zip(self.variables, self.places, strict=True)]
        every, last = (more[0] - first if more else 1), max(self.days)
        return [Recording(told, last, every, record.bins, record.sums, record.least, record.most) for record in self.records]

    def _sum_up(self, at: int, part: slice, record: Record) -> None:
        """Raises WrongValue for values that are not finite, which are a mistake of the model."""
        np.min(self.values[:, part], axis=1, out=record.least[at])
        np.max(self.values[:, part], axis=1, out=record.most[at])
        bad = np.flatnonzero(~np.isfinite(record.least[at] + record.most[at]))
        if bad.size:
            world = part.start + int(np.argmax(~np.isfinite(self.values[bad[0], part])))
            raise WrongValue(f"{self.variables[bad[0]].name} is not a finite number", world)
        record.sums[at] = sum(map(self._sum_of, range(part.start, part.stop, SLICE), repeat(part.stop)))

    def _sum_of(self, start: int, stop: int) -> Array:
        """The sum of each variable over a slice, or what `stop` leaves of it: int64, shape (variables,)."""
        with np.errstate(over="ignore"):
            units = self.values[:, start:min(start + SLICE, stop)] * self.scale
        np.clip(units, -WHOLE, WHOLE, out=units)
        return np.rint(units, out=units).sum(axis=1, dtype=np.float64).astype(np.int64)

    def _sort_into_bins(self) -> None:
        """Into which bin each value falls; what lies outside counts in the bin at that edge."""
        self.values -= self.left
        self.values *= self.per_width
        self.index[...] = np.clip(self.values, 0, BINS - 1, out=self.values)
        self.index += self.offset


def _slices(lengths: Sequence[int]) -> list[slice]:
    """Slices of these lengths, one after the other."""
    return [slice(low, high) for low, high in pairwise(np.cumsum([0, *lengths]).tolist())]


def summary(record: Record, variables: Sequence[Variable]) -> dict[str, Array]:
    """Mean and quantiles: a (days, variables) array for each of `DAILY_COLUMNS`."""
    worlds = record.bins[0, 0].sum() if record.bins.size else 1
    columns = {"mean": record.sums / np.array([v.scale for v in variables]) / worlds}
    below = np.cumsum(record.bins, axis=2)
    for q, name in zip(QUANTILES, DAILY_COLUMNS[1:], strict=True):
        columns[name] = _quantile(record, below, q * worlds, variables)
    return columns


def _quantile(record: Record, below: Array, rank: float, variables: Sequence[Variable]) -> Array:
    """The value below which `rank` worlds lie, interpolated within its bin; (days, variables).

    What lies outside the declared range stretches the first or last bin, so that it is not cut off.
    """
    left, width, exact = np.array([[v.left, v.width, v.exact] for v in variables]).reshape(-1, 3).T
    bin_ = (below < rank).sum(axis=2)
    inside = np.take_along_axis(record.bins, bin_[..., None], 2)[..., 0]
    before = np.take_along_axis(below, bin_[..., None], 2)[..., 0] - inside
    lower, upper = left + (bin_ + exact / 2) * width, left + (bin_ + 1 - exact / 2) * width
    lower = np.where(bin_ == 0, np.minimum(lower, record.least), lower)
    upper = np.where(bin_ == BINS - 1, np.maximum(upper, record.most), upper)
    value: Array = np.clip(lower + (upper - lower) * (rank - before) / inside, record.least, record.most)
    return value
