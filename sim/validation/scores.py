"""Proper scores, by scoringrules: all are better when lower."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.engine import Array
from sim.errors import BrinkError

SURE = 0.001
"""No probability counts as nearer to 0 or 1 than this, so that one surprise cannot cost everything."""


def rules() -> Any:
    """The library of scores. Raises BrinkError if it is not installed."""
    try:
        import scoringrules
    except ImportError:
        raise BrinkError("scores need scoringrules: pip install 'brink[studies]'") from None
    return scoringrules


def log_loss(probability: float, happened: bool = True) -> float:
    """Minus the log of the probability given to what happened, in nats; NaN of NaN."""
    return float(rules().log_score(float(happened), np.clip(probability, SURE, 1 - SURE)))


def brier(probability: float, happened: bool) -> float:
    """Squared distance between the probability and what happened."""
    return float(rules().brier_score(float(happened), probability))


def crps(values: Array, observed: float) -> float:
    """Continuous ranked probability score of equally likely values, shape (n,), in their unit."""
    return float(rules().crps_ensemble(float(observed), np.asarray(values, np.float64)))


def rps(by_deadline: Sequence[float], category: int) -> float:
    """Ranked probability score over deadlines.

    `by_deadline` are the probabilities that it happens by each deadline, never falling; `category` counts from 0 and is the
    first deadline by which it happened, or their number if it did not happen by any.
    """
    shares = np.diff([0.0, *by_deadline, 1.0])
    return float(rules().rps_score(category + 1, shares))
