"""Charts of priors, calibration, and scores compared with base rates."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dashboards.vega import LINES, Chart, Part, amount, chart, colour, kind, layer, mark, safely, span, tip
from sim.model import lookup, ranges, registry
from sim.report.figures import look
from sim.words import percent

WORDS = {**LINES, "labelLimit": 240}
QUARTERS = [0, 0.25, 0.5, 0.75, 1]
WIDTH = 34
"""Letters of a line of words on an axis."""


@safely
def prior(key: str, here: float) -> Chart:
    """The prior of a parameter, with its default and, if it is another one, the value here."""
    declared = registry.find(key).declaration
    low, high = declared.prior.interval(0.8)
    shade = look.colour_of(key)
    x = amount("value", scale={"type": "log" if ranges.reach(key).log else "linear", "zero": False, "nice": False},
               axis={"title": declared.unit or None, "format": ",.3~g", "tickCount": 6, "grid": False, "labelOverlap": True})
    y = amount("density", axis=None, scale={"domain": [0, 1.05]})
    tips = [tip("value", "Value", ",.4~g")]
    marks = [{"value": declared.default, "what": "default"}]
    if here != declared.default:
        marks.append({"value": here, "what": "here"})
    rules = layer(mark("rule", strokeWidth=2.5, color=look.GREY), x=x, tooltip=[tip("what", "Which"), *tips], strokeDash={
        "field": "what", "legend": None, "scale": {"domain": ["default", "here"], "range": [[1, 0], [5, 4]]}})
    value = "" if here == declared.default else f" Here it is {here:g}."
    return chart(
        pd.DataFrame(lookup.density(key)),
        f"Prior of {key}: {declared.prior}. Default {declared.default:g} {declared.unit}.{value}",
        *(layer(mark("area", opacity=opacity, color=shade), only, x=x, y=y, tooltip=tips)
          for opacity, only in ((0.25, ""), (0.55, f"datum.value >= {low} && datum.value <= {high}"))),
        {**rules, "data": {"values": marks}}, height=190)


@safely
def given_to_what_happened(targets: Sequence[Mapping[str, Any]]) -> Chart:
    """For each yes-or-no target of the hindcast, the probability that the model and the base rates gave to what happened."""
    who = {"model": "model", "base rates": "base"}
    table = pd.DataFrame([{"target": textwrap.fill(f"{one['id']} {one['says']}", WIDTH), "who": name, "share": one[field]}
                          for one in targets for name, field in who.items()])
    better = sum(one["model"] > one["base"] for one in targets)
    return chart(
        table,
        f"The model gave what happened a higher probability than the base rates did in {better} of {len(targets)} targets.",
        layer(mark("point", filled=True, size=110, opacity=1), y=kind("target", axis={**WORDS, "grid": True}),
              x=amount("share", scale={"domain": [0, 1.02], "nice": False},
                       axis={"format": ".0%", "title": "probability given to what happened", "values": QUARTERS}),
              tooltip=[tip("target", "Target"), tip("who", "Who"), tip("share", "gave", ".1%")],
              color=colour("who", list(who), [look.ACTORS["us"], look.GREY], 2),
              shape=colour("who", list(who), ["circle", "diamond"], 2)), height=60 * len(targets))


@safely
def calibrated(targets: Sequence[Mapping[str, Any]], ensembles: Mapping[str, Mapping[str, Sequence[float]]],
               defaults: Mapping[str, float]) -> Chart:
    """For each share that calibration aims at: the band aimed at, and the bands of ensembles of parameter sets."""
    shares = [one for one in targets if one["kind"] == "share"]
    kinds = {"aimed at": look.GREY, **dict(zip(ensembles, (look.ACTORS["israel"], look.ACTORS["us"], look.ACTORS["war"]),
                                               strict=False))}
    aims = {one["id"]: (one["value"], one["low"], one["high"]) for one in shares}
    table = pd.DataFrame([(textwrap.fill(one["says"], WIDTH), what, *known[one["id"]])
                          for what, known in {"aimed at": aims, **ensembles}.items() for one in shares],
                         columns=["figure", "what", "middle", "low", "high"])
    x = amount(scale={"domain": [0, 1]}, axis={"format": ".0%", "title": None, "values": QUARTERS})
    common: Part = {"y": kind("figure", axis=WORDS), "yOffset": {"field": "what", "sort": list(kinds)},
              "color": colour("what", list(kinds), list(kinds.values())),
              "tooltip": [tip("figure", "Figure"), tip("what", "What"), tip("middle", "middle", ".1%"),
                          tip("low", "from", ".1%"), tip("high", "to", ".1%")]}
    inside = sum(one["low"] <= defaults[one["id"]] <= one["high"] for one in shares)
    return chart(
        table, f"At its defaults the model lies within the band aimed at for {inside} of {len(shares)} shares; the widest "
               f"prior band ends at {percent(float(table['high'].max()))}.",
        layer(mark("rule", strokeWidth=4, opacity=0.55), **span(way="x", **x), **common),
        layer(mark("circle", size=70, opacity=1), x={**x, "field": "middle"}, **common), height={"step": 14})
