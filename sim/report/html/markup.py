"""HTML made of elements: what is not HTML already is escaped, and every element is closed, by construction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape, unescape
from typing import Any, TypeAlias

VOID = {"meta", "br", "wbr", "rect", "circle", "path"}
"""Elements that hold nothing."""


class Html(str):
    """Text that is HTML already."""


Part: TypeAlias = "str | Iterable[Part]"
"""What an element can hold: text, HTML, or any number of either."""


def html(*parts: Part) -> Html:
    """Parts one after the other; text among them is escaped."""
    return Html("".join(_one(part) for part in parts))


def _one(part: Part) -> str:
    if isinstance(part, Html):
        return part
    return escape(part) if isinstance(part, str) else html(*part)


def tag(name: str, /, *inside: Part, **attributes: Any) -> Html:
    """An element. `class_` stands for class, `aria_label` for aria-label; True is an attribute without value; None none."""
    shown = "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    return Html(f"<{name}{shown}/>" if name in VOID else f"<{name}{shown}>{html(*inside)}</{name}>")


def _attribute(key: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    return f" {key}" if value is True else f' {key}="{escape(str(value))}"'


def breakable(name: str) -> Html:
    """A name of the model that may break after a dot or an underscore, and can be copied whole."""
    return Html(re.sub(r"([._])", r"\1<wbr/>", escape(name)))


def paragraphs(*texts: Part, class_: str | None = None) -> Html:
    """A paragraph each."""
    return html(*(tag("p", text, class_=class_) for text in texts))


def bullets(items: Iterable[Part], class_: str | None = None) -> Html:
    """A list."""
    return tag("ul", (tag("li", item) for item in items), class_=class_)


def terms(pairs: Iterable[tuple[Part, Part]]) -> Html:
    """Names and what they stand for."""
    return tag("dl", (tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs))


def table(caption: Part, columns: Sequence[Part], rows: Iterable[Sequence[Part]], numbers: Iterable[int] = (),
          wide: Iterable[int] = (), class_: str | None = None) -> Html:
    """A table in a frame that scrolls sideways if it must.

    Parameters
    ----------
    rows : cells; the first of each is the header of its row; of a row of one cell, the header of those that follow
    numbers : columns that are set flush right
    wide : columns that a narrow screen leaves out
    """
    kinds = [" ".join(name for name, some in (("n", numbers), ("wide", wide)) if i in some) or None
             for i in range(len(columns))]
    head = tag("tr", (tag("th", name, scope="col", class_=kind) for name, kind in zip(columns, kinds, strict=True)))
    body = (_row(row, kinds) for row in rows)
    whole = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", body), class_=class_)
    return tag("div", whole, class_="scroll", tabindex=0, role="region", aria_label=plain(html(caption)))


def _row(row: Sequence[Part], kinds: Sequence[str | None]) -> Html:
    first, *others = row
    if not others and len(kinds) > 1:
        return tag("tr", tag("th", first, colspan=len(kinds), scope="rowgroup"), class_="group")
    cells = (tag("td", cell, class_=kind) for cell, kind in zip(others, kinds[1:], strict=True))
    return tag("tr", tag("th", first, scope="row"), cells)


def plain(text: Html) -> str:
    """The text of some HTML."""
    return unescape(re.sub(r"<[^>]*>", "", text))


def folded(summary: Part, *inside: Part) -> Html:
    """What opens when asked for."""
    return tag("details", tag("summary", summary), *inside)
