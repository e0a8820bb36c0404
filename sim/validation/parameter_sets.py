"""Simulating many parameter sets, some side by side in one model, for calibration."""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine import BLOCK, Array, Luck
from sim.ensemble import workers
from sim.ensemble.design import EDGE, Design
from sim.ensemble.run import pool
from sim.model.crisis import Crisis
from sim.model.registry import catalogue
from sim.validation.calibration_targets import DAYS, MOMENTS, Target, Told, Worlds, told

SIDE_BY_SIDE = 4 * BLOCK
"""Worlds in one model."""


@dataclass(frozen=True)
class Stretch:
    """Worlds `first` to `stop` of a design; with `paired`, every set has the same luck."""

    design: Design
    first: int
    stop: int
    seed: int
    paired: bool


def priors(names: tuple[str, ...], scores: Array, each: int) -> Design:
    """The design whose parameters stand at these normal scores of their priors: scores has shape (sets, names)."""
    from scipy import stats

    values = np.empty(scores.shape, np.float32)
    for i, name in enumerate(names):
        values[:, i] = catalogue()[name].declaration.quantiles(np.clip(stats.norm.cdf(scores[:, i]), EDGE, 1 - EDGE))
    return Design(names, values, each)


def score(name: str, value: float) -> float:
    """The normal score of a value in its parameter's prior."""
    from scipy import stats

    return float(stats.norm.ppf(catalogue()[name].declaration.prior.distribution.cdf(value)))


def drawn(count: int, names: int, seed: int) -> Array:
    """Normal scores as a scrambled Latin hypercube: shape (count, names)."""
    from scipy import stats
    from scipy.stats import qmc

    points = qmc.LatinHypercube(names, rng=np.random.default_rng(seed)).random(count)
    scores: Array = stats.norm.ppf(np.clip(points, EDGE, 1 - EDGE))
    return scores


class Wars:
    """Length and highest rung of each war that ended, with its world."""

    def __init__(self, model: Any) -> None:
        self.model, self.top = model, np.zeros(model.n, int)
        self.ended: list[Array] = [np.empty((3, 0), int)]

    def live(self) -> None:
        """A day."""
        war = self.model.war
        on, age = war.on.copy(), war.day_of_war.copy()
        self.model.step()
        self.top[war.on & ~on] = 0
        np.maximum(self.top, war.rung * war.on, out=self.top)
        over = np.flatnonzero(on & ~war.on)
        self.ended.append(np.stack([over, age[over], self.top[over]]))


def simulate(stretch: Stretch) -> Worlds:
    """Live a year in the worlds of a stretch; note days of first events, the first war's cause, and every war that ended."""
    design, worlds = stretch.design, np.arange(stretch.first, stretch.stop)
    numbers = worlds % design.each if stretch.paired else worlds
    luck = Luck(stretch.seed, sorted(set((numbers // BLOCK).tolist())))
    values = dict(zip(design.names, design.rows(stretch.first, stretch.stop), strict=True))
    model = Crisis(numbers, luck, values, log=False)
    try:
        wars = Wars(model)
        for day in range(DAYS):
            workers.go_on(day)
            wars.live()
        days = (model.war.first_day, model.talks.deal_day, model.iran.weapon_day, model.iran.device_day,
                model.war.regional_day, model.war.false_alarm_day)
        of, length, rung = np.concatenate(wars.ended, axis=1)
        return {**{name: np.array(day) for name, day in zip(MOMENTS, days, strict=True)},
                "cause": np.array(model.war.first_cause), "war_world": of + stretch.first, "war_length": length,
                "war_rung": rung}
    finally:
        model.release()


class Sweep:
    """Simulates designs, on one or several processes; the results depend on neither their number nor their order.

    Use it as a context, which keeps the processes from one design to the next.
    """

    def __init__(self, seed: int, jobs: int = 1) -> None:
        self.seed, self.jobs = seed, jobs
        self.held = ExitStack()
        self.pool: Executor | None = None

    def __enter__(self) -> Sweep:
        if self.jobs > 1:
            self.pool = self.held.enter_context(pool(self.jobs))
        return self

    def __exit__(self, *gone_wrong: object) -> None:
        self.held.close()

    def worlds(self, design: Design, paired: bool = False, seed: int | None = None) -> Worlds:
        """The worlds of a design."""
        step = max(SIDE_BY_SIDE // design.each, 1) * design.each
        seed = self.seed if seed is None else seed
        work = [Stretch(design, first, min(first + step, design.worlds), seed, paired)
                for first in range(0, design.worlds, step)]
        parts = list(self.pool.map(simulate, work) if self.pool else map(simulate, work))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def told(self, targets: tuple[Target, ...], design: Design, **how: Any) -> dict[str, Told]:
        """What a design's sets say about each target."""
        worlds = self.worlds(design, **how)
        return {target.id: told(target, worlds, design.sets) for target in targets}
