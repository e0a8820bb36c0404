"""The one error that users see: what is wrong, where, and what would be right."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

T = TypeVar("T")
Item = TypeVar("Item")


class BrinkError(ValueError):
    """A mistake in what the user gave. Its message is one clear line, or several lines of which each is an error."""


def for_all(items: Iterable[Item], make: Callable[[Item], T]) -> list[T]:
    """What is made of each item. Raises BrinkError with the mistakes of all."""
    made, mistakes = [], []
    for item in items:
        try:
            made.append(make(item))
        except BrinkError as error:
            mistakes.append(str(error))
    if mistakes:
        raise BrinkError("\n".join(mistakes))
    return made


def number(text: str) -> float:
    """The finite number that a text says: the one door where text becomes a number. Raises BrinkError."""
    try:
        value = float(text)
    except ValueError:
        raise BrinkError(f"{text[:40]!r} is not a number") from None
    if not math.isfinite(value):
        raise BrinkError(f"{text[:40].strip()} is not a finite number")
    return value


def nearest(name: str, names: Iterable[str]) -> str:
    """Text that points to the nearest of `names`, ready to follow an error: "; did you mean 'x'?", or nothing."""
    close = get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def shown(value: Any) -> str:
    """A value as its writer would recognise it in an error."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str | int):
        return repr(value)
    kind = type(value).__name__
    return {"dict": "a mapping", "list": "a list", "tuple": "a list"}.get(kind, f"a {kind}")
