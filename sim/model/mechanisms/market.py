"""The price of oil: a premium for tension, a jump for lost supply, a random walk. Fitted to published Hormuz estimates."""

from __future__ import annotations

import numpy as np

from sim.engine.types import Array


def supply_shock(loss: Array, days: Array, height: Array, curvature: Array) -> Array:
    """Rise of the log price when `loss` million barrels a day have been missing for `days` days.

    Traders expect ten days from the start, so that the jump is there at once.
    """
    return height * (1 - np.exp(-curvature * loss)) * (1 - np.exp(np.maximum(days, 10) * np.float32(-1 / 25)))
