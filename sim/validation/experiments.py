"""Runs that the checks look at: a few experiments, each on thousands of worlds, watched day by day.

An experiment gives a column of numbers for each thing that is measured: mostly one number a world, in some cases one a war.
Its worlds come in stretches that may be simulated apart and are put together in order, so that results do not depend on the
number of processes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from sim.engine import BLOCK, Array, Luck
from sim.model.codes import Scope, Stage, Talks
from sim.model.crisis import Crisis

STRETCH = 2 * BLOCK
"""Worlds simulated side by side: few enough that two processes share the work evenly."""

JANUARY_ENDS, DOCUMENTS_END, YEAR = 32, 43, 365
"""Days after 30 December 2025: 31 January, 11 February, a year."""

Measured: TypeAlias = dict[str, Array]


class Watch:
    """What is noted of a model, day by day."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self) -> None:
        """Look at the model after a day."""

    def measured(self) -> Measured:
        """Columns, at the end."""
        return {}


class WatchYear(Watch):
    """Wars, the protest wave, threats, deals and prices of a year under default parameters."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        n = model.n
        self.wars: list[Array] = []
        self.rung, self.age, self.on = np.zeros(n, int), np.zeros(n, int), np.zeros(n, bool)
        self.peak, self.peak_day, self.ebb_day = np.zeros(n), np.zeros(n, int), np.full(n, -1)
        self.threatened = np.zeros(n, bool)
        self.columns: Measured = {}

    def __call__(self) -> None:
        """Note today's wars and turnout, and what stood at the end of January and on 11 February."""
        self.watch_wars()
        day = self.model.day
        if day <= JANUARY_ENDS:
            self.watch_street(day)
            self.threatened |= self.model.us.threatened_over_crackdown
        if day == JANUARY_ENDS:
            self.columns |= {"executed": self.model.us.executed > 0, "credibility": self.model.us.credibility.copy(),
                             "threatened": self.threatened.copy(),
                             "protest_deaths": self.model.street.deaths.copy(),
                             "first_crackdown": self.model.street.crackdown_day.copy()}
        if day == DOCUMENTS_END:
            self.columns |= {"brent": self.model.oil.price.copy(), "credibility_later": self.model.us.credibility.copy()}

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


class WatchVerdicts(Watch):
    """Days on which Washington and Jerusalem say that Iran reconstitutes."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self.us, self.israel, self.missiles = np.zeros((3, model.n))

    def __call__(self) -> None:
        """Count today's verdicts."""
        self.us += self.model.us.verdict
        self.israel += self.model.israel.verdict
        self.missiles += self.model.israel.missile_verdict()

    def measured(self) -> Measured:
        """Shares of the days of the run."""
        return {"us": self.us / self.model.day, "israel": self.israel / self.model.day,
                "missiles": self.missiles / self.model.day}


class WatchTalks(Watch):
    """Deals."""

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
    watch : notes what happens
    ready : changes the model before its first day
    """

    days: int
    values: dict[str, float]
    start: dict[str, float]
    watch: type[Watch]
    ready: Callable[[Any], None] | None = None

    def run(self, model: type[Crisis], first: int, stop: int, seed: int) -> Measured:
        """Simulate worlds `first` to `stop`."""
        luck = Luck(seed, range(first // BLOCK, (stop - 1) // BLOCK + 1))
        built = model(np.arange(first, stop), luck, self.values, self.start, log=False)
        try:
            if self.ready is not None:
                self.ready(built)
            return observed(built, self.watch(built), self.days)
        finally:
            built.release()


def observed(model: Any, watch: Watch, days: int) -> Measured:
    """Let a model live and look at it every day."""
    for _ in range(days):
        model.step()
        watch()
    return {name: np.array(column) for name, column in watch.measured().items()}


def weigh_packages(model: Any) -> None:
    """Positions were weighed under the demands that were drawn; weigh them under those that the experiment sets."""
    model.talks.weigh_packages(np.arange(model.n))


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
    return Experiment(180, PEACE | NO_BREAK, {"talks.state": Talks.ROUNDS, "us.scope": scope}, WatchTalks, weigh_packages)


EXPERIMENTS = {
    "year": Experiment(YEAR, {}, {}, WatchYear),
    "no nuclear work": Experiment(YEAR, NO_WORK | PEACE | NUCLEAR_ONLY, {"iran.stage": Stage.NONE}, WatchVerdicts),
    "no nuclear work, missiles count": Experiment(YEAR, NO_WORK | PEACE, {"iran.stage": Stage.NONE}, WatchVerdicts),
    "hidden cascades": Experiment(YEAR, NO_WORK | PEACE | NUCLEAR_ONLY, {"iran.stage": Stage.CASCADES}, WatchVerdicts),
    "talks on the nuclear file": talking(Scope.NUCLEAR),
    "talks with missiles": talking(Scope.WITH_MISSILES),
    "talks on all issues": talking(Scope.ALL_ISSUES),
}
