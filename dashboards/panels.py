"""Parts of a page that show one run: its headline cards, its first strikes, what is believed, and what changes on the way."""

from __future__ import annotations

import streamlit as st

from dashboards import cards, charts
from dashboards.view import View
from sim.ensemble.results import Run
from sim.model import registry
from sim.model.outcomes import ON_CARDS
from sim.report.figures import drawn


def headlines(run: Run, view: View) -> None:
    """A deadline to choose, and a card for each main outcome that the run tells of."""
    known = {question.id for question in run.questions}
    by = cards.deadline(run, view)
    cards.headlines(run, [id for id in ON_CARDS if id in known], by)


def over_time(run: Run) -> None:
    """When the first strike comes."""
    st.subheader("When the first strike comes")
    split = st.segmented_control("Split by", ["who strikes first", "why"], default="who strikes first", required=True,
                                 key="split")
    charts.first_strike(run, "first_initiator" if split.startswith("who") else "first_cause").draw("strike")
    st.caption("The coloured areas add up to the line, the share of worlds with a strike so far; the grey band is the error of "
               "simulating a limited number of worlds.")
    left, right = st.columns(2)
    with left:
        st.markdown("**Fifty dots, one for each fiftieth of the worlds**")
        charts.dots(run, "round_two").draw("dots")
        st.caption("Each dot is one of fifty equally likely worlds and sits where its first strike comes. Worlds without one "
                   "have no dot.")
    with right:
        st.markdown("**How dangerous each day is (hazard)**")
        charts.hazard(run).draw("hazard")
        st.caption("How likely a first strike is on a day if there has been none until then.")


def along_the_way(run: Run) -> None:
    """Stocks, prices and tension over time."""
    st.subheader("What changes along the way")
    columns = st.columns(2)
    for i, name in enumerate(drawn(run)):
        title = registry.fields()[name].declaration.title
        with columns[i % 2]:
            st.markdown(f"**{title}**")
            charts.fan(run, name, title).draw(name)
    st.caption("Line: the middle world. Dark band: the middle half of the worlds. Light band: nine of ten. Each day is taken "
               "for itself; no single world follows the edge of a band.")


def who_sees_what(run: Run) -> None:
    """Belief against truth, and two verdicts on the same rebuilding."""
    st.subheader("What each side believes")
    left, right = st.columns(2)
    with left:
        st.markdown("**Iran's missiles, and what Israel takes them for**")
        charts.compared(run, {"iran.missiles": "true", "israel.missiles_seen": "as Israel estimates them"},
                        "missiles").draw("belief")
        st.caption("Middle worlds, with the middle half as a band. Nobody in the model acts on the truth, only on estimates.")
    with right:
        st.markdown("**Does Iran reconstitute? Two verdicts on the same facts**")
        charts.compared(run, {"israel.verdict": "Israel says yes", "us.verdict": "the United States says yes",
                              "talks.verdict": "inspectors say yes"}, shares=True).draw("verdicts")
        st.caption("Share of worlds in which each says so. The gap between the lines is where one sees a reason for war and "
                   "the other does not.")
