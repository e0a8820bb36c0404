"""The one error that users see: what is wrong, where, and what would be right."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from difflib import SequenceMatcher
from numbers import Integral
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

T = TypeVar("T")
Item = TypeVar("Item")

MOST_TOLD = 20
"""Mistakes that are told at once."""

LONGEST_LINE = 600
"""Letters of a line of a message."""

LONGEST_NAME, LONGEST_PATH = 255, 4000
"""Bytes of a name, and letters of a path, that file systems take."""

LONGEST_SHOWN = 60
"""Letters of a value from outside."""

ALIKE = 0.6
"""How much of a name must agree with another one for that to be what was meant."""


class BrinkError(ValueError):
    """A mistake in what the user gave. Its message is one clear line, or several lines of which each is an error.

    Whatever it quotes, it has an end: `MOST_TOLD` lines, each cut to `LONGEST_LINE` letters, without control characters.
    """

    def __str__(self) -> str:
        lines = super().__str__().splitlines()
        if len(lines) > MOST_TOLD + 1:
            lines[MOST_TOLD:] = [f"there are more mistakes than these {MOST_TOLD}"]
        return "\n".join(printable(cut(line, LONGEST_LINE)) for line in lines)


def printable(text: str) -> str:
    """Text in which signs that would act unseen are named."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def visible(text: str) -> str:
    """Text of several lines in which other signs that would act unseen are named."""
    return "\n".join(printable(line) for line in text.replace("\t", "    ").split("\n"))


@contextmanager
def outside(place: str | Path, says: str = "cannot be read") -> Iterator[None]:
    """A context in which something from outside is read, of which nothing is known yet.

    Whatever goes wrong in it is a BrinkError: the place, what it is not, and why.
    """
    try:
        yield
    except BrinkError:
        raise
    except Exception as error:
        why = "it is nested too deep" if isinstance(error, RecursionError) else getattr(error, "strerror", None) or error
        raise BrinkError(f"{place}: {says} ({cut(' '.join(str(why).split()), 200) or type(error).__name__})") from None


def for_all(items: Iterable[Item], make: Callable[[Item], T]) -> list[T]:
    """What is made of each item. Raises BrinkError with the mistakes of all, or of as many as are told."""
    made, mistakes = [], []
    for item in items:
        try:
            made.append(make(item))
        except BrinkError as error:
            mistakes += str(error).splitlines()
        if len(mistakes) > MOST_TOLD:
            break
    if mistakes:
        raise BrinkError("\n".join(mistakes))
    return made


def number(text: str) -> float:
    """The finite number that a text says: the one door where text becomes a number. Raises BrinkError."""
    try:
        value = float(text if text.isascii() else "")  # Python reads the digits of all scripts
    except ValueError:
        comma = re.fullmatch(r"\s*[+-]?\d*,\d+\s*", text[:LONGEST_SHOWN])
        point = f"; write {text.strip().replace(',', '.')}, with a point" if comma else ""
        raise BrinkError(f"{shown(text)} is not a number{point}") from None
    if not math.isfinite(value):
        raise BrinkError(f"{cut(text.strip())} is not a finite number")
    return value


def check_whole(**numbers: tuple[object, int, int]) -> None:
    """Raise BrinkError for a number that is not whole, or not from the least to the most that stand behind it."""
    for name, (value, low, high) in numbers.items():
        if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
            raise BrinkError(f"{name}: {shown(value)} must be a whole number from {low} to {high:,}")


def path_of(given: object) -> Path:
    """The path that is given: the one door where what a caller names becomes a place. Raises BrinkError for what is none."""
    text = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise BrinkError(f"{shown(given)} is no path of a file or directory")
    try:
        path, longest = Path(text), max(map(len, re.split(rb"[/\\]", text.encode())))
    except UnicodeEncodeError:  # other programs' names may be any bytes; libraries that write tables know UTF-8 alone
        raise BrinkError(f"{shown(text)}: a path must be UTF-8 text") from None
    if longest > LONGEST_NAME or len(text) > LONGEST_PATH:
        raise BrinkError(f"{shown(text)} is too long for a path")
    return path


def among(name: object, names: Container[str]) -> TypeGuard[str]:
    """Whether what somebody gives as a name, whatever it is, is one of these."""
    return isinstance(name, str) and name in names


def nearest(name: object, names: Iterable[str]) -> str:
    """Text that points to the nearest of `names`, ready to follow an error: "; did you mean 'x'?", or nothing."""
    if not isinstance(name, str) or len(name) > LONGEST_SHOWN:
        return ""
    matcher: SequenceMatcher[str] = SequenceMatcher(b=name)

    def alike(other: str, how: Callable[[], float]) -> float:
        matcher.set_seq1(other)
        return how()

    best, least = "", ALIKE
    for bound, other in sorted(((alike(other, matcher.quick_ratio), other) for other in names), reverse=True):
        if bound < least:
            break
        if (found := alike(other, matcher.ratio)) > least or (found == least and not best):
            best, least = other, found
    return f"; did you mean {best!r}?" if best else ""


def cut(text: str, most: int = LONGEST_SHOWN) -> str:
    """The text, or of one with more than `most` letters the beginning and the end."""
    return text if len(text) <= most else f"{text[:most * 2 // 3]} ... {text[len(text) - most // 3:]}"


def shown(value: Any) -> str:
    """A value as its writer would recognise it in an error."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:g}"
    if isinstance(value, str):
        return repr(cut(value))
    if isinstance(value, int):
        return str(value) if abs(value) < 10**LONGEST_SHOWN else "a huge number"
    if value is None:
        return "nothing"
    kind = type(value).__name__
    return {"dict": "a mapping", "list": "a list", "tuple": "a list"}.get(kind, f"a {kind}")
