"""Events before an outcome: by how many times its rate is higher or lower after each kind of event."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from sim.analysis.pathways.association import Separation
from sim.ensemble.results import Run
from sim.report.figures import data, look

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
    """One row per kind of event that stands out, with its ratio and 90 % interval; `names` says what each is called."""
    chart = data.before(found, names, MOST)
    rows, words = chart.rows, chart.words
    height = ABOVE + BELOW + ROW * max(len(rows), 2)
    with look.style():
        figure = look.Picture(figsize=(9.0, height))
        axes = figure.add_axes((LEFT, BELOW / height, RIGHT - LEFT, 1 - (ABOVE + BELOW) / height))
        caption = textwrap.fill(look.caption(run, words.reading), 155)
        look.put_words(figure, (textwrap.shorten(words.title, 90), words.summary, caption),
                       (1 - 0.15 / height, 1 - 0.48 / height, 0.1 / height), (13, 9), (1.4, 1.4))
        at = np.arange(len(rows))
        for y, row in zip(at, rows.itertuples(), strict=True):
            axes.plot([row.low, row.high], [y, y], color=row.colour, linewidth=2.2, alpha=0.55, solid_capstyle="butt")
            axes.plot([row.ratio], [y], "o", color=row.colour, markersize=6)
        axes.axvline(1, color=look.INK, linewidth=0.8)
        axes.set_xscale("log")
        low, high = chart.span
        ticks = TICKS[int(high / low > WIDE)]
        axes.set_xticks(ticks, [f"{x:g}" for x in ticks])
        axes.minorticks_off()
        look.name_rows(axes, at, [textwrap.shorten(name, 68, placeholder=" ...") for name in rows["name"]], 8.2)
        axes.set(xlim=(low, high), xlabel=chart.times, ylim=(-0.7, len(rows) - 0.3))
    return figure
