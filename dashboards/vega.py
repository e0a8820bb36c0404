"""The parts of Vega-Lite specifications: layers, marks, channels, axes. `Chart` puts a whole one on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import streamlit as st

from dashboards import mishap
from dashboards.plain import literal
from dashboards.theme import on_paper
from sim.engine import Array
from sim.ensemble.results import Run

Part: TypeAlias = dict[str, Any]
"""A piece of a specification."""

HEIGHT = 300
SHARE: Part = {"format": ".0%", "title": None}
DATE: Part = {"format": "%b %Y", "title": None, "grid": False, "labelOverlap": True, "tickCount": 8}
LINES: Part = {"title": None, "labelExpr": "split(datum.label, '\\n')", "labelOverlap": False, "ticks": False, "domain": False}
"""An axis of words, each on as many lines as it needs."""


@dataclass(frozen=True)
class Chart:
    """A chart: its data, a Vega-Lite specification, and what it shows in a sentence, or without data why it shows nothing."""

    data: pd.DataFrame | None
    spec: Part
    alt: str

    def draw(self, key: str, title: str = "", caption: str = "", at: Any = st, **more: Any) -> None:
        """Put it on the page, or `at` a column of it, below its title and above a caption."""
        if title:
            at.markdown(f"**{literal(title)}**")
        if self.data is None:
            at.warning(literal(f"This chart cannot be drawn: {self.alt}."))
            return
        at.vega_lite_chart(on_paper(self.data), on_paper(self.spec), width="stretch", key=key, alt=self.alt, **more)
        if caption:
            at.caption(caption)


safely = mishap.instead(lambda line: Chart(None, {}, line))
"""For functions that make a chart: what goes wrong is told in its place."""


def chart(data: pd.DataFrame, alt: str, *layers: Part, height: int | dict[str, int] = HEIGHT, **more: Any) -> Chart:
    """A chart of several layers over one pair of axes."""
    return Chart(data, {"layer": list(layers), "height": height, "config": {"view": {"stroke": None}}, **more}, alt)


def mark(type: str, **look: Any) -> Part:
    """A kind of mark, and how it looks."""
    return {"type": type, **look}


def layer(mark: Part, only: str = "", **channels: Any) -> Part:
    """A layer: marks, their channels, and a filter of the data."""
    return {"mark": mark, "encoding": channels, **({"transform": [{"filter": only}]} if only else {})}


def when(field: str = "date", **more: Any) -> Part:
    """Dates along an axis."""
    return {"field": field, "type": "temporal", "axis": DATE, **more}


def span(low: str = "low", high: str = "high", way: str = "y", **axis: Any) -> Part:
    """The channels of what reaches from one field to another, along the y axis or the x axis."""
    return {way: {**axis, "field": low}, f"{way}2": {"field": high}}


def amount(field: str = "", **more: Any) -> Part:
    """Numbers along an axis; without a field, an axis for several layers."""
    return {**({"field": field} if field else {}), "type": "quantitative", **more}


def kind(field: str, **more: Any) -> Part:
    """Words along an axis, in the order of the data."""
    return {"field": field, "type": "nominal", "sort": None, **more}


def place(rows: int, above: float = 0.75) -> Part:
    """The numbers of rows, from the top, without an axis, as their labels are on the chart."""
    return amount("y", axis=None, scale={"domain": [-above, rows - 0.5], "reverse": True, "nice": False, "zero": False})


def colour(field: str, names: Sequence[str], colours: Sequence[str], columns: int = 1, **more: Any) -> Part:
    """A colour for each name, in a legend of so many columns above the chart; without columns there is none."""
    legend = {"orient": "top", "columns": columns, "labelLimit": 320} if columns else None
    return {"field": field, "type": "nominal", "title": None, "legend": legend,
            "scale": {"domain": list(names), "range": list(colours)}, **more}


def dashes(field: str, names: Sequence[str]) -> Part:
    """A pattern of dashes for each of at most three names."""
    return {"field": field, "legend": None, "scale": {"domain": list(names), "range": [[1, 0], [6, 3], [2, 2]][:len(names)]}}


def at(value: float, **axis: Any) -> Part:
    """A place on an axis that does not depend on the data."""
    return {"datum": value, **axis}


def tip(field: str, title: str, format: str = "") -> Part:
    """A line of a tooltip."""
    return {"field": field, "title": title, **({"type": "quantitative", "format": format} if format else {"type": "nominal"})}


def date_tip(title: str = "On", field: str = "date") -> Part:
    """The date, as a line of a tooltip."""
    return {"field": field, "type": "temporal", "format": "%-d %B %Y", "title": title}

def dates(run: Run, days: Any) -> Any:
    """Calendar dates of days of a run."""
    return pd.Timestamp(run.scenario.date) + pd.to_timedelta(np.asarray(days), unit="D")


def every_third(days: int) -> Array:
    """Every third day of so many, and the last, which is enough for a curve."""
    return np.unique(np.append(np.arange(0, days + 1, 3), days))
