"""Slots: methods that a class offers and a room above it writes, so that a run can be explained although it knows of no
explanation.

The class declares a slot and what it is for; the room above fills it with `give`. Only users call methods through slots:
inside `sim/` and `dashboards/` the functions themselves are called, so that no import points upward.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Slot:
    """The place of a method that is written elsewhere. Until it is filled, access to it raises AttributeError.

    Parameters
    ----------
    purpose : what the method is for
    source : where an object comes from on which it is filled
    """

    def __init__(self, purpose: str, source: str = "take the run from sim.run or sim.load") -> None:
        self.__doc__, self.source, self.name = purpose, source, ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"{owner.__name__}.{name}"

    def __get__(self, owned: object | None, owner: type) -> Any:
        if owned is None:
            return self
        raise AttributeError(f"{self.name} comes with `import sim`: {self.source}")


def give(owner: type, **methods: Callable[..., Any] | property) -> None:
    """Fill slots of a class with functions that take its object first, or with properties. Raises AttributeError for what it
    does not declare.
    """
    for name, method in methods.items():
        getattr(owner, name)
        setattr(owner, name, method)
