"""Outcomes in words: a number with as many digits as mean something, its error, and the gist in sentences."""

from __future__ import annotations

from math import isnan
from typing import Any, TypeAlias

from sim.ensemble.results import Run
from sim.model.outcomes import TOLD
from sim.words import TOO_FEW, band, count, error_points, of_hundred, percent, phrase, two_digits

Row: TypeAlias = "dict[str, Any]"
"""A row of `Run.rows`."""


def number(row: Row, column: str = "estimate") -> str:
    """An estimate, or another column of the row, with its unit."""
    if row["kind"] == "mean":
        return f"{two_digits(row[column])} {row['unit']}".rstrip()
    return percent(row[column])


def in_words(row: Row) -> str:
    """How likely it is, with the range of that word; nothing for a mean."""
    return phrase(row["word"])


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
    """The Monte Carlo error, like " ± 0.7"; of a share in points, a tenth of one at least; nothing where there is no value."""
    if isnan(row["estimate"] if "estimate" in row else row["difference"]):
        return ""
    if row["kind"] == "mean" and row["se"] == 0:
        return " in every world"  # which is no proof that it is so in all others
    of_mean = row["kind"] == "mean" and not isnan(row["se"])
    return f" ± {two_digits(row['se']) if of_mean else error_points(row['se'])}"


def over_parameters(row: Row) -> str:
    """The 90 % band over parameters, like "12 % to 55 %", or that it cannot be told; nothing for deaths, or if no world
    counts.
    """
    if row["unit"] == "deaths" or isnan(row["estimate"]):
        return ""
    return TOO_FEW if isnan(row["low"]) else f"{number(row, 'low')} to {number(row, 'high')}"


def between(run: Run, row: Row) -> str:
    """Between which numbers, or in which band of deaths, nine of ten worlds lie, or that it cannot be told."""
    low, high = run.spread(row["id"])
    if isnan(low):
        return TOO_FEW
    said = band(low, high) if row["unit"] == "deaths" else f"{two_digits(low)} to {two_digits(high)}"
    return f"{said} in nine of ten worlds"


def answer(run: Run, row: Row) -> str:
    """The model's answer: an estimate with its error, or of deaths the band in which nine of ten worlds lie."""
    if row["unit"] != "deaths":
        return number(row) + error(row)
    return "-" if isnan(row["estimate"]) else between(run, row)


def heads(run: Run) -> tuple[str, ...]:
    """The heads of a table of outcomes."""
    return ("outcome", "in words", "model says", *["90 % over parameters"] * (run.uncertainty == "priors"), "base rate")


def cells(run: Run, row: Row) -> tuple[str, ...]:
    """An outcome as a row of that table."""
    bands = run.uncertainty == "priors"
    return (with_count(row, "worlds"), in_a_word(row), answer(run, row), *[over_parameters(row)] * bands,
            "" if isnan(row["base"]) else number(row, "base"))


def gist(run: Run) -> list[str]:
    """The first of the headline outcomes, a plain sentence each."""
    return [f"{row['says'].rstrip('.')}: {in_words(row)}, {_worlds(row)}."
            for row in run.rows if row["id"] in TOLD and not isnan(row["estimate"])]


def _worlds(row: Row) -> str:
    """In how many worlds of a hundred; of too few, in how many of these."""
    if row["word"] == TOO_FEW:
        return f"{row['estimate'] * row['n']:.0f} of {count(row['n'], 'world')}"
    return f"{of_hundred(row['estimate'])} of 100 worlds"
