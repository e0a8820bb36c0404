"""One world on one page: lanes of those who act, with their key events by date, and tension below; war is shaded."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.explain.chronicle import Chronicle
from sim.analysis.explain.key_events import KEY_EVENTS
from sim.analysis.explain.story import told
from sim.engine import Array
from sim.report.figures import look
from sim.words import LIMITS

SIZE = (10.4, 6.4)
LANES = (("us", ("us",)), ("israel", ("israel",)), ("talks", ("talks",)), ("iran", ("iran", "street")),
         ("partners", ("hezbollah", "houthis", "militias", "hamas", "gaza")), ("war", ("war", "oil")))
"""Lanes from the top, and whose events each holds."""

NAMES = {"partners": "Gaza and\nIran's partners", "iran": "Iran", "war": "War", "us": "United\nStates",
         "talks": "Nuclear\ntalks"}
ROWS = 3
"""Rows of words in a lane."""
LETTER = 0.0074
"""Width of a letter, as a share of the width of the axes."""
GAP = 0.006
"""Room between words."""
LINE = -0.36
"""Where the line of a lane lies in it."""

SHORT = {
    "us.carry_out_ultimatum": "decides to carry it out", "us.set_ultimatum": "ultimatum",
    "us.drop_ultimatum": "ultimatum lapses",
    "us.intervene": "prepares to intervene", "us.strike_nuclear_sites": "prepares to strike",
    "us.hold_israel_back": "holds Israel back", "us.strikes": "strikes", "us.join_war": "joins the war",
    "us.carrier_arrives": "carrier arrives", "israel.prepare_alone": "prepares alone",
    "israel.prepare_jointly": "prepares with the US", "israel.preempt": "pre-empts", "israel.strikes": "strikes",
    "israel.campaign_in_lebanon": "campaign in Lebanon", "israel.government_changes": "new government",
    "iran.preempt": "pre-empts", "iran.avenge": "prepares a reprisal", "iran.strikes": "strikes",
    "iran.found_out": "covert work found", "iran.dash": "dash for material", "iran.material_made": "weapon-grade material",
    "iran.close_hormuz": "disrupts Hormuz", "iran.leader_lost": "leader lost", "iran.regime_falls": "regime falls",
    "iran.crack_down": "crackdown", "talks.convene": "formal talks", "talks.breaks_off": "break down",
    "talks.open_channel": "channel opens", "talks.agree_narrowly": "nuclear deal", "talks.agree_broadly": "broad deal",
    "talks.deal_fails": "deal dies",
    "talks.suspend": "suspended", "talks.resume": "resume", "gaza.resumes": "war returns to Gaza", "war.begins": "war begins",
    "war.ends": "fire stops", "war.escalate": "grows into a campaign", "war.relapse": "ceasefire breaks",
    "war.regional_starts": "three fronts under fire", "us.turn_light_up": "light turns up", "us.turn_light_down":
    "light turns down", "hezbollah.join_iran": "Hezbollah joins", "houthis.join_iran": "Houthis join",
    "militias.join_iran": "militias join", "hezbollah.act_alone": "Hezbollah fires", "houthis.act_alone": "Houthis fire",
    "militias.act_alone": "militias fire", "gaza.phase_two_announced": "phase two in Gaza", "us.threaten": "threat",
    "us.order_carrier": "orders a carrier",
}
"""What stands beside a mark; events that are not here have none."""


class Mark(NamedTuple):
    """An event on a lane; a central one is drawn full."""

    day: int
    event: str
    central: bool


def timeline(chronicle: Chronicle) -> Figure:
    """The picture of a chronicle."""
    run = chronicle.run
    with look.style():
        figure = Figure(figsize=SIZE)
        upper = figure.add_axes((0.105, 0.34, 0.875, 0.51))
        tension = figure.add_axes((0.105, 0.135, 0.875, 0.17))
        title = textwrap.wrap(chronicle.title, 96)
        figure.text(0.02, 0.975, "\n".join(title), size=13 if len(title) == 1 else 11.5, weight="bold", va="top")
        figure.text(0.02, 0.905, f"World {chronicle.world}: key events by date; filled marks are those that the headline came "
                                 "of or hung on", size=9.5, color=look.GREY, va="top")
        figure.text(0.02, 0.015, _caption(chronicle), size=7.2, color=look.GREY, va="bottom", linespacing=1.4)
        for axes in (upper, tension):
            look.time_axis(axes, run.days, run.scenario.date)
            _shade(axes, chronicle)
        _lanes(upper, chronicle)
        _tension(tension, chronicle)
    return figure


def _caption(chronicle: Chronicle) -> str:
    run = chronicle.run
    reading = ("Shaded: days of war with Iran. Below: tension, how close to fire everybody thinks it is, from 0 to 1.5. "
               f"Scenario {run.scenario.name}, one world of {run.size:,}, seed {run.seed}. {LIMITS}")
    return textwrap.fill(reading, 170)


def _shade(axes: Axes, chronicle: Chronicle) -> None:
    """War days in pale red."""
    for start, stop in wars(chronicle):
        x = look.dates(np.array([start, stop]), chronicle.run.scenario.date)
        axes.axvspan(x[0], max(x[1], x[0] + 1), color=look.ACTORS["war"], alpha=0.14, linewidth=0)


def wars(chronicle: Chronicle) -> list[tuple[int, int]]:
    """Stretches of days of war: the first, and the day after the last."""
    return spans(np.flatnonzero(chronicle.replay.series["war.on"][1:] > 0))


def spans(days: Array) -> list[tuple[int, int]]:
    """Unbroken stretches of rising days: first, and the day after the last."""
    if not len(days):
        return []
    breaks = np.flatnonzero(np.diff(days) > 1)
    starts, ends = np.r_[days[0], days[breaks + 1]], np.r_[days[breaks], days[-1]] + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def marks(chronicle: Chronicle) -> list[Mark]:
    """The events that stand on the lanes."""
    central = {(entry.day, entry.event) for entry in chronicle.entries if entry.central}
    return [Mark(one.day, one.event, one.occurrence in central or one in chronicle.chain)
            for one in chronicle.replay.happenings
            if one.event in SHORT and (told(one.event) or one.occurrence in central)]


def lanes(chronicle: Chronicle) -> Iterator[tuple[int, str, list[Mark]]]:
    """The row of each lane, its colour, and its marks, weighty ones first: they are given room for their words first."""
    shown = marks(chronicle)
    for row, (key, owners) in enumerate(LANES):
        own = [mark for mark in shown if mark.event.partition(".")[0] in owners]
        yield (row, look.ACTORS.get(key, look.ACTORS["hezbollah"]),
               sorted(own, key=lambda mark: (not mark.central, mark.event not in KEY_EVENTS, mark.day)))


def _lanes(axes: Axes, chronicle: Chronicle) -> None:
    axes.set_ylim(len(LANES) - 0.5, -0.5)
    axes.set_yticks(range(len(LANES)), [NAMES.get(key, look.PEOPLE.get(key, key)) for key, _ in LANES])
    axes.tick_params(axis="x", labelbottom=False, length=0)
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    for row, colour, shown in lanes(chronicle):
        axes.axhline(row + LINE, color=look.GRID, linewidth=0.8, zorder=0)
        _lane(axes, row, shown, colour, chronicle.run.scenario.date)


def _lane(axes: Axes, row: int, marks: list[Mark], colour: str, day_0: datetime.date) -> None:
    """Marks on a line, and words below them in the first free row; the rest stand without."""
    low, high = axes.get_xlim()
    taken: list[list[tuple[float, float]]] = [[] for _ in range(ROWS)]
    for mark in marks:
        x = float(look.dates(np.array([mark.day]), day_0)[0])
        axes.plot([x], [row + LINE], "o", markersize=6 if mark.central else 4.5, color=colour,
                  markerfacecolor=colour if mark.central else look.PAPER, clip_on=False, zorder=4 if mark.central else 3)
        place, words = (x - low) / (high - low), SHORT[mark.event]
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
    axes.set_ylim(0, 1.55)
    axes.set_yticks([0, 0.5, 1, 1.5])
    axes.set_ylabel("Tension")
