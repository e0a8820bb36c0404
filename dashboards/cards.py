"""Cards: an outcome in worlds of a hundred, in words, with its error and its base rate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import isnan, nan

import streamlit as st

from dashboards import desk
from dashboards.paint import css
from dashboards.view import View
from sim.ensemble.estimates import Estimate
from sim.ensemble.results import Run
from sim.report.html.markup import Html, html, tag
from sim.words import of_hundred, percent, phrase

WEEK = 7
"""The first day up to which cards speak, in a run that is longer."""

STYLE = """
<style>
.brink-cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 0.8rem; }
.brink-card { border: 1px solid rgba(128,128,128,.35); border-radius: 0.5rem; padding: 0.8rem 0.9rem; display: grid;
  grid-template-columns: 5.2rem 1fr; gap: 0.2rem 0.9rem; align-items: start; }
.brink-card h4 { grid-column: 1 / -1; margin: 0 0 0.3rem; padding: 0; font-size: 0.98rem; font-weight: 600; line-height: 1.3; }
.brink-icons { display: grid; grid-template-columns: repeat(10, 1fr); gap: 1px; width: 5.2rem; }
.brink-icons i { aspect-ratio: 1; border-radius: 1px; background: rgba(128,128,128,.22); }
.brink-card p { margin: 0; font-size: 0.9rem; line-height: 1.4; }
.brink-card .big { font-size: 1.25rem; font-weight: 650; line-height: 1.25; }
.brink-card .soft { opacity: .8; font-size: 0.82rem; }
</style>
"""


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
    shown = [card(run, id, by) for id in ids]
    st.html(STYLE + tag("div", *shown, class_="brink-cards"))
    st.caption("A square is one world of a hundred; ± is the error of simulating a limited number of worlds; the words are "
               "those of the scale that intelligence analysts use (ICD 203). A base rate is what history says without any "
               "model, for a year.")


def card(run: Run, id: str, by: int) -> Html:
    """One outcome up to a day."""
    answer, question = run.by(id, by), run.question(id)
    says = f"{of_hundred(answer.value)} of 100 worlds"
    base = run.base(question) if by == run.days else nan
    return tag("article", tag("h4", question.shown.title),
               icons(answer.value, css(question.shown.colour), says),
               tag("div", tag("p", says, class_="big"), tag("p", phrase(answer.value)),
                   tag("p", html(_error(answer), "" if isnan(base) else f" · base rate {percent(base)}"), class_="soft")),
               class_="brink-card")


def icons(share: float, colour: str, says: str) -> Html:
    """A hundred squares, filled from the lower left, as many as worlds of a hundred."""
    filled, style = round(100 * share), f"background: {colour}"
    squares = (tag("i", style=style if 10 * (9 - i // 10) + i % 10 < filled else None) for i in range(100))
    return tag("div", squares, class_="brink-icons", role="img", aria_label=says)


def _error(answer: Estimate) -> str:
    band = "" if isnan(answer.low) else f", {percent(answer.low)} to {percent(answer.high)} over parameters"
    return f"{percent(answer.value)} ± {max(100 * answer.error, 0.1):.1f}{band}"
