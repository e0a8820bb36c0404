"""Estimates from worlds: a value, its Monte Carlo error, and apart from it what is uncertain about the parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.engine import Array

Z90 = 1.6448536269514722
"""A 90 % band reaches this many standard errors to either side: the 95 % point of the standard normal."""

BAND = (0.05, 0.95)
"""Quantiles across parameter sets between which an estimate's band lies."""


@dataclass(frozen=True)
class Estimate:
    """A share or mean over worlds.

    Parameters
    ----------
    value : NaN if no world counts
    error : Monte Carlo standard error
    low, high : 90 % band over parameter sets, freed of luck; NaN if parameters are fixed
    worlds : how many worlds count
    """

    value: float
    error: float
    low: float
    high: float
    worlds: int


def estimate(values: Array, counts: Array, sets: Array) -> Estimate:
    """The mean of `values` over the worlds that count.

    Parameters
    ----------
    values : (n,), bool for a share
    counts : (n,), bool: the worlds on which it is conditional
    sets : (n,), int: the parameter set of each world, from 0
    """
    share = values.dtype == bool
    values, sets = values[counts].astype(np.float64), sets[counts]
    if not values.size:
        return Estimate(math.nan, math.nan, math.nan, math.nan, 0)
    size = np.bincount(sets)
    total, squares = np.bincount(sets, values), np.bincount(sets, values * values)
    mean = float(total.sum() / size.sum())
    error = _error(values, size, total, mean)
    low, high = _band(size, total, squares, mean)
    if share:
        likely = (total.sum() + 0.5) / (size.sum() + 1)
        error = max(error, math.sqrt(likely * (1 - likely) / size.sum()))
        low, high = max(low, 0.0), min(high, 1.0)
    return Estimate(mean, error, low, high, int(size.sum()))


def within_sets(size: Array, total: Array, squares: Array) -> tuple[Array, Array]:
    """Mean and variance over the worlds of each parameter set; the variance, which is luck, is NaN for fewer than two worlds.

    Parameters
    ----------
    size, total, squares : (sets,): how many worlds a set has, the sum of their values, and that of the squares
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        means = total / size
        return means, np.maximum(squares - total * means, 0) / np.where(size > 1, size - 1, np.nan)


def _error(values: Array, size: Array, total: Array, mean: float) -> float:
    """Standard error, where worlds of one parameter set go together if there are several sets."""
    clusters = np.count_nonzero(size)
    if clusters < 2:
        return float(values.std(ddof=1) / math.sqrt(values.size)) if values.size > 1 else math.nan
    apart = total - mean * size
    return math.sqrt(clusters / (clusters - 1) * float(apart @ apart)) / float(size.sum())


def _band(size: Array, total: Array, squares: Array, mean: float) -> tuple[float, float]:
    """Band over the sets' own means, drawn in toward the mean by the part of their spread that is luck."""
    several = size > 1
    if np.count_nonzero(several) < 2:
        return math.nan, math.nan
    means, within = within_sets(size[several], total[several], squares[several])
    luck = float(np.mean(within / size[several]))
    spread = float(means.var(ddof=1))
    kept = math.sqrt(max(0.0, spread - luck) / spread) if spread > 0 else 0.0
    low, high = np.quantile(mean + kept * (means - mean), BAND)
    return float(low), float(high)
