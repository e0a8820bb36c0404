"""When the first strike comes: the share of worlds in which it has come, day by day, by who or why."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.engine import Array
from sim.ensemble.results import Run
from sim.report.figures import data, look
from sim.words import percent


def first_strike_curve(run: Run, by: str = data.INITIATOR) -> Figure:
    """Probability of a first strike by date, stacked by the labels of the outcome `by`, with its Monte Carlo band."""
    found = data.first_strikes(run, by)
    base = run.base(run.question(data.FIRST))
    with look.style():
        figure, axes = look.canvas(found.words.title, found.words.summary, look.caption(run, found.words.reading), right=0.78)
        look.share_axis(axes, float(np.fmax(found.curve["share"][-1], base)))
        look.time_axis(axes, run.days, run.scenario.date)
        x = look.dates(found.curve["day"], run.scenario.date)
        labels = _stack(axes, x, found)
        axes.fill_between(x, found.curve["low"], found.curve["high"], color=look.INK, alpha=0.18, linewidth=0)
        axes.plot(x, found.curve["share"], color=look.INK, linewidth=1.3)
        look.label_right(axes, labels + _base_rate(axes, x, base))
    return figure


def _stack(axes: Axes, x: Array, found: data.FirstStrikes) -> list[look.Label]:
    """Draw the areas; their labels."""
    floor, labels = np.zeros(len(x)), []
    for label, name, colour in zip(found.labels, found.names, found.colours, strict=True):
        area = found.curve[label]
        axes.fill_between(x, floor, floor + area, color=colour, alpha=0.85, linewidth=0)
        labels.append((floor[-1] + area[-1] / 2, f"{name} {percent(area[-1])}", colour))
        floor = floor + area
    return labels


def _base_rate(axes: Axes, x: Array, base: float) -> list[look.Label]:
    """Mark the base rate, if there is one, at the end; its label."""
    if math.isnan(base):
        return []
    axes.plot(x[-1:], [base], marker="D", markersize=6, markerfacecolor=look.PAPER,
              markeredgecolor=look.INK, linestyle="none", clip_on=False, zorder=5)
    return [(base, f"Base rate {percent(base)}", look.INK)]
