"""Charts of what the model rests on and how it fares: priors, checks against figures, scores against base rates."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboards.charts import Chart, layered
from sim.model import lookup, ranges, registry
from sim.report.figures import look
from sim.words import percent

LINES = {"ticks": False, "domain": False, "labelLimit": 240, "labelOverlap": False, "labelExpr": r"split(datum.value, '\n')"}
"""An axis of sentences, each on as many lines as it needs."""


def wrapped(text: str) -> str:
    """A sentence in lines that leave room for a chart beside them."""
    return "\n".join(textwrap.wrap(text, 34))


def prior(key: str, here: float) -> Chart:
    """The prior of a parameter, with its default and, if it is another one, the value here."""
    declared = registry.find(key).declaration
    curve, log = pd.DataFrame(lookup.density(key)), ranges.reach(key).log
    low, high = declared.prior.interval(0.8)
    colour = look.ACTORS.get(key.partition(".")[0], look.GREY)
    x = {"field": "value", "type": "quantitative", "scale": {"type": "log" if log else "linear", "zero": False, "nice": False},
         "axis": {"title": declared.unit or None, "format": ",.3~g", "tickCount": 6, "grid": False, "labelOverlap": True}}
    y = {"field": "density", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1.05]}}
    tip = [{"field": "value", "type": "quantitative", "format": ",.4~g", "title": "Value"}]
    marks = [{"value": declared.default, "what": "default"}]
    if here != declared.default:
        marks.append({"value": here, "what": "here"})
    spec = layered(
        {"mark": {"type": "area", "opacity": 0.25, "color": colour}, "encoding": {"x": x, "y": y, "tooltip": tip}},
        {"mark": {"type": "area", "opacity": 0.55, "color": colour}, "encoding": {"x": x, "y": y, "tooltip": tip},
         "transform": [{"filter": f"datum.value >= {low} && datum.value <= {high}"}]},
        {"data": {"values": marks}, "mark": {"type": "rule", "strokeWidth": 2.5, "color": look.GREY}, "encoding": {
            "x": x, "tooltip": [{"field": "what", "title": "Which"}, *tip],
            "strokeDash": {"field": "what", "legend": None,
                           "scale": {"domain": ["default", "here"], "range": [[1, 0], [5, 4]]}}}}, height=190)
    value = "" if here == declared.default else f" Here it is {here:g}."
    return Chart(curve, spec, f"Prior of {key}: {declared.prior}. Default {declared.default:g} {declared.unit}.{value}")


def given_to_what_happened(targets: Sequence[Mapping[str, Any]]) -> Chart:
    """For each yes-or-no target of the hindcast, the probability that the model and the base rates gave to what happened."""
    rows = [{"target": wrapped(f"{one['id']} {one['says']}"), "who": who, "share": one[field]} for one in targets
            for who, field in (("model", "model"), ("base rates", "base"))]
    data = pd.DataFrame(rows)
    order = [wrapped(f"{one['id']} {one['says']}") for one in targets]
    x = {"field": "share", "type": "quantitative", "scale": {"domain": [0, 1.02], "nice": False},
         "axis": {"format": ".0%", "title": "probability given to what happened", "values": [0, 0.25, 0.5, 0.75, 1]}}
    y = {"field": "target", "type": "nominal", "sort": order, "title": None, "axis": {**LINES, "grid": True}}
    tip = [{"field": "target", "title": "Target"}, {"field": "who", "title": "Who"},
           {"field": "share", "type": "quantitative", "format": ".1%", "title": "gave"}]
    domain = {"domain": ["model", "base rates"]}
    spec = layered({"mark": {"type": "point", "filled": True, "size": 110, "opacity": 1}, "encoding": {
        "x": x, "y": y, "tooltip": tip,
        "color": {"field": "who", "type": "nominal", "title": None, "legend": {"orient": "top"},
                  "scale": {**domain, "range": [look.ACTORS["us"], look.GREY]}},
        "shape": {"field": "who", "type": "nominal", "title": None, "scale": {**domain, "range": ["circle", "diamond"]}}}},
        height=60 * len(targets))
    better = sum(one["model"] > one["base"] for one in targets)
    return Chart(data, spec, f"The model gave what happened a higher probability than the base rates did in {better} of "
                             f"{len(targets)} targets.")


def calibrated(targets: Sequence[Mapping[str, Any]], ensembles: Mapping[str, Mapping[str, Sequence[float]]],
               defaults: Mapping[str, float]) -> Chart:
    """For each share that calibration aims at: the band aimed at, the model at its defaults, and what parameters allow."""
    shares = [one for one in targets if one["kind"] == "share"]
    kinds = {"aimed at": look.GREY, **dict(zip(ensembles, (look.ACTORS["israel"], look.ACTORS["us"], look.ACTORS["war"]),
                                                  strict=False))}
    rows = [{"figure": wrapped(one["says"]), "what": "aimed at", "middle": one["value"], "low": one["low"], "high": one["high"]}
            for one in shares]
    rows += [{"figure": wrapped(one["says"]), "what": name, "middle": held[one["id"]][0], "low": held[one["id"]][1],
              "high": held[one["id"]][2]} for name, held in ensembles.items() for one in shares]
    x = {"field": "low", "type": "quantitative", "scale": {"domain": [0, 1]},
         "axis": {"format": ".0%", "title": None, "values": [0, 0.25, 0.5, 0.75, 1]}}
    y = {"field": "figure", "type": "nominal", "sort": [wrapped(one["says"]) for one in shares], "title": None, "axis": LINES}
    offset = {"field": "what", "sort": list(kinds)}
    color = {"field": "what", "type": "nominal", "title": None, "legend": {"orient": "top", "columns": 1, "labelLimit": 300},
             "scale": {"domain": list(kinds), "range": list(kinds.values())}}
    tip = [{"field": "figure", "title": "Figure"}, {"field": "what", "title": "What"},
           *({"field": name, "type": "quantitative", "format": ".1%", "title": says}
             for name, says in (("middle", "middle"), ("low", "from"), ("high", "to")))]
    spec = layered(
        {"mark": {"type": "rule", "strokeWidth": 4, "opacity": 0.55}, "encoding": {
            "x": x, "x2": {"field": "high"}, "y": y, "yOffset": offset, "color": color, "tooltip": tip}},
        {"mark": {"type": "circle", "size": 70, "opacity": 1}, "encoding": {
            "x": {**x, "field": "middle"}, "y": y, "yOffset": offset, "color": color, "tooltip": tip}},
        height={"step": 14})
    inside = sum(one["low"] <= defaults[one["id"]] <= one["high"] for one in shares)
    return Chart(pd.DataFrame(rows), spec, f"At its defaults the model lies within the band aimed at for {inside} of "
                                           f"{len(shares)} shares; the widest prior band ends at "
                                           f"{percent(float(np.max([row['high'] for row in rows])))}.")
