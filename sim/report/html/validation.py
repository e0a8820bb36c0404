"""The report of a validation: one HTML file that needs nothing else, and a short one in Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.ensemble.files import write_text
from sim.report.figures import look
from sim.report.figures.validation import draw
from sim.report.html import pictures
from sim.report.html.markup import Html, Part, paragraphs, table, tag
from sim.report.html.markup import html as whole
from sim.report.html.page import Section, page
from sim.report.text.validation import NAMES, failures, made_from, number, verdict
from sim.validation.checks import Picture, Reading, digits, strip
from sim.validation.experiments_runner import Laboratory
from sim.validation.validate import HONESTY, Result

TITLE = "Validation of brink"

COLUMNS = ("reading", "model", "wanted", "known", "state", "where it lies")

WIDTH, HEIGHT = 240, 18

def html(results: Sequence[Result], laboratory: Laboratory) -> str:
    """The whole report as one page, without anything from elsewhere; the same bytes for the same results."""
    top = tag("h1", TITLE), paragraphs(f"{verdict(results)} {HONESTY}"), paragraphs(made_from(laboratory), class_="small")
    sections = (Section(result.check.id, result.check.title, _section(result)) for result in results)
    return page(TITLE, [*top, _summary(results)], list(sections))


def write(results: Sequence[Result], laboratory: Laboratory, place: Path) -> None:
    """Write both reports into a directory, and the plain figures beside them."""
    texts = html(results, laboratory), markdown(results, laboratory), figures(results, laboratory)
    for name, text in zip(NAMES, texts, strict=True):
        write_text(place / name, text)


def figures(results: Sequence[Result], laboratory: Laboratory) -> str:
    """The plain figures as JSON, for pages that show them in another way."""
    content = {"verdict": verdict(results), "honesty": HONESTY, "made_from": made_from(laboratory),
               "checks": [result.as_dict() for result in results]}
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _summary(results: Sequence[Result]) -> Html:
    rows = ((tag("a", result.check.title, href=f"#{result.check.id}"), _mark(result.finding.passed),
             "; ".join(f"{reading.says}: {number(reading)}, wanted {reading.wanted}" for reading in failures(result)))
            for result in results)
    return table("All checks.", ("check", "state", "what does not fit"), rows)


def _section(result: Result) -> Html:
    check, finding = result.check, result.finding
    moved = f" Moved most by {', '.join(check.moved_by)}." if check.moved_by else ""
    return whole(
        paragraphs(["State: ", _mark(finding.passed)], f"{check.compares} {check.tolerance}"),
        table("Grey: wanted. Dot: model, with its 80 % band. Diamond: known.", COLUMNS, map(_row, finding.readings),
              numbers=(1, 2, 3), wide=(5,)),
        tag("figure", svg(check.title, finding.picture, check.id)) if finding.picture is not None else "",
        paragraphs(f"{finding.samples:,} samples. Figures: {', '.join(check.evidence)}.{moved}", class_="small"))


def _row(reading: Reading) -> Sequence[Part]:
    state = tag("span", "shown", class_="shown") if reading.rule == "shown" else _mark(reading.passed)
    known = "" if reading.observed is None else digits(reading.observed)
    return reading.says, f"{number(reading)} {reading.unit}", reading.wanted, known, state, bar(reading)


def _mark(passed: bool) -> Html:
    return tag("span", "fits", class_="pass") if passed else tag("span", "does not fit", class_="fail")


def bar(reading: Reading) -> Html:
    """Where the model's number lies, as a small picture."""
    place, marks = strip(reading.value, reading.low, reading.high, reading.band, reading.observed), []

    def at(share: float) -> float:
        return round(WIDTH * share, 1)
    if place.wanted:
        left, right = map(at, place.wanted)
        marks.append(tag("rect", x=left, y=2, width=f"{max(right - left, 2):.1f}", height=HEIGHT - 4, fill="var(--empty)"))
    if place.band:
        marks.append(tag("path", d=f"M{at(place.band[0])} 9H{at(place.band[1])}", stroke="var(--accent)", stroke_width=2))
    marks.append(tag("circle", cx=at(place.value), cy=9, r=4, fill=f"var(--{'accent' if reading.passed else 'bad'})"))
    if place.observed is not None:
        x = at(place.observed)
        marks.append(tag("path", d=f"M{x} 3L{x + 5:.1f} 9L{x} 15L{x - 5:.1f} 9Z", fill="none", stroke="var(--ink)",
                         stroke_width=1.4))
    return tag("svg", marks, width=WIDTH, height=HEIGHT, role="img", aria_label=reading.wanted)


def svg(title: str, picture: Picture, name: str) -> Html:
    """A picture as SVG that can stand in a page, its ids beginning with `name`."""
    with look.style():
        return pictures.svg(draw(title, picture), name, title)


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
