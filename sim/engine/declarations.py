"""Declarations of a class: how they are found, and the checks that run when the class is made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sim.engine.events import Event, no_effect
from sim.engine.fields import Field
from sim.engine.parameters import Parameter
from sim.engine.streams import Stream
from sim.errors import BrinkError, nearest

D = TypeVar("D")

KINDS = (Parameter, Field, Stream, Event)
"""What a state class can declare."""


class DeclarationError(BrinkError, TypeError):
    """Declarations that name what does not exist or contradict each other: one line per slip."""


def declared(owner: type, kind: type[D]) -> dict[str, D]:
    """The declarations of one kind on a class, by name, bases first, in the order of writing; not to be changed."""
    known = vars(owner).get("_declared")
    if known is None:
        known = {}
        type.__setattr__(owner, "_declared", known)
    if kind not in known:
        known[kind] = _found(owner, kind)
    found: dict[str, D] = known[kind]
    return found


def _found(owner: type, kind: type[D]) -> dict[str, D]:
    return {name: value for base in reversed(owner.__mro__) for name, value in vars(base).items()
            if isinstance(value, kind) and name != "_"}


def refuse(problems: Iterable[str]) -> None:
    """Raise DeclarationError if there are any problems."""
    lines = list(dict.fromkeys(problems))
    if lines:
        raise DeclarationError("\n".join(lines))


def state_problems(state: Any, reserved: Collection[str]) -> Iterator[str]:
    """What is wrong with the declarations of a state class taken by itself, one line each.

    reserved : names that every state has
    """
    where = state.key or state.__name__
    for name, one in vars(state).items():
        if isinstance(one, KINDS) and name in reserved:
            yield f"{where}.{name}: hides what every state has under that name"
        if isinstance(one, Event) and name != "_":
            yield from (f"{where}: {name}: {problem}" for problem in _event_problems(name, one))
    if state.key:  # a part of a state may use what only the whole declares
        parameters, fields = declared(state, Parameter), declared(state, Field)
        for name, event in declared(state, Event).items():
            if event.clocked and event.rate not in parameters:
                yield f"{where}: {name}: rate {event.rate!r} is no parameter of it{nearest(event.rate, parameters)}"
            yield from (f"{where}: {name}: sets {field!r}, which is no field of it{nearest(field, fields)}"
                        for field in event.sets if "." not in field and field not in fields)
        for name, field in fields.items():
            if isinstance(field.start, str) and field.start not in parameters:
                yield f"{where}: {name}: start {field.start!r} is no parameter of it{nearest(field.start, parameters)}"


def _event_problems(name: str, event: Event) -> Iterator[str]:
    if not event.meaning:
        yield "has no docstring: its first line is what people read of it"
    if event.run is no_effect:
        yield f"has no effect: follow it with @{name}.effect"
    if (event.sets or event.then) and event.run != event.declared_effect:
        yield f"has two effects: leave out sets= and then=, or @{name}.effect"


def model_problems(states: Sequence[Any], reserved: Collection[str]) -> Iterator[str]:
    """What is wrong with state classes as parts of one model, one line each.

    reserved : names that every model has
    """
    owners: dict[str, Any] = {}
    for state in states:
        if not state.key:
            yield f"{state.__name__}: has no key"
        elif state.key in reserved:
            yield f"{state.__name__}: key {state.key!r} hides what every model has under that name"
        elif owners.setdefault(state.key, state) is not state:
            yield f"{state.__name__}: key {state.key!r} is that of {owners[state.key].__name__}"
    fields = [f"{state.key}.{name}" for state in states for name in declared(state, Field)]
    for state in states:
        yield from (f"{state.key}: {name}: sets {field!r}, which is no field of any state{nearest(field, fields)}"
                    for name, event in declared(state, Event).items() for field in event.sets
                    if "." in field and field not in fields)
        for name in sorted(set(dir(state)) & owners.keys() - {state.key}):
            yield f"{state.key}.{name}: hides the state of that key"
