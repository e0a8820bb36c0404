"""Designs: which parameter sets an ensemble runs, and on how many worlds each."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.engine import Array, Ensemble, Parameter
from sim.engine.declarations import declared

PER_SET = 32
"""Fewest worlds per set by default: more sets show more about parameters than more worlds of one set do."""

EDGE = 1e-6
"""Points are kept this far from 0 and 1, where many priors have no finite value."""


@dataclass(frozen=True)
class Design:
    """Parameter sets, each on `each` worlds: world w belongs to set w // each.

    By default its luck number is w, so that every world has luck of its own: if sets shared luck, its error would not shrink
    with their number. Sets that are compared with each other share it.

    Parameters
    ----------
    names : parameters that vary, as "state.name"
    values : (sets, names), float32
    each : worlds per set
    shared : the first luck number of every set, if all have the same luck
    first : number of the first set, if these are some of the sets of a larger design; worlds keep their numbers
    """

    names: tuple[str, ...]
    values: Array
    each: int = 1
    shared: int | None = None
    first: int = 0

    def __len__(self) -> int:
        return len(self.values)

    @property
    def worlds(self) -> int:
        """How many worlds in all."""
        return len(self) * self.each

    def rows(self, first: int, stop: int) -> Array:
        """The values of worlds `first` to `stop`: shape (names, worlds)."""
        return np.take(self.values.T, np.arange(first, stop) // self.each - self.first, axis=1)

    def numbers(self, first: int, stop: int) -> Array:
        """The luck numbers of worlds `first` to `stop`: shape (worlds,)."""
        worlds = np.arange(first, stop)
        return worlds if self.shared is None else self.shared + worlds % self.each

    def only(self, low: int, high: int) -> Design:
        """Its sets from number `low` to number `high`."""
        return replace(self, values=self.values[low - self.first:high - self.first], first=low)


def fixed(worlds: int = 1) -> Design:
    """One set in which nothing varies."""
    return Design((), np.empty((1, 0), np.float32), worlds)


def parameters(model: type[Ensemble]) -> dict[str, Parameter]:
    """The parameters of a model by "state.name", in alphabetic order."""
    return dict(sorted((f"{state.key}.{name}", parameter) for state in model.states
                       for name, parameter in declared(state, Parameter).items()))


def from_priors(priors: Mapping[str, Parameter], worlds: int, sets: int | None, seed: int,
                without: Collection[str] = ()) -> Design:
    """Sets drawn from the priors of all parameters but those in `without`, as a scrambled Latin hypercube.

    Every parameter takes each of `sets` equal parts of its prior once, and parameters are paired at random. (A Sobol
    sequence would pair some of some hundred parameters almost one to one, unless there are thousands of sets.) By default
    there are a power of two of sets and 32 to 63 worlds in each. The values of a parameter do not depend on which others
    vary. If the sets do not divide the worlds, a few worlds fewer are run.
    """
    count = sets or 2 ** max(0, int(math.log2(max(worlds / PER_SET, 1))))
    points = hypercube(count, len(priors), seed)
    free = [i for i, name in enumerate(priors) if name not in without]
    names = tuple(list(priors)[i] for i in free)
    return Design(names, quantiles([priors[name] for name in names], points[:, free]), worlds // count)


def hypercube(count: int, parameters: int, seed: int) -> Array:
    """A scrambled Latin hypercube: points within the unit cube, one in each of `count` equal parts of every axis.

    Shape (count, parameters).
    """
    from scipy.stats import qmc

    points: Array = qmc.LatinHypercube(parameters, rng=np.random.default_rng(seed)).random(count)
    return points


def inside(points: Array) -> Array:
    """Points of the unit cube kept off its faces."""
    return np.clip(points, EDGE, 1 - EDGE)


def quantiles(priors: Sequence[Parameter], points: Array) -> Array:
    """The values at these points of the priors, within hard bounds: float32, shape (sets, parameters)."""
    columns = [prior.quantiles(inside(column)) for prior, column in zip(priors, points.T, strict=True)]
    return np.stack(columns, axis=1) if columns else np.empty((len(points), 0), np.float32)
