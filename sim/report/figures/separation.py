"""What goes before an outcome: by how many times its rate is higher or lower after each kind of event."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from sim.report.figures import look

if TYPE_CHECKING:
    from sim.analysis.pathways.association import Separation
    from sim.ensemble.results import Run

MOST = 18
"""Kinds of event on the picture."""
LEFT, RIGHT = 0.56, 0.97
ROW, ABOVE, BELOW = 0.27, 1.05, 1.0
"""Inches: a row, and what lies above and below the rows."""
TICKS = ((0.5, 0.7, 1, 1.5, 2, 3), (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100))
"""Marked ratios, for a narrow and for a wide picture."""
WIDE = 8
"""From how many times between the ends on a picture is wide."""


def separation(run: Run, found: Separation, names: Mapping[str, str]) -> Figure:
    """A row a kind of event that stands out, with its ratio and 90 % interval; `names` says what each is called."""
    clear = found.events[found.events["clear"]]
    most = clear.reindex(clear["share"].abs().sort_values(ascending=False, kind="stable").index).head(MOST)
    rows = most.sort_values("ratio", kind="stable")
    height = ABOVE + BELOW + ROW * max(len(rows), 2)
    with look.style():
        figure = Figure(figsize=(9.0, height))
        axes = figure.add_axes((LEFT, BELOW / height, RIGHT - LEFT, 1 - (ABOVE + BELOW) / height))
        figure.text(0.02, 1 - 0.15 / height, textwrap.shorten(f"What goes before: {found.question.says}", 90), size=13,
                    weight="bold", va="top")
        figure.text(0.02, 1 - 0.48 / height, _subtitle(found), size=9, color=look.GREY, va="top", linespacing=1.4)
        figure.text(0.02, 0.1 / height, textwrap.fill(look.caption(run, _reading(found)), 155), size=7.2, color=look.GREY,
                    va="bottom", linespacing=1.4)
        at = np.arange(len(rows))
        for y, row in zip(at, rows.itertuples(), strict=True):
            colour = look.ACTORS.get(row.event.split(".")[0], look.GREY)
            axes.plot([row.low, row.high], [y, y], color=colour, linewidth=2.2, alpha=0.55, solid_capstyle="butt")
            axes.plot([row.ratio], [y], "o", color=colour, markersize=6)
        axes.axvline(1, color=look.INK, linewidth=0.8)
        axes.set_xscale("log")
        low, high = (rows["low"].min(), rows["high"].max()) if len(rows) else (0.5, 2)
        ends = min(0.45, 0.9 * low), max(2.2, 1.1 * high)
        axes.set_xlim(ends)
        axes.xaxis.set_major_locator(FixedLocator(TICKS[int(ends[1] / ends[0] > WIDE)]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlabel("times the rate" if found.before else "times as often")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        axes.grid(axis="x")
        axes.grid(axis="y", visible=False)
        axes.set_ylim(-0.7, len(rows) - 0.3)
        called = [textwrap.shorten(names.get(name, name), 68, placeholder=" ...") for name in rows["event"]]
        axes.set_yticks(at, called, size=8.2)
        axes.tick_params(axis="y", colors=look.INK)
    return figure


def _subtitle(found: Separation) -> str:
    if found.before is None:
        return (f"It came true in {found.cases:,} of {found.worlds:,} worlds. Shown is how many times as often where an event "
                "happened\nat some time as where it did not")
    rate = "the rate of the last step towards it" if len(found.last_steps) else "its rate"
    return (f"It came in {found.cases:,} of {found.worlds:,} worlds. Shown is {rate} where an event happened in "
            f"the {found.before} days\nbefore, in multiples of the rate in other worlds on the same date")


def _reading(found: Separation) -> str:
    return (f"Dots: ratios, with their 90 % intervals. Shown are the kinds of event that go with most of it, of "
            f"{len(found.events)} that were compared and {int(found.events['clear'].sum())} that stand out from chance. This "
            "is association within the model, not effect.")
