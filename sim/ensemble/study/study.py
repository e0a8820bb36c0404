"""Study files: which scenarios, which parameter sets, how much luck, what is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import Field, PlainValidator, ValidationInfo, field_validator

from sim.engine.fields import LONGEST
from sim.engine.streams import CONTRACT
from sim.ensemble.design import Design
from sim.ensemble.recorder import variables
from sim.ensemble.study import design as designs
from sim.ensemble.study.design import StudyDesign
from sim.errors import BrinkError, nearest, path_of, shown
from sim.model import strict_yaml
from sim.model.crisis import Crisis
from sim.model.outcomes import OUTCOMES
from sim.model.strict_yaml import Schema, Text, each, is_file_name, names, whole
from sim.scenario import scenario as scenarios
from sim.scenario.scenario import Scenario

MOST_WORLDS = 10**10
"""In a study. Its parts, of which each has a name and a file, are then a million."""

MOST_LUCK = 2**31 - 1
"""Worlds per set: luck numbers are stored in 32 bits."""

FORMAT = 1


@dataclass(frozen=True)
class Study:
    """A study.

    Parameters
    ----------
    title, says : for people
    scenarios : each is run on every parameter set
    design : the parameter sets
    worlds : luck numbers 0 to worlds - 1, the same for every set, so that sets are compared on the same luck
    seed : of luck and design
    outcomes : ids of the outcomes that are kept, one column each
    daily : recorded variables of which means and quantiles are kept for every set
    every : days between recorded days
    budget : most worlds in all, or 0
    luck : how luck is drawn; of a study that was begun under another contract, that one
    """

    title: str
    says: str
    scenarios: tuple[Scenario, ...]
    design: StudyDesign
    worlds: int = 100
    seed: int = 1
    outcomes: tuple[str, ...] = tuple(outcome.id for outcome in OUTCOMES)
    daily: tuple[str, ...] = ()
    every: int = 30
    budget: int = 0
    luck: Mapping[str, Any] = field(default_factory=lambda: CONTRACT)

    @property
    def total(self) -> int:
        """Worlds in all."""
        return len(self.scenarios) * self.design.size() * self.worlds

    def check(self, place: Path) -> None:
        """Raise BrinkError if it asks for more worlds than its budget allows, or than any study may have."""
        if self.budget and self.total > self.budget:
            raise BrinkError(f"{place}: asks for {self.total:,} worlds, more than its budget of {self.budget:,}")
        if self.total > MOST_WORLDS or self.worlds > MOST_LUCK:
            raise BrinkError(f"{place}: asks for {self.total:,} worlds, {self.worlds:,} a set; a study may have "
                             f"{MOST_WORLDS:,}, and {MOST_LUCK:,} a set")

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for `study.json`."""
        return {
            "format": FORMAT, "title": self.title, "says": self.says, "worlds": self.worlds, "seed": self.seed,
            "design": self.design.as_dict(), "outcomes": list(self.outcomes),
            "daily": list(self.daily), "every": self.every, "budget": self.budget, "luck": dict(self.luck),
            "scenarios": [one.as_dict() for one in self.scenarios],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Study:
        """What `as_dict` wrote; the sets of a grid, list or CSV stand in a file of their own."""
        return cls(content["title"], content["says"], tuple(map(Scenario.from_dict, content["scenarios"])),
                   StudyDesign.from_dict(content["design"]), content["worlds"], content["seed"], tuple(content["outcomes"]),
                   tuple(content["daily"]), content["every"], content["budget"], content["luck"])

    def identity(self, sets: Design) -> str:
        """Sixteen hex digits that depend on what determines a part's bytes: all but words, budget and number of worlds."""
        decisive = {name: value for name, value in self.as_dict().items() if name not in ("title", "says", "worlds", "budget")}
        decisive["scenarios"] = [[one.name, one.hash] for one in self.scenarios]
        digest = hashlib.sha256(json.dumps(decisive, sort_keys=True, allow_nan=False).encode() + ",".join(sets.names).encode())
        digest.update(sets.values.tobytes())
        return digest.hexdigest()[:16]


MOST_SCENARIOS = 100
"""Scenarios of a study, each of which is read and runs on all sets."""


def _named(kind: str, known: Callable[[], list[str]]) -> PlainValidator:
    """A reader of names that must be known, in the order of the known ones; the condition of an outcome is added to it."""
    def read(value: Any) -> tuple[str, ...]:
        all_ = known()

        def find(_: int, name: str) -> str:
            if name not in all_:
                raise BrinkError(f"no {kind} {shown(name)}{nearest(name, all_)}")
            return name

        found = set(each(dict(enumerate(names(value))), find).values())
        found |= {outcome.given for outcome in OUTCOMES if outcome.given and outcome.id in found}
        return tuple(name for name in all_ if name in found)

    return PlainValidator(read)


class Keep(Schema):
    """What a study keeps of each world."""

    expected = "keep must hold lists of names, like {outcomes: [round_two], daily: [war.tension]}"

    outcomes: Annotated[tuple[str, ...], _named("outcome", lambda: [outcome.id for outcome in OUTCOMES])] = Study.outcomes
    daily: Annotated[tuple[str, ...], _named("recorded variable", lambda: [one.name for one in variables(Crisis.states)])] = ()
    every: Annotated[int, whole(1, LONGEST)] = Study.every


class StudyFile(Schema):
    """A study file; `context` is the folder in which it stands."""

    expected = "expected keys and values, like 'design: {kind: latin, parameters: [us.*], sets: 64}'"

    title: Text = ""
    says: Text = ""
    days: Annotated[int | None, whole(1, LONGEST)] = None
    scenarios: Annotated[Any, Field(validate_default=True)] = "baseline"
    design: Annotated[Any, PlainValidator(designs.read)] = StudyDesign()
    worlds: Annotated[int, whole(1, MOST_LUCK)] = Study.worlds
    seed: Annotated[int, whole(0, 2**53)] = Study.seed
    keep: Annotated[Keep, PlainValidator(lambda keep: Keep.of({} if keep is None else keep))] = Keep()
    budget: Annotated[int, whole(1, MOST_WORLDS)] = Study.budget

    @field_validator("scenarios")
    @classmethod
    def _loaded(cls, value: Any, info: ValidationInfo) -> tuple[Scenario, ...]:
        """The scenarios by name, or by the name of a file in the folder of the study file."""
        folder, days, given = cast(Path, info.context), info.data.get("days"), names(value)
        if len(given) > MOST_SCENARIOS:
            raise BrinkError(f"{len(given):,} scenarios are named; a study has at most {MOST_SCENARIOS}")
        if len(set(given)) < len(given):
            raise BrinkError("a scenario is named twice")
        found = each(dict(enumerate(given)), lambda _, name: _scenario(name, folder).changed(days=days))
        if len({one.name for one in found.values()}) < len(found):
            raise BrinkError("a scenario is named twice")
        return tuple(found.values())


def read(path: str | Path) -> Study:
    """Read a study file. Raises BrinkError with one line per mistake, each with its file and line."""
    path = path_of(path)
    file = strict_yaml.read(path, lambda content: StudyFile.of(content, path.parent))
    study = Study(file.title or path.stem, file.says, file.scenarios, file.design, file.worlds, file.seed, file.keep.outcomes,
                  file.keep.daily, file.keep.every, file.budget)
    study.check(path)
    return study


def _scenario(name: str, folder: Path) -> Scenario:
    if not is_file_name(name):
        raise BrinkError(f"scenarios takes names, or files beside this one, not {shown(name)}")
    return scenarios.load(folder / name if name.endswith((".yaml", ".yml")) else name)
