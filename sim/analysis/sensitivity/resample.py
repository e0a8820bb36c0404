"""Sets and luck drawn anew together: where every error of a study comes from.

All sets of a study live on the same luck, so that drawing sets anew leaves out by how much all of them would move together on
other luck. Whatever is said of a study is, near enough, a sum over its sets (or blocks of sets), and what luck adds to that sum
is the same sum of the sets' rows of luck. Luck that is each set's own is in the spread between sets already, and is taken out.
"""

from __future__ import annotations

import numpy as np

from sim.engine import Array
from sim.ensemble.estimates import Z90

RESAMPLES = 200
FEW = 8
"""Fewer luck numbers than this do not tell how large luck is."""


def resamples(blocks: Array, count: int = RESAMPLES, seed: int = 0) -> Array:
    """How often each set is drawn when blocks are drawn anew with replacement: shape (count, sets), float64."""
    _, number = np.unique(blocks, return_inverse=True)
    many = int(number.max()) + 1
    drawn = np.random.default_rng(seed).multinomial(many, np.full(many, 1 / many), size=count)
    return drawn[:, number].astype(np.float64)


def reach(folds: int) -> float:
    """By how much an error from so few folds is widened, so that its 90 % interval holds the truth as often (Student's t)."""
    from scipy.stats import t

    return float(t.ppf(0.95, folds - 1)) / Z90 if folds > 1 else 1.0


def luck_draws(folds: int, count: int = RESAMPLES) -> Array:
    """Other luck, as weights of folds: shape (count, folds); the same for the same numbers, so that it goes together."""
    return reach(folds) * np.random.default_rng(1).standard_normal((count, folds))


def shared(total: Array, own: Array) -> Array:
    """Rows of luck, (..., folds), made shorter by what is each set's own, (...): that part of their squared length."""
    size = np.asarray((total ** 2).sum(axis=-1))
    kept = np.sqrt(np.maximum(1 - own / np.where(size > 0, size, 1), 0))
    return np.asarray(total * kept[..., None])


def of_weights(weights: Array, luck: Array) -> Array:
    """Shared luck of weighted sums over sets.

    Parameters
    ----------
    weights : (..., sets)
    luck : (sets, folds): rows of which the products are the covariances by luck of the sets' means

    Shape (..., folds).
    """
    return shared(weights @ luck, weights ** 2 @ own_luck(luck))


def of_parts(parts: Array) -> Array:
    """Shared luck of sums over blocks, from what luck adds to each: (blocks, ..., folds) to (..., folds)."""
    return shared(parts.sum(axis=0), (parts ** 2).sum(axis=(0, -1)))


def own_luck(luck: Array) -> Array:
    """The squared error of each set's mean by luck not common to all sets: shape (sets,)."""
    return np.asarray(((luck - luck.mean(axis=0)) ** 2).sum(axis=1))


def both(sets: Array | float, luck: Array) -> Array:
    """Standard errors for want of more sets, (...), and for want of more luck, rows (..., folds), as one: shape (...)."""
    return np.hypot(sets, reach(luck.shape[-1]) * np.sqrt((luck ** 2).sum(axis=-1)))
