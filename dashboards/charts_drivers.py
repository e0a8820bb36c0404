"""Charts of what drives an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboards.page import name_of
from dashboards.vega import LINES, Chart, Part, amount, at, chart, colour, kind, layer, mark, safely, span, tip
from sim.analysis.sensitivity import one_at_a_time, rank_correlation
from sim.ensemble.estimates import Z90
from sim.model import registry
from sim.report.figures import look
from sim.words import error_points, percent, points, two_digits

LOW, HIGH, FAINT = look.FALLS, look.RISES, look.GREY
"""Low and high values of a parameter, and what chance could have done."""
ENDS = ["lowest third of its values", "highest third of its values"]
SIDES = {"above": "above", "below": "below", "too near to tell": "about there"}
ROWS = kind("label", axis={**LINES, "labelLimit": 170, "labelPadding": 8})
"""One row per parameter."""
NAMED = [tip("name", "Parameter"), tip("key", "Key"), tip("why", "Means")]
"""The first lines of its tooltip."""


def meaning(key: str) -> str:
    """The meaning of a parameter, with its unit; nothing for one that the model no longer has."""
    entry = registry.catalogue().get(key)
    return f"{entry.declaration.why} ({entry.declaration.unit})" if entry else ""


def in_words(value: float, unit: str | None) -> str:
    """A value of an outcome in a unit, or without one that of a share."""
    return percent(value) if unit is None else f"{two_digits(value)} {unit}".rstrip()


def gap(value: float, error: float, unit: str | None) -> str:
    """A difference with its standard error."""
    if unit is None:
        return f"{points(value)} ± {error_points(error)} points"
    return f"{'+' if value > 0 else ''}{two_digits(value)} ± {two_digits(error)} {unit}".rstrip()


@safely
def tornado(found: rank_correlation.Drivers, shown: Sequence[rank_correlation.Driver], unit: str | None) -> Chart:
    """The outcome in the lowest and in the highest third of the values of each parameter, about its mean."""
    table = pd.DataFrame([{
        **_named(driver.key), "end": end, "value": value, "mean": found.mean, "low": value - Z90 * error,
        "high": value + Z90 * error, "thirds": f"{in_words(driver.bottom, unit)}, {in_words(driver.top, unit)}",
        "gap": gap(driver.difference, driver.error, unit), **_clear(driver)}
        for driver in shown
        for end, value, error in zip(ENDS, (driver.bottom, driver.top), (driver.bottom_error, driver.top_error), strict=True)])
    x = _outcome(unit, grid=True)
    common: Part = {"y": ROWS, "yOffset": {"field": "end", "type": "nominal", "sort": ENDS},
              "tooltip": [*NAMED, tip("thirds", "Lowest, then highest third"), tip("gap", "Difference"),
                          tip("verdict", "Chance")]}
    return chart(
        table, f"Low and high thirds of each parameter. Strongest: {name_of(shown[0].key)}, "
               f"{in_words(shown[0].bottom, unit)} to {in_words(shown[0].top, unit)}.",
        layer(mark("bar"), **common, x={**x, "field": "value"}, x2={"field": "mean"}, opacity=_solid(0.35),
              color=colour("end", ENDS, [LOW, HIGH], title="Worlds with the")),
        layer(mark("rule", strokeWidth=1.5, color=FAINT), **common, **span(way="x", **x)),
        layer(mark("rule", strokeWidth=1.5, strokeDash=[3, 3], color=FAINT), x={"aggregate": "mean", "field": "mean", **x}),
        height={"step": 17})


def _outcome(unit: str | None, **axis: Any) -> Part:
    """The outcome along an axis that need not begin at zero."""
    return amount(axis={"format": ".1~%" if unit is None else ",.3~g", "title": unit, "tickCount": 5, **axis},
                  scale={"zero": False, "nice": True})


def _solid(else_: float) -> Part:
    """The opacity of what is clear, and of all else."""
    return {"condition": {"test": "datum.clear", "value": 0.95}, "value": else_}


def _named(key: str) -> dict[str, str]:
    owner, _, rest = name_of(key).partition(": ")
    return {"key": key, "label": f"{rest}\n{owner}", "name": name_of(key), "why": meaning(key)}


def _clear(driver: rank_correlation.Driver) -> Part:
    return {"clear": driver.clear, "verdict": "above the line of chance" if driver.clear else "chance alone could do this"}


@safely
def ranks(found: rank_correlation.Drivers, shown: Sequence[rank_correlation.Driver]) -> Chart:
    """The rank correlation of each parameter with its band, and the zone of chance."""
    data = pd.DataFrame([{**_named(driver.key), "rank": driver.rank, "low": driver.low, "high": driver.high,
                          "who": driver.key.partition(".")[0], **_clear(driver), "floor": -found.line, "ceiling": found.line}
                         for driver in shown])
    reach = min(1.0, 1.1 * float(max(data["high"].max(), -data["low"].min(), found.line)))
    x = amount(scale={"domain": [-reach, reach]},
               axis={"format": "+.1f", "title": "rank correlation (Spearman)", "tickCount": 5, "grid": True})
    here = sorted(set(data["who"]))
    color = colour("who", here, list(map(look.colour_of, here)), 0)
    common: Part = {"y": {**ROWS, "scale": {"type": "band"}}, "color": color,
              "tooltip": [*NAMED, tip("rank", "Rank correlation", "+.2f"), tip("low", "90 % band from", "+.2f"),
                          tip("high", "to", "+.2f"), tip("verdict", "Chance")]}
    above = [name_of(driver.key) for driver in found.clear]
    return chart(
        data, f"Rank correlations. Above the line of chance ({found.line:.2f}): {'; '.join(above) or 'none'}.",
        layer(mark("rect", color=FAINT, opacity=0.2), x={"aggregate": "min", "field": "floor", **x},
              x2={"aggregate": "max", "field": "ceiling"}),
        layer(mark("rule", color=FAINT), x=at(0, **x)),
        layer(mark("rule", strokeWidth=2), **common, **span(way="x", **x)),
        layer(mark("point", size=75, strokeWidth=2, opacity=1), **common, x={**x, "field": "rank"},
              fill={"condition": {**color, "test": "datum.clear"}, "value": "transparent"}), height={"step": 40})


@safely
def scatter(found: rank_correlation.Drivers, key: str, unit: str | None) -> Chart:
    """Each parameter set as a dot: the value of one parameter, and the outcome's mean over the worlds of the set."""
    column = found.column(key)
    dots = pd.DataFrame({"x": column, "y": found.means, "kind": "set"})
    line = pd.DataFrame([{"x": x, "y": mean, "low": mean - Z90 * error, "high": mean + Z90 * error, "kind": "mean"}
                         for x, mean, error in found.along(key)])
    entry = registry.catalogue().get(key)
    log = column.min() > 0 and column.max() / column.min() > 20
    x = amount("x", scale={"type": "log", "nice": False} if log else {"zero": False}, axis={
        "title": f"{name_of(key)}{f' ({entry.declaration.unit})' if entry and entry.declaration.unit else ''}", "grid": False,
        "tickCount": 6})
    y = _outcome(unit)
    tips, only = [tip("x", "Value", ",.4~g"), tip("y", "Outcome in the set", y["axis"]["format"])], "datum.kind == 'mean'"
    first, last = (in_words(line["y"].iloc[i], unit) for i in (0, -1))
    return chart(
        pd.concat([dots, line]), f"{len(dots)} parameter sets: {first} where {name_of(key)} is lowest, {last} where highest.",
        layer(mark("circle", size=34, color=look.colour_of(key), opacity=0.45), "datum.kind == 'set'", x=x,
              y={**y, "field": "y"}, tooltip=tips),
        layer(mark("rule", strokeWidth=2, color=FAINT), only, x=x, **span(**y)),
        layer(mark("line", point={"filled": True, "size": 60, "color": FAINT}, strokeWidth=2.5, color=FAINT), only, x=x,
              y={**y, "field": "y"}, tooltip=tips))


@safely
def region(cells: Sequence[rank_correlation.Cell], names: tuple[str, str], level: float, unit: str | None) -> Chart:
    """The outcome over thirds of two parameters, coloured by how far it is from a level."""
    data = pd.DataFrame([_square(cell, level, unit) for cell in cells])
    reach = float((data["mean"] - level).abs().max()) or 1.0
    order = {"x": list(dict.fromkeys(data["x"])), "y": list(dict.fromkeys(data["y"]))}
    axis = {"labelExpr": "split(datum.label, '\\n')", "ticks": False, "domain": False, "labelPadding": 6}
    common: Part = {
        "x": kind("x", sort=order["x"], axis={**axis, "title": name_of(names[0]), "labelAngle": 0, "orient": "bottom",
                                              "labelLimit": 120, "labelOverlap": False}),
        "y": kind("y", sort=order["y"][::-1], axis={**axis, "title": name_of(names[1]), "labelLimit": 84}),
        "tooltip": [tip("range", "Where"), tip("outcome", "Outcome"), tip("sets", "Sets"), tip("side", "Against the level")]}
    color = amount("mean", legend=None,
                   scale={"domain": [level - reach, level, level + reach], "range": ["#92c5de", "#f4f4f4", "#f4a582"]})
    above, below = (sum(cell.side(level) == side for cell in cells) for side in ("above", "below"))
    return chart(
        data, f"Of {len(cells)} combinations, {above} lie above {in_words(level, unit)} and {below} below; the "
              "others are too near to tell.",
        layer(mark("rect", stroke="#ffffff", strokeWidth=2), **common, color=color),
        layer(mark("text", fontSize=17, fontWeight=600, dy=-9, color="#1d1d1f"), **common, text={"field": "value"}),
        layer(mark("text", fontSize=12, dy=13, color="#1d1d1f"), **common, text={"field": "side"}), height=330)


def _square(cell: rank_correlation.Cell, level: float, unit: str | None) -> dict[str, Any]:
    thirds = ("lowest", "middle", "highest")
    x, y = (f"{thirds[i]}\n{two_digits(low)}\nto {two_digits(high)}"
            for i, (low, high) in ((cell.column, cell.x), (cell.row, cell.y)))
    error = f" ± {100 * cell.error:.1f}" if unit is None else f" ± {two_digits(cell.error)}"
    return {"x": x, "y": y, "mean": cell.mean, "value": in_words(cell.mean, None if unit is None else ""), "sets": cell.sets,
            "side": SIDES[cell.side(level)], "outcome": f"{in_words(cell.mean, unit)}{error}",
            "range": f"{x}; {y}".replace("\nto", " to").replace("\n", ", ")}


@safely
def swings(found: Sequence[one_at_a_time.Swing], unit: str | None) -> Chart:
    """The effect of each parameter alone at the low and the high end of its prior, with the paired 90 % band."""
    scale = 100 if unit is None else 1
    ends = ["low (5 % point)", "high (95 % point)"]
    data = pd.DataFrame([{**_named(swing.key), "end": end, "value": scale * move.difference,
                          "low": scale * (move.difference - Z90 * move.error), "at": f"{move.value:g}",
                          "high": scale * (move.difference + Z90 * move.error), "verdict": move.verdict,
                          "clear": move.verdict in ("higher", "lower"), "gap": gap(move.difference, move.error, unit)}
                         for swing in found for end, move in zip(ends, (swing.low, swing.high), strict=True)])
    x = amount(axis={"title": "points of 100 worlds" if unit is None else unit, "tickCount": 5, "grid": True})
    common: Part = {"y": ROWS, "yOffset": {"field": "end", "type": "nominal", "sort": ends},
              "tooltip": [*NAMED, tip("at", "Set to"), tip("gap", "Difference"), tip("verdict", "Verdict")]}
    widest, (low, high) = name_of(found[0].key), data["gap"][:2]
    return chart(
        data, f"One at a time on the same luck. Widest: {widest}, {low} at its low end, {high} at its high end.",
        layer(mark("bar"), **common, x={**x, "field": "value"}, x2={"datum": 0}, opacity=_solid(0.4),
              color=colour("end", ends, [LOW, HIGH], 2, title="Set to its", sort=ends)),
        layer(mark("rule", strokeWidth=1.5, color=FAINT), **common, **span(way="x", **x)),
        layer(mark("rule", color=FAINT), x=at(0, **x)), height={"step": 19})
