"""The frame of every report: one HTML file that opens without a network, needs no script, and prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.report.html import colours
from sim.report.html.markup import Html, Part, html, tag
from sim.report.html.style import sheet


@dataclass(frozen=True)
class Section:
    """A part of a page with a heading, to which the table of contents leads.

    Parameters
    ----------
    id : what its address ends with
    title : its heading
    body : what stands below
    """

    id: str
    title: str
    body: Part


def page(title: str, top: Part, sections: Sequence[Section], bottom: Part = "", running: str = "") -> str:
    """A whole page; the same text for the same parts.

    Parameters
    ----------
    title : of the window
    top : what stands above the first section, with the h1
    bottom : what stands at the end
    running : the head of each printed page; else the title
    """
    main = tag("main", tag("header", top), (_section(section) for section in sections),
               tag("footer", bottom) if bottom else "", id="main")
    frame = tag("div", _contents(sections), main, class_="frame guided")
    body = tag("body", tag("a", "Skip to the text", href="#main", class_="skip"), frame)
    style = sheet(colours.definitions(body, colours.LIGHT), colours.definitions(body, colours.DARK), running or title)
    screen = tag("meta", name="viewport", content="width=device-width, initial-scale=1")
    head = tag("head", tag("meta", charset="utf-8"), screen, tag("title", title), tag("style", Html(style)))
    return f"<!doctype html>\n{tag('html', head, Html(chr(10)), body, lang='en')}\n"


def _section(section: Section) -> Html:
    return html(Html("\n"), tag("section", tag("h2", section.title, id=section.id), section.body))


def _contents(sections: Sequence[Section]) -> Html:
    links = (tag("li", tag("a", section.title, href=f"#{section.id}")) for section in sections)
    return tag("nav", tag("ol", links), aria_label="Contents")
