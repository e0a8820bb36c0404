"""Charts of single worlds: lanes of those who act, what was believed and what was true over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from dashboards import vega
from dashboards.paint import ink
from dashboards.vega import SHARE, Chart, amount, chart, dashes, date_tip, dates, layer, mark, place, tip, when
from sim.analysis.explain.chronicle import Chronicle
from sim.model import registry
from sim.model.entities import LANES
from sim.report.figures import look
from sim.report.figures.timeline import by_lane, free_row, wars
from sim.words import date, sentence_case

LANE, TENSION = 57, 2
"""Height of a lane in pixels, and lanes that tension is high."""
LETTER, GAP = 0.0074, 0.012
"""Width of a letter and room between words, as shares of the width at which words are shown."""
WORDY = 760
"""Pixels from which words stand beside the marks; on narrower screens hovering or the text below tells them."""
TOP = 1.5
"""The highest tension."""
PICK = "pick"


def timeline(told: Chronicle, day: int) -> Chart:
    """A lane for each who acts, key events on it by date, tension below, war shaded, and a line at the day looked at.

    A click on a mark picks it: the selection is called "pick" and holds the mark's day.
    """
    data = pd.DataFrame([*_lanes(told), *_marks(told), *_tension(told), *_wars(told), {"kind": "day", "day": day, "stop": day}])
    for name in ("day", "stop"):
        data["date" if name == "day" else "until"] = dates(told.run, data[name].fillna(0))
    first, last = (f"{date:%Y-%m-%d}" for date in dates(told.run, [0, told.run.days]))
    x = when(scale={"domain": [first, last]})
    spot = {"x": x, "y": place(len(LANES) + TENSION, 0.42) | {"scale": {
        "domain": [-0.42, len(LANES) + TENSION - 0.35], "reverse": True, "nice": False, "zero": False}}}
    own, war = {"field": "colour", "type": "nominal", "scale": None}, look.ACTORS["war"]
    small = mark("text", align="left", color=ink()[0])
    tips = [date_tip(), tip("who", "Who"), tip("says", "What")]
    return chart(
        data, f"Timeline of world {told.world}. {told.title}. {sum(data['kind'] == 'mark')} events on {len(LANES)} lanes; the "
              "chronicle below tells them in words.",
        layer(mark("rect", color=war, opacity=0.16), _only("war"), x=x, x2={"field": "until"}),
        layer(mark("rule", color=look.GREY, opacity=0.35), _only("lane"), y=spot["y"]),
        layer({**small, "dy": -13, "dx": 2, "fontWeight": 600, "fontSize": 11}, _only("lane"), **spot, text={"field": "who"}),
        layer(mark("area", color=war, opacity=0.3, line={"color": war}), _only("tension"), **spot, y2={"field": "floor"},
              tooltip=[date_tip(), tip("tension", "Tension, 0 to 1.5", ".2f")]),
        layer(mark("rule", strokeWidth=2, strokeDash=[5, 3], color=look.GREY), _only("day"), x=x),
        {"name": "marks"} | layer(
            mark("point", filled=True, cursor="pointer", strokeWidth=1.8, opacity=1), _only("mark"), **spot, stroke=own,
            tooltip=tips, fill={"condition": {**own, "test": "datum.central"}, "value": "transparent"},
            size={"condition": {"test": "datum.central", "value": 130}, "value": 60}),
        *(layer({**small, "dx": -3, "dy": 14 + 12 * row, "fontSize": 10.5},
                f"{_only('mark')} && datum.row == {row} && width >= {WORDY}", **spot, text={"field": "words"})
          for row in range(2)),
        height=LANE * (len(LANES) + TENSION),
        params=[{"name": PICK, "select": {"type": "point", "fields": ["day"], "toggle": False}, "views": ["marks"]}])


def _only(kind: str) -> str:
    return f"datum.kind == '{kind}'"


def _lanes(told: Chronicle) -> Iterator[dict[str, Any]]:
    for y, name in enumerate(LANES.values()):
        yield {"kind": "lane", "day": 0, "y": y, "who": name}
    yield {"kind": "lane", "day": 0, "y": len(LANES), "who": "Tension"}


def _marks(told: Chronicle) -> Iterator[dict[str, Any]]:
    """The events on the lanes."""
    says = {(entry.day, entry.event): entry.says for entry in told.everything}
    for y, own in enumerate(by_lane(told)):
        taken: list[list[tuple[float, float]]] = [[], []]
        for one in own:
            words, start = registry.story(one.event).short, one.day / told.run.days
            row = free_row(taken, start, start + LETTER * len(words) + GAP) if start + LETTER * len(words) < 1 else None
            yield {"kind": "mark", "day": one.day, "y": y, "central": one.central, "row": -1 if row is None else row,
                   "words": words, "who": registry.called(one.event), "says": says[one.day, one.event],
                   "colour": look.ACTORS[one.event.partition(".")[0]]}


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
    rows = [{"day": at, "who": sentence_case(registry.cards()[sight.who].looks_as), "value": sight.believed, "key": sight.who}
            for at, seen in enumerate(told.replay.seen) for sight in seen if sight.about.startswith(about)]
    keys = list(dict.fromkeys(row.pop("key") for row in rows))
    names, colours = list(dict.fromkeys(row["who"] for row in rows)), [look.ACTORS[key] for key in keys]
    if not share:
        rows += [{"day": at, "who": "The truth", "value": sight.true} for at, seen in enumerate(told.replay.seen)
                 for sight in seen if sight.about.startswith(about)]
        names, colours = [*names, "The truth"], [*colours, look.GREY]
    data = pd.DataFrame(rows).assign(date=lambda table: dates(told.run, table["day"]), now=dates(told.run, [day])[0])
    then = "; ".join(sight.says for sight in told.replay.seen[day] if sight.about.startswith(about))
    return chart(
        data, f"On {date(day, told.run.scenario.date)}: {then}",
        layer(mark("line", strokeWidth=2), x=when(), color=vega.colour("who", names, colours, 3),
              strokeDash=dashes("who", names), y=amount("value", axis={**(SHARE if share else {"title": None}), "tickCount": 5},
                                                         scale={"domain": [0, 1]} if share else {"zero": True}),
              tooltip=[date_tip(), tip("who", "Who"), tip("value", about, ".0%" if share else ",.0f")]),
        layer(mark("rule", strokeDash=[5, 3], strokeWidth=2, color=look.GREY), "datum.day == 0", x=when("now")), height=200)
