"""The two kinds of array that everything here is made of."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
"""Values over worlds: shape (n,), or (k, n) for a field with k entries a world."""

Worlds: TypeAlias = npt.NDArray[np.intp]
"""Positions of some worlds among the n of a model: shape (m,), rising."""
