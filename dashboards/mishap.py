"""What goes wrong in a part of a page is told in a line in its place; the rest of the page is shown."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sim.errors import BrinkError

P = ParamSpec("P")
T = TypeVar("T")


def line(error: Exception) -> str:
    """What went wrong, for the visitor: a mistake of brink's own by its kind, with the details in the log of the server."""
    if isinstance(error, BrinkError):
        return str(error)
    logging.getLogger(__name__).error("a part of a page failed", exc_info=error)
    return f"this is a mistake of brink's own ({type(error).__name__}); whoever runs this server finds the details in its log"


def instead(make: Callable[[str], T]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Where the function fails that stands below this, its result is what `make` makes of the line that says why."""
    def around(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def guarded(*given: P.args, **named: P.kwargs) -> T:
            try:
                return function(*given, **named)
            except Exception as error:
                return make(line(error))
        return guarded
    return around
