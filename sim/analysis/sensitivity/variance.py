"""How much of an outcome's uncertainty is luck and how much is parameters, and what it would help to know.

Every set of a study is simulated on the same luck. The variance of a world's outcome is then that of the sets' means without
luck, which is due to parameters, and the variance over the worlds of a set, which no knowledge of parameters takes away. If the
parameters of one actor or arena were known, the variance of the probability would be expected to fall by the share that they
explain between them (their first-order index; at least the sum of their curves', which leaves out what they do only
together).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.sensitivity.shares import Moments, Shares
from sim.analysis.sensitivity.table import Answers
from sim.engine import Array
from sim.ensemble.estimates import Z90
from sim.errors import BrinkError
from sim.model import registry


@dataclass(frozen=True)
class GroupShare:
    """A share with its standard error, for want of more sets and of more luck. Either end may lie where no share can be."""

    value: float
    error: float

    @property
    def low(self) -> float:
        """Lower end of its 90 % interval."""
        return self.value - Z90 * self.error

    @property
    def high(self) -> float:
        """Upper end of its 90 % interval."""
        return self.value + Z90 * self.error

    def as_dict(self) -> dict[str, float]:
        """Plain values."""
        return {"share": self.value, "se": self.error, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Variance:
    """Where uncertainty comes from.

    Parameters
    ----------
    answers : the outcome by set
    of_world : of the variance of a world's outcome, the share that is parameters; the rest is luck
    of_means : of the variance of the sets' means, the share that is parameters; the rest is luck that more worlds take away
    deviation : standard deviation of the sets' means without luck: how uncertain the probability is for want of knowledge
    sets_error, luck_error : standard error of the mean over sets, for want of more sets and for want of more worlds per set
    groups : one row per actor or arena, the most important first: group, people, parameters (how many vary), fall (the share
        by which the variance of the probability would fall if they were known), its se, low and high; empty for Morris designs
    rest : the share that no parameter's curve explains: what parameters do together, or by turns too sharp for a curve
    """

    answers: Answers
    of_world: GroupShare
    of_means: GroupShare
    deviation: float
    sets_error: float
    luck_error: float
    groups: pd.DataFrame
    rest: GroupShare

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with None for what there is not."""
        rest = None if math.isnan(self.rest.value) else self.rest.as_dict()
        return {**self.answers.about(), "parameters_of_world": self.of_world.as_dict(),
                "parameters_of_means": self.of_means.as_dict(), "deviation": self.deviation, "sets_error": self.sets_error,
                "luck_error": self.luck_error, "groups": self.groups.to_dict("records"), "rest": rest}


def variance(answers: Answers) -> Variance:
    """Where the uncertainty about an outcome comes from.

    Raises BrinkError if there is one world per set, so that luck cannot be told from parameters, and if parameters cannot be
    told from luck.
    """
    if not answers.has_luck:
        raise BrinkError(f"{answers.outcome.id}: with one world a set, luck cannot be told from parameters; "
                         "brink sweep --extend adds worlds")
    found = answers.whole_blocks() if answers.kind == "morris" else answers.independent()
    shares = None if answers.kind == "morris" else Shares(found)
    drawn = Moments(found) if shares is None else shares.moments
    drawn.check()
    groups, rest = _groups(found, shares)
    of_world = _part(found.freed, found.freed + float(found.within.mean()), drawn.freed, drawn.freed + drawn.within)
    of_means = _part(found.freed, found.spread, drawn.freed, drawn.spread)
    return Variance(found, of_world, of_means, math.sqrt(found.freed), math.sqrt(found.freed / len(found)), found.shared_luck,
                    groups, rest)


def _part(value: float, whole: float, again: Array, wholes: Array) -> GroupShare:
    return GroupShare(value / whole, float((again / wholes).std()))


def _groups(answers: Answers, shares: Shares | None) -> tuple[pd.DataFrame, GroupShare]:
    """The fall for every actor and arena, and what is left over."""
    columns = ["group", "people", "parameters", "fall", "se", "low", "high"]
    if shares is None:
        return pd.DataFrame(columns=columns), GroupShare(math.nan, math.nan)
    first, again = shares.value, shares.again
    rows, known = [], list(registry.cards())
    for key in sorted(set(answers.groups), key=lambda key: (known.index(key) if key in known else len(known), key)):
        numbers = np.flatnonzero(np.array(answers.groups) == key)
        fall = GroupShare(float(first[numbers].sum()), float(again[:, numbers].sum(axis=1).std()))
        rows.append((key, registry.called(key), len(numbers), fall.value, fall.error, fall.low, fall.high))
    rest = GroupShare(1 - shares.explained[0], shares.explained[1])
    return pd.DataFrame(rows, columns=columns).sort_values("fall", ascending=False, kind="stable", ignore_index=True), rest
