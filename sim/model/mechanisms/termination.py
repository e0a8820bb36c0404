"""How campaigns end: when fighting stops teaching anything, when it costs too much, when goals are met.

Slantchev 2003 (war stops when it stops being informative), Wagner 2000, Goemans 2000 (leaders who expect punishment fight on).
"""

from __future__ import annotations

import numpy as np

from sim.engine.types import Array


def learned(expected: Array, weight: Array, seen: Array, lesson: Array) -> Array:
    """Mean of a Beta belief after one day: `weight` days of experience behind it, `seen` today, counted `lesson` days."""
    return (expected * weight + seen * lesson) / (weight + lesson)


def information(weight: Array, before: Array) -> Array:
    """How much a day still teaches, relative to the first: falls as experience grows from `before` to `weight` days."""
    return (before / np.maximum(weight, before)) ** 2
