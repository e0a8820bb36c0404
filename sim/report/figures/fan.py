"""Recorded variables over time, as bands over worlds: one alone, or the truth with what an actor believes."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.ensemble.results import Run
from sim.model import registry
from sim.report.figures import data, look
from sim.words import date, two_digits

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
