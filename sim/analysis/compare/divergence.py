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
from sim.ensemble.columns import values
from sim.ensemble.results import Run
from sim.errors import BrinkError

NOTHING = ""
"""In place of an event where only the other side has one."""


@dataclass(frozen=True)
class Divergence:
    """Where the two sides part, in worlds whose events are kept; "here" is the first side, "there" the other.

    Parameters
    ----------
    kept : how many worlds were looked at
    worlds : one row per world that parts: world (its luck number), day, here and there (what is then first to happen on one
        side and not on the other, as "state.event"; `NOTHING` where only the other side has an event)

    Only what happens is compared. Quantities may differ from the first day on without any event being another.
    """

    kept: int
    worlds: pd.DataFrame

    @property
    def never(self) -> int:
        """In how many worlds the same happens on the same days on both sides."""
        return self.kept - len(self.worlds)

    @property
    def median_day(self) -> float:
        """The day by which half of those that part have parted; NaN if none do."""
        return float(self.worlds["day"].median())

    def among(self, worlds: Array) -> Divergence:
        """The same for some luck numbers only."""
        among = worlds[worlds < self.kept]
        return Divergence(len(among), self.worlds[self.worlds["world"].isin(among)].reset_index(drop=True))

    @cached_property
    def kinds(self) -> pd.DataFrame:
        """One row per kind of event that is the first to part two histories, the most frequent first.

        "here" and "there" count the worlds in which it happens on that side only; "share" is of all that part, and
        "median_day" the middle day. Where each side has another event on that day, both are counted.
        """
        first = self.worlds.melt("day", ["here", "there"], "side", "event")
        first = first[first["event"] != NOTHING].assign(here=first["side"] == "here", there=first["side"] == "there")
        table = first.groupby("event", as_index=False).agg(
            here=("here", "sum"), there=("there", "sum"), median_day=("day", "median"))
        table.insert(3, "share", (table["here"] + table["there"]) / max(len(self.worlds), 1))
        return table.sort_values(["share", "event"], ascending=[False, True], ignore_index=True)


def check_kept(*runs: Run) -> None:
    """Raise BrinkError if one of these runs kept no events."""
    if not all(run.about["kept_events"] for run in runs):
        raise BrinkError("events: one of the runs kept none, so that it cannot be said where they part")


def parting(a: Run, b: Run) -> Divergence:
    """Where two runs on the same luck part. Raises BrinkError if one of them kept no events."""
    check_kept(a, b)
    kept = min(int(run.about["kept_events"]) for run in (a, b))
    here, there = (_histories(run.tables["events"], kept) for run in (a, b))
    found = [(world, *first) for world in range(kept) if (first := first_other(here[world], there[world], a.days))]
    table = pd.DataFrame(found, columns=["world", "day", "here", "there"])
    return Divergence(kept, table.astype({"world": np.int64, "day": np.int64}))


def _histories(table: pa.Table, kept: int) -> list[list[tuple[int, str]]]:
    """What happened in each world, in order, as (day, event)."""
    entries = list(zip(*(values(table.column(name)).tolist() for name in ("day", "event")), strict=True))
    bounds = np.searchsorted(table.column("world").to_numpy(), np.arange(kept + 1)).tolist()
    return [entries[begin:end] for begin, end in pairwise(bounds)]


def first_other(here: Sequence[tuple[int, str]], there: Sequence[tuple[int, str]],
                horizon: int) -> tuple[int, str, str] | None:
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
