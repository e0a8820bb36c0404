"""Pictures of what the model is worth: its numbers beside the figures that they are compared with, and what was said beside
what came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sim.ensemble.survival import wilson
from sim.report.figures import look
from sim.validation.checks import Curves, Histogram, SignEffects
from sim.words import WORDS, word

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
MARKS = ("D", "s", "o")
FIGURE_COLOUR = "#dcdcdc"


def draw(title: str, picture: Histogram | Curves | SignEffects) -> Figure:
    """The picture of a check's findings."""
    height = 1.1 + 0.24 * len(picture.arrows) if isinstance(picture, SignEffects) else 3.3
    figure = look.Picture(figsize=(7.6, height))
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
    axes.set(xlabel=picture.x_says, ylabel=picture.y_says, ylim=(0, None))
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


def groups(pairs: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """Mean probability, share that came true, and number of the pairs in each step of the verbal scale that holds any."""
    steps = [np.array([pair for pair in pairs if word(pair[0]) == name]) for name in WORDS]
    return [(float(step[:, 0].mean()), float(step[:, 1].mean()), len(step)) for step in steps if len(step)]


def calibration(pairs: Sequence[tuple[float, bool]], about: str) -> Figure:
    """Shares that came true against the probabilities said, with a 90 % interval for each group."""
    said, came, sizes = np.array(groups(pairs)).reshape(-1, 3).T
    with look.style():
        figure, axes = look.canvas(
            "What was said and what came", "Share that came true among questions and deadlines of about the same probability",
            "Dots: groups by the verbal scale, with their size and a 90 % interval as if each were independent, which "
            f"deadlines of one question are not. Line: where dots lie if probabilities mean what they say. {about}")
        axes.plot([0, 1], [0, 1], color=look.GREY, linewidth=1)
        axes.vlines(said, *wilson(came, sizes), color=look.ACTORS["us"], linewidth=1.5, alpha=0.5)
        axes.plot(said, came, "o", color=look.ACTORS["us"], markersize=6)
        for x, y, n in zip(said, came, sizes, strict=True):
            axes.annotate(f"{n:.0f}", (x, y), xytext=(7, 5), textcoords="offset points", size=8.5, color=look.INK)
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.04, 1.04), xlabel="Probability said")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    return figure
