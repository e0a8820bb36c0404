"""Words for people: numbers and days, probability words of ICD-203, and the one door through which text reaches a terminal.

What is printed may come from outside: control characters in it are shown, not sent.
"""

from __future__ import annotations

import codecs
import datetime
import math
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from unicodedata import normalize

LIMITS = ("An educational what-if on public figures: what the model says under its assumptions, not a forecast of the "
          "world.")
"""The note below every result."""

BOUNDS = (0.05, 0.20, 0.45, 0.55, 0.80, 0.95)
WORDS = ("remote", "very unlikely", "unlikely", "about even", "likely", "very likely", "nearly certain")
SPANS = ("up to 5 %", "5 to 20 %", "20 to 45 %", "45 to 55 %", "55 to 80 %", "80 to 95 %", "95 % or more")
"""The scale of Intelligence Community Directive 203: 5 % is still remote, 95 % already nearly certain."""


def word(probability: float) -> str:
    """The word for a probability that is given; nothing for NaN. An estimate has its own, `Estimate.word`.

    Each bound belongs to the word that lies farther from even.
    """
    if math.isnan(probability):
        return ""
    side = bisect_left if probability < 0.5 else bisect_right
    return WORDS[side(BOUNDS, probability)]


def phrase(name: str) -> str:
    """A word with the range that it stands for, like "unlikely (20 to 45 %)"; what is no word of the scale as it is."""
    return f"{name} ({SPANS[WORDS.index(name)]})" if name in WORDS else name


TOO_FEW = "too few to tell"
"""What stands in place of a word, a band or a verdict for which there are too few worlds or parameter sets."""


def two_digits(value: float) -> str:
    """A number with two significant digits, like "1,200", "0.057" or "-3.4"; "-" for NaN."""
    if not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    decimals = 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, decimals)
    return f"{rounded:,.{max(0, 1 - math.floor(math.log10(abs(rounded))))}f}"


def count(number: int, noun: str, plural: str = "") -> str:
    """So many of something, like "1 world" or "1,200 worlds"; `plural` where that is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def numbers(value: float | Sequence[float]) -> str:
    """A value as it was set, or those of several entries, like "0.25" or "1 0.5 0"."""
    return " ".join(f"{number:g}" for number in (value if isinstance(value, Sequence) else (value,)))


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
    digits = 1 if share < 0.0995 or share > 0.985 else 0
    return f"{100 * share:.{digits}f} %"


def points(difference: float) -> str:
    """A difference of shares in points of a hundred, with its sign, like "+1.3" or "-0.02"; "-" for NaN."""
    if not math.isfinite(difference):
        return "-"
    value = 100 * difference
    return "0" if value == 0 else f"{value:+.{1 if abs(value) >= 0.1 else 2}f}"


def error_points(error: float) -> str:
    """A standard error of a share in points of a hundred, a tenth of one at least, like "1.1"; "unknown" for NaN."""
    return "unknown" if math.isnan(error) else f"{max(100 * error, 0.1):.1f}"


def typeset(number: str) -> str:
    """A number as a page has it: with a minus sign, which is wider than a hyphen."""
    return number.replace("-", "\N{MINUS SIGN}")


def of_hundred(share: float) -> str:
    """Worlds of a hundred, like "66", "fewer than 1" or "more than 99"."""
    if 0 < share < 0.005:
        return "fewer than 1"
    return "more than 99" if 0.995 < share < 1 else f"{100 * share:.0f}"


def shared_out(counts: Sequence[int], whole: int = 100) -> list[int]:
    """Whole numbers that add up to `whole` and are as near as can be to the shares of `counts` (largest remainders)."""
    exact = [whole * count / max(sum(counts), 1) for count in counts]
    shares = [int(part) for part in exact]
    by_remainder = sorted(range(len(counts)), key=lambda i: shares[i] - exact[i])
    for i in by_remainder[:whole - sum(shares)] if any(counts) else ():
        shares[i] += 1
    return shares


def is_unicode(text: str) -> bool:
    """Whether a file can hold a text: a lone half of a pair of surrogates is no character."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "7, 12 and 40"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


BANDS = (0, 1, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)
"""Deaths are given in bands, never as a number."""


def band(low: float, high: float | None = None) -> str:
    """The band of deaths in which a number lies, or those that a range spans: "none", "30 to 100", "over 30,000"."""
    first, last = bisect_right(BANDS, low), bisect_right(BANDS, low if high is None else high)
    if last <= 1:
        return "none"
    if first == len(BANDS):
        return f"over {BANDS[-1]:,}"
    return f"{BANDS[first - 1]:,} to {BANDS[last]:,}" if last < len(BANDS) else f"{BANDS[first - 1]:,} to over {BANDS[-1]:,}"


def date(day: int, day_0: datetime.date) -> str:
    """A day of a run as people write it, like "14 May 2026"."""
    on = day_0 + datetime.timedelta(days=day)
    return f"{on.day} {on:%B %Y}"


def sentence_case(text: str) -> str:
    """The text with a capital at its beginning, and as it is beyond that."""
    return text[:1].upper() + text[1:]


def possessive(name: str) -> str:
    """Whose something is, like "Iran's" or "the Houthis'"."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


CONTROLS = {code: f"\\u{code:04x}" for code in (*range(10), *range(11, 32), *range(127, 160), 0x61C, 0x200E, 0x200F,
                                               *range(0x2028, 0x202F), *range(0x2066, 0x206A))}
"""How characters are shown that would move the cursor, colour, name or clear the terminal, or turn the order of letters."""

LOOK_ALIKES = {"\N{PLUS-MINUS SIGN}": "+-", "\N{MIDDLE DOT}": "-", "\N{PILCROW SIGN}": "par. ", "\N{MINUS SIGN}": "-",
               "\N{RIGHTWARDS ARROW}": "->", "\N{EN DASH}": "-", "\N{HORIZONTAL ELLIPSIS}": "~",
               "%": "\N{ARABIC PERCENT SIGN}"}
"""What stands for a sign where a terminal, or a file, cannot have it."""


class OutputLost(Exception):
    """Standard output takes no more; the cause of it says why."""


def say(*lines: object, end: str = "\n", err: bool = False) -> None:
    """Print lines on standard output, or on standard error. Nothing reaches a terminal but through here.

    Raises OutputLost if standard output takes no more; that standard error does not cannot be told to anybody.
    """
    try:
        print("\n".join(map(str, lines)).translate(CONTROLS), end=end, file=sys.stderr if err else sys.stdout, flush=err)
    except OSError as error:
        if not err:
            raise OutputLost from error


aside: Callable[[str], None] = lambda line: None  # noqa: E731
"""Where a line goes that is about the machine and not about the crisis; the commands show it on standard error."""


def send() -> None:
    """Send what was said and still waits. Raises OutputLost if standard output takes no more."""
    try:
        sys.stdout.flush()
    except OSError as error:
        raise OutputLost from error


def _look_alikes(error: UnicodeError) -> tuple[str, int]:
    """For signs that a stream cannot write: what looks like them, their letters without accents, or a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start:error.end]
    return "".join(LOOK_ALIKES.get(sign) or normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"
                   for sign in signs), error.end


codecs.register_error("look_alikes", _look_alikes)


def let_all_signs_through() -> None:
    """Have the standard streams put something else for a sign that they cannot write, where they would raise an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="look_alikes")
