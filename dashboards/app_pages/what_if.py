"""What if: change one thing, keep the luck, and see what it changes."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import sim
from dashboards import cards, charts_compare, interventions_form, link, page, sliders
from dashboards.plain import literal
from sim.model import outcomes, registry
from sim.report.figures import data
from sim.report.text.compare import told_curve
from sim.scenario import scenario

IDEAS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Inspectors come back", "A story: nearly full access from the first day.", {"scenario": "inspectors_back"}),
    ("Israel waits longer", "A parameter: far more of a missile rebuild is needed before Israel calls it intolerable.",
     {"set": (("israel.missile_trigger", 0.78),), "tune": "israel"}),
    ("A mediator on 1 May", "An event: a third party carries word that neither side will strike first.",
     {"do": ("{on: 2026-05-01, shock: mediation}",)}),
)
"""Suggestions: a title, a description, and changes of the view."""

STORIES = 430
"""Pixels of the box of stories."""

NEAR = 3
"""Cards next to the sliders."""


def main() -> None:
    """The page."""
    view = page.opening("What if", "Change one thing and keep the luck. Every world is simulated twice, unchanged and with "
                        "your change, and what differs is what the change does.")
    choosing(view)
    base = view.base()
    if view.scenario != "baseline":
        st.markdown(literal(page.headline(view.scenario)[1]))
    fresh = view.rival == view.scenario and not (view.set or view.do or view.tune)
    if fresh:
        st.subheader("Try one of these")
        for column, (title, says, changes) in zip(st.columns(3), IDEAS, strict=True):
            with column, st.container(border=True, height="stretch"):
                st.button(title, type="primary", width="stretch", on_click=partial(page.change, **changes), key=f"idea.{title}")
                st.caption(says)
    page.folded("Stories to start from", f"stories-{fresh}", partial(stories, view), expanded=fresh)
    mine = chosen(view)
    page.folded(f"What is done and when{f' ({len(view.do)} of your own)' if view.do else ''}", "doing",
                partial(interventions_form.fill, view, mine, base), expanded=bool(view.do))
    near, below = tuned(view, base) if view.tune or view.set else (None, st.container())
    if mine is not None:
        with below:
            results(view, mine, near)


def choosing(view: link.Link) -> None:
    """The story, what it is compared with, how many worlds, and whether to tune."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        page.bound(st.selectbox, "Your version starts from", scenario.names(), "scenario", format_func=page.title_of,
                   help="A story of the library; change it below.")
        same_day = (name for name in scenario.names() if link.loaded(name).date == link.loaded(view.scenario).date)
        page.bound(st.selectbox, "Compared with", ["", *(name for name in same_day if name != view.scenario)], "against",
                   format_func=partial(rival, view),
                   help="The other side of every comparison. Both sides share their luck, world by world.")
        page.how_many(view)
        page.steered(st.toggle, "tuning", bool(view.tune), lambda on: page.change(tune="israel" if on else ""),
                     "Tune every parameter",
                     help=f"All {len(registry.catalogue())} parameters of the model as sliders, by actor.")


def rival(view: link.Link, name: str) -> str:
    """The label of a scenario in the list of those to compare with."""
    if name:
        return page.title_of(name)
    if view.set or view.do:
        return "the same, unchanged"
    return "nothing yet" if view.parent() == view.scenario else f"what it came from ({page.title_of(view.parent())})"


@page.section
def stories(view: link.Link) -> None:
    """One card per story of the library."""
    st.markdown("Each of these changes one thing about the world. Choose one, and it is compared with what it came from.")
    with st.container(height=STORIES, border=False, key="story-cards"):
        columns = st.columns(3)
        for i, name in enumerate(scenario.names()):
            (title, says), here = page.headline(name), name == view.scenario
            with columns[i % 3], st.container(border=True, key=f"story-{name}"):
                st.button(literal(title), key=f"choose.{name}", disabled=here, width="stretch", help="Chosen" if here else None,
                          on_click=partial(page.change, scenario=name, against="", by=0, world=0, day=0))
                st.caption(literal(says))


def chosen(view: link.Link) -> scenario.Scenario | None:
    """The scenario with the visitor's changes; None, with a message, if they are not valid."""
    try:
        return view.chosen()
    except sim.BrinkError as error:
        page.tell(error)
        st.info("Remove what does not fit under “What is done and when”, or choose another story.")
        return None


def tuned(view: link.Link, base: scenario.Scenario) -> tuple[DeltaGenerator | None, DeltaGenerator]:
    """The sliders and the changes; the places of the first results, next to the sliders, and of the others."""
    if not view.tune:
        with st.container(border=True):
            sliders.changes(view, base)
        return None, st.container()
    left, right = st.columns([5, 6], gap="medium")
    with left:
        sliders.sliders(view, base)
    with right:
        sliders.changes(view, base)
        near = st.container()
    page.folded("Save your set, or load one", "files", partial(sliders.files, view))
    return near, st.container()


def results(view: link.Link, mine: scenario.Scenario, near: DeltaGenerator | None) -> None:
    """Both versions compared, or the unchanged one."""
    if view.rival == view.scenario and not (view.set or view.do):
        run = page.simulated(mine, view.worlds, view.seed)
        st.subheader("The worlds as they are, unchanged")
        cards.headlines(run, run.days)
        page.footer(run)
        return
    comparison = page.side_by_side(view.other(), mine, view.worlds, view.seed)
    names = called(view)
    heading = "How the two differ" if view.against else "What your version changes"
    shown = NEAR if near else 0
    if near:
        with near:
            st.markdown(f"**{heading}**")
            cards.pairs(comparison, outcomes.ON_CARDS[:shown], key=False)
    else:
        st.subheader(heading)
    if comparison.same:
        st.info("Nothing differs: every outcome is the same in every world. The change has no effect within this time.")
    cards.pairs(comparison, outcomes.ON_CARDS[shown:])
    over_time(comparison, names)
    st.subheader("All main outcomes")
    charts_compare.differences(comparison).draw(
        "differences", caption=f"{data.DOTS} Of this many outcomes some move by luck alone.")
    worlds(comparison, view, names)
    page.footer(comparison.b)


def called(view: link.Link) -> tuple[str, str]:
    """The names of the two sides."""
    changed = bool(view.set or view.do)
    if not view.against and changed:
        return "the unchanged version", "your version"
    other = page.title_of(view.against or view.parent())
    return f"“{other}”", f"“{page.title_of(view.scenario)}”{', changed' if changed else ''}"


@page.section
def over_time(comparison: sim.Comparison, names: tuple[str, str]) -> None:
    """Both curves, and their difference."""
    st.subheader("When the first strike comes")
    charts_compare.curves(comparison, names).draw("curves")
    charts_compare.gap(comparison).draw("gap", "The difference, in points of 100 worlds",
                                        data.curves(comparison, names).reading)
    for line in told_curve(comparison):
        st.markdown(line)


@page.section
def worlds(comparison: sim.Comparison, view: link.Link, names: tuple[str, str]) -> None:
    """Worlds that flip, and where histories part."""
    st.subheader("Worlds that flip")
    key = f"parting of {comparison.a.about} and {comparison.b.about}"  # takes longer than the rest, and is computed last
    comparison = page.computed(key, lambda: comparison, "Looking where histories part", sim.Comparison.parting)
    ids = [row["id"] for row in comparison.rows if row["kind"] in ("day", "probability") and not row["given"]]
    says = {row["id"]: row["says"] for row in comparison.rows}
    picked = page.bound(st.selectbox, "Look at worlds in which only one version has", ids, "outcome",
                        format_func=says.__getitem__)
    cards.flips(comparison, view, picked, names)
    st.subheader("Where the two first part")
    cards.parting(comparison, names)


main()
