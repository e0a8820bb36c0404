"""What the sets of a study must be for a method to hold, tested on the sets themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.sensitivity.chance import unit
from sim.analysis.sensitivity.curves import DEGREE, ROOM, legendre
from sim.engine import Array
from sim.errors import BrinkError
from sim.words import listed

TOGETHER = 0.3
"""Parameters of which curves correlate by more than this, and by more than chance would have it, depend on each other."""
DISTINCT = DEGREE + 2
"""Values that a parameter must have for a curve between them to be known."""
NAMED = 6


def once(values: Array) -> Array:
    """The first of each group of equal rows, in their order: shape (rows,), int."""
    return np.sort(np.unique(values, axis=0, return_index=True)[1])


def distinct(values: Array) -> Array:
    """How many values each column has: shape (columns,), int."""
    return 1 + (np.diff(np.sort(values, axis=0), axis=0) > 0).sum(axis=0)


def check_apart(names: Sequence[str], places: Array) -> None:
    """Raises BrinkError if parameters depend on each other, two by two or many together, in words that name them.

    Parameters
    ----------
    places : (sets, names): from 0 to 1, the place of a value among those of its parameter
    """
    apart = _pairs(places) or _many(places)
    if not apart:
        return
    more = f" and {len(apart) - NAMED} more" if len(apart) > NAMED else ""
    said = ", ".join(names[i] for i in apart[:NAMED]) + more if more else listed([names[i] for i in apart])
    raise BrinkError(f"{said} depend on each other in these sets, so that what one does cannot be told from what another does; "
                     "draw them apart (kind: latin), or keep one of them and fix the others")


def _pairs(places: Array) -> list[int]:
    """The parameters that go with the one that goes most with others, if two do."""
    count, names = places.shape
    waves = unit(legendre(places).astype(np.float32).reshape(count, -1))
    size = np.abs(waves.T @ waves).reshape(names, DEGREE, names, DEGREE).max(axis=(1, 3))
    np.fill_diagonal(size, 0)
    linked = size > max(TOGETHER, _chance(count, size.size))
    most = int(linked.sum(axis=0).argmax())
    return np.flatnonzero(linked[most] | (np.arange(names) == most)).tolist() if linked[most].any() else []


def _chance(count: int, pairs: int) -> float:
    """What the largest of so many correlations over so many sets may reach by chance, once in a million times."""
    from scipy.stats import norm

    return float(np.tanh(norm.isf(1e-6 / (DEGREE ** 2 * pairs)) / np.sqrt(count - 3)))


def _many(places: Array) -> list[int]:
    """The parameters of which the others together tell more than half; none where there are too few sets to tell."""
    count, names = places.shape
    if names < 3 or count < ROOM * (names + 1):
        return []
    ranks = unit(places)
    left = 1 / np.diag(np.linalg.inv(ranks.T @ ranks + 1e-9 * np.eye(names)))
    if left.min() * (count - 1) / (count - names) > 0.5:
        return []
    turned = np.linalg.svd(ranks, full_matrices=False)[2][-1]
    return [int(i) for i in np.argsort(-np.abs(turned)) if abs(turned[i]) > 0.2 * np.abs(turned).max()]
