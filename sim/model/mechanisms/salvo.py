"""Salvo exchange with interceptors that run out.

Hughes 1995 and Armstrong 2005 for the salvo, Wilkening 2000 for shots and leakage. Fitted to June 2025.
"""

from __future__ import annotations

import numpy as np

from sim.engine.arithmetic import power
from sim.engine.types import Array
from sim.model.mechanisms.quantiles import binomial, gamma, poisson


def launched(launchers: Array, missiles: Array, per_launcher: Array, fading: Array, day: Array, zeal: Array,
             burst: Array, normal: Array) -> Array:
    """Missiles fired today: whole numbers, never more than there are.

    per_launcher : launches per launcher on the first day
    fading : decay a day of that number as crews and sites wear out
    zeal : what the ladder and the stake make of it (0 none, 1 a full campaign)
    burst : uniform draw of the day's gamma-distributed intensity
    """
    mean = launchers * per_launcher * np.exp(-fading * day) * zeal * gamma(burst, 1.0, 8**-0.5)
    return np.minimum(poisson(normal, mean), np.floor(missiles))


def shots_per_target(interceptors: Array, engaged: Array, doctrine: Array) -> Array:
    """Rounds fired at each engaged missile: what doctrine asks, or what is left to share."""
    return np.minimum(doctrine, interceptors / np.maximum(engaged, 1))


def leak(shots: Array, kill: Array) -> Array:
    """Probability that an engaged missile gets through `shots` rounds of single-shot kill probability `kill`."""
    several = power(1 - kill, np.maximum(shots, 1))
    return np.where(shots >= 1, several, 1 - shots * kill)


def intercept(fired: Array, interceptors: Array, engaged_share: Array, doctrine: Array, kill: Array,
              normals: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """One day's defence: (missiles engaged, rounds used, impacts)."""
    engaged = binomial(normals[0], fired, engaged_share)
    shots = shots_per_target(interceptors, engaged, doctrine)
    impacts = binomial(normals[1], engaged, leak(shots, kill))
    return engaged, np.minimum(shots * engaged, interceptors), impacts


def rounds_needed(launchers: Array, per_launcher: Array, fading: Array, attrition: Array, engaged_share: Array,
                  doctrine: Array) -> Array:
    """Rounds that a whole campaign by so many launchers asks of the defence: the geometric sum of its days."""
    return launchers * (per_launcher / (1 - np.exp(-(fading + attrition))) * engaged_share * doctrine)
