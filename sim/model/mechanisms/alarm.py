"""Reciprocal fear of surprise attack: reading noisy signals, and when fear is enough to strike first.

Schelling 1960, ch. 9; Chassang and Padro i Miquel 2010; signal detection after Green and Swets 1966.
"""

from __future__ import annotations

import numpy as np

from sim.engine.types import Array, bounded


def evidence(signal: Array, discriminability: Array) -> Array:
    """Log likelihood ratio of "they are preparing" from one day's signal ~ N(mean, 1), whose mean in a real preparation
    is `discriminability` (d', in standard deviations) and 0 when nothing is going on."""
    return discriminability * (signal - 0.5 * discriminability)


def updated(alarm: Array, resting: Array, memory: Array, news: Array) -> Array:
    """Alarm (log-odds that the other is about to strike) a day later: it returns to `resting` and takes in the news."""
    filtered: Array = resting + memory * (alarm - resting) + news
    return bounded(filtered, -14, 8)


def threshold(peace_over_first: Array, first_over_second: Array) -> Array:
    """Log-odds of the belief q* = (V-F) / ((V-F) + (W-S)) at which striking first is as good as waiting.

    V-F is what peace is worth beyond striking first alone, W-S what striking is worth beyond being struck.
    """
    belief = bounded(peace_over_first / (peace_over_first + first_over_second), 0.05, 0.98)
    return np.log(belief / (1 - belief))
