"""What an intervention is: one thing done, from a day or a condition on, for a time."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.types import Array
from sim.errors import BrinkError
from sim.model import registry

if TYPE_CHECKING:
    from sim.engine import Ensemble

VERBS = {"force": "", "forbid": "", "push": "by", "set": "to", "shift": "by", "shock": "size"}
"""What can be done, and under which key stands by how much."""

SAID = {"force": "{name} is made to happen", "forbid": "{name} is forbidden", "push": "{name} is pushed by {by} log-odds",
        "set": "{name} is set to {by}", "shift": "{name} is shifted by {by}", "shock": "{name} strikes{size}"}
"""The same for people."""

TESTS: Mapping[str, Callable[[Array, Any], Array]] = {
    "above": np.greater, "below": np.less, "at least": np.greater_equal, "at most": np.less_equal, "equal to": np.equal,
}
"""How a state variable can be compared with a value."""

BY_LOT = "leader_loss"
"""The shock whose day is drawn by each world's own luck."""

SHORTEST_WINDOW = 90
"""Days over which that day is drawn, at least."""


@dataclass(frozen=True)
class Condition:
    """Something that is true in some worlds on a day: a comparison of a state variable, or an event that has happened.

    Parameters
    ----------
    name : key of the state variable or event
    test : one of TESTS, "true" or "false"; "happened" or "not happened" for an event
    value : what a state variable is compared with
    """

    name: str
    test: str
    value: float | None = None

    @property
    def event(self) -> bool:
        """Whether it is about an event."""
        return self.test.endswith("happened")

    def holds(self, model: Ensemble, happened: Mapping[str, Array]) -> Array:
        """Where it is true now; `happened` is where each event of a condition has happened. Shape (n,), bool."""
        if self.event:
            return happened[self.name] if self.test == "happened" else ~happened[self.name]
        owner, _, name = self.name.partition(".")
        values = getattr(model.__dict__[owner], name)
        if self.test in TESTS:
            return TESTS[self.test](values, np.float32(self.value))
        return values.astype(bool) == (self.test == "true")

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as in a scenario file."""
        if self.event:
            return {"event": self.name, "happened": self.test == "happened"}
        if self.test in TESTS:
            return {"variable": self.name, "is": self.test, "value": self.value}
        return {"variable": self.name, "is": self.test == "true"}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Condition:
        """What `as_dict` wrote."""
        if "event" in content:
            return cls(content["event"], "happened" if content["happened"] else "not happened")
        test = content["is"]
        return cls(content["variable"], str(test).lower() if isinstance(test, bool) else test, content.get("value"))

    def __str__(self) -> str:
        if self.event:
            return f"{self.name} has {self.test}"
        return f"{self.name} is {self.test}{'' if self.value is None else f' {self.value:g}'}"


@dataclass(frozen=True)
class Intervention:
    """One thing that is done to the worlds of a scenario.

    Parameters
    ----------
    does : force or forbid an event; push an action's log-odds; set or shift a parameter or state variable; shock
    name : key of the event, parameter or state variable, or name of the shock
    amount : the value set, or by how much; for a shock its size, None for the usual one
    on : first day on which it can take hold, 0 the first of the run
    when : conditions that must all hold, in the same world on the same day, for it to take hold there
    lasts : days from that day on; None for all that are left, or for the one day if it is done once
    until : the first day on which it is over, whenever it took hold
    note : why, in the words of whoever wrote it
    """

    does: str
    name: str
    amount: float | None = None
    on: int = 0
    when: tuple[Condition, ...] = ()
    lasts: int | None = None
    until: int | None = None
    note: str = ""

    @property
    def title(self) -> str:
        """What it does, as its writer wrote it."""
        key = VERBS[self.does]
        return f"{self.does}: {self.name}" + (f", {key}: {self.amount:g}" if key and self.amount is not None else "")

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with the keys of a scenario file."""
        given = {"on": self.on, "when": [one.as_dict() for one in self.when], self.does: self.name,
                 VERBS[self.does]: self.amount, "for": self.lasts, "until": self.until, "note": self.note}
        return {key: value for key, value in given.items() if key and value not in (None, [], "")}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Intervention:
        """What `as_dict` wrote."""
        does = next(verb for verb in VERBS if verb in content)
        return cls(does, content[does], content.get(VERBS[does]), content["on"],
                   tuple(map(Condition.from_dict, content.get("when", ()))), content.get("for"), content.get("until"),
                   content.get("note", ""))

    def in_words(self, date: datetime.date, what: str = "") -> str:
        """A line for people; `date` is that of day 0, and `what` describes what is done in place of the names of the model."""
        first = date + datetime.timedelta(days=self.on)
        start = f"{'from' if self.does in ('forbid', 'push') or self.lasts else 'on'} {first}"
        if self.when:
            start = f"once {' and '.join(map(str, self.when))}{f', not before {first}' if self.on else ''}"
        span = "within" if self.does in ("force", "shock") else "for"
        end = (f" {span} {self.lasts} days" if self.lasts
               else f" until {date + datetime.timedelta(days=self.until)}" if self.until else "")
        by = "" if self.amount is None else f"{self.amount:g}"
        does = what or SAID[self.does].format(name=self.name, by=by, size=f" (size {by})" if by else "")
        return f"{start}: {does}{end}{f' ({self.note})' if self.note else ''}"


def refused(does: str, name: str) -> str | None:
    """Why nobody may do this, or None."""
    if does != "forbid" and not registry.ordered(name):
        return (f"{does}: {name} would order the loss of a leader for a day; it is an aggregate shock of any cause, on a "
                f"day that nobody picks: {{on: 2026-03-01, shock: {BY_LOT}, for: 180}}")
    return None


def window(one: Intervention, days: int) -> str | None:
    """What is wrong with the time over which the day of a shock is drawn, or None."""
    if one.name != BY_LOT or one.does != "shock":
        return None
    if one.when or one.until is not None or (one.lasts or 0) < SHORTEST_WINDOW:
        return (f"shock: {BY_LOT} takes 'on' and 'for' alone, with at least {SHORTEST_WINDOW} days, since the day is "
                f"drawn by each world's own luck")
    if one.on + one.lasts > days:  # type: ignore[operator]
        return (f"shock: {BY_LOT} is drawn from day {one.on} to {one.on + (one.lasts or 0) - 1}, outside the horizon of "
                f"{days} days (0 to {days - 1})")
    return None


def check(interventions: tuple[Intervention, ...], days: int) -> None:
    """Raise BrinkError if one of them falls outside a horizon of `days`, or is refused."""
    for one in interventions:
        if not 0 <= one.on < days:
            raise BrinkError(f"interventions: '{one.title}' begins on day {one.on}, outside the horizon of {days} days "
                             f"(0 to {days - 1})")
        if mistake := refused(one.does, one.name) or window(one, days):
            raise BrinkError(f"interventions: {mistake}")
