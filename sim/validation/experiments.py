"""Experiments behind the checks: a model under certain conditions, on thousands of worlds, measured day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np

from sim.engine import Array
from sim.engine.log import Log
from sim.ensemble.design import fixed
from sim.ensemble.run import execute
from sim.ensemble.tasks import Chunk, ModelSpec, RunPlan, Watch
from sim.model.codes import Light, Scope, Stage, Talks
from sim.model.crisis import Crisis
from sim.model.registry import catalogue
from sim.scenario.scenario import Scenario, Value

JANUARY_ENDS, DOCUMENTS_END, YEAR = 32, 43, 365
"""Days after 30 December 2025: 31 January, 11 February, a year."""

SIDE_BY_SIDE = 8192
"""Worlds in one model."""

Measured: TypeAlias = dict[str, Array]
"""Columns by name, mostly with one number per world, those of `WARS` with one per war."""

MOMENTS = {"first_day": "war.first_day", "deal_day": "talks.deal_day", "weapon_day": "iran.weapon_day",
           "device_day": "iran.device_day", "regional_day": "war.regional_day", "false_day": "war.false_alarm_day",
           "cause": "war.first_cause"}
WARS = ("war_world", "war_length", "war_rung")


def moments(model: Any) -> Measured:
    """Days of first events, and the first war's cause: one number per world."""
    return {name: attrgetter(path)(model) for name, path in MOMENTS.items()}


def by_then(day: Array, end: int) -> Array:
    """Whether something happened before day `end`; -1 is never."""
    return (day >= 0) & (day < end)


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
        self.peak = np.maximum(self.peak, turnout)
        self.peak_day[higher], self.ebb_day[higher] = day, -1
        self.ebb_day[(self.ebb_day < 0) & (turnout < self.peak / 2)] = day

    def measured(self) -> Measured:
        """One number per world, and for wars that ended, one per war."""
        return {**super().measured(), **self.columns, "wave_ebbs": self.ebb_day - self.peak_day, "ebbed": self.ebb_day >= 0,
                "deal_kind": self.model.talks.deal_kind}


DAILY_MEANS: dict[str, Callable[[Any], Array]] = {
    "credibility of US threats": lambda m: m.us.credibility,
    "weight of US threats in Tehran": lambda m: m.iran.pressure(),
    "Iran's alarm, in log-odds": lambda m: m.iran.alarm,
    "Israel's alarm, in log-odds": lambda m: m.israel.alarm,
    "share of days with a green light": lambda m: m.us.light >= Light.GREEN,
    "share of days with a US verdict": lambda m: m.us.verdict,
    "share of days with Israel's verdict": lambda m: m.israel.verdict,
    "share of days with Israel's missile verdict": lambda m: m.israel.missile_verdict(),
    "hawk share in Tehran": lambda m: m.iran.hawks,
    "share of days on which the Houthis fight": lambda m: m.houthis.fighting,
    "share of days on which Hezbollah fights": lambda m: m.hezbollah.fighting,
    "share of days on which ships are attacked": lambda m: m.houthis.at_ships,
    "tension": lambda m: m.war.tension,
}

COUNTS: dict[str, tuple[str, ...]] = {
    "US decisions to strike": ("us.strike_nuclear_sites", "us.carry_out_ultimatum", "us.intervene", "us.punish_sponsor"),
    "Israeli decisions to strike alone": ("israel.prepare_alone",),
    "Israeli pre-emptions": ("israel.preempt",),
    "wars": ("war.begins",),
    "channels opened": ("talks.open_channel",),
    "leaders' meetings": ("israel.lobby",),
    "acts that spoil talks": ("israel.spoil_talks",),
    "US threats": ("us.threaten",),
    "deals signed": ("talks.agree_narrowly", "talks.agree_broadly"),
}


class WatchOutcomes:
    """Outcomes, each in the column of its name: a mean over days, or a count.

    Where all worlds begin amid talks, the positions, which were weighed under the demands drawn for day 0, are first weighed
    under those of the experiment.
    """

    def __init__(self, outcomes: Mapping[str, str], model: Any) -> None:
        self.outcomes, self.model = outcomes, model
        self.totals = {outcome: np.zeros(model.n) for outcome in outcomes.values() if outcome in DAILY_MEANS}
        if len(self.totals) < len(outcomes):
            model.log = Log()
        if (model.talks.state == Talks.ROUNDS).all():
            model.talks.weigh_packages(np.arange(model.n))

    def __call__(self, model: Any) -> None:
        """Add today's values, where the outcome is a mean over days."""
        for outcome, total in self.totals.items():
            total += DAILY_MEANS[outcome](model)

    def measured(self) -> Measured:
        """One number per world."""
        return {name: self.totals[outcome] / self.model.day if outcome in self.totals else self.counted(COUNTS[outcome])
                for name, outcome in self.outcomes.items()}

    def counted(self, events: Sequence[str]) -> Array:
        """How often these events happened in each world."""
        table, numbers = self.model.log.table(), [self.model.event_names.index(event) for event in events]
        return np.bincount(table["world"][np.isin(table["event"], numbers)], minlength=self.model.n)


watch_verdicts = partial(WatchOutcomes, {
    "us": "share of days with a US verdict", "israel": "share of days with Israel's verdict",
    "missiles": "share of days with Israel's missile verdict"})


@dataclass(frozen=True)
class Experiment:
    """A model under certain conditions, and what is measured in it besides `moments`.

    Parameters
    ----------
    days : horizon
    given : parameters and start values
    watch : made of the model on day 0, measures what happens
    groups : by name, further parameters or start values of one group of worlds; groups share their luck, and have half as
        many worlds as an experiment without groups
    """

    days: int
    given: Mapping[str, float]
    watch: Callable[[Any], Watch]
    groups: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def plans(self, model: type[Crisis], worlds: int, seed: int) -> list[RunPlan]:
        """What is to be simulated: one plan per group, or a single one."""
        spec, design = ModelSpec(model, moments, (), self.watch), fixed(worlds // 2 if self.groups else worlds)
        return [RunPlan(spec, self._scenario({**self.given, **more}), design, seed, every=0, keep_events=0)
                for more in self.groups.values() or [{}]]

    def _scenario(self, given: Mapping[str, float]) -> Scenario:
        start: dict[str, Value] = {key: value for key, value in given.items() if key not in catalogue()}
        return Scenario("", "", days=self.days, start=start,
                        parameters={key: value for key, value in given.items() if key not in start})


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


TALKING = {"talks.state": Talks.ROUNDS}


def talks(scope: int) -> Experiment:
    """Half a year of continuous talks with these US demands."""
    return Experiment(180, PEACE | NO_BREAK | TALKING | {"us.scope": scope}, partial(WatchOutcomes, {}))


NOTHING_TO_SEE = NO_WORK | PEACE | {"iran.stage": Stage.NONE}

EXPERIMENTS = {
    "year": Experiment(YEAR, {}, WatchYear),
    "no nuclear work": Experiment(YEAR, NOTHING_TO_SEE | NUCLEAR_ONLY, watch_verdicts),
    "no nuclear work, missiles count": Experiment(YEAR, NOTHING_TO_SEE, watch_verdicts),
    "hidden cascades": Experiment(YEAR, NO_WORK | PEACE | NUCLEAR_ONLY | {"iran.stage": Stage.CASCADES}, watch_verdicts),
    "talks on the nuclear file": talks(Scope.NUCLEAR),
    "talks with missiles": talks(Scope.WITH_MISSILES),
    "talks on all issues": talks(Scope.ALL_ISSUES),
}
