"""Estimates from worlds: a value, its Monte Carlo error, and apart from it what is uncertain about the parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.engine import Array
from sim.words import TOO_FEW, word

Z90 = 1.6448536269514722
"""A 90 % band reaches this many standard errors to either side: the 95 % point of the standard normal."""

BAND = (0.05, 0.95)
"""Quantiles across parameter sets between which an estimate's band lies."""

FEWEST, FEWEST_SETS = 30, 8
"""Worlds, and parameter sets if there are several, below which nothing is said in words, in bands, or of a difference."""

WIDEST = 0.1
"""The largest standard error of a share that has a word."""


def enough(worlds: int, sets: int) -> bool:
    """Whether so many worlds that count, in so many parameter sets (1 if parameters are fixed), are enough to tell."""
    return worlds >= FEWEST and (sets == 1 or sets >= FEWEST_SETS)


@dataclass(frozen=True)
class Estimate:
    """A share or mean over worlds.

    Parameters
    ----------
    value : NaN if no world counts
    error : Monte Carlo standard error
    low, high : 90 % band over parameter sets, freed of luck; NaN if parameters are fixed, or if they are too few to tell it
        from luck
    worlds, sets : how many worlds count, and in how many parameter sets; 1 if parameters are fixed, 0 if no world counts
    """

    value: float
    error: float
    low: float
    high: float
    worlds: int
    sets: int

    @property
    def too_few(self) -> bool:
        """Whether there is a value of which too few worlds tell."""
        return self.worlds > 0 and not enough(self.worlds, self.sets)

    @property
    def word(self) -> str:
        """The word for a share; `TOO_FEW` if too few worlds tell of it, or its error is too large; nothing for NaN."""
        return TOO_FEW if self.too_few or self.error > WIDEST else word(self.value)


def estimate(values: Array, counts: Array, sets: Array) -> Estimate:
    """The mean of `values` over the worlds that count.

    Parameters
    ----------
    values : (n,), bool for a share
    counts : (n,), bool: the worlds on which it is conditional
    sets : (n,), int: the parameter set of each world, from 0
    """
    share, varied = values.dtype == bool, bool(sets.any())
    values, sets = values[counts].astype(np.float64), sets[counts]
    if not values.size:
        return Estimate(math.nan, math.nan, math.nan, math.nan, 0, 0)
    size = np.bincount(sets)
    total, squares = np.bincount(sets, values), np.bincount(sets, values * values)
    mean = float(total.sum() / size.sum())
    error = _error(values, size, total, mean, varied)
    low, high = _band(size, total, squares, mean)
    if share:
        error = float(np.fmax(error, least_error(mean, int(size.sum()))))
        low, high = max(low, 0.0), min(high, 1.0)
    # one set of several that has worlds is not as good as fixed parameters
    return Estimate(mean, error, low, high, int(size.sum()), max(int(np.count_nonzero(size)), 2) if varied else 1)


def least_error(share: float, worlds: int) -> float:
    """The standard error of a share of so many independent worlds, not zero where all or none have it."""
    likely = (share * worlds + 0.5) / (worlds + 1)
    return math.sqrt(likely * (1 - likely) / worlds)


def within_sets(size: Array, total: Array, squares: Array) -> tuple[Array, Array]:
    """Mean and variance over the worlds of each parameter set; the variance, which is luck, is NaN for fewer than two worlds.

    Parameters
    ----------
    size, total, squares : (sets,): how many worlds a set has, the sum of their values, and that of the squares
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        means = total / size
        return means, np.maximum(squares - total * means, 0) / np.where(size > 1, size - 1, np.nan)


def _error(values: Array, size: Array, total: Array, mean: float, varied: bool) -> float:
    """Standard error, where worlds of one parameter set go together if there are several sets; NaN from a single one."""
    clusters = np.count_nonzero(size)
    if varied and clusters < 2:
        return math.nan
    if not varied:
        return float(values.std(ddof=1) / math.sqrt(values.size)) if values.size > 1 else math.nan
    apart = total - mean * size
    return math.sqrt(clusters / (clusters - 1) * float(apart @ apart)) / float(size.sum())


def _band(size: Array, total: Array, squares: Array, mean: float) -> tuple[float, float]:
    """Band over the sets' own means, drawn in toward the mean by the part of their spread that is luck; NaN if the spread is
    no more than luck makes in 19 of 20 cases.
    """
    several = size > 1
    if np.count_nonzero(several) < FEWEST_SETS:
        return math.nan, math.nan
    means, within = within_sets(size[several], total[several], squares[several])
    luck = float(np.mean(within / size[several]))
    spread = float(means.var(ddof=1))
    if spread <= luck * _by_luck(len(means)):
        return math.nan, math.nan
    low, high = np.quantile(mean + math.sqrt(1 - luck / spread) * (means - mean), BAND)
    return float(low), float(high)


def _by_luck(sets: int) -> float:
    """Up to how many times its expectation the variance of so many means comes by luck in 19 of 20 cases (Wilson and Hilferty
    1931).
    """
    part = 2 / (9 * (sets - 1))
    return float((1 - part + Z90 * math.sqrt(part)) ** 3)
