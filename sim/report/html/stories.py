"""The sections on how worlds go, as a chart and as the few stories that represent all, and on the commonest events."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from sim.analysis.pathways.pathways import Pathways, pathways
from sim.analysis.pathways.typical import typical
from sim.ensemble.results import Run
from sim.model import registry
from sim.report.figures import pathways as drawn
from sim.report.html.outcomes import bar
from sim.report.html.pictures import chart
from sim.report.html.render import Row, render
from sim.words import date, of_hundred, percent, two_digits

PATHS = 3
"""Of the commonest paths, those described to a reader who does not see the chart."""

EACH = 4
"""Kinds of event shown of each actor."""


def chart_of(run: Run) -> Markup:
    """The pathways of worlds, as a chart."""
    paths = pathways(run)
    commonest = (f"{of_hundred(row.share)} of 100 worlds: {row.says}" for row in paths.paths.head(PATHS).itertuples())
    return chart(drawn.pathways(run, paths), "pathways", " ".join((*answers(paths), *commonest)))


def answers(paths: Pathways) -> Iterator[str]:
    """Each question with the shares of its answers, as a sentence."""
    for question in paths.questions:
        rows = paths.nodes[paths.nodes["question"] == question.id]
        yield f"{question.label}: {', '.join(f'{row.label} {percent(row.share)}' for row in rows.itertuples())}."


def rows(run: Run) -> Iterator[Row]:
    """The typical stories, the commonest first: rows of a table."""
    for story in typical(run).stories:
        share = render("kept", f"{percent(story.share)} ± {100 * story.se:.1f}")
        yield (story.title, f"world {story.world}"), share, percent(story.war), percent(story.deal)


def commonest(run: Run) -> pd.DataFrame:
    """One row per event: "share" of worlds in which it happened, "times" a world, median "day" of its first time.

    Only the commonest of each actor, by how often they happened; actors in the order of the model.
    """
    kept, events = int(run.about["kept_events"]), run.events
    by_world = events.groupby(["event", "world"], observed=True)["day"].agg(["min", "size"])
    of_event = by_world.groupby(level=0, observed=True)
    found = pd.DataFrame({"share": of_event.size() / kept, "times": of_event["size"].sum() / kept,
                          "day": of_event["min"].median()})
    found.index = found.index.astype(str)
    owners = dict.fromkeys(name.partition(".")[0] for name in events["event"].cat.categories)
    found["owner"] = pd.Categorical([key.partition(".")[0] for key in found.index], list(owners))
    ordered = found.rename_axis("event").reset_index().sort_values(["owner", "times", "event"], ascending=[True, False, True])
    return ordered.groupby("owner", observed=True).head(EACH).set_index("event")[["owner", "share", "times", "day"]]


def events(run: Run, found: pd.DataFrame) -> Iterator[Row]:
    """The commonest events by actor: rows of a table."""
    for owner, rows in found.groupby("owner", observed=True):
        yield (registry.called(str(owner)),)
        yield from (((meaning(row.Index), render("code", row.Index)), percent(row.share), bar(row.share), two_digits(row.times),
                     date(int(row.day), run.scenario.date)) for row in rows.itertuples())


def meaning(key: str) -> str:
    """What an event is, in a sentence; its key for one that the model does not have."""
    entry = registry.events().get(key)
    return entry.declaration.meaning if entry else key
