"""Cards: an outcome in worlds of a hundred, in words, with its error and its base rate."""

from __future__ import annotations

from datetime import timedelta
from math import isnan, nan
from typing import Any

import streamlit as st
from markupsafe import Markup

from dashboards import page
from dashboards.link import Link
from dashboards.theme import css
from sim.ensemble.results import Run
from sim.model.outcomes import ON_CARDS, Outcome
from sim.report.html.render import render
from sim.words import error_points, of_hundred, percent, phrase

WEEK = 7
"""The earliest deadline of the cards, in a run that is longer."""


def deadline(run: Run, view: Link) -> int:
    """A slider for the day before which the cards count; the day that is chosen, or the last of a run of one day."""
    if run.days < 2:
        return run.days
    first, least = run.scenario.date, min(WEEK, run.days - 1)
    last = first + timedelta(days=run.days)
    by = min(max(view.by or run.days, least), run.days)
    page.steered(st.slider, "view.by", first + timedelta(days=by),
                 lambda day: page.change(by=0 if day >= last else (day - first).days), "By when?",
                 first + timedelta(days=least), last, format="D MMM YYYY", step=timedelta(days=1),
                 help="The cards count what happens before this date.")
    return by


def headlines(run: Run, by: int) -> None:
    """One card per main outcome of the run."""
    known = {question.id for question in run.questions}
    st.html(render("cards", [card(run, id, by) for id in ON_CARDS if id in known]))
    st.caption("A square is one world of a hundred; ± is the error of simulating a limited number of worlds; the words are "
               "those of the scale that intelligence analysts use (ICD 203). A base rate is what history says without any "
               "model, for a year.")


def card(run: Run, id: str, by: int) -> Markup:
    """One outcome up to a day."""
    answer, question = run.by(id, by), run.question(id)
    base = run.base(question) if by == run.days else nan
    return titled(question.shown, squares(question.shown, answer.value), of_hundred(answer.value), "of 100 worlds",
                  [phrase(answer.value)],
                  [f"{percent(answer.value)} ± {error_points(answer.error)}"
                   + ("" if isnan(answer.low) else f", {percent(answer.low)} to {percent(answer.high)} over parameters")
                   + ("" if isnan(base) else f" · base rate {percent(base)}")])


def titled(outcome: Outcome, *words: Any, **more: Any) -> Markup:
    """A card under the title of an outcome."""
    return render("card", outcome.title, *words, level=4, **more)


def squares(outcome: Outcome, share: float, of: str = "worlds") -> Markup:
    """A hundred squares in the colour of an outcome, one per world of a hundred, filled from the lower left."""
    return render("hundred", share, f"{of_hundred(share)} of 100 {of}", css(outcome.colour))
