"""Signs: does each arrow move its outcome the way that the literature says, on the same luck?"""

from __future__ import annotations

from functools import partial
from itertools import chain, pairwise

import numpy as np

from sim.validation.arrows import ARROWS, LEVELS, CausalArrow
from sim.validation.checks import Check, Finding, Reading, SignEffects
from sim.validation.experiments_runner import Laboratory

OPEN = tuple(arrow for arrow in ARROWS if arrow.id.startswith("interceptors"))
SIGNED = tuple(arrow for arrow in ARROWS if arrow not in OPEN)

LEAST = 1e-9
"""Of an effect that passes, so that an outcome that never moves does not."""


def step(lab: Laboratory, arrow: CausalArrow, below: str = "low", above: str = "high") -> tuple[float, float, float]:
    """Mean paired difference between two groups of worlds, its error, and the spread of the outcome."""
    groups = lab.measured(f"arrow: {arrow.id}")
    difference = groups[above].astype(float) - groups[below]
    spread = float(groups["middle"].astype(float).std())
    return float(difference.mean()), float(difference.std() / difference.size**0.5), spread


def bends(lab: Laboratory, arrow: CausalArrow) -> bool:
    """Whether one half of the way goes against the arrow's sign by more than twice its error."""
    halves = (step(lab, arrow, *half) for half in pairwise(LEVELS))
    return any(arrow.sign * difference < -2 * error for difference, error, _ in halves)


def effect(lab: Laboratory, arrow: CausalArrow) -> Reading:
    """The whole way from the 10 to the 90 % point: it must go the right way by more than twice its error."""
    difference, error, _ = step(lab, arrow)
    says = f"{arrow.says} [{arrow.push} on {arrow.outcome}]"
    if arrow.sign == 0:
        return Reading(says, difference, error=error)
    least = max(2 * error, LEAST)
    low, high = (least, np.inf) if arrow.sign > 0 else (-np.inf, -least)
    return Reading(says, difference, "within", low, high, error=error)


def look_at(lab: Laboratory, arrows: tuple[CausalArrow, ...]) -> Finding:
    """Effects of these arrows, and how many of them turn back on the way."""
    readings = [effect(lab, arrow) for arrow in arrows]
    turning = sum(bends(lab, arrow) for arrow in arrows)
    readings.append(Reading("arrows that turn back within the range of their prior", turning, "within", 0, 0))
    effects = {}
    for arrow in arrows:
        difference, error, spread = step(lab, arrow)
        effects[arrow.id] = (arrow.sign, difference / max(spread, 1e-9), error / max(spread, 1e-9))
    return Finding(tuple(readings), len(lab.measured(f"arrow: {arrows[0].id}")["low"]), SignEffects(effects))


def check(id: str, title: str, compares: str, arrows: tuple[CausalArrow, ...], tolerance: str) -> Check:
    """A check of these arrows."""
    return Check(id, title, compares, tuple(dict.fromkeys(chain(*(arrow.evidence for arrow in arrows)))), tolerance,
                 partial(look_at, arrows=arrows), needs=tuple(f"arrow: {arrow.id}" for arrow in arrows))


SIGNS = (
    check("signs", "The direction of each arrow",
          "Each arrow of the model from the 10 to the 90 % point of its prior, in worlds with the same luck.", SIGNED,
          "The outcome moves the way that the literature says by more than twice its error, and turns back nowhere on the "
          "way."),
    check("interceptors", "Interceptors: two channels against each other",
          "Fewer interceptors make starting a war dearer and waiting for one more dangerous; each channel alone, and both.",
          OPEN, "Each channel alone as the literature says; for what comes of both there is no figure."),
)
