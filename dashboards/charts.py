"""Charts that answer to the pointer: for each, the data as a table, a Vega-Lite or ECharts specification, and its words.

Colours are those of every picture of brink: outcomes and codes declare theirs, the rest are in `sim.report.figures.look`. Text
and paper follow the page's theme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboards.paint import on_paper
from sim.engine import Array
from sim.ensemble import survival
from sim.ensemble.results import Run
from sim.report.figures import look
from sim.words import percent, two_digits

HEIGHT = 300
SHARE = {"format": ".0%", "title": None}
DATE = {"format": "%b %Y", "title": None, "grid": False, "labelOverlap": True, "tickCount": 8}


@dataclass(frozen=True)
class Chart:
    """A chart: its data, a Vega-Lite specification, and what it shows in a sentence."""

    data: pd.DataFrame
    spec: dict[str, Any]
    alt: str

    def draw(self, key: str, **more: Any) -> None:
        """Put it on the page."""
        st.vega_lite_chart(on_paper(self.data), on_paper(self.spec), width="stretch", key=key, alt=self.alt, **more)


def dates(run: Run, days: Any) -> Any:
    """Calendar dates of days of a run."""
    return pd.Timestamp(run.scenario.date) + pd.to_timedelta(np.asarray(days), unit="D")


def every_third(days: int) -> Array:
    """Every third day of so many, and the last: enough for a curve that is drawn."""
    return np.unique(np.append(np.arange(0, days + 1, 3), days))


def layered(*layers: Mapping[str, Any], height: int | dict[str, int] = HEIGHT, **more: Any) -> dict[str, Any]:
    """A specification of several layers over one pair of axes."""
    return {"layer": list(layers), "height": height, "config": {"view": {"stroke": None}}, **more}


def first_strike(run: Run, by: str = "first_initiator") -> Chart:
    """The share of worlds with a first strike so far, by day, stacked by who or why."""
    curve = survival.curve(run.column("round_two"), run.column(by), run.days)
    labels = [label for label in run.question(by).labels if label in survival.by_label(curve)]
    thin = every_third(run.days)
    wide = pd.DataFrame({name: values[thin] for name, values in curve.items()}).assign(date=dates(run, thin))
    data = wide.melt(["date", "share", "low", "high"], labels, "who", "part")
    data["order"] = data["who"].map({label: i for i, label in enumerate(labels)})
    codes = {label: run.question(by).shown.code(label) for label in labels}
    names, colours = [code.says for code in codes.values()], [code.colour for code in codes.values()]
    data["who"] = data["who"].map({label: code.says for label, code in codes.items()})
    x = {"field": "date", "type": "temporal", "axis": DATE}
    y = {"type": "quantitative", "axis": SHARE, "scale": {"domain": [0, max(0.05, min(1.0, 1.1 * float(curve["high"][-1])))]}}
    tip = [{"field": "date", "type": "temporal", "format": "%-d %B %Y", "title": "By"},
           {"field": "who", "type": "nominal", "title": "First"},
           {"field": "part", "type": "quantitative", "format": ".1%", "title": "Share of worlds"},
           {"field": "share", "type": "quantitative", "format": ".1%", "title": "All first strikes"}]
    spec = layered(
        {"mark": {"type": "area", "opacity": 0.85}, "encoding": {
            "x": x, "y": {**y, "field": "part", "stack": "zero"}, "tooltip": tip, "order": {"field": "order"},
            "color": {"field": "who", "type": "nominal", "title": None, "scale": {"domain": names, "range": colours},
                      "legend": {"orient": "top", "columns": 2}}}},
        {"mark": {"type": "area", "opacity": 0.25, "color": look.GREY}, "encoding": {
            "x": x, "y": {**y, "field": "low", "stack": None}, "y2": {"field": "high"}},
            "transform": [{"filter": f"datum.who == {names[0]!r}"}] if names else []},
        {"mark": {"type": "line", "strokeWidth": 1.5, "color": look.GREY}, "encoding": {
            "x": x, "y": {**y, "field": "share", "stack": None}, "tooltip": tip}})
    return Chart(data, spec, f"Share of worlds with a first strike so far: {percent(curve['share'][-1])} by "
                             f"{look.date(run.days, run.scenario.date)}.")


def fan(run: Run, name: str, title: str = "") -> Chart:
    """A recorded variable by date: median, the middle half of worlds and nine of ten."""
    variable, series = run.variable(name), run.series(name)
    data = pd.DataFrame(series).assign(date=dates(run, series["day"]))
    colour = look.ACTORS.get(name.partition(".")[0], look.GREY)
    x = {"field": "date", "type": "temporal", "axis": DATE}
    y = {"type": "quantitative", "scale": {"zero": bool(series["q05"].min() >= 0 and
                                                        series["q05"].min() < 0.5 * series["q95"].max())},
         "axis": {"title": variable.unit or None, "tickCount": 5}}
    tip = [{"field": "date", "type": "temporal", "format": "%-d %B %Y", "title": "On"},
           *({"field": field, "type": "quantitative", "format": ",.4~g", "title": says}
             for field, says in (("q95", "95 % of worlds below"), ("q75", "75 %"), ("q50", "median"), ("q25", "25 %"),
                                 ("q05", "5 %")))]
    bands = [{"mark": {"type": "area", "opacity": opacity, "color": colour},
              "encoding": {"x": x, "y": {**y, "field": low}, "y2": {"field": high}, "tooltip": tip}}
             for low, high, opacity in (("q05", "q95", 0.2), ("q25", "q75", 0.35))]
    spec = layered(*bands, {"mark": {"type": "line", "color": colour, "strokeWidth": 2},
                            "encoding": {"x": x, "y": {**y, "field": "q50"}, "tooltip": tip}}, height=220)
    end = {q: two_digits(float(series[q][-1])) for q in ("q05", "q50", "q95")}
    return Chart(data, spec, f"{title or variable.meaning}: at the end {end['q50']} {variable.unit} in the middle world, "
                             f"{end['q05']} to {end['q95']} in nine of ten.")


def compared(run: Run, names: Mapping[str, str], unit: str = "", shares: bool = False) -> Chart:
    """Several recorded variables over one time axis: belief against truth, say, or two verdicts.

    `names` gives what each is called in the legend. Lines are medians, with the middle half of the worlds; of flags, with
    `shares`, the share of worlds.
    """
    middle = "mean" if shares else "q50"
    tables = [pd.DataFrame(series).assign(date=dates(run, series["day"]), who=says)
              for name, says in names.items() for series in [run.series(name)]]
    colours = [look.ACTORS.get(name.partition(".")[0], look.GREY) for name in names]
    x = {"field": "date", "type": "temporal", "axis": DATE}
    y = {"type": "quantitative", "axis": SHARE if shares else {"title": unit or None, "tickCount": 5}}
    color = {"field": "who", "type": "nominal", "title": None, "legend": {"orient": "top", "columns": 1},
             "scale": {"domain": list(names.values()), "range": colours}}
    tip = [{"field": "date", "type": "temporal", "format": "%-d %B %Y", "title": "On"}, {"field": "who", "title": "Who"},
           {"field": middle, "type": "quantitative", "format": ".0%" if shares else ",.4~g",
            "title": "share of worlds" if shares else "median"}]
    dashes = {"field": "who", "scale": {"domain": list(names.values()), "range": [[1, 0], [6, 3], [2, 2]][:len(names)]},
              "legend": None}
    bands = [] if shares else [{"mark": {"type": "area", "opacity": 0.18}, "encoding": {
        "x": x, "y": {**y, "field": "q25"}, "y2": {"field": "q75"}, "color": color}}]
    spec = layered(*bands, {"mark": {"type": "line", "strokeWidth": 2}, "encoding": {
        "x": x, "y": {**y, "field": middle}, "color": color, "tooltip": tip, "strokeDash": dashes}}, height=220)
    ends = ", ".join(f"{says} {percent(end) if shares else two_digits(end)}"
                     for name, says in names.items() for end in [float(run.series(name)[middle][-1])])
    return Chart(pd.concat(tables), spec, f"{'Share of worlds' if shares else 'Medians'} at the end: {ends}.")


def hazard(run: Run) -> Chart:
    """How likely a first strike is on a day if it has not come yet, with its band."""
    data, colour = run.hazard.assign(date=dates(run, run.hazard["day"])), run.question("round_two").shown.colour
    x = {"field": "date", "type": "temporal", "axis": DATE}
    y = {"type": "quantitative", "axis": {"format": ".2%", "title": "a day"}}
    spec = layered(
        {"mark": {"type": "area", "opacity": 0.25, "color": colour},
         "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
        {"mark": {"type": "line", "color": colour}, "encoding": {
            "x": x, "y": {**y, "field": "hazard"},
            "tooltip": [{"field": "date", "type": "temporal", "format": "%-d %B %Y", "title": "On"},
                        {"field": "hazard", "type": "quantitative", "format": ".2%", "title": "a day"},
                        {"field": "at_risk", "type": "quantitative", "format": ",", "title": "worlds without one so far"}]}},
        height=220)
    top = data.loc[data["hazard"].idxmax()]
    return Chart(data, spec, f"Hazard of a first strike a day, highest ({top['hazard']:.2%}) around "
                             f"{top['date']:%d %B %Y}.")


def dots(run: Run, id: str, count: int = 50) -> Chart:
    """When an event comes, as dots of equal chance: of `count`, one for each world that stands for as many others.

    Quantile dots (Fernandes et al. 2018), which lay people read rightly; worlds without the event are told beside them.
    """
    column = run.column(id)
    came = np.sort(column[column >= 0])
    shown = round(count * came.size / run.size)
    days = came[((np.arange(shown) + 0.5) / max(shown, 1) * came.size).astype(int)] if shown else came[:0]
    width = max(run.days // 26, 1)
    bins = (days // width) * width + width / 2
    height = pd.Series(bins).groupby(bins).cumcount().to_numpy() + 1
    data = pd.DataFrame({"date": dates(run, bins), "height": height, "day": dates(run, days)})
    x = {"field": "date", "type": "temporal", "axis": DATE,
         "scale": {"domain": [str(run.scenario.date), str(run.scenario.date + timedelta(days=run.days))]}}
    y = {"field": "height", "type": "quantitative", "axis": None, "scale": {"domain": [0.5, int(max(height, default=1)) + 1]}}
    tip = [{"field": "day", "type": "temporal", "format": "%-d %B %Y", "title": f"A dot: 1 of {count} worlds, about"}]
    spec = {"mark": {"type": "circle", "size": 110, "color": run.question(id).shown.colour, "opacity": 1}, "height": 180,
            "encoding": {"x": x, "y": y, "tooltip": tip}, "config": {"view": {"stroke": None}}}
    return Chart(data, spec, f"{shown} of {count} dots have a date: in the others it does not come.")
