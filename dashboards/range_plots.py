"""Small range plots made of HTML: where the model's number lies between what is wanted and what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from sim.report.html.render import render
from sim.validation.checks import digits, strip

KEY = ("Grey: the range that was wanted. Dot: the model, its line the middle 80 % of samples. Diamond: what was observed.")


def plot(value: float | None, low: float | None = None, high: float | None = None, band: Sequence[float] | None = None,
         observed: float | None = None, passed: bool = True, says: str = "") -> Markup:
    """One strip; without a value only the ranges are drawn."""
    middle = value if value is not None else (band[0] + band[1]) / 2 if band else 0.0
    place = strip(middle, low, high, band, observed)
    return render("strip", says, None if value is None else place.value, place.band, place.wanted, place.observed, not passed)


def head(known: str) -> Markup:
    """The names of the columns."""
    return render("reading", ("", "model", known), class_="head")


def check(one: Mapping[str, Any]) -> Markup:
    """A check that opens: what is compared, and its readings."""
    readings = one["readings"]
    tested = sum(reading["tested"] for reading in readings)
    state = "fits" if one["passed"] else "does not fit"
    moved = f" Moved most by {', '.join(one['moved_by'])}." if one["moved_by"] else ""
    return render("check", one["title"], f"{state}, {tested} of {len(readings)} readings tested",
                  f"{one['compares']} {one['tolerance']}", [head("wanted, or observed"), *map(reading_row, readings)],
                  f"{one['samples']:,} samples. Figures: {', '.join(one['evidence'])}.{moved}")


def reading_row(reading: Mapping[str, Any]) -> Markup:
    """One number of the model beside what it is held against."""
    error = f" ± {digits(reading['error'])}" if reading["error"] else ""
    known = "" if reading["observed"] is None else f"observed {digits(reading['observed'])}"
    wanted = reading["wanted"] if reading["tested"] else known or "no figure to hold it against"
    drawn = plot(reading["value"], reading["low"], reading["high"], reading["band"], reading["observed"], reading["passed"],
                 f"{reading['says']}: model {digits(reading['value'])}, {wanted}, "
                 f"{'fits' if reading['passed'] else 'does not fit'}")
    return render("reading", (reading["says"], f"{digits(reading['value'])}{error} {reading['unit']}".strip(), wanted), drawn)


def measure(line: Mapping[str, Any]) -> Markup:
    """A measure of a past war beside the model's 80 % band; of deaths only the band."""
    known = digits(line["low"]) if line["low"] == line["high"] else f"{digits(line['low'])} to {digits(line['high'])}"
    middle = None if line["id"].startswith("dead") else line["median"]
    band = f"{digits(line['model_low'])} to {digits(line['model_high'])}"
    drawn = plot(middle, line["low"], line["high"], (line["model_low"], line["model_high"]), passed=line["fits"],
                 says=f"{line['says']}: observed {known}, model {band}")
    return render("reading", (line["says"], band if middle is None else f"{digits(middle)} ({band})", known), drawn)
