"""What somebody believes against what is true, over time."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.ensemble.results import Run
from sim.model import registry
from sim.report.figures import data, look
from sim.words import two_digits


def belief(run: Run, truth: str, seen: str) -> Figure:
    """Two recorded variables by date, the true one and what somebody takes it for: medians and the middle half of worlds."""
    series, variable = {name: run.series(name) for name in (truth, seen)}, run.variable(truth)
    owners = {name: registry.called(name) for name in (truth, seen)}
    ends = {name: two_digits(float(series[name][data.MIDDLE][-1])) for name in (truth, seen)}
    with look.style():
        figure, axes = look.canvas(
            f"Belief and truth: {variable.meaning} of {owners[truth]}",
            f"On {look.date(run.days, run.scenario.date)}: {ends[truth]} {variable.unit}".rstrip()
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
