"""Sections on the inputs: the scenario and who set what, every parameter, and how to get the same numbers again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from shlex import quote
from typing import Any

from sim.engine import Parameter
from sim.ensemble.results import Run
from sim.model import registry
from sim.model.registry import Declared
from sim.report.html.outcomes import evidence_of
from sim.report.html.render import Row, render
from sim.scenario.interventions import Intervention
from sim.scenario.scenario import Scenario
from sim.scenario.write import apart, as_yaml, written
from sim.words import count, date, numbers


def question(run: Run) -> list[tuple[str, str]]:
    """The settings of the run: names and values."""
    what = run.scenario
    varied = f"drawn from their priors, {run.sets:,} sets" if run.uncertainty == "priors" else "fixed"
    lineage = f": {', then '.join(what.lineage)}" if what.lineage[1:] else ""
    fork = run.about.get("fork")
    histories = f"futures of world {fork['world']} from {date(fork['day'], what.date)} (day {fork['day']}) on" if fork else \
        "histories of the same situation"
    return [("Scenario", render("code", what.name) + lineage),
            ("From", f"{date(0, what.date)} to {date(run.days, what.date)} ({count(run.days, 'day')})"),
            ("Worlds", f"{run.size:,} {histories}, each with luck of its own (seed {run.seed})"), ("Parameters", varied)]


def changed(what: Scenario) -> Iterator[Row]:
    """What a scenario changes of the model's defaults, with who set it: rows of a table."""
    for key, value in {**what.parameters, **what.start}.items():
        layer, note = what.sources[key]
        default = registry.default(key)
        yield (named(key), "" if default is None else numbers(default), numbers(value), (layer, note) if note else layer,
               render("to_evidence", evidence_of(key)))


def named(key: str) -> tuple[str, str]:
    """A parameter or starting value with its meaning."""
    entry = registry.catalogue().get(key)
    field = registry.fields().get(key)
    return (render("code", key),
            entry.declaration.why if entry else f"starting value: {field.declaration.meaning}" if field else "")


def parameters(run: Run) -> Iterator[Row]:
    """All parameters as used, under the actor or arena that they belong to: rows of a table."""
    for owner, entries in groupby(registry.catalogue().values(), lambda entry: entry.owner.key):
        yield (registry.called(owner),)
        yield from (_parameter(run, entry) for entry in entries)


def _parameter(run: Run, entry: Declared[Parameter]) -> Row:
    one = entry.declaration
    set_here = run.scenario.parameters.get(entry.key)
    drawn = run.uncertainty == "priors" and set_here is None
    used = "drawn" if drawn else f"{one.default if set_here is None else set_here:g}"
    return (render("code", entry.key), one.why), used, one.unit, str(one.prior), " ".join(one.evidence)


def needs(run: Run) -> list[str]:
    """What the recipe does not show: of which run this is a fork, and that only some worlds were read."""
    found = []
    if "fork" in run.about:
        found.append("RUN is the directory of the run that this is a fork of: "
                     f"scenario hash {run.about['fork']['of']}, seed {run.seed}.")
    if "of_worlds" in run.about:
        found.append(f"Numbers here are of the first {run.size:,} of the run's {run.about['of_worlds']:,} worlds.")
    return found


def recipe(run: Run, called: str = "") -> tuple[str, str, str]:
    """A command, a Python program and, if values of the scenario can only stand in a file, the file that both read.

    The file is named like the scenario, or as it is `called`. Of a fork they say RUN for the run that it is of; see `needs`.
    """
    if "fork" in run.about:
        return (*_fork_again(run), "")
    what = run.scenario
    own = apart(what)
    by_hand = own.parent == what.name and own.date is None and not own.several
    file = "" if by_hand else as_yaml(what)
    name = own.parent if by_hand else f"{called or what.name}.yaml"
    settings = own.single if by_hand else {}
    done = [written(one, what.date) for one in own.interventions] if by_hand else []
    return (*_typed(f"brink run {quote(name)}", f"sim.run({name!r}, ", _options(run), settings, done), file)


def _fork_again(run: Run) -> tuple[str, str]:
    where = run.about["fork"]
    options = {"world": where["world"], "day": where["day"], "futures": run.size}
    if where["tag"]:
        options["tag"] = where["tag"]
    done = [written(Intervention.from_dict(one), run.scenario.date) for one in where.get("do", ())]
    return _typed("brink fork RUN", "sim.load('RUN').fork(", options, where["set"], done)


def _typed(command: str, call: str, options: Mapping[str, Any], settings: Mapping[str, float],
           done: Sequence[str]) -> tuple[str, str]:
    """A command with options, and a program with a call of the same arguments."""
    typed = [command, *(f"--{key} {quote(str(value))}" for key, value in options.items()),
             *(f"--set {key}={value!r}" for key, value in settings.items()), *(f"--do {quote(line)}" for line in done)]
    passed = [*(f"{key}={value!r}" for key, value in options.items()), *([f"set={settings!r}"] if settings else []),
              *([f"do={done!r}"] if done else [])]
    return " ".join(typed), f"import sim\nrun = {call}{', '.join(passed)})\nrun.outcomes"


def _options(run: Run) -> dict[str, Any]:
    """Options that make the run again; over priors with all its worlds, even if fewer were read: fewer sets are other sets."""
    varied = run.uncertainty == "priors"
    worlds = run.about.get("of_worlds", run.size) if varied else run.size
    options: dict[str, Any] = {"worlds": worlds, "days": run.days, "seed": run.seed}
    if run.about["every"] != 7:
        options["every"] = run.about["every"]
    return {**options, "uncertainty": "priors", "sets": worlds // run.about["worlds_a_set"]} if varied else options
