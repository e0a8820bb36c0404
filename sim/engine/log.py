"""The event log: complete, since an event can only happen by being logged."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.engine.types import Array, WorldIndex

EXOGENOUS = -1
"""The cause of events that no other event caused: a clock fired or a date came."""


@dataclass
class Log:
    """Entries in the order of writing: day, event id, worlds, cause; and which worlds were kept at each select.

    In each world they are in the order in which things happened. Day, event and cause are one number, or one per world.
    """

    entries: list[tuple[int | Array, int | Array, WorldIndex, int | Array]] = field(default_factory=list)
    selects: list[tuple[int, WorldIndex, int]] = field(default_factory=list)

    def write(self, day: int | Array, event: int | Array, worlds: WorldIndex, cause: int | Array) -> None:
        """Add an entry for these worlds."""
        self.entries.append((day, event, worlds, cause))

    def table(self) -> dict[str, Array]:
        """All entries in order, one row per world: day, world (its position on that day), event, because."""
        worlds = [entry[2] for entry in self.entries]
        day, event, because = (_column([entry[at] for entry in self.entries], list(map(len, worlds))) for at in (0, 1, 3))
        return {"day": day, "world": np.concatenate([np.empty(0, np.intp), *worlds], dtype=np.int32, casting="same_kind"),
                "event": event, "because": because}


def _column(values: list[int | Array], sizes: list[int]) -> Array:
    """Numbers, one for each entry of so many worlds or one for each of its worlds, in a row."""
    made = np.repeat(np.array([0 if isinstance(value, np.ndarray) else value for value in values], np.int16), sizes)
    ends = np.cumsum(sizes)
    for i, value in enumerate(values):
        if isinstance(value, np.ndarray):
            made[ends[i] - sizes[i]:ends[i]] = value
    return made
