"""What happened in the worlds of a run whose events are kept, as arrays: when, how often and because of what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa

from sim.engine import Array
from sim.engine.log import EXOGENOUS
from sim.ensemble.results import Run
from sim.errors import BrinkError

NEVER = np.inf
"""The day of what did not happen."""
LONGEST_CHAIN = 16
"""Steps after which the search for what led to an event stops."""


class EventLog:
    """The event log of worlds 0 to `worlds` - 1.

    Parameters
    ----------
    world, day : (entries,), int; in any order
    event, because : (entries,), int: numbers into `names`; because is EXOGENOUS where no other event led to it
    names : the kinds of event, as "state.event"
    worlds : how many worlds are kept, also those in which nothing happened
    """

    def __init__(self, world: Array, day: Array, event: Array, because: Array, names: Sequence[str], worlds: int) -> None:
        order = np.lexsort((day, event, world))
        self.world, self.day, self.event, self.because = (
            np.asarray(column, np.int64)[order] for column in (world, day, event, because))
        self.names, self.worlds = tuple(names), worlds
        self.number = {name: i for i, name in enumerate(self.names)}

    @classmethod
    def of(cls, run: Run) -> EventLog:
        """That of a run, sorted once. Raises BrinkError if the run kept no events."""
        if run not in _OF:
            table, kept = run.tables["events"], int(run.about["kept_events"])
            if not kept:
                raise BrinkError("this run kept no events; run it again with keep_events, by default 2,048 worlds")
            names, event = _codes(table.column("event"))
            causes, because = _codes(table.column("because"))
            known = {name: i for i, name in enumerate(names)}
            cause = np.array([known.get(name, EXOGENOUS) for name in causes])
            world, day = (table.column(name).to_numpy() for name in ("world", "day"))
            _OF[run] = cls(world, day, event, cause[because], names, kept)
        return _OF[run]

    @cached_property
    def _key(self) -> Array:
        """Rises from entry to entry: world, then kind, then day."""
        return self._keys(self.world, self.event, self.day)

    def _keys(self, world: Array, event: Array, day: Array) -> Array:
        span = 1 + int(self.day.max(initial=0))
        return (world * len(self.names) + event) * span + np.minimum(day, span - 1)

    def entries(self, name: str) -> Array:
        """Which entries are of that kind, by world and day; none of a kind that this model does not know."""
        return np.flatnonzero(self.event == self.number.get(name, -9))

    def count(self, name: str) -> Array:
        """How often it happened: shape (worlds,), int."""
        return np.bincount(self.world[self.entries(name)], minlength=self.worlds)

    def when(self, name: str, nth: int = 0) -> Array:
        """The day on which it happened for the first time, or for the nth time after that; NEVER if it did not: (worlds,)."""
        rows = self.entries(name)
        world = self.world[rows]
        rank = np.arange(len(rows)) - np.searchsorted(world, world)
        found = np.full(self.worlds, NEVER)
        found[world[rank == nth]] = self.day[rows[rank == nth]]
        return found

    def latest(self, world: Array, event: Array, day: Array) -> Array:
        """The entry of that kind in that world which is the last up to that day; -1 if there is none: shape of `world`."""
        at = np.searchsorted(self._key, self._keys(world, event, day), "right") - 1
        there = (at >= 0) & (self.world[at] == world) & (self.event[at] == event)
        return np.where(there, at, -1)

    def origin(self, entries: Array) -> Array:
        """The entries with which the chains of events that led to these began: what has no cause but the calendar."""
        found = entries.copy()
        for _ in range(LONGEST_CHAIN):
            before = self.latest(self.world[found], self.because[found], self.day[found])
            found = np.where(before >= 0, before, found)
        return found


_OF: WeakKeyDictionary[Run, EventLog] = WeakKeyDictionary()
"""The logs of the runs in memory, as sorting one takes a while."""


def _codes(column: pa.ChunkedArray) -> tuple[list[str], Array]:
    """The names and numbers of a column of names."""
    whole = column.unify_dictionaries().combine_chunks()
    return whole.dictionary.to_pylist(), whole.indices.to_numpy()
