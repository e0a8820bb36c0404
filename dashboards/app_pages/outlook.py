"""What could happen by a date: in words, in worlds of a hundred, and over time."""

import streamlit as st

from dashboards import outlook_parts, page
from dashboards.glossary import note, term


def main() -> None:
    """The outlook."""
    view = page.view()
    st.title("Outlook")
    st.write(f"Thousands of possible {term('world', 'worlds')} start on the same day and differ only by {term('luck')}. Each "
             "picture counts in how many of them something happens.")
    note("world", "base-rate", "error", "probability-words", "band", "hazard")
    page.controls(view)
    slot = st.container()
    run = page.simulated(view.chosen(), view.worlds, view.seed)
    with slot:
        outlook_parts.headlines(run, view)
    outlook_parts.over_time(run)
    outlook_parts.who_sees_what(run)
    outlook_parts.along_the_way(run)
    page.footer(run)


main()
