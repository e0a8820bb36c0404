"""How a quantity spreads out over time: median and bands over worlds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from sim.model import registry
from sim.report.figures import look
from sim.words import two_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.engine import Array
    from sim.ensemble.results import Run

WORDS = {"q05": "5 %", "q25": "25 %", "q50": "median", "q75": "75 %", "q95": "95 %"}
BANDS = (("q05", "q95", 0.18), ("q25", "q75", 0.38))


def fan(run: Run, name: str) -> Figure:
    """A recorded variable by date: median, the middle half of worlds, and nine of ten."""
    variable, series = run.variable(name), run.series(name)
    owner = name.partition(".")[0]
    colour = look.ACTORS.get(owner, look.INK)
    ends = {q: f"{series[q][-1]:,.0f}" if variable.whole else two_digits(float(series[q][-1])) for q in WORDS}
    unit = f" {variable.unit}" if variable.unit else ""
    with look.style():
        figure, axes = look.canvas(
            f"{registry.called(owner)}: {variable.meaning}",
            f"On {look.date(run.days, run.scenario.date)}: {ends['q50']}{unit} in the middle world, "
            f"{ends['q05']} to {ends['q95']} in nine of ten",
            look.caption(run, "Line: median. Bands: the middle half of worlds and nine of ten, each day taken for "
                              "itself; no single world follows their edges."), right=0.8)
        look.time_axis(axes, run.days, run.scenario.date)
        _bands(axes, look.dates(series["day"], run.scenario.date), series, colour)
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10], integer=variable.whole))
        axes.text(0, 1.03, variable.unit, transform=axes.transAxes, ha="right", size=8.5, color=look.GREY)
        look.label_right(axes, [(float(series[q][-1]), f"{WORDS[q]}: {ends[q]}", colour) for q in WORDS])
    return figure


def _bands(axes: Axes, x: Array, series: dict[str, Array], colour: str) -> None:
    for low, high, alpha in BANDS:
        axes.fill_between(x, series[low], series[high], color=colour, alpha=alpha, linewidth=0)
    axes.plot(x, series["q50"], color=colour, linewidth=1.8)
    bottom, top = axes.get_ylim()
    axes.set_ylim(0 if 0 <= series["q05"].min() < 0.5 * series["q95"].max() else bottom, top)
    axes.yaxis.set_major_formatter("{x:,.6g}")
