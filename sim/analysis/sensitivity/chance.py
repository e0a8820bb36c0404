"""The line of chance: what the strongest of many parameters that do nothing seems to do.

Of hundreds of parameters that do nothing, one will always seem to do something. So values are permuted over the sets again
and again, each time the strongest of all parameters is recorded, and 19 of 20 of these lie below the line.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.engine import Array

CHANCE = 0.05
"""How often the strongest of all parameters passes the line if none does anything."""

FEWEST = 24
"""Parameter sets that an analysis needs at least."""


def line_of_chance(values: Array, strength: Callable[[Array], Array], shuffles: int) -> float:
    """What the strongest parameter reaches by chance.

    Parameters
    ----------
    values : (sets,): of mean 0 and length 1
    strength : how strong each parameter seems if the sets have these values: (shuffles, sets) to (shuffles, parameters)
    shuffles : number of permutations
    """
    permuted = np.random.default_rng(0).permuted(np.tile(values, (shuffles, 1)), axis=1)
    return float(np.quantile(strength(permuted).max(axis=1), 1 - CHANCE))


def unit(table: Array) -> Array:
    """Columns of mean 0 and length 1; of a column that does not vary, zeros."""
    apart = table - table.mean(axis=0)
    length = np.sqrt((apart * apart).sum(axis=0))
    return apart / np.where(length > 0, length, 1)
