"""Fields: the state variables of a `State`, one value per world, declared once with meaning, unit and range.

Reading a field is a plain attribute read. Writing one copies into its array, so that dtype and shape cannot change and
nothing outside can hold a stale alias: do not keep a field's array beyond the day.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.types import Array

FLOAT = np.float32
ROUNDING = 1e-4
"""Room for float32 beyond the limits, as a share of the declared range."""

LONGEST = 3650
"""Days that a run can last at most. A whole number holds nine times as many."""

ANYTHING = -math.inf, math.inf
"""The limits of what can grow in either direction."""


class WrongValue(FloatingPointError):
    """A value that a field cannot hold. The message says which; `world` is the position of a world in which it is, or -1."""

    def __init__(self, says: str, world: int = -1) -> None:
        super().__init__(says)
        self.world = world


class Field:
    """One state variable of a `State`.

    Parameters
    ----------
    meaning : what it stands for, for people
    start : value on day 0, a list of values for a field with several entries, or the name of the parameter that holds it
    unit : unit of the values
    dtype : float32, int16 or bool
    low, high : declared range: where it lies unless parameters are extreme. Histograms of the recorder span it, and starts and
        interventions keep to it
    limits : the least and the most that it can hold at all; the declared range unless given
    record : keep its mean and quantiles in the results
    hidden : a true value that only its owner knows; the decisions of others depend on their estimates of it
    evidence : ids of the evidence ledger for the start value
    title, drawn, short, of, ordered : words for people, which the engine carries and does not read: what heads a picture of it,
        its place among the variables that a report draws over time (from 1; 0 for the others), a plainer name, the key of
        what it is a belief about, and whether users may change it during a run
    """

    def __init__(self, meaning: str, start: Any = 0.0, low: float = 0.0, high: float = 1.0, *, unit: str = "",
                 limits: tuple[float, float] | None = None, dtype: Any = FLOAT, record: bool = False, hidden: bool = False,
                 evidence: tuple[str, ...] | list[str] = (), title: str = "", drawn: int = 0, short: str = "", of: str = "",
                 ordered: bool = True) -> None:
        self.meaning, self.start, self.unit, self.dtype = meaning, start, unit, np.dtype(dtype)
        self.low, self.high, self.limits = low, high, limits or (low, high)
        self.record, self.hidden = record, hidden
        self.evidence = tuple(evidence)
        self.title, self.drawn = title, drawn
        self.short, self.of, self.ordered = short, of, ordered
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __set__(self, state: object, value: Any) -> None:
        held = state.__dict__[self.name]
        if value is not held:
            held[...] = value

    if TYPE_CHECKING:
        def __get__(self, state: Any, owner: Any = None) -> Array: ...

    def wrong(self, values: Any) -> Array:
        """Where values are not finite numbers within the limits, as far as float32 can tell: bool, shape of `values`."""
        if self.dtype == bool:
            return np.zeros(np.shape(values), bool)
        given = np.trunc(values) if self.dtype.kind == "i" else np.asarray(values)
        (least, most), room = self.limits, ROUNDING * (self.high - self.low)
        inside: Array = (given >= least - room) & (given <= most + room) & np.isfinite(given)
        return ~inside

    @property
    def entries(self) -> int | None:
        """How many values per world, or None for a single one."""
        return len(self.start) if isinstance(self.start, (list, tuple)) else None

    def allocate(self, n: int) -> Array:
        """An uninitialised array for n worlds: shape (n,), or (entries, n)."""
        return np.empty(n if self.entries is None else (self.entries, n), self.dtype)

    def fill(self, state: object) -> None:
        """Set the start value in every world of `state`."""
        held = state.__dict__[self.name]
        start = state.__dict__[self.start] if isinstance(self.start, str) else self.start
        held[...] = start if self.entries is None else np.asarray(start, self.dtype)[:, None]


def override_start(held: Array, value: Any) -> None:
    """Write start values into a field's array: one number, or one per world; where they are masked, the array keeps its own."""
    if np.ma.is_masked(value):
        np.copyto(held, value.data, casting="unsafe", where=~value.mask)
    else:
        held[...] = value


field = level = Field
"""A field of any kind, and a continuous quantity within [low, high]."""


def stock(meaning: str, start: Any, unit: str, high: float, **more: Any) -> Field:
    """A quantity that is produced and used up: never below zero; `high` bounds the histogram, not the stock."""
    return Field(meaning, start, unit=unit, low=0.0, high=high, limits=(0.0, math.inf), **more)


def flag(meaning: str, start: bool = False, **more: Any) -> Field:
    """True or false."""
    return Field(meaning, start, dtype=bool, **more)


def count(meaning: str, start: int | list[int] = 0, unit: str = "", high: float = 1000.0, **more: Any) -> Field:
    """A whole number: days, rounds, a code. int16, since with float32 it stays float32; it can hold `low` and all above."""
    limits = more.get("low", 0.0), float(np.iinfo(np.int16).max)
    return Field(meaning, start, unit=unit, dtype=np.int16, high=high, limits=limits, **more)


def moment(meaning: str, **more: Any) -> Field:
    """The day on which something first happened; -1 while it has not."""
    return count(f"{meaning}, -1 if never", -1, unit="day", low=-1, high=LONGEST, **more)
