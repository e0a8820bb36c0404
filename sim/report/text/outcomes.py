"""How outcomes are told: a number with as many digits as mean something, its error, and the gist in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING, Any, TypeAlias

from sim.model.outcomes import TOLD
from sim.words import band, percent, phrase, two_digits

if TYPE_CHECKING:
    from sim.ensemble.results import Run

LIMITS = ("An educational what-if on public figures: what the model says under its assumptions, not a forecast of the "
          "world.")

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


def of_hundred(share: float) -> str:
    """Worlds of a hundred, like "66", "fewer than 1" or "more than 99"."""
    if 0 < share < 0.005:
        return "fewer than 1"
    return "more than 99" if 0.995 < share < 1 else f"{100 * share:.0f}"


def gist(run: Run) -> list[str]:
    """The first of the headline outcomes, a plain sentence each."""
    told = (row for row in run.rows if row["id"] in TOLD and not isnan(row["estimate"]))
    return [f"{row['says'].rstrip('.')}: {phrase(row['estimate'])}, {of_hundred(row['estimate'])} of 100 worlds."
            for row in told]


def shared_out(counts: Sequence[int], whole: int = 100) -> list[int]:
    """Whole numbers that add up to `whole` and are as near as can be to the shares of `counts` (largest remainders)."""
    exact = [whole * count / max(sum(counts), 1) for count in counts]
    shares = [int(part) for part in exact]
    by_remainder = sorted(range(len(counts)), key=lambda i: shares[i] - exact[i])
    for i in by_remainder[:whole - sum(shares)] if any(counts) else ():
        shares[i] += 1
    return shares
