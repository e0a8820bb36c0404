"""Interactive charts of one run, and parts of pages with them: numbers, words and colours as in `sim.report.figures.data`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboards import page
from dashboards.vega import (
    SHARE,
    Chart,
    amount,
    chart,
    colour,
    dashes,
    date_tip,
    dates,
    every_third,
    layer,
    mark,
    safely,
    span,
    tip,
    when,
)
from sim.ensemble.results import Run
from sim.model import registry
from sim.report.figures import data, drawn, look
from sim.words import percent, two_digits

LOW = 220
"""Height of a chart in half the width."""


@safely
def first_strike(run: Run, by: str = data.INITIATOR) -> Chart:
    """The share of worlds with a first strike so far, by day, stacked by who or why."""
    found, thin = data.first_strikes(run, by), every_third(run.days)
    wide = pd.DataFrame({name: values[thin] for name, values in found.curve.items()}).assign(date=dates(run, thin))
    table = wide.melt(["date", "share", "low", "high"], found.labels, "who", "part")
    table["order"] = table["who"].map({label: i for i, label in enumerate(found.labels)})
    table["who"] = table["who"].map(dict(zip(found.labels, found.names, strict=True)))
    top = max(0.05, min(1.0, 1.1 * float(found.curve["high"][-1])))
    tips = [date_tip("By"), tip("who", "First"), tip("part", "Share of worlds", ".1%"),
            tip("share", "All first strikes", ".1%")]
    share = partial(amount, axis=SHARE, scale={"domain": [0, top]})
    return chart(
        table, f"{found.words.summary}.",
        layer(mark("area", opacity=0.85), x=when(), y=share("part", stack="zero"), tooltip=tips, order={"field": "order"},
              color=colour("who", found.names, found.colours, 2)),
        layer(mark("area", opacity=0.25, color=look.GREY), f"datum.who == {found.names[0]!r}" if found.names else "", x=when(),
              y=share("low", stack=None), y2={"field": "high"}),
        layer(mark("line", strokeWidth=1.5, color=look.GREY), x=when(), y=share("share", stack=None), tooltip=tips))


@safely
def fan(run: Run, name: str, title: str = "") -> Chart:
    """A recorded variable by date: median, the middle half of worlds and nine of ten."""
    found = data.fan(run, name)
    table = pd.DataFrame(found.series).assign(date=dates(run, found.series["day"]))
    tips = [date_tip(), *(tip(q, says if q == "q50" else f"{says} of worlds below", ",.4~g")
                     for q, says in reversed(data.QUANTILES.items()))]
    y = amount(scale={"zero": found.from_zero}, axis={"title": found.variable.unit or None, "tickCount": 5})
    bands = [layer(mark("area", opacity=depth, color=found.colour), x=when(), **span(low, high, **y), tooltip=tips)
             for (low, high), depth in zip(data.BANDS, (0.2, 0.35), strict=True)]
    return chart(table, f"{title or found.variable.meaning}, at the end: {found.at_the_end}.", *bands,
                 layer(mark("line", color=found.colour, strokeWidth=2), x=when(), y={**y, "field": "q50"}, tooltip=tips),
                 height=LOW)


@safely
def compared(run: Run, names: Mapping[str, str], unit: str = "", shares: bool = False) -> Chart:
    """Several recorded variables over time, with their names in the legend: medians, with the middle half of the worlds.

    With `shares`, they are flags, of which the lines are shares of worlds.
    """
    middle = "mean" if shares else data.MIDDLE
    table = pd.concat([pd.DataFrame(series).assign(date=dates(run, series["day"]), who=says)
                       for name, says in names.items() for series in [run.series(name)]])
    y = amount(axis=SHARE if shares else {"title": unit or None, "tickCount": 5})
    color = colour("who", list(names.values()), [look.colour_of(name) for name in names])
    tips = [date_tip(), tip("who", "Who"), tip(middle, "share of worlds" if shares else "median", ".0%" if shares else ",.4~g")]
    bands = [] if shares else [layer(mark("area", opacity=0.18), x=when(), **span(data.LOW, data.HIGH, **y), color=color)]
    ends = ", ".join(f"{says} {percent(end) if shares else two_digits(end)}"
                     for name, says in names.items() for end in [float(run.series(name)[middle][-1])])
    return chart(table, f"{'Share of worlds' if shares else 'Medians'} at the end: {ends}.", *bands,
                 layer(mark("line", strokeWidth=2), x=when(), y={**y, "field": middle}, color=color, tooltip=tips,
                       strokeDash=dashes("who", list(names.values()))), height=LOW)


@safely
def hazard(run: Run) -> Chart:
    """How likely a first strike is on a day if it has not come yet, with its band."""
    table, war = run.hazard.assign(date=dates(run, run.hazard["day"])), run.question(data.FIRST).shown.colour
    y = amount(axis={"format": ".2%", "title": "a day"})
    tips = [date_tip(), tip("hazard", "a day", ".2%"), tip("at_risk", "worlds without one so far", ",")]
    top = table.loc[table["hazard"].idxmax()]
    return chart(table, f"Hazard of a first strike a day, highest ({top['hazard']:.2%}) around {top['date']:%d %B %Y}.",
                 layer(mark("area", opacity=0.25, color=war), x=when(), **span(**y)),
                 layer(mark("line", color=war), x=when(), y={**y, "field": "hazard"}, tooltip=tips), height=LOW)


@safely
def dots(run: Run, id: str, count: int = 50) -> Chart:
    """When an event comes, as quantile dots (Fernandes et al. 2018): of `count` equally likely worlds, those with the event."""
    column = run.column(id)
    came = np.sort(column[column >= 0])
    shown = round(count * came.size / run.size)
    days = came[((np.arange(shown) + 0.5) / max(shown, 1) * came.size).astype(int)] if shown else came[:0]
    width = max(run.days // 26, 1)
    bins = (days // width) * width + width / 2
    height = pd.Series(bins).groupby(bins).cumcount().to_numpy() + 1
    table = pd.DataFrame({"date": dates(run, bins), "height": height, "day": dates(run, days)})
    first = run.scenario.date
    y = amount("height", axis=None, scale={"domain": [0.5, int(max(height, default=1)) + 1]})
    return chart(table, f"{shown} of {count} dots have a date: in the others it does not come.",
                 layer(mark("circle", size=110, color=run.question(id).shown.colour, opacity=1), y=y,
                       x=when(scale={"domain": [str(first), str(first + timedelta(days=run.days))]}),
                       tooltip=[date_tip(f"A dot: 1 of {count} worlds, about", "day")]), height=180)


@page.section
def over_time(run: Run) -> None:
    """When the first strike comes."""
    st.subheader("When the first strike comes")
    split = st.segmented_control("Split by", ["who strikes first", "why"], default="who strikes first", required=True,
                                 key="split")
    by = "first_initiator" if split.startswith("who") else "first_cause"
    first_strike(run, by).draw("strike", caption=data.first_strikes(run, by).words.reading)
    left, right = st.columns(2)
    dots(run, "round_two").draw("dots", "Fifty dots, one for each fiftieth of the worlds",
                                       "Each dot is one of fifty equally likely worlds and sits where its first strike "
                                       "comes. Worlds without one have no dot.", at=left)
    hazard(run).draw("hazard", "How dangerous each day is (hazard)",
                            "How likely a first strike is on a day if there has been none until then.", at=right)


@page.section
def along_the_way(run: Run) -> None:
    """Stocks, prices and tension over time."""
    st.subheader("What changes along the way")
    columns = st.columns(2)
    for i, name in enumerate(drawn(run)):
        title = registry.fields()[name].declaration.title
        fan(run, name, title).draw(name, title, at=columns[i % 2])
    st.caption(data.FAN)


@page.section
def who_sees_what(run: Run) -> None:
    """Belief against truth, and two verdicts on the same rebuilding."""
    st.subheader("What each side believes")
    left, right = st.columns(2)
    compared(run, {"iran.missiles": "true", "israel.missiles_seen": "as Israel estimates them"}, "missiles").draw(
        "belief", "Iran's missiles, and what Israel takes them for",
        "Middle worlds, with the middle half as a band. Nobody in the model acts on the truth, only on estimates.", at=left)
    compared(run, {"israel.verdict": "Israel says yes", "us.verdict": "the United States says yes",
                          "talks.verdict": "inspectors say yes"}, shares=True).draw(
        "verdicts", "Does Iran reconstitute? Two verdicts on the same facts",
        "Share of worlds in which each says so. The gap between the lines is where one sees a reason for war and the other "
        "does not.", at=right)
