"""The doors through which text from outside reaches a page as Markdown. Into HTML it goes by `render`, which escapes it."""

from __future__ import annotations

import re

from sim.errors import printable

SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&=])")
LINKS = re.compile(r"(?<=\\:)(?=\S)|(?<=www)(?=\\\.)|(?=@)", re.IGNORECASE)
"""Places in escaped text where a browser would still see a link, an address or the name of a symbol."""

JOINER = "\N{WORD JOINER}"
"""A sign that nobody sees and that no link has."""


def literal(text: object) -> str:
    """Text that is shown as it is, on one line: it can draw no link, picture, heading or symbol."""
    return LINKS.sub(JOINER, SIGNS.sub(r"\\\1", _seen(text)))


def code(text: object) -> str:
    """Text as code, whatever backticks are in it."""
    shown = _seen(text) or " "
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"{fence} {shown} {fence}" if "`" in shown else f"{fence}{shown}{fence}"


def _seen(text: object) -> str:
    """Text on one line, in which signs that would act unseen are named."""
    return printable(" ".join(str(text).split()))
