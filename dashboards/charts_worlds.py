"""Charts of single worlds: events by actor, and beliefs and the truth over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from dashboards.theme import ink
from dashboards.vega import SHARE, Chart, amount, chart, colour, dashes, date_tip, dates, layer, mark, place, safely, tip, when
from sim.analysis.explain.chronicle import Chronicle
from sim.model import entities, registry
from sim.report.figures import look
from sim.report.figures.timeline import by_lane, free_row, wars
from sim.words import date, sentence_case

LANE, TENSION = 57, 2
"""Height of a lane in pixels, and lanes that tension is high."""
LETTER, GAP = 0.0074, 0.012
"""Width of a letter and room between labels, as shares of the width at which labels are shown."""
WORDY = 760
"""Pixels of width from which marks have labels."""
TOP = 1.5
"""The highest tension."""
PICK = "pick"


@safely
def timeline(story: Chronicle, day: int) -> Chart:
    """A lane for each actor with its key events by date, tension below, war shaded, and a line at the day that is shown.

    A click on a mark picks it: the selection is called "pick" and contains the mark's day.
    """
    lanes = [{"kind": "lane", "day": 0, "y": y, "who": name} for y, name in enumerate([*entities.LANES.values(), "Tension"])]
    at_war = [{"kind": "war", "day": start, "stop": stop} for start, stop in wars(story)]
    data = pd.DataFrame([*lanes, *_marks(story), *_tension(story), *at_war, {"kind": "day", "day": day, "stop": day}])
    data["date"], data["until"] = (dates(story.run, data[name].fillna(0)) for name in ("day", "stop"))
    first, last = (f"{date:%Y-%m-%d}" for date in dates(story.run, [0, story.run.days]))
    x = when(scale={"domain": [first, last]})
    spot = {"x": x, "y": place(len(entities.LANES) + TENSION, 0.42) | {"scale": {
        "domain": [-0.42, len(entities.LANES) + TENSION - 0.35], "reverse": True, "nice": False, "zero": False}}}
    own, war = {"field": "colour", "type": "nominal", "scale": None}, look.ACTORS["war"]
    small = mark("text", align="left", color=ink()[0])
    tips = [date_tip(), tip("who", "Who"), tip("says", "What")]
    return chart(
        data, f"Timeline of world {story.world}. {story.title}. {sum(data['kind'] == 'mark')} events on {len(entities.LANES)} "
              "lanes; the chronicle below tells them in words.",
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
        height=LANE * (len(entities.LANES) + TENSION),
        params=[{"name": PICK, "select": {"type": "point", "fields": ["day"], "toggle": False}, "views": ["marks"]}])


def _only(kind: str) -> str:
    return f"datum.kind == '{kind}'"


def _marks(story: Chronicle) -> Iterator[dict[str, Any]]:
    """The events on the lanes."""
    says = {(entry.day, entry.event): entry.says for entry in story.everything}
    for y, own in enumerate(by_lane(story)):
        taken: list[list[tuple[float, float]]] = [[], []]
        for one in own:
            words, start = registry.story(one.event).short, one.day / story.run.days
            row = free_row(taken, start, start + LETTER * len(words) + GAP) if start + LETTER * len(words) < 1 else None
            yield {"kind": "mark", "day": one.day, "y": y, "central": one.central, "row": -1 if row is None else row,
                   "words": words, "who": registry.called(one.event), "says": says[one.day, one.event],
                   "colour": look.ACTORS[one.event.partition(".")[0]]}


def _tension(story: Chronicle) -> Iterator[dict[str, Any]]:
    floor = len(entities.LANES) + TENSION - 0.4
    for day, tension in enumerate(story.replay.series["war.tension"][1:]):
        yield {"kind": "tension", "day": day, "tension": float(tension), "floor": floor,
               "y": floor - float(tension) / TOP * (TENSION - 0.6)}


@safely
def belief(story: Chronicle, about: str, day: int, share: bool = False) -> Chart:
    """What each actor believed of one thing over time, and the truth; a line at the day that is shown.

    Parameters
    ----------
    about : the beginning of `Belief.about`
    share : whether it is a probability; then no truth is drawn, which differs with what each calls by that name
    """
    found = [(at, one) for at, seen in enumerate(story.replay.seen) for one in seen if one.about.startswith(about)]
    actors = {one.who: sentence_case(registry.cards()[one.who].looks_as) for _, one in found}
    rows = [{"day": at, "who": actors[one.who], "value": one.believed} for at, one in found]
    names, colours = list(dict.fromkeys(actors.values())), [look.ACTORS[key] for key in actors]
    if not share:
        rows += [{"day": at, "who": "The truth", "value": one.true} for at, one in found]
        names, colours = [*names, "The truth"], [*colours, look.GREY]
    data = pd.DataFrame(rows).assign(date=lambda table: dates(story.run, table["day"]), now=dates(story.run, [day])[0])
    then = "; ".join(one.says for at, one in found if at == day)
    return chart(
        data, f"On {date(day, story.run.scenario.date)}: {then}",
        layer(mark("line", strokeWidth=2), x=when(), color=colour("who", names, colours, 3),
              strokeDash=dashes("who", names), y=amount("value", axis={**(SHARE if share else {"title": None}), "tickCount": 5},
                                                         scale={"domain": [0, 1]} if share else {"zero": True}),
              tooltip=[date_tip(), tip("who", "Who"), tip("value", about, ".0%" if share else ",.0f")]),
        layer(mark("rule", strokeDash=[5, 3], strokeWidth=2, color=look.GREY), "datum.day == 0", x=when("now")), height=200)
