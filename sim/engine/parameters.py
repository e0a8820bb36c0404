"""Parameters: numbers that a user can look up and change, declared once beside the rule that uses them.

In a model each is an array over worlds, like a field (one number broadcast to all worlds takes no memory), so that one
model can hold many parameter sets without the rules depending on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.fields import FLOAT
from sim.engine.priors import Prior, lognormal
from sim.engine.types import Array

ASSUMPTION = "assumption"
"""What stands in the place of evidence where there is none."""


class Parameter:
    """One number of the model.

    Parameters
    ----------
    default : value unless a scenario or a user sets another
    prior : a `Prior`, or (factor,) for a log-normal about the default, 80 % within this factor either way
    unit : "per day", "days", "share", "log-odds", ...
    why : one line: what it means and why this value; also its `meaning`, as that of fields and events
    evidence : ids of the evidence ledger, or the word "assumption"
    low, high : hard bounds; a value outside them is an error, one outside the prior only a warning
    short, ordered : words for people, which the engine carries and does not read: what the term that it weighs is called in a
        sentence, and whether users may change it during a run
    """

    def __init__(self, default: float, prior: Prior | tuple[float], unit: str, why: str, *evidence: str,
                 low: float = 0.0, high: float | None = None, short: str = "", ordered: bool = True) -> None:
        if not isinstance(prior, Prior):
            prior = lognormal(default, default / prior[0], default * prior[0])
        self.default, self.prior, self.unit = float(default), prior, unit
        self.why = self.meaning = why
        self.evidence = evidence or (ASSUMPTION,)
        self.short, self.ordered = short, ordered
        self.low = low
        self.high = high if high is not None else (1.0 if unit.startswith(("share", "probability")) else math.inf)
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    if TYPE_CHECKING:
        def __get__(self, state: Any, owner: Any = None) -> Array: ...

    def quantiles(self, points: Array) -> Array:
        """The prior's quantiles at these points of (0, 1), within the hard bounds: float32, shape of `points`."""
        return self.bounded(self.prior.distribution.ppf(points))

    def bounded(self, values: Array) -> Array:
        """These values within the hard bounds: float32."""
        return np.clip(values.astype(FLOAT), FLOAT(self.low), FLOAT(self.high))

    def broadcast(self, value: Any, n: int) -> Array:
        """`value` (a number, or one per world) as a read-only float32 array: shape (n,).

        Raises ValueError if any value is outside the hard bounds.
        """
        values = np.array(value, FLOAT, order="C")
        if not np.all((values >= FLOAT(self.low)) & (values <= FLOAT(self.high))):
            raise ValueError(f"must lie between {self.low:g} and {self.high:g} ({self.unit})")
        return np.broadcast_to(values, (n,))


parameter = Parameter


def collapse(values: Array) -> Array:
    """Shape (1,) if the array is one number broadcast to all worlds, else the array itself."""
    return values[:1] if values.strides == (0,) else values


def stacked(rows: Sequence[Array]) -> Array:
    """Rows of numbers, each of shape (1,) or (n,), under each other; shape (0, 1) if there are none."""
    return np.stack(np.broadcast_arrays(*rows)) if rows else np.zeros((0, 1), FLOAT)


def kept_a_day(half_life: Array) -> Array:
    """Share that is left after a day, by half-life in days: shape (n,), or (1,) if it is the same in all worlds."""
    return _kept_of_one(half_life.item(0)) if half_life.strides == (0,) else np.float32(0.5) ** (1 / half_life)


@lru_cache(maxsize=1024)
def _kept_of_one(half_life: float) -> Array:
    return kept_a_day(np.array([half_life], np.float32))
