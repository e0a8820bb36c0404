"""Inverse distribution functions: any law from one uniform or normal draw.

A parameter-dependent sampler would let one world's parameters shift another world's draws; these cannot.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import special

from sim.engine.nodes import Table
from sim.engine.types import Array, bounded

GRID = 4096
FLOOR, TOP = np.float32(2**-20), np.float32(1 - 2**-20)


def gamma(uniform: Array, mean: Array | float, sd: Array | float) -> Array:
    """Gamma with this mean and standard deviation, by Wilson and Hilferty's cube root: within 2 % where mean > 1.5 sd."""
    third = sd / mean / 3
    root = np.maximum(1 - third * third + special.ndtri(bounded(uniform, FLOOR, TOP)) * third, 0)
    return mean * (root * root * root)


def poisson(normal: Array, mean: Array) -> Array:
    """Poisson, by its rounded normal approximation: whole numbers >= 0, within 2 % of its mean from mean 2 up."""
    return np.maximum(np.rint(mean + np.sqrt(mean) * normal), 0)


def binomial(normal: Array, trials: Array, share: Array | float) -> Array:
    """Binomial, by its rounded normal approximation: whole numbers in [0, trials]."""
    mean = trials * share
    return bounded(np.rint(mean + np.sqrt(mean * (1 - share)) * normal), 0, trials)


def overdispersed(uniform: Array, mean: Array, shape: float) -> Array:
    """Negative binomial as a gamma-mixed mean, rounded up or down by chance so that small means keep their mean."""
    place = uniform * GRID
    cell = np.floor(place)
    return np.floor(mean * mixture(shape)[cell.astype(np.intp)] + (place - cell))


@lru_cache
def mixture(shape: float) -> Table:
    """Quantiles of a gamma law of mean 1 at the middles of a grid of 4,096 equal shares."""
    middles = (np.arange(GRID) + 0.5) / GRID
    return Table(special.gammaincinv(shape, middles) / shape)


def lognormal(normal: Array, median: Array | float, sigma: Array | float) -> Array:
    """Log-normal with this median and log standard deviation."""
    return median * np.exp(sigma * normal)
