"""Parts of a page that show one run: first strikes, beliefs, and what changes over time."""

from __future__ import annotations

import streamlit as st

from dashboards import charts
from sim.ensemble.results import Run
from sim.model import registry
from sim.report.figures import data, drawn


def over_time(run: Run) -> None:
    """When the first strike comes."""
    st.subheader("When the first strike comes")
    split = st.segmented_control("Split by", ["who strikes first", "why"], default="who strikes first", required=True,
                                 key="split")
    by = "first_initiator" if split.startswith("who") else "first_cause"
    charts.first_strike(run, by).draw("strike", caption=data.first_strikes(run, by).words.reading)
    left, right = st.columns(2)
    charts.dots(run, "round_two").draw("dots", "Fifty dots, one for each fiftieth of the worlds",
                                       "Each dot is one of fifty equally likely worlds and sits where its first strike "
                                       "comes. Worlds without one have no dot.", at=left)
    charts.hazard(run).draw("hazard", "How dangerous each day is (hazard)",
                            "How likely a first strike is on a day if there has been none until then.", at=right)


def along_the_way(run: Run) -> None:
    """Stocks, prices and tension over time."""
    st.subheader("What changes along the way")
    columns = st.columns(2)
    for i, name in enumerate(drawn(run)):
        title = registry.fields()[name].declaration.title
        charts.fan(run, name, title).draw(name, title, at=columns[i % 2])
    st.caption(data.FAN)


def who_sees_what(run: Run) -> None:
    """Belief against truth, and two verdicts on the same rebuilding."""
    st.subheader("What each side believes")
    left, right = st.columns(2)
    charts.compared(run, {"iran.missiles": "true", "israel.missiles_seen": "as Israel estimates them"}, "missiles").draw(
        "belief", "Iran's missiles, and what Israel takes them for",
        "Middle worlds, with the middle half as a band. Nobody in the model acts on the truth, only on estimates.", at=left)
    charts.compared(run, {"israel.verdict": "Israel says yes", "us.verdict": "the United States says yes",
                          "talks.verdict": "inspectors say yes"}, shares=True).draw(
        "verdicts", "Does Iran reconstitute? Two verdicts on the same facts",
        "Share of worlds in which each says so. The gap between the lines is where one sees a reason for war and the other "
        "does not.", at=right)
