"""Events: what can happen, declared on the `State` to which it belongs.

A `hazard_event` has a hazard clock: its method gives the terms that move its log-odds away from the base rate in every world;
its effect changes the worlds in which it fires. An `event` has none: a countdown ends, a date comes, a shock strikes;
calling it logs it and runs its body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, TypeAlias

from sim.engine.types import Array, StateLike, WorldIndex

DAILY, WEEKLY, MONTHLY = 1.0, 1 / 7, 1 / 30
"""How often a decision can be taken, per day."""

Effect: TypeAlias = Callable[[Any, WorldIndex], None]


def no_effect(state: Any, worlds: WorldIndex) -> None:
    """The effect of an event that has not been given one."""


class Event:
    """One kind of event.

    Parameters
    ----------
    odds : method that gives the sum of the terms of the log-odds, shape (n,) or 0; None if it has no clock. It depends on
        fields, parameters, `ref` and the day alone and changes nothing, since it may be traced once and never called again
    run : its effect; None where `sets` and `then` give it, or `effect` does later
    rate : name of the parameter with the base rate per day, at which the event happens when all terms are zero
    tempo : how often it can be decided, per day; its rate cannot exceed it
    paced : whether the model's pace (crises quicken decisions) multiplies the tempo
    when : precondition: function of the state that gives where it can happen at all, bool of shape (n,), under the same
        restrictions as `odds`
    group : events of one group exclude each other on a day
    sets : its effect, first part: what fields become where it fires: its own by name, those of others as "state.name"
    then : its effect, second part, where one call says it
    evidence : ids of the evidence ledger
    story, shows, ordered : words for people, which the engine carries and does not read: its account, which beliefs of
        its owner bear on it, and whether users may make it happen
    """

    def __init__(self, odds: Callable[[Any], Any] | None, run: Effect | None, rate: str = "", tempo: float = WEEKLY,
                 paced: bool = False, when: Callable[[Any], Array] | None = None, group: str | None = None,
                 evidence: Iterable[str] = (), *, sets: Mapping[str, Any] | None = None, then: Effect | None = None,
                 story: Any = None, shows: Iterable[str] = (), ordered: bool = True) -> None:
        self.odds, self.rate, self.tempo, self.paced, self.when, self.group = odds, rate, tempo, paced, when, group
        self.evidence = tuple(evidence)
        self.story, self.shows, self.ordered = story, tuple(shows), ordered
        self.sets, self.then = dict(sets or {}), then
        self.run: Effect = run or (self.declared_effect if sets or then else no_effect)
        declared: Any = odds or run
        self.name, self.meaning = declared.__name__, (declared.__doc__ or "").strip().partition("\n")[0]

    @property
    def clocked(self) -> bool:
        """Whether it has a hazard clock."""
        return self.odds is not None

    def declared_effect(self, state: Any, worlds: WorldIndex) -> None:
        """What `sets` and `then` say."""
        for field, value in self.sets.items():
            attrgetter(field)(state)[worlds] = value
        if self.then is not None:
            self.then(state, worlds)

    def effect(self, run: Effect) -> Event:
        """Decorator for the method that changes the worlds in which the event fires, where `sets` and `then` do not say it."""
        self.run = run
        return self

    def __set_name__(self, owner: type, name: str) -> None:
        if name != "_":
            self.name = name

    def __get__(self, state: StateLike | None, owner: type | None = None) -> Any:
        return self if state is None else BoundEvent(self, state)


class BoundEvent:
    """An event of one state in one model: call it with worlds to make it happen in them."""

    __slots__ = ("event", "id", "state")

    def __init__(self, event: Event, state: StateLike) -> None:
        self.event, self.state = event, state
        self.id = -1
        """The id of this event in the model's log, assigned by the model."""

    def __call__(self, worlds: WorldIndex, cause: Any = None) -> None:
        """Log it and run its effect in these worlds; `cause` is the id of the causing event (one, or one per world)."""
        if worlds.size:
            self.state.model.happen(self.id, worlds, cause)


def hazard_event(*, rate: str, tempo: float = WEEKLY, paced: bool = False, when: Callable[[Any], Array] | None = None,
                 group: str | None = None, evidence: Iterable[str] = (), sets: Mapping[str, Any] | None = None,
                 then: Effect | None = None, story: Any = None, shows: Iterable[str] = (),
                 ordered: bool = True) -> Callable[[Callable[[Any], Any]], Event]:
    """Declare an event with a clock; see `Event`. Where `sets` and `then` give no effect, follow it with `@name.effect`."""
    return lambda odds: Event(odds, None, rate, tempo, paced, when, group, evidence, sets=sets, then=then, story=story,
                              shows=shows, ordered=ordered)


def event(*, evidence: Iterable[str] = (), story: Any = None, shows: Iterable[str] = (),
          ordered: bool = True) -> Callable[[Effect], Event]:
    """Declare an event without a clock; the decorated method is its effect."""
    return lambda run: Event(None, run, evidence=evidence, story=story, shows=shows, ordered=ordered)
