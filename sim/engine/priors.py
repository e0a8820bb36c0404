"""Priors: a family of distributions and its numbers. scipy.stats is only loaded when one is sampled or drawn.

Intervals are central 80 % intervals, as analysts state them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Z80 = 1.2815515655446004
"""The 90 % point of the standard normal: an 80 % interval spans twice this many standard deviations."""


@dataclass(frozen=True)
class Prior:
    """A distribution over a parameter's values: `family` with the numbers it was declared by."""

    family: str
    numbers: tuple[float, ...]
    words: str

    @cached_property
    def distribution(self) -> Any:
        """The frozen scipy.stats distribution."""
        from scipy import stats

        return getattr(stats, self.family)(*self.numbers)

    def interval(self, mass: float = 0.98) -> tuple[float, float]:
        """The central interval that holds `mass`."""
        low, high = self.distribution.interval(mass)
        return float(low), float(high)

    def __str__(self) -> str:
        return self.words


def lognormal(median: float, low: float, high: float) -> Prior:
    """Log-normal with this median; (low, high) is its 80 % interval, as near as a symmetric log scale allows."""
    return Prior("lognorm", (math.log(high / low) / (2 * Z80), 0.0, median),
                 f"log-normal, median {median:.4g}, 80 % {low:.4g} to {high:.4g}")


def normal(mean: float, low: float, high: float) -> Prior:
    """Normal; (low, high) is its 80 % interval."""
    return Prior("norm", (mean, (high - low) / (2 * Z80)), f"normal, mean {mean:g}, 80 % {low:g} to {high:g}")


def triangular(low: float, mode: float, high: float) -> Prior:
    """Triangular on [low, high] with its peak at mode."""
    return Prior("triang", ((mode - low) / (high - low), low, high - low),
                 f"triangular, {low:g} to {high:g}, mode {mode:g}")


def uniform(low: float, high: float) -> Prior:
    """Uniform on [low, high]."""
    return Prior("uniform", (low, high - low), f"uniform, {low:g} to {high:g}")


def beta(mean: float, low: float, high: float) -> Prior:
    """Beta with this mean and the variance of a normal whose 80 % interval is (low, high)."""
    variance = ((high - low) / (2 * Z80)) ** 2
    weight = mean * (1 - mean) / variance - 1
    return Prior("beta", (mean * weight, (1 - mean) * weight), f"beta, mean {mean:g}, 80 % about {low:g} to {high:g}")


def gamma(mean: float, sd: float) -> Prior:
    """Gamma with this mean and standard deviation."""
    return Prior("gamma", ((mean / sd) ** 2, 0.0, sd * sd / mean), f"gamma, mean {mean:g}, sd {sd:g}")
