"""A study as tables: what an outcome is in each parameter set, and how much of that is luck.

All sets of a study are simulated on the same luck. The error of a set's mean is therefore partly shared with other sets, so
luck is kept not as one error per set but as a row of numbers, of which the product of two sets' rows is the covariance of
their means. To that end worlds are assigned to folds by their luck number: how the folds of a set differ shows how its mean
would differ on other luck, and how the folds of two sets differ together shows what of it both have in common.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from sim.analysis.sensitivity.chance import FEWEST
from sim.analysis.sensitivity.preconditions import DISTINCT, check_apart, distinct, once
from sim.analysis.sensitivity.resample import FEW, both, own_luck
from sim.engine import Array
from sim.ensemble import columns as tables
from sim.ensemble.estimates import within_sets
from sim.ensemble.study.store import Store
from sim.errors import BrinkError, among, nearest, shown
from sim.model.outcomes import BY_ID, Outcome

FOLDS = 16
"""Number of folds of the worlds of a set."""
ALONE = ("one world a set: luck cannot be told from parameters; shares hold both, and errors do not cover the luck that sets "
         "share; brink sweep --extend adds worlds")
FEWEST_BLOCKS = 4
"""Sobol blocks or Morris trajectories from which anything is said at all."""


@dataclass(frozen=True)
class Answers:
    """What an outcome is in each parameter set.

    Parameters
    ----------
    outcome, scenario : of what, in which scenario
    kind : of the design
    names, values : parameters that vary, and their values: shape (sets, names)
    means : (sets,): the outcome's mean over the worlds that count
    luck : (sets, folds): the covariance by luck of the means of two sets is the product of their rows
    within : (sets,): variance over the worlds of a set
    worlds : (sets,), int: worlds that count
    numbers : (sets,), int: the sets' numbers in the study
    block : how many sets belong together, like a trajectory; 1 in most designs
    notes : what is missing, for the reader
    luck_within : (sets, folds): the same as luck, of the variance over worlds; None if it is not known
    """

    outcome: Outcome
    scenario: str
    kind: str
    names: tuple[str, ...]
    values: Array
    means: Array
    luck: Array
    within: Array
    worlds: Array
    numbers: Array
    block: int = 1
    notes: tuple[str, ...] = ()
    luck_within: Array | None = None

    def __len__(self) -> int:
        return len(self.means)

    @property
    def share(self) -> bool:
        """Whether it is a share of worlds; else a mean."""
        return self.outcome.kind != "mean"

    @property
    def mean(self) -> float:
        """The mean over sets."""
        return float(self.means.mean())

    @property
    def shared_luck(self) -> float:
        """Standard error of the mean over sets for want of more luck, which all sets share; 0 with fewer than two folds."""
        return float(np.sqrt((self.luck_or_none.mean(axis=0) ** 2).sum()))

    @property
    def error(self) -> float:
        """Standard error of the mean over sets: for want of more luck, and for want of more sets or blocks of them."""
        if self.block == 1:
            return float(both(np.sqrt(self.freed / len(self)), self.luck_or_none.mean(axis=0)))
        _, number, size = np.unique(self.blocks, return_inverse=True, return_counts=True)
        means = np.bincount(number, self.means) / size
        return float(both(means.std(ddof=1) / np.sqrt(len(means)), self.luck_or_none.mean(axis=0)))

    @property
    def blocks(self) -> Array:
        """Which sets belong together: shape (sets,), int."""
        return self.numbers // self.block

    @property
    def has_luck(self) -> bool:
        """Whether luck can be told from parameters, which needs two worlds per set."""
        return not np.isnan(self.luck).any()

    @cached_property
    def own_luck(self) -> Array:
        """The squared error of each mean by luck not common to all sets: shape (sets,); NaN with fewer than two folds."""
        return own_luck(self.luck)

    @property
    def luck_or_none(self) -> Array:
        """The luck, or zeros if it is not known: shape (sets, folds)."""
        return self.luck if self.has_luck else np.zeros((len(self), 1))

    @property
    def moved(self) -> Array:
        """What luck does to the variance over the worlds of each set: shape (sets, folds)."""
        return np.zeros_like(self.luck_or_none) if self.luck_within is None or not self.has_luck else self.luck_within

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader must know before any number: the notes, and what the errors cover if not all."""
        folds = self.luck.shape[1]
        if not self.has_luck:
            return (*self.notes, ALONE)
        return (*self.notes, *([f"with {folds} luck numbers, which all sets share, nobody can tell well how large luck is; "
                                "errors are rough (brink sweep --extend adds worlds)"] if folds < FEW else []))

    @property
    def spread(self) -> float:
        """Variance of the means over sets."""
        return float(self.means.var(ddof=1))

    @property
    def freed(self) -> float:
        """The same without luck: what is parameters. With fewer than two folds it includes luck."""
        luck = float(self.own_luck.mean()) * len(self) / (len(self) - 1)
        return self.spread if np.isnan(luck) else max(self.spread - luck, 0.0)

    @cached_property
    def places(self) -> Array:
        """Each value's place among those of its parameter, from 0 to 1: shape (sets, names)."""
        from scipy.stats import rankdata

        return (rankdata(self.values, axis=0) - 0.5) / len(self)

    @property
    def groups(self) -> tuple[str, ...]:
        """The actor or arena of each parameter, by key."""
        return tuple(name.partition(".")[0] for name in self.names)

    def only(self, rows: Array) -> Answers:
        """Some of the sets, by number or where true."""
        columns = ("values", "means", "luck", "within", "worlds", "numbers", "luck_within")
        return replace(self, **{name: column[rows] for name in columns if (column := getattr(self, name)) is not None})

    def whole_blocks(self) -> Answers:
        """The sets of blocks that are complete, with a note of what was left out. Raises BrinkError if they are too few."""
        _, number, size = np.unique(self.blocks, return_inverse=True, return_counts=True)
        found = self.only(size[number] == self.block)
        whole, there = len(found) // self.block, len(size)
        if whole < FEWEST_BLOCKS:
            raise BrinkError(f"{self.outcome.id}: {whole} whole blocks of {self.block} sets have a value, and {FEWEST_BLOCKS} "
                             f"are the fewest for {self.kind}; a conditional outcome may need more worlds a set")
        left_out = f"{there - whole:,} of {there:,} blocks with sets that are missing are left out"
        return replace(found, notes=(*self.notes, *([left_out] if whole < there else [])))

    def independent(self) -> Answers:
        """Sets that are drawn independently of each other: of each Sobol block its two base points; else all, once each.

        Parameters that do not vary are left out. Notes say what was left out, and what too few values cannot tell. Raises
        BrinkError for Morris trajectories, of which there are none, for parameters that depend on each other, and for too
        few sets or nothing that varies.
        """
        if self.kind == "morris":
            raise BrinkError("this needs sets that are spread over the priors independently, which a Morris design's are not; "
                             "use a latin or sobol design, or ask for brink sensitivity")
        if self.kind in ("latin", "sobol"):
            found = self.only(np.isin(self.numbers % self.block, (0, self.block - 1)))
        else:
            found = self._listed()
        if len(found) < FEWEST:
            raise BrinkError(f"{self.outcome.id}: {len(found)} different parameter sets have a value, and {FEWEST} are the "
                             "fewest that tell anything; 256 are good")
        check_apart(found.names, found.places)
        return found

    def _listed(self) -> Answers:
        """Of sets that were listed: each once, and the parameters that vary among them, with notes."""
        found, many = self.only(once(self.values)), distinct(self.values)
        if not (many > 1).any():
            raise BrinkError(f"{self.outcome.id}: no parameter varies in these sets")
        notes = [*self.notes, "the sets are those that the study lists; shares and ranges are of them, not of the priors"]
        if len(found) < len(self):
            notes.append(f"{len(self) - len(found):,} of {len(self):,} sets are equal to others, and equal sets count once")
        names = np.array(self.names)
        for chosen, said in ((many == 1, "does not vary and is left out"),
                             ((many > 1) & (many < DISTINCT), "has too few values to tell what lies between them")):
            notes += [f"{name} {said}" for name in names[chosen]]
        return replace(found, names=tuple(names[many > 1]), values=found.values[:, many > 1], notes=tuple(notes))

    def about(self) -> dict[str, Any]:
        """The outcome, the study and the mean, as plain values."""
        return {"outcome": self.outcome.id, "says": self.outcome.says, "scenario": self.scenario, "design": self.kind,
                "sets": len(self), "worlds": int(self.worlds.sum()), "mean": self.mean, "se": self.error,
                "shared_luck": self.shared_luck, "notes": list(self.remarks)}


def outcome_of(store: Store, id: str) -> Outcome:
    """An outcome that the study keeps. Raises BrinkError if there is none of that name, or if it comes in labels."""
    kept = [name for name in store.study.outcomes if name in BY_ID]
    if not among(id, kept):
        where = "is not kept in this study" if among(id, BY_ID) else "is no outcome"
        raise BrinkError(f"{shown(id)} {where}{nearest(id, kept)}")
    if BY_ID[id].kind == "code":
        raise BrinkError(f"{id!r} comes in labels; name an outcome that is a share or a number, such as "
                         f"{' or '.join([name for name in kept if BY_ID[name].kind == 'day'][:2]) or kept[0]}")
    return BY_ID[id]


def scenario_of(store: Store, name: str | None) -> str:
    """The scenario of that name; the first if none is named. Raises BrinkError if the study has none of that name."""
    names = [one.name for one in store.study.scenarios]
    if name is not None and not among(name, names):
        raise BrinkError(f"{store.path}: has no scenario {shown(name)}; it has {', '.join(names)}")
    return name or names[0]


def answers(store: Store, outcome: str, scenario: str | None = None, varies: bool = True) -> Answers:
    """An outcome in each set, of those whose worlds are all there; notes say what is not.

    With `varies`, one that is the same in all sets is a mistake. Raises BrinkError for that, for names that are not there,
    labels, results that cannot be read, and too few sets that have a value.
    """
    kept, name = outcome_of(store, outcome), scenario_of(store, scenario)
    sums = _sums(store, name, kept)
    there, notes = _there(store, name, sums)
    means, luck, within, worlds = sums.means(single=store.layers[-1][1] == 1)
    whole = Answers(kept, name, store.study.design.kind, store.sets.names, store.sets.values.astype(np.float64), means, luck,
                    within, worlds, np.arange(len(means)), _block(store), luck_within=sums.luck_within())
    return _checked(whole, there, notes, varies)


def _there(store: Store, name: str, sums: Sums) -> tuple[Array, list[str]]:
    """The sets of which all worlds are there, with a note of the others."""
    if not sums.rows.any():
        raise BrinkError(f"{store.path}: has no results yet for {name}; run {store.resume}")
    there = sums.rows == sums.rows.max()
    gone, failed = int((~there).sum()), sum(row["scenario"] == name for row in store.failures())
    parts = [f"{gone - failed:,} are not simulated yet ({store.resume})"] * (gone > failed) + \
            [f"{failed:,} failed"] * bool(failed)
    note = f"incomplete: {len(there) - gone:,} of {len(there):,} sets are told of; {' and '.join(parts)}"
    return there, [note] if gone else []


def _checked(whole: Answers, there: Array, notes: list[str], varies: bool) -> Answers:
    """The sets that have a value. Raises BrinkError if they are too few, or all alike where the outcome must vary."""
    id, known = whole.outcome.id, there & np.isfinite(whole.means)
    without = int((there & ~known).sum())
    if without:
        notes.append(f"{id} has no value in {without:,} sets, where no or too few worlds have {whole.outcome.given or 'one'}; "
                     "they are left out, so what is said holds for the others")
    found = whole.only(np.flatnonzero(known))
    if len(found) < FEWEST:
        raise BrinkError(f"{id}: {len(found)} parameter sets have a value, and {FEWEST} are the fewest that tell anything; "
                         "256 are good")
    if varies and not found.spread > 0:
        always = f"{found.means[0]:g}" if not whole.share else {0.0: "never comes", 1.0: "always comes"}.get(
            float(found.means[0]), "is as likely in every set")
        raise BrinkError(f"{id}: {'is always ' if not whole.share else ''}{always}; what does not vary has no causes to find")
    return replace(found, notes=(*whole.notes, *notes))


def _block(store: Store) -> int:
    """How many sets belong together: a Sobol block has two base points, a Morris trajectory goes on from set to set."""
    design = store.study.design
    many = {"sobol": "samples", "morris": "trajectories"}.get(design.kind)
    return len(store.sets) // design.numbers[many] if many else 1


# reading

def _sums(store: Store, scenario: str, outcome: Outcome) -> Sums:
    """The sums of an outcome over all worlds of a scenario, read batch by batch."""
    sums = Sums(len(store.sets), min(FOLDS, store.layers[-1][1]))
    files = list(map(str, store.worlds_of(scenario)))
    columns = ["set", "luck", *filter(None, (outcome.id, outcome.given))]
    try:
        for batch in ds.dataset(files, format="parquet").to_batches(columns=columns) if files else ():
            sums.add(*_read(batch, outcome))
    except Exception:  # whatever it is that Arrow says of a damaged file
        raise BrinkError(f"{store.path}: results cannot be read; brink sweep --resume makes damaged parts again") from None
    return sums


def _read(batch: pa.RecordBatch, outcome: Outcome) -> tuple[Array, Array, Array, Array]:
    """Set, luck number, value and whether it counts, of each world."""
    sets, luck, found, *given = batch.columns
    values = tables.values(found, outcome.kind)
    counts = ~np.isnan(values) if values.dtype.kind == "f" else np.ones(len(values), bool)
    for condition in given:
        kind = BY_ID[outcome.given or ""].kind
        counts &= tables.happened(tables.values(condition, kind), kind)
    return (tables.values(sets), tables.values(luck),
            tables.happened(values, outcome.kind) if outcome.kind != "mean" else values, counts)


class Sums:
    """Sums over worlds by set and fold."""

    def __init__(self, sets: int, folds: int) -> None:
        self.shape = sets, folds
        self.rows = np.zeros(sets, np.int64)
        self.counts, self.total, self.squares = np.zeros(self.shape), np.zeros(self.shape), np.zeros(self.shape)

    def add(self, sets: Array, luck: Array, values: Array, counts: Array) -> None:
        """Add these worlds."""
        count, folds = self.shape
        self.rows += np.bincount(sets, minlength=count)
        sets, luck, values = sets[counts], luck[counts], values[counts].astype(np.float64)
        cells = sets.astype(np.int64) * folds + luck % folds
        self.counts += np.bincount(cells, minlength=count * folds).reshape(self.shape)
        self.total += np.bincount(cells, values, minlength=count * folds).reshape(self.shape)
        self.squares += np.bincount(cells, values * values, minlength=count * folds).reshape(self.shape)

    def means(self, single: bool) -> tuple[Array, Array, Array, Array]:
        """Means, luck, variance within and worlds of each set.

        Means are NaN where no world counts, or fewer than two folds, unless `single` says that all sets have one world.
        """
        worlds = self.counts.sum(axis=1)
        means, within = within_sets(worlds, self.total.sum(axis=1), self.squares.sum(axis=1))
        luck = self._luck(self.total)
        return means if single else np.where(np.isnan(luck[:, 0]), np.nan, means), luck, within, worlds.astype(np.int64)

    def luck_within(self) -> Array:
        """What luck does to the variance over the worlds of each set: shape (sets, folds), as the luck of means."""
        with np.errstate(divide="ignore", invalid="ignore"):
            means = self.total.sum(axis=1) / self.counts.sum(axis=1)
        return self._luck(self.squares) - 2 * means[:, None] * self._luck(self.total)

    def _luck(self, sums: Array) -> Array:
        """The luck of the means of what was summed, by set and fold: shape (sets, folds); NaN with fewer than two folds."""
        with np.errstate(divide="ignore", invalid="ignore"):
            part = self.counts / self.counts.sum(axis=1, keepdims=True)
            apart = sums / self.counts.sum(axis=1, keepdims=True) - sums.sum(axis=1, keepdims=True) / self.counts.sum(
                axis=1, keepdims=True) * part
            room = 1 - (part ** 2).sum(axis=1)
            return apart / np.sqrt(np.where(room > 1e-9, room, np.nan))[:, None]


# as one table

def table(store: Store, scenario: str | None = None) -> pd.DataFrame:
    """The study as one table: one row per scenario and set.

    Columns are scenario, set, its label if the study file has labels, the parameters that vary, and for each outcome that is
    kept and is no code its mean over the set's worlds and the Monte Carlo error of it ("round_two", "round_two.se"); of a
    conditional outcome also how many worlds count ("deal_lasts.worlds"). NaN where no world counts.
    """
    names = [one.name for one in store.study.scenarios] if scenario is None else [scenario_of(store, scenario)]
    return pd.concat([_of_scenario(store, name) for name in names], ignore_index=True)


def _of_scenario(store: Store, name: str) -> pd.DataFrame:
    labels = {"label": store.labels} if store.labels else {}
    columns: dict[str, Any] = {"scenario": name, "set": np.arange(len(store.sets)), **labels,
                               **dict(zip(store.sets.names, store.sets.values.T, strict=True))}
    for id, outcome in ((id, BY_ID[id]) for id in store.study.outcomes if id in BY_ID and BY_ID[id].kind != "code"):
        means, _, within, worlds = _sums(store, name, outcome).means(single=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            columns |= {id: means, f"{id}.se": np.sqrt(within / worlds)}
        if outcome.given:
            columns[f"{id}.worlds"] = worlds
    return pd.DataFrame(columns)
