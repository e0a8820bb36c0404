"""The library: stored results, to be opened and compared; downloads; an upload of a scenario file."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import Any

import pandas as pd
import streamlit as st

import sim
from dashboards import cards, charts, charts_compare, downloads, link, mishap, page, uploads
from dashboards.plain import literal
from sim.analysis.compare.compare import described
from sim.analysis.compare.gist import Difference
from sim.analysis.library import COMPARISON, LONGEST, RUN, KeptRun, tidy
from sim.model.strict_yaml import LARGEST
from sim.report.figures import data
from sim.report.text.compare import gap
from sim.report.text.outcomes import answer, number
from sim.words import band, count, sentence_case

KINDS = {RUN: "run", COMPARISON: "comparison"}
HEADS = {"Outcome", "Difference", "Verdict"}
"""Heads of a table that also has columns named by the titles of scenarios."""

ROWS = 12
"""Rows of the table without scrolling."""


def main() -> None:
    """The page."""
    view = page.opening("Library", "Open results that were kept, compare two of them, take what you look at with you, or bring "
                        "a scenario of your own.")
    page.tell(*st.session_state.pop("library.message", ("", st.info)))
    entries = page.library().entries()
    kept(entries)
    choosing(entries)
    run = None
    try:
        if any(entry.kind == COMPARISON for entry in entries if entry.name == view.run):
            compared(view.run)
        else:
            made = opened(view) if view.run else present(view)
            taking(made, tidy(view.run) or view.scenario, view)
            run = made
    except Exception as error:  # whatever a directory holds
        page.tell(mishap.line(error))
    if not view.run and run is not None:
        keeping(run, view)
    bringing(view)
    page.footer(run)


@page.section
def kept(entries: Sequence[KeptRun]) -> None:
    """A table of the library."""
    st.subheader("Kept results")
    if not entries:
        st.info("Nothing is kept here yet. Keep what you look at below, or run `brink run` on the machine of this server.")
        return
    rows = [{"Name": entry.name, "What": KINDS[entry.kind], "Scenario": entry.problem or entry.title,
             "Worlds": fits(entry.worlds), "Days": fits(entry.days),
             "Parameters": count(entry.sets, "draw") if entry.sets > 1 else "fixed",
             "Begun": pd.to_datetime(entry.date, errors="coerce")} for entry in entries]
    st.dataframe(rows, hide_index=True, height="content" if len(rows) <= ROWS else 35 * (ROWS + 1), column_config={
        "Worlds": st.column_config.NumberColumn(format="localized"),
        "Begun": st.column_config.DatetimeColumn(format="D MMM YYYY")}, alt="Runs and comparisons that are kept")


def fits(number: int) -> int | None:
    """A number of a description, if a table can hold it."""
    return number if 0 <= number < 2**53 else None


def choosing(entries: Sequence[KeptRun]) -> None:
    """Which result is open, and with which it is compared."""
    whole = [entry for entry in entries if not entry.problem]
    runs = [entry.name for entry in whole if entry.kind == RUN]
    view = st.session_state["view"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        page.bound(st.selectbox, "Open", ["", *(entry.name for entry in whole)], "run",
                   format_func=lambda name: name or "what you look at now", help="A run or comparison that was kept.")
        if view.run in runs:
            page.bound(st.selectbox, "Compare it with", ["", *(name for name in runs if name != view.run)], "beside",
                       format_func=lambda name: name or "nothing",
                       help="Another run: world by world, if both share their luck.")


def present(view: link.Link) -> sim.Run:
    """The run of the present view."""
    run = page.simulated(view.chosen(), view.worlds, view.seed)
    changes = len(view.set) + len(view.do)
    own = f" with {count(changes, 'change')} of your own" if changes else ""
    st.markdown(f"You look at **{literal(run.scenario.title)}**{own}: {count(run.size, 'world')} of {count(run.days, 'day')}.")
    return run


def opened(view: link.Link) -> sim.Run:
    """A stored run, shown like the outlook."""
    run = page.opened(view.run)
    st.subheader(literal(run.scenario.title))
    if run.scenario.says:
        st.write(literal(run.scenario.says))
    if (whole := run.about.get("of_worlds")) is not None:
        st.info(f"This run is too large to be read whole here. What counts worlds is from the first {run.size:,} of its "
                f"{whole:,}; what is recorded by day is of all.")
    if view.beside:
        side_by_side(run, page.opened(view.beside))
        return run
    cards.headlines(run, cards.deadline(run, view))
    charts.over_time(run)
    charts.who_sees_what(run)
    charts.along_the_way(run)
    return run


def side_by_side(run: sim.Run, other: sim.Run) -> None:
    """Two runs: paired if they share their luck, else each with its own error."""
    try:
        made = sim.Comparison.of(other, run)
    except sim.BrinkError as error:
        st.info(f"{literal(sentence_case(str(error)))}. Each has its own error below.")
        rows = {row["id"]: row for row in other.rows}
        st.dataframe([{"Outcome": row["says"], "this": answer(run, row), "the other": answer(other, rows[row["id"]])}
                      for row in run.rows if row["id"] in rows], hide_index=True, alt="Outcomes of both runs")
        return
    differences(made)


def compared(name: str) -> None:
    """A stored comparison, with its runs or without."""
    path = page.library().path(name)
    stored = described(path)
    if (path / "a").is_dir():
        differences(sim.Comparison.of(page.opened(f"{name}/a"), page.opened(f"{name}/b")))
        return
    rows = [{key: nan if value is None else value for key, value in row.items()} for row in stored["outcomes"]]
    st.write("This comparison was kept without its runs.")
    outcomes(rows, stored["a"]["title"], stored["b"]["title"], at_once=True)


@page.section
def differences(made: sim.Comparison) -> None:
    """The differences of two runs on the same luck."""
    a, b = made.a.scenario.title, made.b.scenario.title
    st.subheader(literal(f"{b}, against {a if a != b else 'the other'}"))
    if made.same:
        st.info("The two runs are the same in every world.")
        return
    charts_compare.differences(made).draw("differences", caption=data.DOTS)
    outcomes(made.rows, a, b)


def outcomes(rows: Sequence[dict[str, Any]], a: str, b: str, at_once: bool = False) -> None:
    """A table of all outcomes on both sides that can be compared."""
    found = [row for row in rows if row["kind"] != "code" and row["difference"] == row["difference"]]
    first, second = (f"{title} (scenario)" if title in HEADS else title for title in (a if a != b else "the other", b))
    with st.expander(f"All {count(len(found), 'outcome')}", expanded=at_once):
        st.dataframe([{"Outcome": row["says"], first: side(row, "a"), second: side(row, "b"),
                       "Difference": gap(Difference.of(row)), "Verdict": row["verdict"]} for row in found], hide_index=True,
                     alt="All outcomes on both sides, with the paired error of their difference")


def side(row: dict[str, Any], which: str) -> str:
    """One side of a comparison; of deaths only the band."""
    return band(row[which]) if row["unit"] == "deaths" else number(row, which)


@page.section
def taking(run: sim.Run, name: str, view: link.Link) -> None:
    """Files, and how to get the same numbers again."""
    st.subheader("Take it with you")
    downloads.files(run, name, run.scenario if view.run else downloads.noted(run.scenario, view))
    if not view.run and (view.set or view.do or view.against):
        other = page.simulated(view.other(), view.worlds, view.seed)
        downloads.comparison(other, run, name)
    st.subheader("Get the same numbers again")
    downloads.again(run)


@page.section
def keeping(run: sim.Run, view: link.Link) -> None:
    """A form that stores the run of the present view under a name."""
    st.subheader("Keep it here")
    with st.form("keep", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Name", page.library().free(view.scenario), max_chars=LONGEST, key="keep.name",
                      help="Small letters, digits, - and _; anything else becomes a hyphen. All who use this server see it.")
        st.form_submit_button("Keep in the library", on_click=keep, args=(run,))


def keep(run: sim.Run) -> None:
    """Store a run, with a message for the next rerun of the page."""
    try:
        name = page.keep(run, st.session_state["keep.name"])
    except Exception as error:  # a full disk too
        st.session_state["library.message"] = (mishap.line(error), st.error)
        return
    st.session_state["library.message"] = (f"Kept as {name}.", st.success)
    st.session_state.pop("keep.name", None)


@page.section
def bringing(view: link.Link) -> None:
    """The upload of a scenario file."""
    st.subheader("Bring a scenario of your own")
    st.write("A scenario file says what differs from a scenario of the library. It is checked, never run as code and not kept: "
             f"what it says becomes a link that you can share. It has at most {LARGEST // 1000} kB.")
    file = st.file_uploader("Scenario file", type=["yaml", "yml"], key="bring", max_upload_size=1,
                            help=f"YAML of at most {LARGEST // 1000} kB and {link.MOST_DAYS} days, on top of a scenario of the "
                                 "library.")
    if file is None:
        return
    try:
        found, lost = uploads.view_of(file.getvalue(), view.worlds, view.seed)
        scenario = found.chosen()
    except sim.BrinkError as error:
        page.tell(error)
        return
    st.success(f"The file is in order: {count(len(found.set), 'value')} and {count(len(found.do), 'intervention')} on top "
               f"of {literal(page.title_of(found.scenario))}, {count(scenario.days, 'day')}.")
    page.tell("\n".join(lost), st.warning)
    with st.container(horizontal=True):
        page.way("what_if", "Open it in What if", found)
        page.way("outlook", "Open its Outlook", found)


main()
