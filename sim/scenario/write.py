"""Scenarios and views written as files: of a scenario, what sets it apart from its nearest parent in the library; of a view,
its values with their notes."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.model import registry
from sim.scenario.interventions import Intervention
from sim.scenario.interventions.write import inline, line, number, quoted, text
from sim.scenario.scenario import Scenario, Source, Value, load, names

WIDTH = 116
"""Letters in a line of a description."""


@dataclass(frozen=True)
class Apart:
    """What sets a scenario apart from one of the library.

    Parameters
    ----------
    parent : its name, or "" if none fits, so that everything differs from the model's defaults
    days, date : where they are not the parent's, else None
    parameters, start : values that are not the parent's
    interventions : those that come after the parent's
    """

    parent: str
    days: int | None
    date: datetime.date | None
    parameters: dict[str, float]
    start: dict[str, Value]
    interventions: tuple[Intervention, ...]

    @property
    def nothing(self) -> bool:
        """Whether it is the parent."""
        return not (self.days or self.date or self.parameters or self.start or self.interventions)

    @property
    def single(self) -> dict[str, float]:
        """The changed values that are one number each."""
        return {key: value for key, value in {**self.parameters, **self.start}.items() if not isinstance(value, tuple)}

    @property
    def several(self) -> list[str]:
        """The keys of changed values that are several numbers, which only a file can say."""
        return [key for key, value in self.start.items() if isinstance(value, tuple)]


def apart(what: Scenario) -> Apart:
    """What sets a scenario apart from the last of its layers that is in the library and that it still holds all of."""
    return next(_all_apart(what))


def _all_apart(what: Scenario) -> Iterator[Apart]:
    """The same from each of its layers, the last first, and from the model's defaults."""
    library = set(names())
    layers = [name for name in dict.fromkeys([what.name, *reversed(what.lineage)]) if name in library]
    for parent in (*map(load, layers), Scenario("", "")):
        if (found := _apart(what, parent)) is not None:
            yield found


def _apart(what: Scenario, parent: Scenario) -> Apart | None:
    """None if the parent sets something that the scenario has not."""
    done = len(parent.interventions)
    missing = (parent.parameters.keys() - what.parameters.keys()) | (parent.start.keys() - what.start.keys())
    if missing or what.interventions[:done] != parent.interventions:
        return None
    return Apart(parent.name, what.days if what.days != parent.days else None, what.date if what.date != parent.date else None,
                 _other(what.parameters, parent.parameters), _other(what.start, parent.start), what.interventions[done:])


def _other(here: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in here.items() if key not in there or there[key] != value}


def written(one: Intervention, date: datetime.date) -> str:
    """An intervention as a line that `--do` and a scenario file read, with calendar dates; `date` is that of day 0."""
    plain = one.as_dict()
    if one.when and one.on == 0:
        del plain["on"]
    return line({key: (date + datetime.timedelta(days=value)).isoformat() if key in ("on", "until") else value
                 for key, value in plain.items()})


def as_yaml(what: Scenario) -> str:
    """The scenario as the text of a file that reads back to one of the same hash.

    It holds what differs from its nearest parent in the library; for one that is in the library, that is its own parent.
    """
    own = next(one for one in _all_apart(what) if one.parent == "" or not one.nothing)
    done = (f"  - {written(one, what.date)}" for one in own.interventions)
    return "\n".join([*_head(what, own), *_section("parameters", _values(own.parameters, what.sources)),
                      *_section("start", _values(own.start, what.sources)), *_section("interventions", done), ""])


def _section(name: str, lines: Iterable[str]) -> list[str]:
    """The lines below their head, if there are any."""
    found = list(lines)
    return [f"{name}:", *found] if found else []


def _head(what: Scenario, own: Apart) -> Iterator[str]:
    yield f"title: {text(what.title)}"
    if what.says:
        yield "says: >-"
        yield textwrap.indent(textwrap.fill(what.says, WIDTH, break_long_words=False, break_on_hyphens=False), "  ")
    if own.parent:
        yield f"extends: {own.parent}"
    if own.date is not None:
        yield f"date: {own.date.isoformat()}"
    if own.days is not None or not own.parent:
        yield f"days: {what.days}"


def _values(values: Mapping[str, Value], sources: Mapping[str, Source]) -> Iterator[str]:
    for key, value in values.items():
        note = sources[key].note if key in sources else ""
        plain = inline(value)
        yield f"  {key}: " + (f"{{value: {plain}, note: {quoted(note)}}}" if note else plain)


def view_yaml(name: str, note: str, values: Mapping[str, float], notes: Mapping[str, str]) -> str:
    """The text of a view file, which `sim.scenario.load_view` reads.

    Parameters
    ----------
    name, note : of the whole set; "" for none
    values : parameters by key; starting values have no place in a view
    notes : where single values come from, by key
    """
    head = [f"{key}: {quoted(text)}" for key, text in (("name", name), ("note", note)) if text.strip()]
    lines = [_setting(key, value, notes.get(key, "")) for key, value in sorted(values.items()) if key in registry.catalogue()]
    return "\n".join([*head, "parameters:", *lines, ""])


def _setting(key: str, value: float, note: str) -> str:
    """A value with its unit, so that a reader sees what it means, and its note."""
    unit = registry.catalogue()[key].declaration.unit
    parts = {"value": number(value), "unit": quoted(unit), "note": quoted(note) if note else ""}
    return f"  {key}: {{{', '.join(f'{name}: {text}' for name, text in parts.items() if text)}}}"
