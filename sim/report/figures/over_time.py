"""A run by date: in how many worlds the first strike has come, and recorded variables, alone or as truth and belief."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.engine import Array
from sim.ensemble.results import Run
from sim.model import registry
from sim.report.figures import data, look
from sim.words import date, percent, two_digits

DEPTHS = (0.18, 0.38)
"""How dark each band of a fan is."""


def fan(run: Run, name: str) -> Figure:
    """A recorded variable by date: median, the middle half of worlds, and nine of ten."""
    found = data.fan(run, name)
    owner, variable, series = name.partition(".")[0], found.variable, found.series
    with look.style():
        figure, axes = look.canvas(
            f"{registry.called(owner)}: {variable.meaning}",
            f"On {date(run.days, run.scenario.date)}: {found.at_the_end}", look.caption(run, data.FAN), right=0.8)
        look.time_axis(axes, run.days, run.scenario.date)
        x = look.dates(series["day"], run.scenario.date)
        for (low, high), depth in zip(data.BANDS, DEPTHS, strict=True):
            axes.fill_between(x, series[low], series[high], color=found.colour, alpha=depth, linewidth=0)
        axes.plot(x, series["q50"], color=found.colour, linewidth=1.8)
        bottom, top = axes.get_ylim()
        axes.set_ylim(0 if found.from_zero else bottom, top)
        look.amount_axis(axes, variable.unit)
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10], integer=variable.whole))
        look.label_right(axes, [(float(series[q][-1]), f"{says}: {found.ends[q]}", found.colour)
                                for q, says in data.QUANTILES.items()])
    return figure


def belief(run: Run, truth: str, seen: str) -> Figure:
    """Two recorded variables by date, the truth and an actor's belief: medians and the middle half of worlds."""
    series, variable = {name: run.series(name) for name in (truth, seen)}, run.variable(truth)
    owners = {name: registry.called(name) for name in (truth, seen)}
    ends = {name: two_digits(float(series[name][data.MIDDLE][-1])) for name in (truth, seen)}
    with look.style():
        figure, axes = look.canvas(
            f"Belief and truth: {variable.meaning} of {owners[truth]}",
            f"On {date(run.days, run.scenario.date)}: {ends[truth]} {variable.unit}".rstrip()
            + f" in truth, {ends[seen]} as {owners[seen]} sees it; medians over worlds",
            look.caption(run, "Lines: medians. Bands: the middle half of worlds, each day taken for itself. The two are not "
                              "taken from the same world, so that the gap between the lines is not the error in any one."),
            right=0.75)
        look.time_axis(axes, run.days, run.scenario.date)
        labels: list[look.Label] = []
        for name, label, dashes in ((truth, "truth", "-"), (seen, f"as {owners[seen]} sees it", "--")):
            days, colour = look.dates(series[name]["day"], run.scenario.date), look.colour_of(name)
            axes.fill_between(days, series[name][data.LOW], series[name][data.HIGH], color=colour, alpha=0.25, linewidth=0)
            axes.plot(days, series[name][data.MIDDLE], color=colour, linewidth=1.8, linestyle=dashes)
            labels.append((float(series[name][data.MIDDLE][-1]), label, colour))
        look.amount_axis(axes, variable.unit)
        look.label_right(axes, labels)
    return figure


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
        if not math.isnan(base):
            axes.plot(x[-1:], [base], marker="D", markersize=6, markerfacecolor=look.PAPER,
                      markeredgecolor=look.INK, linestyle="none", clip_on=False, zorder=5)
            labels.append((base, f"Base rate {percent(base)}", look.INK))
        look.label_right(axes, labels)
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
