"""Scenario discovery: under which conditions an outcome comes, or does not, in words and numbers that can be checked.

PRIM (Friedman and Fisher 1999; Bryant and Lempert 2010; that of the EMA workbench) peels away slices of parameters until a box
is left in which the outcome is common, and a shallow tree divides the whole space. Both look for a pattern and will find one,
so both are found in one half of the sets and tested in the other half, and PRIM is run again on halves and luck drawn anew to
see which limits come back.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.sensitivity.curves import MainEffects
from sim.analysis.sensitivity.resample import both, luck_draws, of_weights
from sim.analysis.sensitivity.table import Answers
from sim.engine import Array
from sim.ensemble.files import plain
from sim.errors import BrinkError
from sim.words import two_digits

MOST = 8
"""Parameters, the strongest, in which boxes and trees are searched."""
ENOUGH = 100
"""Sets that are needed, half of them to find a pattern and half to test it."""
HALVES = 10
"""Halves drawn anew to see which limits come back."""
WORTH = 0.05
"""A limit must add this share of what the box is worth, or it is dropped."""
LEAST = 0.05
"""The least share of the sets in a box, and in a leaf of the tree."""
DEPTH = 3


@dataclass(frozen=True)
class Limit:
    """What a parameter must be: above `low` and under `high`, either of which may be NaN for no limit.

    `stable` is the share of the halves drawn anew in which the parameter was limited on the same side; NaN in a tree.
    """

    parameter: str
    low: float
    high: float
    stable: float = math.nan

    def holds(self, column: Array) -> Array:
        """Where a parameter of these values satisfies it."""
        return ~((column < self.low) | (column > self.high))

    def __str__(self) -> str:
        if math.isnan(self.low):
            return f"{self.parameter} is under {number(self.high)}"
        if math.isnan(self.high):
            return f"{self.parameter} is over {number(self.low)}"
        return f"{self.parameter} is between {number(self.low)} and {number(self.high)}"


@dataclass(frozen=True)
class Region:
    """A part of the space of parameters, with estimates from the half of the sets in which it was not found.

    Parameters
    ----------
    limits : what parameters must be; none is the whole space
    density, error : the outcome's mean there, with its standard error, for want of more sets and of more luck
    apart, apart_error : by how much that is more than in the rest of the space, with its error; NaN if there is no rest
    coverage : of the outcome's sum over the sets, the share that lies there
    mass, sets : share and number of the sets that lie there
    """

    limits: tuple[Limit, ...]
    density: float
    error: float
    apart: float
    apart_error: float
    coverage: float
    mass: float
    sets: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with None for what there is not."""
        return plain({"limits": [asdict(limit) for limit in self.limits], "density": self.density, "se": self.error,
                      "apart": self.apart, "apart_se": self.apart_error, "coverage": self.coverage, "mass": self.mass,
                      "sets": self.sets})


@dataclass(frozen=True)
class Box:
    """A box of PRIM, with how it was peeled: one row per step, in the half in which it was found, with mass, density,
    coverage, and limits (how many parameters).
    """

    region: Region
    peeling: pd.DataFrame


@dataclass(frozen=True)
class Discovery:
    """Under which conditions an outcome comes.

    Parameters
    ----------
    looked_at : the parameters in which boxes and trees were searched, the strongest first
    high, low : boxes in which it is common and in which it is rare; None where the other half does not confirm one
    leaves : the tree's leaves, the one where it is most common first
    """

    answers: Answers
    looked_at: tuple[str, ...]
    high: Box | None
    low: Box | None
    leaves: tuple[Region, ...]

    def table(self) -> pd.DataFrame:
        """One row per region: kind ("high", "low" or "leaf"), limits in words, density, se, apart and apart_se (against the
        rest), coverage, mass, sets.
        """
        boxes = [(name, box.region) for name, box in (("high", self.high), ("low", self.low)) if box is not None]
        return pd.DataFrame([{"kind": kind, **one.as_dict(), "limits": " and ".join(map(str, one.limits))}
                             for kind, one in (*boxes, *(("leaf", leaf) for leaf in self.leaves))])

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with None for what there is not."""
        boxes = {name: None if box is None else {**box.region.as_dict(), "peeling": box.peeling.to_dict("records")}
                 for name, box in (("high", self.high), ("low", self.low))}
        return {**self.answers.about(), "looked_at": list(self.looked_at), **boxes,
                "tree": [leaf.as_dict() for leaf in self.leaves]}


def discover(answers: Answers, seed: int = 0) -> Discovery:
    """Under which conditions an outcome comes and does not.

    Raises BrinkError if too few sets have a value, or if no parameter stands above chance.
    """
    found = answers.independent()
    if len(found) < ENOUGH:
        raise BrinkError(f"{found.outcome.id}: {len(found)} sets are too few for boxes and trees; {ENOUGH} are the "
                         "fewest, 500 are good")
    chosen = MainEffects(found.places, found.means, found.luck).chosen[:MOST]
    if not len(chosen):
        raise BrinkError(f"{found.outcome.id}: no parameter stands above chance, so there are no conditions to tell of; "
                         "more sets may show some")
    finder = Finder(found, chosen, seed)
    return Discovery(found, finder.names, finder.box(1), finder.box(-1), tuple(finder.leaves()))


class Finder:
    """Finds regions in one half of the sets and tests them in the other.

    Parameters
    ----------
    answers : the outcome in each set
    chosen : numbers of the parameters in which to look
    """

    def __init__(self, answers: Answers, chosen: Array, seed: int) -> None:
        self.names, self.values = tuple(answers.names[i] for i in chosen), answers.values[:, chosen]
        self.answers, self.means, self.luck = answers, answers.means, answers.luck_or_none
        self.rng = np.random.default_rng(seed)
        self.found, self.tested = self._halves()

    def _halves(self) -> tuple[Array, Array]:
        order = self.rng.permutation(len(self.means))
        half = len(order) // 2
        return np.sort(order[:half]), np.sort(order[half:])

    # boxes

    def box(self, sign: int) -> Box | None:
        """The box in which the outcome is common (sign 1) or rare (-1); None if the other half does not confirm it."""
        ends, peeling = self._peeled(self.found, self.means, sign)
        limited = np.isfinite(ends)
        if not limited.any():
            return None
        others = self.means + luck_draws(self.luck.shape[1], HALVES) @ self.luck.T
        again = [np.isfinite(self._peeled(self._halves()[0], means, sign)[0]) for means in others]
        stable = np.mean([(other | ~limited).all(axis=0) for other in again], axis=0)
        low, high = np.where(limited, ends, np.nan).tolist()
        limits = [Limit(self.names[i], low[i], high[i], float(stable[i])) for i in np.flatnonzero(limited.any(axis=0))]
        region = self.region(limits)
        return Box(region, peeling) if sign * region.apart > 2 * region.apart_error else None

    def _peeled(self, rows: Array, means: Array, sign: int) -> tuple[Array, pd.DataFrame]:
        """PRIM on these sets, of the means of all: of the boxes that it peeled the one of most worth, without ends that add
        little. A box has the shape (2, names), lowest and highest values, infinite for no limit.
        """
        values, means = self.values[rows], means[rows]
        boxes = _prim(values, means if sign > 0 else -means)
        best = max(boxes, key=lambda box: _worth(box, values, means, sign))
        table = pd.DataFrame([{**_shares(_inside(box, values), means), "limits": int(np.isfinite(box).any(axis=0).sum())}
                              for box in boxes])
        return _pruned(best, values, means, sign), table

    def region(self, limits: Sequence[Limit]) -> Region:
        """A region with estimates from the other half."""
        values, means = self.values[self.tested], self.means[self.tested]
        inside = np.logical_and.reduce([np.ones(len(means), bool), *(
            limit.holds(values[:, self.names.index(limit.parameter)]) for limit in limits)])
        error, other = (_error(means[part]) for part in (inside, ~inside))
        weights, rest = inside / max(inside.sum(), 1), ~inside / max((~inside).sum(), 1)
        luck = of_weights(np.stack([weights, weights - rest]), self.luck[self.tested])
        error, apart_error = both(np.array([error, math.hypot(error, other)]), luck).tolist()
        apart = float((weights - rest) @ means) if 0 < inside.sum() < len(means) else math.nan
        least = self._least(inside)
        error, apart_error = max(error, least), max(apart_error, least)
        return Region(tuple(limits), error=error, apart=apart, apart_error=apart_error, sets=int(inside.sum()),
                      **_shares(inside, means))

    def _least(self, inside: Array) -> float:
        """The error of a share of worlds at least, so that what never or always came there is not sure."""
        worlds = float(self.answers.worlds[self.tested][inside].sum())
        if not self.answers.share or not worlds:
            return 0.0
        likely = (float(self.means[self.tested][inside].mean()) * worlds + 0.5) / (worlds + 1)
        return math.sqrt(likely * (1 - likely) / worlds)

    # tree

    def leaves(self) -> Iterator[Region]:
        """The leaves of a shallow tree."""
        from sklearn.tree import DecisionTreeRegressor

        least = max(math.ceil(LEAST * len(self.found)), 10)
        grown = DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=least, random_state=0)
        tree = grown.fit(self.values[self.found], self.means[self.found]).tree_
        regions = [self.region(limits) for limits in _paths(tree, 0, {}, self.names)]
        yield from sorted(regions, key=lambda region: -region.density)


def _prim(values: Array, means: Array) -> list[Array]:
    """The boxes that PRIM peels, from the whole space on: each of shape (2, names), infinite where it ends with the values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from ema_workbench.analysis import prim
            from ema_workbench.analysis.scenario_discovery_util import RuleInductionType
        except ImportError:
            raise BrinkError("this needs the EMA workbench, which is not installed: pip install 'brink[studies]'") from None
        frame = pd.DataFrame(values, columns=[str(i) for i in range(values.shape[1])])
        scaled = (means - means.min()) / max(np.ptp(means), 1e-12)
        peeler = prim.Prim(frame, scaled, threshold=0.0, mass_min=LEAST, mode=RuleInductionType.REGRESSION)
        box = peeler.find_box()
    boxes = (np.asarray(limits, np.float64) for limits in box.box_lims)
    return [np.where([low > values.min(axis=0), high < values.max(axis=0)], [low, high], [[-np.inf], [np.inf]])
            for low, high in boxes]


def _inside(box: Array, values: Array) -> Array:
    """Which sets lie in a box, given their values, (sets, names)."""
    low, high = box
    return ((values >= low) & (values <= high)).all(axis=1)


def _worth(box: Array, values: Array, means: Array, sign: int) -> float:
    """By how much the outcome is commoner inside than overall, times the square root of the share of the sets inside: how
    far the box is above chance (Klösgen 1996), neither all of the space nor a sliver of it.
    """
    inside = _inside(box, values)
    if not inside.any():
        return -math.inf
    return sign * float(means[inside].mean() - means.mean()) * math.sqrt(float(inside.mean()))


def _pruned(box: Array, values: Array, means: Array, sign: int) -> Array:
    """Without the ends that add little: one side of one parameter at a time, what matters least first."""
    while np.isfinite(box).any():
        name, side = np.nonzero(np.isfinite(box.T))
        options = np.repeat(box[None], len(name), axis=0)
        options[np.arange(len(name)), side, name] = np.where(side, np.inf, -np.inf)
        best = max(options, key=lambda option: _worth(option, values, means, sign))
        if _worth(best, values, means, sign) < (1 - WORTH) * _worth(box, values, means, sign):
            break
        box = best
    return box


def _error(means: Array) -> float:
    """The error of a mean over sets for want of more sets; NaN for fewer than two."""
    return float(means.std(ddof=1) / math.sqrt(len(means))) if len(means) > 1 else math.nan


def _shares(inside: Array, means: Array) -> dict[str, float]:
    total = float(means.sum())
    return {"mass": float(inside.mean()), "density": float(means[inside].mean()) if inside.any() else math.nan,
            "coverage": float(means[inside].sum()) / total if total else math.nan}


def _paths(tree: Any, node: int, ranges: dict[str, tuple[float, float]], names: Sequence[str]) -> Iterator[list[Limit]]:
    """The limits of every leaf below a node."""
    if tree.children_left[node] < 0:
        yield [Limit(name, low, high) for name, (low, high) in ranges.items()]
        return
    name, cut = names[tree.feature[node]], float(tree.threshold[node])
    low, high = ranges.get(name, (math.nan, math.nan))
    yield from _paths(tree, tree.children_left[node], {**ranges, name: (low, cut)}, names)
    yield from _paths(tree, tree.children_right[node], {**ranges, name: (cut, high)}, names)


def number(value: float) -> str:
    """A parameter's value with two or three digits."""
    return two_digits(value) if abs(value) < 0.1 or abs(value) >= 1000 else f"{value:.3g}"
