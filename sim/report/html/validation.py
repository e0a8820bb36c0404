"""The report of a validation: one HTML file that needs nothing else, and a short one in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sim.ensemble.files import json_text, write_text
from sim.report.figures import look
from sim.report.figures.validation import draw
from sim.report.html import pictures
from sim.report.html.render import fill, page, range_plot
from sim.report.text.validation import known, made_from, missed, number, verdict
from sim.validation.checks import Check, Picture, Reading
from sim.validation.experiments_runner import Laboratory
from sim.validation.validate import HONESTY, Result


def reports(results: Sequence[Result], laboratory: Laboratory) -> dict[str, str]:
    """By name of file: one page that needs no other, all readings as Markdown tables, and the figures as JSON for other pages.

    They are the same bytes for the same results.
    """
    said = {"verdict": verdict(results), "honesty": HONESTY, "made_from": made_from(laboratory)}
    words: dict[str, Any] = {**said, "results": results, "number": number, "known": known}
    figures = {**said, "checks": [result.as_dict() for result in results]}
    return {"validation.html": page("validation.html", "Validation of brink", **words, missed=missed, strip=strip, drawn=drawn),
            "validation.md": str(fill("validation.md", **words)),
            "validation.json": json_text(figures)}


def write(results: Sequence[Result], laboratory: Laboratory, place: Path) -> None:
    """Write the reports into a directory."""
    for name, text in reports(results, laboratory).items():
        write_text(place / name, text)


def strip(reading: Reading) -> Markup:
    """Where the model's number lies, as a small picture."""
    return range_plot(reading.wanted, reading.value, reading.low, reading.high, reading.band, reading.observed, reading.passed)


def drawn(check: Check, picture: Picture) -> Markup:
    """The picture of a check as SVG that can stand in a page, its ids beginning with that of the check."""
    with look.style():
        return pictures.svg(draw(check.title, picture), check.id, check.title)
