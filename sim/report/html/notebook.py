"""What a notebook shows of a run, a comparison, a study and a chronicle: title, gist, the main table, and the limits."""

from __future__ import annotations

from sim.analysis.compare.compare import Comparison
from sim.analysis.explain.chronicle import Chronicle
from sim.analysis.sensitivity.open_study import OpenStudy
from sim.ensemble.results import Run
from sim.model.outcomes import BY_ID, HEADLINES
from sim.report.html.render import fill
from sim.report.text import compare, explain, outcomes
from sim.words import count

MOST = 10
"""Rows of a table."""


def run(made: Run) -> str:
    """The first headline outcomes of a run, in words, with errors and base rates."""
    known = {row["id"]: row for row in made.rows}
    shown = [known[id] for id in HEADLINES if id in known] or list(known.values())
    sets = f" in {count(made.sets, 'parameter set')}" if made.uncertainty == "priors" else ""
    about = f"{count(made.size, 'world')}{sets}, {count(made.days, 'day')}, seed {made.seed}"
    return fill("notebook.html", title=made.scenario.title, lines=[about, *outcomes.gist(made)], caption="Outcomes",
                heads=outcomes.heads(made), rows=[outcomes.cells(made, row) for row in shown[:MOST]])


def comparison(made: Comparison) -> str:
    """What changes, and the outcomes that move most clearly."""
    lines = [*map(compare.tell_change, made.changes), *compare.gist(made)]
    shown = [] if made.same else compare.moved(made)[:MOST]
    return fill("notebook.html", title=compare.header(made), lines=lines, caption="Differences",
                heads=compare.heads(made), rows=[compare.cells(made, one) for one in shown])


def study(opened: OpenStudy) -> str:
    """What a study varies and keeps; no world is read."""
    store, what = opened.store, opened.store.study
    about = (f"{count(len(store.sets), 'set')} of {count(len(store.sets.names), 'parameter')}, {count(what.worlds, 'world')} a "
             f"set, seed {what.seed}; {', '.join(opened.scenarios)}")
    kept = [(id, BY_ID[id].says) for id in what.outcomes if id in BY_ID]
    return fill("notebook.html", title=what.title, lines=[about, *filter(None, [what.says])], caption="Outcomes that it keeps",
                heads=("outcome", "what it is"), rows=kept)


def chronicle(told: Chronicle) -> str:
    """The summary of a world, and what led to how it ended, day by day."""
    rows = [(explain.dates(told, entry), explain.says(entry)) for entry in told.entries if entry.central]
    return fill("notebook.html", title=told.title, lines=[explain.made_from(told), *told.summary], caption="What led to it",
                heads=("day", "what happened"), rows=rows)
