"""Where two histories of one world part: the first thing that happens on one side and not on the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.engine import Array
from sim.ensemble.results import Run
from sim.errors import BrinkError

NOTHING = -1
"""In place of an event where only the other side has one."""


@dataclass(frozen=True)
class Logs:
    """What happened in the worlds that are kept, world by world in the order in which it happened: where each world's entries
    begin, (worlds + 1,), and their day and event, a number into the names, (entries,).
    """

    starts: Array
    day: Array
    event: Array

    @classmethod
    def of(cls, table: pa.Table, worlds: int, names: dict[str, int]) -> Logs:
        """Those of a run's table of events; `names` numbers the kinds of events, and kinds that are new get a number."""
        coded = table.column("event").combine_chunks()
        codes = np.array([names.setdefault(name, len(names)) for name in coded.dictionary.to_pylist()] or [0])
        world = table.column("world").to_numpy()
        kept = world < worlds
        starts = np.searchsorted(world[kept], np.arange(worlds + 1))
        return cls(starts, table.column("day").to_numpy()[kept].astype(np.int64),
                   codes[coded.indices.to_numpy(zero_copy_only=False)[kept]])

    @property
    def lengths(self) -> Array:
        """Entries of each world."""
        return np.diff(self.starts)

    def on(self, day: Array, kinds: int) -> Array:
        """The events of world w on day[w], each as world times `kinds` plus event; -1 is no day."""
        world = np.repeat(np.arange(len(day)), self.lengths)
        that_day = np.flatnonzero(self.day == day[world])
        return world[that_day] * kinds + self.event[that_day]


@dataclass(frozen=True)
class Divergence:
    """Where the two sides part, in worlds whose events are kept; "here" is the first side, "there" the other.

    Parameters
    ----------
    kept : how many worlds were looked at
    world, day : (m,), the worlds that part, and on which day
    here, there : (m,), what happens on that day on one side and not on the other: a number into `names`, or `NOTHING`
    names : the kinds of events, as "state.event"

    Only what happens is compared. Quantities may differ from the first day on without any event being another.
    """

    kept: int
    world: Array
    day: Array
    here: Array
    there: Array
    names: tuple[str, ...]

    @property
    def never(self) -> int:
        """In how many worlds the same happens on the same days on both sides."""
        return self.kept - len(self.world)

    @property
    def median_day(self) -> float:
        """The day by which half of those that part have parted; NaN if none do."""
        return float(np.median(self.day)) if len(self.day) else float("nan")

    def among(self, worlds: Array) -> Divergence:
        """The same for some luck numbers only."""
        worlds = worlds[worlds < self.kept] if len(worlds) else np.empty(0, np.int64)
        of = np.isin(self.world, worlds)
        return Divergence(len(worlds), self.world[of], self.day[of], self.here[of], self.there[of], self.names)

    @cached_property
    def worlds(self) -> pd.DataFrame:
        """One row per world that parts: luck number, day, and what happens first on one side only ("" for nothing)."""
        named = np.array([*self.names, ""], object)
        return pd.DataFrame({"world": self.world, "day": self.day, "here": named[self.here], "there": named[self.there]})

    @cached_property
    def kinds(self) -> pd.DataFrame:
        """One row per kind of event that is the first to part two histories, the most frequent first.

        "here" and "there" count the worlds in which it happens on that side only; "share" is of all that part, and
        "median_day" the middle day. Where each side has another event on that day, both are counted.
        """
        counts = [np.bincount(side[side != NOTHING], minlength=len(self.names)) for side in (self.here, self.there)]
        seen = np.flatnonzero(counts[0] + counts[1])
        table = pd.DataFrame({
            "event": [self.names[i] for i in seen], "here": counts[0][seen], "there": counts[1][seen],
            "share": (counts[0] + counts[1])[seen] / max(len(self.world), 1),
            "median_day": [float(np.median(self.day[(self.here == i) | (self.there == i)])) for i in seen]})
        return table.sort_values(["share", "event"], ascending=[False, True], ignore_index=True)


def check_kept(*runs: Run) -> None:
    """Raise BrinkError if one of these runs kept no events."""
    if not all(run.about["kept_events"] for run in runs):
        raise BrinkError("events: one of the runs kept none, so that it cannot be said where they part")


def parting(a: Run, b: Run) -> Divergence:
    """Where two runs on the same luck part. Raises BrinkError if one of them kept no events."""
    check_kept(a, b)
    kept = min(int(run.about["kept_events"]) for run in (a, b))
    names: dict[str, int] = {}
    here, there = (Logs.of(run.tables["events"], kept, names) for run in (a, b))
    world, k = _first_other(here, there)
    return Divergence(kept, world, *_on_the_day(here, there, world, k, a.days, len(names)), tuple(names))


def _first_other(here: Logs, there: Logs) -> tuple[Array, Array]:
    """The worlds whose entries are not all the same, and which entry of theirs is the first that is not."""
    shared = np.minimum(here.lengths, there.lengths)
    world = np.repeat(np.arange(len(shared)), shared)
    k = np.arange(len(world)) - np.repeat(np.cumsum(shared) - shared, shared)
    i, j = here.starts[world] + k, there.starts[world] + k
    other = (here.day[i] != there.day[j]) | (here.event[i] != there.event[j])
    first = np.where(here.lengths == there.lengths, -1, shared)
    at, where = np.unique(world[other], return_index=True)
    first[at] = k[other][where]
    found = np.flatnonzero(first >= 0)
    return found, first[found]


def _on_the_day(here: Logs, there: Logs, world: Array, k: Array, horizon: int, kinds: int) -> tuple[Array, Array, Array]:
    """The day on which these worlds part, and what then happens on either side and not on the other."""
    days, events = zip(*(_entry(log, world, k, horizon) for log in (here, there)), strict=True)
    day = np.minimum(*days)
    day_of_world = np.full(len(here.lengths), -1)
    day_of_world[world] = day
    a, b = events
    on_a, on_b = (log.on(day_of_world, kinds) for log in (here, there))
    mine, yours = (np.where(own == day, event, NOTHING) for own, event in zip(days, events, strict=True))
    shared_a, shared_b = np.isin(world * kinds + a, on_b), np.isin(world * kinds + b, on_a)
    mine = np.where((mine != NOTHING) & shared_a & ~shared_b & (yours != NOTHING), NOTHING, mine)
    yours = np.where((yours != NOTHING) & shared_b & ~shared_a & (mine != NOTHING), NOTHING, yours)
    return day, mine, yours


def _entry(log: Logs, world: Array, k: Array, horizon: int) -> tuple[Array, Array]:
    """Day and event of entry k of each of these worlds; the horizon and `NOTHING` past the last."""
    ended = k >= log.lengths[world]
    at = np.where(ended, -1, log.starts[world] + k)
    return np.append(log.day, horizon)[at], np.append(log.event, NOTHING)[at]
