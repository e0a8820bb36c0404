"""Colours that are legible on light and on dark paper, made from those of the pictures."""

from __future__ import annotations

import re
from functools import lru_cache

LIGHT, DARK = "#ffffff", "#1b1f25"
"""The paper of cards and pictures."""

TEXT, SHAPE = 4.5, 3.0
"""Least contrast of text and of shapes with the paper (WCAG 2.2, AA)."""


def luminance(colour: str) -> float:
    """Relative luminance of a colour like "#0072b2": 0 black, 1 white."""
    channels = (value / 255 for value in bytes.fromhex(colour[1:]))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours: 1 none, 21 black and white."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache
def legible(colour: str, paper: str, least: float) -> str:
    """The colour, moved toward black or white until it stands out from the paper."""
    away = "#000000" if luminance(paper) > 0.5 else "#ffffff"
    return next(mixed for step in range(51) if contrast(mixed := _mix(colour, away, step / 50), paper) >= least)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return f"#{bytes(round(255 * (a / 255 + share * (b / 255 - a / 255))) for a, b in pairs).hex()}"


def definitions(page: str) -> str:
    """CSS that gives each colour that a page names (`var(--text-0072b2)`, `var(--shape-0072b2)`) its value on either paper."""
    made = []
    for kind, digits in sorted(set(re.findall(r"var\(--(text|shape)-([0-9a-f]{6})\)", page))):
        colour, least = f"#{digits}", TEXT if kind == "text" else SHAPE
        light = legible(colour, LIGHT, least) if kind == "text" else colour  # shapes: chosen for light paper
        made.append(f"--{kind}-{digits}: light-dark({light}, {legible(colour, DARK, least)});")
    return " ".join(made)
