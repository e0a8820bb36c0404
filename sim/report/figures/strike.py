"""When the first strike comes: the share of worlds in which it has come, day by day, by who or why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.engine import Array
from sim.ensemble import survival
from sim.report.figures import look
from sim.words import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.ensemble.results import Run
    from sim.model.codes import Code

FIRST, INITIATOR = "round_two", "first_initiator"


def first_strike_curve(run: Run, by: str = INITIATOR) -> Figure:
    """Probability of a first strike by date, stacked by the labels of the outcome `by`, with its Monte Carlo band."""
    curve = survival.curve(run.column(FIRST), run.column(by), run.days)
    present = [name for name in run.question(by).labels if name in survival.by_label(curve)]
    areas, total = [curve[name] for name in present], curve["share"]
    codes = [run.question(by).shown.code(name) for name in present]
    split = "who struck first" if by == INITIATOR else "why the first shot was fired"
    with look.style():
        figure, axes = look.canvas(
            "When the first strike comes", f"Share of simulated worlds with a US, Israeli or Iranian strike so far: "
            f"{percent(total[-1])} by {look.date(run.days, run.scenario.date)}",
            look.caption(run, f"Areas: {split}. Line: all of them, with the 90 % error of simulating a limited number "
                              "of worlds as a band."), right=0.78)
        base = run.base(run.question(FIRST))
        look.share_axis(axes, float(np.fmax(total[-1], base)))
        look.time_axis(axes, run.days, run.scenario.date)
        x = look.dates(np.arange(run.days + 1), run.scenario.date)
        labels = _stack(axes, x, areas, codes)
        _total(axes, x, curve)
        look.label_right(axes, labels + _base_rate(axes, x, base))
    return figure


def _stack(axes: Axes, x: Array, areas: list[Array], codes: list[Code]) -> list[look.Label]:
    """Draw the areas; what stands beside each."""
    floor, labels = np.zeros(len(x)), []
    for area, code in zip(areas, codes, strict=True):
        axes.fill_between(x, floor, floor + area, color=code.colour, alpha=0.85, linewidth=0)
        labels.append((floor[-1] + area[-1] / 2, f"{code.says} {percent(area[-1])}", code.colour))
        floor = floor + area
    return labels


def _total(axes: Axes, x: Array, curve: dict[str, Array]) -> None:
    axes.fill_between(x, curve["low"], curve["high"], color=look.INK, alpha=0.18, linewidth=0)
    axes.plot(x, curve["share"], color=look.INK, linewidth=1.3)


def _base_rate(axes: Axes, x: Array, base: float) -> list[look.Label]:
    """Mark the base rate, if there is one, at the end; what stands beside the mark."""
    if math.isnan(base):
        return []
    axes.plot(x[-1:], [base], marker="D", markersize=6, markerfacecolor=look.PAPER,
              markeredgecolor=look.INK, linestyle="none", clip_on=False, zorder=5)
    return [(base, f"Base rate {percent(base)}", look.INK)]
