"""What differs between two scenarios: parameters, starting values, interventions, each with who set it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sim.ensemble.results import Run
from sim.model import registry
from sim.scenario.scenario import Scenario
from sim.words import numbers

DEFAULT = "the model's default"
DRAWN = "drawn from its prior"


@dataclass(frozen=True)
class Change:
    """One thing that is not the same on both sides.

    Parameters
    ----------
    kind : "parameter", "start", "intervention" or "version"
    key : its name; of an intervention, which one it is
    a, b : the value on either side, in words; of an intervention, in how many worlds it took hold, "" on the side without it
    by_a, by_b : who set it, with their note
    """

    kind: str
    key: str
    a: str = ""
    b: str = ""
    by_a: str = ""
    by_b: str = ""

    def as_dict(self) -> dict[str, str]:
        """Plain values."""
        return asdict(self)


def changes(a: Run, b: Run) -> list[Change]:
    """What differs between the scenarios of two runs, and between the versions that made them."""
    return [*_values(a, b, "parameter"), *_values(a, b, "start"), *_interventions(a, b), *_versions(a, b)]


def _values(a: Run, b: Run, kind: str) -> list[Change]:
    given = [run.scenario.parameters if kind == "parameter" else run.scenario.start for run in (a, b)]
    found = [Change(kind, key, *(_value(values.get(key), key, kind == "parameter" and run.uncertainty == "priors")
                                 for values, run in zip(given, (a, b), strict=True)),
                    *(_by(run.scenario, key) for run in (a, b)))
             for key in sorted({*given[0], *given[1]}) if given[0].get(key) != given[1].get(key)]
    return [change for change in found if change.a != change.b]


def _value(given: Any, key: str, drawn: bool) -> str:
    if given is None and drawn:
        return DRAWN
    value = registry.default(key) if given is None else given
    return DEFAULT if value is None else numbers(value)


def _by(scenario: Scenario, key: str) -> str:
    """Who set it, with their note."""
    layer, note = scenario.sources.get(key, (DEFAULT, ""))
    return f"{layer}: {note}" if note else layer


def _interventions(a: Run, b: Run) -> list[Change]:
    """Those that one side only has, whatever their order."""
    return [Change("intervention", one.in_words(run.scenario.date), **{side: f"took hold in {worlds:,} of {run.size:,} worlds"})
            for side, run, other in (("a", a, b), ("b", b, a)) for one, worlds in run.taken
            if one not in other.scenario.interventions]


def _versions(a: Run, b: Run) -> list[Change]:
    """Packages of another version: with another brink the rules may differ."""
    here, there = ({name: one for name, one in run.about["versions"].items() if name != "engine"} for run in (a, b))
    return [Change("version", name, *(str(side.get(name, "not installed")) for side in (here, there)))
            for name in sorted({*here, *there}) if here.get(name) != there.get(name)]
