"""One parameter at a time, low and high within its prior, on the same luck: what each does alone, with small errors."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from sim.analysis.compare.compare import Comparison
from sim.ensemble.run import Progress, run_all
from sim.model import registry
from sim.scenario.scenario import Scenario

MASS = 0.9
"""A parameter is set to the ends of the central interval that holds this much of its prior."""


@dataclass(frozen=True)
class Move:
    """An outcome when one parameter, `key`, is set to a value: its difference from the unchanged scenario, the paired
    standard error, and the verdict of `sim.analysis.compare.compare.verdict`.
    """

    key: str
    value: float
    difference: float
    error: float
    verdict: str


@dataclass(frozen=True)
class Swing:
    """An outcome under the low and the high value of one parameter, all else and all luck alike."""

    key: str
    low: Move
    high: Move

    @property
    def span(self) -> float:
        """The farthest it goes to either side."""
        return max(abs(self.low.difference), abs(self.high.difference))


def ends(key: str) -> tuple[float, float]:
    """The 5 % and the 95 % point of a parameter's prior, in four digits, within its hard bounds.

    Raises BrinkError, with the nearest, for a parameter that is not there.
    """
    one = registry.find(key).declaration
    low, high = (min(max(float(f"{end:.4g}"), one.low), one.high) for end in one.prior.interval(MASS))
    return low, high


def one_at_a_time(scenario: Scenario, keys: Sequence[str], outcome: str, *, worlds: int = 1000, seed: int = 1, jobs: int = 1,
                  executor: Executor | None = None, progress: Progress | None = None) -> list[Swing]:
    """An outcome with each of some parameters at either end of its prior; the widest swing first.

    The other arguments are those of `run`. Raises BrinkError for what cannot be run.
    """
    points = [(key, value) for key in keys for value in ends(key)]
    sides = [scenario, *(scenario.changed(set={key: value}) for key, value in points)]
    here, *there = run_all(sides, worlds=worlds, seed=seed, jobs=jobs, executor=executor, progress=progress, keep_events=0)
    rows = (Comparison(here, run).row(outcome) for run in there)
    moves = [Move(*point, row["difference"], row["se"], row["verdict"]) for point, row in zip(points, rows, strict=True)]
    swings = [Swing(low.key, low, high) for low, high in zip(moves[::2], moves[1::2], strict=True)]
    return sorted(swings, key=lambda swing: -swing.span)
