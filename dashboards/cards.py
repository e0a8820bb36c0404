"""Cards: an outcome in worlds of a hundred, in words, with its error and its base rate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import isnan, nan
from typing import Any

import streamlit as st
from markupsafe import Markup

from dashboards import desk
from dashboards.paint import css
from dashboards.view import View
from sim.ensemble.estimates import Estimate
from sim.ensemble.results import Run
from sim.report.figures import look
from sim.report.html.render import render
from sim.report.text.outcomes import of_hundred
from sim.words import percent, phrase

TITLES = {
    "round_two": "War: Iran and Israel or the US exchange fire", "deal": "A deal between Washington and Tehran",
    "miscalculation": "A war by mistake, on a false alarm", "weapon_grade": "Iran has weapon-grade material",
    "regime_change": "Iran's regime falls", "gaza_war": "War returns to Gaza",
}
MAIN = tuple(TITLES)
"""The outcomes that have a card on every page."""

COLOURS = {
    "round_two": look.ACTORS["war"], "deal": look.ACTORS["talks"], "miscalculation": look.OUTCOMES["false alarm"],
    "weapon_grade": look.ACTORS["iran"], "regime_change": look.ACTORS["street"], "gaza_war": look.ACTORS["gaza"],
}

WEEK = 7
"""The first day up to which cards speak, in a run that is longer."""

def deadline(run: Run, view: View) -> int:
    """A slider for the day up to which the cards speak; the day that is chosen, which in so short a run is the last."""
    if run.days < 2:
        return run.days
    first, least = run.scenario.date, min(WEEK, run.days - 1)
    last = first + timedelta(days=run.days)
    key, held = "view.by", min(max(view.by or run.days, least), run.days)
    st.session_state[key] = first + timedelta(days=held)

    def changed() -> None:
        day = (st.session_state[key] - first).days
        desk.change(by=0 if day >= run.days else day)

    st.slider("By when?", min_value=first + timedelta(days=least), max_value=last, key=key, format="D MMM YYYY",
              step=timedelta(days=1), on_change=changed, help="The cards count what happens before this date.")
    return held


def headlines(run: Run, ids: Sequence[str], by: int) -> None:
    """A card an outcome."""
    st.html(render("cards", [card(run, id, by) for id in ids]))
    st.caption("A square is one world of a hundred; ± is the error of simulating a limited number of worlds; the words are "
               "those of the scale that intelligence analysts use (ICD 203). A base rate is what history says without any "
               "model, for a year.")


def card(run: Run, id: str, by: int) -> Markup:
    """One outcome up to a day."""
    answer, question = run.by(id, by), run.question(id)
    base = run.base(question) if by == run.days else nan
    return titled(id, question.says, squares(id, answer.value), of_hundred(answer.value), "of 100 worlds",
                  [phrase(answer.value)], [_error(answer) + ("" if isnan(base) else f" · base rate {percent(base)}")])


def titled(id: str, says: str, *words: Any, **more: Any) -> Markup:
    """A card under the short name of an outcome, or what it says if it has none."""
    return render("card", TITLES.get(id, says), *words, level=4, **more)


def squares(id: str, share: float, of: str = "worlds") -> Markup:
    """A hundred squares in the colour of an outcome, filled from the lower left, as many as worlds of a hundred."""
    return render("hundred", share, f"{of_hundred(share)} of 100 {of}", colour(id))


def colour(id: str) -> str:
    """The colour of an outcome for a style sheet."""
    return css(COLOURS.get(id, look.INK))


def _error(answer: Estimate) -> str:
    band = "" if isnan(answer.low) else f", {percent(answer.low)} to {percent(answer.high)} over parameters"
    return f"{percent(answer.value)} ± {max(100 * answer.error, 0.1):.1f}{band}"
