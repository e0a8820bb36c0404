"""Interventions: what a scenario makes happen on a day of its own choosing.

A scenario lists them under `interventions`, each with the day it falls on and one key that says what is done: so far
`force`, which makes an event happen. At run time each is called once a day by the model, before its clocks run.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import parameters
from sim.errors import BrinkError, nearest, shown
from sim.reading import Node, Problems

if TYPE_CHECKING:
    from sim.engine import Ensemble

KEYS = ("on", "force", "note")


@dataclass(frozen=True)
class Force:
    """Make an event happen on a day, in every world in which it can happen at all.

    Parameters
    ----------
    on : day of the run, 0 the first
    event : key of the event
    note : why, in the words of whoever wrote it
    """

    on: int
    event: str
    note: str = ""

    def __call__(self, model: Ensemble) -> int:
        """Force the event if this is its day; returns in how many worlds. Its clock is left alone."""
        if model.day != self.on:
            return 0
        i = model.event_names.index(self.event)
        state, event = model.events[i]
        possible = np.ones(model.n, bool) if event.when is None else np.asarray(event.when(state))
        worlds = np.flatnonzero(possible)
        model.happen(i, worlds)
        model.clocks.weigh()  # others decide today knowing what was forced
        return worlds.size

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for `run.json`."""
        return {"on": self.on, "force": self.event, "note": self.note}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Force:
        """What `as_dict` wrote."""
        return cls(content["on"], content["force"], content["note"])


class Acting:
    """The interventions of a scenario at work in one model, and in how many of its worlds each took hold."""

    def __init__(self, interventions: tuple[Force, ...], model: Ensemble) -> None:
        self.interventions, self.worlds = interventions, [0] * len(interventions)
        if interventions:
            model.interventions.append(self)

    def __call__(self, model: Ensemble) -> None:
        """Let each act on its day."""
        for i, intervention in enumerate(self.interventions):
            self.worlds[i] += intervention(model)


def check(interventions: tuple[Force, ...], days: int) -> None:
    """Raise BrinkError if one of them falls outside a horizon of `days`."""
    for intervention in interventions:
        if not 0 <= intervention.on < days:
            raise BrinkError(f"interventions: {intervention.event} is forced on day {intervention.on}, outside the "
                             f"horizon of {days} days (0 to {days - 1})")


def check_taken(interventions: tuple[Force, ...], worlds: list[int]) -> None:
    """Raise BrinkError if one of them took hold in no world."""
    for intervention, count in zip(interventions, worlds, strict=True):
        if not count:
            raise BrinkError(f"interventions: {intervention.event} could not happen in any world on day "
                             f"{intervention.on}: its precondition did not hold")


def read(content: Mapping[str, Node], problems: Problems, date: datetime.date | None = None,
         days: int = 0) -> tuple[Force, ...]:
    """The interventions of a scenario file; mistakes are noted.

    `date` is that of day 0 and `days` the horizon. Without a date, because the scenario has mistakes elsewhere, it is not
    looked at whether days lie within the horizon.
    """
    node = content.get("interventions")
    if node is None or node.value is None:
        return ()
    if not isinstance(node.value, list):
        problems.add(node.line, "interventions must be a list, of lines like '- {on: 2026-02-14, force: israel.strikes}'")
        return ()
    found = [_one(item, problems, date, days) for item in node.value]
    return tuple(intervention for intervention in found if intervention is not None)


def _one(item: Node, problems: Problems, date: datetime.date | None, days: int) -> Force | None:
    if not isinstance(item.value, dict):
        problems.add(item.line, "an intervention must hold 'on' and 'force', like {on: 2026-02-14, force: israel.strikes}")
        return None
    problems.unknown_keys(item.value, KEYS)
    on = _day(item, problems, date, days)
    event = _event(item, problems)
    note = problems.text(item.value, "note")
    return None if on is None or event is None else Force(on, event, note)


def _event(item: Node, problems: Problems) -> str | None:
    assert isinstance(item.value, dict)
    node = item.value.get("force")
    if node is None:
        problems.add(item.line, "an intervention must say what it forces, like 'force: israel.strikes'")
    elif node.value not in parameters.events():
        name = str(node.value) if isinstance(node.value, str) else shown(node.value)
        problems.add(node.line, f"force: no event {name!r}{nearest(name, parameters.events()) or '; see docs/odd.md'}")
    else:
        return str(node.value)
    return None


def _day(item: Node, problems: Problems, date: datetime.date | None, days: int) -> int | None:
    """The day of the run that a day number or a date stands for."""
    assert isinstance(item.value, dict)
    node = item.value.get("on")
    if node is None:
        problems.add(item.line, "an intervention must say when, like 'on: 2026-02-14' or 'on: 46'")
        return None
    try:
        named = node.value if isinstance(node.value, float) else parsed_date(node.value)
    except BrinkError:
        problems.add(node.line, f"on: {shown(node.value)} is neither a day number nor a date like 2026-02-14")
        return None
    if date is None:
        return 0
    number = (named - date).days if isinstance(named, datetime.date) else named
    if number not in range(days):
        last = date + datetime.timedelta(days=days - 1)
        problems.add(node.line, f"on: {shown(node.value)} must be a day from 0 to {days - 1} ({date} to {last})")
        return None
    return int(number)


def parsed_date(value: Any) -> datetime.date:
    """A date written like 2026-02-14. Raises BrinkError for anything else."""
    try:
        if isinstance(value, str) and len(value) == len("2026-02-14"):
            return datetime.date.fromisoformat(value)
    except ValueError:
        pass
    raise BrinkError(f"{shown(value)} is not a date like 2026-02-14")

