"""Pictures of a validation: the model's numbers and the figures that they are compared with."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sim.report.figures import look
from sim.validation.checks import Curves, Histogram, SignEffects

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
MARKS = ("D", "s", "o")
FIGURE_COLOUR = "#dcdcdc"


def draw(title: str, picture: Histogram | Curves | SignEffects) -> Figure:
    """The picture of a check's findings."""
    height = 1.1 + 0.24 * len(picture.arrows) if isinstance(picture, SignEffects) else 3.3
    figure = Figure(figsize=(7.6, height))
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", size=11, weight="bold", color=look.INK)
    fill: Any = {Histogram: _histogram, Curves: _curves, SignEffects: _effects}[type(picture)]
    fill(picture, axes)
    figure.tight_layout()
    return figure


def _histogram(picture: Histogram, axes: Axes) -> None:
    """Shares of samples, with the wanted range and the observed value."""
    if picture.target is not None:
        axes.axvspan(*picture.target, color=FIGURE_COLOUR, lw=0, label="wanted")
    for (name, samples), colour in zip(picture.samples.items(), COLOURS, strict=False):
        within = np.clip(samples, picture.bins[0], picture.bins[-1])
        shares = np.histogram(within, picture.bins)[0] / max(len(samples), 1)
        axes.stairs(shares, picture.bins, fill=True, alpha=0.3, color=colour)
        axes.stairs(shares, picture.bins, color=colour, lw=1.3, label=name)
    if picture.observed is not None:
        axes.axvline(picture.observed, color=look.INK, ls="--", lw=1.2, label="observed")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    axes.set_xlabel(picture.unit)
    axes.legend(frameon=False, fontsize=8)


def _curves(picture: Curves, axes: Axes) -> None:
    """Lines of the model and points from outside."""
    for (name, line), colour in zip(picture.lines.items(), COLOURS, strict=False):
        axes.plot(picture.x, line, color=colour, lw=1.8, label=name)
    for (name, points), mark in zip(picture.points.items(), MARKS, strict=False):
        axes.plot([*points], [*points.values()], mark, color=look.INK, markerfacecolor=look.PAPER, markersize=6, label=name)
    axes.set_xlabel(picture.x_says)
    axes.set_ylabel(picture.y_says)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)


def _effects(picture: SignEffects, axes: Axes) -> None:
    """Effects with twice their errors; those that should be negative are drawn in another colour."""
    rows = np.arange(len(picture.arrows))[::-1]
    colours = {1: COLOURS[0], -1: COLOURS[1], 0: look.GREY}
    axes.axvline(0, color=look.INK, lw=0.8)
    for row, (sign, value, error) in zip(rows, picture.arrows.values(), strict=True):
        axes.errorbar(value, row, xerr=2 * error, fmt="o", color=colours[sign], markersize=5, lw=1.3)
    axes.set_yticks(rows, [*picture.arrows])
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.set_xlabel("effect from the 10 to the 90 % point, in standard deviations of the outcome\n"
                    "(blue should rise, orange should fall, grey is open)")
