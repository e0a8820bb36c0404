"""Inverse distribution functions: any law from one uniform or normal draw.

A parameter-dependent sampler would let one world's parameters shift another world's draws; these cannot.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from sim.engine.types import Array

TOP = np.float32(1 - 2**-20)


def gamma(uniform: Array, mean: Array | float, sd: Array | float) -> Array:
    """Gamma with this mean and standard deviation; the uniform's shape."""
    shape = np.float32((np.asarray(mean) / np.asarray(sd)) ** 2) if np.ndim(mean) == np.ndim(sd) == 0 else (mean / sd) ** 2
    quantile: Array = special.gammaincinv(shape, np.minimum(uniform, TOP)) * mean / shape
    return quantile


def poisson(normal: Array, mean: Array) -> Array:
    """Poisson, by its rounded normal approximation: whole numbers >= 0, within 2 % of its mean from mean 2 up."""
    counted: Array = np.maximum(np.rint(mean + np.sqrt(mean) * normal), 0)
    return counted


def binomial(normal: Array, trials: Array, share: Array | float) -> Array:
    """Binomial, by its rounded normal approximation: whole numbers in [0, trials]."""
    mean = trials * share
    counted: Array = np.clip(np.rint(mean + np.sqrt(mean * (1 - share)) * normal), 0, trials)
    return counted


def overdispersed(uniform: Array, mean: Array, shape: float) -> Array:
    """Negative binomial as a gamma-mixed mean, rounded: heavy right tail for a small `shape`."""
    counted: Array = np.rint(special.gammaincinv(np.float32(shape), np.minimum(uniform, TOP)) * mean / shape)
    return counted


def lognormal(normal: Array, median: Array | float, sigma: Array | float) -> Array:
    """Log-normal with this median and log standard deviation."""
    drawn: Array = median * np.exp(sigma * normal)
    return drawn
