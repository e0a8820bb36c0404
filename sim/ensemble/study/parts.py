"""Parts: the pieces in which a study is made. Each is a pure function of the study, so that its bytes are always the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

WIDTH = 65536
"""Worlds that a worker simulates in one model: many sets share its arrays."""

LONGEST = 8192
"""Luck numbers of a part: its draws take 20 kB for each."""

NARROW = 4096
"""Below this many a world costs half as much again."""

FEW = 4
"""Parts that even a small study should have, so that several workers can share it."""

Layer: TypeAlias = tuple[int, int]
"""Luck numbers from and to: those that a study began with, or was extended by."""


class Part(NamedTuple):
    """Some sets of a scenario on some luck numbers, each from and to."""

    scenario: int
    first: int
    stop: int
    low: int
    high: int

    @property
    def worlds(self) -> int:
        """How many worlds it holds."""
        return (self.stop - self.first) * (self.high - self.low)

    @property
    def name(self) -> str:
        """What its files are called, but for their hash."""
        return f"part-{self.first:08d}-{self.low:010d}"


def width(worlds: int) -> int:
    """How wide the parts of a study of so many worlds are; it keeps that width for ever, whoever goes on with it."""
    return min(max(-(-worlds // FEW), NARROW), WIDTH)


def parts(scenarios: int, sets: int, layers: Sequence[Layer], width: int) -> Iterator[Part]:
    """All parts of a study: few sets on much luck are cut by luck, many sets by sets, into parts of one size."""
    for low, high in layers:
        step = min(width, LONGEST)
        for start in range(low, high, step):
            stop = min(start + step, high)
            most = max(width // (stop - start), 1)
            each = -(-sets // -(-sets // most))
            for first in range(0, sets, each):
                for scenario in range(scenarios):
                    yield Part(scenario, first, min(first + each, sets), start, stop)
