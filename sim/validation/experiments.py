"""Experiments behind the checks: a model under certain conditions, on thousands of worlds, measured day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from sim.engine import Array
from sim.ensemble.design import fixed
from sim.ensemble.run import execute
from sim.ensemble.tasks import Chunk, ModelSpec, RunPlan, Watch
from sim.model.codes import Scope, Stage, Talks
from sim.model.crisis import Crisis
from sim.model.registry import catalogue
from sim.scenario.scenario import Scenario, Value

JANUARY_ENDS, DOCUMENTS_END, YEAR = 32, 43, 365
"""Days after 30 December 2025: 31 January, 11 February, a year."""

Measured: TypeAlias = dict[str, Array]
"""Columns by name, mostly with one number per world, those of `WARS` with one per war."""

MOMENTS = ("first_day", "deal_day", "weapon_day", "device_day", "regional_day", "false_day")
WARS = ("war_world", "war_length", "war_rung")


def moments(model: Any) -> Measured:
    """Days of first events, and the first war's cause: one number per world."""
    war = model.war
    days = (war.first_day, model.talks.deal_day, model.iran.weapon_day, model.iran.device_day, war.regional_day,
            war.false_alarm_day)
    return {**dict(zip(MOMENTS, days, strict=True)), "cause": war.first_cause}


def joined(parts: Iterable[Chunk]) -> Measured:
    """Moments and measurements of all worlds of a plan from its tasks; wars are assigned to worlds of the whole."""
    columns = []
    for part in sorted(parts, key=lambda part: part.first):
        both = {**part.columns, **part.watched}
        columns.append({name: column + part.first if name == WARS[0] else column for name, column in both.items()})
    return {name: np.concatenate([part[name] for part in columns]) for name in columns[0]}


def simulated(plan: RunPlan, width: int, executor: Executor | None = None) -> Measured:
    """The worlds of a plan, simulated in tasks of `width` worlds, in this process or on an executor."""
    return joined(execute([(task,) for task in plan.stretches(width)], executor=executor))


class WatchWars:
    """Length and highest rung of each war that ended, with the index of its world in the model."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.on, self.age, self.top = model.war.on.copy(), model.war.day_of_war.copy(), np.zeros(model.n, int)
        self.ended: list[Array] = [np.empty((len(WARS), 0), int)]

    def __call__(self, model: Any) -> None:
        """Note the wars that ended today."""
        war = model.war
        self.top[war.on & ~self.on] = 0
        np.maximum(self.top, war.rung * war.on, out=self.top)
        over = np.flatnonzero(self.on & ~war.on)
        self.ended.append(np.stack([over, self.age[over], self.top[over]]))
        self.on, self.age = war.on.copy(), war.day_of_war.copy()

    def measured(self) -> Measured:
        """One number per war."""
        return dict(zip(WARS, np.concatenate(self.ended, axis=1), strict=True))


class WatchYear(WatchWars):
    """Wars, the protest wave, threats, deals and prices of a year under default parameters."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        n = model.n
        self.peak, self.peak_day, self.ebb_day = np.zeros(n), np.zeros(n, int), np.full(n, -1)
        self.threatened = np.zeros(n, bool)
        self.columns: Measured = {}

    def __call__(self, model: Any) -> None:
        """Note today's wars and turnout, and the state at the end of January and on 11 February."""
        super().__call__(model)
        day, us, street = model.day, model.us, model.street
        if day <= JANUARY_ENDS:
            self.watch_street(day)
            self.threatened |= us.threatened_over_crackdown
        if day == JANUARY_ENDS:
            self.columns |= {"executed": us.executed > 0, "credibility": us.credibility.copy(), "threatened": self.threatened,
                             "protest_deaths": street.deaths.copy(), "first_crackdown": street.crackdown_day.copy()}
        if day == DOCUMENTS_END:
            self.columns |= {"brent": model.oil.price.copy(), "credibility_later": us.credibility.copy()}

    def watch_street(self, day: int) -> None:
        """The day of the highest turnout, and the first after it on which fewer than half as many came."""
        turnout = self.model.street.protest
        higher = turnout > self.peak
        self.peak, self.peak_day = np.where(higher, turnout, self.peak), np.where(higher, day, self.peak_day)
        self.ebb_day = np.where(higher, -1, self.ebb_day)
        self.ebb_day = np.where((self.ebb_day < 0) & (turnout < self.peak / 2), day, self.ebb_day)

    def measured(self) -> Measured:
        """One number per world, and for wars that ended, one per war."""
        return {**super().measured(), **self.columns, "wave_ebbs": self.ebb_day - self.peak_day, "ebbed": self.ebb_day >= 0,
                "deal_kind": self.model.talks.deal_kind}


class WatchVerdicts:
    """Days on which Washington and Jerusalem judge that Iran reconstitutes."""

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
    """No more than the moments of each world. The positions, which were weighed under the demands drawn for day 0, are first
    weighed under those of the experiment."""

    def __init__(self, model: Any) -> None:
        model.talks.weigh_packages(np.arange(model.n))

    def __call__(self, model: Any) -> None:
        """Nothing: the day of a signature is kept by the model."""

    def measured(self) -> Measured:
        """Nothing."""
        return {}


@dataclass(frozen=True)
class Experiment:
    """A model under certain conditions, and what is measured in it besides `moments`.

    Parameters
    ----------
    days : horizon
    values, start : parameters and start values
    watch : made of the model on day 0, measures what happens
    groups : by name, further parameters or start values of one group of worlds; groups share their luck, and have half as
        many worlds as an experiment without groups
    """

    days: int
    values: Mapping[str, float]
    start: Mapping[str, float]
    watch: Callable[[Any], Watch]
    groups: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def plans(self, model: type[Crisis], worlds: int, seed: int) -> list[RunPlan]:
        """What is to be simulated: one plan per group, or a single one."""
        spec, design = ModelSpec(model, moments, (), self.watch), fixed(worlds // 2 if self.groups else worlds)
        return [RunPlan(spec, self._scenario(more), design, seed, every=0, keep_events=0)
                for more in self.groups.values() or [{}]]

    def _scenario(self, more: Mapping[str, float]) -> Scenario:
        settings = {**self.values, **more}
        start: dict[str, Value] = {**self.start, **{key: value for key, value in more.items() if key not in catalogue()}}
        return Scenario("", "", days=self.days, start=start,
                        parameters={key: value for key, value in settings.items() if key in catalogue()})


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
