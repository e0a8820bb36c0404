"""Believing in stages: a Bayes filter over a rival's hidden nuclear stage, from noisy assessments.

Bas and Coe 2016: mistaken wars arise because the observer sees stages only through noise. Stages: 0 none, 1 salvage,
2 covert cascades, 3 weapon-grade material, 4 weaponising, 5 device.
"""

from __future__ import annotations

import numpy as np

from sim.engine.nodes import Table
from sim.engine.types import Array

INDEX = Table([0.0, 0.3, 0.6, 0.85, 0.95, 1.0])
"""How far along each stage looks to an observer, from 0 to 1."""

STEPS = np.array([1 / 60, 1 / 120, 1 / 400, 1 / 200, 1 / 60], np.float32)[:, None]
"""Daily rates from each stage to the next at full effort, as observers expect them (assumption)."""


def expected_drift(belief: Array, days: Array, effort: float = 0.25) -> Array:
    """The belief, shape (6, m), after `days` without news, if the rival works with this effort."""
    moved = belief[:-1] * (1 - np.exp(STEPS * (np.float32(-effort) * days)))
    drifted = belief.copy()
    drifted[:-1] -= moved
    drifted[1:] += moved
    return drifted


def learned(belief: Array, reading: Array | float, spread: Array | float) -> Array:
    """The belief after one assessment: a reading of `INDEX` with a normal error of this spread."""
    off = (reading - INDEX[:, None]) / spread
    posterior = belief * (np.exp(-0.5 * np.square(off)) + np.float32(1e-6))
    posterior /= at_least(posterior, 0)
    return posterior


def at_least(belief: Array, stage: int) -> Array:
    """Probability that the stage is `stage` or beyond."""
    return np.add.reduce(belief[stage:], axis=0)


def persistent(error: Array, memory: Array, normal: Array) -> Array:
    """The next standardised error of an analyst who errs the same way twice: AR(1) with unit variance."""
    return memory * error + np.sqrt(1 - np.square(memory)) * normal
