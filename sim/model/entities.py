"""What people need to know of actors, arenas and events: declared with each of them, read by reports and figures.

The engine carries a `card` and a `story` and reads neither.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import ClassVar

from sim.engine import Event, Field, Parameter
from sim.engine.declarations import declared
from sim.engine.parameters import ASSUMPTION
from sim.errors import nearest
from sim.model.cast import Member
from sim.model.ledger import ids

LANES = {"us": "United States", "israel": "Israel", "talks": "Nuclear talks", "iran": "Iran",
         "partners": "Gaza and Iran's partners", "war": "War"}
"""Lanes of a timeline from the top, and what they are called."""

STAGES = ("talks", "pressure", "decision", "war", "nuclear", "region", "home")
"""Chapters of a story, in their order."""

PLACES = ("Arrow", "Beirut", "Board", "Brent", "Gaza", "Gulf", "Hormuz", "Jerusalem", "Oman", "Red", "Tehran", "Yemen")
"""Words that keep their capital within a sentence, beside the names of actors."""


@dataclass(frozen=True)
class Card:
    """How an actor or arena appears to people.

    Parameters
    ----------
    name : what it is called
    colour : of its marks, lines and arrows, like "#0072b2"; with a contrast of 3:1 to white and to dark paper
    lane : one of LANES, on which its events stand
    place : x and y of its box in the causal diagram, which is 1000 wide and 760 high
    adjective : whose an act is, "Israeli"; the name if there is none
    subject : what it is called in a sentence, "the United States"; the name if it needs no other
    looks_as : what it is called where it assesses or believes something; the name if it needs no other
    """

    name: str
    colour: str
    lane: str
    place: tuple[int, int]
    adjective: str = ""
    subject: str = ""
    looks_as: str = ""

    def __post_init__(self) -> None:
        for word in ("adjective", "subject", "looks_as"):
            object.__setattr__(self, word, getattr(self, word) or self.name)


@dataclass(frozen=True)
class Story:
    """What an event is in an account of what happened; made by `chapter`, `turn`, `routine` or `aside`.

    Parameters
    ----------
    kind : the name of what made it
    short : the words beside its mark on a timeline; "" for no mark
    stage : of a chapter, one of STAGES
    clause : of a chapter: what happens, as a clause in the present that can follow "then"
    weight : of a chapter: how much of a difference it makes between two stories whether, and when, it first happens
    one, many : of routine: what one of it is called, and several

    Where several declare an event by a common base, words say {name}, {subject} or {adjective} for those of the card.
    """

    kind: str
    short: str = ""
    stage: str = ""
    clause: str = ""
    weight: float = 0.0
    one: str = ""
    many: str = ""

    @property
    def told(self) -> bool:
        """Whether a chronicle gives it an entry of its own."""
        return self.kind in ("chapter", "turn")

    def of(self, card: Card) -> Story:
        """The story with the words of its owner's card filled in."""
        words = {field: getattr(self, field).format_map(vars(card)) for field in ("short", "clause", "one", "many")}
        return replace(self, **words)


def chapter(stage: str, clause: str, weight: float = 1.0, *, short: str = "") -> Story:
    """A key event: one of the few that make a story. Its mark is called by the clause unless `short` is given."""
    return Story("chapter", short or clause, stage, clause, weight)


def turn(short: str = "") -> Story:
    """A turning point: it has an entry of its own, although it is no key event."""
    return Story("turn", short)


def routine(one: str, many: str = "", *, short: str = "") -> Story:
    """Counted in a line between two entries; `many` is `one` with an s unless it is given."""
    return Story("routine", short, one=one, many=many or f"{one}s")


def aside() -> Story:
    """Listed only where all events are."""
    return Story("aside")


class Entity(Member):
    """An actor or arena. One with a key is complete, and checked when its class is made."""

    card: ClassVar[Card]

    @classmethod
    def problems(cls) -> Iterator[str]:
        """What is wrong with its declarations, one line each; of one without a key, only what the engine checks."""
        yield from super().problems()
        if cls.key:
            slips = chain(_card(cls), _stories(cls), _unknown_evidence(cls), _missing(cls), _unbounded(cls))
            yield from (f"{cls.key}: {slip}" for slip in slips)


class Actor(Entity):
    """Somebody who decides."""


class Arena(Entity):
    """Something in which actors meet, and which follows rules of its own."""


def _card(entity: type[Entity]) -> Iterator[str]:
    """What is wrong with the card."""
    card = getattr(entity, "card", None)
    if card is None:
        yield "has no card; give card = Card(name, colour, lane, place)"
    elif card.lane not in LANES:
        yield f"its card has no lane {card.lane!r}; there is {', '.join(LANES)}{nearest(card.lane, LANES)}"


def _stories(entity: type[Entity]) -> Iterator[str]:
    """Events without the words that an account needs."""
    for name, event in declared(entity, Event).items():
        if not isinstance(event.story, Story):
            yield f"{name}: has no story; give chapter(), turn(), routine() or aside()"
        elif event.story.kind == "chapter" and event.story.stage not in STAGES:
            yield f"{name}: no stage {event.story.stage!r}; there is {', '.join(STAGES)}{nearest(event.story.stage, STAGES)}"
        yield from (f"{name}: shows {shown!r}, which is no field of it that says of= what" for shown in event.shows
                    if not getattr(declared(entity, Field).get(shown), "of", ""))


def _unknown_evidence(entity: type[Entity]) -> Iterator[str]:
    """Evidence that the ledger does not hold."""
    known = ids() | {ASSUMPTION}
    kinds: tuple[type[Parameter | Field | Event], ...] = (Parameter, Field, Event)
    for kind in kinds:
        for name, one in declared(entity, kind).items():
            yield from (f"{name}: no evidence has the id {id!r}{nearest(id, known)}" for id in one.evidence if id not in known)


def _unbounded(entity: type[Entity]) -> Iterator[str]:
    """Parameters without two finite bounds."""
    yield from (f"{name}: has no bounds between which the model runs; give low= and high="
                for name, one in declared(entity, Parameter).items() if not math.isfinite(one.high - one.low))


def _missing(entity: type[Entity]) -> Iterator[str]:
    """Needs of its components and bases that nothing declares, and methods that they leave to it."""
    for part in entity.__mro__:
        if issubclass(part, Member):
            yield from (f"its part {part.__name__} needs {name!r}, which nothing declares"
                        for name in vars(part).get("__annotations__", {}) if name != "card" and not hasattr(entity, name))
    for name in dir(entity):
        if getattr(getattr(entity, name), "__isabstractmethod__", False):
            yield f"has no {name}(), which its bases leave to it"
