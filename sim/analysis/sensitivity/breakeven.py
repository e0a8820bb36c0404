"""Break-even: at which value of a parameter the answer flips, others averaged over the design.

The gap between two outcomes' probabilities, or between one and a level, is a curve along each parameter
(`sim.analysis.sensitivity.curves`); where it passes zero the answer flips. Drawing sets and luck anew gives an interval, and
how surely there is such a value at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.sensitivity.curves import Fit, MainEffects
from sim.analysis.sensitivity.preconditions import DISTINCT, distinct
from sim.analysis.sensitivity.resample import luck_draws, own_luck, resamples, shared
from sim.analysis.sensitivity.table import Answers
from sim.engine import Array
from sim.ensemble.estimates import Z90
from sim.ensemble.files import plain
from sim.errors import BrinkError
from sim.words import two_digits

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
    gap, error : their mean difference over the sets, with its standard error, as all errors for want of more sets and luck
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

    Raises BrinkError if the two are not of one unit, for a design whose sets are not independent, and where it cannot be told
    on which side of the other it lies, nor what would move it.
    """
    here, gaps, luck = _gaps(answers.independent(), against)
    effects, weights = MainEffects(here.places, gaps, luck), resamples(here.blocks)
    again = effects.fitted(weights)
    waves, known = effects.at(GRID), distinct(here.values) >= DISTINCT
    curves = effects.fit.mean + np.einsum("ni,gni->ng", effects.fit.coefficients, waves)
    rows = sorted((_row(here, i, curves[i], again.mean[:, None] + again.coefficients[:, i] @ waves[:, i].T,
                        bool(i in effects.chosen), bool(known[i])) for i in range(len(here.names))),
                  key=lambda row: (not row["flips"], not row["clear"], -abs(row["top"] - row["bottom"])))
    gap, error = float(gaps.mean()), float(again.mean.std())
    if abs(gap) <= Z90 * error and not any(row["clear"] for row in rows):
        away, either = (two_digits(100 * one if here.share else one) for one in (gap, error))
        unit = "points" if here.share else here.outcome.unit
        raise BrinkError(f"{here.outcome.id}: too little to tell: it lies {away} ± {either} {unit} from "
                         "what it is held against, and no parameter moves that clearly; more worlds a set (brink sweep "
                         "--extend) or more sets tell more")
    return BreakEven(here, against, gap, error, pd.DataFrame(rows), curves, _frontier(here, effects, weights, again, known))


def _gaps(here: Answers, against: Answers | float) -> tuple[Answers, Array, Array]:
    """The gap in each set in which both are known, and its luck."""
    if isinstance(against, float):
        return here, here.means - against, here.luck
    there = against.independent()
    if here.share != there.share or (not here.share and here.outcome.unit != there.outcome.unit):
        raise BrinkError(f"{here.outcome.id} and {there.outcome.id} are not of one unit; hold it against a level (--at)")
    if here.outcome.id == there.outcome.id:
        raise BrinkError(f"{here.outcome.id} against itself; name another outcome, or a level (--at)")
    notes = tuple(dict.fromkeys((*here.notes, *there.notes)))
    here, there = (replace(here.only(np.isin(here.numbers, there.numbers)), notes=notes),
                   there.only(np.isin(there.numbers, here.numbers)))
    return here, here.means - there.means, here.luck - there.luck


def _row(here: Answers, number: int, curve: Array, again: Array, clear: bool, known: bool) -> dict[str, Any]:
    """The row of one parameter, from its curve, (grid,), those of resamples, (rows, grid), whether it stands above chance, and
    whether it is known what lies between its values.
    """
    column = here.values[:, number]
    place = _passes(curve[None])[0]
    places = _passes(again)
    sure = float(np.mean(~np.isnan(places)))
    flips = bool(clear and known and sure >= SURE and not np.isnan(place))
    value, low, high = np.quantile(column, _triple(place, places)).tolist() if flips else [np.nan] * 3
    start, end = np.quantile(column, ENDS)
    errors = again[:, [0, -1]].std(axis=0)
    return {"parameter": here.names[number], "group": here.groups[number], "value": value, "low": low, "high": high,
            "sure": sure, "bottom": float(curve[0]), "bottom_se": float(errors[0]), "top": float(curve[-1]),
            "top_se": float(errors[1]), "start": float(start), "end": float(end), "clear": clear, "flips": flips}


def _triple(place: float, drawn: Array) -> tuple[float, float, float]:
    """A place and the ends of its interval, which holds it, from places drawn anew, of which some may be NaN."""
    low, high = np.nanquantile(drawn, BAND)
    return place, min(low, place), max(high, place)


def _passes(curves: Array) -> Array:
    """The place at which each curve passes zero, the one nearest to the middle if it does so again; NaN if it does not."""
    sides = np.sign(curves[:, :-1]) * np.sign(curves[:, 1:]) < 0
    with np.errstate(divide="ignore", invalid="ignore"):
        step = curves[:, :-1] / (curves[:, :-1] - curves[:, 1:])
    places = np.where(sides, GRID[:-1] + step * (GRID[1] - GRID[0]), np.nan)
    distance = np.where(sides, np.abs(places - 0.5), np.inf)
    return places[np.arange(len(places)), distance.argmin(axis=1)]


# two parameters

def _frontier(here: Answers, effects: MainEffects, weights: Array, again: Fit, known: Array) -> Frontier | None:
    """The pair, of the strongest, whose frontier puts most sets on the right side; None if it is sure nowhere."""
    found = []
    guess = max(np.mean(effects.y > 0), np.mean(effects.y <= 0))
    for i, j in combinations([i for i in effects.chosen[:MOST].tolist() if known[i]], 2):
        surface = ResponseSurface(effects, i, j)
        gap = surface.gap(effects.fit, surface.twist)
        above = float((gap > 0).mean())
        right = float(np.mean((surface.at_sets() > 0) == (effects.y > 0)))
        if LEAST <= above <= 1 - LEAST and right > guess:
            found.append((right, surface, gap, above))
    if not found:
        return None
    right, surface, gap, above = max(found, key=lambda one: one[0])
    ladder = _ladder(here, surface, weights, again)
    if ladder["second"].isna().all():
        return None
    i, j = surface.pair
    x, y = (np.quantile(here.values[:, number], COARSE) for number in (i, j))
    return Frontier(here.names[i], here.names[j], above, right, float(guess), ladder, gap, x, y)


class ResponseSurface:
    """The gap over two parameters: both curves, and a twist by which one changes what the other does."""

    def __init__(self, effects: MainEffects, i: int, j: int) -> None:
        self.effects, self.pair = effects, (i, j)
        self.product = effects.waves[:, i, 0] * effects.waves[:, j, 0]
        self.twist = float(self.twists(np.ones((1, effects.count)))[0])

    def twists(self, weights: Array) -> Array:
        """The coefficient of the twist, from sets of each row of weights."""
        effects = self.effects
        left = effects.y - effects.fit.mean - np.einsum("sni,ni->s", effects.waves[:, effects.chosen],
                                                        effects.fit.coefficients[effects.chosen])
        return np.asarray((weights * left) @ self.product / (weights @ self.product ** 2))

    def redrawn(self, weights: Array) -> Array:
        """The same, each on other luck."""
        weight = self.product / (self.product @ self.product)
        mean, bends = self.effects.bends
        left = self.effects.luck - mean - np.einsum("sni,nif->sf", self.effects.waves[:, self.effects.chosen],
                                                    bends[self.effects.chosen])
        rows = shared(weight @ left, weight ** 2 @ own_luck(left))
        return np.asarray(self.twists(weights) + luck_draws(len(rows), len(weights)) @ rows)

    def gap(self, fit: Fit, twist: float, x: Array = COARSE) -> Array:
        """The gap on the plane: shape (len(COARSE), len(x)), one row per place of the second."""
        i, j = self.pair
        first, second = self.effects.at(x)[:, i], self.effects.at(COARSE)[:, j]
        alone = fit.mean + fit.coefficients[i] @ first.T + (fit.coefficients[j] @ second.T)[:, None]
        return alone + twist * second[:, :1] * first[:, 0]

    def at_sets(self) -> Array:
        """The same at every set: shape (sets,)."""
        i, j = self.pair
        fit, waves = self.effects.fit, self.effects.waves
        return fit.mean + waves[:, i] @ fit.coefficients[i] + waves[:, j] @ fit.coefficients[j] + self.twist * self.product


def _ladder(here: Answers, surface: ResponseSurface, weights: Array, again: Fit) -> pd.DataFrame:
    """Where the second parameter flips the answer, at some values of the first."""
    rungs, (i, j) = np.array(LADDER), surface.pair
    drawn = np.stack([_crossings(surface.gap(again.only(row), twist, rungs))
                      for row, twist in enumerate(surface.redrawn(weights).tolist())])
    found = _crossings(surface.gap(surface.effects.fit, surface.twist, rungs))
    rows = []
    for rung, crossing, redrawn in zip(rungs, found, drawn.T, strict=True):
        sure = np.mean(~np.isnan(redrawn)) >= SURE and not np.isnan(crossing)
        values = np.quantile(here.values[:, j], _triple(crossing, redrawn)).tolist() if sure else [np.nan] * 3
        rows.append((float(np.quantile(here.values[:, i], rung)), *values))
    return pd.DataFrame(rows, columns=["first", "second", "low", "high"])


def _crossings(gap: Array) -> Array:
    """Where each column of a gap over COARSE passes zero: shape (columns,); NaN where it does not."""
    return _passes(np.stack([np.interp(GRID, COARSE, column) for column in gap.T]))
