"""A protest wave as the mean field of Epstein's (2002) civil violence: grievance, imitation, repression."""

from __future__ import annotations

import numpy as np

from sim.engine.types import Array, bounded


def participation(now: Array, spark: Array, grievance: Array, repression: Array, hope: Array, *, spread: Array,
                  fatigue: Array, fear: Array, noise: Array) -> Array:
    """Share of the mobilisable population in the street tomorrow, in [0, 1].

    spark : how fresh the occasion is, 0 to 1
    grievance : hardship in excess of legitimacy
    hope : backing that people believe they have from abroad
    """
    change = (0.2 * spark * np.maximum(grievance, 0) + spread * spark * now * (1 - now) - fatigue * now
              - fear * repression * now + hope * now)
    return bounded((now + change) * np.exp(noise), 0.001, 1)
