"""A comparison in few numbers: what each outcome differs by, and the worlds that flip."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sim.analysis.compare.compare import Comparison

MOST = 6
"""Worlds that are shown."""


@dataclass(frozen=True)
class Difference:
    """An outcome, or a label of one, on both sides of a comparison; fields are columns of `Comparison.outcomes`.

    Parameters
    ----------
    id, label, catalogue, says, kind, unit, given : the outcome, as `Run` describes it
    a, b : the estimates, shares from 0 to 1 or in the unit; NaN where no world counts
    difference : b less a
    se, se_unpaired, narrower : its standard error on shared luck, on separate luck, and their ratio
    low, high, sets_low, sets_high : its 90 % band over luck, and over parameter sets
    verdict : "higher", "perhaps higher", "lower", "perhaps lower", "not told apart", "equal", or "" if there is none
    n_a, n_b : worlds that count on either side
    """

    id: str
    label: str
    catalogue: str
    says: str
    kind: str
    unit: str
    given: str
    a: float
    b: float
    difference: float
    se: float
    se_unpaired: float
    narrower: float
    low: float
    high: float
    sets_low: float
    sets_high: float
    verdict: str
    n_a: int
    n_b: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Difference:
        """That of a row of `Comparison.rows`."""
        return cls(**{field.name: row[field.name] for field in fields(cls)})

    @property
    def exists(self) -> bool:
        """Whether there is something to compare."""
        return not math.isnan(self.difference)

    @property
    def happens(self) -> bool:
        """Whether the outcome happens or does not, so that its sides are shares of worlds."""
        return self.kind in ("day", "probability")

    @property
    def clear(self) -> bool:
        """Whether the difference is three errors or more from none."""
        return self.verdict in ("higher", "lower")

    @property
    def hint(self) -> bool:
        """Whether there is perhaps a difference."""
        return self.verdict.startswith("perhaps")


def differences(comparison: Comparison) -> list[Difference]:
    """Those of all outcomes, in the order of the model."""
    return [Difference.of(row) for row in comparison.rows]


def difference(comparison: Comparison, id: str, label: str = "") -> Difference:
    """That of one outcome. Raises BrinkError, with the nearest, if there is none."""
    return Difference.of(comparison.row(id, label))


@dataclass(frozen=True)
class Turned:
    """A world in which something happens on one side only.

    Parameters
    ----------
    world : luck number
    here, there : on which day it happens on either side, -1 if it does not; 0 if it has no day
    parts : the day on which the two histories part; -1 if that is not known
    first_here, first_there : what is then first to happen on one side only, as "state.event"; "" for nothing
    """

    world: int
    here: int
    there: int
    parts: int = -1
    first_here: str = ""
    first_there: str = ""


def turned(comparison: Comparison, id: str, most: int = MOST) -> list[Turned]:
    """The first worlds that flip either way, as many of one kind as of the other where there are."""
    here, there = (list(map(int, worlds)) for worlds in comparison.flipped(id))
    half = max(most // 2, most - len(there))
    chosen = sorted([*here[:half], *there[:most - len(here[:half])]])
    here_days, there_days = (run.column(id) if run.question(id).kind == "day" else run.happened(id).astype(int) - 1
                             for run in (comparison.a, comparison.b))
    parting = comparison.parting()
    parted = {int(row["world"]): (int(row["day"]), row["here"], row["there"])
              for row in parting.worlds[parting.worlds["world"].isin(chosen)].to_dict("records")}
    return [Turned(world, int(here_days[world]), int(there_days[world]), *parted.get(world, ())) for world in chosen]
