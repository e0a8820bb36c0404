"""What drives an outcome: which parameters move it, by how much, and how sure one can be of it.

A run whose parameters are drawn from their priors gives a table: one row per parameter set, its values, and the outcome's
mean over the worlds of the set. With more parameters than sets no regression on all of them can be trusted, so each parameter
is analysed on its own, by the rank of its values (Spearman), and compared with what chance alone would do
(`sim.analysis.sensitivity.chance`). What lies above that line is worth a closer look, such as the check one at a time on the
same luck (`sim.analysis.sensitivity.one_at_a_time`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np

from sim.analysis.sensitivity.chance import FEWEST, line_of_chance, unit
from sim.engine import Array
from sim.ensemble.estimates import FEWEST_SETS, Z90, within_sets
from sim.ensemble.results import Run
from sim.errors import BrinkError, nearest

SHUFFLES, RESAMPLES, FOLDS = 1000, 500, 8

UNSURE = 0.25
"""Standard error of a share of the spread beyond which it could be nearly anything."""


@dataclass(frozen=True)
class Driver:
    """One parameter and an outcome.

    Parameters
    ----------
    key : the parameter
    rank : Spearman's correlation of its values with the sets' means; "low" and "high" are its 90 % band
    bottom, top : the outcome's mean in the third of the sets with its lowest, and its highest, values
    bottom_error, top_error : standard errors of these
    difference, error : top less bottom, and its standard error
    clear : whether its rank correlation lies above the line of chance
    """

    key: str
    rank: float
    low: float
    high: float
    bottom: float
    bottom_error: float
    top: float
    top_error: float
    difference: float
    error: float
    clear: bool


@dataclass(frozen=True)
class Split:
    """Of the spread of the sets' means, what is luck and what is parameters, as shares with a standard error.

    Parameters
    ----------
    luck : the share that more worlds per set would take away; the rest is parameters. It may come out above 1, by an error
    error : standard error of both shares
    spread, freed : standard deviation of the sets' means, and the same without luck
    told : of the part that is parameters, how much those above the line predict in sets that were left out; NaN if luck may
        be all there is
    """

    luck: float
    error: float
    spread: float
    freed: float
    told: float

    @property
    def too_few(self) -> bool:
        """Whether the shares could be nearly anything, or luck be all there is: there are too few sets or worlds."""
        return self.error > UNSURE or not 1 - self.luck > Z90 * self.error


@dataclass(frozen=True)
class Cell:
    """The sets in which two parameters lie in some third of their values each; `row` and `column` count from the lowest.

    `x` and `y` are the ranges of values, `mean` that of the outcome over `sets` sets, `error` its standard error.
    """

    column: int
    row: int
    x: tuple[float, float]
    y: tuple[float, float]
    mean: float
    error: float
    sets: int

    def side(self, level: float) -> str:
        """Whether the outcome is above or below a level here, or too near to it to tell (a 90 % band, if sets are enough)."""
        if self.sets < FEWEST_SETS or not abs(self.mean - level) > Z90 * self.error:
            return "too near to tell"
        return "above" if self.mean > level else "below"


class Drivers:
    """What moves an outcome, from parameter sets and the outcome's mean in each.

    Parameters
    ----------
    values : by parameter, its value in each set, shape (sets,)
    means : the outcome's mean in each set
    luck : the squared error of each mean that is luck: the variance over its worlds, by their number
    share : whether the outcome is a share of worlds

    `sets` is how many parameter sets there are, `mean` the outcome's mean over all of them, `error` its standard error.
    Raises BrinkError if there are fewer than FEWEST sets.
    """

    def __init__(self, values: Mapping[str, Array], means: Array, luck: Array, share: bool = True) -> None:
        if len(means) < FEWEST:
            raise BrinkError(f"drivers: {len(means)} parameter sets tell nothing; {FEWEST} are the fewest, 256 are good")
        self.names, self.share = tuple(values), share
        self.values = np.column_stack([np.asarray(column, np.float64) for column in values.values()])
        self.means, self.luck = np.asarray(means, np.float64), np.asarray(luck, np.float64)
        self.sets, (self.mean, self.error) = len(means), _mean(self.means)

    @classmethod
    def of(cls, run: Run, outcome: str) -> Drivers:
        """The drivers of an outcome of a run; of a conditional one, from the sets with worlds on which it is conditional.

        Raises BrinkError if parameters are fixed, or if the outcome comes in labels.
        """
        info = run.question(outcome)
        if run.uncertainty != "priors":
            raise BrinkError("drivers: the run's parameters are fixed; draw them from their priors (--uncertainty priors)")
        if info.kind == "code":
            raise BrinkError(f"drivers: {outcome!r} comes in labels; name an outcome that is a share or a number")
        share = info.kind != "mean"
        values = run.happened(outcome) if share else run.column(outcome)
        counts, sets = run.counts(info), run.set_of_world
        means, luck = set_means(values[counts], sets[counts], run.sets)
        known = ~np.isnan(luck)
        table = run.parameters.iloc[known]
        return cls({name: table[name].to_numpy() for name in table if name != "set"}, means[known], luck[known], share)

    def column(self, name: str) -> Array:
        """The values of one parameter. Raises BrinkError, with the nearest, if it does not vary."""
        if name not in self.names:
            raise BrinkError(f"drivers: no parameter {name!r} varies in this run{nearest(name, self.names)}")
        return self.values[:, self.names.index(name)]

    @cached_property
    def _scores(self) -> tuple[Array, Array]:
        """Ranks of the parameters' values and of the means, each of mean 0 and length 1."""
        from scipy.stats import rankdata

        return tuple(unit(rankdata(table, axis=0)) for table in (self.values, self.means))  # type: ignore[return-value]

    @cached_property
    def line(self) -> float:
        """The line of chance: the strongest rank correlation of parameters that do nothing lies below it in 19 of 20 cases,
        from the means permuted over the sets, so that it allows for the number of parameters.
        """
        x, y = self._scores
        return line_of_chance(y, lambda permuted: np.abs(permuted @ x), SHUFFLES)

    @cached_property
    def ranked(self) -> list[Driver]:
        """Every parameter that varies, the strongest rank correlation first."""
        x, y = self._scores
        found = [self._driver(name, float(rank)) for name, rank in zip(self.names, y @ x, strict=True)]
        return sorted(found, key=lambda driver: -abs(driver.rank))

    @property
    def clear(self) -> list[Driver]:
        """Those above the line of chance."""
        return [driver for driver in self.ranked if driver.clear]

    def driver(self, name: str) -> Driver:
        """That of one parameter. Raises BrinkError, with the nearest, if it does not vary."""
        self.column(name)
        return next(driver for driver in self.ranked if driver.key == name)

    def _driver(self, name: str, rank: float) -> Driver:
        third = thirds(self.column(name))
        (bottom, below), (top, above) = (_mean(self.means[third == part]) for part in (0, 2))
        return Driver(name, rank, *band(rank, self.sets), bottom, below, top, above, top - bottom, math.hypot(below, above),
                      abs(rank) > self.line)

    @cached_property
    def split(self) -> Split:
        """How much of the spread of the sets' means is luck."""
        picks = np.random.default_rng(0).integers(self.sets, size=(RESAMPLES, self.sets))
        spread, luck = float(self.means.var(ddof=1)), float(self.luck.mean())
        if spread == 0:
            return Split(math.nan, math.nan, 0.0, 0.0, math.nan)
        again = self.luck[picks].mean(axis=1) / np.maximum(self.means[picks].var(axis=1, ddof=1), 1e-300)
        found = Split(luck / spread, float(again.std()), math.sqrt(spread), math.sqrt(max(0.0, spread - luck)), math.nan)
        if found.too_few:
            return found
        return replace(found, told=min(1.0, max(0.0, self._predicted()) / (1 - found.luck)))

    def _predicted(self) -> float:
        """Share of the variance of means that is predicted in sets left out of the choice of parameters and of the fit."""
        x, _ = self._scores
        fold, guess = np.arange(self.sets) % FOLDS, np.empty(self.sets)
        for left_out in range(FOLDS):
            kept = fold != left_out
            line = self.line / math.sqrt(kept.mean())
            chosen = np.abs(unit(self.means[kept]) @ unit(x[kept])) > line
            design = np.column_stack([np.ones(self.sets), x[:, chosen]])
            fit = np.linalg.lstsq(design[kept], self.means[kept], rcond=None)[0]
            guess[~kept] = design[~kept] @ fit
        return float(1 - ((self.means - guess) ** 2).sum() / ((self.means - self.mean) ** 2).sum())

    def along(self, name: str, parts: int = 6) -> list[tuple[float, float, float]]:
        """The outcome along one parameter: of each of so many equal parts of the sets, its middle value, mean and error."""
        column, part = self.column(name), thirds(self.column(name), parts)
        return [(float(np.median(column[part == i])), *_mean(self.means[part == i])) for i in range(parts)]

    def region(self, first: str, second: str, parts: int = 3) -> list[Cell]:
        """The outcome over two parameters, each cut into parts of equally many sets; an empty cell has the mean NaN."""
        x, y = self.column(first), self.column(second)
        columns, rows = thirds(x, parts), thirds(y, parts)
        cells = []
        for row, column in product(range(parts), repeat=2):
            here = (columns == column) & (rows == row)
            wide, high = ((float(part.min()), float(part.max())) for part in (x[columns == column], y[rows == row]))
            cells.append(Cell(column, row, wide, high, *_mean(self.means[here]), int(here.sum())))
        return cells


def crossed(cells: Sequence[Cell], levels: Mapping[str, float]) -> tuple[str, float]:
    """The first of some named levels that lies within the cells' means, so that it is crossed; else the last."""
    means = [cell.mean for cell in cells if not math.isnan(cell.mean)]
    within = [(name, level) for name, level in levels.items() if means and min(means) < level < max(means)]
    return within[0] if within else list(levels.items())[-1]


def set_means(values: Array, sets: Array, count: int) -> tuple[Array, Array]:
    """Mean of each set's worlds and the squared error of it that is luck: shape (count,) each; NaN for fewer than two worlds.
    Of each world, shape (n,), `values` has the value, bool for a share, and `sets` the set, from 0.
    """
    values = values.astype(np.float64)
    size = np.bincount(sets, minlength=count)
    total, squares = (np.bincount(sets, numbers, minlength=count) for numbers in (values, values * values))
    means, within = within_sets(size, total, squares)
    return means, within / np.maximum(size, 1)


def thirds(column: Array, parts: int = 3) -> Array:
    """Which part of the sets each belongs to if they are put in order and cut into equal parts: shape (sets,), int."""
    return np.argsort(np.argsort(column, kind="stable"), kind="stable") * parts // len(column)


def band(rank: float, sets: int) -> tuple[float, float]:
    """90 % band of a rank correlation over so many sets (Fisher's z with the variance of Bonett and Wright 2000)."""
    reach, most = Z90 * math.sqrt((1 + rank * rank / 2) / (sets - 3)), 1 - 1 / sets ** 2
    middle = math.atanh(min(max(rank, -most), most))
    return min(math.tanh(middle - reach), rank), max(math.tanh(middle + reach), rank)


def _mean(values: Array) -> tuple[float, float]:
    """Mean and standard error; NaN for fewer than two values."""
    if len(values) < 2:
        return (float(values[0]) if len(values) else math.nan), math.nan
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values)))
