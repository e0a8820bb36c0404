"""The kinds of parameter that the model uses, so that a declaration says little more than value, meaning and evidence."""

from __future__ import annotations

import math

from sim.engine.fields import LONGEST
from sim.engine.nodes import Table
from sim.engine.parameters import Parameter
from sim.engine.priors import beta, lognormal


def roof(default: float, factor: float) -> float:
    """The most that a positive parameter can be: ten times its default, or four times as far as its prior's 80 % interval
    (five standard deviations) where that is further, rounded up to one digit.

    factor : by which that interval reaches beyond the default
    """
    most = default * max(10.0, factor**4)
    digit: float = 10.0 ** math.floor(math.log10(most))
    return float(f"{math.ceil(most / digit - 1e-9) * digit:.1g}")


def rate(default: float, factor: float, why: str, *evidence: str, ordered: bool = True) -> Parameter:
    """A base rate: events a day when nothing pushes and nothing holds back; 0 switches the event off."""
    return Parameter(default, (factor,), "per day", why, *evidence, high=10.0, ordered=ordered)


def weight(default: float, why: str, *evidence: str, factor: float = 1.4, short: str = "") -> Parameter:
    """The strength of one arrow, in log-odds per unit of its cause; 0 switches it off. `short` names it in a sentence."""
    return Parameter(default, (factor,), "log-odds", why, *evidence, high=roof(default, factor), short=short)


def share(default: float, low: float, high: float, why: str, *evidence: str, most: float = 1.0) -> Parameter:
    """A share or probability up to `most`; (low, high) is the 80 % interval of its prior."""
    return Parameter(default, beta(default, low, high), "share", why, *evidence, high=most)


def days(default: float, factor: float, why: str, *evidence: str) -> Parameter:
    """A duration or half-life in days."""
    return Parameter(default, (factor,), "days", why, *evidence, low=0.1, high=LONGEST)


def number(default: float, low: float, high: float, unit: str, why: str, *evidence: str, least: float = 0.0) -> Parameter:
    """A quantity with a unit, `least` or more; (low, high) is the 80 % interval of its log-normal prior."""
    most = 1.0 if unit.startswith("share") else roof(default, math.sqrt(high / low))
    return Parameter(default, lognormal(default, low, high), unit, why, *evidence, low=least, high=most)


quantity = Parameter
"""Anything else: with a prior, a unit and two hard bounds of its own."""

table = Table
"""A number for each code, shape (k,), kept as float32, to be looked up: `TABLE[self.stage]`."""
