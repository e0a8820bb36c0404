"""What could happen by a date: in words, in worlds of a hundred, and over time."""

import streamlit as st

from dashboards import cards, charts, glossary, page


def main() -> None:
    """The outlook."""
    view = page.opening("Outlook", f"Thousands of possible {glossary.term('world', 'worlds')} start on the same day and "
                        f"differ only by {glossary.term('luck')}. Each picture counts in how many of them something happens.")
    glossary.note("world", "base-rate", "error", "probability-words", "band", "hazard")
    page.controls(view)
    slot = st.container()
    run = page.simulated(view.chosen(), view.worlds, view.seed)
    with slot:
        cards.headlines(run, cards.deadline(run, view))
    charts.over_time(run)
    charts.who_sees_what(run)
    charts.along_the_way(run)
    page.footer(run)


main()
