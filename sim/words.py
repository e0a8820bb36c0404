"""Numbers for people: probability words of ICD-203, and never more than two digits that mean something."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right

BOUNDS = (0.05, 0.20, 0.45, 0.55, 0.80, 0.95)
WORDS = ("remote", "very unlikely", "unlikely", "about even", "likely", "very likely", "nearly certain")
SPANS = ("up to 5 %", "5 to 20 %", "20 to 45 %", "45 to 55 %", "55 to 80 %", "80 to 95 %", "95 % or more")
"""The scale of Intelligence Community Directive 203: 5 % is still remote, 95 % already nearly certain."""


def word(probability: float) -> str:
    """The word for a probability; nothing for NaN.

    Each bound belongs to the word that lies farther from even.
    """
    if math.isnan(probability):
        return ""
    side = bisect_left if probability < 0.5 else bisect_right
    return WORDS[side(BOUNDS, probability)]


def phrase(probability: float) -> str:
    """The word with the range that it stands for, like "unlikely (20 to 45 %)"."""
    name = word(probability)
    return f"{name} ({SPANS[WORDS.index(name)]})" if name else ""


def two_digits(value: float) -> str:
    """A number with two significant digits, like "1,200", "0.057" or "-3.4"; "-" for NaN."""
    if not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    decimals = 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, decimals)
    return f"{rounded:,.{max(0, 1 - math.floor(math.log10(abs(rounded))))}f}"


def percent(share: float) -> str:
    """A share in percent, like "34 %", "1.2 %" or "> 99.9 %"; "-" for NaN."""
    if math.isnan(share):
        return "-"
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    if share < 0.001:
        return "< 0.1 %"
    if share > 0.999:
        return "> 99.9 %"
    digits = 1 if min(share, 1 - share) < 0.0995 and (share < 0.0995 or share > 0.985) else 0
    return f"{100 * share:.{digits}f} %"
