"""The pictures of a comparison: what a change does to the curve of first strikes, and to each main outcome."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.compare.compare import Comparison
from sim.analysis.compare.gist import Difference
from sim.report.figures import data, look
from sim.words import LIMITS, typeset

HERE, THERE = look.GREY, look.ACTORS["us"]
"""Colours of the two sides."""


def first_strike_difference(comparison: Comparison) -> Figure:
    """Both sides' curves of first strikes, and under them their difference with its paired 90 % band."""
    table, day_0 = comparison.curve(), comparison.a.scenario.date
    words = data.curves(comparison, comparison.names)
    with look.style():
        figure, upper = look.canvas(words.title, words.summary, _caption(comparison, words.reading), right=0.78)
        figure.set_size_inches(look.SIZE[0], 5.6)
        upper.set_position((0.085, 0.5, 0.695, 0.33))
        lower = figure.add_axes((0.085, 0.165, 0.695, 0.24))
        x = look.dates(table["day"].to_numpy(), day_0)
        for axes in (upper, lower):
            look.time_axis(axes, comparison.a.days, day_0)
        upper.tick_params(labelbottom=False)
        _both(upper, x, table, comparison.names)
        _gap(lower, x, table)
    return figure


def _both(axes: Axes, x: Any, table: Any, names: tuple[str, str]) -> None:
    look.share_axis(axes, max(table["a"].max(), table["b"].max()))
    labels = []
    for side, name, colour in zip("ab", names, (HERE, THERE), strict=True):
        axes.plot(x, table[side], color=colour, linewidth=1.6)
        labels.append((float(table[side].iloc[-1]), f"{name[:20]} {100 * table[side].iloc[-1]:.1f} %", colour))
    look.label_right(axes, labels)


def _gap(axes: Axes, x: Any, table: Any) -> None:
    gap = data.in_points(table)
    axes.axhline(0, color=look.INK, linewidth=0.8)
    axes.fill_between(x, gap["low"], gap["high"], color=THERE, alpha=0.22, linewidth=0)
    axes.plot(x, gap["difference"], color=THERE, linewidth=1.6)
    low, high = data.span(gap)
    axes.set_ylim(low - 0.1 * (high - low), high + 0.1 * (high - low))
    _in_points(axes.yaxis)
    axes.set_ylabel("points", size=8.5)
    look.label_right(axes, [(float(gap["difference"].iloc[-1]), f"{data.signed(table['difference'].iloc[-1])} points", THERE)])


def _in_points(axis: Any) -> None:
    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(lambda value, _: typeset(f"{value:+g}") if value else "0")


def differences(comparison: Comparison) -> Figure:
    """The difference of each main outcome in points, with its 90 % band, and behind it that of unpaired runs."""
    rows = data.main(comparison)
    height = 1.9 + 0.3 * len(rows)
    with look.style():
        figure, axes = look.canvas(
            "What the change does", f"Difference in points of 100 worlds, {comparison.names[1]} less {comparison.names[0]}",
            _caption(comparison, data.DOTS))
        figure.set_size_inches(look.SIZE[0], height)
        for text, inches in zip(figure.texts, (0.2, 0.5), strict=False):
            text.set_y(1 - inches / height)  # title and subtitle keep their distance from the top
        axes.set_position((0.47, 1.05 / height, 0.42, (height - 1.8) / height))
        _dots(axes, rows)
    return figure


def _dots(axes: Axes, rows: list[Difference]) -> None:
    at = np.arange(len(rows))[::-1]
    axes.axvline(0, color=look.INK, linewidth=0.9)
    for y, row in zip(at, data.dots(rows).itertuples(), strict=True):
        colour = data.WAYS[row.way]
        axes.plot([row.wide_low, row.wide_high], [y, y], color=look.GRID, linewidth=7, solid_capstyle="butt")
        axes.plot([row.low, row.high], [y, y], color=colour, linewidth=2, solid_capstyle="butt")
        axes.plot([row.difference], [y], "o", color=colour, markerfacecolor=look.PAPER if row.open else colour, markersize=5)
        axes.annotate(data.signed(row.difference / 100), (1.015, y), xycoords=("axes fraction", "data"), va="center", size=8.5,
                      color=colour, annotation_clip=False)
    look.name_rows(axes, at, [textwrap.fill(one.says, 48) for one in rows], 8)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    _in_points(axes.xaxis)


def _caption(comparison: Comparison, reading: str) -> str:
    run = comparison.a
    sets = f" in {run.sets:,} parameter sets" if run.uncertainty == "priors" else ""
    return f"{reading} {run.size:,} simulated worlds{sets} on the same luck on both sides, seed {run.seed}. {LIMITS}"


def draw(comparison: Comparison, path: str | Path) -> list[Path]:
    """Write both pictures into a directory, each as PNG and SVG; the paths without their endings."""
    a, b = comparison.a, comparison.b
    about = (f"brink, scenario {a.scenario.name} ({a.scenario.hash}) and {b.scenario.name} ({b.scenario.hash}), "
             f"{a.size} worlds, seed {a.seed}")
    return [look.write(make(), Path(path, name), about) for name, make in pictures(comparison).items()]


def pictures(comparison: Comparison) -> dict[str, Callable[[], Figure]]:
    """Functions that make the pictures of a comparison, by name."""
    return {make.__name__: partial(make, comparison) for make in (first_strike_difference, differences)}
