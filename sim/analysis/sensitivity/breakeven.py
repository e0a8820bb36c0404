"""Break-even: at which value of a parameter the answer flips, others averaged over the design.

The gap between two outcomes' probabilities, or between one and a level, is a curve along each parameter
(`sim.analysis.sensitivity.curves`); where it passes zero the answer flips. Drawing the sets anew gives an interval, and how
surely there is such a value at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.sensitivity.curves import Fit, MainEffects, legendre, resamples
from sim.analysis.sensitivity.table import FOLDS, Answers
from sim.engine import Array
from sim.ensemble.files import plain
from sim.errors import BrinkError

ENDS = (0.02, 0.98)
"""The range of a parameter that is searched, as places among its values."""
GRID = np.linspace(*ENDS, 193)
COARSE = np.linspace(*ENDS, 25)
SURE = 0.95
"""In how large a share of the resamples it must flip to be called a flip."""
BAND = (0.05, 0.95)
MOST = 8
"""Parameters, the strongest, of which pairs are searched."""
LEAST = 0.1
"""The share of the plane of two parameters that must lie on either side of a frontier."""
LADDER = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Places of the first parameter at which a frontier is reported."""


@dataclass(frozen=True)
class Frontier:
    """Where two parameters together flip the answer.

    Parameters
    ----------
    first, second : the parameters
    above : share of their plane on which the gap is above zero
    right, guess : share of the sets that the frontier puts on the right side, and that one side for all sets would
    table : one row per value of the first: first, second (where it flips there; NaN if it does not), low, high
    gap : the gap on their plane, (n, n): one row per place of the second
    x, y : the values at these places, (n,)
    """

    first: str
    second: str
    above: float
    right: float
    guess: float
    table: pd.DataFrame
    gap: Array
    x: Array
    y: Array

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with None for what there is not."""
        return {"first": self.first, "second": self.second, "above": self.above, "right": self.right, "guess": self.guess,
                "frontier": plain(self.table.to_dict("records"))}


@dataclass(frozen=True)
class BreakEven:
    """Where the answer flips.

    Parameters
    ----------
    answers, against : the outcome by set, and the other one or a level
    gap, error : their mean difference over the sets, with its standard error
    table : one row per parameter, those that flip first, then by how far they move the gap: parameter, group, value (where it
        flips, NaN if it does not), low, high, sure (share of resamples in which it flips), bottom and top (gap at the ends
        of its range) with their se, start and end (the values there), clear (whether it moves the gap at all), flips
    curves : the gap along each parameter, (names, len(GRID)), in the order of answers.names
    frontier : the pair with the clearest frontier; None if no pair has one
    """

    answers: Answers
    against: Answers | float
    gap: float
    error: float
    table: pd.DataFrame
    curves: Array
    frontier: Frontier | None

    @property
    def other(self) -> str | float:
        """What it is compared with: an outcome's id or a level."""
        return self.against if isinstance(self.against, float) else self.against.outcome.id

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with None for what there is not."""
        return {**self.answers.about(), "against": self.other, "gap": self.gap, "gap_se": self.error,
                "parameters": plain(self.table.to_dict("records")),
                "frontier": None if self.frontier is None else self.frontier.as_dict()}


def breakeven(answers: Answers, against: Answers | float) -> BreakEven:
    """Where an outcome's probability, or mean, passes another's or a level.

    Raises BrinkError if the two are not of one unit, or for a design whose sets are not independent.
    """
    here, gaps, luck = _gaps(answers.independent(), against)
    effects, weights = MainEffects(here.places, gaps), resamples(here.blocks)
    again = _shifted(effects.fitted(weights), luck)
    waves = legendre(np.repeat(GRID[:, None], len(here.names), axis=1)) - effects.centre
    curves = effects.fit.mean + np.einsum("ni,gni->ng", effects.fit.coefficients, waves)
    rows = sorted((_row(here, i, curves[i], again.mean[:, None] + again.coefficients[:, i] @ waves[:, i].T, effects)
                   for i in range(len(here.names))),
                  key=lambda row: (not row["flips"], not row["clear"], -abs(row["top"] - row["bottom"])))
    return BreakEven(here, against, float(gaps.mean()), float(again.mean.std()), pd.DataFrame(rows), curves,
                     _frontier(here, effects, weights, luck))


def _shifted(fits: Fit, luck: float) -> Fit:
    """The same fits, each on other luck: all sets share theirs, so that drawing sets anew does not show its effect."""
    return fits._replace(mean=fits.mean + luck * np.random.default_rng(1).standard_t(FOLDS - 1, len(fits.mean)))


def _gaps(here: Answers, against: Answers | float) -> tuple[Answers, Array, float]:
    """The gap in each set in which both are known, and the standard error of its mean by luck that all sets share."""
    if isinstance(against, float):
        return here, here.means - against, here.shared_luck
    there = against.independent()
    if here.share != there.share or (not here.share and here.outcome.unit != there.outcome.unit):
        raise BrinkError(f"{here.outcome.id} and {there.outcome.id} are not of one unit; hold it against a level (--at)")
    if here.outcome.id == there.outcome.id:
        raise BrinkError(f"{here.outcome.id} against itself; name another outcome, or a level (--at)")
    notes = tuple(dict.fromkeys((*here.notes, *there.notes)))
    here, there = (replace(here.only(np.isin(here.numbers, there.numbers)), notes=notes),
                   there.only(np.isin(there.numbers, here.numbers)))
    gap = replace(here, luck=here.luck - there.luck)
    return here, here.means - there.means, gap.shared_luck


def _row(here: Answers, number: int, curve: Array, again: Array, effects: MainEffects) -> dict[str, Any]:
    """The row of one parameter, from its curve, (grid,), and those of resamples, (rows, grid)."""
    column = here.values[:, number]
    place = _passes(curve[None])[0]
    places = _passes(again)
    sure, clear = float(np.mean(~np.isnan(places))), bool(number in effects.chosen)
    flips = bool(clear and sure >= SURE and not np.isnan(place))
    low, high = np.quantile(places[~np.isnan(places)], BAND) if flips else (np.nan, np.nan)
    value, low, high = (float(np.quantile(column, at)) if flips else np.nan for at in (place, low, high))
    start, end = np.quantile(column, ENDS)
    errors = again[:, [0, -1]].std(axis=0)
    return {"parameter": here.names[number], "group": here.groups[number], "value": value, "low": low, "high": high,
            "sure": sure, "bottom": float(curve[0]), "bottom_se": float(errors[0]), "top": float(curve[-1]),
            "top_se": float(errors[1]), "start": float(start), "end": float(end), "clear": clear, "flips": flips}


def _passes(curves: Array) -> Array:
    """The place at which each curve passes zero, the one nearest to the middle if it does so again; NaN if it does not."""
    sides = np.sign(curves[:, :-1]) * np.sign(curves[:, 1:]) < 0
    with np.errstate(divide="ignore", invalid="ignore"):
        step = curves[:, :-1] / (curves[:, :-1] - curves[:, 1:])
    places = np.where(sides, GRID[:-1] + step * (GRID[1] - GRID[0]), np.nan)
    distance = np.where(sides, np.abs(places - 0.5), np.inf)
    return places[np.arange(len(places)), distance.argmin(axis=1)]


# two parameters

def _frontier(here: Answers, effects: MainEffects, weights: Array, luck: float) -> Frontier | None:
    """The pair, of the strongest, whose frontier puts most sets on the right side."""
    found = []
    guess = max(np.mean(effects.y > 0), np.mean(effects.y <= 0))
    for i, j in combinations(effects.chosen[:MOST].tolist(), 2):
        surface = ResponseSurface(effects, i, j)
        gap = surface.gap(effects.fit, surface.twist)
        above = float((gap > 0).mean())
        right = float(np.mean((surface.at_sets() > 0) == (effects.y > 0)))
        if LEAST <= above <= 1 - LEAST and right > guess:
            found.append((right, surface, gap, above))
    if not found:
        return None
    right, surface, gap, above = max(found, key=lambda one: one[0])
    i, j = surface.pair
    x, y = (np.quantile(here.values[:, number], COARSE) for number in (i, j))
    return Frontier(here.names[i], here.names[j], above, right, float(guess), _ladder(here, surface, weights, luck), gap, x, y)


class ResponseSurface:
    """The gap over two parameters: both curves, and a twist by which one changes what the other does."""

    def __init__(self, effects: MainEffects, i: int, j: int) -> None:
        self.effects, self.pair = effects, (i, j)
        self.product = effects.waves[:, i, 0] * effects.waves[:, j, 0]
        self.twist = self.twisted(np.ones(effects.count))

    def twisted(self, weight: Array) -> float:
        """The coefficient of the twist, from sets of these weights."""
        effects = self.effects
        left = effects.y - effects.fit.mean - np.einsum("sni,ni->s", effects.waves[:, effects.chosen],
                                                        effects.fit.coefficients[effects.chosen])
        return float((weight * left) @ self.product / (weight @ self.product ** 2))

    def gap(self, fit: Fit, twist: float, x: Array = COARSE) -> Array:
        """The gap on the plane: shape (len(COARSE), len(x)), one row per place of the second."""
        i, j = self.pair
        first, second = (legendre(at[:, None])[:, 0] - self.effects.centre[number] for number, at in ((i, x), (j, COARSE)))
        alone = fit.mean + fit.coefficients[i] @ first.T + (fit.coefficients[j] @ second.T)[:, None]
        return alone + twist * second[:, :1] * first[:, 0]

    def at_sets(self) -> Array:
        """The same at every set: shape (sets,)."""
        i, j = self.pair
        fit, waves = self.effects.fit, self.effects.waves
        return fit.mean + waves[:, i] @ fit.coefficients[i] + waves[:, j] @ fit.coefficients[j] + self.twist * self.product


def _ladder(here: Answers, surface: ResponseSurface, weights: Array, luck: float) -> pd.DataFrame:
    """Where the second parameter flips the answer, at some values of the first."""
    rungs, (i, j) = np.array(LADDER), surface.pair
    again = _shifted(surface.effects.fitted(weights), luck)
    drawn = np.stack([_crossings(surface.gap(again.only(row), surface.twisted(weight), rungs))
                      for row, weight in enumerate(weights)])
    found = _crossings(surface.gap(surface.effects.fit, surface.twist, rungs))
    rows = []
    for rung, crossing, redrawn in zip(rungs, found, drawn.T, strict=True):
        known = redrawn[~np.isnan(redrawn)]
        sure = len(known) >= SURE * len(weights) and not np.isnan(crossing)
        places = (crossing, *np.quantile(known, BAND)) if sure else ()
        values = [float(np.quantile(here.values[:, j], place)) for place in places] or [np.nan] * 3
        rows.append((float(np.quantile(here.values[:, i], rung)), *values))
    return pd.DataFrame(rows, columns=["first", "second", "low", "high"])


def _crossings(gap: Array) -> Array:
    """Where each column of a gap over COARSE passes zero: shape (columns,); NaN where it does not."""
    return _passes(np.stack([np.interp(GRID, COARSE, column) for column in gap.T]))
