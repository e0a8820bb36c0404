"""One world on one page: lanes of actors and arenas, with their key events by date, and tension below; war is shaded."""

from __future__ import annotations

import datetime
import textwrap
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.explain.chronicle import Chronicle
from sim.model import registry
from sim.model.entities import LANES
from sim.report.figures import look
from sim.words import LIMITS

SIZE = (10.4, 6.4)
LANE = 15
"""Letters of a lane's name before it goes on in the next line."""
ROWS = 3
"""Rows of words in a lane."""
LETTER = 0.0074
"""Width of a letter, as a share of the width of the axes."""
GAP = 0.006
"""Room between words."""
LINE = -0.36
"""Where the line of a lane lies in it."""


class Mark(NamedTuple):
    """An event on a lane; a central one is drawn full."""

    day: int
    event: str
    central: bool


def timeline(chronicle: Chronicle) -> Figure:
    """The picture of a chronicle."""
    run = chronicle.run
    with look.style():
        figure = look.Picture(figsize=SIZE)
        upper = figure.add_axes((0.105, 0.34, 0.875, 0.51))
        tension = figure.add_axes((0.105, 0.135, 0.875, 0.17))
        title = textwrap.wrap(chronicle.title, 96)
        subtitle = (f"World {chronicle.world}: key events by date; filled marks are those that the headline came of or "
                    "depended on")
        caption = ("Shaded: days of war with Iran. Below: tension, how close to fire everybody thinks it is, from 0 to 1.5. "
                   f"Scenario {run.scenario.name}, one world of {run.size:,}, seed {run.seed}. {LIMITS}")
        look.put_words(figure, ("\n".join(title), subtitle, textwrap.fill(caption, 170)), (0.975, 0.905, 0.015),
                       (13 if len(title) == 1 else 11.5, 9.5))
        for axes in (upper, tension):
            look.time_axis(axes, run.days, run.scenario.date)
            _shade(axes, chronicle)
        _lanes(upper, chronicle)
        _tension(tension, chronicle)
    return figure


def _shade(axes: Axes, chronicle: Chronicle) -> None:
    """War days in pale red."""
    for start, stop in wars(chronicle):
        x = look.dates(np.array([start, stop]), chronicle.run.scenario.date)
        axes.axvspan(x[0], max(x[1], x[0] + 1), color=look.ACTORS["war"], alpha=0.14, linewidth=0)


def wars(chronicle: Chronicle) -> list[tuple[int, int]]:
    """Stretches of days of war: the first, and the day after the last."""
    days = np.flatnonzero(chronicle.replay.series["war.on"][1:] > 0)
    stretches = np.split(days, np.flatnonzero(np.diff(days) > 1) + 1)
    return [(int(stretch[0]), int(stretch[-1]) + 1) for stretch in stretches if len(stretch)]


def marks(chronicle: Chronicle) -> list[Mark]:
    """The events shown on the lanes."""
    central = {(entry.day, entry.event) for entry in chronicle.entries if entry.central}
    return [Mark(one.day, one.event, one.occurrence in central or one in chronicle.chain)
            for one in chronicle.replay.happenings
            if registry.story(one.event).short and (registry.story(one.event).told or one.occurrence in central)]


def by_lane(chronicle: Chronicle) -> list[list[Mark]]:
    """The marks of each lane, in the order in which room is given to their words."""
    shown = sorted(marks(chronicle), key=lambda mark: (not mark.central, mark.event not in registry.chapters(), mark.day))
    return [[mark for mark in shown if registry.cards()[mark.event.partition(".")[0]].lane == name] for name in LANES]


def _lanes(axes: Axes, chronicle: Chronicle) -> None:
    axes.set_ylim(len(LANES) - 0.5, -0.5)
    axes.set_yticks(range(len(LANES)), [textwrap.fill(name, LANE) for name in LANES.values()])
    axes.tick_params(axis="x", labelbottom=False, length=0)
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    for row, own in enumerate(by_lane(chronicle)):
        axes.axhline(row + LINE, color=look.GRID, linewidth=0.8, zorder=0)
        _lane(axes, row, own, chronicle.run.scenario.date)


def _lane(axes: Axes, row: int, marks: list[Mark], day_0: datetime.date) -> None:
    """Marks on a line, and words below them in the first free row, the first ones first; the rest have no words."""
    low, high = axes.get_xlim()
    taken: list[list[tuple[float, float]]] = [[] for _ in range(ROWS)]
    for mark in marks:
        colour = look.ACTORS[mark.event.partition(".")[0]]
        x = float(look.dates(np.array([mark.day]), day_0)[0])
        axes.plot([x], [row + LINE], "o", markersize=6 if mark.central else 4.5, color=colour,
                  markerfacecolor=colour if mark.central else look.PAPER, clip_on=False, zorder=4 if mark.central else 3)
        place, words = (x - low) / (high - low), registry.story(mark.event).short
        start = min(place, 1 - LETTER * len(words))
        level = free_row(taken, start, start + LETTER * len(words) + GAP)
        if level is not None:
            axes.text(low + start * (high - low), row - 0.17 + 0.24 * level, words, size=7.8, va="center", color=look.INK,
                      weight="bold" if mark.central else "normal")


def free_row(taken: list[list[tuple[float, float]]], start: float, stop: float) -> int | None:
    """The first row in which this stretch is free; it is taken from then on."""
    for level, stretches in enumerate(taken):
        if all(stop <= left or start >= right for left, right in stretches):
            stretches.append((start, stop))
            return level
    return None


def _tension(axes: Axes, chronicle: Chronicle) -> None:
    series = chronicle.replay.series["war.tension"]
    x = look.dates(np.arange(len(series)), chronicle.run.scenario.date)
    axes.fill_between(x, 0, series, color=look.ACTORS["war"], alpha=0.18, linewidth=0)
    axes.plot(x, series, color=look.ACTORS["war"], linewidth=1.4)
    axes.set(ylim=(0, 1.55), yticks=[0, 0.5, 1, 1.5], ylabel="Tension")
