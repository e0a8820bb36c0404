"""Bargaining over several issues at once: is there a package that both prefer to no deal, and how far apart are they?

Putnam 1988 for two levels, Raiffa 1982 and Sebenius for issues, Fearon 1995 for the zone between two fallbacks.
"""

from __future__ import annotations

import itertools

import numpy as np

from sim.engine.types import Array

ISSUES = ("nuclear limits", "missile limits", "partners", "citizens' rights", "sanctions relief", "verification")
NUCLEAR, MISSILES, PARTNERS, RIGHTS, RELIEF, VERIFICATION = range(6)
NARROW = (NUCLEAR, RELIEF, VERIFICATION)
"""The issues of the nuclear-only track; the broad track has all six."""

LEVELS = np.linspace(0, 1, 5, dtype=np.float32)
PACKAGES = np.array(list(itertools.product(LEVELS, LEVELS, LEVELS)), np.float32)
"""125 packages of nuclear limits, relief and verification, each from none (0) to all (1)."""


def zone(wants: Array, fears: Array, extra_gain: Array, extra_loss: Array, fallback: tuple[Array, Array]) -> Array:
    """Width of the zone of agreement: max over packages of the smaller surplus of the two sides, shape (m,).

    Parameters
    ----------
    wants : the demander's weights for (limits, relief, verification), shape (3, m); it dislikes relief
    fears : the other side's, likewise; it dislikes limits and verification
    extra_gain, extra_loss : what the issues outside these three add for the one and cost the other
    fallback : what no deal is worth to each
    """
    best = np.full(wants.shape[1], -np.inf, np.float32)
    for limits, relief, verification in np.sqrt(PACKAGES):
        demander = wants[0] * limits + wants[2] * verification - wants[1] * relief**2 + extra_gain - fallback[0]
        other = fears[1] * relief - fears[0] * limits**4 - fears[2] * verification**4 - extra_loss - fallback[1]
        np.maximum(best, np.minimum(demander, other), out=best)
    return best


def distance(one: Array, other: Array, weights: Array, issues: tuple[int, ...]) -> Array:
    """Mean gap between two sides' positions on some issues, weighted: 0 agreed, 1 as far as can be."""
    total = np.zeros(one.shape[1], np.float32)
    for issue in issues:
        total += weights[issue] * np.abs(one[issue] - other[issue])
    gap: Array = total / sum(float(weights[i]) for i in issues)
    return gap
