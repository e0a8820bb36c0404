"""Charts of two versions on the same luck, and of what is done when."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from dashboards.charts import DATE, SHARE, Chart, dates, every_third, layered
from sim.analysis.compare.compare import Comparison
from sim.analysis.compare.gist import Difference
from sim.ensemble.estimates import Z90
from sim.report.figures import comparison as drawn
from sim.report.figures import look
from sim.report.text import compare as told
from sim.scenario.interventions import Intervention
from sim.scenario.scenario import Scenario
from sim.words import percent

HERE, THERE = "#8a8f98", "#2f86c5"
"""The unchanged version and the other: read on white and on black."""

MARGIN = 46
"""Pixels left of charts that stand above each other, so that their dates do too."""

POINTS = "format(datum.value, '+') == '+0' ? '0' : format(datum.value, '+,~g')"
WRAP, STEP, AROUND = 27, 46, 150
"""Letters in a line of a label, pixels that three such lines take, and pixels of a chart's axis and legend."""

MORE, FEWER = "#d6604d", "#4393c3"
DOES = {"shock": "shock", "force": "made to happen", "forbid": "forbidden", "push": "more or less likely", "set": "set",
        "shift": "shifted"}
COLOURS = ["#d55e00", "#0072b2", "#7f6000", "#cc79a7", "#009e73", "#56b4e9"]


def curves(comparison: Comparison, names: tuple[str, str]) -> Chart:
    """The share of worlds with a first strike so far, on both sides."""
    table = thinned(comparison)
    data = table.melt(["date"], ["a", "b"], "side", "share").replace({"side": dict(zip("ab", names, strict=True))})
    x = {"field": "date", "type": "temporal", "axis": DATE}
    y = {"field": "share", "type": "quantitative", "axis": {**SHARE, "minExtent": MARGIN},
         "scale": {"domain": [0, min(1.0, max(0.05, 1.1 * float(table[["a", "b"]].to_numpy().max())))]}}
    color = {"field": "side", "type": "nominal", "title": None, "legend": {"orient": "top", "columns": 1, "labelLimit": 320},
             "scale": {"domain": list(names), "range": [HERE, THERE]}}
    dash = {"field": "side", "scale": {"domain": list(names), "range": [[5, 3], [1, 0]]}, "title": None}
    tip = [{"field": "date", "type": "temporal", "format": "%-d %B %Y", "title": "By"},
           {"field": "side", "type": "nominal", "title": "Version"},
           {"field": "share", "type": "quantitative", "format": ".1%", "title": "Worlds with a first strike"}]
    spec = layered({"mark": {"type": "line", "strokeWidth": 2.2},
                    "encoding": {"x": x, "y": y, "color": color, "strokeDash": dash, "tooltip": tip}}, height=240)
    return Chart(data, spec, f"Share of worlds with a first strike so far. {told.curve_ends(comparison, names)}.")


def gap(comparison: Comparison) -> Chart:
    """The difference between the two curves with its paired band."""
    table = thinned(comparison)
    data = table.assign(**{name: 100 * table[name] for name in ("difference", "low", "high")})
    low, high = min(float(data["low"].min()), -drawn.LEAST), max(float(data["high"].max()), drawn.LEAST)
    x = {"field": "date", "type": "temporal", "axis": DATE}
    y = {"type": "quantitative", "scale": {"domain": [1.1 * low, 1.1 * high]},
         "axis": {"title": None, "tickCount": 5, "minExtent": MARGIN, "labelExpr": POINTS}}
    tip = [{"field": "date", "type": "temporal", "format": "%-d %B %Y", "title": "By"},
           {"field": "difference", "type": "quantitative", "format": "+.1f", "title": "Difference, points"},
           {"field": "low", "type": "quantitative", "format": "+.1f", "title": "nine of ten, from"},
           {"field": "high", "type": "quantitative", "format": "+.1f", "title": "to"}]
    spec = layered(
        {"mark": {"type": "rule", "color": look.GREY}, "encoding": {"y": {"datum": 0, **y}}},
        {"mark": {"type": "area", "opacity": 0.3, "color": THERE},
         "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
        {"mark": {"type": "line", "color": THERE, "strokeWidth": 2},
         "encoding": {"x": x, "y": {**y, "field": "difference"}, "tooltip": tip}}, height=150)
    return Chart(data, spec, told.gap_ends(comparison))


def thinned(comparison: Comparison) -> pd.DataFrame:
    """The curves of both sides, every third day and the last, with dates."""
    table = comparison.curve()
    table = table.iloc[every_third(comparison.a.days)]
    return table.assign(date=dates(comparison.a, table["day"]))


def differences(comparison: Comparison) -> Chart:
    """The difference of each main outcome in points, with its band on shared luck and that of separate luck behind it."""
    rows = [one for one in drawn.main(comparison) if one.exists]
    data = pd.DataFrame([_dot(one) for one in rows])
    reach = 1.05 * float(np.abs(data[["wide_low", "wide_high"]].to_numpy()).max()) if rows else 1.0
    y = {"field": "says", "type": "nominal", "sort": None,
         "axis": {"title": None, "labelExpr": "split(datum.label, '\\n')", "labelLimit": 190, "labelOverlap": False,
                  "ticks": False, "domain": False, "labelPadding": 8}}
    x = {"type": "quantitative", "scale": {"domain": [-max(reach, drawn.LEAST), max(reach, drawn.LEAST)], "nice": True},
         "axis": {"title": "points of 100 worlds", "labelExpr": POINTS, "tickCount": 5, "grid": True}}
    kinds = ["more", "fewer", "not clear"]
    color = {"field": "way", "type": "nominal", "title": None, "legend": {"orient": "top", "columns": 2},
             "scale": {"domain": kinds, "range": [MORE, FEWER, HERE]}}
    tip = [{"field": "full", "type": "nominal", "title": "Outcome"},
           {"field": "told", "type": "nominal", "title": "Difference"},
           {"field": "sides", "type": "nominal", "title": "Unchanged, then changed"},
           {"field": "verdict", "type": "nominal", "title": "Verdict"}]
    spec = layered(
        {"mark": {"type": "rule", "color": look.GREY}, "encoding": {"x": {"datum": 0, **x}}},
        {"mark": {"type": "bar", "height": 8, "opacity": 0.25, "color": HERE}, "encoding": {
            "y": y, "x": {**x, "field": "wide_low"}, "x2": {"field": "wide_high"}, "tooltip": tip}},
        {"mark": {"type": "rule", "strokeWidth": 2.5}, "encoding": {
            "y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": color, "tooltip": tip}},
        *({"mark": {"type": "point", "size": 75, "strokeWidth": 2, "opacity": 1, "filled": clear},
           "transform": [{"filter": "datum.clear" if clear else "!datum.clear"}],
           "encoding": {"y": y, "x": {**x, "field": "difference"}, "color": color, "tooltip": tip}} for clear in (True, False)),
        height=STEP * len(rows) + AROUND)
    return Chart(data, spec, told.clear_ones(rows))


def _dot(one: Difference) -> dict[str, Any]:
    value, band, wide = 100 * one.difference, 100 * one.se, 100 * one.se_unpaired
    way = ("more" if value > 0 else "fewer") if one.clear or one.hint else "not clear"
    return {"says": "\n".join(textwrap.wrap(one.says, WRAP)), "full": one.says, "difference": value, "way": way,
            "low": value - Z90 * band, "high": value + Z90 * band, "wide_low": value - Z90 * wide,
            "wide_high": value + Z90 * wide, "verdict": one.verdict, "clear": one.clear, "told": told.in_points(one),
            "sides": f"{percent(one.a)}, {percent(one.b)}"}


def strip(scenario: Scenario, says: Sequence[str]) -> Chart:
    """What is done to the worlds of a scenario by date: a mark for what strikes once, a bar for what lasts."""
    first, last = scenario.date, scenario.date + timedelta(days=scenario.days)
    data = pd.DataFrame([{**_bar(one, first, last), "what": "\n".join(textwrap.wrap(text, 34)[:3]), "full": text,
                          "words": one.in_words(first, text)}
                         for one, text in zip(scenario.interventions, says, strict=True)])
    y = {"field": "what", "type": "nominal", "sort": None, "axis": {
        "title": None, "labelExpr": "split(datum.label, '\\n')", "labelLimit": 210, "labelOverlap": False, "ticks": False,
        "domain": False}}
    x = {"type": "temporal", "axis": {**DATE, "grid": True}, "scale": {"domain": [_moment(first), _moment(last)]}}
    color = {"field": "does", "type": "nominal", "title": None, "legend": {"orient": "top", "columns": 3},
             "scale": {"domain": list(DOES.values()), "range": COLOURS}}
    tip = [{"field": "full", "type": "nominal", "title": "What"}, {"field": "words", "type": "nominal", "title": "When"}]
    plain = {name: held for name, held in x.items() if name != "scale"}
    lasting, once = ([{"filter": f"datum.once == {flag}"}] for flag in ("false", "true"))
    spec = layered(
        {"mark": {"type": "bar", "height": 12, "cornerRadius": 3}, "transform": lasting, "encoding": {
            "y": y, "x": {**x, "field": "start"}, "x2": {"field": "end"}, "color": color, "tooltip": tip,
            "opacity": {"condition": {"test": "datum.waits", "value": 0.35}, "value": 0.9}}},
        {"mark": {"type": "point", "shape": "diamond", "size": 130, "filled": True, "opacity": 1}, "transform": once,
         "encoding": {"y": y, "x": {**plain, "field": "start"}, "color": color, "tooltip": tip}},
        height=STEP * len(data) + AROUND)
    return Chart(data, spec, f"What is done: {'; '.join(data['words'])}.")


def _moment(day: date) -> dict[str, int]:
    """A date as Vega takes it in a domain."""
    return {"year": day.year, "month": day.month, "date": day.day}


def _bar(one: Intervention, first: date, last: date) -> dict[str, Any]:
    """When it begins and ends; what waits for a condition may take hold on any day from its first on."""
    start = first + timedelta(days=one.on)
    once = one.does in ("shock", "force") and not one.lasts and not one.when
    end = (last if one.when else start + timedelta(days=one.lasts) if one.lasts
           else first + timedelta(days=one.until) if one.until else last)
    return {"start": pd.Timestamp(start), "end": pd.Timestamp(min(end, last)), "once": once, "waits": bool(one.when),
            "does": DOES[one.does]}
