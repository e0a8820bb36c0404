"""Charts of single worlds: lanes of those who act, what was believed and what was true over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from dashboards.charts import DATE, SHARE, Chart, dates, layered
from dashboards.paint import ink
from sim.analysis.explain.chronicle import Chronicle
from sim.analysis.explain.key_events import KEY_EVENTS
from sim.model.codes import PEOPLE
from sim.report.figures import look
from sim.report.figures.timeline import LANES, SHORT, free_row, marks, wars
from sim.words import date

LANE, TENSION = 57, 2
"""Height of a lane in pixels, and lanes that tension is high."""
LETTER, GAP = 0.0074, 0.012
"""Width of a letter and room between words, as shares of the width at which words are shown."""
WORDY = 760
"""Pixels from which words stand beside the marks; on narrower screens hovering or the text below tells them."""
TOP = 1.5
"""The highest tension."""
NAMES = {"partners": "Gaza and Iran's partners", "iran": "Iran", "war": "War"}
PICK = "pick"
PEOPLE_WHO_LOOK = {"israel": "Israel", "us": "Washington", "talks": "the inspectors", "iran": "Iran"}


def timeline(told: Chronicle, day: int) -> Chart:
    """A lane for each who acts, key events on it by date, tension below, war shaded, and a line at the day looked at.

    A click on a mark picks it: the selection is called "pick" and holds the mark's day.
    """
    data = pd.DataFrame([*_lanes(told), *_marks(told), *_tension(told), *_wars(told), {"kind": "day", "day": day, "stop": day}])
    for name in ("day", "stop"):
        data["date" if name == "day" else "until"] = dates(told.run, data[name].fillna(0))
    first, last = (f"{date:%Y-%m-%d}" for date in dates(told.run, [0, told.run.days]))
    x = {"field": "date", "type": "temporal", "axis": DATE, "scale": {"domain": [first, last]}}
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [-0.42, len(LANES) + TENSION - 0.35],
                                                                      "reverse": True, "nice": False, "zero": False}}
    place: dict[str, Any] = {"x": x, "y": y}
    colour: dict[str, Any] = {"field": "colour", "type": "nominal", "scale": None}
    tip = [{"field": "date", "type": "temporal", "format": "%-d %B %Y", "title": "On"},
           {"field": "who", "type": "nominal", "title": "Who"}, {"field": "says", "type": "nominal", "title": "What"}]
    words = {**place, "text": {"field": "words"}}
    near = [tip[0], {"field": "tension", "type": "quantitative", "format": ".2f", "title": "Tension, 0 to 1.5"}]
    spec = layered(
        {"transform": _only("war"), "mark": {"type": "rect", "color": look.ACTORS["war"], "opacity": 0.16},
         "encoding": {"x": x, "x2": {"field": "until"}}},
        {"transform": _only("lane"), "mark": {"type": "rule", "color": look.GREY, "opacity": 0.35},
         "encoding": {"y": y}},
        {"transform": _only("lane"), "mark": {"type": "text", "align": "left", "dy": -13, "dx": 2, "fontWeight": 600,
                                              "fontSize": 11, "color": ink()[0]},
         "encoding": {**place, "text": {"field": "who"}}},
        {"transform": _only("tension"), "mark": {"type": "area", "color": look.ACTORS["war"], "opacity": 0.3,
                                                 "line": {"color": look.ACTORS["war"]}},
         "encoding": {**place, "y2": {"field": "floor"}, "tooltip": near}},
        {"transform": _only("day"), "mark": {"type": "rule", "strokeWidth": 2, "strokeDash": [5, 3], "color": look.GREY},
         "encoding": {"x": x}},
        {"name": "marks", "transform": _only("mark"),
         "mark": {"type": "point", "filled": True, "cursor": "pointer", "strokeWidth": 1.8, "opacity": 1},
         "encoding": {**place, "stroke": colour, "tooltip": tip,
                      "fill": {"condition": {**colour, "test": "datum.central"}, "value": "transparent"},
                      "size": {"condition": {"test": "datum.central", "value": 130}, "value": 60}}},
        *({"transform": [*_only("mark"), {"filter": f"datum.row == {row} && width >= {WORDY}"}],
           "mark": {"type": "text", "align": "left", "dx": -3, "dy": 14 + 12 * row, "fontSize": 10.5, "color": ink()[0]},
           "encoding": words} for row in range(2)),
        height=LANE * (len(LANES) + TENSION),
        params=[{"name": PICK, "select": {"type": "point", "fields": ["day"], "toggle": False}, "views": ["marks"]}])
    return Chart(data, spec, f"Timeline of world {told.world}. {told.title}. {sum(data['kind'] == 'mark')} events on "
                             f"{len(LANES)} lanes; the chronicle below tells them in words.")


def _only(kind: str) -> list[dict[str, str]]:
    return [{"filter": f"datum.kind == '{kind}'"}]


def _lanes(told: Chronicle) -> Iterator[dict[str, Any]]:
    for y, (key, _) in enumerate(LANES):
        yield {"kind": "lane", "day": 0, "y": y, "who": NAMES.get(key, PEOPLE.get(key, key))}
    yield {"kind": "lane", "day": 0, "y": len(LANES), "who": "Tension"}


def _marks(told: Chronicle) -> Iterator[dict[str, Any]]:
    """The events on the lanes; weighty ones are given room for their words first."""
    says = {(entry.day, entry.event): entry.says for entry in told.everything}
    for y, (key, owners) in enumerate(LANES):
        own = [mark for mark in marks(told) if mark.event.partition(".")[0] in owners]
        taken: list[list[tuple[float, float]]] = [[], []]
        for mark in sorted(own, key=lambda mark: (not mark.central, mark.event not in KEY_EVENTS, mark.day)):
            words, start = SHORT[mark.event], mark.day / told.run.days
            row = free_row(taken, start, start + LETTER * len(words) + GAP) if start + LETTER * len(words) < 1 else None
            yield {"kind": "mark", "day": mark.day, "y": y, "central": mark.central, "row": -1 if row is None else row,
                   "words": words, "who": PEOPLE[mark.event.partition(".")[0]], "says": says[mark.day, mark.event],
                   "colour": look.ACTORS.get(key, look.ACTORS["hezbollah"])}


def _tension(told: Chronicle) -> Iterator[dict[str, Any]]:
    floor = len(LANES) + TENSION - 0.4
    for day, tension in enumerate(told.replay.series["war.tension"][1:]):
        yield {"kind": "tension", "day": day, "tension": float(tension), "floor": floor,
               "y": floor - float(tension) / TOP * (TENSION - 0.6)}


def _wars(told: Chronicle) -> Iterator[dict[str, Any]]:
    for start, stop in wars(told):
        yield {"kind": "war", "day": start, "stop": stop}


def belief(told: Chronicle, about: str, day: int, share: bool = False) -> Chart:
    """What each who has an opinion believed of one thing over time, and the truth; a line at the day looked at.

    Parameters
    ----------
    about : how what is believed begins, as `Sight.about` has it
    share : whether it is a probability; then no truth is drawn, which differs with what each calls by that name
    """
    rows = [{"day": at, "who": PEOPLE_WHO_LOOK[sight.who].capitalize() if sight.who == "talks" else
             PEOPLE_WHO_LOOK[sight.who], "value": sight.believed, "key": sight.who}
            for at, seen in enumerate(told.replay.seen) for sight in seen if sight.about.startswith(about)]
    keys = list(dict.fromkeys(row.pop("key") for row in rows))
    names, colours = list(dict.fromkeys(row["who"] for row in rows)), [look.ACTORS[key] for key in keys]
    if not share:
        rows += [{"day": at, "who": "The truth", "value": sight.true} for at, seen in enumerate(told.replay.seen)
                 for sight in seen if sight.about.startswith(about)]
        names, colours = [*names, "The truth"], [*colours, look.GREY]
    data = pd.DataFrame(rows).assign(date=lambda table: dates(told.run, table["day"]), now=dates(told.run, [day])[0])
    x = {"field": "date", "type": "temporal", "axis": DATE}
    y = {"field": "value", "type": "quantitative", "axis": {**(SHARE if share else {"title": None}), "tickCount": 5},
         "scale": {"domain": [0, 1]} if share else {"zero": True}}
    color = {"field": "who", "type": "nominal", "title": None, "legend": {"orient": "top", "columns": 3},
             "scale": {"domain": names, "range": colours}}
    tip = [{"field": "date", "type": "temporal", "format": "%-d %B %Y", "title": "On"}, {"field": "who", "title": "Who"},
           {"field": "value", "type": "quantitative", "format": ".0%" if share else ",.0f", "title": about}]
    dash = {"field": "who", "legend": None, "scale": {"domain": names, "range": [[1, 0], [6, 3], [2, 2]][:len(names)]}}
    spec = layered(
        {"mark": {"type": "line", "strokeWidth": 2}, "encoding": {"x": x, "y": y, "color": color, "strokeDash": dash,
                                                                  "tooltip": tip}},
        {"transform": [{"filter": "datum.day == 0"}],
         "mark": {"type": "rule", "strokeDash": [5, 3], "strokeWidth": 2, "color": look.GREY},
         "encoding": {"x": {**x, "field": "now"}}}, height=200)
    then = "; ".join(sight.says for sight in told.replay.seen[day] if sight.about.startswith(about))
    return Chart(data, spec, f"On {date(day, told.run.scenario.date)}: {then}")
