"""Where two histories of one world part: the first thing that happens on one side and not on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, zip_longest

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.engine import Array
from sim.ensemble.results import Run
from sim.errors import BrinkError

NOTHING = -1
"""In place of an event where only the other side has one."""


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
    numbers: dict[str, int] = {}
    here, there = (_histories(run.tables["events"], kept, numbers) for run in (a, b))
    found = [(world, *first) for world in range(kept) if (first := first_other(here[world], there[world], a.days))]
    return Divergence(kept, *np.array(found, np.int64).reshape(-1, 4).T, tuple(numbers))


def _histories(table: pa.Table, kept: int, numbers: dict[str, int]) -> list[list[tuple[int, int]]]:
    """What happened in each world, in order, as (day, number of the event); `numbers` has these by name, and grows."""
    coded = table.column("event").combine_chunks()
    codes = np.array([numbers.setdefault(name, len(numbers)) for name in coded.dictionary.to_pylist()] or [0])
    entries = list(zip(table.column("day").to_pylist(), codes[coded.indices.to_numpy()].tolist(), strict=True))
    bounds = np.searchsorted(table.column("world").to_numpy(), np.arange(kept + 1)).tolist()
    return [entries[begin:end] for begin, end in pairwise(bounds)]


def first_other(here: Sequence[tuple[int, int]], there: Sequence[tuple[int, int]],
                horizon: int) -> tuple[int, int, int] | None:
    """The day on which two histories of a world part, and what then happens on either side and not on the other, or `NOTHING`;
    None if they are the same.
    """
    pairs = zip_longest(here, there, fillvalue=(horizon, NOTHING))
    first = next((pair for pair in pairs if pair[0] != pair[1]), None)
    if first is None:
        return None
    day = min(first)[0]
    mine, yours = (event if on == day else NOTHING for on, event in first)
    on_both = (day, mine) in there, (day, yours) in here
    if NOTHING not in (mine, yours) and on_both[0] != on_both[1]:
        return (day, NOTHING, yours) if on_both[0] else (day, mine, NOTHING)
    return day, mine, yours
