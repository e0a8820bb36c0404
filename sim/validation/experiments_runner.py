"""Where experiments are made, each once, in this process or in several, and their measurements kept for all checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import numpy as np

from sim.ensemble.run import pool
from sim.model.crisis import Crisis
from sim.validation.arrows import pushes
from sim.validation.experiments import EXPERIMENTS, STRETCH, Experiment, Measured

Work: TypeAlias = tuple[str, int, int]
"""An experiment by name, and the worlds from and to."""

MORE = {"year": 3}
"""Experiments with more worlds than the others, by this factor: their shares are compared with narrow bands."""


def experiment(name: str) -> Experiment:
    """The experiment of this name: one of the list, or the push of an arrow."""
    return EXPERIMENTS[name] if name in EXPERIMENTS else pushes()[name]


def perform(name: str, first: int, stop: int, seed: int, model: type[Crisis] = Crisis) -> Measured:
    """Make a stretch of an experiment."""
    return experiment(name).run(model, first, stop, seed)


class Laboratory:
    """Experiments on `worlds` worlds each, of the model itself or of one that was changed to see whether a check notices.

    Parameters
    ----------
    worlds : how many in each experiment
    seed : another seed is other luck
    model : what is put to the test
    """

    def __init__(self, worlds: int = 4096, seed: int = 1, model: type[Crisis] = Crisis) -> None:
        self.worlds, self.seed, self.model = worlds, seed, model
        self.made: dict[str, Measured] = {}

    def measured(self, name: str) -> Measured:
        """What an experiment gave; it is made if it was not yet."""
        if name not in self.made:
            self.prepare([name])
        return self.made[name]

    def prepare(self, names: Iterable[str], jobs: int = 1, done: Callable[[int, int], None] | None = None) -> None:
        """Make those of the experiments that were not made yet, and say after each stretch how many of how many are done."""
        work = [part for name in dict.fromkeys(names) if name not in self.made for part in self._stretches(name)]
        found: dict[str, list[Measured]] = {}
        for i, ((name, _, _), part) in enumerate(zip(work, self._results(work, jobs), strict=True)):
            found.setdefault(name, []).append(part)
            if done is not None:
                done(i + 1, len(work))
        self.made |= {name: joined(parts) for name, parts in found.items()}

    def _stretches(self, name: str) -> Iterator[Work]:
        worlds = self.worlds * MORE.get(name, 1)
        for first in range(0, worlds, STRETCH):
            yield name, first, min(first + STRETCH, worlds)

    def _results(self, work: list[Work], jobs: int) -> Iterator[Measured]:
        if jobs == 1 or len(work) < 2:
            yield from (perform(*part, self.seed, self.model) for part in work)
            return
        with pool(jobs) as processes:
            yield from processes.map(perform, *zip(*((*part, self.seed, self.model) for part in work), strict=True))


def joined(parts: list[Measured]) -> Measured:
    """Columns of stretches, one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
