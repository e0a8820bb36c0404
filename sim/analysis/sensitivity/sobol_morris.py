"""Sensitivity: how much of the spread of an outcome from set to set each parameter is answerable for.

The design decides the method: Sobol's indices and Morris's elementary effects, by SALib, where the sets were laid out for
them; else first-order indices from curves through whatever sets there are (`sim.analysis.sensitivity.curves`). Set means
include luck. What it adds to each square and product is known from how the worlds of a set differ, and is taken out;
intervals are of 90 %, from drawing sets, blocks or trajectories anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.sensitivity.curves import RESAMPLES, MainEffects, legendre, resamples
from sim.analysis.sensitivity.table import Answers
from sim.engine import Array
from sim.ensemble.estimates import Z90
from sim.ensemble.files import plain
from sim.ensemble.study.design import salib
from sim.ensemble.study.study import Study
from sim.errors import BrinkError

NEGLIGIBLE = 0.01
"""A total index that may be below this is not called clear."""
ENDS = (0.05, 0.95)
"""Points of a parameter's spread between which its effect is reported."""
ALONE = "one world a set: luck cannot be told from parameters, and indices hold both; brink sweep --extend adds worlds"


@dataclass(frozen=True)
class Sensitivity:
    """What each parameter is answerable for.

    Parameters
    ----------
    answers : the outcome by set
    method : "sobol", "morris" or "curves"
    table : one row per parameter, the most important first: parameter, group, and
        sobol: first and total, with se, low and high of each, clear;
        morris: mu_star with its se, low and high, mu, sigma, luck (what mu_star luck alone would show), clear;
        curves: first with its se, low and high, effect (how the outcome differs between the ends of its spread) and its se,
        clear
    second : for Sobol designs that have it, one row per pair: parameter, other, second, se, low, high
    floor : below which an index may be chance: of curves what the strongest of idle parameters would show, else a constant
    explained, explained_error : sum of the first-order indices; NaN for Morris
    """

    answers: Answers
    method: str
    table: pd.DataFrame
    second: pd.DataFrame | None
    floor: float
    explained: float
    explained_error: float

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes for the reader."""
        return (*self.answers.notes, *(() if self.answers.has_luck else (ALONE,)))

    @property
    def main(self) -> str:
        """The column that orders the table."""
        return {"sobol": "total", "morris": "mu_star", "curves": "first"}[self.method]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with None for what there is not."""
        numbers = plain({"floor": float(self.floor), "explained": float(self.explained),
                         "explained_se": float(self.explained_error)})
        second = None if self.second is None else self.second.to_dict("records")
        return {**self.answers.about(), "notes": list(self.notes), "method": self.method, **numbers,
                "parameters": self.table.to_dict("records"), "second": second}


def sensitivity(answers: Answers, study: Study) -> Sensitivity:
    """What each parameter is answerable for, by the method for which the study's sets were laid out.

    Raises BrinkError if too few sets or blocks have a value, or if the spread is no more than luck.
    """
    if answers.has_luck and not answers.freed > 0:
        raise BrinkError(f"{answers.outcome.id}: sets differ by no more than luck; more worlds a set (brink sweep --extend) "
                         "may show what parameters do")
    if answers.kind == "sobol":
        return _sobol(answers.whole_blocks(), bool(study.design.numbers.get("second_order")))
    return _morris(answers.whole_blocks(), study) if answers.kind == "morris" else _curves(answers)


def _table(answers: Answers, columns: dict[str, Any], by: str) -> pd.DataFrame:
    """One row per parameter, the most important first, with its group."""
    table = pd.DataFrame({"parameter": answers.names, "group": answers.groups, **columns})
    return table.sort_values(by, ascending=False, kind="stable", ignore_index=True)


def interval(name: str, value: Array, error: Array, lowest: float = -np.inf, highest: float = np.inf) -> dict[str, Array]:
    """Columns for a value with its standard error and 90 % interval."""
    prefix = "" if name == "mu_star" else f"{name}_"
    return {name: value, f"{prefix}se": error, f"{prefix}low": np.maximum(value - Z90 * error, lowest),
            f"{prefix}high": np.minimum(value + Z90 * error, highest)}


# curves

def _curves(answers: Answers) -> Sensitivity:
    effects = MainEffects(answers.places, answers.means)
    weights = resamples(answers.blocks)
    fit, again, freed = effects.fit, effects.fitted(weights), _freed(answers, weights)
    first, error = fit.variances / answers.freed, (again.variances / freed[:, None]).std(axis=0)
    low, high = legendre(np.array(ENDS)[:, None])[:, 0]
    columns = {**interval("first", first, error), "effect": (fit.coefficients * (high - low)).sum(axis=1),
               "effect_se": (again.coefficients * (high - low)).sum(axis=2).std(axis=0),
               "clear": np.isin(np.arange(len(first)), effects.chosen)}
    floor = effects.line * answers.spread / answers.freed
    return Sensitivity(answers, "curves", _table(answers, columns, "first"), None, floor, float(first.sum()),
                       float((again.variances.sum(axis=1) / freed).std()))


def _freed(answers: Answers, weights: Array) -> Array:
    """The variance of the means without luck, in sets drawn anew: shape (RESAMPLES,), at least a tenth of what it is."""
    many = weights.sum(axis=1)
    luck = np.zeros(len(answers)) if not answers.has_luck else answers.own_luck
    mean = weights @ answers.means / many
    spread = weights @ answers.means ** 2 / many - mean ** 2 - weights @ luck / many
    return np.maximum(spread, 0.1 * answers.freed)


# Sobol

class Blocks(NamedTuple):
    """Values of Sobol's blocks: at both base points, at the first with one parameter of the second, and the other way round.

    Shapes (blocks,), (blocks,), (blocks, names), (blocks, names or 0); of luck, each with an axis of folds at the end.
    """

    a: Array
    b: Array
    ab: Array
    ba: Array

    @classmethod
    def of(cls, values: Array, block: int, second: bool) -> Blocks:
        """From the values of all sets in the order of the design."""
        blocks = values.reshape(-1, block, *values.shape[1:])
        names = (block - 2) // (2 if second else 1)
        return cls(blocks[:, 0], blocks[:, -1], blocks[:, 1:1 + names], blocks[:, 1 + names:-1])


def _sobol(answers: Answers, second: bool) -> Sensitivity:
    indices = Indices(answers, second)
    first, total = indices.first(), indices.total()
    clear = total.value - Z90 * total.error > NEGLIGIBLE
    columns = {**interval("first", first.value, first.error), **interval("total", total.value, total.error, 0.0, 1.0),
               "clear": clear}
    return Sensitivity(answers, "sobol", _table(answers, columns, "total"), _pairs(answers.names, indices) if second else None,
                       NEGLIGIBLE, float(first.value.sum()), float(first.again.sum(axis=1).std()))


def _pairs(names: tuple[str, ...], indices: Indices) -> pd.DataFrame:
    pairs = list(combinations(range(len(names)), 2))
    found = indices.second(pairs)
    table = pd.DataFrame({"parameter": [names[j] for j, _ in pairs], "other": [names[k] for _, k in pairs],
                          **interval("second", found.value, found.error)})
    return table.sort_values("second", ascending=False, kind="stable", ignore_index=True)


class Index(NamedTuple):
    """Indices of parameters or pairs: values (n,), and the same in blocks drawn anew, (RESAMPLES, n)."""

    value: Array
    again: Array

    @property
    def error(self) -> Array:
        """Standard errors."""
        return self.again.std(axis=0)


class Indices:
    """Sobol's indices by SALib, with what luck adds to their squares and products taken out."""

    def __init__(self, answers: Answers, second: bool) -> None:
        self.salib = salib("SALib.analyze.sobol")
        self.y = Blocks.of(answers.means - answers.means.mean(), answers.block, second)
        luck = answers.luck if answers.has_luck else np.zeros((len(answers), 1))
        self.luck = Blocks.of(luck - luck.mean(axis=0), answers.block, second)
        many = len(self.y.a)
        drawn = np.random.default_rng(0).integers(many, size=(many, RESAMPLES))
        self.picks = np.column_stack([np.arange(many), drawn])

    def first(self) -> Index:
        """The share of the variance that a parameter explains alone (Saltelli and others 2010)."""
        added = np.einsum("bh,bkh->bk", self.luck.b, self.luck.ab - self.luck.a[:, None])
        return self._freed(lambda r, j: self.salib.first_order(self.y.a[r], self.y.ab[r, j], self.y.b[r]), added)

    def total(self) -> Index:
        """The share of the variance in which a parameter has a part, alone or with others."""
        added = 0.5 * ((self.luck.ab - self.luck.a[:, None]) ** 2).sum(axis=2)
        return self._freed(lambda r, j: self.salib.total_order(self.y.a[r], self.y.ab[r, j], self.y.b[r]), added)

    def second(self, pairs: list[tuple[int, int]]) -> Index:
        """The share of the variance that two parameters explain together, beyond what they do alone (Saltelli 2002)."""
        y, luck, first = self.y, self.luck, self.first()
        j, k = np.array(pairs).T
        added = np.einsum("bph,bph->bp", luck.ba[:, j], luck.ab[:, k]) - np.einsum("bh,bh->b", luck.a, luck.b)[:, None]
        together = self._freed(lambda r, p: (y.ba[r, j[p]] * y.ab[r, k[p]] - y.a[r] * y.b[r]).mean(axis=0)
                               / np.r_[y.a[r], y.b[r]].var(axis=0), added)
        return Index(together.value - first.value[j] - first.value[k],
                     together.again - first.again[:, j] - first.again[:, k])

    def _freed(self, raw: Any, added: Array) -> Index:
        """Indices from raw ones, given by picks and number, and from what luck adds to the numerator of each block."""
        r, y = self.picks, self.y
        spread = np.r_[y.a[r], y.b[r]].var(axis=0)
        noise = (self.luck.a ** 2 + self.luck.b ** 2).sum(axis=1)[r].mean(axis=0) / 2
        freed = np.maximum(spread - noise, 0.1 * spread)
        found = np.stack([(raw(r, j) * spread - added[:, j][r].mean(axis=0)) / freed for j in range(added.shape[1])], axis=1)
        return Index(found[0], found[1:])


# Morris

def _morris(answers: Answers, study: Study) -> Sensitivity:
    design = study.design
    levels = design.numbers.get("levels", 4)
    points = design.points(study.seed)[answers.numbers]
    found = salib("SALib.analyze.morris").analyze(design.problem(), points, answers.means, num_levels=levels, seed=0,
                                                  num_resamples=RESAMPLES, conf_level=0.9)
    mu_star, error = np.array(found["mu_star"]), np.array(found["mu_star_conf"]) / Z90
    luck = _luck_of_steps(answers, points, levels)
    columns = {**interval("mu_star", mu_star, error, 0.0), "mu": np.array(found["mu"]),
               "sigma": np.array(found["sigma"]), "luck": luck, "clear": mu_star - Z90 * error > luck}
    return Sensitivity(answers, "morris", _table(answers, columns, "mu_star"), None, float(luck.max()), np.nan, np.nan)


def _luck_of_steps(answers: Answers, points: Array, levels: int) -> Array:
    """The mean size of a step that luck alone would show, of each parameter: shape (names,)."""
    if not answers.has_luck:
        return np.zeros(len(answers.names))
    steps = np.abs(np.diff(points.reshape(-1, answers.block, len(answers.names)), axis=1)) > 1e-9
    luck = answers.luck.reshape(-1, answers.block, answers.luck.shape[1])
    sizes = np.sqrt((np.diff(luck, axis=1) ** 2).sum(axis=2)) * np.sqrt(2 / np.pi) * 2 * (levels - 1) / levels
    return np.einsum("tsn,ts->n", steps, sizes) / len(steps)

