"""How outcomes are told: a number with as many digits as mean something, its error, and the gist in sentences."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, TypeAlias

from sim.words import band, of_hundred, percent, phrase, two_digits

if TYPE_CHECKING:
    from sim.ensemble.results import Run

HEADLINES = ("O1", "O4", "O5")
"""Of the catalogue of outcomes, those told in a sentence: a second round, a war by mistake, a deal."""

Row: TypeAlias = "dict[str, Any]"
"""A row of `Run.rows`."""


def number(row: Row, column: str = "estimate") -> str:
    """An estimate, or another column of the row, with its unit."""
    if row["kind"] == "mean":
        return f"{two_digits(row[column])} {row['unit']}".rstrip()
    return percent(row[column])


def error(row: Row) -> str:
    """The Monte Carlo error, like " ± 0.7"; of a share in points, a tenth of one at least."""
    if isnan(row["se"]):
        return ""
    return f" ± {two_digits(row['se']) if row['kind'] == 'mean' else format(max(100 * row['se'], 0.1), '.1f')}"


def answer(run: Run, row: Row) -> str:
    """What the model says: an estimate with its error, or of deaths the band in which nine of ten worlds lie."""
    if row["unit"] != "deaths":
        return number(row) + error(row)
    return "-" if isnan(row["estimate"]) else f"{band(*run.spread(row['id']))} in nine of ten worlds"


def gist(run: Run) -> list[str]:
    """The headline outcomes, a plain sentence each."""
    told = [row for row in run.rows if row["kind"] != "mean" and not isnan(row["estimate"])]
    first = {row["catalogue"]: row for row in reversed(told)}
    return [f"{first[id]['says'].rstrip('.')}: {phrase(first[id]['estimate'])}, {of_hundred(first[id]['estimate'])} of "
            f"100 worlds." for id in HEADLINES if id in first]
