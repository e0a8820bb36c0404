"""Charts of what drives an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboards.charts import Chart, layered
from dashboards.desk import name_of
from sim.analysis.sensitivity.one_at_a_time import Swing
from sim.analysis.sensitivity.rank_correlation import Cell, Driver, Drivers
from sim.ensemble.estimates import Z90
from sim.model import registry
from sim.report.figures import look
from sim.words import error_points, percent, points, two_digits

LOW, HIGH, FAINT = "#4393c3", "#d6604d", "#8a8f98"
"""Low and high values of a parameter, and what chance could have done: read on white and on black."""
SHARES = ".1~%"
ENDS = ["lowest third of its values", "highest third of its values"]
SIDES = {"above": "above", "below": "below", "too near to tell": "about there"}
LABELS = {"title": None, "labelExpr": "split(datum.label, '\\n')", "labelLimit": 170, "labelOverlap": False, "ticks": False,
          "domain": False, "labelPadding": 8}


def meaning(key: str) -> str:
    """What a parameter means, with its unit; nothing for one that the model does not have any more."""
    entry = registry.catalogue().get(key)
    return f"{entry.declaration.why} ({entry.declaration.unit})" if entry else ""


def told(value: float, share: bool, unit: str = "") -> str:
    """A value of an outcome."""
    return percent(value) if share else f"{two_digits(value)} {unit}".rstrip()


def gap(value: float, error: float, share: bool, unit: str = "") -> str:
    """A difference with its standard error."""
    if share:
        return f"{points(value)} ± {error_points(error)} points"
    return f"{'+' if value > 0 else ''}{two_digits(value)} ± {two_digits(error)} {unit}".rstrip()


def tornado(found: Drivers, shown: Sequence[Driver], unit: str) -> Chart:
    """The outcome in the lowest and in the highest third of the values of each parameter, about its mean."""
    data = pd.DataFrame([_bar(found, driver, end, unit) for driver in shown for end in (0, 1)])
    y = {"field": "label", "type": "nominal", "sort": None, "axis": LABELS}
    x = {"type": "quantitative", "axis": {"format": SHARES if found.share else ",.3~g", "title": None if found.share else unit,
                                          "tickCount": 5, "grid": True}, "scale": {"zero": False, "nice": True}}
    color = {"field": "end", "type": "nominal", "title": "Worlds with the", "scale": {"domain": ENDS, "range": [LOW, HIGH]},
             "legend": {"orient": "top", "columns": 1, "labelLimit": 300}}
    solid = {"condition": {"test": "datum.clear", "value": 0.95}, "value": 0.35}
    apart = {"field": "end", "type": "nominal", "sort": ENDS}
    tip = [{"field": "name", "title": "Parameter"}, {"field": "key", "title": "Key"}, {"field": "why", "title": "Means"},
           {"field": "told", "title": "Lowest, then highest third"}, {"field": "gap", "title": "Difference"},
           {"field": "verdict", "title": "Chance"}]
    spec = layered(
        {"mark": {"type": "bar"}, "encoding": {
            "y": y, "yOffset": apart, "x": {**x, "field": "value"}, "x2": {"field": "mean"}, "color": color, "opacity": solid,
            "tooltip": tip}},
        {"mark": {"type": "rule", "strokeWidth": 1.5, "color": FAINT}, "encoding": {
            "y": y, "yOffset": apart, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "tooltip": tip}},
        {"mark": {"type": "rule", "strokeWidth": 1.5, "strokeDash": [3, 3], "color": FAINT},
         "encoding": {"x": {"aggregate": "mean", "field": "mean", **x}}}, height={"step": 17})
    return Chart(data, spec, f"Low and high thirds of each parameter. Strongest: {name_of(shown[0].key)}, "
                             f"{told(shown[0].bottom, found.share, unit)} to {told(shown[0].top, found.share, unit)}.")


def _bar(found: Drivers, driver: Driver, end: int, unit: str) -> dict[str, Any]:
    value, error = ((driver.bottom, driver.bottom_error), (driver.top, driver.top_error))[end]
    return {**_named(driver.key), "end": ENDS[end], "value": value, "mean": found.mean, "low": value - Z90 * error,
            "high": value + Z90 * error, "clear": driver.clear,
            "told": f"{told(driver.bottom, found.share, unit)}, {told(driver.top, found.share, unit)}",
            "gap": gap(driver.difference, driver.error, found.share, unit), "verdict": _verdict(driver)}


def _named(key: str) -> dict[str, str]:
    owner, _, rest = name_of(key).partition(": ")
    return {"key": key, "label": f"{rest}\n{owner}", "name": name_of(key), "why": meaning(key)}


def _verdict(driver: Driver) -> str:
    return "above the line of chance" if driver.clear else "chance alone could do this"


def ranks(found: Drivers, shown: Sequence[Driver]) -> Chart:
    """The rank correlation of each parameter with its band, and the zone in which chance alone would leave it."""
    data = pd.DataFrame([{**_named(driver.key), "rank": driver.rank, "low": driver.low, "high": driver.high,
                          "who": driver.key.partition(".")[0], "clear": driver.clear, "verdict": _verdict(driver),
                          "floor": -found.line, "ceiling": found.line} for driver in shown])
    reach = min(1.0, 1.1 * float(max(data["high"].max(), -data["low"].min(), found.line)))
    y = {"field": "label", "type": "nominal", "sort": None, "axis": LABELS, "scale": {"type": "band"}}
    x = {"type": "quantitative", "scale": {"domain": [-reach, reach]},
         "axis": {"format": "+.1f", "title": "rank correlation (Spearman)", "tickCount": 5, "grid": True}}
    here = sorted(set(data["who"]))
    color = {"field": "who", "type": "nominal", "legend": None,
             "scale": {"domain": here, "range": [look.ACTORS.get(who, look.GREY) for who in here]}}
    tip = [{"field": "name", "title": "Parameter"}, {"field": "key", "title": "Key"}, {"field": "why", "title": "Means"},
           {"field": "rank", "format": "+.2f", "title": "Rank correlation"},
           {"field": "low", "format": "+.2f", "title": "90 % band from"}, {"field": "high", "format": "+.2f", "title": "to"},
           {"field": "verdict", "title": "Chance"}]
    spec = layered(
        {"mark": {"type": "rect", "color": FAINT, "opacity": 0.2},
         "encoding": {"x": {"aggregate": "min", "field": "floor", **x}, "x2": {"aggregate": "max", "field": "ceiling"}}},
        {"mark": {"type": "rule", "color": FAINT}, "encoding": {"x": {"datum": 0, **x}}},
        {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {
            "y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": color, "tooltip": tip}},
        {"mark": {"type": "point", "size": 75, "strokeWidth": 2, "opacity": 1}, "encoding": {
            "y": y, "x": {**x, "field": "rank"}, "color": color, "tooltip": tip,
            "fill": {"condition": {**color, "test": "datum.clear"}, "value": "transparent"}}}, height={"step": 40})
    above = [name_of(driver.key) for driver in found.clear]
    return Chart(data, spec, f"Rank correlations. Above the line of chance ({found.line:.2f}): {'; '.join(above) or 'none'}.")


def scatter(found: Drivers, key: str, unit: str) -> Chart:
    """Each parameter set as a dot: the value of one parameter, and the outcome's mean over the worlds of the set."""
    column = found.column(key)
    dots = pd.DataFrame({"x": column, "y": found.means, "kind": "set"})
    line = pd.DataFrame([{"x": x, "y": mean, "low": mean - Z90 * error, "high": mean + Z90 * error, "kind": "mean"}
                         for x, mean, error in found.along(key)])
    entry = registry.catalogue().get(key)
    log = column.min() > 0 and column.max() / column.min() > 20
    x = {"field": "x", "type": "quantitative", "scale": {"type": "log", "nice": False} if log else {"zero": False},
         "axis": {"title": f"{name_of(key)}{f' ({entry.declaration.unit})' if entry and entry.declaration.unit else ''}",
                  "grid": False, "tickCount": 6}}
    y = {"type": "quantitative", "axis": {"format": SHARES if found.share else ",.3~g", "tickCount": 5,
                                          "title": None if found.share else unit},
         "scale": {"zero": False, "nice": True}}
    format = SHARES if found.share else ",.3~g"
    tip = [{"field": "x", "type": "quantitative", "format": ".4~g", "title": "Value"},
           {"field": "y", "type": "quantitative", "format": format, "title": "Outcome in the set"}]
    colour = look.ACTORS.get(key.partition(".")[0], look.GREY)
    only = [{"filter": "datum.kind == 'mean'"}]
    spec = layered(
        {"transform": [{"filter": "datum.kind == 'set'"}],
         "mark": {"type": "circle", "size": 34, "color": colour, "opacity": 0.45},
         "encoding": {"x": x, "y": {**y, "field": "y"}, "tooltip": tip}},
        {"transform": only, "mark": {"type": "rule", "strokeWidth": 2, "color": FAINT},
         "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
        {"transform": only, "mark": {"type": "line", "point": {"filled": True, "size": 60, "color": FAINT}, "strokeWidth": 2.5,
                                     "color": FAINT}, "encoding": {"x": x, "y": {**y, "field": "y"}, "tooltip": tip}})
    first, last = line["y"].iloc[0], line["y"].iloc[-1]
    return Chart(pd.concat([dots, line]), spec, f"{len(dots)} parameter sets: {told(first, found.share, unit)} where "
                                                f"{name_of(key)} is lowest, {told(last, found.share, unit)} where highest.")


def region(found: Drivers, cells: Sequence[Cell], names: tuple[str, str], level: float, unit: str) -> Chart:
    """The outcome over thirds of two parameters, coloured by how far it is from a level."""
    data = pd.DataFrame([_square(cell, found, level, unit) for cell in cells])
    reach = float((data["mean"] - level).abs().max()) or 1.0
    order = {"x": list(dict.fromkeys(data["x"])), "y": list(dict.fromkeys(data["y"]))}
    axes: dict[str, dict[str, Any]] = {
        "x": {"labelAngle": 0, "orient": "bottom", "labelLimit": 120, "labelOverlap": False}, "y": {"labelLimit": 84}}
    axis = {"labelExpr": "split(datum.label, '\\n')", "ticks": False, "domain": False, "labelPadding": 6}
    x, y = ({"field": which, "type": "nominal", "sort": order[which] if which == "x" else order[which][::-1],
             "axis": {**axis, **axes[which], "title": name_of(name)}} for which, name in zip("xy", names, strict=True))
    tip = [{"field": "range", "title": "Where"}, {"field": "told", "title": "Outcome"}, {"field": "sets", "title": "Sets"},
           {"field": "side", "title": "Against the level"}]
    color = {"field": "mean", "type": "quantitative", "legend": None,
             "scale": {"domain": [level - reach, level, level + reach], "range": ["#92c5de", "#f4f4f4", "#f4a582"]}}
    spec = layered(
        {"mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 2},
         "encoding": {"x": x, "y": y, "color": color, "tooltip": tip}},
        {"mark": {"type": "text", "fontSize": 17, "fontWeight": 600, "dy": -9, "color": "#1d1d1f"},
         "encoding": {"x": x, "y": y, "text": {"field": "value"}, "tooltip": tip}},
        {"mark": {"type": "text", "fontSize": 12, "dy": 13, "color": "#1d1d1f"},
         "encoding": {"x": x, "y": y, "text": {"field": "side"}, "tooltip": tip}}, height=330)
    above = sum(cell.side(level) == "above" for cell in cells)
    below = sum(cell.side(level) == "below" for cell in cells)
    return Chart(data, spec, f"Of {len(cells)} combinations, {above} lie above {told(level, found.share, unit)} and {below} "
                             f"below; the others are too near to tell.")


def _square(cell: Cell, found: Drivers, level: float, unit: str) -> dict[str, Any]:
    thirds = ("lowest", "middle", "highest")
    x, y = (f"{thirds[i]}\n{two_digits(low)}\nto {two_digits(high)}"
            for i, (low, high) in ((cell.column, cell.x), (cell.row, cell.y)))
    error = f" ± {100 * cell.error:.1f}" if found.share else f" ± {two_digits(cell.error)}"
    return {"x": x, "y": y, "mean": cell.mean, "value": told(cell.mean, found.share), "sets": cell.sets,
            "side": SIDES[cell.side(level)], "told": f"{told(cell.mean, found.share, unit)}{error}",
            "range": f"{x}; {y}".replace("\nto", " to").replace("\n", ", ")}


def swings(found: Sequence[Swing], share: bool, unit: str) -> Chart:
    """What each parameter does alone at the low and the high end of its prior, with the paired 90 % band."""
    scale = 100 if share else 1
    named = [(swing, end, move) for swing in found
             for end, move in (("low (5 % point)", swing.low), ("high (95 % point)", swing.high))]
    data = pd.DataFrame([{**_named(swing.key), "end": end, "value": scale * move.difference,
                          "low": scale * (move.difference - Z90 * move.error), "at": f"{move.value:g}",
                          "high": scale * (move.difference + Z90 * move.error), "verdict": move.verdict,
                          "clear": move.verdict in ("higher", "lower"), "gap": gap(move.difference, move.error, share, unit)}
                         for swing, end, move in named])
    y = {"field": "label", "type": "nominal", "sort": None, "axis": LABELS}
    ends = list(dict.fromkeys(data["end"]))
    apart = {"field": "end", "type": "nominal", "sort": ends}
    x = {"type": "quantitative", "axis": {"title": "points of 100 worlds" if share else unit, "tickCount": 5, "grid": True}}
    color = {**apart, "title": "Set to its", "scale": {"domain": ends, "range": [LOW, HIGH]},
             "legend": {"orient": "top", "columns": 2}}
    tip = [{"field": "name", "title": "Parameter"}, {"field": "key", "title": "Key"}, {"field": "why", "title": "Means"},
           {"field": "at", "title": "Set to"}, {"field": "gap", "title": "Difference"},
           {"field": "verdict", "title": "Verdict"}]
    solid = {"condition": {"test": "datum.clear", "value": 0.95}, "value": 0.4}
    spec = layered(
        {"mark": {"type": "bar"}, "encoding": {"y": y, "yOffset": apart, "x": {**x, "field": "value"}, "x2": {"datum": 0},
                                               "color": color, "opacity": solid, "tooltip": tip}},
        {"mark": {"type": "rule", "strokeWidth": 1.5, "color": FAINT}, "encoding": {
            "y": y, "yOffset": apart, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "tooltip": tip}},
        {"mark": {"type": "rule", "color": FAINT}, "encoding": {"x": {"datum": 0, **x}}}, height={"step": 19})
    widest = found[0]
    return Chart(data, spec, f"One at a time on the same luck. Widest: {name_of(widest.key)}, "
                             f"{gap(widest.low.difference, widest.low.error, share, unit)} at its low end, "
                             f"{gap(widest.high.difference, widest.high.error, share, unit)} at its high end.")
