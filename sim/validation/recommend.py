"""A few moves of default values that bring the targets nearer, each well inside its own prior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine import Array
from sim.model.registry import catalogue
from sim.validation.calibration_targets import CalibrationTarget
from sim.validation.emulator import Emulator
from sim.validation.parameter_sets import priors, score

FARTHEST = 1.15
"""Normal scores within which a default may move: a prior's 80 % interval ends at 1.28."""

PRICE = 0.15
"""What a move of one standard deviation of the prior must at least bring, in squared implausibility."""

WORTH = 1.0
"""What one more parameter must bring."""

FITTED = "-fit"
"""Evidence that ends so is a fit to a component; calibration leaves such a parameter alone."""

MOST = 6
STEPS = np.linspace(-FARTHEST, FARTHEST, 47)


def recommended(names: Sequence[str], surfaces: dict[str, Emulator], targets: Sequence[CalibrationTarget]) -> dict[str, float]:
    """Values for at most six parameters, by adding one after the other, each time the one that helps most."""
    start = np.array([score(name, catalogue()[name].declaration.default) for name in names])
    now, moved = start.copy(), list[int]()
    loss = float(losses(now[None], start, surfaces, targets)[0])
    free = [i for i, name in enumerate(names)
            if not any(id.endswith(FITTED) for id in catalogue()[name].declaration.evidence)]
    while free and len(moved) < MOST:
        trials = {i: best_along(now, start, i, surfaces, targets)[1] for i in free}
        i = min(free, key=trials.__getitem__)
        if loss - trials[i] < WORTH or i in moved:
            break
        moved.append(i)
        for j in [i, *moved, *moved]:
            now[j], loss = best_along(now, start, j, surfaces, targets)
    return {names[i]: near(names[i], now[i]) for i in moved}


def losses(scores: Array, start: Array, surfaces: dict[str, Emulator], targets: Sequence[CalibrationTarget]) -> Array:
    """Squared implausibility over targets, and the price of moving: shape (sets,)."""
    total = PRICE * np.sum(np.square(scores - start), axis=1)
    for target in targets:
        total = total + np.square(target.miss(surfaces[target.id].at(scores)[0]))
    return total


def best_along(now: Array, start: Array, i: int, surfaces: dict[str, Emulator],
               targets: Sequence[CalibrationTarget]) -> tuple[float, float]:
    """The best score of parameter i with all others where they are, and the loss there."""
    line = np.tile(now, (len(STEPS), 1))
    line[:, i] = STEPS
    found = losses(line, start, surfaces, targets)
    best = int(np.argmin(found))
    return float(STEPS[best]), float(found[best])


def near(name: str, at: float) -> float:
    """The value at this score, to two digits."""
    return float(f"{priors((name,), np.array([[at]]), 1).values[0, 0]:.2g}")
