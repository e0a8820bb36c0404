"""Runs that the checks look at: a few experiments, each on thousands of worlds, watched day by day.

An experiment gives a column of numbers for each thing that is measured: mostly one number a world, in some cases one a war.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from sim.engine import Array
from sim.ensemble.design import fixed
from sim.ensemble.run import ModelSpec, RunPlan
from sim.ensemble.tasks import Watch
from sim.model.codes import Scope, Stage, Talks
from sim.model.crisis import Crisis
from sim.model.registry import catalogue
from sim.scenario.scenario import Scenario, Value

JANUARY_ENDS, DOCUMENTS_END, YEAR = 32, 43, 365
"""Days after 30 December 2025: 31 January, 11 February, a year."""

Measured: TypeAlias = dict[str, Array]


class WatchYear:
    """Wars, the protest wave, threats, deals and prices of a year under default parameters."""

    def __init__(self, model: Any) -> None:
        self.model, n = model, model.n
        self.wars: list[Array] = []
        self.rung, self.age, self.on = np.zeros(n, int), np.zeros(n, int), np.zeros(n, bool)
        self.peak, self.peak_day, self.ebb_day = np.zeros(n), np.zeros(n, int), np.full(n, -1)
        self.threatened = np.zeros(n, bool)
        self.columns: Measured = {}

    def __call__(self, model: Any) -> None:
        """Note today's wars and turnout, and what stood at the end of January and on 11 February."""
        self.watch_wars()
        day = model.day
        if day <= JANUARY_ENDS:
            self.watch_street(day)
            self.threatened |= model.us.threatened_over_crackdown
        if day == JANUARY_ENDS:
            self.columns |= {"executed": model.us.executed > 0, "credibility": model.us.credibility.copy(),
                             "threatened": self.threatened.copy(),
                             "protest_deaths": model.street.deaths.copy(),
                             "first_crackdown": model.street.crackdown_day.copy()}
        if day == DOCUMENTS_END:
            self.columns |= {"brent": model.oil.price.copy(), "credibility_later": model.us.credibility.copy()}

    def watch_wars(self) -> None:
        """Length and highest rung of each war that ended today."""
        war = self.model.war
        ended = np.flatnonzero(self.on & ~war.on)
        if ended.size:
            self.wars.append(np.stack([self.age[ended], self.rung[ended]]))
        self.rung = np.where(war.on, np.maximum(np.where(self.on, self.rung, 0), war.rung), 0)
        self.age, self.on = war.day_of_war.astype(int), war.on.copy()

    def watch_street(self, day: int) -> None:
        """The day of the highest turnout, and the first after it on which fewer than half as many came."""
        turnout = self.model.street.protest
        higher = turnout > self.peak
        self.peak, self.peak_day = np.where(higher, turnout, self.peak), np.where(higher, day, self.peak_day)
        self.ebb_day = np.where(higher, -1, self.ebb_day)
        self.ebb_day = np.where((self.ebb_day < 0) & (turnout < self.peak / 2), day, self.ebb_day)

    def measured(self) -> Measured:
        """A number a world, and for wars that ended, one a war."""
        model = self.model
        lengths, rungs = np.concatenate([np.empty((2, 0), int), *self.wars], axis=1)
        return {**self.columns, "war_length": lengths, "war_rung": rungs, "wave_ebbs": self.ebb_day - self.peak_day,
                "ebbed": self.ebb_day >= 0, "first_day": model.war.first_day, "deal_day": model.talks.deal_day,
                "deal_kind": model.talks.deal_kind, "weapon_day": model.iran.weapon_day,
                "device_day": model.iran.device_day, "regional_day": model.war.regional_day}


class WatchVerdicts:
    """Days on which Washington and Jerusalem say that Iran reconstitutes."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.us, self.israel, self.missiles = np.zeros((3, model.n))

    def __call__(self, model: Any) -> None:
        """Count today's verdicts."""
        self.us += model.us.verdict
        self.israel += model.israel.verdict
        self.missiles += model.israel.missile_verdict()

    def measured(self) -> Measured:
        """Shares of the days of the run."""
        return {"us": self.us / self.model.day, "israel": self.israel / self.model.day,
                "missiles": self.missiles / self.model.day}


class WatchTalks:
    """Deals. The positions, which were weighed under the demands drawn for day 0, are first weighed under those of the
    experiment."""

    def __init__(self, model: Any) -> None:
        self.model = model
        model.talks.weigh_packages(np.arange(model.n))

    def __call__(self, model: Any) -> None:
        """Nothing: the day of a signature stays."""

    def measured(self) -> Measured:
        """The day of a signature, -1 if none."""
        return {"deal_day": self.model.talks.deal_day}


@dataclass(frozen=True)
class Experiment:
    """A model under certain conditions, and what is noted of it.

    Parameters
    ----------
    days : horizon
    values, start : parameters and start values
    watch : made of the model on day 0, notes what happens
    """

    days: int
    values: Mapping[str, float]
    start: Mapping[str, float]
    watch: Callable[[Any], Watch]

    def plans(self, model: type[Crisis], worlds: int, seed: int) -> list[RunPlan]:
        """What is to be simulated, on one luck."""
        return [self.plan(model, worlds, seed)]

    def plan(self, model: type[Crisis], worlds: int, seed: int, **set: float) -> RunPlan:
        """The worlds under these conditions, with further values or start values."""
        start: dict[str, Value] = {**self.start, **{key: value for key, value in set.items() if key not in catalogue()}}
        values = {**self.values, **{key: value for key, value in set.items() if key in catalogue()}}
        scenario = Scenario("", "", days=self.days, parameters=values, start=start)
        return RunPlan(ModelSpec(model, nothing, (), self.watch), scenario, fixed(worlds), seed, every=0, keep_events=0)

    def joined(self, measured: Sequence[Measured]) -> Measured:
        """The measurements of all plans as one."""
        return measured[0]


def nothing(model: Any) -> Measured:
    """The outcomes of a model that is only watched."""
    return {}


PEACE = {f"{side}_rate": 0.0 for side in (
    "israel.lone_strike", "israel.joint_strike", "israel.preempt", "israel.punish", "iran.preempt", "iran.avenge", "us.strike",
    "us.intervene", "us.sponsor", "us.carry_out")}
"""Nobody strikes, so that no war changes what is measured."""

NO_BREAK = {"talks.break_share": 0.0, "talks.suspend_rate": 0.0, "talks.collapse_rate": 0.0, "iran.walk_out_rate": 0.0,
            "israel.spoil_rate": 0.0, "iran.hawk_spoil_rate": 0.0, "us.scope_rate": 0.0}
"""Talks go on, with the demands with which they began."""

NO_WORK = {"iran.stage_rate": 0.0, "iran.dash_rate": 0.0}
"""Iran's nuclear programme stands still."""

NUCLEAR_ONLY = {"israel.missile_trigger": 3.0}
"""Israel's verdict counts nuclear steps and no missiles."""


def talking(scope: int) -> Experiment:
    """Half a year of continuous talks with these US demands."""
    return Experiment(180, PEACE | NO_BREAK, {"talks.state": Talks.ROUNDS, "us.scope": scope}, WatchTalks)


EXPERIMENTS = {
    "year": Experiment(YEAR, {}, {}, WatchYear),
    "no nuclear work": Experiment(YEAR, NO_WORK | PEACE | NUCLEAR_ONLY, {"iran.stage": Stage.NONE}, WatchVerdicts),
    "no nuclear work, missiles count": Experiment(YEAR, NO_WORK | PEACE, {"iran.stage": Stage.NONE}, WatchVerdicts),
    "hidden cascades": Experiment(YEAR, NO_WORK | PEACE | NUCLEAR_ONLY, {"iran.stage": Stage.CASCADES}, WatchVerdicts),
    "talks on the nuclear file": talking(Scope.NUCLEAR),
    "talks with missiles": talking(Scope.WITH_MISSILES),
    "talks on all issues": talking(Scope.ALL_ISSUES),
}
