"""Interventions read from scenario files and from the command line: every mistake is one clear line."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sim.engine import LONGEST
from sim.errors import LONGEST_LINE, MOST_TOLD, BrinkError, cut, for_all, nearest, shown
from sim.model import registry
from sim.model.shocks import SHOCKS, Size
from sim.model.strict_yaml import Mistakes, Way, YamlDocument, each, parsed_date, unknown_key, within
from sim.scenario.interventions.declared import BY_LOT, TESTS, VERBS, Condition, Intervention, refused, window

EXAMPLE = "{on: 2026-02-14, force: israel.strikes}"
LIKE = f"like {EXAMPLE}"
KEYS = ("on", "when", *VERBS, "to", "by", "size", "for", "until", "note")
CONDITION_KEYS = ("variable", "is", "value", "event", "happened")
CONDITIONS = "like {variable: war.tension, is: above, value: 1} or {event: talks.round_held, happened: true}"
LONGEST_PUSH = 20.0
"""Log-odds by which a push can move an action; a hundred million to one is enough for anybody."""

Given: TypeAlias = "str | Mapping[str, Any]"
"""An intervention as typed at a terminal, or as plain values."""


def read(content: Mapping[str, Any], date: datetime.date | None = None, days: int = 0) -> tuple[Intervention, ...]:
    """The interventions in the content of a scenario file. Raises BrinkError with all mistakes.

    `date` is that of day 0 and `days` the horizon. Without a date, because the scenario has mistakes elsewhere, days are not
    compared with the horizon.
    """
    given = content.get("interventions")
    return () if given is None else each({"interventions": given}, lambda _, items: _all(items, date, days))["interventions"]


def _all(given: Any, date: datetime.date | None, days: int) -> tuple[Intervention, ...]:
    if not isinstance(given, tuple):
        raise BrinkError(f"interventions must be a list, of lines like '- {EXAMPLE}'")
    return tuple(each(dict(enumerate(given)), lambda _, item: _one(item, date, days)).values())


def read_given(given: Given | Iterable[Given], date: datetime.date | None, days: int) -> tuple[Intervention, ...]:
    """The interventions that a user gives, one or several; without a date days are not compared with the horizon.

    Raises BrinkError with one line per mistake.
    """
    def made(one: Given) -> Intervention:
        text = one if isinstance(one, str) else _as_text(one)
        name = f"intervention '{cut(' '.join(text.split()), LONGEST_LINE // 3)}'"
        return YamlDocument(name, text, numbered=False).read(lambda item: _one(item, date, days))

    if isinstance(given, str | Mapping):
        given = (given,)
    if not isinstance(given, Iterable):
        raise BrinkError(f"do: {shown(given)} is no intervention, {LIKE}")
    return tuple(for_all(given, made))


def _as_text(one: Mapping[str, Any]) -> str:
    try:
        return json.dumps(one, default=str, allow_nan=False)
    except ValueError:
        raise BrinkError(f"intervention {shown(str(one))}: holds a number that is not finite") from None
    except TypeError:
        raise BrinkError(f"intervention {shown(str(one))}: has a key that is no text, {LIKE}") from None


@dataclass
class _Reader:
    """One intervention as written, and what is wrong with it. `date` is that of day 0, `days` the horizon."""

    item: dict[str, Any]
    date: datetime.date | None
    days: int
    found: list[tuple[Way, str]] = field(default_factory=list)

    def wrong(self, key: str, says: str) -> None:
        """Note a mistake in the value of a key, or in the whole if the key is not there."""
        self.found.append(((key,), says))

    def number(self, key: str, check: Callable[[Any], object]) -> float | None:
        """The number at a key, or None; `check` raises BrinkError for what it may not be."""
        if key not in self.item:
            return None
        try:
            check(value := self.item[key])
        except BrinkError as error:
            self.wrong(key, f"{key}: {error}")
            return None
        return float(value)

    def day(self, key: str, low: int = 0) -> int | None:
        """The day of the run, not before `low`, that a number or a date stands for; what is neither is noted."""
        value = self.item[key]
        try:
            named = value if isinstance(value, float) else parsed_date(value)
        except BrinkError:
            self.wrong(key, f"{key}: {shown(value)} is neither a day number nor a date like 2026-02-14")
            return None
        if self.date is None:
            return low
        number = (named - self.date).days if isinstance(named, datetime.date) else named
        if number not in range(low, self.days):
            first, last = (self.date + datetime.timedelta(days=day) for day in (low, self.days - 1))
            self.wrong(key, f"{key}: {shown(value)} must be a day from {low} to {self.days - 1} ({first} to {last})")
            return None
        return int(number)


def _one(item: Any, date: datetime.date | None, days: int) -> Intervention:
    if not isinstance(item, dict):
        raise BrinkError(f"an intervention must say when and what, {LIKE}")
    reader = _Reader(item, date, days, _unknown_keys(item, KEYS))
    on, when, until = _on(reader), _when(reader), None
    does = _verb(reader)
    name = _name(reader, does) if does else None
    amount = _amount(reader, does, name) if does and name else None
    if "until" in item:
        until = reader.day("until", (on or 0) + 1)
    lasts = reader.number("for", _duration)
    note = item.get("note", "")
    if "note" in item and (not isinstance(note, str) or not note.strip()):
        reader.wrong("note", "note must be text")
    if does and name:
        _check_time(reader, does, name)
    if reader.found or not (does and name):
        raise Mistakes(reader.found)
    made = Intervention(does, name, amount, on or 0, when, None if lasts is None else int(lasts), until, " ".join(note.split()))
    if mistake := window(made, days if date else made.on + (made.lasts or 0)):
        raise BrinkError(mistake)
    return made


def _unknown_keys(content: Mapping[str, Any], known: Sequence[str]) -> list[tuple[Way, str]]:
    strange = [key for key in content if key not in known]
    return [((key,), unknown_key(key, known)) for key in strange[:MOST_TOLD + 1]]


def _on(reader: _Reader) -> int | None:
    if "on" in reader.item:
        return reader.day("on")
    if "when" not in reader.item:
        reader.wrong("on", "an intervention must say when, like 'on: 2026-02-14' or 'on: 46', or hold a condition, like "
                           "'when: {variable: war.tension, is: above, value: 1}'")
    return 0


def _verb(reader: _Reader) -> str | None:
    """The one thing that is done."""
    verbs = [verb for verb in VERBS if verb in reader.item]
    if not verbs:
        reader.wrong("", f"an intervention must say what it does, with one of {', '.join(VERBS)}, {LIKE}")
    if len(verbs) > 1:
        reader.wrong("", f"an intervention does one thing, not {' and '.join(verbs)}: write one line for each")
    return verbs[0] if len(verbs) == 1 else None


def known(does: str) -> Mapping[str, Any]:
    """What each verb can be about."""
    if does == "shock":
        return SHOCKS
    if does in ("set", "shift"):
        return {**registry.catalogue(), **registry.fields()}
    return {key: entry for key, entry in registry.events().items() if does == "force" or entry.declaration.clocked}


def _name(reader: _Reader, does: str) -> str | None:
    name, names = reader.item[does], known(does)
    if not isinstance(name, str) or name not in names:
        reader.wrong(does, f"{does}: {_unknown(does, name, names)}")
    elif mistake := refused(does, name):
        reader.wrong(does, mistake)
    else:
        return name
    return None


KINDS = {"force": ("event", "; see docs/odd.md"), "forbid": ("action", "; see docs/odd.md"),
         "push": ("action", "; see docs/odd.md"), "set": ("parameter or state variable", "; see brink parameters"),
         "shift": ("parameter or state variable", "; see brink parameters"), "shock": ("shock", "; see brink shocks"),
         "variable": ("state variable", "; see docs/odd.md"), "event": ("event", "; see docs/odd.md")}


def _unknown(key: str, given: Any, known: Mapping[str, Any]) -> str:
    """The message for a name that is not known at this key."""
    name = cut(given) if isinstance(given, str) else shown(given)
    kind, where = KINDS[key]
    if kind == "action" and name in registry.events():
        return f"{name!r} has no clock of its own: it follows from other events; forbid or push those"
    if key == "variable" and name in registry.catalogue():
        return f"{name!r} is a parameter, and a condition asks for a state variable"
    ends = [other for other in known if other.partition(".")[2] == name]
    return f"no {kind} {name!r}{f'; did you mean {ends[0]!r}?' if ends else nearest(name, known) or where}"


def _amount(reader: _Reader, does: str, name: str) -> float | None:
    """By how much, or to what; a key of another verb is a mistake."""
    right = VERBS[does]
    for key in ("to", "by", "size"):
        if key in reader.item and key != right:
            reader.wrong(key, f"{key}: does not go with '{does}', which takes {f'{right!r}' if right else 'no number'}")
    if right not in reader.item:
        if does in ("push", "set", "shift"):
            reader.wrong(does, f"{does}: {name} needs {right!r}, a number")
        return None
    return reader.number(right, lambda value: _check_amount(does, name, value))


def _check_amount(does: str, name: str, value: Any) -> None:
    """Raise BrinkError unless the value can be set, or is a number by which this can be moved."""
    if does == "set":
        (registry.check if name in registry.catalogue() else registry.check_value)(name, value)
    elif does == "shock":
        _check_size(name, SHOCKS[name].size, value)
    elif not isinstance(value, float) or not math.isfinite(value):
        raise BrinkError(f"{shown(value)} is not a {'finite ' if isinstance(value, float) else ''}number")
    elif does == "shift":
        registry.check_step(name, value)
    elif abs(value) > LONGEST_PUSH:
        raise BrinkError(f"{value:g} must be between {-LONGEST_PUSH:g} and {LONGEST_PUSH:g} (log-odds)")


def _check_size(name: str, size: Size | None, value: Any) -> None:
    if size is None:
        raise BrinkError(f"{name} has no size")
    if not isinstance(value, float) or not size.low <= value <= size.high:
        raise BrinkError(f"{shown(value)} must be a number from {size.low:g} to {size.high:g} ({size.unit})")


def _duration(value: Any) -> None:
    if not isinstance(value, float) or not value.is_integer() or not 1 <= value <= LONGEST:
        raise BrinkError(f"{shown(value)} must be a whole number of days from 1 to {LONGEST:,}")


def _check_time(reader: _Reader, does: str, name: str) -> None:
    """Note a mistake if its time is given twice, or for what cannot last."""
    ends = [key for key in ("for", "until") if key in reader.item]
    if len(ends) == 2:
        reader.wrong("until", "give either 'for' (days from when it takes hold) or 'until' (a day), not both")
    once = does in ("set", "shift") and name in registry.fields()
    if ends and once:
        reader.wrong(ends[0], f"{ends[0]}: the state variable {name} is changed once and then goes its own way; a time goes "
                              "with a parameter, a push, or what is forced or forbidden")
    if ends and does == "shock" and name != BY_LOT:
        reader.wrong(ends[0], f"{ends[0]}: {name} strikes once, on the day it takes hold")


def _when(reader: _Reader) -> tuple[Condition, ...]:
    if "when" not in reader.item:
        return ()
    given = reader.item["when"]
    parts = dict(enumerate(given)) if isinstance(given, tuple) else {0: given}
    if not parts:
        reader.wrong("when", "when: holds no condition, like {variable: war.tension, is: above, value: 1}")
    try:
        return tuple(each(parts, lambda _, part: _condition(part)).values())
    except BrinkError as error:
        reader.found += within(("when",), error)
        return ()


def _condition(plain: Any) -> Condition:
    if not isinstance(plain, dict):
        raise BrinkError(f"when: a condition must be {CONDITIONS}")
    found, made = _unknown_keys(plain, CONDITION_KEYS), None
    try:
        made = _of_event(plain) if "event" in plain else _of_variable(plain)
    except BrinkError as error:
        found.append(((), f"when: {error}"))
    if made is None or found:
        raise Mistakes(found)
    return made


def _of_event(plain: Mapping[str, Any]) -> Condition:
    name, known = plain["event"], registry.events()
    if "variable" in plain or "is" in plain or "value" in plain:
        raise BrinkError("a condition asks for a variable or for an event, not for both")
    if not isinstance(name, str) or name not in known:
        raise BrinkError(_unknown("event", name, known))
    if not isinstance(plain.get("happened"), bool):
        raise BrinkError(f"the event {name} must have 'happened: true' or 'happened: false'")
    return Condition(name, "happened" if plain["happened"] else "not happened")


def _of_variable(plain: Mapping[str, Any]) -> Condition:
    name, test = plain.get("variable"), plain.get("is")
    known: dict[str, Any] = {**registry.fields(), **registry.properties()}
    if name is None or "happened" in plain:
        raise BrinkError(f"a condition must be {CONDITIONS}")
    if not isinstance(name, str) or name not in known:
        raise BrinkError(_unknown("variable", name, known))
    field = known[name].declaration
    flag = isinstance(field, property)
    if not flag and field.entries is not None:
        raise BrinkError(f"{name} holds {field.entries} numbers, and a condition asks for one")
    if flag or field.dtype == bool:
        if not isinstance(test, bool) or "value" in plain:
            raise BrinkError(f"{name} is true or false: write 'is: true' or 'is: false'")
        return Condition(name, str(test).lower())
    if not isinstance(test, str) or test not in TESTS:
        raise BrinkError(f"{name} is a number: 'is' must be one of {', '.join(TESTS)}, not {shown(test)}")
    if "value" not in plain:
        raise BrinkError(f"{name} is {test} what? Give a 'value'")
    registry.check_value(name, plain["value"])
    return Condition(name, test, float(plain["value"]))
