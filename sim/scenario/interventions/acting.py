"""Interventions at work in one model: what each does on a day, in which worlds it took hold, and why not in others.

First comes all that changes the model, in the order as written: what is forced, shocks, values set or shifted. Then the day's
rules are evaluated, so that decisions depend on it. Last comes what only changes the clocks of today: what is forbidden or
pushed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine import Array, WorldIndex
from sim.engine.attribution import preconditions
from sim.engine.declarations import declared
from sim.engine.fields import FLOAT, Field
from sim.engine.log import Log
from sim.engine.parameters import Parameter, collapse
from sim.errors import BrinkError
from sim.model.shocks import SHOCKS
from sim.scenario.interventions.declared import BY_LOT, Intervention

if TYPE_CHECKING:
    from sim.engine import Ensemble

ONCE, STEADY = ("force", "shock"), ("forbid", "push")


@dataclass
class InterventionOutcome:
    """In how many of some worlds an intervention took hold.

    Parameters
    ----------
    worlds : in how many it took hold
    tried : in how many its time came: its day, and its conditions
    missing : where it could take hold nowhere, in how many worlds each thing that it needs was false
    """

    worlds: int = 0
    tried: int = 0
    missing: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: InterventionOutcome) -> InterventionOutcome:
        return InterventionOutcome(self.worlds + other.worlds, self.tried + other.tried, self.missing + other.missing)


def merged(parts: Sequence[Sequence[InterventionOutcome]]) -> list[InterventionOutcome]:
    """The outcome of each intervention over all parts of an ensemble."""
    return [sum(one, InterventionOutcome()) for one in zip(*parts, strict=True)]


def check_taken(interventions: Sequence[Intervention], taken: Sequence[InterventionOutcome]) -> None:
    """Raise BrinkError if what is forced, or a shock, could take hold in no world although its time came."""
    for one, outcome in zip(interventions, taken, strict=True):
        if one.does in ONCE and outcome.tried and not outcome.worlds:
            raise BrinkError(f"interventions: '{one.title}' could not happen in any world{_at(one)}: it needs "
                             f"{_needs(outcome)}")


def _at(one: Intervention) -> str:
    if one.when:
        return f" when {' and '.join(map(str, one.when))}"
    return f" from day {one.on} to {one.on + one.lasts - 1}" if one.lasts else f" on day {one.on}"


def _needs(outcome: InterventionOutcome) -> str:
    """What was false where it was tried: one thing if that was false everywhere, else all, the most frequent first."""
    parts = outcome.missing.most_common()
    everywhere = [part for part, count in parts if count >= outcome.tried]
    if everywhere:
        return f"{' and '.join(everywhere)}, which {'were' if len(everywhere) > 1 else 'was'} false in all of them"
    return ", ".join(f"{part} (false in {count / outcome.tried:.0%})".replace("%", " %") for part, count in parts)


class ActiveIntervention:
    """One intervention at work in one model.

    `since` is the day on which its time came in each world, -1 while it has not; `done` is where it took hold; `ours` are the
    worlds in which it acts.
    """

    def __init__(self, one: Intervention, model: Ensemble, ours: Array) -> None:
        self.one, self.ours = one, ours
        self.since, self.done = np.full(model.n, -1, np.int32), np.zeros(model.n, bool)
        self.missing: Counter[str] = Counter()
        passing = one.does in ONCE or names(model, one.name, Field)
        self.lasts = 1 if one.lasts is None and one.until is None and passing else one.lasts

    def due(self, model: Ensemble, happened: Mapping[str, Array]) -> Array:
        """Where its time has come and is not over: shape (n,), bool."""
        day, one = model.day, self.one
        if day < one.on or (one.until is not None and day >= one.until):
            return np.zeros(model.n, bool)
        fresh = (self.since < 0) & self.ours
        if not one.when:
            fresh &= day == one.on
        for condition in one.when if fresh.any() else ():
            fresh &= condition.holds(model, happened)
        self.since[fresh] = day
        due: Array = self.since >= 0
        return due if self.lasts is None else due & (day < self.since + self.lasts)

    def next_day(self, day: int) -> float:
        """The next day, from `day` on, on which it may change anything; infinite if there is none."""
        one, begun = self.one, self.since >= 0
        last = math.inf if one.until is None else one.until
        if begun.any():
            over = last if self.lasts is None else min(last, int(self.since.max()) + self.lasts)
            acts = (day < over if one.does in STEADY else math.isfinite(over) and day <= over
                    and not (one.does in ONCE and self.done[begun].all()))
            if acts:
                return day
        if (begun | ~self.ours).all() or (day > one.on and not one.when) or max(day, one.on) >= last:
            return math.inf
        return max(day, one.on)

    def taken(self) -> InterventionOutcome:
        """Its outcome so far."""
        missing = Counter[str]() if self.done.any() else self.missing
        return InterventionOutcome(int(self.done.sum()), int((self.since >= 0).sum()), missing)


def names(model: Ensemble, key: str, kind: type) -> bool:
    """Whether a key names a Parameter or Field, whichever `kind` is, of the model."""
    owner, _, name = key.partition(".")
    return name in declared(type(model.__dict__.get(owner)), kind)


class Dial:
    """A parameter that interventions change: its own value, with all that apply today on top, in the order as written."""

    def __init__(self, key: str, model: Ensemble) -> None:
        self.key, (owner, _, self.name) = key, key.partition(".")
        self.state = model.__dict__[owner]
        self.bounds = declared(type(self.state), Parameter)[self.name]
        self.base = self.shown = self.value()
        self.layers: dict[ActiveIntervention, Array] = {}

    def value(self) -> Array:
        """The parameter as it stands: shape (n,)."""
        value: Array = self.state.__dict__[self.name]
        return value

    def turn(self, model: Ensemble, work: ActiveIntervention, due: Array) -> None:
        """Apply one of its interventions where it is due, and nowhere else."""
        before = self.layers.get(work)
        if np.array_equal(due, before) if before is not None else not due.any():
            self.layers.setdefault(work, due)
            return
        self.layers[work] = due
        if self.value() is not self.shown:  # somebody else has set it meanwhile: that is its own value there
            self.base = np.where(self.value() == self.shown, self.base, self.value())
        values = collapse(self.base)
        for layer, where in self.layers.items():
            if where.any():
                turned = self.turned(values, layer.one)
                values = turned if where.all() else np.where(where, turned, values)
        model.set(self.key, values)
        self.shown = self.value()

    def turned(self, values: Array, one: Intervention) -> Array:
        """These values as the intervention wants them, within hard bounds."""
        if one.does == "set":
            return np.full_like(values, one.amount)
        return np.clip(values + FLOAT(one.amount), FLOAT(self.bounds.low), FLOAT(self.bounds.high))

    def select(self, worlds: WorldIndex) -> None:
        """Keep these worlds, in this order; the model has done so with the parameter itself."""
        small = collapse(self.base)
        self.base = np.broadcast_to(small, worlds.shape) if small.size == 1 else small[worlds]
        self.layers = {work: where[worlds] for work, where in self.layers.items()}
        self.shown = self.value()


class Acting:
    """The interventions of a scenario at work in a model, or in the worlds of a slice of it and nowhere else."""

    def __init__(self, interventions: Sequence[Intervention], model: Ensemble, worlds: slice = slice(None)) -> None:
        ours = np.zeros(model.n, bool)
        ours[worlds] = True
        self.works = [ActiveIntervention(one, model, ours) for one in interventions]
        keys = {one.name for one in interventions if one.does in ("set", "shift") and names(model, one.name, Parameter)}
        self.dials = {key: Dial(key, model) for key in keys}
        events = {condition.name for one in interventions for condition in one.when if condition.event}
        self.happened = {name: np.zeros(model.n, bool) for name in events}
        self.model, self.entries_read = model, 0
        if events and model.log is None:
            model.log = Log()  # only the log shows what has happened
        if self.works:
            model.pre_step.append(self.before)
            model.constraints.append(self)

    def next_day(self, day: int) -> float:
        """The next day, from `day` on, on which any of them may change anything; infinite if there is none."""
        return min((work.next_day(day) for work in self.works), default=math.inf)

    def before(self, model: Ensemble) -> None:
        """Before the rules are evaluated: what changes the model."""
        self.read_log()
        for work in self.works:
            if work.one.does not in STEADY:
                self.change(work)

    def __call__(self, model: Ensemble) -> None:
        """After the rules are evaluated: what changes today's clocks."""
        for work in self.works:
            if work.one.does in STEADY:
                self.bear(work)

    def read_log(self) -> None:
        """Record which events of conditions have happened since the last call."""
        if not self.happened:
            return
        ids = {self.model.event_names.index(name): where for name, where in self.happened.items()}
        assert self.model.log is not None
        entries = self.model.log.entries
        for _, event, worlds, _ in entries[self.entries_read:]:
            for id, where in ids.items():
                where[worlds[np.broadcast_to(event, worlds.shape) == id]] = True
        self.entries_read = len(entries)

    def change(self, work: ActiveIntervention) -> None:
        """Change the model where an intervention is due."""
        due = work.due(self.model, self.happened)
        worlds = np.flatnonzero(due & ~work.done)
        if work.one.does in ONCE and worlds.size:
            worlds = self.possible(work, worlds)
        if work.one.name in self.dials:
            self.dials[work.one.name].turn(self.model, work, due)
        elif worlds.size:
            DOES[work.one.does](self.model, worlds, work.one)
        work.done[worlds] = True

    def possible(self, work: ActiveIntervention, worlds: WorldIndex) -> WorldIndex:
        """Of these worlds those in which what is forced, or a shock, can happen today."""
        needs = {label: np.broadcast_to(where, self.model.n)[worlds] for label, where in needed(self.model, work.one)}
        open_ = worlds[np.logical_and.reduce([np.ones(worlds.size, bool), *needs.values()])]
        if not open_.size and not work.done.any():
            work.missing = Counter({label: int(np.count_nonzero(~where)) for label, where in needs.items()})
        if work.one.does == "shock" and work.one.name == BY_LOT:
            assert work.one.lasts, "it takes a window"
            left = work.one.on + work.one.lasts - self.model.day
            return open_[lots(self.model)[open_] < FLOAT(1 / left)]
        return open_

    def bear(self, work: ActiveIntervention) -> None:
        """Forbid or push an action today where the intervention is due."""
        worlds = np.flatnonzero(work.due(self.model, self.happened))
        work.done[worlds] = True
        row = self.model.clocks.names.index(work.one.name)
        if worlds.size and work.one.does == "forbid":
            self.model.clocks.forbid(row, worlds)
        elif worlds.size:
            self.model.clocks.push(row, worlds, float(work.one.amount or 0))

    def select(self, worlds: WorldIndex) -> None:
        """Keep these worlds, in this order. The model has done so already, but its log is as it was written."""
        self.read_log()
        self.happened = {name: where[worlds] for name, where in self.happened.items()}
        for work in self.works:
            work.since, work.done, work.ours = work.since[worlds], work.done[worlds], work.ours[worlds]
        for dial in self.dials.values():
            dial.select(worlds)

    def taken(self) -> list[InterventionOutcome]:
        """The outcome of each so far."""
        return [work.taken() for work in self.works]


def needed(model: Any, one: Intervention) -> list[tuple[str, Array]]:
    """What must be true for an event that is forced, or a shock, to happen: in words, and where it is, shape (n,) or (1,)."""
    if one.does == "force":
        return preconditions(model, one.name)
    shock = SHOCKS[one.name]
    return [(shock.needs, shock.where(model))] if shock.where else []


def lots(model: Ensemble) -> Array:
    """A draw of today in every world, uniform on [0, 1): shape (n,). It is like a day picked from what is left of a window."""
    return model.luck.draws(model.luck.stream(f"shocks.{BY_LOT}", "uniform"), model.day, model.numbers)


def _force(model: Ensemble, worlds: WorldIndex, one: Intervention) -> None:
    """Make the event happen. Its clock is left alone."""
    model.happen(model.event_names.index(one.name), worlds)


def _shock(model: Any, worlds: WorldIndex, one: Intervention) -> None:
    shock = SHOCKS[one.name]
    usual = shock.size.usual if shock.size else 0.0
    shock.strikes(model, worlds, usual if one.amount is None else one.amount)


def _set_or_shift(model: Ensemble, worlds: WorldIndex, one: Intervention) -> None:
    """Give a state variable another value, or move it in its declared range; what is beyond it moves no further out."""
    owner, _, name = one.name.partition(".")
    state = model.__dict__[owner]
    values, kind = state.__dict__[name], declared(type(state), Field)[name]
    # the sum of two whole numbers of 16 bits would wrap around
    wide: Callable[..., Any] = FLOAT if kind.dtype.kind == "f" else np.int32
    now, amount, low, high = values[worlds].astype(wide), *map(wide, (one.amount, kind.low, kind.high))
    values[worlds] = amount if one.does == "set" else np.clip(now + amount, np.minimum(now, low), np.maximum(now, high))


DOES = {"force": _force, "shock": _shock, "set": _set_or_shift, "shift": _set_or_shift}
