"""Powers and logarithms of float32 by nothing but products, `np.exp` and `np.log`.

NumPy computes these two by formulas of its own, and so to the same bit on every processor and in every compiled copy of a
rule; `np.power`, `np.cbrt`, `np.log2` and `np.log10` come from libraries that differ in the last place.
"""

from __future__ import annotations

import numpy as np

from sim.engine.types import Array

LEAST = np.finfo(np.float32).tiny
"""The smallest number of full precision: what stands for zero where a logarithm is taken."""

PER_DOUBLING, PER_DECADE = np.float32(1 / np.log(2)), np.float32(1 / np.log(10))


def log2(values: Array) -> Array:
    """Logarithm to base 2 of positive numbers: how often they are twice one."""
    return np.log(values) * PER_DOUBLING


def log10(values: Array) -> Array:
    """Logarithm to base 10 of positive numbers."""
    return np.log(values) * PER_DECADE


def power(values: Array, exponent: Array | float) -> Array:
    """`values` >= 0 to a positive power."""
    return np.exp(exponent * np.log(np.maximum(values, LEAST)))


def cube_root(values: Array) -> Array:
    """Cube root of numbers >= 0."""
    return power(values, 1 / 3)
