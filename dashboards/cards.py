"""Cards: an outcome in worlds of a hundred, in words, with its error and its base rate; what a change does to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import isnan, nan
from typing import Any

import streamlit as st
from markupsafe import Markup

from dashboards import link, mishap, page
from dashboards.theme import css
from sim.analysis.compare import compare, gist
from sim.ensemble.estimates import Estimate
from sim.ensemble.results import Run
from sim.model.outcomes import ON_CARDS, Outcome
from sim.model.registry import tell_event
from sim.report.html.render import render
from sim.report.text import compare as texts
from sim.words import TOO_FEW, error_points, of_hundred, percent, phrase

WEEK = 7
"""The earliest deadline of the cards, in a run that is longer."""

PLACE = {"both": "happens in both", "here": "only unchanged", "there": "only in yours", "": "in neither"}
"""What the squares of a pair mean."""


def deadline(run: Run, view: link.Link) -> int:
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


safely = mishap.instead(lambda line: render("card", "A card is missing", "", "", lines=[f"{line}."], level=4))
"""For functions that make a card: what goes wrong is told in its place."""


@safely
def card(run: Run, id: str, by: int) -> Markup:
    """One outcome up to a day."""
    answer, question = run.by(id, by), run.question(id)
    base = run.base(question) if by == run.days else nan
    return titled(question.shown, squares(question.shown, answer.value), of_hundred(answer.value), "of 100 worlds",
                  [phrase(answer.word)],
                  [f"{percent(answer.value)} ± {error_points(answer.error)}"
                   + (f", {over_parameters(answer)} over parameters" if run.uncertainty == "priors" else "")
                   + ("" if isnan(base) else f" · base rate {percent(base)}")])


def over_parameters(answer: Estimate) -> str:
    """The 90 % band of an estimate over parameters, or that it cannot be told."""
    return TOO_FEW if isnan(answer.low) else f"{percent(answer.low)} to {percent(answer.high)}"


def titled(outcome: Outcome, *words: Any, **more: Any) -> Markup:
    """A card under the title of an outcome."""
    return render("card", outcome.title, *words, level=4, **more)


def squares(outcome: Outcome, share: float, of: str = "worlds") -> Markup:
    """A hundred squares in the colour of an outcome, one per world of a hundred, filled from the lower left."""
    return render("hundred", share, f"{of_hundred(share)} of 100 {of}", css(outcome.colour))


def pairs(comparison: compare.Comparison, ids: Sequence[str], key: bool = True) -> None:
    """One card per outcome: both sides, and in which of a hundred worlds it happens; `key` explains how to read them."""
    shown = render("cards", [pair(comparison, id) for id in ids])
    st.html(shown + render("legend", tuple(PLACE.items())) if key else shown)
    if key:
        st.caption("A square is one world of a hundred. World 17 of one version and world 17 of the other share all their "
                   "luck, so what differs between them is the effect of the change. ± is the standard error of the difference; "
                   "one of three errors or more is called clear. Words of probability are those of ICD 203.")


@safely
def pair(comparison: compare.Comparison, id: str) -> Markup:
    """One outcome on both sides."""
    one, counts, shown = gist.difference(comparison, id), texts.squares(comparison.flips(id)), comparison.a.question(id).shown
    now = comparison.b.by(id, comparison.b.days).word
    says = texts.in_squares(counts, tuple(PLACE.values()))
    squares = render("icons", tuple(zip(PLACE, counts, strict=True)), says, css(shown.colour))
    return titled(shown, squares, texts.headline(one), lines=texts.sides(one, now),
                  notes=["; ".join(filter(None, (texts.in_points(one), texts.pairing(one))))], class_="brink-pair")


def flips(comparison: compare.Comparison, view: link.Link, id: str, names: tuple[str, str]) -> None:
    """Worlds in which something happens on one side only, in words, each with links to the day before its histories part."""
    st.markdown(texts.tell_flips(comparison.flips(id), names))
    found = gist.turned(comparison, id)
    if not found:
        st.info("No world turns: whatever the change does, it is not enough to bring this about or to prevent it.")
        return
    day_0 = comparison.a.scenario.date
    columns = st.columns(2)
    for i, one in enumerate(found):
        with columns[i % 2], st.container(border=True, key=f"turned-{one.world}"):
            st.markdown(in_words(one, names, day_0))
            yours = view.with_(world=one.world, day=max(one.parts - 1, 0), tune="")
            theirs = yours.with_(set=(), do=(), notes=(), scenario=view.rival, against="")
            with st.container(horizontal=True, key=f"links-{one.world}"):
                for name, there in zip(names, (theirs, yours), strict=True):
                    page.way("one_world", f"See {name}", there)


def in_words(one: gist.Turned, names: tuple[str, str], day_0: date) -> str:
    """What happens in a world on either side, and where its histories part if that is known."""
    return "  \n".join(filter(None, (f"**World {one.world}**: {texts.turns(one, names, day_0)}",
                                     texts.parts_on(one, names, day_0))))


def parting(comparison: compare.Comparison, names: tuple[str, str], most: int = 8) -> None:
    """The first events that happen on one side and not on the other."""
    for line in texts.told_parting(comparison):
        st.markdown(line)
    heads = "What happens first on one side only", *(f"only in {name}" for name in names), "of all that part", "middle day"
    rows = [dict(zip(heads, (tell_event(event), *cells), strict=True)) for event, *cells in texts.partings(comparison, most)]
    if rows:
        st.table(rows, border="horizontal", hide_index=True,
                 alt="Kinds of events by which histories part, the most frequent first")
