"""What differs between two scenarios: parameters, starting values, interventions, each with who set it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

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
    a, b : the value on either side, in words; of an intervention, in how many worlds it took hold, "" where it does not stand
    by_a, by_b : who set it, with their note
    """

    kind: str
    key: str
    a: str
    b: str
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
    keys = sorted({*given[0], *given[1]})
    found = [Change(kind, key, *(_value(run, kind, key) for run in (a, b)), *(_by(run.scenario, key) for run in (a, b)))
             for key in keys if given[0].get(key) != given[1].get(key)]
    return [change for change in found if change.a != change.b]


def _value(run: Run, kind: str, key: str) -> str:
    held = (run.scenario.parameters if kind == "parameter" else run.scenario.start).get(key)
    if held is None and kind == "parameter" and run.uncertainty == "priors":
        return DRAWN
    value = registry.default(key) if held is None else held
    return DEFAULT if value is None else numbers(value)


def _by(scenario: Scenario, key: str) -> str:
    """Who set it, with their note."""
    if key not in scenario.sources:
        return DEFAULT
    layer, note = scenario.sources[key]
    return f"{layer}: {note}" if note else layer


def _interventions(a: Run, b: Run) -> list[Change]:
    """Those that stand on one side only; where they stand in the list counts for nothing."""
    found = []
    for side, (run, other) in enumerate(((a, b), (b, a))):
        for one, worlds in run.taken:
            if one not in other.scenario.interventions:
                took = f"took hold in {worlds:,} of {run.size:,} worlds"
                found.append(Change("intervention", one.in_words(run.scenario.date), *(("", took) if side else (took, ""))))
    return found


def _versions(a: Run, b: Run) -> list[Change]:
    """Packages of another version: with another brink the rules may be others."""
    held = [run.about["versions"] for run in (a, b)]
    return [Change("version", name, *(str(side.get(name, "not installed")) for side in held))
            for name in sorted({*held[0], *held[1]}) if held[0].get(name) != held[1].get(name)]
