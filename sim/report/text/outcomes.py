"""Outcomes in words: a number with as many digits as mean something, its error, and the gist in sentences."""

from __future__ import annotations

from math import isnan
from typing import Any, TypeAlias

from sim.ensemble.results import Run
from sim.model.outcomes import TOLD
from sim.words import band, error_points, of_hundred, percent, phrase, two_digits

Row: TypeAlias = "dict[str, Any]"
"""A row of `Run.rows`."""


def number(row: Row, column: str = "estimate") -> str:
    """An estimate, or another column of the row, with its unit."""
    if row["kind"] == "mean":
        return f"{two_digits(row[column])} {row['unit']}".rstrip()
    return percent(row[column])


def in_words(row: Row) -> str:
    """How likely it is, with the range of that word; nothing for a mean."""
    return "" if row["kind"] == "mean" else phrase(row["estimate"])


def in_a_word(row: Row) -> str:
    """How likely it is, without the range, for a narrow column."""
    return in_words(row).partition(" (")[0]


def with_count(row: Row, noun: str) -> str:
    """The outcome's description; of a conditional one with the number of worlds (or another noun) in which it was counted."""
    return f"{row['says']} ({row['n']:,} {noun})" if row["given"] else str(row["says"])


def signed(value: float) -> str:
    """A number with its sign, like "+1,200"; "-" for NaN."""
    return f"{'+' if value > 0 else ''}{two_digits(value)}"


def error(row: Row) -> str:
    """The Monte Carlo error, like " ± 0.7"; of a share in points, a tenth of one at least."""
    if isnan(row["se"]):
        return ""
    return f" ± {two_digits(row['se']) if row['kind'] == 'mean' else error_points(row['se'])}"


def answer(run: Run, row: Row) -> str:
    """The model's answer: an estimate with its error, or of deaths the band in which nine of ten worlds lie."""
    if row["unit"] != "deaths":
        return number(row) + error(row)
    return "-" if isnan(row["estimate"]) else f"{band(*run.spread(row['id']))} in nine of ten worlds"


def gist(run: Run) -> list[str]:
    """The first of the headline outcomes, a plain sentence each."""
    return [f"{row['says'].rstrip('.')}: {phrase(row['estimate'])}, {of_hundred(row['estimate'])} of 100 worlds."
            for row in run.rows if row["id"] in TOLD and not isnan(row["estimate"])]
