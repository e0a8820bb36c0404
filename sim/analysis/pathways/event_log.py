"""What happened in the worlds of a run whose events are kept, as arrays: when, how often and because of what."""

from __future__ import annotations

from collections.abc import Sequence
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

    def origin(self, entries: Array) -> Array:
        """The entries with which the chains of events that led to these began: what has no cause but the calendar."""
        def keys(event: Array, of: Array | slice) -> Array:
            """Numbers that rise with world, then kind, then day."""
            return (self.world[of] * len(self.names) + event) * (1 + self.day.max(initial=0)) + self.day[of]

        sorted_keys, found = keys(self.event, slice(None)), entries
        for _ in range(LONGEST_CHAIN):
            cause = self.because[found]
            last = np.searchsorted(sorted_keys, keys(cause, found), "right") - 1
            there = (last >= 0) & (self.world[last] == self.world[found]) & (self.event[last] == cause)
            found = np.where(there, last, found)
        return found


_OF: WeakKeyDictionary[Run, EventLog] = WeakKeyDictionary()
"""The logs of the runs in memory, as sorting one takes a while."""


def _codes(column: pa.ChunkedArray) -> tuple[list[str], Array]:
    """The names and numbers of a column of names."""
    whole = column.unify_dictionaries().combine_chunks()
    return whole.dictionary.to_pylist(), whole.indices.to_numpy()
