"""The two kinds of array that everything here is made of, and what is done to them most often."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
"""Values over worlds: shape (n,), or (k, n) for a field with k entries a world."""

Worlds: TypeAlias = npt.NDArray[np.intp]
"""Positions of some worlds among the n of a model: shape (m,), rising."""


def worlds_where(mask: Array) -> Worlds:
    """The worlds in which `mask`, shape (n,), is true."""
    worlds: Worlds = mask.nonzero()[0]
    return worlds


def bounded(values: Array, low: Any, high: Any) -> Array:
    """`values` within [low, high]. On a few worlds it takes half as long as np.clip, and on many no longer."""
    within: Array = np.minimum(np.maximum(values, low), high)
    return within
