"""The event log: complete, since an event can only happen by being logged."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from sim.engine.types import Array, WorldIndex

EXOGENOUS = -1
"""The cause of events that no other event caused: a clock fired or a date came."""


@dataclass
class Log:
    """Entries in the order of writing: day, event id, worlds, cause; and which worlds were kept at each select."""

    entries: list[tuple[int, int, WorldIndex, int | Array]] = field(default_factory=list)
    selects: list[tuple[int, WorldIndex, int]] = field(default_factory=list)

    def write(self, day: int, event: int, worlds: WorldIndex, cause: int | Array) -> None:
        """Add an entry for these worlds; `cause` is one cause or one per world."""
        self.entries.append((day, event, worlds, cause))

    def table(self) -> dict[str, Array]:
        """All entries in order, one row per world: day, world (its position on that day), event, because."""
        days, events, worlds, causes = zip(*self.entries, strict=True) if self.entries else ((),) * 4
        sizes = list(map(len, worlds))
        return {"day": np.repeat(np.array(days, np.int16), sizes),
                "world": np.concatenate([np.empty(0, np.intp), *worlds], dtype=np.int32, casting="same_kind"),
                "event": np.repeat(np.array(events, np.int16), sizes),
                "because": np.concatenate([np.empty(0, np.int16), *map(partial(np.full, dtype=np.int16), sizes, causes)])}
