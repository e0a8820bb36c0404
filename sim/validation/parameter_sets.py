"""Simulates many parameter sets, several in one model, for calibration."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

from sim.engine import BLOCK, Array
from sim.ensemble.design import Design, hypercube, quantiles
from sim.ensemble.run import ModelSpec, RunPlan, execute
from sim.model.crisis import Crisis
from sim.model.registry import catalogue
from sim.scenario.scenario import Scenario
from sim.validation.calibration_targets import DAYS, TARGETS, Estimates, estimated
from sim.validation.experiments import Measured, WatchWars, joined, moments

SIDE_BY_SIDE = 4 * BLOCK
"""Worlds in one model."""


def priors(names: tuple[str, ...], scores: Array, each: int) -> Design:
    """The design with parameters at these normal scores of their priors, shape (sets, names)."""
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


SPEC = ModelSpec(Crisis, moments, (), WatchWars)


@dataclass(frozen=True)
class Simulator:
    """Simulates designs for a year, on one seed, in this process or on an executor; the results do not depend on which."""

    seed: int
    executor: Executor | None = None

    def worlds(self, design: Design, seed: int | None = None) -> Measured:
        """The moments of a design's worlds, and its wars that ended."""
        plan = RunPlan(SPEC, Scenario("", "", days=DAYS), design, self.seed if seed is None else seed, every=0, keep_events=0)
        step = max(SIDE_BY_SIDE // design.each, 1) * design.each
        return joined(execute([(task,) for task in plan.stretches(step)], executor=self.executor))

    def estimates(self, design: Design, seed: int | None = None) -> dict[str, Estimates]:
        """Each target, estimated for each of a design's sets."""
        worlds = self.worlds(design, seed)
        return {target.id: estimated(target, worlds, design.sets) for target in TARGETS}
