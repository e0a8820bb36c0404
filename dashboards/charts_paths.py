"""Charts of pathways: a Sankey diagram, shares of a part of the worlds and of all, and what precedes an outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

from dashboards.theme import ink, on_paper
from dashboards.vega import SHARE, Chart, Part, amount, at, chart, colour, layer, mark, place, safely, span, tip
from sim.analysis.pathways import association, pathways
from sim.ensemble.estimates import Z90
from sim.report.figures import data, look
from sim.report.figures.pathways import BY, COLOURS
from sim.words import of_hundred, percent, two_digits

MOST = 12
"""Kinds of event drawn at most of those that go before an outcome."""

Nodes: TypeAlias = list[tuple[str, ...]]

LAST = 84
"""Place of the last column in percent of the width, with room for its labels."""


def sankey(paths: pathways.Pathways, chosen: Sequence[str] = ()) -> tuple[dict[str, Any], Nodes, Nodes]:
    """Pathways as an ECharts option, and the nodes of each of its blocks and of each of its streams.

    Streams have the colour of who strikes first. Those off the chosen path, if there is one, are pale.
    """
    through = {node: set(paths.worlds_through(*chosen, node).tolist()) for node in paths.nodes["node"]} if chosen else {}
    words, paper = ink()
    depth = {question.id: i for i, question in enumerate(paths.questions)}
    colours = {f"{BY}:{who}": shade for who, shade in COLOURS.items()}
    streams = sorted(paths.streams(BY).itertuples(index=False), key=lambda row: list(colours).index(row[2]))
    blocks = [{"name": row.node, "depth": depth[row.question], "value": row.count,
               "itemStyle": {"color": colours.get(row.node, look.GREY), "borderWidth": 0,
                             "opacity": 1 if not chosen or through[row.node] else 0.3},
               "label": {"formatter": f"{row.label} {percent(row.share)}".replace(" %", "\N{NO-BREAK SPACE}%")},
               "tooltip": {"formatter": f"{row.label}: {row.count:,} of {paths.worlds:,} worlds, "
                                        f"{percent(row.share)} ± {100 * row.se:.1f}"}}
              for row in paths.nodes.itertuples()]
    labels = dict(zip(paths.nodes["node"], paths.nodes["label"], strict=True))
    links = [{"source": source, "target": target, "value": count,
              "lineStyle": {"color": colours[kind],
                            "opacity": 0.5 if not chosen or through[source] & through[target] & through[kind] else 0.08},
              "tooltip": {"formatter": f"{labels[source]} → {labels[target]}, first strike by: {labels[kind]}. "
                                       f"{count:,} worlds"}}
             for source, target, kind, count in streams]
    label = {"fontSize": 11.5, "lineHeight": 13, "width": 120, "overflow": "break", "color": words,
             "textBorderColor": paper, "textBorderWidth": 3}
    headings = [{"text": question.label, "left": f"{LAST * i / (len(paths.questions) - 1):.1f}%", "top": 10,
                 "textStyle": {"fontSize": 12.5, "width": 120, "overflow": "break"}}
                for i, question in enumerate(paths.questions)]
    series = {"type": "sankey", "data": blocks, "links": links, "nodeAlign": "justify", "draggable": False, "nodeGap": 20,
              "nodeWidth": 12, "layoutIterations": 32, "left": 0, "right": f"{100 - LAST}%", "top": 52, "bottom": 22,
              "selectedMode": "single", "label": label, "emphasis": {"focus": "adjacency"},
              "select": {"itemStyle": {"borderWidth": 1}, "lineStyle": {"opacity": 0.85}}}
    small = {"fontSize": 9, "lineHeight": 10, "width": 54}
    narrow = {"query": {"maxWidth": 560}, "option": {
        "series": [{"nodeWidth": 6, "nodeGap": 24, "label": small}], "title": [{"textStyle": small} for _ in headings]}}
    option = {"title": headings, "tooltip": {"trigger": "item", "confine": True}, "series": [series], "media": [narrow]}
    return (on_paper(option), [(row.node,) for row in paths.nodes.itertuples()],
            [tuple(dict.fromkeys((source, target, kind))) for source, target, kind, _ in streams])


@safely
def dumbbells(table: pd.DataFrame, names: Sequence[str], says: str) -> Chart:
    """Shares of two groups of worlds, one row per outcome: a diamond for all worlds, a dot for the part, with 90 % bars."""
    rows = [{"y": i, "outcome": row.says, "who": who, "share": share, "se": error,
             "low": max(0.0, share - Z90 * error), "high": min(1.0, share + Z90 * error), "filled": part}
            for i, row in enumerate(table.itertuples())
            for who, share, error, part in ((names[0], row.all, row.all_se, False), (names[1], row.part, row.part_se, True))]
    x, y = amount(axis={**SHARE, "tickCount": 5}, scale={"domain": [0, 1]}), place(len(table))
    color = colour("who", names, [look.GREY, look.ACTORS["us"]])
    shape = {"field": "who", "legend": None, "scale": {"domain": list(names), "range": ["diamond", "circle"]}}
    tips = [tip("outcome", "Outcome"), tip("who", "Worlds"), tip("share", "Share", ".1%"), tip("se", "Error (±)", ".1%")]
    return chart(
        pd.DataFrame(rows), f"{says}: " + "; ".join(f"{row.says} {of_hundred(row.part)} of 100 instead of {of_hundred(row.all)}"
                                                    for row in table.itertuples()),
        layer(named(-13), "datum.filled", x=at(0, **x), y=y, text={"field": "outcome"}),
        layer(BAR, **span(way="x", **x), y=y, color=color),
        layer(DOT, x={**x, "field": "share"}, y=y, color=color, tooltip=tips, shape=shape), height=46 * len(table) + 20)


@safely
def before(found: association.Separation, names: Mapping[str, str]) -> Chart:
    """How many times the rate of an outcome is where an event went before it, with 90 % intervals: those that stand out."""
    shown = data.before(found, names, MOST)
    low, high = shown.span
    rows = shown.rows[::-1].reset_index(drop=True).assign(y=range(len(shown.rows)), zero=low)
    x = amount(axis={"title": shown.times, "format": "~g", "values": [.05, .1, .2, .5, 1, 2, 5, 10, 20, 50]},
               scale={"type": "log", "nice": False, "domain": [low, high]})
    y, color = place(len(rows), 0.8), {"field": "colour", "type": "nominal", "scale": None}
    tips = [tip("name", "Event"), tip("ratio", shown.times, ".2f"), tip("low", "90 % interval from", ".2f"),
            tip("high", "to", ".2f"), tip("cases", "had it where the outcome comes", ".0%"),
            tip("others", "had it elsewhere", ".0%")]
    foremost = "; ".join(f"{row.name} {two_digits(row.ratio)} {shown.times}" for row in rows.itertuples(index=False))
    return chart(
        rows, f"{shown.words.title}. {foremost}.", layer(mark("rule", color=look.GREY), x=at(1, **x)),
        layer(named(-12), x={**x, "field": "zero"}, y=y, text={"field": "name"}),
        layer(BAR, **span(way="x", **x), y=y, color=color),
        layer(DOT, x={**x, "field": "ratio"}, y=y, color=color, tooltip=tips), height=42 * len(rows) + 30)


BAR = mark("rule", strokeWidth=3, opacity=0.55)
DOT = mark("point", filled=True, size=90, opacity=1)


def named(up: int) -> Part:
    """The label of a row, so many pixels above it."""
    return mark("text", align="left", dy=up, fontSize=11.5, color=ink()[0], limit={"expr": "width"})
