"""Bargaining over several issues at once: is there a package that both prefer to no deal, and how far apart are they?

Putnam 1988 for two levels, Raiffa 1982 and Sebenius for issues, Fearon 1995 for the zone between two fallbacks.
"""

from __future__ import annotations

import numpy as np

from sim.engine.arithmetic import cube_root
from sim.engine.types import TINY, Array

NUCLEAR, MISSILES, PARTNERS, RIGHTS, RELIEF, VERIFICATION = range(6)
NARROW = (NUCLEAR, RELIEF, VERIFICATION)
"""The issues of the nuclear-only track; the broad track has all six."""

BALANCES = np.array([0.05, 0.15, 0.3, 0.45, 0.55, 0.7, 0.85, 0.95], np.float32)[:, None]
"""Weights of one side against the other at which a package is sought."""


def frontier(wants: Array, fears: Array) -> Array:
    """Best weighted surplus over all packages, before fallbacks, for each of `BALANCES`: shape (8, m).

    Gains are square roots of what is given, costs squares of it (linear for relief), so each best package is known in closed
    form, and the surpluses that can be had form a convex set.

    Parameters
    ----------
    wants : the demander's weights for (limits, relief, verification), shape (3, m); it dislikes relief
    fears : the other side's, likewise; it dislikes limits and verification
    """
    wants, fears = np.maximum(wants, TINY), np.maximum(fears, TINY)
    tilt = BALANCES / (1 - BALANCES)
    limits, verification = (np.minimum(cube_root(tilt * (wants[i] / (4 * fears[i]))), 1) for i in (0, 2))
    relief = np.minimum(fears[1] / (2 * wants[1]) / tilt, 1)
    demander = wants[0] * limits + wants[2] * verification - wants[1] * np.square(relief)
    other = fears[1] * relief - fears[0] * np.square(np.square(limits)) - fears[2] * np.square(np.square(verification))
    return BALANCES * demander + (1 - BALANCES) * other


def zone(frontier: Array, demander: Array, other: Array) -> Array:
    """Width of the zone of agreement: the largest, over packages, of the smaller surplus of the two sides, shape (m,).

    By convexity it is the least, over balances, of the best weighted surplus. `demander` and `other` are what issues outside
    the package add for each side, less what no deal is worth to it.
    """
    return np.minimum.reduce(frontier + BALANCES * demander + (1 - BALANCES) * other, axis=0)


def distance(one: Array, other: Array, weights: Array, issues: tuple[int, ...]) -> Array:
    """Mean gap between two sides' positions on some issues, weighted: 0 agreed, 1 as far as can be."""
    rows = list(issues)
    share = weights[rows] / weights[rows].sum()
    return np.add.reduce(share[:, None] * np.abs(one[rows] - other[rows]), axis=0)
