"""Sensitivity: how much of the spread of an outcome from set to set each parameter is answerable for.

The design decides the method: Sobol's indices and Morris's elementary effects, by SALib, where the sets were laid out for
them; else first-order indices from curves through whatever sets there are (`sim.analysis.sensitivity.curves`). Set means
include luck. What it adds to each square and product is known from how the worlds of a set differ, and is taken out;
intervals are of 90 %, from drawing sets, blocks or trajectories anew, on other luck. An estimate outside of what is possible is
told as it is, with its whole interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.sensitivity.resample import RESAMPLES, both, luck_draws, of_parts
from sim.analysis.sensitivity.shares import Moments, Shares
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


DOUBTFUL = 0.5
"""With a variance without luck of fewer errors than this, not even effects are told."""


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
    doubt : why the shares of curves are NaN, as the spread cannot be told from luck; "" if it can
    """

    answers: Answers
    method: str
    table: pd.DataFrame
    second: pd.DataFrame | None
    floor: float
    explained: float
    explained_error: float
    doubt: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes for the reader."""
        return (*self.answers.remarks, *((f"no shares: {self.doubt}",) if self.doubt else ()))

    @property
    def main(self) -> str:
        """The column that orders the table, by size."""
        return {"sobol": "total", "morris": "mu_star", "curves": "effect" if self.doubt else "first"}[self.method]

    def ends(self) -> tuple[Array, Array]:
        """The 90 % interval of the main column, of each row of the table."""
        prefix = "" if self.method == "morris" else f"{self.main}_"
        at, reach = self.table[self.main].to_numpy(), Z90 * self.table[f"{prefix}se"].to_numpy()
        return at - reach, at + reach

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with None for what there is not."""
        numbers = plain({"floor": float(self.floor), "explained": float(self.explained),
                         "explained_se": float(self.explained_error)})
        second = None if self.second is None else plain(self.second.to_dict("records"))
        return {**self.answers.about(), "notes": list(self.notes), "method": self.method, **numbers,
                "parameters": plain(self.table.to_dict("records")), "second": second}


def sensitivity(answers: Answers, study: Study) -> Sensitivity:
    """What each parameter is answerable for, by the method for which the study's sets were laid out.

    Raises BrinkError if too few sets or blocks have a value, if parameters depend on each other where the method needs that
    they do not, or if sets differ by no more than luck.
    """
    if answers.has_luck and not answers.freed > 0:
        raise BrinkError(f"{answers.outcome.id}: sets differ by no more than luck; more worlds a set (brink sweep --extend) "
                         "may show what parameters do")
    if answers.kind == "sobol":
        Moments(answers.independent()).check()
        return _sobol(answers.whole_blocks(), bool(study.design.numbers.get("second_order")))
    return _morris(answers.whole_blocks(), study) if answers.kind == "morris" else _curves(answers.independent())


def _table(answers: Answers, columns: dict[str, Any], by: str) -> pd.DataFrame:
    """One row per parameter, the most important first, with its group."""
    table = pd.DataFrame({"parameter": answers.names, "group": answers.groups, **columns})
    return table.sort_values(by, ascending=False, kind="stable", ignore_index=True, key=np.abs if by == "effect" else None)


def interval(name: str, value: Array, error: Array) -> dict[str, Array]:
    """Columns for a value with its standard error and 90 % interval."""
    prefix = "" if name == "mu_star" else f"{name}_"
    return {name: value, f"{prefix}se": error, f"{prefix}low": value - Z90 * error, f"{prefix}high": value + Z90 * error}


# curves

def _curves(answers: Answers) -> Sensitivity:
    found = Shares(answers)
    found.moments.check(DOUBTFUL)
    effects = found.effects
    low, high = effects.at(np.array(ENDS))
    columns = {**interval("first", found.value, found.again.std(axis=0)),
               "effect": (effects.fit.coefficients * (high - low)).sum(axis=1),
               "effect_se": (found.fits.coefficients * (high - low)).sum(axis=2).std(axis=0),
               "clear": np.isin(np.arange(len(found.value)), effects.chosen)}
    floor = effects.line * answers.spread / answers.freed
    by = "effect" if found.doubt else "first"
    return Sensitivity(answers, "curves", _table(answers, columns, by), None, floor, *found.explained, found.doubt)


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
    columns = {**interval("first", first.value, first.error), **interval("total", total.value, total.error),
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
    """Indices of parameters or pairs: values (n,), and the same in blocks drawn anew, on other luck, (RESAMPLES, n)."""

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
        luck = answers.luck_or_none
        self.luck = Blocks.of(luck - luck.mean(axis=0), answers.block, second)
        self.drawn = luck_draws(luck.shape[1])
        many = len(self.y.a)
        drawn = np.random.default_rng(0).integers(many, size=(many, RESAMPLES))
        self.picks = np.column_stack([np.arange(many), drawn])

    def first(self) -> Index:
        """The share of the variance that a parameter explains alone (Saltelli and others 2010)."""
        y, luck = self.y, self.luck
        step, lucky = y.ab - y.a[:, None], luck.ab - luck.a[:, None]
        added = np.einsum("bh,bkh->bk", luck.b, lucky)
        moved = luck.b[:, None] * step[..., None] + y.b[:, None, None] * lucky
        return self._freed(lambda r, j: self.salib.first_order(y.a[r], y.ab[r, j], y.b[r]), added, moved)

    def total(self) -> Index:
        """The share of the variance in which a parameter has a part, alone or with others."""
        y, luck = self.y, self.luck
        step, lucky = y.ab - y.a[:, None], luck.ab - luck.a[:, None]
        return self._freed(lambda r, j: self.salib.total_order(y.a[r], y.ab[r, j], y.b[r]), 0.5 * (lucky ** 2).sum(axis=2),
                           lucky * step[..., None])

    def second(self, pairs: list[tuple[int, int]]) -> Index:
        """The share of the variance that two parameters explain together, beyond what they do alone (Saltelli 2002)."""
        y, luck, first = self.y, self.luck, self.first()
        j, k = np.array(pairs).T
        added = np.einsum("bph,bph->bp", luck.ba[:, j], luck.ab[:, k]) - np.einsum("bh,bh->b", luck.a, luck.b)[:, None]
        moved = (luck.ba[:, j] * y.ab[:, k, None] + luck.ab[:, k] * y.ba[:, j, None]
                 - (luck.a * y.b[:, None] + luck.b * y.a[:, None])[:, None])
        together = self._freed(lambda r, p: (y.ba[r, j[p]] * y.ab[r, k[p]] - y.a[r] * y.b[r]).mean(axis=0)
                               / np.r_[y.a[r], y.b[r]].var(axis=0), added, moved)
        return Index(together.value - first.value[j] - first.value[k],
                     together.again - first.again[:, j] - first.again[:, k])

    def _freed(self, raw: Any, added: Array, moved: Array) -> Index:
        """Indices from raw ones, given by picks and number, from what luck adds to the numerator of each block, (blocks, n),
        and from by how much other luck would move it, (blocks, n, folds).
        """
        r, y, luck = self.picks, self.y, self.luck
        spread = np.r_[y.a[r], y.b[r]].var(axis=0)
        noise = (luck.a ** 2 + luck.b ** 2).sum(axis=1)[r].mean(axis=0) / 2
        freed = np.maximum(spread - noise, 0.1 * spread)
        found = np.stack([(raw(r, j) * spread - added[:, j][r].mean(axis=0)) / freed for j in range(added.shape[1])], axis=1)
        whole = luck.a * y.a[:, None] + luck.b * y.b[:, None]
        moved = (moved - found[0][:, None] * whole[:, None]) / (freed[0] * len(whole))
        return Index(found[0], found[1:] + self.drawn @ of_parts(moved).T)


# Morris

def _morris(answers: Answers, study: Study) -> Sensitivity:
    design = study.design
    levels = design.numbers.get("levels", 4)
    points = design.points(study.seed)[answers.numbers]
    found = salib("SALib.analyze.morris").analyze(design.problem(), points, answers.means, num_levels=levels, seed=0,
                                                  num_resamples=RESAMPLES, conf_level=0.9)
    moved = _moved(answers, points, levels)
    mu_star, error = np.array(found["mu_star"]), both(np.array(found["mu_star_conf"]) / Z90, of_parts(moved / len(moved)))
    luck = np.sqrt((moved ** 2).sum(axis=2)).mean(axis=0) * np.sqrt(2 / np.pi)
    columns = {**interval("mu_star", mu_star, error), "mu": np.array(found["mu"]),
               "sigma": np.array(found["sigma"]), "luck": luck, "clear": mu_star - Z90 * error > luck}
    return Sensitivity(answers, "morris", _table(answers, columns, "mu_star"), None, float(luck.max()), np.nan, np.nan)


def _moved(answers: Answers, points: Array, levels: int) -> Array:
    """By how much luck moves the size of each parameter's step on each trajectory: shape (trajectories, names, folds)."""
    where = np.diff(points.reshape(-1, answers.block, len(answers.names)), axis=1)
    signs = np.sign(np.diff(answers.means.reshape(-1, answers.block), axis=1))
    luck = np.diff(answers.luck_or_none.reshape(-1, answers.block, answers.luck_or_none.shape[1]), axis=1)
    steps = (np.abs(where) > 1e-9) * np.where(signs == 0, 1, signs)[..., None] * 2 * (levels - 1) / levels
    return np.einsum("tsn,tsh->tnh", steps, luck)
