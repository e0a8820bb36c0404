"""The section on what happened: the commonest events of each actor and arena."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.model import registry
from sim.report.figures import look
from sim.report.html.markup import Html, Part, breakable, html, table, tag
from sim.report.html.outcomes import bar, most_error
from sim.words import percent, two_digits

if TYPE_CHECKING:
    import pandas as pd

    from sim.ensemble.results import Run

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


def section(run: Run, found: pd.DataFrame) -> Html:
    """What happens most, by actor."""
    kept = int(run.about["kept_events"])
    return html(
        tag("p", f"The commonest kinds of event of each actor and arena, from the logs of {kept:,} worlds. Offices act here: a "
                 "rule of the model stands for each, not a person."),
        table(f"The error of a share is at most {100 * most_error(kept):.1f} points. A first date is that of the middle world "
              "among those in which the event happened.",
              ("event", "share of worlds", "", "times a world", "first date"), _rows(run, found), numbers=(1, 3, 4),
              wide=(2, 4)))


def _rows(run: Run, found: pd.DataFrame) -> Iterator[Sequence[Part]]:
    owner = ""
    for key, row in found.iterrows():
        if row["owner"] != owner:
            owner = str(row["owner"])
            yield (registry.called(owner),)
        yield (_meaning(str(key)), percent(row["share"]), bar(row["share"]), two_digits(row["times"]),
               look.date(int(row["day"]), run.scenario.date))


def _meaning(key: str) -> list[Part]:
    return [tag("span", meaning(key)), tag("small", tag("code", breakable(key)))]


def meaning(key: str) -> str:
    """What an event is, in a sentence; its key for one that the model does not have."""
    entry = registry.events().get(key)
    return entry.declaration.meaning if entry else key
