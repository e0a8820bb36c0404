"""What goes wrong inside a run, in one line: which field, on which day, and which parameters lie far from their priors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from sim.engine import Field, Parameter
from sim.engine.declarations import declared
from sim.engine.fields import WrongValue
from sim.errors import BrinkError

FARTHEST = 5
"""Parameters that are named at most."""

FAR = 0.01
"""A parameter is far from its prior if less than this share of it lies beyond, on its side."""


@contextmanager
def sound(model: Any) -> Iterator[None]:
    """A context in which a model is simulated. Raises BrinkError if a field comes to hold what it cannot.

    NumPy's warnings are left out: what is not a finite number and matters stands in a field.
    """
    try:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            yield
        check(model)
    except WrongValue as error:
        far = ", ".join(_far(model, error.world)[:FARTHEST])
        far = f"far from their priors: {far}" if far else "no parameter is far from its prior"
        raise BrinkError(f"{error} on day {model.day}; {far}") from None


def check(model: Any) -> None:
    """Raise WrongValue if a field of a model holds what it cannot, or a clock what is no number."""
    for state in model.members:
        for name, field in declared(type(state), Field).items():
            held = state.__dict__[name]
            if field.wrong([held.min(), held.max()]).any():
                wrong = np.argwhere(field.wrong(held))[0]
                value = held[tuple(wrong)]
                says = f"is {value:g}" if np.isfinite(value) else "is not a finite number"
                raise WrongValue(f"{state.key}.{name} {says}", int(wrong[-1]))
    broken = np.argwhere(np.isnan(model.clocks.left))
    if broken.size:
        row, world = broken[0]
        raise WrongValue(f"the clock of {model.clocks.names[row]} is not a finite number", int(world))


def _far(model: Any, world: int) -> list[str]:
    """The parameters of a world, or of any if it is -1, that lie far from their priors, the farthest first."""
    found: list[tuple[float, str]] = []
    for state in model.members:
        for name, one in declared(type(state), Parameter).items():
            held = state.__dict__[name]
            for value in {held[world]} if world >= 0 else {held.min(), held.max()}:
                below = float(one.prior.distribution.cdf(value))
                if value != np.float32(one.default) and min(below, 1 - below) < FAR:
                    found.append((min(below, 1 - below), f"{state.key}.{name} = {value:g}"))
    return [says for _, says in sorted(found)]
