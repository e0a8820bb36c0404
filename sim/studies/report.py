"""The report of a validation: one HTML file that needs nothing else, and a short one in Markdown."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from html import escape
from math import isfinite
from pathlib import Path

from sim.errors import BrinkError
from sim.figures import look
from sim.figures.validation import draw
from sim.studies.checks import Picture, Reading, digits
from sim.studies.laboratory import Laboratory
from sim.studies.validate import HONESTY, Result

NAMES = ("validation.html", "validation.md")

WIDTH, HEIGHT = 240, 18

CSS = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 1.4rem; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #e4e4e4; vertical-align: top; }
th { color: #6b6b6b; font-weight: 600; } td.n { white-space: nowrap; font-variant-numeric: tabular-nums; }
h2 { margin-top: 2.4rem; } .fail { color: #a3300f; font-weight: 600; } .pass { color: #1f6b3a; } .shown { color: #6b6b6b; }
p.small { color: #6b6b6b; font-size: 13px; } figure { margin: 0; overflow-x: auto; } a { color: inherit; }
"""


def html(results: Sequence[Result], laboratory: Laboratory) -> str:
    """The whole report as one page, without anything from elsewhere; the same bytes for the same results."""
    body = "\n".join((*_summary(results, laboratory), *(part for result in results for part in _section(result))))
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Validation of brink</title>'
            f"<style>{CSS}</style></head>\n<body>\n{body}\n</body></html>\n")


def room_for(place: Path) -> Path:
    """The directory, made if it is not there; BrinkError if nothing can be written to it."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / NAMES[0]).open("a").close()
    except OSError as error:
        raise BrinkError(f"{place}: cannot be written to: {error.strerror}") from None
    return place


def write(results: Sequence[Result], laboratory: Laboratory, place: Path) -> None:
    """Write both reports into a directory."""
    for name, text in zip(NAMES, (html(results, laboratory), markdown(results, laboratory)), strict=True):
        (place / name).write_text(text, encoding="utf-8")


def _summary(results: Sequence[Result], laboratory: Laboratory) -> Iterator[str]:
    yield "<h1>Validation of brink</h1>"
    yield f"<p>{escape(verdict(results))} {escape(HONESTY)}</p>"
    yield f'<p class="small">{escape(made_from(laboratory))}</p>'
    yield "<table><tr><th>check</th><th></th><th>what does not fit</th></tr>"
    for result in results:
        missed = "; ".join(f"{reading.says}: {number(reading)}, wanted {reading.wanted}" for reading in failures(result))
        yield (f'<tr><td><a href="#{result.check.id}">{escape(result.check.title)}</a></td>'
               f"<td>{_mark(result.finding.passed)}</td><td>{escape(missed)}</td></tr>")
    yield "</table>"


def _section(result: Result) -> Iterator[str]:
    check, finding = result.check, result.finding
    yield f'<h2 id="{check.id}">{escape(check.title)} {_mark(finding.passed)}</h2>'
    yield f"<p>{escape(check.compares)} {escape(check.tolerance)}</p>"
    yield ("<table><tr><th>reading</th><th>model</th><th>wanted</th><th>known</th><th></th>"
           "<th>wanted (grey), model (dot, 80 % band), known (diamond)</th></tr>")
    yield from (_row(reading) for reading in finding.readings)
    yield "</table>"
    if finding.picture is not None:
        yield f"<figure>{svg(check.title, finding.picture)}</figure>"
    moved = f" Moved most by {', '.join(check.moved_by)}." if check.moved_by else ""
    yield f'<p class="small">{finding.samples:,} samples. Figures: {", ".join(check.evidence)}.{moved}</p>'


def _row(reading: Reading) -> str:
    state = '<span class="shown">shown</span>' if reading.rule == "shown" else _mark(reading.passed)
    known = "" if reading.observed is None else digits(reading.observed)
    return (f'<tr><td>{escape(reading.says)}</td><td class="n">{number(reading)} {escape(reading.unit)}</td>'
            f'<td class="n">{escape(reading.wanted)}</td><td class="n">{known}</td><td>{state}</td>'
            f"<td>{bar(reading)}</td></tr>")


def _mark(passed: bool) -> str:
    return '<span class="pass">fits</span>' if passed else '<span class="fail">does not fit</span>'


def number(reading: Reading) -> str:
    """The model's number with its Monte Carlo error."""
    return digits(reading.value) + (f" ± {digits(reading.error)}" if reading.error else "")


def bar(reading: Reading) -> str:
    """Where the model's number lies, as a small picture."""
    ends = [end for end in (reading.low, reading.high) if isfinite(end)]
    others = [reading.value, *(reading.band or ()), *([] if reading.observed is None else [reading.observed])]
    low, high = min(ends + others), max(ends + others)
    room = 0.12 * (high - low) or 1.0
    low, high = low - room, high + room

    def at(value: float) -> float:
        return round(WIDTH * (min(max(value, low), high) - low) / (high - low), 1)
    marks = []
    if reading.rule == "within":
        left, right = at(reading.low), at(reading.high)
        marks.append(f'<rect x="{left}" y="2" width="{max(right - left, 2):.1f}" height="{HEIGHT - 4}" fill="#dcdcdc"/>')
    if reading.band:
        marks.append(f'<path d="M{at(reading.band[0])} 9H{at(reading.band[1])}" stroke="#0072b2" stroke-width="2"/>')
    marks.append(f'<circle cx="{at(reading.value)}" cy="9" r="4" fill="{"#0072b2" if reading.passed else "#d55e00"}"/>')
    if reading.observed is not None:
        x = at(reading.observed)
        marks.append(f'<path d="M{x} 3L{x + 5:.1f} 9L{x} 15L{x - 5:.1f} 9Z" fill="none" stroke="#222" stroke-width="1.4"/>')
    return f'<svg width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{escape(reading.wanted)}">{"".join(marks)}</svg>'


def svg(title: str, picture: Picture) -> str:
    """A picture as SVG that can stand in a page."""
    drawn = io.StringIO()
    with look.style():
        draw(title, picture).savefig(drawn, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    text = drawn.getvalue()
    return text[text.index("<svg"):]


def failures(result: Result) -> list[Reading]:
    """The readings that are not where they should be."""
    return [reading for reading in result.finding.readings if not reading.passed]


def verdict(results: Sequence[Result]) -> str:
    """How many checks pass, in a sentence."""
    passed = sum(result.finding.passed for result in results)
    return f"{passed} of {len(results)} checks pass." if passed < len(results) else f"All {len(results)} checks pass."


def made_from(laboratory: Laboratory) -> str:
    """What the numbers come from."""
    return (f"Default parameters, {laboratory.worlds:,} worlds an experiment (three times as many for the year, half as many "
            f"for each group of a pushed arrow), seed {laboratory.seed}.")


def markdown(results: Sequence[Result], laboratory: Laboratory) -> str:
    """All readings as tables, and what does not fit."""
    lines = ["# Validation", "", "Generated by `brink validate`; do not edit.", "", verdict(results), HONESTY, "",
             made_from(laboratory), "", "| check | |", "| --- | --- |"]
    lines += [f"| {result.check.title} | {'fits' if result.finding.passed else '**does not fit**'} |" for result in results]
    for result in results:
        lines += ["", *_chapter(result)]
    return "\n".join(lines) + "\n"


def _chapter(result: Result) -> Iterator[str]:
    check, finding = result.check, result.finding
    yield from (f"## {check.title}", "", f"{check.compares} {check.tolerance}", "",
                "| reading | model | wanted | known | |", "| --- | --- | --- | --- | --- |")
    for reading in finding.readings:
        state = "shown" if reading.rule == "shown" else "fits" if reading.passed else "**does not fit**"
        known = "" if reading.observed is None else digits(reading.observed)
        yield f"| {reading.says} | {number(reading)} {reading.unit} | {reading.wanted} | {known} | {state} |"
    moved = f" Moved most by {', '.join(f'`{name}`' for name in check.moved_by)}." if check.moved_by else ""
    yield from ("", f"{finding.samples:,} samples; figures from {', '.join(check.evidence)}.{moved}")
