"""Whether what was called likely came true as often: probabilities in groups against how often they came true."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sim.ensemble.survival import wilson
from sim.report.figures import look
from sim.words import WORDS, word


def groups(pairs: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """Mean probability, share that came true, and number of the pairs in each step of the verbal scale that holds any."""
    steps = [np.array([pair for pair in pairs if word(pair[0]) == name]) for name in WORDS]
    return [(float(step[:, 0].mean()), float(step[:, 1].mean()), len(step)) for step in steps if len(step)]


def calibration(pairs: Sequence[tuple[float, bool]], about: str) -> Figure:
    """Shares that came true against the probabilities said, with a 90 % interval for each group."""
    said, came, sizes = np.array(groups(pairs)).reshape(-1, 3).T
    with look.style():
        figure, axes = look.canvas(
            "What was said and what came", "Share that came true among questions and deadlines of about the same probability",
            "Dots: groups by the verbal scale, with their size and a 90 % interval as if each were independent, which "
            f"deadlines of one question are not. Line: where dots lie if probabilities mean what they say. {about}")
        axes.plot([0, 1], [0, 1], color=look.GREY, linewidth=1)
        axes.vlines(said, *wilson(came, sizes), color=look.ACTORS["us"], linewidth=1.5, alpha=0.5)
        axes.plot(said, came, "o", color=look.ACTORS["us"], markersize=6)
        for x, y, n in zip(said, came, sizes, strict=True):
            axes.annotate(f"{n:.0f}", (x, y), xytext=(7, 5), textcoords="offset points", size=8.5, color=look.INK)
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.04, 1.04)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        axes.set_xlabel("Probability said")
    return figure
