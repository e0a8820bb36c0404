"""Charts of two versions on the same luck, and of interventions by date."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

import sim
from dashboards import vega
from dashboards.vega import DATE, SHARE, Chart, amount, at, chart, colour, date_tip, kind, layer, mark, safely, span, tip, when
from sim.report.figures import data, look
from sim.report.figures.comparison import HERE, THERE
from sim.report.text import compare as texts
from sim.scenario.interventions import Intervention
from sim.words import percent

MARGIN = 46
"""Pixels left of the curves and of their difference, so that their dates are aligned."""

POINTS = "format(datum.value, '+') == '+0' ? '0' : format(datum.value, '+,~g')"
WRAP, STEP, AROUND = 27, 46, 150
"""Letters per line of a label, pixels of three such lines, and pixels of a chart's axis and legend."""

DOES = {"shock": "shock", "force": "made to happen", "forbid": "forbidden", "push": "more or less likely", "set": "set",
        "shift": "shifted"}
COLOURS = ["#d55e00", "#0072b2", "#7f6000", "#cc79a7", "#009e73", "#56b4e9"]


@safely
def curves(comparison: sim.Comparison, names: tuple[str, str]) -> Chart:
    """The share of worlds with a first strike so far, on both sides."""
    table = thinned(comparison)
    sides = table.melt(["date"], ["a", "b"], "side", "share").replace({"side": dict(zip("ab", names, strict=True))})
    top = min(1.0, max(0.05, 1.1 * float(table[["a", "b"]].to_numpy().max())))
    tips = [date_tip("By"), tip("side", "Version"), tip("share", "Worlds with a first strike", ".1%")]
    dash = {"field": "side", "scale": {"domain": list(names), "range": [[5, 3], [1, 0]]}, "title": None}
    words = data.curves(comparison, names)
    return chart(sides, f"{words.title}. {words.summary}.",
                 layer(mark("line", strokeWidth=2.2), x=when(), color=colour("side", names, [HERE, THERE]), strokeDash=dash,
                       y=amount("share", axis={**SHARE, "minExtent": MARGIN}, scale={"domain": [0, top]}), tooltip=tips),
                 height=240)


@safely
def gap(comparison: sim.Comparison) -> Chart:
    """The difference between the two curves with its paired band."""
    table = thinned(comparison)
    y = amount(scale={"domain": [1.1 * end for end in data.span(table)]},
               axis={"title": None, "tickCount": 5, "minExtent": MARGIN, "labelExpr": POINTS})
    tips = [date_tip("By"), tip("difference", "Difference, points", "+.1f"), tip("low", "nine of ten, from", "+.1f"),
            tip("high", "to", "+.1f")]
    return chart(table, texts.gap_ends(comparison),
                 layer(mark("rule", color=look.GREY), y=at(0, **y)),
                 layer(mark("area", opacity=0.3, color=THERE), x=when(), **span(**y)),
                 layer(mark("line", color=THERE, strokeWidth=2), x=when(), y={**y, "field": "difference"}, tooltip=tips),
                 height=150)


def thinned(comparison: sim.Comparison) -> pd.DataFrame:
    """The curves of both sides, every third day and the last, with dates, and their difference in points."""
    table = data.in_points(comparison.curve()).iloc[vega.every_third(comparison.a.days)]
    return table.assign(date=vega.dates(comparison.a, table["day"]))


@safely
def differences(comparison: sim.Comparison) -> Chart:
    """The difference of each main outcome in points, with its band on shared luck and that of separate luck behind it."""
    rows = [one for one in data.main(comparison) if one.exists]
    table = data.dots(rows).assign(full=[one.says for one in rows], moved=list(map(texts.in_points, rows)),
                                   says=[textwrap.fill(one.says, WRAP) for one in rows],
                                   sides=[f"{percent(one.a)}, {percent(one.b)}" for one in rows])
    reach = max(data.LEAST, 1.05 * float(table[["wide_low", "wide_high"]].abs().to_numpy().max())) if rows else 1.0
    y = kind("says", axis={**vega.LINES, "labelLimit": 190, "labelPadding": 8})
    x = amount(scale={"domain": [-reach, reach], "nice": True},
               axis={"title": "points of 100 worlds", "labelExpr": POINTS, "tickCount": 5, "grid": True})
    color = colour("way", list(data.WAYS), list(data.WAYS.values()), 2)
    tips = [tip("full", "Outcome"), tip("moved", "Difference"), tip("sides", "Unchanged, then changed"),
            tip("verdict", "Verdict")]
    return chart(
        table, texts.clear_ones(rows),
        layer(mark("rule", color=look.GREY), x=at(0, **x)),
        layer(mark("bar", height=8, opacity=0.25, color=look.GREY), y=y, tooltip=tips,
              **span("wide_low", "wide_high", "x", **x)),
        layer(mark("rule", strokeWidth=2.5), y=y, **span(way="x", **x), color=color, tooltip=tips),
        *(layer(mark("point", size=75, strokeWidth=2, opacity=1, filled=not open), f"{'' if open else '!'}datum.open", y=y,
                x={**x, "field": "difference"}, color=color, tooltip=tips) for open in (False, True)),
        height=STEP * len(rows) + AROUND)


@safely
def strip(scenario: sim.Scenario, says: Sequence[str]) -> Chart:
    """The interventions of a scenario by date: a mark for those of one day, a bar for those that last."""
    first, last = scenario.date, scenario.date + timedelta(days=scenario.days)
    table = pd.DataFrame([{**_bar(one, first, last), "what": "\n".join(textwrap.wrap(text, 34)[:3]), "full": text,
                           "words": one.in_words(first, text)}
                          for one, text in zip(scenario.interventions, says, strict=True)])
    y, x = kind("what", axis={**vega.LINES, "labelLimit": 210}), when("start", axis={**DATE, "grid": True})
    common = {"y": y, "color": colour("does", list(DOES.values()), COLOURS, 3), "tooltip": [tip("full", "What"),
                                                                                           tip("words", "When")]}
    return chart(
        table, f"What is done: {'; '.join(table['words'])}.",
        layer(mark("bar", height=12, cornerRadius=3), "datum.once == false", **common, x2={"field": "end"},
              x={**x, "scale": {"domain": [{"year": day.year, "month": day.month, "date": day.day} for day in (first, last)]}},
              opacity={"condition": {"test": "datum.waits", "value": 0.35}, "value": 0.9}),
        layer(mark("point", shape="diamond", size=130, filled=True, opacity=1), "datum.once == true", **common, x=x),
        height=STEP * len(table) + AROUND)


def _bar(one: Intervention, first: date, last: date) -> dict[str, Any]:
    """When an intervention begins and ends; one with a condition may take hold on any day from its first on."""
    start = first + timedelta(days=one.on)
    once = one.does in ("shock", "force") and not one.lasts and not one.when
    end = (last if one.when else start + timedelta(days=one.lasts) if one.lasts
           else first + timedelta(days=one.until) if one.until else last)
    return {"start": pd.Timestamp(start), "end": pd.Timestamp(min(end, last)), "once": once, "waits": bool(one.when),
            "does": DOES[one.does]}
