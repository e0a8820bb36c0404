"""Groups of parameters, by actor or arena."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine import Array
from sim.model import registry


def group(parameter: str) -> str:
    """The actor or arena of a parameter, by key."""
    return parameter.partition(".")[0]


def members(names: Sequence[str]) -> dict[str, Array]:
    """The numbers of the parameters of each actor and arena, in the order in which these are known."""
    of = [group(name) for name in names]
    known = [*(key for key in registry.cards() if key in of), *sorted(set(of) - set(registry.cards()))]
    return {key: np.flatnonzero([one == key for one in of]) for key in known}
