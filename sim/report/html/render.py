"""Templates filled with words: parts of pages and whole ones; what is not HTML already is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf, isfinite
from pathlib import Path
from typing import Any, TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from sim.errors import visible
from sim.report.html import colours
from sim.words import LIMITS, SPANS, WORDS

Row: TypeAlias = "Sequence[str | tuple[str, ...]]"
"""A row of a table: cells of text, or of text and notes below it; of one cell alone, the header of the rows that follow."""

HERE = Path(__file__).parent

SHEET = HERE / "brink.css"
"""The one style sheet, of reports and of the dashboard."""

HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')
"""A heading of a section, as the macro `section` makes it."""


def breakable(name: str) -> Markup:
    """A name of the model that may break after a dot or an underscore, and can be copied whole."""
    return Markup(re.sub(r"([._])", r"\1<wbr/>", str(escape(name))))


def in_css(text: str) -> Markup:
    """Text that can stand between quotation marks in a style sheet: letters, digits and a few signs, the rest left out."""
    return Markup("".join(sign for sign in text if sign.isalnum() or sign in " ,.:;()-%'±"))


def shown(word: Any) -> Any:
    """A word of a page, with the signs named that would act unseen there, or in a terminal that shows its source."""
    if not isinstance(word, str) or word.isprintable():
        return word
    return Markup(visible(word)) if isinstance(word, Markup) else visible(word)


ENVIRONMENT = Environment(loader=FileSystemLoader(HERE), autoescape=select_autoescape(), finalize=shown,
                          undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
ENVIRONMENT.filters |= {"breakable": breakable, "in_css": in_css}
ENVIRONMENT.globals |= {"LIMITS": LIMITS, "SCALE": tuple(zip(WORDS, SPANS, strict=True))}
MACROS = ENVIRONMENT.get_template("macros.html").module


def fill(template: str, **words: Any) -> Markup:
    """A template of this folder filled with words. Raises `jinja2.UndefinedError` if it names one that is not given."""
    return Markup(ENVIRONMENT.get_template(template).render(words))


def render(macro: str, /, *words: Any, **named: Any) -> Markup:
    """A part of a page, made by the macro of that name in macros.html."""
    made: Markup = getattr(MACROS, macro)(*words, **named)
    return made


def range_plot(says: str, value: float | None, low: float | None = None, high: float | None = None,
               band: Sequence[float] | None = None, observed: float | None = None, passed: bool = True) -> Markup:
    """The model's number and band on a line, between the range wanted and what was observed; each may be None.

    The line has some room at both ends. If one end of the range is None or infinite, it reaches to that of the line.
    """
    bounds = [end for end in (low, high) if end is not None and isfinite(end)]
    others = [point for point in (value, *(band or ()), observed) if point is not None]
    first, last = min(bounds + others), max(bounds + others)
    room = 0.12 * (last - first) or 1.0
    first, last = first - room, last + room

    def at(point: float | None) -> float | None:
        return None if point is None else (min(max(point, first), last) - first) / (last - first)
    wanted = (at(-inf if low is None else low), at(inf if high is None else high)) if bounds else None
    return render("strip", says, at(value), band and (at(band[0]), at(band[1])), wanted, at(observed), not passed)


def page(template: str, title: str, running: str = "", **words: Any) -> str:
    """A whole page; the same text for the same words.

    Parameters
    ----------
    template : of what stands in the page, with its h1 and sections
    title : of the window
    running : the head of each printed page; else the title
    words : what the template is filled with
    """
    body = fill(template, title=title, **words)
    contents = [(id, Markup(heading)) for id, heading in HEADING.findall(body)]
    return str(fill("page.html", title=title, running=running or title, body=body, contents=contents,
                    sheet=Markup(SHEET.read_text("utf-8")), colours=Markup(colours.definitions(body))))
