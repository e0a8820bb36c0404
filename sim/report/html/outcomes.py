"""Sections on the outcomes: headlines as icon arrays, all outcomes, when they come, and kinds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import numpy as np
from markupsafe import Markup

from sim.ensemble.estimates import Z90
from sim.ensemble.results import Run
from sim.model import registry
from sim.model.outcomes import ON_CARDS, THEMES, shown
from sim.report.html.render import Row, render
from sim.report.text.outcomes import Row as OutcomeRow
from sim.report.text.outcomes import between, error, number, over_parameters
from sim.words import date, of_hundred, percent

T = TypeVar("T")


def cards(run: Run) -> Iterator[Markup]:
    """The headline outcomes, each as worlds of a hundred."""
    for row in headlines({row["id"]: row for row in run.rows if row["kind"] != "mean" and not math.isnan(row["estimate"])}):
        exact = f"{row['word'].capitalize()}: {number(row)}{error(row)} points"
        base = f"Base rate {number(row, 'base')}" + (f": {row['base_note']}" if row["base_note"] else "")
        yield render("card", row["says"], squares(row["estimate"], row["id"]), of_hundred(row["estimate"]),
                     f"of 100 {'such ' if row['given'] else ''}worlds", under=[exact, *_band(run, row)],
                     notes=[] if math.isnan(row["base"]) else [base], id=f"card-{row['id']}")


def headlines(known: Mapping[str, T]) -> list[T]:
    """Of outcomes by id, the headline ones; of another model, the first three."""
    return [known[id] for id in ON_CARDS if id in known] or list(known.values())[:3]


def squares(share: float, id: str) -> Markup:
    """A hundred squares in the colour of an outcome, as many of them filled as worlds of a hundred."""
    colour = shown(id).colour
    return render("hundred", share, f"{of_hundred(share)} of 100 squares are filled", f"var(--shape-{colour.lstrip('#')})")


def _band(run: Run, row: OutcomeRow) -> list[str]:
    """The band over parameters, where they vary."""
    return [f"{over_parameters(row)} over parameters (90 %)"] if run.uncertainty == "priors" else []


def rows(run: Run) -> Iterator[Row]:
    """All outcomes by theme, with errors, base rates and what they rest on: rows of a table."""
    for theme, found in by_theme(run.rows):
        yield (theme,)
        yield from (_row(run, row) for row in found)


def by_theme(rows: Iterable[OutcomeRow]) -> Iterator[tuple[str, list[OutcomeRow]]]:
    """Each theme of some outcomes with its rows, those of other models at the end."""
    themes = [(shown(row["id"]).theme, row) for row in rows]
    for theme in THEMES:
        if own := [row for name, row in themes if name == theme]:
            yield theme, own


def _row(run: Run, row: OutcomeRow) -> Row:
    given = [f"counted in {row['n']:,} worlds"] if row["given"] else []
    base = "" if math.isnan(row["base"]) else (number(row, "base"), row["base_note"])
    line = "" if row["kind"] == "mean" or math.isnan(row["estimate"]) else _line(row)
    return (row["says"], *given), _model(run, row), line, base, render("to_evidence", shown(row["id"]).evidence)


def _line(row: OutcomeRow) -> Markup:
    """A share on a line from 0 to 1, without numbers, which are in the next cells."""
    half = Z90 * row["se"]
    ends = (row["estimate"] - half, row["estimate"] + half) if math.isnan(row["low"]) else (row["low"], row["high"])
    return render("strip", value=row["estimate"], band=[min(max(end, 0.0), 1.0) for end in ends],
                  known=None if math.isnan(row["base"]) else row["base"], class_="axis")


def _model(run: Run, row: OutcomeRow) -> tuple[str, ...]:
    """The model's estimate; deaths only as a band, never as one number."""
    if math.isnan(row["estimate"]):
        return ("-",)
    if row["unit"] == "deaths":
        return (f"deaths: {between(run, row)}",)
    exact = render("kept", number(row) + error(row))
    return exact, row["word"] or between(run, row), *_band(run, row)


def evidence_of(key: str) -> tuple[str, ...]:
    """What a parameter, starting value or event rests on; nothing for one that the model does not have."""
    return tuple(id for known in registry.kinds().values() if key in known for id in known[key].declaration.evidence)


def dated(run: Run) -> Iterator[Row]:
    """Probabilities of dated outcomes by the usual deadlines, and their median dates: rows of a table."""
    for row in run.rows:
        if row["kind"] == "day" and row["estimate"] > 0:
            middle = "" if math.isnan(row["median_day"]) else date(int(row["median_day"]), run.scenario.date)
            yield row["says"], *(percent(row[f"by_{day}"]) for day in run.deadlines), middle


def kinds(run: Run) -> Iterator[Row]:
    """Shares of the kinds of each outcome that has several: rows of a table."""
    for question in run.questions:
        if question.kind == "code":
            yield (question.says,)
            found = run.column(question.id)
            yield from ((question.shown.code(label).says, percent(share), bar(share))
                        for label in question.labels if (share := float(np.mean(found == label))))


def bar(share: float) -> Markup:
    """A bar as long as the share, without a number."""
    return render("bar", [(0, share, "var(--accent)")])
