"""The style of all pictures: paper, type, and the colour of each actor. Outcomes and codes declare theirs."""

from __future__ import annotations

import datetime
import io
import textwrap
import warnings
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeAlias

import matplotlib
import numpy as np
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import PercentFormatter

from sim import words
from sim.engine import Array
from sim.ensemble.results import Run
from sim.errors import printable, visible
from sim.model import registry

INK, GREY, GRID, PAPER = "#222222", "#6b6b6b", "#e4e4e4", "#ffffff"

ACTORS = {key: card.colour for key, card in registry.cards().items()}
"""The colour of each actor and arena, as its card has it."""

RISES, FALLS = "#b2182b", "#2166ac"
"""Colours of a rise and of a fall."""

STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"], "font.size": 9.0, "text.color": INK, "axes.edgecolor": GREY, "axes.labelcolor": INK,
    "axes.linewidth": 0.8, "axes.axisbelow": True, "axes.grid": True, "axes.grid.axis": "y", "axes.spines.top": False,
    "axes.spines.right": False, "axes.spines.left": False, "grid.color": GRID, "grid.linewidth": 0.8,
    "xtick.color": GREY, "ytick.color": GREY, "ytick.left": False, "figure.facecolor": PAPER, "axes.facecolor": PAPER,
    "svg.hashsalt": "brink", "svg.fonttype": "path", "path.simplify": False,
}
SIZE = (7.6, 4.5)
"""Inches: the width of a page's text."""

METADATA: dict[str, dict[str, str | None]] = {"png": {"Software": "brink"}, "svg": {"Creator": "brink", "Date": None}}
"""Metadata of pictures by kind of file, without the time at which they were made."""

LINE = 0.062
"""Height of a line of words, as a share of the axes."""


Label: TypeAlias = tuple[float, str, str]
"""Height, words and colour of a label."""


def colour_of(name: str) -> str:
    """The colour of the actor or arena to which a parameter, a variable or an event belongs."""
    return ACTORS.get(name.partition(".")[0], GREY)


class Picture(Figure):
    """A figure that a notebook shows as it stands in files."""

    def _repr_png_(self) -> bytes:
        return drawn(self, "png", "made by brink")


def style() -> Any:
    """A context in which pictures are made in this style."""
    return matplotlib.rc_context(STYLE)


def canvas(title: str, subtitle: str, caption: str, right: float = 0.97) -> tuple[Figure, Axes]:
    """An empty picture with its words; `right` is where the axes end, so that labels have room."""
    figure = Picture(figsize=SIZE)
    put_words(figure, (title, subtitle, textwrap.fill(caption, 132)), (0.955, 0.89, 0.02))
    return figure, figure.add_axes((0.085, 0.2, right - 0.085, 0.6))


def put_words(figure: Figure, words: tuple[str, str, str], heights: tuple[float, float, float],
              sizes: tuple[float, float] = (13, 9.5), spacing: tuple[float | None, float] = (None, 1.4)) -> None:
    """Title, subtitle and caption of a picture, at these shares of its height.

    `sizes` are those of title and subtitle, in points; `spacing` is that of lines in the subtitle (None: as the font has it)
    and in the caption.
    """
    title, subtitle, caption = words
    figure.text(0.02, heights[0], title, size=sizes[0], weight="bold", va="top")
    figure.text(0.02, heights[1], subtitle, size=sizes[1], color=GREY, va="top", linespacing=spacing[0])
    figure.text(0.02, heights[2], caption, size=7.2, color=GREY, va="bottom", linespacing=spacing[1])


def name_rows(axes: Axes, at: Array, names: Sequence[str], size: float) -> None:
    """Names down the side of rows at these heights, with a grid across."""
    axes.set_yticks(at, names, size=size)
    axes.tick_params(axis="y", colors=INK)
    axes.grid(axis="x", visible=True)
    axes.grid(axis="y", visible=False)


def caption(run: Run, reading: str) -> str:
    """How to read the picture, and what it was made from."""
    sets = f" in {run.sets:,} parameter sets" if run.uncertainty == "priors" else ""
    return f"{reading} Scenario {run.scenario.name}: {run.size:,} simulated worlds{sets}, seed {run.seed}. {words.LIMITS}"


def dates(days: Array, day_0: datetime.date) -> Array:
    """Days of a run as matplotlib's dates."""
    numbers: Array = mdates.date2num(day_0) + days  # type: ignore[no-untyped-call]
    return numbers


def time_axis(axes: Axes, days: int, day_0: datetime.date) -> None:
    """Calendar dates from day 0 to the horizon."""
    axes.set_xlim(*dates(np.array([0, days]), day_0))
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    formatter = mdates.ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    formatter.zero_formats[1:3] = ["%b\n%Y", "%d %b"]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)


def share_axis(axes: Axes, top: float) -> None:
    """Shares in percent, from 0 to a little over `top`."""
    axes.set_ylim(0, min(1.0, max(0.01, 1.15 * top)))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0 if top > 0.05 else 1, symbol=" %"))


def amount_axis(axes: Axes, unit: str) -> None:
    """Whole numbers written out, with the unit above the axis."""
    axes.yaxis.set_major_formatter("{x:,.6g}")
    axes.text(0, 1.03, unit, transform=axes.transAxes, ha="right", size=8.5, color=GREY)


def label_right(axes: Axes, labels: list[Label]) -> None:
    """Labels at the right end of lines or areas, moved apart where they would overlap."""
    low, high = axes.get_ylim()
    labels = sorted(labels, key=lambda label: label[0])
    heights = apart([height for height, _, _ in labels], LINE * (high - low), high)
    for height, (_, text, colour) in zip(heights, labels, strict=True):
        axes.annotate(text, (1, height), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points",
                      color=colour, va="center", size=8.5, annotation_clip=False)


def apart(heights: list[float], gap: float, top: float) -> list[float]:
    """Rising heights moved up, then down from the top, until none is nearer than `gap` to the next."""
    raised = list(accumulate(heights, lambda below, height: max(height, below + gap)))
    lowered = accumulate([min(raised[-1], top), *raised[-2::-1]] if raised else [],
                         lambda above, height: min(height, above - gap))
    return list(lowered)[::-1]


def write(figure: Figure, path: Path, about: str) -> Path:
    """Write a picture as PNG and as SVG; the path."""
    for kind in METADATA:
        path.with_suffix(f".{kind}").write_bytes(drawn(figure, kind, about))
    return path


def drawn(figure: Figure, kind: str, about: str) -> bytes:
    """A picture as "png" or "svg", in this look and the same bytes for the same picture; `about` is its description."""
    file = io.BytesIO()
    for text in figure.findobj(Text):
        text.set_text(visible(text.get_text()))
    with style(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph .* missing from", UserWarning)  # it is drawn as a box, as everybody sees
        figure.savefig(file, format=kind, dpi=150, metadata={**METADATA[kind], "Description": printable(about)})
    return file.getvalue()
