"""Types that the whole engine shares: arrays over worlds, positions of worlds, and the shapes of `State` and `Ensemble`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
"""Values over worlds: shape (n,), or (k, n) for a field with k entries per world."""

TINY = np.float32(1e-6)
"""A divisor for what may be nothing."""

WorldIndex: TypeAlias = npt.NDArray[np.intp]
"""Positions of some worlds among the n of a model: shape (m,), rising."""


class StateLike(Protocol):
    """The shape of a `State`, for files that `ensemble` imports."""

    @property
    def key(self) -> str:
        """The attribute of the model and of its other states that refers to it."""

    @property
    def model(self) -> ModelLike:
        """The model to which it belongs."""


class ModelLike(Protocol):
    """The shape of an `Ensemble`, for files that `ensemble` imports."""

    n: int
    day: int
    numbers: Array
    luck: Any
    """Its `RandomStreams`."""

    @property
    def members(self) -> Sequence[StateLike]:
        """Its states, in the order of the model's list."""

    @property
    def events(self) -> Sequence[tuple[StateLike, Any]]:
        """Each of its events, with the state to which it belongs; the place in this list is the event's id."""

    def pace(self) -> Any:
        """The factor on the tempo of paced events today."""

    def happen(self, i: int, worlds: WorldIndex, cause: int | Array | None = None) -> None:
        """Log event i in these worlds and run its effect."""


def worlds_where(mask: Array) -> WorldIndex:
    """The worlds in which `mask`, shape (n,), is true."""
    return mask.nonzero()[0]


def record_first(held: Array, worlds: WorldIndex, value: Any) -> None:
    """Write `value` into a moment in those of these worlds in which nothing (-1) is written yet."""
    held[worlds] = np.where(held[worlds] < 0, value, held[worlds])


def bounded(values: Array, low: Any, high: Any) -> Array:
    """`values` within [low, high]. On a few worlds it takes half as long as np.clip, and on many no longer."""
    return np.minimum(np.maximum(values, low), high)
