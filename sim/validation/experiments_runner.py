"""Where experiments are made, each once, in this process or in several, and their measurements kept for all checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from sim.engine import BLOCK
from sim.ensemble.run import Progress, execute
from sim.ensemble.tasks import Batch, Columns
from sim.model.crisis import Crisis
from sim.validation.arrows import pushes
from sim.validation.experiments import EXPERIMENTS, Experiment, Measured

STRETCH = 2 * BLOCK
"""Worlds of a task: few enough that two processes share the work evenly."""

MORE = {"year": 3}
"""Experiments with more worlds than the others, by this factor: their shares are compared with narrow bands."""


def experiment(name: str) -> Experiment:
    """The experiment of this name: one of the list, or the push of an arrow."""
    return EXPERIMENTS[name] if name in EXPERIMENTS else pushes()[name]


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

    def prepare(self, names: Iterable[str], jobs: int = 1, done: Progress | None = None) -> None:
        """Make those of the experiments that were not made yet; `done` is told how many worlds of how many are."""
        wanted = {name: experiment(name) for name in names if name not in self.made}
        batches, owners = list[Batch](), list[str]()
        for name, one in wanted.items():
            plans = one.plans(self.model, self.worlds * MORE.get(name, 1), self.seed)
            for plan in plans:
                plan.side = len(owners)
                owners.append(name)
            batches += zip(*(plan.stretches(STRETCH) for plan in plans), strict=True)
        found: list[list[Columns]] = [[] for _ in owners]
        for part in sorted(execute(batches, jobs, progress=done), key=lambda part: part.first):
            found[part.side].append(part.watched)
        for name, one in wanted.items():
            self.made[name] = one.joined([joined(parts) for owner, parts in zip(owners, found, strict=True) if owner == name])


def joined(parts: Sequence[Columns]) -> Measured:
    """Columns of stretches, one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
