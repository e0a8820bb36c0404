"""The frame of every report: one HTML file that opens without a network, needs no script, and prints."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from sim.report.html import colours
from sim.report.html.render import SHEET, fill

HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')
"""A heading of a section, as the macro `section` makes it."""


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
