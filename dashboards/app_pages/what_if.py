"""What if: change one thing, keep the luck, and see what it changes."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import cards, charts_compare, desk, differences, doing, tuning
from dashboards.view import View, loaded
from sim.analysis.compare.compare import Comparison
from sim.errors import BrinkError
from sim.model import registry
from sim.model.outcomes import ON_CARDS
from sim.report.figures import data
from sim.report.text.compare import told_curve
from sim.scenario import scenario
from sim.scenario.scenario import Scenario

IDEAS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Inspectors come back", "A story: nearly full access from the first day.", {"scenario": "inspectors_back"}),
    ("Israel waits longer", "A parameter: far more of a missile rebuild is needed before Israel calls it intolerable.",
     {"set": (("israel.missile_trigger", 0.8),), "tune": "israel"}),
    ("A mediator on 1 May", "An event: a third party carries word that neither side will strike first.",
     {"do": ("{on: 2026-05-01, shock: mediation}",)}),
)
"""What to try first: a title, what it is, and what it changes in the view."""

STORIES = 430
"""Pixels of the box of stories, so that results stay near."""

BESIDE = 3
"""Cards that stand beside the sliders."""


def page() -> None:
    """The page."""
    view = desk.view()
    st.title("What if")
    st.write("Change one thing and keep the luck. Every world is simulated twice, unchanged and with your change, and what "
             "differs is what the change does.")
    choosing(view)
    base = view.base()
    if view.scenario != "baseline":
        st.markdown(desk.headline(view.scenario)[1])
    if fresh(view):
        ideas()
    stories(view)
    mine = chosen(view)
    with st.expander(f"What is done and when{f' ({len(view.do)} of your own)' if view.do else ''}",
                     expanded=bool(view.do), key="doing", on_change="rerun") as box:
        if box.open:
            doing.timeline(view, mine)
            st.divider()
            doing.form(base)
    beside, below = tuned(view, base) if view.tune or view.set else (None, st.container())
    if mine is not None:
        with below:
            results(view, mine, beside)


def choosing(view: View) -> None:
    """The story, what it is compared with, how many worlds, and whether to tune."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        desk.bound(st.selectbox, "Your version starts from", scenario.names(), "scenario", format_func=desk.title_of,
                   help="A story of the library; change it below.")
        desk.bound(st.selectbox, "Compared with", ["", *rivals(view)], "against", format_func=partial(rival, view),
                   help="The other side of every comparison. Both sides share their luck, world by world.")
        desk.how_many(view)
        st.session_state["tuning"] = bool(view.tune)
        st.toggle("Tune every parameter", key="tuning",
                  help=f"All {len(registry.catalogue())} parameters of the model as sliders, by actor.",
                  on_change=lambda: desk.change(tune="israel" if st.session_state["tuning"] else ""))


def alike(name: str) -> list[str]:
    """The scenarios that begin on the same day as this one."""
    return [other for other in scenario.names() if loaded(other).date == loaded(name).date]


def rivals(view: View) -> list[str]:
    """What this version can be compared with."""
    return [name for name in alike(view.scenario) if name != view.scenario]


def rival(view: View, name: str) -> str:
    """What a side is called in the list."""
    if name:
        return desk.title_of(name)
    if view.set or view.do:
        return "the same, unchanged"
    return "nothing yet" if view.parent() == view.scenario else f"what it came from ({desk.title_of(view.parent())})"


def stories(view: View) -> None:
    """A card a story of the library."""
    with st.expander("Stories to start from", expanded=fresh(view), key=f"stories-{fresh(view)}", on_change="rerun") as box:
        if not box.open:
            return
        st.markdown("Each of these changes one thing about the world. Choose one, and it is compared with what it came from.")
        with st.container(height=STORIES, border=False, key="story-cards"):
            columns = st.columns(3)
            for i, name in enumerate(scenario.names()):
                with columns[i % 3]:
                    story(name, name == view.scenario)


def story(name: str, here: bool) -> None:
    """One story: title, sentence, and a button."""
    title, says = desk.headline(name)
    with st.container(border=True, key=f"story-{name}"):
        st.button(title, key=f"choose.{name}", disabled=here, width="stretch", help="Chosen" if here else None,
                  on_click=partial(desk.change, scenario=name, against="", by=0, world=0, day=0))
        st.caption(says)


def untouched(view: View) -> bool:
    """Whether there is nothing to compare yet."""
    return not (view.set or view.do) and view.rival == view.scenario


def fresh(view: View) -> bool:
    """Whether a visitor has done nothing yet."""
    return untouched(view) and not view.tune


def chosen(view: View) -> Scenario | None:
    """The scenario with the visitor's changes; None, with what is wrong, if they cannot be."""
    try:
        return view.chosen()
    except BrinkError as error:
        desk.failing(error)
        st.info("Remove what does not fit under “What is done and when”, or choose another story.")
        return None


def tuned(view: View, base: Scenario) -> tuple[DeltaGenerator | None, DeltaGenerator]:
    """Sliders beside what they change; where the first results go, and where the others."""
    if not view.tune:
        with st.container(border=True):
            tuning.changes(view, base)
        return None, st.container()
    left, right = st.columns([5, 6], gap="medium")
    with left:
        tuning.sliders(view, base)
    with right:
        tuning.changes(view, base)
        beside = st.container()
    with st.expander("Save your set, or load one", key="files", on_change="rerun") as box:
        if box.open:
            tuning.files(view)
    return beside, st.container()


def results(view: View, mine: Scenario, beside: DeltaGenerator | None) -> None:
    """Both versions, or an invitation if there is nothing to compare."""
    if untouched(view):
        unchanged(view, mine)
        return
    comparison = desk.side_by_side(view.other(), mine, view.worlds, view.seed)
    names = called(view)
    heading = "How the two differ" if view.against else "What your version changes"
    shown = BESIDE if beside else 0
    if beside:
        with beside:
            st.markdown(f"**{heading}**")
            differences.cards(comparison, ON_CARDS[:shown], key=False)
    else:
        st.subheader(heading)
    if comparison.same:
        st.info("Nothing differs: every outcome is the same in every world. The change has no effect within this time.")
    differences.cards(comparison, ON_CARDS[shown:])
    differences.note()
    over_time(comparison, names)
    outcomes(comparison)
    worlds(comparison, view, names)
    desk.footer(comparison.b)


def called(view: View) -> tuple[str, str]:
    """What the two sides are called."""
    changed = bool(view.set or view.do)
    if not view.against and changed:
        return "the unchanged version", "your version"
    other = desk.title_of(view.against or view.parent())
    return f"“{other}”", f"“{desk.title_of(view.scenario)}”{', changed' if changed else ''}"


def over_time(comparison: Comparison, names: tuple[str, str]) -> None:
    """Both curves, and their difference."""
    st.subheader("When the first strike comes")
    charts_compare.curves(comparison, names).draw("curves")
    charts_compare.gap(comparison).draw("gap", "The difference, in points of 100 worlds",
                                        data.curves(comparison, names).reading)
    for line in told_curve(comparison):
        st.markdown(line)


def outcomes(comparison: Comparison) -> None:
    """Differences of all main outcomes."""
    st.subheader("All main outcomes")
    caption = f"{data.DOTS} Of this many outcomes some move by luck alone."
    charts_compare.differences(comparison).draw("differences", caption=caption)


def worlds(comparison: Comparison, view: View, names: tuple[str, str]) -> None:
    """Worlds that flip, and where histories part."""
    st.subheader("Worlds that flip")
    comparison = desk.parted(comparison)
    ids = [row["id"] for row in comparison.rows if row["kind"] in ("day", "probability") and not row["given"]]
    says = {row["id"]: row["says"] for row in comparison.rows}
    picked = desk.bound(st.selectbox, "Look at worlds in which only one version has", ids, "outcome",
                        format_func=says.__getitem__)
    differences.flips(comparison, view, picked, names)
    st.subheader("Where the two first part")
    differences.parting(comparison, names)


def ideas() -> None:
    """Nothing is changed yet: three things to try."""
    st.subheader("Try one of these")
    columns = st.columns(3)
    for column, (title, says, changes) in zip(columns, IDEAS, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.button(title, type="primary", width="stretch", on_click=partial(desk.change, **changes), key=f"idea.{title}")
            st.caption(says)


def unchanged(view: View, mine: Scenario) -> None:
    """The worlds before anything is changed."""
    run = desk.simulated(mine, view.worlds, view.seed)
    st.subheader("The worlds as they are, unchanged")
    cards.headlines(run, ON_CARDS, run.days)
    desk.footer(run)


page()
