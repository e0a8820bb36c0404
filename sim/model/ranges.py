"""How far a user may want to change a parameter: a range from its prior, stops on the way, and where a value lies in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from sim.model import registry
from sim.words import percent

MASS = 0.99
"""The range is the central interval that holds this much of the prior."""

WIDE = 20.0
"""A range whose ends differ by more than this factor has stops at equal factors, not at equal steps."""

STOPS = 50
"""About how many stops a range has."""

DIGITS = 6
"""Significant digits of a stop, as many as a link keeps."""


@dataclass(frozen=True)
class Range:
    """Where the values of a parameter that deserve a try lie; `log` if equal factors suit it better than equal steps."""

    low: float
    high: float
    log: bool


@lru_cache(maxsize=1024)
def reach(key: str) -> Range:
    """The range of a parameter: 99 % of its prior, widened to hold the default, within hard bounds.

    Raises BrinkError for an unknown key.
    """
    declared = registry.find(key).declaration
    low, high = declared.prior.interval(MASS)
    low, high = max(min(low, declared.default), declared.low), min(max(high, declared.default), declared.high)
    return Range(low, high, low > 0 and high > WIDE * low)


def stops(key: str, *more: float) -> list[float]:
    """Round values over the range, lowest first, with the default and the values in `more` among them."""
    span, default = reach(key), registry.find(key).declaration.default
    if span.log:  # equal factors, each with two digits
        factor = (span.high / span.low) ** (1 / STOPS)
        walk = [float(f"{span.low * factor**i:.2g}") for i in range(STOPS + 1)]
    else:  # multiples of a round step, one beyond either end at most
        step = round_step((span.high - span.low) / STOPS)
        walk = [i * step for i in range(math.floor(span.low / step), math.ceil(span.high / step) + 1)]
    inside = {rounded(value) for value in walk if span.low <= value <= span.high}
    return sorted(inside | {rounded(value) for value in (default, *more)})


def rounded(value: float) -> float:
    """A value with as many digits as a stop has."""
    return float(f"{value:.{DIGITS}g}")


def round_step(size: float) -> float:
    """The step of 1, 2, 2.5 or 5 times a power of ten that is nearest to a size from below; 1 for no size."""
    if size <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(size))
    return max(step for step in (1, 2, 2.5, 5) if step <= size / power * (1 + 1e-9)) * power


def place(key: str, value: float) -> float:
    """The share of the prior that lies below a value, from 0 to 1."""
    return float(registry.find(key).declaration.prior.distribution.cdf(value))


def place_in_words(key: str, value: float) -> str:
    """Where a value lies in its prior: "higher than 85 % of its prior"."""
    below = place(key, value)
    if 0.45 <= below <= 0.55:
        return "in the middle of its prior"
    if not 0.005 < below < 0.995:
        return f"{'higher' if below > 0.5 else 'lower'} than nearly all of its prior"
    return f"higher than {percent(below)} of its prior" if below > 0.5 else f"lower than {percent(1 - below)} of its prior"
