"""Runs experiments, each once, in this process or in several, and keeps their measurements for all checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from sim.engine.streams import checked_seed
from sim.ensemble.run import Progress, execute
from sim.ensemble.tasks import Chunk
from sim.errors import check_whole
from sim.model.crisis import Crisis
from sim.validation.arrows import pushes
from sim.validation.experiments import EXPERIMENTS, Experiment, Measured, joined

STRETCH = 4096
"""Worlds of a task: few enough that two processes share the work evenly."""

MOST_WORLDS = 131_072
"""Of an experiment, whose worlds are all kept."""

MORE = {"year": 3}
"""Experiments with more worlds than the others, by this factor: their shares are compared with narrow bands."""


def experiment(name: str) -> Experiment:
    """The experiment of this name: one of the list, or the push of an arrow."""
    return EXPERIMENTS[name] if name in EXPERIMENTS else pushes()[name]


class Laboratory:
    """Experiments on `worlds` worlds each, with the model itself or with one that is wrong on purpose, to test a check.

    Parameters
    ----------
    worlds : number of worlds in each experiment, 2 to 131,072
    seed : of the random streams
    model : the model that is tested

    Raises BrinkError for other numbers, and for a seed that is none.
    """

    def __init__(self, worlds: int = 4096, seed: int = 1, model: type[Crisis] = Crisis) -> None:
        check_whole(worlds=(worlds, 2, MOST_WORLDS))
        self.worlds, self.seed, self.model = worlds, checked_seed(seed), model
        self.made: dict[str, Measured] = {}

    def measured(self, name: str) -> Measured:
        """The measurements of an experiment, which is run if it was not yet."""
        if name not in self.made:
            self.prepare([name])
        return self.made[name]

    def prepare(self, names: Iterable[str], jobs: int = 1, done: Progress | None = None) -> None:
        """Run those of the experiments that were not run yet; `done` is called with the worlds simulated and in all."""
        check_whole(jobs=(jobs, 1, 1024))
        wanted = {name: experiment(name) for name in names if name not in self.made}
        plans = {name: one.plans(self.model, self.worlds * MORE.get(name, 1), self.seed) for name, one in wanted.items()}
        for side, plan in enumerate(chain(*plans.values())):
            plan.side = side
        batches = chain(*(zip(*(plan.stretches(STRETCH) for plan in group), strict=True) for group in plans.values()))
        found = defaultdict[int, list[Chunk]](list)
        for part in execute(list(batches), jobs, progress=done):
            found[part.side].append(part)
        for name, one in wanted.items():
            groups = [joined(found[plan.side]) for plan in plans[name]]
            self.made[name] = groups[0] if not one.groups else {
                level: group["outcome"] for level, group in zip(one.groups, groups, strict=True)}
