"""The targets of calibration: a few aggregate figures with their bands, and how many simulated parameter sets estimate them."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy import special

from sim.engine import Array
from sim.ensemble.design import Design
from sim.ensemble.tasks import ModelSpec, RunPlan
from sim.model.arenas.war import CAMPAIGN
from sim.model.crisis import Crisis
from sim.scenario.scenario import Scenario
from sim.validation.experiments import SIDE_BY_SIDE, YEAR, Measured, WatchWars, by_then, moments, simulated

DAYS = YEAR


@dataclass(frozen=True)
class CalibrationTarget:
    """One figure that the model should come near to.

    Parameters
    ----------
    id, says : its name and what it is, in plain words
    value, low, high : the figure and its band
    kind : "share" of worlds, or "median" of days
    column : what is measured
    within : for a share: the event comes before this day
    rung : for a median: wars that reached this rung
    given_war : a share of the worlds with a war
    matched : whether parameters are chosen by it; else it is shown for comparison
    evidence : where figure and band come from
    """

    id: str
    says: str
    value: float
    low: float
    high: float
    kind: Literal["share", "median"] = "share"
    column: str = ""
    within: int = DAYS
    rung: int = 0
    given_war: bool = False
    matched: bool = True
    evidence: tuple[str, ...] = ("fig-aggregate-priors",)

    def link(self, value: Any) -> Array:
        """The scale on which errors are about normal: log-odds of a share, log of a number of days."""
        return special.logit(np.asarray(value, float)) if self.kind == "share" else np.log(value)

    def unlink(self, linked: Any) -> Array:
        """Back from that scale."""
        return special.expit(np.asarray(linked, float)) if self.kind == "share" else np.exp(linked)

    def miss(self, linked: Array, variance: Array | float = 0.0) -> Array:
        """Implausibility of a value on that scale: 3 at the edge of the band, if its own variance is nil."""
        gap = linked - self.link(self.value)
        reach = (self.link(np.where(gap > 0, self.high, self.low)) - self.link(self.value)) / 3
        return np.abs(gap) / np.sqrt(np.square(reach) + variance)


TARGETS = (
    CalibrationTarget("round_43", "A direct exchange within 43 days", 0.12, 0.05, 0.25, column="first_day", within=43),
    CalibrationTarget("round_180", "A direct exchange within 180 days", 0.38, 0.22, 0.55, column="first_day", within=180),
    CalibrationTarget("round_365", "A direct exchange within a year", 0.55, 0.35, 0.75, column="first_day"),
    CalibrationTarget("deal", "A deal within a year", 0.22, 0.10, 0.40, column="deal_day"),
    CalibrationTarget("weapon_grade", "Weapon-grade material within a year", 0.04, 0.01, 0.16, column="weapon_day",
                      evidence=("fig-aggregate-nuclear",)),
    CalibrationTarget("device", "A device within a year", 0.01, 0.0, 0.04, column="device_day", matched=False,
                      evidence=("fig-aggregate-nuclear",)),
    CalibrationTarget("regional", "Three fronts within a week, given a war", 0.35, 0.175, 0.70, column="regional_day",
                      given_war=True),
    CalibrationTarget("length", "Length of all exchanges, median", 4.5, 3.5, 5.5, "median", evidence=("fig-war-length",)),
    CalibrationTarget("campaign", "Length of campaigns (rung 7 and up), median", 12, 9, 16, "median", rung=CAMPAIGN,
                      evidence=("fig-war-length",)),
    CalibrationTarget("false_alarm", "A war begun on a false alarm within a year", 0.06, 0.01, 0.15, column="false_day",
                      matched=False, evidence=("fig-aggregate-false-alarm",)),
)
"""False alarms are never matched: whether miscalculation is the likeliest spark is a question to the model. Devices are
too rare to be matched in ensembles of this size."""

MATCHED = tuple(target for target in TARGETS if target.matched)


class Estimates(NamedTuple):
    """One target estimated for many parameter sets, one number per set.

    Parameters
    ----------
    value : share or median; NaN where no world counts
    weight : worlds or wars that count
    precision : for a median, one over the variance of its log; not used for a share
    """

    value: Array
    weight: Array
    precision: Array


def estimated(target: CalibrationTarget, worlds: Measured, sets: int) -> Estimates:
    """Estimate a target from the worlds of several sets, equally many of each, one set after the other."""
    return _share(target, worlds, sets) if target.kind == "share" else _median(target, worlds, sets)


def estimates(worlds: Measured, sets: int) -> dict[str, Estimates]:
    """The same for each target."""
    return {target.id: estimated(target, worlds, sets) for target in TARGETS}


def _share(target: CalibrationTarget, worlds: Measured, sets: int) -> Estimates:
    day = worlds[target.column].reshape(sets, -1)
    happened = by_then(day, target.within)
    counts = worlds["first_day"].reshape(sets, -1) >= 0 if target.given_war else np.ones_like(happened)
    weight = counts.sum(1)
    with np.errstate(invalid="ignore"):
        value = (happened & counts).sum(1) / weight
    return Estimates(value, weight, np.empty(0))


def _median(target: CalibrationTarget, worlds: Measured, sets: int) -> Estimates:
    each = len(worlds["first_day"]) // sets
    counts = worlds["war_rung"] >= target.rung
    of, length = worlds["war_world"][counts] // each, worlds["war_length"][counts].astype(float)
    order = np.argsort(of, kind="stable")
    groups = np.split(length[order], np.searchsorted(of[order], np.arange(1, sets)))
    weight = np.array([len(group) for group in groups])
    spread = np.var(np.log(length)) if length.size else 1.0
    return Estimates(np.array([middle(group) for group in groups]), weight, weight / (np.pi / 2 * spread))


def middle(days: Array) -> float:
    """Median of whole days, where a day stands for all moments from half a day before to half a day after."""
    if not days.size:
        return np.nan
    whole = np.median(days)
    below, at = np.mean(days < whole - 0.25), np.mean(np.abs(days - whole) < 0.25)
    return float(whole - 0.5 + (0.5 - below) / at) if at else float(whole)


@dataclass(frozen=True)
class Simulator:
    """Simulates designs for a year, on one seed, in this process or on an executor; the results do not depend on which."""

    seed: int
    executor: Executor | None = None

    def worlds(self, design: Design, seed: int | None = None) -> Measured:
        """The moments of a design's worlds, and its wars that ended."""
        plan = RunPlan(ModelSpec(Crisis, moments, (), WatchWars), Scenario("", "", days=DAYS), design,
                       self.seed if seed is None else seed, every=0, keep_events=0)
        step = max(SIDE_BY_SIDE // design.each, 1) * design.each
        return simulated(plan, step, self.executor)

    def estimates(self, design: Design, seed: int | None = None) -> dict[str, Estimates]:
        """Each target, estimated for each of a design's sets."""
        return estimates(self.worlds(design, seed), len(design))
