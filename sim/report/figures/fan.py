"""How a quantity spreads out over time: median and bands over worlds."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.ensemble.results import Run
from sim.model import registry
from sim.report.figures import data, look

DEPTHS = (0.18, 0.38)
"""How dark each band of a fan is."""


def fan(run: Run, name: str) -> Figure:
    """A recorded variable by date: median, the middle half of worlds, and nine of ten."""
    found = data.fan(run, name)
    owner, variable, series = name.partition(".")[0], found.variable, found.series
    with look.style():
        figure, axes = look.canvas(
            f"{registry.called(owner)}: {variable.meaning}",
            f"On {look.date(run.days, run.scenario.date)}: {found.at_the_end}", look.caption(run, data.FAN), right=0.8)
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
