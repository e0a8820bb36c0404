"""Debug mode: with BRINK_DEBUG=1 in the environment, every write to a field is checked when it is made.

A model that is made then keeps each field in an array that raises WrongValue for what the field cannot hold: a number that is
not finite, one outside its limits, a whole number that would wrap around.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from sim.engine.fields import Field, WrongValue
from sim.engine.types import Array


def guarded(held: Array, field: Field, key: str) -> Array:
    """The array of a field, which checks writes in debug mode; `key` is the field's "state.name"."""
    if os.environ.get("BRINK_DEBUG", "0") == "0":
        return held
    checked = held.view(CheckedArray)
    checked.rule = field, key
    return checked


class CheckedArray(np.ndarray[Any, Any]):
    """The array of a field, or a part of one, that checks what is written into it; what is computed from it is plain."""

    rule: tuple[Field, str] | None

    def __array_finalize__(self, source: Any) -> None:
        self.rule = None

    def __getitem__(self, at: Any) -> Any:
        part = super().__getitem__(at)
        if isinstance(part, CheckedArray) and np.may_share_memory(part, self):
            part.rule = self.rule
            return part
        return plain(part)

    def __setitem__(self, at: Any, value: Any) -> None:
        self.check(value)
        super().__setitem__(at, plain(value))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: tuple[Any, ...] = (), **more: Any) -> Any:
        operands = [wide(one) if out else plain(one) for one in inputs]
        if not (out and isinstance(out[0], CheckedArray)):
            return getattr(ufunc, method)(*map(plain, inputs), **({"out": tuple(map(plain, out))} if out else {}), **more)
        out[0][...] = getattr(ufunc, method)(*operands, **more)
        return out[0]

    def check(self, values: Any) -> None:
        """Raise WrongValue if the field cannot hold one of these values."""
        if self.rule is None:
            return
        field, key = self.rule
        wrong = field.wrong(plain(values))
        if wrong.any():
            at = int(np.argmax(wrong))
            least, most = field.limits
            raise WrongValue(f"{key} cannot hold {np.ravel(plain(values))[at]:g}, only {least:g} to {most:g}")


def plain(value: Any) -> Any:
    """The same as a plain array, if it is a checked one."""
    return value.view(np.ndarray) if isinstance(value, CheckedArray) else value


def wide(value: Any) -> Any:
    """The same, with whole numbers in a type in which they do not wrap."""
    value = plain(value)
    return value.astype(np.int64) if getattr(value, "dtype", None) == np.int16 else value
