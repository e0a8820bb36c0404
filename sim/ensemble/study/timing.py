"""How fast a study comes, as its runners record it in seconds and worlds: times of files say nothing once they are copied."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.ensemble.files import json_text, parsed, write_text
from sim.ensemble.study.parts import Part
from sim.errors import BrinkError

EVERY = 1.0
"""Seconds between two records."""


@contextmanager
def clock(folder: Path, part_of: tuple[int, int]) -> Iterator[Callable[[int], None]]:
    """A function to call with the worlds done so far, which keeps the record of a runner of the study in a folder.

    With (3, 16) it is that of the third of sixteen shares. Records of another division into shares go.
    """
    number, of = part_of
    done, began, last, path = 0, time.monotonic(), -EVERY, folder / f"timing-{of}-{number}.json"

    def note(worlds: int, now: bool = False) -> None:
        nonlocal last, done
        done, seconds = worlds, time.monotonic() - began
        if worlds and (now or seconds - last >= EVERY):
            last = seconds
            with suppress(BrinkError):  # a study does not end for want of its speed
                write_text(path, json_text({"worlds": worlds, "seconds": seconds}))

    for other in folder.glob("timing-*.json"):
        if not other.name.startswith(f"timing-{of}-"):
            other.unlink(missing_ok=True)
    try:
        yield note
    finally:
        note(done, now=True)


def speed(folder: Path, parts: list[Part], done: Collection[Part]) -> float | None:
    """Worlds a second, of all runners together that have parts left to make; None if none of them recorded it."""
    total = 0.0
    for path in folder.glob("timing-*-*.json"):
        with suppress(OSError, ValueError, LookupError, TypeError, ArithmeticError):
            of, number = map(int, path.stem.split("-")[1:])
            one = parsed(path.read_text("utf-8"))
            if any(part not in done for part in parts[number - 1::of]):
                total += max(one["worlds"] / one["seconds"], 0)
    return total or None
