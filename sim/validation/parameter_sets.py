"""Simulating many parameter sets, some side by side in one model, for calibration."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine import BLOCK, Array
from sim.ensemble.design import Design, hypercube, quantiles
from sim.ensemble.run import ModelSpec, RunPlan, execute
from sim.model.crisis import Crisis
from sim.model.registry import catalogue
from sim.scenario.scenario import Scenario
from sim.validation.calibration_targets import DAYS, MOMENTS, WARS, Target, Told, Worlds, told

SIDE_BY_SIDE = 4 * BLOCK
"""Worlds in one model."""


def priors(names: tuple[str, ...], scores: Array, each: int) -> Design:
    """The design whose parameters stand at these normal scores of their priors: scores has shape (sets, names)."""
    from scipy import stats

    return Design(names, quantiles([catalogue()[name].declaration for name in names], stats.norm.cdf(scores)), each)


def score(name: str, value: float) -> float:
    """The normal score of a value in its parameter's prior."""
    from scipy import stats

    return float(stats.norm.ppf(catalogue()[name].declaration.prior.distribution.cdf(value)))


def drawn(count: int, names: int, seed: int) -> Array:
    """Normal scores as a scrambled Latin hypercube: shape (count, names)."""
    from scipy import stats

    scores: Array = stats.norm.ppf(hypercube(count, names, seed))
    return scores


class Wars:
    """Length and highest rung of each war that ended, with the number of its world among those that live together."""

    def __init__(self, model: Any) -> None:
        self.on, self.age, self.top = model.war.on.copy(), model.war.day_of_war.copy(), np.zeros(model.n, int)
        self.ended: list[Array] = [np.empty((3, 0), int)]

    def __call__(self, model: Any) -> None:
        """Note the wars that ended today."""
        war = model.war
        self.top[war.on & ~self.on] = 0
        np.maximum(self.top, war.rung * war.on, out=self.top)
        over = np.flatnonzero(self.on & ~war.on)
        self.ended.append(np.stack([over, self.age[over], self.top[over]]))
        self.on, self.age = war.on.copy(), war.day_of_war.copy()

    def measured(self) -> Worlds:
        """A number a war."""
        return dict(zip(WARS, np.concatenate(self.ended, axis=1), strict=True))


def moments(model: Any) -> Worlds:
    """Days of first events, and the first war's cause: a number a world."""
    war = model.war
    days = (war.first_day, model.talks.deal_day, model.iran.weapon_day, model.iran.device_day, war.regional_day,
            war.false_alarm_day)
    return {**dict(zip(MOMENTS, days, strict=True)), "cause": war.first_cause}


SPEC = ModelSpec(Crisis, moments, (), Wars)


@dataclass(frozen=True)
class Simulator:
    """Simulates designs for a year, on one seed, in this process or on an executor; the results do not depend on which."""

    seed: int
    executor: Executor | None = None

    def worlds(self, design: Design, seed: int | None = None) -> Worlds:
        """The worlds of a design: a number a world, and of wars that ended one a war."""
        plan = RunPlan(SPEC, Scenario("", "", days=DAYS), design, self.seed if seed is None else seed, every=0, keep_events=0)
        step = max(SIDE_BY_SIDE // design.each, 1) * design.each
        parts = sorted(execute([(task,) for task in plan.stretches(step)], executor=self.executor), key=lambda part: part.first)
        columns = [{**part.columns, **part.watched, WARS[0]: part.watched[WARS[0]] + part.first} for part in parts]
        return {name: np.concatenate([part[name] for part in columns]) for name in columns[0]}

    def told(self, targets: tuple[Target, ...], design: Design, seed: int | None = None) -> dict[str, Told]:
        """What a design's sets say about each target."""
        worlds = self.worlds(design, seed)
        return {target.id: told(target, worlds, design.sets) for target in targets}
