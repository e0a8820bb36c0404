"""The section on what happened: the commonest events of each actor and arena."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sim.ensemble.results import Run
from sim.model import registry
from sim.report.html.outcomes import bar
from sim.report.html.render import Row, render
from sim.words import date, percent, two_digits

EACH = 4
"""Kinds of event shown of each actor."""


def commonest(run: Run) -> pd.DataFrame:
    """A row an event: "share" of worlds in which it happened, "times" a world, median "day" of its first time.

    Only the commonest of each actor, by how often they happened; actors in the order of the model.
    """
    import pandas as pd

    kept, events = int(run.about["kept_events"]), run.events
    by_world = events.groupby(["event", "world"], observed=True)["day"].agg(["min", "size"])
    of_event = by_world.groupby(level=0, observed=True)
    found = pd.DataFrame({"share": of_event.size() / kept, "times": of_event["size"].sum() / kept,
                          "day": of_event["min"].median()})
    found.index = found.index.astype(str)
    found["owner"] = [key.partition(".")[0] for key in found.index]
    owners = list(dict.fromkeys(name.partition(".")[0] for name in events["event"].cat.categories))
    found["order"] = found["owner"].map({owner: i for i, owner in enumerate(owners)})
    ordered = found.rename_axis("event").reset_index().sort_values(["order", "times", "event"], ascending=[True, False, True])
    return ordered.groupby("order").head(EACH).set_index("event")[["owner", "share", "times", "day"]]


def rows(run: Run, found: pd.DataFrame) -> Iterator[Row]:
    """What happens most, by actor: rows of a table."""
    owner = ""
    for key, row in found.iterrows():
        if row["owner"] != owner:
            owner = str(row["owner"])
            yield (registry.called(owner),)
        yield ((meaning(str(key)), render("code", str(key))), percent(row["share"]), bar(row["share"]),
               two_digits(row["times"]), date(int(row["day"]), run.scenario.date))


def meaning(key: str) -> str:
    """What an event is, in a sentence; its key for one that the model does not have."""
    entry = registry.events().get(key)
    return entry.declaration.meaning if entry else key
