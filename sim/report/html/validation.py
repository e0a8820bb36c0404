"""The report of a validation: one HTML file that needs nothing else, and a short one in Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from sim.ensemble.files import write_text
from sim.report.figures import look
from sim.report.figures.validation import draw
from sim.report.html import pictures
from sim.report.html.render import fill, page, range_plot
from sim.report.text.validation import NAMES, known, made_from, missed, number, verdict
from sim.validation.checks import Check, Picture, Reading
from sim.validation.experiments_runner import Laboratory
from sim.validation.validate import HONESTY, Result


def html(results: Sequence[Result], laboratory: Laboratory) -> str:
    """The whole report as one page that needs no other file; the same bytes for the same results."""
    return page("validation.html", "Validation of brink", **_sentences(results, laboratory), results=results, number=number,
                known=known, missed=missed, strip=strip, drawn=drawn)


def markdown(results: Sequence[Result], laboratory: Laboratory) -> str:
    """All readings as tables, and what does not fit."""
    return str(fill("validation.md", **_sentences(results, laboratory), results=results, number=number, known=known))


def _sentences(results: Sequence[Result], laboratory: Laboratory) -> dict[str, str]:
    return {"verdict": verdict(results), "honesty": HONESTY, "made_from": made_from(laboratory)}


def write(results: Sequence[Result], laboratory: Laboratory, place: Path) -> None:
    """Write both reports into a directory, and the figures as JSON."""
    texts = html(results, laboratory), markdown(results, laboratory), figures(results, laboratory)
    for name, text in zip(NAMES, texts, strict=True):
        write_text(place / name, text)


def figures(results: Sequence[Result], laboratory: Laboratory) -> str:
    """The figures as JSON, for pages that show them differently."""
    content = {**_sentences(results, laboratory), "checks": [result.as_dict() for result in results]}
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def strip(reading: Reading) -> Markup:
    """Where the model's number lies, as a small picture."""
    return range_plot(reading.wanted, reading.value, reading.low, reading.high, reading.band, reading.observed, reading.passed)


def drawn(check: Check, picture: Picture) -> Markup:
    """The picture of a check as SVG that can stand in a page, its ids beginning with that of the check."""
    with look.style():
        return pictures.svg(draw(check.title, picture), check.id, check.title)
