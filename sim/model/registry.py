"""The registry of what a user can look up and change, made from the declarations in the rules' own files.

A key is "state.name": "israel.missile_trigger". Importing the model takes a second, so it waits until it is needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from sim.errors import BrinkError, among, nearest, shown

if TYPE_CHECKING:
    from sim.engine import Event, Field, Parameter
    from sim.model.entities import Card, Entity, Story

D = TypeVar("D")

PRIOR_MASS = 0.98
"""A value outside the central interval that holds this much of its prior deserves a warning."""


@dataclass(frozen=True)
class Declared(Generic[D]):
    """One declaration of the model: its key, the state class it belongs to, and itself."""

    key: str
    owner: type[Entity]
    declaration: D


class Declarations(NamedTuple):
    """All that the crisis declares, by key and in its order. `proper`: words with which its names begin."""

    catalogue: Mapping[str, Declared[Parameter]]
    fields: Mapping[str, Declared[Field]]
    properties: Mapping[str, Declared[property]]
    events: Mapping[str, Declared[Event]]
    cards: Mapping[str, Card]
    stories: Mapping[str, Story]
    chapters: Mapping[str, Story]
    aside: Story
    proper: tuple[str, ...]


@lru_cache
def _crisis() -> Declarations:
    from sim.engine import Event, Field, Parameter, State
    from sim.engine.declarations import declared
    from sim.model.crisis import Crisis
    from sim.model.entities import PLACES, STAGES, Actor, aside

    def by_key(kind: type[D]) -> dict[str, Declared[D]]:
        return {f"{state.key}.{name}": Declared(f"{state.key}.{name}", state, one) for state in Crisis.states
                for name, one in declared(state, kind).items() if one is not getattr(State, name, None)}

    events = by_key(Event)
    stories: dict[str, Story] = {key: entry.declaration.story.of(entry.owner.card) for key, entry in events.items()}
    chapters = [(key, story) for key, story in stories.items() if story.kind == "chapter"]
    chapters.sort(key=lambda one: STAGES.index(one[1].stage))
    actors = [state.card for state in Crisis.states if issubclass(state, Actor)]
    names = {words.removeprefix("the ").split()[0] for card in actors
             for words in (card.name, card.adjective, card.subject, card.looks_as)}
    return Declarations(by_key(Parameter), by_key(Field), by_key(property), events,
                        {state.key: state.card for state in Crisis.states}, stories, dict(chapters), aside(),
                        (*PLACES, *names))


def catalogue() -> Mapping[str, Declared[Parameter]]:
    """Every parameter by key, in the order of the model."""
    return _crisis().catalogue


def fields() -> Mapping[str, Declared[Field]]:
    """Every state variable by key, in the order of the model."""
    return _crisis().fields


def drawn() -> tuple[str, ...]:
    """The keys of the state variables that are drawn over time, in the order in which they declare it."""
    places = {key: entry.declaration.drawn for key, entry in fields().items() if entry.declaration.drawn}
    return tuple(sorted(places, key=places.__getitem__))


def properties() -> Mapping[str, Declared[property]]:
    """What a state computes from its variables, true or false, by key: whether talks are open, say."""
    return _crisis().properties


def events() -> Mapping[str, Declared[Event]]:
    """Every event by key, in the order of the model."""
    return _crisis().events


def kinds() -> dict[str, Mapping[str, Declared[Any]]]:
    """What has evidence, by what people call its kind."""
    return {"parameter": catalogue(), "starting value": fields(), "event": events()}


def ordered(key: str) -> bool:
    """Whether users may make an event happen, or change a parameter or state variable on a day of their choosing."""
    return all(known[key].declaration.ordered for known in kinds().values() if key in known)


def cards() -> Mapping[str, Card]:
    """How each actor and arena appears to people, by key, in the order of the model."""
    return _crisis().cards


def called(key: str) -> str:
    """The name of the actor or arena to which a key belongs; its own key where the model has none of it."""
    owner = key.partition(".")[0]
    return cards()[owner].name if owner in cards() else owner


def stories() -> Mapping[str, Story]:
    """The words of each event for people, by key, in the order of the model."""
    return _crisis().stories


def story(event: str) -> Story:
    """The words of an event; one that the model does not know is listed only where all events are."""
    return stories().get(event, _crisis().aside)


def chapters() -> Mapping[str, Story]:
    """The key events, by key, in the order of a story's chapters."""
    return _crisis().chapters


def within(says: str) -> str:
    """A meaning as part of a sentence: without its full stop, and small where it begins with a common word."""
    first, space, rest = says.rstrip(".").partition(" ")
    kept = first.startswith(_crisis().proper) or first[1:].isupper()
    return f"{first if kept else first[:1].lower() + first[1:]}{space}{rest}"


def tell_event(name: str) -> str:
    """A kind of event in words with who does it, "Israel: sends word ..."; its own name if this model does not know it."""
    known = events().get(name)
    return f"{called(name)}: {within(known.declaration.meaning)}" if known else name


def find(key: str) -> Declared[Parameter]:
    """The parameter of that key; an unknown one raises BrinkError with the nearest."""
    if among(key, catalogue()):
        return catalogue()[key]
    if among(key, fields()):
        raise BrinkError(f"{key!r} is a starting value, not a parameter: set it under start")
    raise BrinkError(f"no parameter {shown(key)}{_hint(key)}")


def find_field(key: str) -> Declared[Field]:
    """The state variable of that key; an unknown one raises BrinkError with the nearest."""
    if among(key, fields()):
        return fields()[key]
    if among(key, catalogue()):
        raise BrinkError(f"{key!r} is a parameter, not a starting value: set it under parameters")
    raise BrinkError(f"no state variable {shown(key)}{_hint(key)}")


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
    """The nearest key; for one without its state ("missile_trigger"), the key with it."""
    known = [*catalogue(), *fields()]
    ends = [other for other in known if other.partition(".")[2] == key]
    return f"; did you mean {ends[0]!r}?" if ends else nearest(key, known) or "; see brink parameters"


def search(pattern: str = "") -> list[Declared[Parameter]]:
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
    _check_entry(key, _single(key), value)


def check_step(key: str, step: float) -> None:
    """Raise BrinkError if a parameter or state variable cannot be moved by this: further than its range is wide, or because
    it is true or false, several numbers, or a whole one."""
    moved: Parameter | Field = catalogue()[key].declaration if key in catalogue() else _single(key)
    kind = "f" if key in catalogue() else _single(key).dtype.kind
    if kind == "b":
        raise BrinkError(f"{key} is true or false: set it")
    _within(key, step, moved.low - moved.high, moved.high - moved.low, moved.unit)
    if kind == "i" and step != int(step):
        raise BrinkError(f"{key}: {step:g} is not a whole number")


def _single(key: str) -> Field:
    """The state variable of that key, which must be of one number."""
    field = find_field(key).declaration
    if field.entries is not None:
        raise BrinkError(f"{key} holds {field.entries} numbers and can only be set at the start")
    return field


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
        raise BrinkError(f"{key} {f'is in {right!r}, not' if right else 'has no unit, but got'} {shown(given)}")


def _number(key: str, value: Any) -> float:
    if value is None:
        raise BrinkError(f"{key}: has no value")
    if isinstance(value, bool) or not isinstance(value, Real):
        raise BrinkError(f"{key}: {shown(value)} is not a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise BrinkError(f"{key}: {number} is not a finite number")
    return number


def _within(key: str, number: float, low: float, high: float, unit: str) -> None:
    if not low <= number <= high:
        raise BrinkError(f"{key}: {number:g} must be {bounds(low, high)}{f' ({unit})' if unit else ''}")


def bounds(low: float, high: float) -> str:
    """Hard bounds in words."""
    return f"between {low:g} and {high:g}"


def rows(entries: Iterable[Declared[Parameter]]) -> list[dict[str, Any]]:
    """One row of plain values per parameter: key, default, low, high, prior, unit, evidence, why."""
    return [{"key": entry.key, "default": one.default, "low": one.low, "high": one.high,
             "prior": str(one.prior), "unit": one.unit, "evidence": list(one.evidence), "why": one.why}
            for entry in entries for one in [entry.declaration]]


def markdown(entries: Iterable[Declared[Parameter]]) -> str:
    """The rows as a Markdown table, to copy into a paper."""
    lines = ["| parameter | default | prior | unit | evidence | meaning |", "|---|---|---|---|---|---|"]
    for row in rows(entries):
        cells = (f"`{row['key']}`", f"{row['default']:g}", row["prior"], row["unit"], ", ".join(row["evidence"]),
                 row["why"])
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)
