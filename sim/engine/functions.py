"""Functions of NumPy that have a meaning for one world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sim.engine.nodes import INSTEAD, untraceable
from sim.engine.symbols import Symbol, Vector, entries_of, several


def _where(tracer: Any, condition: Any, *values: Any) -> Any:
    if len(values) != 2:
        raise untraceable("np.where without values", "np.flatnonzero gives the worlds in which a condition holds")
    return tracer.choose(condition, *values)


def _select(tracer: Any, conditions: Sequence[Any], values: Sequence[Any], default: Any = 0) -> Any:
    made = default
    for condition, value in reversed(list(zip(conditions, values, strict=True))):
        made = tracer.choose(condition, value, made)
    return made


def _clip(tracer: Any, value: Any, a_min: Any = None, a_max: Any = None) -> Any:
    """At least `a_min`, at most `a_max`."""
    least = value if a_min is None else np.maximum(value, a_min)
    return least if a_max is None else np.minimum(least, a_max)


def _round(tracer: Any, value: Any, decimals: int = 0) -> Any:
    if decimals:
        raise untraceable("np.round to decimals", "np.rint rounds to whole numbers")
    return np.rint(value)


def _like(tracer: Any, given: Any, value: Any = 0, dtype: Any = None) -> Any:
    """A number in the type of a value."""
    if several(given):
        return Vector(tracer, [_like(tracer, one, value, dtype) for one in entries_of(given)])
    return tracer.cast(value, np.dtype(given.kind if dtype is None else dtype)).copy()


def _place_of(better: np.ufunc) -> Callable[..., Any]:
    """The place of the best entry, the first of equals; `better` : np.less for the least, np.greater for the greatest."""
    def find(tracer: Any, given: Any, axis: Any = None) -> Symbol:
        items = entries_of(given) if several(given) and axis == 0 else None
        if items is None:
            raise untraceable("np.argmin or np.argmax over all worlds", INSTEAD)
        at, best = tracer.symbol(np.int32(0)), items[0]
        for i, one in enumerate(items[1:], 1):
            wins = tracer.call(better, [one, best])
            at, best = tracer.choose(wins, np.int32(i), at), tracer.choose(wins, one, best)
        return at
    return find


def _roll(tracer: Any, given: Any, by: int, axis: int = 0) -> Vector:
    items = entries_of(given)
    return Vector(tracer, items[-by:] + items[:-by])


def _over_entries(name: str) -> Callable[..., Any]:
    """A method of the entries of a field."""
    def over(tracer: Any, given: Any, axis: Any = None) -> Any:
        if not several(given):
            raise untraceable(f"np.{name} over all worlds", INSTEAD)
        return getattr(Vector(tracer, entries_of(given)), name)(axis=axis)
    return over


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.where: _where,
    np.flatnonzero: lambda _, mask: mask.nonzero()[0],
    np.clip: _clip,
    np.round: _round,
    np.stack: lambda tracer, given: Vector(tracer, [tracer.symbol(one) for one in given]),
    np.roll: _roll,
    np.select: _select,
    np.argmin: _place_of(np.less),
    np.argmax: _place_of(np.greater),
    np.count_nonzero: lambda _, mask: mask.any(),
    np.zeros_like: _like,
    np.ones_like: lambda tracer, given, dtype=None: _like(tracer, given, 1, dtype),
    np.full_like: _like,
    **{getattr(np, name): _over_entries(name) for name in ("sum", "prod", "mean", "max", "min", "all", "any")},
}
"""Functions that take symbols, and what they do with them."""
