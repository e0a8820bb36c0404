"""The log of everything that happened: complete, because an event can only happen by being logged."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .types import Array, Worlds

CALENDAR = -1
"""The cause of what no other event led to: a clock that fired or a date that came."""


@dataclass
class Log:
    """Entries as they were written: day, event id, worlds, cause; and who became whom at each select."""

    entries: list[tuple[int, int, Worlds, int | Array]] = field(default_factory=list)
    selects: list[tuple[int, Worlds, int]] = field(default_factory=list)

    def write(self, day: int, event: int, worlds: Worlds, because: int | Array) -> None:
        """Add an entry for these worlds; `because` is one cause or one a world."""
        self.entries.append((day, event, worlds, because))

    def table(self) -> dict[str, Array]:
        """All entries in order: day, world (position at the time), event, because."""
        days, events = ([entry[i] for entry in self.entries] for i in (0, 1))
        worlds, causes = [entry[2] for entry in self.entries], [entry[3] for entry in self.entries]
        sizes = [len(w) for w in worlds]
        return {"day": np.repeat(np.array(days, np.int16), sizes),
                "world": joined([np.asarray(w, np.int32) for w in worlds], np.int32),
                "event": np.repeat(np.array(events, np.int16), sizes),
                "because": joined([np.broadcast_to(np.asarray(c, np.int16), n) for c,
                                   n in zip(causes, sizes, strict=True)],
                                  np.int16)}


def joined(parts: list[Array], dtype: type) -> Array:
    """All parts in one array, also when there is none."""
    return np.concatenate([np.empty(0, dtype), *parts])
