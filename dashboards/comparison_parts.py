"""What a change does: cards of a hundred worlds, lists of worlds that flip, and where histories part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st
from markupsafe import Markup

from dashboards import page, theme
from dashboards.cards import titled
from dashboards.link import Link
from sim.analysis.compare import compare, gist
from sim.analysis.explain.story import tell_event
from sim.report.html.render import render
from sim.report.text import compare as texts

PLACE = {"both": "happens in both", "here": "only unchanged", "there": "only in yours", "": "in neither"}


def cards(comparison: compare.Comparison, ids: Sequence[str], key: bool = True) -> None:
    """One card per outcome: both sides, and in which of a hundred worlds it happens; `key` explains how to read them."""
    shown = render("cards", [card(comparison, id) for id in ids])
    st.html(shown + render("legend", tuple(PLACE.items())) if key else shown)
    if key:
        st.caption("A square is one world of a hundred. World 17 of one version and world 17 of the other share all their "
                   "luck, so what differs between them is the effect of the change. ± is the standard error of the difference; "
                   "one of three errors or more is called clear. Words of probability are those of ICD 203.")


def card(comparison: compare.Comparison, id: str) -> Markup:
    """One outcome on both sides."""
    one, counts, shown = gist.difference(comparison, id), texts.squares(comparison.flips(id)), comparison.a.question(id).shown
    says = texts.in_squares(counts, tuple(PLACE.values()))
    squares = render("icons", tuple(zip(PLACE, counts, strict=True)), says, theme.css(shown.colour))
    return titled(shown, squares, texts.headline(one), lines=texts.sides(one),
                  notes=["; ".join(filter(None, (texts.in_points(one), texts.pairing(one))))], class_="brink-pair")


def flips(comparison: compare.Comparison, view: Link, id: str, names: tuple[str, str]) -> None:
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
