"""The registry of what a user can ask about and change, made from the declarations beside the rules.

A key is "state.name": "israel.missile_trigger". Importing the model takes a second, so it waits until it is needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sim.errors import BrinkError, nearest, shown

if TYPE_CHECKING:
    from sim.engine import Event, Field, Parameter
    from sim.model.entities import Card, Entity, Story

D = TypeVar("D")

PRIOR_MASS = 0.98
"""A value outside the central interval that holds this much of its prior deserves a warning."""


@dataclass(frozen=True)
class Entry(Generic[D]):
    """One declaration of the model: its key, the state class it belongs to, and itself."""

    key: str
    owner: type[Entity]
    declaration: D


def _states() -> Sequence[type[Entity]]:
    from sim.model.crisis import Crisis

    return Crisis.states


def _declarations(kind: type[D]) -> dict[str, Entry[D]]:
    from sim.engine.ensemble import declared

    return {f"{state.key}.{name}": Entry(f"{state.key}.{name}", state, declaration)
            for state in _states() for name, declaration in declared(state, kind).items()}


@lru_cache
def catalogue() -> Mapping[str, Entry[Parameter]]:
    """Every parameter by key, in the order of the model."""
    from sim.engine import Parameter

    return _declarations(Parameter)


@lru_cache
def fields() -> Mapping[str, Entry[Field]]:
    """Every state variable by key, in the order of the model."""
    from sim.engine import Field

    return _declarations(Field)


@lru_cache
def drawn() -> tuple[str, ...]:
    """The keys of the state variables that are drawn over time, in the order in which they declare it."""
    declared = {key: entry.declaration.drawn for key, entry in fields().items() if entry.declaration.drawn}
    return tuple(sorted(declared, key=declared.__getitem__))


@lru_cache
def properties() -> Mapping[str, Entry[property]]:
    """What a state works out of its variables, true or false, by key: whether talks are open, say."""
    from sim.engine import State

    return {f"{state.key}.{name}": Entry(f"{state.key}.{name}", state, held) for state in _states()
            for owner in state.__mro__ if issubclass(owner, State) and owner is not State
            for name, held in vars(owner).items() if isinstance(held, property)}


@lru_cache
def events() -> Mapping[str, Entry[Event]]:
    """Every event by key, in the order of the model."""
    from sim.engine import Event

    return _declarations(Event)


def ordered(key: str) -> bool:
    """Whether users may make an event happen, or change a parameter or state variable on a day of their choosing."""
    return all(known()[key].declaration.ordered for known in (events, fields, catalogue) if key in known())


@lru_cache
def cards() -> Mapping[str, Card]:
    """How each actor and arena appears to people, by key, in the order of the model."""
    return {state.key: state.card for state in _states()}


def called(key: str) -> str:
    """The name of the actor or arena to which a key belongs; its own key where the model has none of it."""
    owner = key.partition(".")[0]
    return cards()[owner].name if owner in cards() else owner


@lru_cache
def stories() -> Mapping[str, Story]:
    """How each event is told, by key, in the order of the model."""
    return {key: entry.declaration.story.of(entry.owner.card) for key, entry in events().items()}


def story(event: str) -> Story:
    """How an event is told; one that the model does not know is told only if all is asked for."""
    from sim.model.entities import aside

    return stories().get(event) or aside()


@lru_cache
def chapters() -> Mapping[str, Story]:
    """The key events, by key, in the order of a story's chapters."""
    from sim.model.entities import STAGES

    found = [(key, story) for key, story in stories().items() if story.kind == "chapter"]
    return dict(sorted(found, key=lambda one: STAGES.index(one[1].stage)))


@lru_cache
def _proper() -> tuple[str, ...]:
    from sim.model.entities import PLACES, Actor

    actors = [state.card for state in _states() if issubclass(state, Actor)]
    return tuple({*PLACES, *(words.removeprefix("the ").split()[0] for card in actors
                             for words in (card.name, card.adjective, card.subject, card.looks_as))})


def within(says: str) -> str:
    """A meaning as part of a sentence: without its full stop, and small where it begins with a common word."""
    first, space, rest = says.rstrip(".").partition(" ")
    return f"{first if first.startswith(_proper()) or first[1:].isupper() else first[:1].lower() + first[1:]}{space}{rest}"


def find(key: str) -> Entry[Parameter]:
    """The parameter of that key; an unknown one raises BrinkError with the nearest."""
    if key in catalogue():
        return catalogue()[key]
    if key in fields():
        raise BrinkError(f"{key!r} is a starting value, not a parameter: set it under start")
    raise BrinkError(f"no parameter {key!r}{_hint(key)}")


def find_field(key: str) -> Entry[Field]:
    """The state variable of that key; an unknown one raises BrinkError with the nearest."""
    if key in fields():
        return fields()[key]
    if key in catalogue():
        raise BrinkError(f"{key!r} is a parameter, not a starting value: set it under parameters")
    raise BrinkError(f"no state variable {key!r}{_hint(key)}")


def default(key: str) -> float | Sequence[float] | None:
    """What a parameter or starting value is unless somebody sets it; None for a key that the model does not have."""
    if key in catalogue():
        return catalogue()[key].declaration.default
    if key not in fields():
        return None
    entry = fields()[key]
    start = entry.declaration.start
    return catalogue()[f"{entry.owner.key}.{start}"].declaration.default if isinstance(start, str) else start


def _hint(key: str) -> str:
    """The nearest key; of one without its state ("missile_trigger"), the key with it."""
    known = [*catalogue(), *fields()]
    ends = [other for other in known if other.partition(".")[2] == key]
    return f"; did you mean {ends[0]!r}?" if ends else nearest(key, known) or "; see brink parameters"


def search(pattern: str = "") -> list[Entry[Parameter]]:
    """Parameters whose key, meaning, unit or evidence holds the pattern; with * or ? it is a glob over the key."""
    wanted = pattern.lower()
    if any(sign in wanted for sign in "*?["):
        return [entry for key, entry in catalogue().items() if fnmatchcase(key, wanted)]
    return [entry for key, entry in catalogue().items()
            if wanted in " ".join((key, entry.declaration.why, entry.declaration.unit,
                                   *entry.declaration.evidence)).lower()]


def check(key: str, value: Any, unit: str = "") -> str | None:
    """Check a value for a parameter.

    Raises BrinkError for an unknown key, another unit, no finite number, or a value outside the hard bounds. Returns a
    warning for a value far outside the prior, else None.
    """
    parameter = find(key).declaration
    check_unit(key, parameter.unit, unit)
    number = _number(key, value)
    _within(key, number, parameter.low, parameter.high, parameter.unit)
    if number == parameter.default:
        return None
    low, high = parameter.prior.interval(PRIOR_MASS)
    if low <= number <= high:
        return None
    return (f"{key}: {number:g} is outside the central {PRIOR_MASS * 100:g} % of its prior, {low:.4g} to {high:.4g} "
            f"({parameter.prior})")


def check_start(key: str, value: Any, unit: str = "") -> None:
    """Check a starting value for a state variable.

    Raises BrinkError for an unknown key, another unit, a variable that a parameter starts, no finite number (or not as
    many as the variable holds), or a value outside the declared range.
    """
    entry = find_field(key)
    field = entry.declaration
    if isinstance(field.start, str):
        raise BrinkError(f"{key} starts at the value of a parameter: "
                         f"set the parameter {entry.owner.key}.{field.start} instead")
    check_unit(key, field.unit, unit)
    if field.entries is None:
        _check_entry(key, field, value)
        return
    if not isinstance(value, list | tuple) or len(value) != field.entries:
        raise BrinkError(f"{key} holds {field.entries} numbers: give a list of {field.entries} in a scenario file")
    for entry_value in value:
        _check_entry(key, field, entry_value)


def check_value(key: str, value: Any) -> None:
    """Check a value that a state variable of one number may have during a run.

    Raises BrinkError for one of several numbers, for no finite number, and for one outside the declared range.
    """
    field = find_field(key).declaration
    if field.entries is not None:
        raise BrinkError(f"{key} holds {field.entries} numbers and can only be set at the start")
    _check_entry(key, field, value)


def check_step(key: str, step: float) -> None:
    """Raise BrinkError if a state variable cannot be moved by this: true or false, several numbers, or whole ones."""
    field = find_field(key).declaration
    if field.dtype == bool:
        raise BrinkError(f"{key} is true or false: set it")
    if field.entries is not None:
        raise BrinkError(f"{key} holds {field.entries} numbers and can only be set at the start")
    if field.dtype.kind != "f" and step != int(step):
        raise BrinkError(f"{key}: {step:g} is not a whole number")


def _check_entry(key: str, field: Field, value: Any) -> None:
    if field.dtype == bool and isinstance(value, bool):
        return
    number = _number(key, value)
    _within(key, number, field.low, field.high, field.unit)
    if field.dtype.kind != "f" and number != int(number):
        raise BrinkError(f"{key}: {number:g} is not a whole number")


def check_unit(key: str, right: str, given: str) -> None:
    """Raise BrinkError if a unit is given and is not the right one."""
    if given and given != right:
        raise BrinkError(f"{key} is in {right!r}, not {given!r}" if right else f"{key} has no unit, but got {given!r}")


def _number(key: str, value: Any) -> float:
    if value is None:
        raise BrinkError(f"{key}: has no value")
    if isinstance(value, bool) or not isinstance(value, Real):
        raise BrinkError(f"{key}: {shown(value)} is not a number")
    if not math.isfinite(value):
        raise BrinkError(f"{key}: {float(value)} is not a finite number")
    return float(value)


def _within(key: str, number: float, low: float, high: float, unit: str) -> None:
    if not low <= number <= high:
        raise BrinkError(f"{key}: {number:g} must be {bounds(low, high)}{f' ({unit})' if unit else ''}")


def bounds(low: float, high: float) -> str:
    """Hard bounds in words."""
    if math.isinf(high):
        return "any number" if math.isinf(low) else f"at least {low:g}"
    return f"between {low:g} and {high:g}"


def rows(entries: Iterable[Entry[Parameter]]) -> list[dict[str, Any]]:
    """A row of plain values a parameter: key, default, low, high, prior, unit, evidence, why."""
    return [{
        "key": entry.key, "default": entry.declaration.default, "low": entry.declaration.low,
        "high": None if math.isinf(entry.declaration.high) else entry.declaration.high,
        "prior": str(entry.declaration.prior), "unit": entry.declaration.unit,
        "evidence": list(entry.declaration.evidence), "why": entry.declaration.why,
    } for entry in entries]


def markdown(entries: Iterable[Entry[Parameter]]) -> str:
    """The rows as a Markdown table, to copy into a paper."""
    lines = ["| parameter | default | prior | unit | evidence | meaning |", "|---|---|---|---|---|---|"]
    for row in rows(entries):
        cells = (f"`{row['key']}`", f"{row['default']:g}", row["prior"], row["unit"], ", ".join(row["evidence"]),
                 row["why"])
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)
