"""What rules and effects say, told from the trace: the terms and conditions of an action, what an event changes and what it
brings about. The simulation itself does not use this module."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np

from sim.engine.attribution import Part, Reading
from sim.engine.engines import traced_day
from sim.engine.nodes import Happen, Store


class Told(NamedTuple):
    """A term or a condition: its sign, its text, and the state variables and parameters in it, as "state.name"."""

    sign: str
    text: str
    variables: tuple[str, ...]
    parameters: tuple[str, ...]

    @property
    def reads(self) -> tuple[str, ...]:
        """All that it depends on."""
        return *self.variables, *self.parameters


class RuleTold(NamedTuple):
    """The rule of an action: the parameter that is its base rate, where it is possible, and the terms of its log-odds."""

    name: str
    rate: str
    conditions: tuple[Told, ...]
    terms: tuple[Told, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The state variables on which it depends."""
        return tuple(dict.fromkeys(key for one in (*self.conditions, *self.terms) for key in one.variables))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters in it, beside its base rate and the decisiveness of its actor."""
        return tuple(dict.fromkeys(key for one in (*self.conditions, *self.terms) for key in one.parameters))


    def as_dict(self) -> dict[str, Any]:
        """It as plain values."""
        return {"name": self.name, "rate": self.rate, "possible_where": [one.text for one in self.conditions],
                "terms": [f"{one.sign} {one.text}" for one in self.terms], "state_variables": list(self.variables),
                "parameters": list(self.parameters)}


class EffectTold(NamedTuple):
    """What an event may change, with all that it brings about on the spot, and the events that it brings about itself."""

    name: str
    changes: tuple[str, ...]
    leads_to: tuple[str, ...]


def rules_told(model: Any, pattern: str = "") -> list[RuleTold]:
    """The rules of actions whose name the pattern fits, in the order of declaration: part of a name, or a glob."""
    order = model.clocks.ids.argsort()
    return [_rule(model, row) for row in order.tolist() if fits(model.clocks.names[row], pattern)]


def fits(name: str, pattern: str) -> bool:
    """Whether a pattern, a part of a name or a glob such as "iran.*", fits a name."""
    return fnmatchcase(name, pattern) if set(pattern) & set("*?[") else pattern in name


def _rule(model: Any, row: int) -> RuleTold:
    name = model.clocks.names[row]
    rule = Reading(model, row, slice(0, 1), name.partition(".")[0], on_any_day=True)
    state, event = model.events[model.clocks.ids[row]]
    return RuleTold(name, f"{state.key}.{event.rate}", tuple(map(_told, rule.conditions())), tuple(map(_told, rule.terms())))


def _told(part: Part) -> Told:
    sign, text = part.told
    leaves = [one for one in part.of.whole if not one.operands]
    variables, parameters = (tuple(dict.fromkeys(one.name.partition("[")[0] for one in leaves if one.op == kind))
                             for kind in ("load", "parameter"))
    return Told("+" if sign > 0 else "-", text, variables, parameters)


def _moves(store: Store) -> bool:
    """Whether it may write something else than its row holds; `x |= False` does not."""
    value = store.value
    kept = [one for one in value.operands if one.op != "constant" or one.what] if value.op is np.bitwise_or else [value]
    return any(one.op != "load" or one.what != (store.pool, store.row) for one in kept)


def effects_told(model: Any) -> list[EffectTold]:
    """The effect of every event, in the order of declaration."""
    day, names = traced_day(model), model.event_names
    rows = day.rules.tracer.rows
    writes = {i: {".".join(rows[one.pool][one.row][:2]) for one in function.statements
                  if isinstance(one, Store) and _moves(one)} for i, function in day.effects.items()}
    leads = {i: dict.fromkeys(one.event for one in function.statements if isinstance(one, Happen) and one.event != i)
             for i, function in day.effects.items()}
    order = list(dict.fromkeys(f"{key}.{name}" for key, name in day.rules.tracer.places))

    def with_all(i: int, seen: set[int]) -> set[str]:
        if i in seen:
            return set()
        seen.add(i)
        return writes[i].union(*(with_all(one, seen) for one in leads[i]))

    return [EffectTold(name, tuple(key for key in order if key in changed), tuple(names[one] for one in sorted(leads[i])))
            for i, name in enumerate(names) for changed in [with_all(i, set())]]
