"""Differences between two sides of the same worlds, and how well they are known.

World w of one side and world w of the other share their luck, so that what luck did to both cancels in the difference. A
mean over the worlds that count is a ratio of two sums; to first order its error is that of the mean of one number per world,
that world's influence (linearisation, or the delta method). The paired error is that of the difference of the influences.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine import Array
from sim.ensemble.estimates import Z90, enough, estimate


@dataclass(frozen=True)
class Side:
    """An outcome on one side.

    Parameters
    ----------
    values : (n,), bool for a share
    counts : (n,), bool: the worlds on which it is conditional
    """

    values: Array
    counts: Array

    @property
    def mean(self) -> float:
        """The mean over the worlds that count; NaN if there are none."""
        return float(self.values[self.counts].astype(np.float64).sum() / self.counts.sum()) if self.counts.any() else math.nan

    def influence(self) -> Array:
        """By how much each world moves the mean, times the number of worlds: shape (n,), of mean 0."""
        values = np.where(self.counts, self.values, 0).astype(np.float64)
        return np.where(self.counts, values - self.mean, 0) / self.counts.mean()


@dataclass(frozen=True)
class Gap:
    """Of an outcome, what it is on the other side less what it is on this one.

    Parameters
    ----------
    value : NaN where a side has no world that counts
    error, unpaired : standard error on shared luck, and what it would be if each side had luck of its own
    low, high : 90 % band over parameter sets, freed of luck; NaN if parameters are fixed, or too few to tell it from luck
    enough : whether there are worlds and sets enough on both sides to say whether there is a difference
    differ : in how many worlds the outcome, or whether it counts, is not the same on both sides
    """

    value: float
    error: float
    unpaired: float
    low: float
    high: float
    differ: int
    enough: bool = False

    @property
    def narrower(self) -> float:
        """How many times smaller the paired error is; NaN if there is none."""
        return self.unpaired / self.error if self.error > 0 else math.nan

    @property
    def z(self) -> float:
        """The difference in standard errors; NaN if there is no error."""
        return self.value / self.error if self.error > 0 else math.nan


def difference(here: Side, there: Side, sets: Array, same: bool = False) -> Gap:
    """The difference of an outcome's means.

    Parameters
    ----------
    here, there : the two sides, world by world
    sets : (n,), int: the parameter set of each world; worlds of one set go together
    same : no world differs in anything, so that the difference is zero, if there are worlds enough to say so
    """
    found = [estimate(side.values, side.counts, sets) for side in (here, there)]
    value = there.mean - here.mean
    other_value = here.counts & there.counts & (here.values != there.values)
    differ = int(np.count_nonzero(other_value | (here.counts != there.counts)))
    if math.isnan(value):
        return Gap(math.nan, math.nan, math.nan, math.nan, math.nan, differ)
    paired = estimate(value + there.influence() - here.influence(), np.ones(len(sets), bool), sets)
    error, told = paired.error if differ else 0.0, all(enough(one.worlds, one.sets) for one in found)
    if here.values.dtype == bool and not (same and told):
        error = float(np.fmax(error, _least(here, there)))
    if error == 0 and differ and not told:  # the same difference in one or two worlds says nothing of its error
        error = math.nan
    return Gap(value, error, math.hypot(*(one.error for one in found)), paired.low, paired.high, differ, told)


def _least(here: Side, there: Side) -> float:
    """The error of a share of which no world or one is seen to flip: as if half a world more had; else 0."""
    flips = np.count_nonzero((here.values & here.counts) != (there.values & there.counts))
    worlds = min(here.counts.sum(), there.counts.sum())
    return float(_half_a_world_more(flips, worlds)) if flips < 2 else 0.0


def _half_a_world_more(flips: Any, worlds: Any) -> Any:
    return np.sqrt((flips + 0.5) / (worlds + 1) / worlds)


@dataclass(frozen=True)
class Discordant:
    """In how many worlds something happens on both sides, on one, on neither; "here" is the first side, "there" the other.

    Parameters
    ----------
    id, says : the outcome
    both, here, there, neither : worlds in which it happens on both sides, only here, only there, on neither; of those in
        which it counts on both sides
    p : how likely flips as lopsided are if neither way is the likelier (McNemar's exact test, two-sided); NaN if parameters
        vary, because worlds of one set are then not independent
    here_worlds, there_worlds : the lowest luck numbers of worlds that flip either way, as examples
    sooner, later : of those in which it happens on both sides, where it comes on an earlier or a later day there
    """

    id: str
    says: str
    both: int
    here: int
    there: int
    neither: int
    p: float
    here_worlds: tuple[int, ...] = ()
    there_worlds: tuple[int, ...] = ()
    sooner: int = 0
    later: int = 0

    @property
    def n(self) -> int:
        """Worlds that count on both sides."""
        return self.both + self.here + self.there + self.neither


def mcnemar(one: int, other: int) -> float:
    """Two-sided exact p of this split of flips if either way is as likely; 1 if there are none."""
    from scipy.special import bdtr

    return float(min(1.0, 2 * bdtr(min(one, other), one + other, 0.5)))


def curves(here: Array, there: Array, horizon: int, sets: Array, same: bool = False) -> dict[str, Array]:
    """The shares of worlds in which something has come, day by day, and their paired difference.

    Parameters
    ----------
    here, there : (n,), the day on which it first comes on either side, -1 if it does not
    horizon : days of the run
    sets : (n,), the parameter set of each world
    same : no world differs in anything, so that no difference has an error

    Returns
    -------
    "day" (0 to the horizon), "a", "b", "difference", "se", and the band of 90 % "low" and "high", each day taken for itself.
    Day d counts what came before it, on days 0 to d - 1. Once it has come anywhere no error is zero, as in `_least`.
    """
    n, varied = len(here), sets[-1] > 0
    group = sets if varied else np.zeros(n, np.int64)
    came = [_so_far(days, group, horizon) for days in (here, there)]
    both = _so_far(np.where((here >= 0) & (there >= 0), np.maximum(here, there), -1), group, horizon)
    a, b = (counts.sum(axis=0) / n for counts in came)
    gap, flips = b - a, (came[0] + came[1] - 2 * both).sum(axis=0)
    if varied:
        apart = came[1] - came[0] - np.bincount(group)[:, None] * gap
        se = np.sqrt(len(apart) / (len(apart) - 1) * (apart * apart).sum(axis=0)) / n
    else:
        se = np.sqrt(np.maximum(flips / n - gap * gap, 0) / max(n - 1, 1))
    if not same:
        seldom = np.minimum(flips, n - flips)
        se = np.where((seldom < 2) & (a + b > 0), np.fmax(se, _half_a_world_more(seldom, n)), se)
    return {"day": np.arange(horizon + 1), "a": a, "b": b, "difference": gap, "se": se,
            "low": gap - Z90 * se, "high": gap + Z90 * se}


def _so_far(days: Array, group: Array, horizon: int) -> Array:
    """How many worlds of each group it has come in before each day: shape (groups, horizon + 1)."""
    came, groups = days >= 0, int(group.max()) + 1
    counts = np.bincount(group[came] * (horizon + 1) + days[came] + 1, minlength=groups * (horizon + 1))
    return counts.reshape(groups, horizon + 1).cumsum(axis=1)
