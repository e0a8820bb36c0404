"""What a check is: a figure from outside, the model's own number, and how far apart they may be.

A check is data. Tests, the table of `brink validate` and its report all read the same list, `sim.validation.validate.CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Literal, TypeAlias

import numpy as np

from sim.engine import Array
from sim.validation.experiments_runner import Laboratory

Rule: TypeAlias = Literal["within", "covers", "shown"]


@dataclass(frozen=True)
class Reading:
    """One number of the model, and the figure with which it is compared.

    Parameters
    ----------
    says : what was measured
    value : the model's number; of a distribution, its median
    rule : "within" if `value` must lie in [low, high], "covers" if the model's 80 % band must contain `observed`, "shown"
        if there is no figure to compare it with
    low, high : the figure with its tolerance
    band : the model's 10 and 90 % points
    observed : what happened, where it is known
    error : Monte Carlo error of `value`
    """

    says: str
    value: float
    rule: Rule = "shown"
    low: float = -inf
    high: float = inf
    unit: str = ""
    band: tuple[float, float] | None = None
    observed: float | None = None
    error: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether the model's number agrees with the figure."""
        if self.rule == "covers":
            assert self.band is not None
            assert self.observed is not None
            return bool(self.band[0] <= self.observed <= self.band[1])
        return self.rule == "shown" or bool(self.low <= self.value <= self.high)

    @property
    def wanted(self) -> str:
        """The figure, in words."""
        if self.rule != "within":
            return "no figure" if self.rule == "shown" else f"80 % of worlds cover {digits(self.observed or 0)}"
        if self.low == self.high:
            return digits(self.low)
        if not isfinite(self.low):
            return f"at most {digits(self.high)}"
        if not isfinite(self.high):
            return f"at least {digits(self.low)}"
        return f"{digits(self.low)} to {digits(self.high)}"


@dataclass(frozen=True)
class Histogram:
    """Samples to be drawn as shares of worlds, with the range in which their median should lie."""

    samples: Mapping[str, Array]
    bins: Array
    unit: str
    target: tuple[float, float] | None = None
    observed: float | None = None


@dataclass(frozen=True)
class Curves:
    """Lines over a common axis, with points from outside the model."""

    x: Array
    lines: Mapping[str, Array]
    x_says: str
    y_says: str
    points: Mapping[str, Mapping[int, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class SignEffects:
    """By name of an arrow, its expected sign (0 open), and effect and error in standard deviations of its outcome."""

    arrows: Mapping[str, tuple[int, float, float]]


Picture: TypeAlias = Histogram | Curves | SignEffects


@dataclass(frozen=True)
class Finding:
    """The result of a check: readings, the number of samples behind them, and a picture."""

    readings: tuple[Reading, ...]
    samples: int
    picture: Picture | None = None

    @property
    def passed(self) -> bool:
        """Whether all readings pass."""
        return all(reading.passed for reading in self.readings)


@dataclass(frozen=True)
class Check:
    """One comparison of the model with something outside of it.

    Parameters
    ----------
    id, title : its name, for commands and for people
    compares : what is compared with what, in a sentence
    evidence : ids of the ledger from which the figures come
    tolerance : how far apart they may be, and why
    look : makes the comparison
    moved_by : parameters that move the model's number most
    needs : experiments that it uses, which can be run beforehand and in several processes
    """

    id: str
    title: str
    compares: str
    evidence: tuple[str, ...]
    tolerance: str
    look: Callable[[Laboratory], Finding]
    moved_by: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def check(id: str, title: str, evidence: tuple[str, ...], tolerance: str, moved_by: tuple[str, ...] = (),
          needs: tuple[str, ...] = ()) -> Callable[[Callable[[Laboratory], Finding]], Check]:
    """Make a check of the function that follows, whose docstring says what is compared with what."""
    return lambda look: Check(id, title, look.__doc__ or "", evidence, tolerance, look, moved_by, needs)


def middle(says: str, samples: Array, low: float, high: float, unit: str = "", observed: float | None = None) -> Reading:
    """The median of samples, which must lie in [low, high]."""
    median, band = _points(samples)
    return Reading(says, median, "within", low, high, unit, band, observed)


def covered(says: str, samples: Array, observed: float, unit: str = "") -> Reading:
    """The 80 % band of samples, which must contain what was observed."""
    median, band = _points(samples)
    return Reading(says, median, "covers", unit=unit, band=band, observed=observed)


def _points(samples: Array) -> tuple[float, tuple[float, float]]:
    """Median, and 10 and 90 % points."""
    ten, median, ninety = (float(point) for point in np.quantile(samples, [0.1, 0.5, 0.9]))
    return median, (ten, ninety)


def quantile(says: str, samples: Array, share: float, low: float, high: float, unit: str = "") -> Reading:
    """A quantile of samples, which must lie in [low, high]."""
    return Reading(says, float(np.quantile(samples, share)), "within", low, high, unit)


def mean(says: str, samples: Array, low: float = -inf, high: float = inf, unit: str = "",
         observed: float | None = None) -> Reading:
    """The mean of samples (a share, if they are true or false), which must lie in [low, high]; shown if neither is given."""
    values = np.asarray(samples, np.float64)
    error = float(values.std() / max(values.size, 1) ** 0.5)
    band = None if samples.dtype == bool else _points(values)[1]
    rule: Rule = "within" if isfinite(low) or isfinite(high) else "shown"
    return Reading(says, float(values.mean()), rule, low, high, unit, band, observed, error)


def near(says: str, value: float, figure: float, share: float, unit: str = "") -> Reading:
    """A number, which must lie within `share` of a figure."""
    return Reading(says, value, "within", figure * (1 - share), figure * (1 + share), unit, observed=figure)


def digits(value: float) -> str:
    """A number with as many digits as mean something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:.2g}" if abs(value) < 0.1 else f"{value:.2f}".removesuffix(".00")
