"""Study files: which scenarios, which parameter sets, how much luck, what is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.engine.streams import CONTRACT
from sim.ensemble.study import design as designs
from sim.ensemble.study.design import Design
from sim.errors import BrinkError, nearest
from sim.model.outcomes import OUTCOMES
from sim.scenario import scenario as scenarios
from sim.scenario.scenario import Scenario
from sim.scenario.strict_yaml import Node, Problems
from sim.scenario.strict_yaml import read as read_yaml

KEYS = ("title", "says", "scenarios", "design", "worlds", "days", "seed", "keep", "budget")
KEEP_KEYS = ("outcomes", "daily", "every")
MOST_WORLDS = 10**10
"""In a study. Its parts, of which each has a name and a file, are then a million."""

MOST_LUCK = 2**31 - 1
"""Worlds a set: luck numbers are kept in 32 bits."""

NUMBERS = {"worlds": (1, MOST_LUCK), "seed": (0, 2**53), "budget": (1, MOST_WORLDS), "days": (1, scenarios.LONGEST)}
"""Whole numbers of a study file, with the least and the most that they may be."""

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
    outcomes : ids of the outcomes that are kept, a column each
    daily : recorded variables of which means and quantiles are kept for every set
    every : days between recorded days
    budget : most worlds in all, or 0
    """

    title: str
    says: str
    scenarios: tuple[Scenario, ...]
    design: Design
    worlds: int = 100
    seed: int = 1
    outcomes: tuple[str, ...] = tuple(outcome.id for outcome in OUTCOMES)
    daily: tuple[str, ...] = ()
    every: int = 30
    budget: int = 0

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
            "daily": list(self.daily), "every": self.every, "budget": self.budget, "luck": CONTRACT,
            "scenarios": [one.as_dict() for one in self.scenarios],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Study:
        """What `as_dict` wrote; the sets of a grid, list or CSV stand in a file of their own."""
        return cls(content["title"], content["says"], tuple(map(Scenario.from_dict, content["scenarios"])),
                   Design.from_dict(content["design"]), content["worlds"], content["seed"], tuple(content["outcomes"]),
                   tuple(content["daily"]), content["every"], content["budget"])

    def identity(self, values: bytes) -> str:
        """Sixteen hex digits that depend on what determines a part's bytes: all but words, budget and number of worlds."""
        decisive = {name: held for name, held in self.as_dict().items() if name not in ("title", "says", "worlds", "budget")}
        decisive["scenarios"] = [[one.name, one.hash] for one in self.scenarios]
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode() + values).hexdigest()[:16]


def read(path: str | Path) -> Study:
    """Read a study file. Raises BrinkError with a line a mistake, each with its file and line."""
    path = Path(path)
    problems = Problems(path)
    content = read_yaml(path, problems)
    problems.unknown_keys(content, KEYS)
    numbers: dict[str, Any] = {name: problems.whole(content[name], name, *NUMBERS[name]) for name in NUMBERS if name in content}
    days = numbers.pop("days", None)
    study = Study(problems.text(content, "title", path.stem), problems.text(content, "says"),
                  _scenarios(content, days, path, problems), designs.read(content.get("design"), problems, path.parent),
                  **numbers, **_keep(content, problems))
    problems.raise_any()
    study.check(path)
    return study


def _scenarios(content: dict[str, Node], days: int | None, path: Path, problems: Problems) -> tuple[Scenario, ...]:
    """The scenarios by name, or by the name of a file beside the study."""
    node = content.get("scenarios")
    if node is None:
        return (scenarios.load("baseline").changed(days=days),)
    found = []
    for item in problems.items(node, "scenarios"):
        try:
            found.append(_scenario(str(item.value), path.parent).changed(days=days))
        except BrinkError as error:
            problems.add(item.line, str(error))
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        problems.add(node.line, "a scenario is named twice")
    return tuple(found)


def _scenario(name: str, folder: Path) -> Scenario:
    if "/" in name or "\\" in name:
        raise BrinkError(f"scenarios takes names, or files beside this one, not {name!r}")
    return scenarios.load(folder / name if name.endswith((".yaml", ".yml")) else name)


def _keep(content: dict[str, Node], problems: Problems) -> dict[str, Any]:
    """Which outcomes and daily variables are kept."""
    keep = problems.mapping(content, "keep")
    problems.unknown_keys(keep, KEEP_KEYS)
    kept: dict[str, Any] = {}
    if "outcomes" in keep:
        kept["outcomes"] = _named(keep["outcomes"], "outcome", [outcome.id for outcome in OUTCOMES], problems)
    if "daily" in keep:
        from sim.ensemble.recorder import variables
        from sim.model.crisis import Crisis

        kept["daily"] = _named(keep["daily"], "recorded variable", [one.name for one in variables(Crisis.states)], problems)
    if "every" in keep:
        kept["every"] = problems.whole(keep["every"], "every", 1, 3650)
    return kept


def _named(node: Node, kind: str, known: list[str], problems: Problems) -> tuple[str, ...]:
    """Names from a list of which each must be known, in the order of what is known; an outcome brings its condition along."""
    items = problems.items(node, f"{kind}s")
    names = {str(item.value) for item in items}
    for item in items:
        if item.value not in known:
            problems.add(item.line, f"no {kind} {item.value!r}{nearest(str(item.value), known)}")
    names |= {outcome.given for outcome in OUTCOMES if outcome.id in names and outcome.given}
    return tuple(name for name in known if name in names)
