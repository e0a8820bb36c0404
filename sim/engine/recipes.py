"""Recipes: numbers that depend on parameters and constants alone, worked out by NumPy once for each model and not every day.

One trace thus serves all parameter values. A recipe is a tuple, equal for equal numbers:
    ("parameter", state, name), ("constant", bytes, type, name), ("clock", base or decisiveness, row),
    ("cast", (type,), (recipe,)), (ufunc, types, recipes)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.nodes import F4, Recipe
from sim.engine.parameters import collapse
from sim.engine.types import Array


def work_out(recipe: Recipe, model: Any, memo: dict[Recipe, Array]) -> Array:
    """The value of a recipe for one model: shape (1,), or (n,) where parameters differ by world."""
    if recipe not in memo:
        head, first, second = recipe[:3]
        if head == "parameter":
            memo[recipe] = collapse(vars(model.__dict__[first])[second])
        elif head == "constant":
            memo[recipe] = np.frombuffer(first, second)
        elif head == "clock":
            memo[recipe] = np.atleast_1d(np.asarray(model.clocks.base[first][second], F4)).ravel()
        else:
            given = [work_out(one, model, memo).astype(kind, copy=False) for kind, one in zip(first, second, strict=True)]
            with np.errstate(all="ignore"):
                memo[recipe] = given[0] if head == "cast" else np.atleast_1d(head(*given))
    return memo[recipe]
