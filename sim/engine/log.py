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

    entries: list[tuple[int, int, Worlds, Array]] = field(default_factory=list)
    selects: list[tuple[int, Worlds, int]] = field(default_factory=list)

    def write(self, day: int, event: int, worlds: Worlds, because: int | Array) -> None:
        causes = np.broadcast_to(np.asarray(because, np.int16), worlds.shape)
        self.entries.append((day, event, worlds.astype(np.int32), causes))

    def table(self) -> dict[str, Array]:
        """All entries in order: day, world (position at the time), event, because."""
        days, events, worlds, causes = ([e[i] for e in self.entries] for i in range(4))
        sizes = [len(w) for w in worlds]
        empty = np.empty(0, np.int32)
        return {"day": np.repeat(np.array(days, np.int16), sizes),
                "world": np.concatenate([empty, *worlds]),
                "event": np.repeat(np.array(events, np.int16), sizes),
                "because": np.concatenate([empty.astype(np.int16), *causes])}
