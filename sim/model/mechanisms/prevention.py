"""Preventive war: is it better to fight now than in half a year?

Fearon 1995; Powell 2006; Krainin 2017 for slow shifts with a long look-ahead; Debs and Monteiro 2014.
"""

from __future__ import annotations

import numpy as np

from sim.engine.types import TINY, Array


def missile_threat(missiles: Array, weight: Array) -> Array:
    """Loss that a missile force threatens, in wars like June 2025: grows faster than its size."""
    force = np.maximum(missiles, 0) / 2000
    return weight * (force * np.sqrt(force))


def war_cost(missiles: Array, interceptors: Array, needed: Array) -> Array:
    """Cost of a war to the one who is shot at, in wars like June 2025: damage triples as interceptors fall short.

    `needed` is the number of rounds below which interception collapses (the knee of the salvo model).
    """
    shortage = 1 / (1 + np.exp(np.minimum((interceptors - needed) / np.maximum(0.2 * needed, TINY), 30)))
    return 0.4 + 0.6 * np.sqrt(np.maximum(missiles, 0) / 1650) * (1 + 2 * shortage)


def urge(threat_later: Array, success_now: Array, success_later: Array, cost_now: Array, cost_later: Array,
         patience: Array) -> Array:
    """What striking now is worth beyond striking later, in wars like June 2025.

    The same later threat stands in both branches, so that a faster rebuild raises the urge twice: the threat rises and the
    window closes.
    """
    return patience * threat_later * (success_now - success_later) + patience * cost_later - cost_now
