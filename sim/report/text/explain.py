"""A chronicle for a terminal, and as Markdown."""

from __future__ import annotations

import math
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from datetime import timedelta

from sim.analysis.explain.chronicle import Chronicle, Entry, claim
from sim.analysis.explain.necessity import HOW, Necessity
from sim.analysis.explain.reasons import Reason
from sim.model import registry
from sim.model.outcomes import shown
from sim.words import LIMITS, count, error_points, percent, two_digits

MARGIN = 24
"""Columns for the dates of an entry."""

MOST_CENTRAL, MOST_OTHER = 3, 1
"""Reasons given for a central entry, and for any other."""

READING = (f"x 2 in brackets: doubled the odds of the decision; / 2: halved them. Without it: {HOW}.")

EARLY = 0.1
"""Share of histories below which luck is mentioned."""


def lines(chronicle: Chronicle, width: int | None = None) -> list[str]:
    """The chronicle, wrapped for a terminal."""
    width = min(width or shutil.get_terminal_size((110, 24)).columns, 120)
    head = [*textwrap.wrap(chronicle.title, width), made_from(chronicle), ""]
    entries = [line for entry in chronicle.entries for line in _entry(chronicle, entry, width)]
    omitted = [f"{chronicle.untold} lesser happenings are not told; --all tells them."] if chronicle.untold else []
    return [*head, *textwrap.wrap(" ".join(chronicle.summary), width), "", *entries, "", *textwrap.wrap(READING, width),
            *omitted, *textwrap.wrap(LIMITS, width)]


def made_from(chronicle: Chronicle) -> str:
    """The world and its run."""
    run = chronicle.run
    return f"World {chronicle.world} of {run.scenario.name}, {count(run.days, 'day')}, seed {run.seed}"


def says(entry: Entry) -> str:
    """What happened, and who did it."""
    who = registry.called(entry.who)
    return f"{who}: {entry.says}" if who else entry.says


def _entry(chronicle: Chronicle, entry: Entry, width: int) -> Iterator[str]:
    """The event at the right of its date, and its reasons below."""
    said, why = says(entry), list(_why(entry))
    if not entry.central:
        said, why = " ".join([said, *why]), []
    indent, first = " " * MARGIN, f"{dates(chronicle, entry):<{MARGIN}}"
    yield from textwrap.wrap(said, width, initial_indent=first, subsequent_indent=indent)
    for text in why:
        yield from textwrap.wrap(text, width, initial_indent=f"{indent}  ", subsequent_indent=f"{indent}    ")


def dates(chronicle: Chronicle, entry: Entry) -> str:
    """The day of an entry, or its first and last."""
    first, last = (chronicle.run.scenario.date + timedelta(days=day) for day in (entry.day, entry.last))
    if first == last:
        return f"{first.day} {first:%b %Y}"
    if first.year != last.year:
        return f"{first.day} {first:%b %y} to {last.day} {last:%b %y}"
    start = f"{first.day}" if (first.year, first.month) == (last.year, last.month) else f"{first.day} {first:%b}"
    return f"{start} to {last.day} {last:%b %Y}"


def _why(entry: Entry) -> Iterator[str]:
    """The paragraphs below an entry: all of them for a central one."""
    if entry.central:
        yield from _weighed(entry)
        yield from (sight.says for sight in entry.sights)
        if first := claim(entry):  # in full, the others by id
            others, places = ", ".join(id for id in entry.evidence if id != first.id), ", ".join(map(str, first.at))
            yield f"The rule rests on {first.id} ({places}): {first.says}{f' Also {others}.' if others else ''}"
    elif entry.reasons:
        yield _sentence(entry.reasons[:MOST_OTHER])
    if entry.without:
        yield f"Without it: {entry.without}."
    if entry.needed is not None:
        yield needed(entry.needed)


def _weighed(entry: Entry) -> Iterator[str]:
    if entry.rate != entry.rate:
        return
    if entry.reasons:
        yield _sentence(entry.reasons[:MOST_CENTRAL])
    pace = f", decisions {entry.pace:.1f} times as quick in a crisis" if entry.pace > 1.05 else ""
    yield " ".join(filter(None, (f"That made it {chance(entry.rate)} a day; {chance(entry.base)} if nothing pushed or held "
                                 f"back{pace}.", luck(entry.luck))))


def _sentence(reasons: Sequence[Reason]) -> str:
    """Reasons for and against, in sentences."""
    pushed = "; ".join(str(reason) for reason in reasons if reason.value > 0)
    hindered = "; ".join(str(reason) for reason in reasons if reason.value < 0)
    return " ".join(filter(None, (pushed and f"For it: {pushed}.", hindered and f"Against it: {hindered}.")))


def chance(rate: float) -> str:
    """A rate a day as the probability that it happens within the day."""
    share = -math.expm1(-rate)
    return percent(share) if share >= 0.001 else f"{two_digits(100 * share)} %"


def luck(share: float) -> str:
    """Whether it came early or late for its pressures; "" if neither."""
    if share < EARLY:
        return f"Luck brought it early: under the same pressures it comes by then in {percent(share)} of histories."
    if share > 1 - EARLY:
        return f"Luck kept it back: under the same pressures it has come by then in {percent(share)} of histories."
    return ""


def needed(found: Necessity) -> str:
    """The probability of necessity, in a sentence."""
    return (f"Over {found.futures:,} futures with fresh luck from that day: {shown(found.outcome).noun} in "
            f"{_points(found.given, found.given_se)} with it, {_points(found.without, found.without_se)} without. It was "
            f"needed in {_points(found.needed, found.needed_se)} of the futures that have both.")


def _points(share: float, error: float) -> str:
    return f"{percent(share)} ± {error_points(error)}" if share == share else "-"


def markdown(chronicle: Chronicle) -> str:
    """The chronicle as a Markdown page."""
    head = [f"# {chronicle.title}", f"{made_from(chronicle)}.", " ".join(chronicle.summary)]
    entries = ("\n".join([f"**{dates(chronicle, entry)}** {says(entry)}", *(f"- {text}" for text in _why(entry))])
               for entry in chronicle.entries)
    return "\n\n".join([*head, *entries, READING, f"*{LIMITS}*"])
