"""Downloads: pictures, tables, the scenario, the report, each made when its button is pressed; and how to reproduce a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboards import link, page
from dashboards.plain import code, literal
from sim.ensemble.results import Run
from sim.report import exports
from sim.report.html.inputs import needs, recipe
from sim.scenario.scenario import Scenario, Source

MIMES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "png": "image/png", "svg": "image/svg+xml",
         "yaml": "application/yaml", "html": "text/html", "zip": "application/zip"}
WIDTH, SECONDS = 520, 180
"""Pixels of the text of a row, and the time limit of making a file."""


def noted(scenario: Scenario, view: link.Link) -> Scenario:
    """A scenario with the visitor's notes on where values come from."""
    sources = {key: Source(scenario.sources[key].layer, note) for key, note in view.notes if key in scenario.sources}
    return dataclasses.replace(scenario, sources={**scenario.sources, **sources})


def files(run: Run, name: str, scenario: Scenario) -> None:
    """Buttons for all files of a run."""
    for title, entries, make, labels in (("Pictures", exports.PICTURES, exports.picture, ("PNG", "SVG")),
                                         ("Tables", exports.TABLES, exports.table, ("CSV", "Parquet"))):
        st.markdown(f"**{title}**")
        for id, says in entries.items():
            row(says, [(label, f"{name}-{id}.{label.lower()}", made(run, make, id, label.lower())) for label in labels])
    st.markdown("**All in one**")
    row("The report: a page that opens without a network and prints", [("HTML", f"{name}.html", made(run, exports.report))])
    row("The scenario, with who set what; loads back to the same", [("YAML", f"{name}.yaml", scenario.as_yaml)])
    row("The whole run as a directory that brink and other tools open",
        [("ZIP", f"{name}.zip", made(run, exports.everything, name))])


def comparison(a: Run, b: Run, name: str) -> None:
    """Buttons for the files of a comparison."""
    rival = "the same, unchanged" if a.scenario.title == b.scenario.title else literal(a.scenario.title)
    row(f"Against {rival}, on the same luck: differences with their errors",
        [("CSV", f"{name}-comparison.csv", made(a, exports.comparison_table, b)),
         ("HTML", f"{name}-comparison.html", made(a, exports.report, b))])


def row(says: str, buttons: Sequence[tuple[str, str, Callable[[], bytes | str]]]) -> None:
    """A description, and a button per format."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"row-{buttons[0][1]}"):
        st.markdown(says, width=WIDTH)
        for label, file, data in buttons:
            st.download_button(label, data, file, MIMES[file.rpartition(".")[2]], key=f"get-{file}", on_click="ignore",
                               help=f"Download {literal(file)}")


def made(run: Run, function: Callable[..., bytes], *more: Any) -> Callable[[], bytes]:
    """A function that makes a file of a run in a worker process."""
    who = page.visitor()

    def make() -> bytes:
        what = [one.about if isinstance(one, Run) else one for one in (run, *more)]
        with page.ordered(f"{function.__name__} {what}", page.in_a_worker(function, run, *more), len, who) as job:
            return job.future.result(timeout=SECONDS)

    return make


def again(run: Run) -> None:
    """The command and the program that give the same numbers, and the file that they need, if any."""
    command, python, file = recipe(run)
    if file:
        st.write(f"Save this as {code(f'{run.scenario.name}.yaml')}:")
        st.code(file, language="yaml", wrap_lines=True)
    st.markdown("At a terminal:")
    st.code(command, language="bash", wrap_lines=True)
    st.markdown("From Python:")
    st.code(python, language="python", wrap_lines=True)
    for line in needs(run):
        st.write(literal(line))
    st.caption("The same scenario, worlds, days and seed give the same numbers, on any machine and any number of processes.")
