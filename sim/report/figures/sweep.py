"""The pictures of a study: what an outcome depends on, under which conditions it comes, where it flips, what is luck in it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.sensitivity.breakeven import GRID, BreakEven, Frontier
from sim.analysis.sensitivity.prim import Box, Discovery, number
from sim.analysis.sensitivity.sobol_morris import Sensitivity
from sim.analysis.sensitivity.table import Answers
from sim.analysis.sensitivity.variance import Variance
from sim.engine import Array
from sim.ensemble.estimates import Z90
from sim.ensemble.study.store import Store
from sim.report.figures import look
from sim.report.text.outcomes import signed
from sim.words import LIMITS, two_digits, typeset

MOST = 16
CURVES = 5
LEFT, RIGHT = 0.36, 0.96
ROW, ABOVE, BELOW = 0.27, 1.05, 1.2
"""Inches: a row, and what lies above and below the rows."""
PALE = "#d9d9d9"


def _sheet(store: Store, answers: Answers, wider: float, height: float, title: str, subtitle: str, reading: str) -> Figure:
    """A picture of that height and so much wider than a page's text, in inches, with its words and what it was made from."""
    width = look.SIZE[0] + wider
    figure = look.Picture(figsize=(width, height))
    covered = "Intervals cover which sets were drawn and the luck that all share. " if answers.has_luck else ""
    caption = (f"{reading} {covered}Study {store.study.title!r}, scenario {answers.scenario}: {len(answers):,} parameter sets, "
               f"{int(answers.worlds.sum()):,} simulated worlds, seed {store.study.seed}. {LIMITS}")
    words = (textwrap.shorten(title, 88, placeholder=" ..."), textwrap.fill(subtitle, int(13.6 * width)),
             textwrap.fill(caption, int(17.2 * width)))
    look.put_words(figure, words, (1 - 0.15 / height, 1 - 0.47 / height, 0.1 / height), (12.5, 9), (1.4, 1.4))
    return figure


def _rows(axes: Axes, names: Sequence[str]) -> Array:
    """Names down the side, the first on top."""
    at = np.arange(len(names))[::-1]
    look.name_rows(axes, at, names, 8.2)
    axes.set_ylim(-0.7, max(len(names), 3) - 0.3)
    return at


def tornado(store: Store, found: Sensitivity) -> Figure:
    """One bar per parameter, the most important on top, with its 90 % interval."""
    rows, here = found.table.head(MOST), found.answers
    subtitle, reading, label = _said(found)
    height = ABOVE + BELOW + ROW * max(len(rows), 3)
    with look.style():
        figure = _sheet(store, here, 1.0, height, f"What it hangs on: {here.outcome.says}", subtitle, reading)
        axes = figure.add_axes((LEFT, BELOW / height, RIGHT - LEFT, 1 - (ABOVE + BELOW) / height))
        at, colours = _rows(axes, list(rows["parameter"])), [look.colour_of(name) for name in rows["parameter"]]
        low, high = (end[:MOST] for end in found.ends())
        alpha = 0.4 if found.method == "sobol" else 0.85
        axes.barh(at, rows[found.main], height=0.62, color=colours, alpha=alpha, linewidth=0)
        if found.method == "sobol":
            axes.barh(at, rows["first"], height=0.34, color=colours, alpha=1.0, linewidth=0)
        axes.hlines(at, low, high, color=look.INK, linewidth=1.1)
        if found.method == "morris":
            axes.plot(rows["luck"], at, "|", color=look.GREY, markersize=11, markeredgewidth=1.6)
        elif found.main == "first":
            axes.axvline(found.floor, color=look.GREY, linewidth=0.9, linestyle=(0, (3, 3)))
            _effects(axes, at, found, high)
        reach = max(float(high.max()), 2 * found.floor if found.main == "first" else 0, -float(low.min()) / 4)
        axes.set_xlim(min(1.06 * float(low.min()), 0), 1.12 * reach)
        axes.axvline(0, color=look.INK, linewidth=0.6)
        axes.set_xlabel(label)
        if found.main in ("mu_star", "effect") and here.share:
            axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:g}"))
    return figure


def _said(found: Sensitivity) -> tuple[str, str, str]:
    """Subtitle, how to read it, and the axis's label."""
    if found.method == "sobol":
        return (f"Share of the variance from set to set. Alone, all parameters explain {found.explained:.2f} ± "
                f"{found.explained_error:.2f} of 1",
                "Dark: what a parameter explains alone; pale: with others too (Sobol's first and total index, freed of luck); "
                "lines: 90 % intervals of the total.", "share of the variance")
    if found.method == "morris":
        return ("How far it moves if one parameter crosses its whole range",
                "Bars: mean size of the effect (Morris's mu*) with its 90 % interval; marks: what luck alone would show.",
                "points of a hundred" if found.answers.share else found.answers.outcome.unit)
    if found.doubt:
        return ("How far it moves from the low to the high end of each parameter; too little to tell shares of the variance",
                "Bars: change from the 5 % to the 95 % point of the parameter's range, with its 90 % interval.",
                "points of a hundred" if found.answers.share else found.answers.outcome.unit)
    clear = int(found.table["clear"].sum())
    return (f"Share of the variance from set to set that each explains alone; {clear} of {len(found.table)} stand clear of "
            f"chance, and all explain {found.explained:.2f} ± {found.explained_error:.2f} of 1",
            "Bars: first-order indices from curves, freed of luck, with 90 % intervals; dashed: what the strongest of idle "
            "parameters would show; numbers: change of the outcome from the 5 % to the 95 % point of the parameter's range"
            + (", in points." if found.answers.share else "."), "share of the variance")


def _effects(axes: Axes, at: Array, found: Sensitivity, ends: Array) -> None:
    """The effect of each parameter on the outcome, at the end of its bar."""
    for y, end, row in zip(at, ends, found.table.head(MOST).itertuples(), strict=True):
        size = f"{100 * row.effect:+.0f}" if found.answers.share else signed(row.effect)
        axes.annotate(typeset(size), (end, y), xytext=(5, 0), textcoords="offset points",
                      va="center", size=7.8, color=look.GREY)


def boxes(store: Store, found: Discovery) -> Figure:
    """The peeling by PRIM, and the limits of the boxes in which the outcome is common and rare."""
    here = found.answers
    both = (("common", look.RISES, found.high), ("rare", look.FALLS, found.low))
    shown = [(title, ink, box) for title, ink, box in both if box is not None]
    limited = {limit.parameter for _, _, box in shown for limit in box.region.limits}
    names = [name for name in found.looked_at if name in limited]
    reading = ("Left: outcome and size of the boxes that PRIM peeled off, in the half of the sets in which they were found; "
               "dots: the boxes that are told, in the other half. Right: their limits, as places among each parameter's "
               "values.")
    with look.style():
        title = f"Under which conditions: {here.outcome.says}"
        figure = _sheet(store, here, 1.6, 4.6, title, _boxes_said(here, shown), reading)
        left, right = figure.add_axes((0.075, 0.25, 0.31, 0.5)), figure.add_axes((0.66, 0.25, 0.31, 0.5))
        _peelings(left, here, shown)
        _limits(right, here, names, shown)
    return figure


def _boxes_said(answers: Answers, shown: list[tuple[str, str, Box]]) -> str:
    if not shown:
        return "No box holds up in the half of the sets that was held back"

    def scale(mean: float) -> str:
        return f"in {100 * mean:.0f} of 100 worlds" if answers.share else f"{two_digits(mean)} on average"

    parts = [f"{scale(box.region.density)} where it is {title} ({100 * box.region.mass:.0f} % of the sets)"
             for title, _, box in shown]
    return "; ".join([f"{scale(answers.mean).capitalize()} over all sets", *parts])


def _peelings(axes: Axes, answers: Answers, shown: list[tuple[str, str, Box]]) -> None:
    for title, ink, box in shown:
        axes.plot(box.peeling["mass"], box.peeling["density"], color=ink, linewidth=1.4)
        region = box.region
        axes.errorbar([region.mass], [region.density], yerr=Z90 * region.error, fmt="o", color=ink, markersize=6, linewidth=1.1)
        axes.annotate(title, (region.mass, region.density), xytext=(9, 4), textcoords="offset points", color=ink, size=8.5)
    axes.axhline(answers.mean, color=look.GREY, linewidth=0.8)
    axes.set(xlim=(1.02, 0), xlabel="share of the sets inside")
    axes.set_title("worlds with it, of 100" if answers.share else answers.outcome.unit or "mean", size=8.5, loc="left",
                   color=look.GREY)
    if answers.share:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f}"))


def _limits(axes: Axes, answers: Answers, names: list[str], shown: list[tuple[str, str, Box]]) -> None:
    at = dict(zip(names, _rows(axes, names), strict=True))
    for i, (_, ink, box) in enumerate(shown):
        for limit in box.region.limits:
            column = answers.values[:, answers.names.index(limit.parameter)]
            y, low, high = at[limit.parameter] + 0.17 - 0.34 * i, (column < limit.low).mean(), 1 - (column > limit.high).mean()
            axes.barh(y, high - low, left=low, height=0.28, color=ink, alpha=0.35 + 0.5 * limit.stable, linewidth=0)
            for edge, value, side in ((low, limit.low, "right"), (high, limit.high, "left")):
                if not np.isnan(value):
                    axes.annotate(number(value), (edge, y), xytext=(-3 if side == "right" else 3, 0), ha=side, va="center",
                                  textcoords="offset points", size=7, color=ink)
    axes.set(xlim=(0, 1), xlabel="place among its values, lowest to highest")


def breakeven(store: Store, found: BreakEven) -> Figure:
    """The gap along what moves it most, and the plane of the two parameters with the clearest frontier."""
    here, wide = found.answers, found.frontier is not None
    other = f"the level {100 * found.other:g} %" if isinstance(found.other, float) and here.share else str(found.other)
    flips = int(found.table["flips"].sum())
    said = f"{flips} parameter{'s' * (flips != 1)} alone make{'s' * (flips == 1)} the answer flip" if flips else \
        "No parameter alone makes the answer flip within its range"
    reading = ("Left: the gap along each parameter, the others averaged; dots with lines: where it passes zero, and the 90 % "
               "interval (moved apart to be seen)."
               + (" Right: the gap over two parameters; black: where it is zero." if wide else ""))
    with look.style():
        title = f"Where the answer flips: {here.outcome.id} against {other}"
        figure = _sheet(store, here, 2.2 * wide, 4.6, title, said, reading)
        left = figure.add_axes((0.08, 0.25, 0.27 if wide else 0.63, 0.52))
        _gaps(left, found)
        if found.frontier is not None:
            _plane(figure, figure.add_axes((0.665, 0.25, 0.25, 0.52)), found.frontier, here.share)
    return figure


def _gaps(axes: Axes, found: BreakEven) -> None:
    rows = found.table[found.table["clear"]].head(CURVES)
    axes.axhline(0, color=look.INK, linewidth=0.9)
    labels: list[look.Label] = []
    for i, row in enumerate(rows.itertuples()):
        number_ = found.answers.names.index(row.parameter)
        ink, dashes = look.colour_of(row.parameter), ("solid", (0, (4, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (8, 3)))[i]
        curve = found.curves[number_]
        axes.plot(GRID, curve, color=ink, linewidth=1.5, linestyle=dashes)
        labels.append((float(curve[-1]), row.parameter, ink))
        if row.flips:
            column = found.answers.values[:, number_]
            low, at, high = ((column < value).mean() for value in (row.low, row.value, row.high))
            height = 0.025 * (found.curves.max() - found.curves.min()) * ((i + 1) // 2) * (-1) ** i
            axes.plot([low, high], [height, height], color=ink, linewidth=1.6, linestyle=dashes)
            axes.plot([at], [height], "o", color=ink, markersize=5)
    axes.set(xlim=(0, 1), xlabel="place among the parameter's values")
    axes.set_title("gap, in points" if found.answers.share else f"gap, {found.answers.outcome.unit}", size=8.5, loc="left",
                   color=look.GREY)
    if found.answers.share:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: typeset(f"{100 * y:.0f}")))
    look.label_right(axes, labels)


def _plane(figure: Figure, axes: Axes, frontier: Frontier, share: bool) -> None:
    reach = float(np.abs(frontier.gap).max())
    levels = MaxNLocator(11, symmetric=True).tick_values(-reach, reach)
    drawn = axes.contourf(frontier.x, frontier.y, frontier.gap, levels=levels, cmap="RdBu_r", alpha=0.85)
    axes.contour(frontier.x, frontier.y, frontier.gap, levels=[0], colors=look.INK, linewidths=1.6)
    axes.set_xlabel(frontier.first, size=8.2)
    axes.set_ylabel(frontier.second, size=8.2)
    axes.grid(visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    bar = figure.colorbar(drawn, cax=figure.add_axes((0.93, 0.25, 0.012, 0.52)))
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=7)
    if share:
        bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: typeset(f"{100 * y:.0f}")))


def variance(store: Store, found: Variance) -> Figure:
    """Shares of luck and of parameters, and how much uncertainty knowing those of each actor and arena would remove."""
    here, rows = found.answers, found.groups
    reading = ("Above: shares of the variance of what happens in one world, and of the sets' means. Below: by how much the "
               "variance of the mean from set to set would fall if all parameters of one were known, with 90 % intervals.")
    said = (f"Parameters are {100 * found.of_world.value:.0f} % of what happens in one world, and "
            f"{100 * found.of_means.value:.0f} % of how sets' means differ")
    height = ABOVE + BELOW + 1.0 + ROW * max(len(rows), 3)
    with look.style():
        figure = _sheet(store, here, 1.0, height, f"Luck or parameters: {here.outcome.says}", said, reading)
        upper = figure.add_axes((0.2, 1 - (ABOVE + 0.5) / height, RIGHT - 0.2, 0.62 / height))
        _luck(upper, found)
        lower = figure.add_axes((0.2, BELOW / height, RIGHT - 0.2, ROW * max(len(rows), 3) / height))
        at = _rows(lower, list(rows["people"]))
        colours = [look.colour_of(key) for key in rows["group"]]
        lower.barh(at, rows["fall"], height=0.62, color=colours, alpha=0.85, linewidth=0)
        lower.hlines(at, rows["low"], rows["high"], color=look.INK, linewidth=1.1)
        lower.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.0f} %"))
        lower.set_xlim(*((min(1.06 * float(rows["low"].min()), 0), max(0.05, 1.1 * float(rows["high"].max()))) if len(rows)
                         else (0, 0.05)))
        lower.set_xlabel("expected fall in the variance, if known")
    return figure


def _luck(axes: Axes, found: Variance) -> None:
    for y, part in ((1, found.of_world), (0, found.of_means)):
        axes.barh(y, part.value, height=0.6, color="#332288", linewidth=0)
        axes.barh(y, 1 - part.value, left=part.value, height=0.6, color=PALE, linewidth=0)
        axes.annotate(f"{100 * part.value:.0f} %", (part.value, y), xytext=(4, 0), textcoords="offset points", va="center",
                      size=8)
    axes.set_yticks([1, 0], ["one world", "means of sets"], size=8.2)
    axes.tick_params(axis="y", colors=look.INK)
    axes.set(xlim=(0, 1), xticks=[])
    axes.grid(visible=False)
    axes.spines[["bottom", "left"]].set_visible(False)
    axes.annotate("parameters", (0, 1.05), xycoords="axes fraction", size=8, color="#332288", va="bottom")
    axes.annotate("luck", (1, 1.05), xycoords="axes fraction", size=8, color=look.GREY, va="bottom", ha="right")
