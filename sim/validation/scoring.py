"""Scoring a frozen forecast when its questions, or some of them, are settled.

A resolution file gives for each settled question the day on which it happened, or null if it had not by the day of the check:

    round_two: {happened: 2026-05-04, as_of: 2026-05-06}
    deal: {happened: null, as_of: 2026-05-06}
    us_strike: annulled

A question that can no longer be answered is annulled: it is named, and not scored.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from math import nan
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
from pydantic import ValidationInfo, field_validator, model_validator

from sim.ensemble.files import parsed, plain
from sim.errors import BrinkError, nearest, outside, shown
from sim.model.strict_yaml import Schema, content_of, each, parsed_date, read
from sim.validation.scores import brier, log_loss, rps

ANNULLED = "annulled"
"""What stands for the days of a question that is not scored."""


class Resolution(Schema):
    """The state of one question: the day on which it happened, if it did by `as_of`."""

    expected = ("{key} must hold 'happened' and 'as_of', like {happened: null, as_of: 2026-05-06}, or be the word "
                f"{ANNULLED} if it can no longer be answered")

    happened: datetime.date | None
    as_of: datetime.date
    note: Any = None

    @field_validator("happened", "as_of", mode="before")
    @classmethod
    def _day(cls, value: Any, info: ValidationInfo) -> datetime.date | None:
        try:
            return None if value is None and info.field_name == "happened" else parsed_date(value)
        except BrinkError as error:
            raise BrinkError(f"{{parent}}: {error}") from None

    @model_validator(mode="after")
    def _in_order(self, info: ValidationInfo) -> Self:
        made = cast(datetime.date, info.context)
        if self.as_of < made or (self.happened is not None and not made < self.happened <= self.as_of):
            raise BrinkError(f"{{key}}: days must follow each other: the forecast of {made}, then happened, then as_of")
        return self

    def by(self, deadline: datetime.date) -> bool | None:
        """Whether it had happened by a deadline; None while that is open."""
        if self.happened is not None and self.happened <= deadline:
            return True
        return False if self.happened is not None or deadline <= self.as_of else None


@dataclass(frozen=True)
class Row:
    """The scores of one question over its settled deadlines; NaN if there is none."""

    id: str
    happened: str | None
    deadlines: int
    brier: float
    log: float
    rps: float
    settled: bool
    annulled: bool = False


@dataclass(frozen=True)
class Scored:
    """A scored forecast.

    `pairs` holds the probability and what came of it for every settled question and deadline. `complete` are the questions
    of which all deadlines are settled.
    """

    rows: tuple[Row, ...]
    pairs: tuple[tuple[float, bool], ...]

    @property
    def complete(self) -> list[Row]:
        """Questions whose ranked probability score is final."""
        return [row for row in self.rows if row.settled]

    @property
    def means(self) -> dict[str, float]:
        """Mean Brier and log score over pairs, and mean RPS over the complete questions; NaN over none."""
        return {**_means(self.pairs), "rps": _mean([row.rps for row in self.complete])}

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for `--json`; None where there is nothing to say."""
        return {"questions": plain([asdict(row) for row in self.rows]), "pairs": len(self.pairs),
                "complete": len(self.complete), "means": plain(self.means)}


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else nan


def _means(pairs: Sequence[tuple[float, bool]]) -> dict[str, float]:
    return {"brier": _mean([brier(p, came) for p, came in pairs]),
            "log": _mean([log_loss(p if came else 1 - p) for p, came in pairs])}


def score(forecast: Mapping[str, Any], resolutions: Mapping[str, Resolution | None]) -> Scored:
    """Score the questions of a forecast that the resolutions name; None stands for one that is annulled."""
    found = [_scored(question, resolutions[question["id"]]) for question in forecast["questions"]
             if question["id"] in resolutions]
    return Scored(tuple(row for row, _ in found), tuple(chain(*(pairs for _, pairs in found))))


def _scored(question: Mapping[str, Any], resolution: Resolution | None) -> tuple[Row, list[tuple[float, bool]]]:
    if resolution is None:
        return Row(question["id"], None, 0, nan, nan, nan, settled=False, annulled=True), []
    came = [(entry["probability"], resolution.by(datetime.date.fromisoformat(entry["by"]))) for entry in question["deadlines"]]
    pairs = [(p, answer) for p, answer in came if answer is not None]
    settled = len(pairs) == len(came)
    hits = sum(answer for _, answer in pairs)
    means = _means(pairs)
    row = Row(question["id"], resolution.happened.isoformat() if resolution.happened else None, len(pairs), means["brier"],
              means["log"], rps=rps([p for p, _ in pairs], len(pairs) - hits) if settled else nan, settled=settled)
    return row, pairs


def read_forecast(path: Path) -> dict[str, Any]:
    """The content of a forecast file. Raises BrinkError if it is none, or a damaged one."""
    with outside(path, "cannot be read as JSON"):
        content = parsed(content_of(path))
    if not isinstance(content, dict) or content.get("kind") != "brink forecast":
        raise BrinkError(f"{path}: is not a forecast that brink wrote")
    if content.get("format") != 1:
        raise BrinkError(f"{path}: is of format {shown(content.get('format'))}; this version reads format 1")
    with outside(path, "is damaged: its questions must hold dated deadlines with probabilities that never fall"):
        datetime.date.fromisoformat(content["from"])
        words = [content["version"], content["model"], *(question["id"] for question in content["questions"])]
        if not content["questions"] or not all(isinstance(word, str) for word in words):
            raise ValueError("its words must be text")
        for question in content["questions"]:
            _check(question["deadlines"])
    return content


def _check(deadlines: list[dict[str, Any]]) -> None:
    days = [datetime.date.fromisoformat(entry["by"]) for entry in deadlines]
    shares = [0.0, *(entry["probability"] + 0.0 for entry in deadlines), 1.0]
    if not days or days != sorted(set(days)) or shares != sorted(shares):
        raise ValueError("deadlines out of order")


def read_resolutions(path: Path, forecast: Mapping[str, Any]) -> dict[str, Resolution | None]:
    """The resolutions in a file, checked against the forecast; None for an annulled question.

    Raises BrinkError with one line per mistake.
    """
    made = datetime.date.fromisoformat(forecast["from"])
    known = [question["id"] for question in forecast["questions"]]

    def resolution(id: str, content: Any) -> Resolution | None:
        if id not in known:
            raise BrinkError(f"the forecast asks no question {shown(id)}"
                             f"{nearest(id, known) or '; it asks ' + ', '.join(known)}")
        return None if content == ANNULLED else Resolution.of(content, made)

    def resolutions(content: Any) -> dict[str, Resolution | None]:
        if not isinstance(content, dict):
            raise BrinkError(f"expected questions and how they stand, like '{known[0]}: {{happened: null, as_of: 2026-05-06}}'")
        return each(content, resolution)

    return read(path, resolutions)
