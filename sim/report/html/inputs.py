"""Sections on what was asked: the scenario and who set what, every parameter, and how to get the same numbers again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Any

from sim.model import registry
from sim.report.figures import look
from sim.report.html.markup import Html, Part, breakable, folded, html, paragraphs, table, tag, terms
from sim.report.html.outcomes import evidence_of, rests_on
from sim.scenario.interventions import Intervention
from sim.scenario.write import apart, as_yaml, written
from sim.words import numbers

if TYPE_CHECKING:
    from sim.engine import Parameter
    from sim.ensemble.results import Run
    from sim.model.registry import Entry
    from sim.scenario.scenario import Scenario


def question(run: Run) -> Html:
    """What was asked of the model."""
    what = run.scenario
    varied = (f"drawn from their priors, {run.sets:,} sets" if run.uncertainty == "priors" else "fixed")
    pairs: list[tuple[Part, Part]] = [
        ("Scenario", html(tag("code", what.name), f": {', then '.join(what.lineage)}" if what.lineage[1:] else "")),
        ("From", f"{look.date(0, what.date)} to {look.date(run.days, what.date)} ({run.days} days)"),
        ("Worlds", f"{run.size:,} {_histories(run)}, each with luck of its own (seed {run.seed})"),
        ("Parameters", varied),
    ]
    return html(terms(pairs), changes(what))


def _histories(run: Run) -> str:
    """What its worlds are."""
    where = run.about.get("fork")
    if where is None:
        return "histories of the same situation"
    return f"futures of world {where['world']} from {look.date(where['day'], run.scenario.date)} (day {where['day']}) on"


def changes(what: Scenario) -> Html:
    """What a scenario changes of the model's defaults, with who set it."""
    rows = list(_changed(what))
    forced = interventions(what)
    if not rows and not forced:
        return tag("p", "Nothing differs from the model's defaults.")
    values = table("Values that differ from the model's defaults.", ("value of", "default", "here", "set by", "rests on"), rows,
                   numbers=(1, 2), wide=(4,)) if rows else ""
    steps = html(tag("p", "Made to happen:"), tag("ul", (tag("li", step) for step in forced))) if forced else ""
    return html(values, steps)


def _changed(what: Scenario) -> Iterator[Sequence[Part]]:
    for key, value in {**what.parameters, **what.start}.items():
        layer, note = what.sources[key]
        by: list[Part] = [layer, tag("small", note)] if note else [layer]
        default = registry.default(key)
        yield (named(key), "" if default is None else numbers(default), numbers(value), by, rests_on(evidence_of(key)))


def named(key: str) -> list[Part]:
    """A parameter or starting value with its meaning."""
    entry = registry.catalogue().get(key)
    field = registry.fields().get(key)
    meaning = entry.declaration.why if entry else f"starting value: {field.declaration.meaning}" if field else ""
    return [tag("code", breakable(key)), tag("small", meaning)]


def interventions(what: Scenario) -> list[str]:
    """What a scenario makes happen, a line each."""
    return [one.in_words(what.date) for one in what.interventions]


def every_parameter(run: Run) -> Html:
    """All parameters as used, folded away."""
    whole = table("Parameters by the actor or arena that they belong to. A prior is what the authors hold possible; it is not "
                  "a limit.", ("parameter", "as used", "unit", "prior", "rests on"), _under_owners(run), numbers=(1,),
                  wide=(2, 3, 4))
    return folded(f"All {len(registry.catalogue())} parameters as used, with priors and evidence", whole)


def _under_owners(run: Run) -> Iterator[Sequence[Part]]:
    owner = ""
    for entry in registry.catalogue().values():
        if entry.owner.key != owner:
            owner = entry.owner.key
            yield (look.PEOPLE.get(owner, owner),)
        yield _parameter(run, entry)


def _parameter(run: Run, entry: Entry[Parameter]) -> Sequence[Part]:
    one = entry.declaration
    set_here = run.scenario.parameters.get(entry.key)
    drawn = run.uncertainty == "priors" and set_here is None
    used = "drawn" if drawn else f"{one.default if set_here is None else set_here:g}"
    return [tag("code", breakable(entry.key)), tag("small", one.why)], used, one.unit, str(one.prior), " ".join(one.evidence)


def again(run: Run) -> Html:
    """How to get the same numbers again."""
    versions = ", ".join(f"{name} {version}" for name, version in run.about["versions"].items())
    luck = ", ".join(f"{key} {value}" for key, value in run.about["luck"].items())
    command, python, file = recipe(run)
    return html(
        to_save(run.scenario.name, file), tag("p", "At a terminal:"), tag("pre", command), tag("p", "From Python:"),
        tag("pre", python), paragraphs(*needs(run)),
        terms([("Scenario hash", tag("code", run.about["scenario_hash"])), ("Luck", luck),
               ("Versions", versions)]),
        tag("p", "The same scenario, worlds, days and seed give the same numbers on any number of processes.", class_="small"))


def to_save(name: str, file: str) -> Html:
    """A scenario file that a recipe needs, under this name; nothing if it needs none."""
    return html(tag("p", "Save this as ", tag("code", f"{name}.yaml"), ":"), tag("pre", file)) if file else html()


def needs(run: Run) -> list[str]:
    """What a reader of the recipe must know besides: of which run this is a fork, and that only some worlds were read."""
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
    """How it was run. Of a run over priors of which the first worlds were read, all worlds: fewer sets are other sets."""
    varied = run.uncertainty == "priors"
    worlds = run.about.get("of_worlds", run.size) if varied else run.size
    options: dict[str, Any] = {"worlds": worlds, "days": run.days, "seed": run.seed}
    if run.about["every"] != 7:
        options["every"] = run.about["every"]
    return {**options, "uncertainty": "priors", "sets": worlds // run.about["worlds_a_set"]} if varied else options
