"""Pictures in a page: matplotlib figures as SVG that follows the page's type and colours."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator
from matplotlib.transforms import Bbox

from sim.report.figures import look
from sim.report.html.render import render

PAGE = {look.INK: "var(--ink)", look.GREY: "var(--soft)", look.GRID: "var(--line)", look.PAPER: "var(--card)"}
"""Colours of the pictures that are those of the page."""

WIDE, NARROW = (7.6, 3.7), (4.1, 3.3)
"""Inches of a picture in a page, and on a telephone."""

ROOM = 0.1
"""Inches left free around the axes and their labels."""

BODY = 0.9
"""Share of the height of a chart that its axes take; the rest is for names above them."""

FEW, SHORT = 5, 26
"""Dates at most along the axis of a narrow picture, and letters per line of a name at its side."""


def picture(figure: Figure, name: str, finding: str = "", heights: Sequence[float] = (WIDE[1], NARROW[1])) -> Markup:
    """A picture of axes that stand one above the other, in two widths, of which the page shows the one that fits.

    The figure's title, subtitle and caption become text of the page. `name` must be unique in the page; `finding` is what the
    picture shows in words, for those who do not see it: else its title, subtitle and labels.
    """
    title, subtitle, caption = _words(figure)
    says = finding or f"{title}. {subtitle}. At the right edge: {_labels(figure)}."
    sizes = {"wide": (WIDE[0], heights[0]), "narrow": (NARROW[0], heights[1])}
    shapes = [svg(_fitted(figure, size), f"{name}-{kind}", says, kind) for kind, size in sizes.items()]
    return render("figure", title, subtitle, Markup("").join(shapes), caption)


def chart(figure: Figure, name: str, finding: str) -> Markup:
    """A picture that needs all its width, so that a telephone shows it in a frame that scrolls sideways.

    Its title, subtitle and caption become text of the page; `name` and `finding` as for `picture`.
    """
    title, subtitle, caption = _words(figure)
    width, height = figure.get_size_inches()
    for axes in figure.axes:
        box = axes.get_position()
        axes.set_position((box.x0, 0.02, box.width, BODY))
        height *= box.height / BODY
        for text in axes.texts:
            text.set_path_effects([])  # the page draws the halo; here it would turn letters into shapes
    figure.set_size_inches(width, height)
    drawing = svg(figure, name, f"{title}. {finding}", "spread")
    return render("figure", title, subtitle, render("scrolled", title, drawing), caption)


def _words(figure: Figure) -> tuple[str, str, str]:
    """Take title, subtitle and caption out of a figure."""
    texts = [" ".join(text.get_text().split()) for text in figure.texts]
    while figure.texts:
        figure.texts[0].remove()
    title, subtitle, caption = texts
    return title, subtitle, caption.partition(" Scenario ")[0]


def _labels(figure: Figure) -> str:
    """The labels at the right of lines and areas, from the top down."""
    labels = [text for axes in figure.axes for text in axes.texts if isinstance(text, Annotation)]
    return ", ".join(text.get_text() for text in sorted(labels, key=lambda text: -text.xy[1]))


def _fitted(figure: Figure, size: tuple[float, float]) -> Figure:
    """The figure in that size, its axes as large as their labels leave room for and in their old proportions."""
    old = [axes.get_position() for axes in figure.axes]
    figure.set_size_inches(*size)
    if size[0] == NARROW[0]:
        for axes in figure.axes:
            _thin_out(axes)
    left, bottom, right, top = (inches / side for inches, side in zip(_margins(figure), (*size, *size), strict=True))
    low, high = min(box.y0 for box in old), max(box.y1 for box in old)
    stretch = (1 - bottom - top) / (high - low)
    for axes, box in zip(figure.axes, old, strict=True):
        axes.set_position((left, bottom + stretch * (box.y0 - low), 1 - left - right, stretch * box.height))
    return figure


def _margins(figure: Figure) -> Any:
    """Inches that the labels of the axes need on the left, below, on the right and above."""
    for axes in figure.axes:
        axes.set_position((0.3, axes.get_position().y0, 0.4, axes.get_position().height))
    with look.style():
        figure.draw_without_rendering()
    outer = Bbox.union([box for axes in figure.axes if (box := axes.get_tightbbox()) is not None])
    inner = Bbox.union([axes.get_window_extent() for axes in figure.axes])
    return np.array([inner.x0 - outer.x0, inner.y0 - outer.y0, outer.x1 - inner.x1, outer.y1 - inner.y1]) / figure.dpi + ROOM


def _thin_out(axes: Any) -> None:
    """Fewer dates along the axis, if it has dates, and long names in more lines."""
    locator = axes.xaxis.get_major_locator()
    if hasattr(locator, "maxticks"):
        locator.minticks, locator.maxticks = 2, dict.fromkeys(locator.maxticks, FEW)
    if isinstance(axes.yaxis.get_major_locator(), FixedLocator):
        names = [textwrap.fill(" ".join(label.get_text().split()), SHORT) for label in axes.get_yticklabels()]
        axes.set_yticks(axes.get_yticks(), names, size=7.5)


def svg(figure: Figure, name: str, says: str, class_: str = "") -> Markup:
    """A figure as SVG that can stand in a page: its ids begin with `name`, its text is text, its colours are variables."""
    drawn = io.StringIO()
    with look.style(), matplotlib.rc_context({"svg.fonttype": "none"}):
        figure.savefig(drawn, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    opening, body = drawn.getvalue().split("<svg", 1)[1].removesuffix("</svg>\n").split(">", 1)
    box = opening.split('viewBox="')[1].split('"')[0]
    return render("svg", Markup(_adapted(body, name)), box, says, class_)


def _adapted(body: str, name: str) -> str:
    body = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>|<!--.*?-->|<defs>\s*</defs>", "", body, flags=re.S)
    body = re.sub(r'(id="|xlink:href="#|url\(#)', rf"\g<1>{name}-", body)
    body = re.sub(r"<(\w+)[^>]*>", _element, body)
    return re.sub(r">\s+<", "><", body)


def _element(match: re.Match[str]) -> str:
    """The start of an element, in the page's type and colours, with numbers as fine as an eye can tell."""
    kind = "text" if match[1] == "text" else "shape"
    start = re.sub(r" font-family: [^;]*;", "", match[0])
    start = re.sub(r"#[0-9a-f]{6}(?=[;\"])", lambda found: PAGE.get(found[0], f"var(--{kind}-{found[0][1:]})"), start)
    return re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), start)
