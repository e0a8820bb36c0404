"""What could happen by a date: in words, in worlds of a hundred, and over time."""

import streamlit as st

from dashboards import desk, panels
from dashboards.glossary import note, term


def page() -> None:
    """The outlook."""
    view = desk.view()
    st.title("Outlook")
    st.write(f"Thousands of possible {term('world', 'worlds')} start on the same day and differ only by {term('luck')}. Each "
             "picture counts in how many of them something happens.")
    note("world", "base-rate", "error", "probability-words", "band", "hazard")
    desk.controls(view)
    slot = st.container()
    run = desk.simulated(view.chosen(), view.worlds, view.seed)
    with slot:
        panels.headlines(run, view)
    panels.over_time(run)
    panels.who_sees_what(run)
    panels.along_the_way(run)
    desk.footer(run)


page()
