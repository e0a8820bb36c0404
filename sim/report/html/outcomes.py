"""Sections on what came out: headlines as icon arrays, all outcomes, when they come, and kinds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.ensemble.estimates import Z90
from sim.model import registry
from sim.model.outcomes import ON_CARDS, THEMES, shown
from sim.report.figures import look
from sim.report.html.markup import Html, Part, paragraphs, table, tag
from sim.report.html.pictures import icons, strip
from sim.report.text.outcomes import Row, error, number
from sim.words import SPANS, WORDS, band, of_hundred, percent, two_digits

if TYPE_CHECKING:
    from sim.ensemble.results import Question, Run


def cards(run: Run) -> Html:
    """The outcomes that a reader meets first, each as worlds of a hundred."""
    rows = {row["id"]: row for row in run.rows if row["kind"] != "mean" and not math.isnan(row["estimate"])}
    chosen = [rows[id] for id in ON_CARDS if id in rows] or list(rows.values())[:3]
    return tag("div", (_card(row) for row in chosen), class_="cards")


def _card(row: Row) -> Html:
    worlds = of_hundred(row["estimate"])
    share = tag("p", worlds, tag("small", f"of 100 {'such ' if row['given'] else ''}worlds"),
                class_="number words" if " " in worlds else "number")
    picture = icons(row["estimate"], shown(row["id"]).colour, f"{worlds} of 100 squares are filled")
    exact = f"{row['word'].capitalize()}: {number(row)}{error(row)} points"
    return tag("div", tag("h3", row["says"]), tag("div", picture, tag("div", share), class_="body"),
               paragraphs(exact, *_band(row)), paragraphs(*_base_note(row), class_="small"),
               class_="card", id=f"card-{row['id']}")


def _band(row: Row) -> list[str]:
    """The band over parameters, where they vary."""
    return [] if math.isnan(row["low"]) else [f"{number(row, 'low')} to {number(row, 'high')} over parameters (90 %)"]


def _base_note(row: Row) -> list[str]:
    if math.isnan(row["base"]):
        return []
    return [f"Base rate {number(row, 'base')}" + (f": {row['base_note']}" if row["base_note"] else "")]


def outcome_table(run: Run) -> Html:
    """All outcomes by theme, with errors, base rates and what they rest on."""
    return table("The error (±) is that of simulating a limited number of worlds; of a share, in percentage points. A dot on a "
                 "line from 0 to 100 % is the model, a diamond the base rate.",
                 ("outcome", "model says", "0 to 100 %", "base rate", "rests on"), _outcome_rows(run), numbers=(1, 3),
                 wide=(2, 4), class_="outcomes")


def _outcome_rows(run: Run) -> Iterator[Sequence[Part]]:
    for theme, rows in by_theme(run.rows):
        yield (theme,)
        yield from (_outcome(run, row) for row in rows)


def by_theme(rows: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Each theme of some outcomes with its rows, those of other models at the end."""
    themes = [(shown(row["id"]).theme, row) for row in rows]
    for theme in THEMES:
        if own := [row for name, row in themes if name == theme]:
            yield theme, own


def _outcome(run: Run, row: Row) -> Sequence[Part]:
    says: list[Part] = [row["says"]]
    if row["given"]:
        says.append(tag("small", f"counted in {row['n']:,} worlds"))
    base = [] if math.isnan(row["base"]) else [number(row, "base"), tag("small", row["base_note"], class_="wide")]
    line = "" if row["kind"] == "mean" or math.isnan(row["estimate"]) else _line(row)
    return says, _model(run, row), line, base, rests_on(shown(row["id"]).evidence)


def _line(row: Row) -> Html:
    half = Z90 * row["se"]
    low, high = (row["estimate"] - half, row["estimate"] + half) if math.isnan(row["low"]) else (row["low"], row["high"])
    return strip(row["estimate"], low, high, None if math.isnan(row["base"]) else row["base"])


def _model(run: Run, row: Row) -> list[Part]:
    """What the model says; deaths only as a band, never as one number."""
    if math.isnan(row["estimate"]):
        return ["-"]
    if row["kind"] != "mean":
        return [kept(number(row) + error(row)), tag("small", row["word"]), *(tag("small", text) for text in _band(row))]
    if row["unit"] == "deaths":
        return [band(*run.spread(row["id"])), tag("small", "deaths, in nine of ten worlds")]
    low, high = map(two_digits, run.spread(row["id"]))
    return [kept(number(row) + error(row)), tag("small", f"nine of ten worlds: {low} to {high}"),
            *(tag("small", text) for text in _band(row))]


def kept(text: str) -> Html:
    """Text that stays on one line."""
    return tag("span", text, class_="kept")


def rests_on(ids: Sequence[str]) -> list[Part]:
    """Pieces of evidence, each leading to where the page tells it."""
    return [part for id in ids for part in (tag("a", id, href=f"#e-{id}"), " ")]


def evidence_of(key: str) -> tuple[str, ...]:
    """What a parameter, starting value or event rests on; nothing for one that the model does not have."""
    entry = registry.catalogue().get(key) or registry.fields().get(key) or registry.events().get(key)
    return tuple(entry.declaration.evidence) if entry else ()


def when_table(run: Run) -> Html:
    """How likely what has a date is by the usual deadlines."""
    days = run.deadlines
    rows = ((row["says"], *(percent(row[f"by_{day}"]) for day in days), _median(run, row))
            for row in run.rows if row["kind"] == "day" and row["estimate"] > 0)
    last = len(days) + 1
    return table("Share of worlds in which it has happened by then, and the middle date among the worlds in which it does.",
                 ("outcome", *(f"{day} days" for day in days), "middle date"), rows, numbers=range(1, last + 1),
                 class_="spread")


def _median(run: Run, row: Row) -> str:
    return "" if math.isnan(row["median_day"]) else look.date(int(row["median_day"]), run.scenario.date)


def kinds_table(run: Run) -> Html:
    """How outcomes that are one of several kinds fall out."""
    rows = (row for question in run.questions if question.kind == "code" for row in _kinds(run, question))
    return table(f"Share of all {run.size:,} worlds; its error is at most {100 * most_error(run.size):.1f} points.",
                 ("kind", "share of worlds", ""), rows, numbers=(1,), wide=(2,))


def most_error(worlds: int) -> float:
    """The largest Monte Carlo standard error that a share of so many worlds can have."""
    return 0.5 / math.sqrt(worlds)


def _kinds(run: Run, question: Question) -> Iterator[Sequence[Part]]:
    found = run.column(question.id)
    shares = {label: float(np.mean(found == label)) for label in question.labels}
    yield (question.says,)
    for label, share in shares.items():
        if share:
            yield question.shown.code(label).says, percent(share), bar(share)


def bar(share: float) -> Html:
    """A bar as long as the share, for the eye only."""
    return tag("span", class_="bar", style=f"width: {10 * share:.2f}rem", aria_hidden="true")


def scale() -> Html:
    """What the probability words stand for."""
    return table("Probability words, after Intelligence Community Directive 203.", ("word", "stands for"),
                 zip(WORDS, SPANS, strict=True))
