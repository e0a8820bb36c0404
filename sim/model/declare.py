"""The kinds of parameter that the model uses, so that a declaration says little more than value, meaning and evidence."""

from __future__ import annotations

from sim.engine.parameters import Parameter
from sim.engine.priors import beta, lognormal
from sim.engine.tracing import Table


def rate(default: float, factor: float, why: str, *evidence: str, ordered: bool = True) -> Parameter:
    """A base rate: events a day when nothing pushes and nothing holds back; 0 switches the event off."""
    return Parameter(default, (factor,), "per day", why, *evidence, high=10.0, ordered=ordered)


def weight(default: float, why: str, *evidence: str, factor: float = 1.4, short: str = "") -> Parameter:
    """The strength of one arrow, in log-odds per unit of its cause; 0 switches it off. `short` names it in a sentence."""
    return Parameter(default, (factor,), "log-odds", why, *evidence, short=short)


def share(default: float, low: float, high: float, why: str, *evidence: str) -> Parameter:
    """A share or probability; (low, high) is the 80 % interval of its prior."""
    return Parameter(default, beta(default, low, high), "share", why, *evidence)


def days(default: float, factor: float, why: str, *evidence: str) -> Parameter:
    """A duration or half-life in days."""
    return Parameter(default, (factor,), "days", why, *evidence, low=0.1)


def number(default: float, low: float, high: float, unit: str, why: str, *evidence: str) -> Parameter:
    """A positive quantity with a unit; (low, high) is the 80 % interval of its log-normal prior."""
    return Parameter(default, lognormal(default, low, high), unit, why, *evidence)


quantity = Parameter
"""Anything else: with a prior of its own, a unit and hard bounds."""

table = Table
"""A number for each code, shape (k,), kept as float32, which rules look up: `TABLE[self.stage]`."""
