"""The dashboard's entry: `brink dashboard`, or `streamlit run dashboards/app.py`."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [] if str(HERE.parent) in sys.path else [str(HERE.parent)]


def main() -> None:
    """Show the page that the link names."""
    import streamlit as st

    from dashboards import mishap, page
    from sim.report.html.render import SHEET
    from sim.words import LIMITS

    st.set_page_config(page_title="brink", page_icon=str(HERE / "icon.png"), layout="wide",
                       menu_items={"About": LIMITS})
    st.html(SHEET)
    page.workshop()
    found = {heading: [st.Page(str(HERE / "app_pages" / f"{name}.py"), title=title, help=says, url_path=HOME.get(name, name),
                               default=name in HOME) for name, title, says in pages]
             for heading, pages in PAGES.items()}
    by_name = [st.Page(str(HERE / "app_pages" / f"{name}.py"), url_path=name, visibility="hidden") for name in HOME]
    chosen = st.navigation({**found, " ": by_name})
    st.session_state["page"] = chosen.url_path
    try:
        chosen.run()
    except Exception as error:  # what a visitor meets is never a traceback
        page.tell(mishap.line(error))


HOME = {"start": "home"}
"""The page at the root of the address, which is found under its own name as well."""

PAGES = {
    "Ask": [
        ("start", "Start", "Six questions to guess, see and understand, and a glossary."),
        ("outlook", "Outlook", "What could happen by a date of your choice, how likely, and how sure one can be."),
        ("what_if", "What if", "Change one thing, keep the luck, and see what it changes."),
    ],
    "Understand": [
        ("one_world", "One world", "One history day by day: who did what, why, and what each side believed."),
        ("pathways", "Pathways", "How crises open, turn and end."),
        ("drivers", "What drives it", "Which parameters move an outcome, and where it flips."),
    ],
    "Check": [
        ("parameters", "Parameters and sources", "Every number, its prior, and the paragraph it comes from."),
        ("trust", "Trust", "How the model compares with what is known, and what it cannot do."),
        ("library", "Library", "Runs on disk, uploads and downloads."),
    ],
}
"""Headings, and for each its pages: file, title, and what it shows."""

if __name__ == "__main__":
    main()
