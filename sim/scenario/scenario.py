"""Scenarios: a horizon, parameters and starting values, layered from parent to child, each value knowing who set it.

A scenario file names its parent (`extends`), so that a what-if is a few lines. It can run no code and reads no other
file than its parents. A view is a named set of parameter values with a note, to be laid over any scenario.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from sim.errors import BrinkError, cut, for_all, nearest, number, path_of, shown
from sim.model import registry as parameters
from sim.model.strict_yaml import Mistakes, YamlDocument, content_of, read, within
from sim.scenario import interventions
from sim.scenario.interventions import Intervention
from sim.scenario.interventions.read import Given
from sim.scenario.schema import Check, Head, ScenarioFile, Setting, ViewFile, check_date, check_start, horizon, one_value
from sim.scenario.slots import Slot

LIBRARY = Path(__file__).parents[2] / "scenarios"
NOT_SCENARIOS = {"evidence"}
DAYS = 365
MOST_PARENTS = 50
"""Files on which a scenario can stand, one above the other."""
DATE = datetime.date(2025, 12, 30)
"""Day 0 unless a scenario sets another."""

Value: TypeAlias = "float | tuple[float, ...]"
"""A parameter or starting value; several numbers for a state variable of several entries."""


class Source(NamedTuple):
    """Who set a value, and where it comes from in their words."""

    layer: str
    note: str = ""


@dataclass(frozen=True)
class Layer:
    """What one file, view or command line sets."""

    name: str
    parameters: dict[str, float] = field(default_factory=dict)
    start: dict[str, Value] = field(default_factory=dict)
    days: int | None = None
    date: datetime.date | None = None
    notes: dict[str, str] = field(default_factory=dict)

    def sources(self) -> dict[str, Source]:
        """The source of each value of this layer, by key."""
        keys = [*self.parameters, *self.start, *(["days"] if self.days is not None else [])]
        return {key: Source(self.name, self.notes.get(key, "")) for key in keys}


@dataclass(frozen=True)
class View:
    """Somebody's values for some parameters, with a note of where they come from."""

    name: str
    note: str
    layer: Layer


@dataclass(frozen=True)
class Scenario:
    """A scenario with its parents' values filled in.

    Parameters
    ----------
    name, title, says : for people; the name is that of the file
    days : horizon
    date : calendar date of day 0
    parameters, start : values that differ from the model's defaults, by "state.name"
    lineage : names of the layers, first parent first
    origin : the file, or "" if it was not read from one
    sources : who set each value, by "state.name" or "days"
    interventions : what is done to its worlds from which day or condition on, the parents' first
    """

    name: str
    title: str
    says: str = ""
    days: int = DAYS
    parameters: dict[str, float] = field(default_factory=dict)
    start: dict[str, Value] = field(default_factory=dict)
    lineage: list[str] = field(default_factory=list)
    origin: str = ""
    sources: dict[str, Source] = field(default_factory=dict)
    date: datetime.date = DATE
    interventions: tuple[Intervention, ...] = ()

    def __post_init__(self) -> None:
        check_date(self.date)
        interventions.check(self.interventions, self.days)

    def under(self, layer: Layer) -> Scenario:
        """This scenario with another layer on top."""
        return dataclasses.replace(
            self,
            days=self.days if layer.days is None else layer.days,
            date=layer.date or self.date,
            parameters={**self.parameters, **layer.parameters},
            start={**self.start, **layer.start},
            lineage=[*self.lineage, layer.name],
            sources={**self.sources, **layer.sources()},
        )

    def changed(self, set: Mapping[str, float] | None = None, days: int | None = None,
                view: View | None = None, do: Given | Sequence[Given] = ()) -> Scenario:
        """This scenario under a view, then under values by "state.name" and another horizon, with further interventions.

        `do` is one or several, each text or plain values, like "{on: 2026-03-01, shock: oil_shock}". Raises BrinkError, with
        one line per mistake, for unknown keys and impossible values.
        """
        if view is not None and not isinstance(view, View):
            raise BrinkError(f"view: {shown(view)} is no view; read one from a file with sim.load_view")
        scenario = self if view is None else self.under(view.layer)
        layer = _given({} if set is None else set, days)
        scenario = scenario.under(layer) if layer.sources() else scenario
        more = interventions.read_given(do, scenario.date, scenario.days)
        return dataclasses.replace(scenario, interventions=(*scenario.interventions, *more)) if more else scenario

    def warnings(self) -> list[str]:
        """One line per parameter that is far outside its prior, except where a scenario of the library sets it so."""
        library = set(names())
        own = {key: value for key, value in self.parameters.items() if self.sources[key].layer not in library}
        done = [(one.name, one.amount) for one in self.interventions
                if one.does == "set" and one.name in parameters.catalogue()]
        return [warning for key, value in (*own.items(), *done) if (warning := parameters.check(key, value))]

    def as_dict(self) -> dict[str, Any]:
        """Plain values in a canonical order, for `run.json`. No path of this machine is in it."""
        return {
            "name": self.name, "title": self.title, "says": self.says, "days": self.days,
            "date": self.date.isoformat(), "parameters": dict(sorted(self.parameters.items())),
            "start": {key: list(value) if isinstance(value, tuple) else value
                      for key, value in sorted(self.start.items())},
            "interventions": [one.as_dict() for one in self.interventions], "lineage": list(self.lineage),
            "sources": {key: source._asdict() for key, source in sorted(self.sources.items())},
        }

    as_yaml = Slot("The text of a scenario file that reads back to a scenario of the same hash.", "import sim.scenario first")

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Scenario:
        """The scenario that `as_dict` wrote, whatever became of its parameters since."""
        sources = {key: Source(**source) for key, source in content["sources"].items()}
        start = {key: tuple(value) if isinstance(value, list) else value for key, value in content["start"].items()}
        done = tuple(map(Intervention.from_dict, content["interventions"]))
        date = datetime.date.fromisoformat(content.get("date", DATE.isoformat()))
        return cls(**{**content, "sources": sources, "start": start, "date": date, "interventions": done})

    @property
    def hash(self) -> str:
        """Twelve hex digits that depend on what determines the results and on nothing else."""
        content = self.as_dict()
        decisive = {key: content[key] for key in ("days", "parameters", "start")}
        decisive["interventions"] = [{**one, "note": ""} for one in content["interventions"]]
        return hashlib.sha256(json.dumps(decisive, sort_keys=True, allow_nan=False).encode()).hexdigest()[:12]


def names() -> list[str]:
    """The scenarios of the library, baseline first."""
    found = sorted(path.stem for path in LIBRARY.glob("*.yaml") if path.stem not in NOT_SCENARIOS)
    return sorted(found, key=lambda name: name != "baseline")


def load(name_or_path: str | Path) -> Scenario:
    """Read a scenario of the library by name, or a scenario file by its path.

    Raises BrinkError with one line per mistake, each with its file and line.
    """
    return _resolved(_path(name_or_path if isinstance(name_or_path, str) else str(path_of(name_or_path))), ())


def headline(name: str) -> tuple[str, str]:
    """Title and description of a scenario of the library, without looking at its values."""
    head = read(_path(name), Head.of)
    return head.title or name, head.says


def load_view(path: str | Path) -> View:
    """Read a view file. Raises BrinkError with one line per mistake."""
    return read_view(content_of(path_of(path)), str(path))


def read_view(text: str, name: str) -> View:
    """Read the text of a view file of this name or path. Raises BrinkError with one line per mistake."""
    file = YamlDocument(name, text).read(ViewFile.of)
    notes = {key: one.note or file.note for key, one in file.parameters.items()}
    return View(file.name or Path(name).stem, file.note, Layer(Path(name).name, _values(file.parameters), notes=notes))


def _values(settings: Mapping[str, Setting]) -> dict[str, Any]:
    return {key: one.value for key, one in settings.items()}


def parse_setting(text: str) -> tuple[str, float]:
    """Read "key=value" or "key=value unit", as typed at a terminal. Raises BrinkError if it is not of that form."""
    key, _, given = (part.strip() for part in text.partition("="))
    value, _, unit = given.partition(" ")
    if not (key and value):
        raise BrinkError(f"{shown(text)} is not of the form key=value, like israel.missile_trigger=0.75")
    if ends := re.match(r"(\S+?) *(?: to | - |\.\.) *(\S+)", given):
        raise BrinkError(one_value(key, *ends.groups()))
    try:
        read = number(value)
    except BrinkError as error:
        raise BrinkError(f"{cut(key)}: {error}") from None
    _check(key)(key, read, unit.strip())
    return key, read


def _check(key: str) -> Check:
    """The check for a key set by hand, which may be that of a starting value or of a parameter."""
    return check_start if key in parameters.fields() else parameters.check


def _path(name: str) -> Path:
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        return Path(name)
    if name not in names():
        raise BrinkError(f"no scenario {shown(name)}{nearest(name, names()) or '; see brink scenarios'}")
    return LIBRARY / f"{name}.yaml"


def _resolved(path: Path, below: tuple[Path, ...]) -> Scenario:
    """The scenario of a file on top of its parents; `below` are the files that led to it."""
    document, seen = YamlDocument(path, content_of(path)), (*below, path)
    file = document.read(lambda content: _checked(content, lambda name: _parent(path, name, seen)))
    title = file.title or path.stem
    notes = {key: one.note for key, one in {**file.parameters, **file.start}.items()}
    layer = Layer(path.stem, _values(file.parameters), _values(file.start), file.days, file.date, notes)
    scenario = (_resolved(file.extends, seen) if file.extends else Scenario(path.stem, title)).under(layer)
    own = document.read(lambda content: interventions.read(content, scenario.date, scenario.days))
    return dataclasses.replace(scenario, name=path.stem, title=title, says=file.says, origin=str(path),
                               interventions=(*scenario.interventions, *own))


def _checked(content: Any, parent: Callable[[str], Path]) -> ScenarioFile:
    """What a file holds. Raises BrinkError with all its mistakes; if there are any, those of its interventions too."""
    try:
        return ScenarioFile.of(content, parent)
    except BrinkError as error:
        mistakes = within((), error)
    try:
        interventions.read(content if isinstance(content, dict) else {})
    except BrinkError as error:
        mistakes += within((), error)
    raise Mistakes(mistakes)


def _parent(path: Path, name: str, seen: tuple[Path, ...]) -> Path:
    """The file that a scenario extends: one of the library by name, or one in the same folder by file name."""
    parent = path.with_name(name) if name.endswith((".yaml", ".yml")) else _path(name)
    if parent.resolve() in [other.resolve() for other in seen]:
        chain = " -> ".join([*(other.stem for other in seen), parent.stem])
        raise BrinkError(f"extends goes round in a circle: {chain}")
    if len(seen) > MOST_PARENTS:
        raise BrinkError(f"extends: a scenario has at most {MOST_PARENTS} parents, one above the other")
    if not parent.is_file():
        raise BrinkError(f"extends: there is no file {shown(name)} beside this one")
    return parent


def _given(values: Mapping[str, Any], days: int | None) -> Layer:
    """The layer of values set by hand, each a parameter or a starting value."""
    if not isinstance(values, Mapping):
        raise BrinkError(f"set: {shown(values)} is no mapping, like {{'israel.missile_trigger': 0.75}}")
    for_all(values.items(), lambda given: _check(given[0])(*given, ""))
    start: dict[str, Value] = {key: float(value) for key, value in values.items() if key in parameters.fields()}
    others = {key: float(value) for key, value in values.items() if key not in start}
    return Layer("set by hand", others, start, None if days is None else horizon(days))
