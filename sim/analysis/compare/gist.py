"""A comparison in few words: how many worlds of a hundred turn, what a difference amounts to, and worlds to look at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.explain.story import tell_event
from sim.words import date, of_hundred, points, shared_out, two_digits, typeset

if TYPE_CHECKING:
    import datetime

    from sim.analysis.compare.compare import Comparison
    from sim.analysis.compare.paired import Flips

MOST = 6
"""Worlds that are told of."""


def hundred(flips: Flips) -> tuple[int, int, int, int]:
    """Of a hundred worlds those in which it happens on both sides, only here, only there, on neither; they add up to 100."""
    both, here, there, neither = shared_out((flips.both, flips.here, flips.there, flips.neither))
    return both, here, there, neither


def amount(row: dict[str, Any]) -> str:
    """A difference of shares in worlds, like "8 fewer of 100 worlds"."""
    size = abs(100 * row["difference"])
    if not size:
        return "no more and no fewer"
    number = f"{size:.0f}" if size >= 9.95 else f"{size:.1f}" if size >= 0.05 else "less than 0.1"
    return f"{number} {'more' if row['difference'] > 0 else 'fewer'} of 100 worlds"


def headline(row: dict[str, Any]) -> str:
    """What to make of a difference of shares, with its size where there is one to speak of."""
    if math.isnan(row["difference"]):
        return "Nothing to compare"
    if row["verdict"] == "equal":
        return "No difference"
    if row["verdict"] == "not told apart":
        return "No clear difference"
    said = amount(row)
    return f"Perhaps {said}" if row["verdict"].startswith("perhaps") else said


def error(row: dict[str, Any]) -> str:
    """A difference in points with its paired error, like "-8.3 ± 1.1 points"."""
    if math.isnan(row["difference"]):
        return ""
    return f"{typeset(points(row['difference']))} ± {max(100 * row['se'], 0.1):.1f} points"


def pairing(row: dict[str, Any]) -> str:
    """How much the shared luck helps, or "" where that cannot be said."""
    ratio = row["narrower"]
    if math.isnan(ratio) or ratio < 1.05:
        return ""
    return f"separate luck would make that error {two_digits(ratio)} times larger"


def sides(row: dict[str, Any]) -> str:
    """Both sides as worlds of a hundred, like "67 of 100 worlds unchanged, 59 with the change"."""
    return f"{of_hundred(row['a'])} of 100 worlds unchanged, {of_hundred(row['b'])} with the change"


@dataclass(frozen=True)
class Turned:
    """A world in which something happens on one side only.

    Parameters
    ----------
    world : luck number
    here, there : on which day it happens on either side, -1 if it does not; 0 if it has no day
    parts : the day on which the two histories part; -1 if that is not known
    first_here, first_there : what is then first to happen on one side only, as "state.event"; "" for nothing
    """

    world: int
    here: int
    there: int
    parts: int = -1
    first_here: str = ""
    first_there: str = ""

    def parted(self, names: tuple[str, str], day_0: datetime.date) -> str:
        """Where its histories part, in words; `names` are those of the sides."""
        if self.parts < 0:
            return "not known, since no events of this world are kept"
        firsts = [f"{tell_event(event)} (only in {name})"
                  for event, name in zip((self.first_here, self.first_there), names, strict=True) if event]
        return f"{date(self.parts, day_0)}: {'; '.join(firsts)}"


def turned(comparison: Comparison, id: str, most: int = MOST) -> list[Turned]:
    """The first worlds that turn either way, as many of one kind as of the other where there are."""
    here, there = (list(map(int, worlds)) for worlds in comparison.flipped(id))
    half = max(most // 2, most - len(there))
    chosen = sorted([*here[:half], *there[:most - len(here[:half])]])
    parting = comparison.parting()
    parted = {int(row["world"]): row for row in parting.worlds[np.isin(parting.world, chosen)].to_dict("records")}
    return [_turned(comparison, id, world, parted.get(world)) for world in chosen]


def _turned(comparison: Comparison, id: str, world: int, parted: Any) -> Turned:
    days = [int(run.column(id)[world]) if run.question(id).kind == "day" else int(run.happened(id)[world]) - 1
            for run in (comparison.a, comparison.b)]
    if parted is None:
        return Turned(world, days[0], days[1])
    return Turned(world, days[0], days[1], int(parted["day"]), parted["here"], parted["there"])
