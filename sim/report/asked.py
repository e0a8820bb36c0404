"""Sections on what was asked: the scenario and who set what, every parameter, and how to get the same numbers again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Any

from sim import parameters
from sim.figures import look
from sim.report.findings import rests_on
from sim.report.markup import Html, Part, breakable, folded, html, table, tag, terms
from sim.writing import apart, written

if TYPE_CHECKING:
    from sim.engine import Parameter
    from sim.parameters import Entry
    from sim.results import Run
    from sim.scenario import Scenario, Value


def question(run: Run) -> Html:
    """What was asked of the model."""
    what = run.scenario
    varied = (f"drawn from their priors, {run.sets:,} sets" if run.uncertainty == "priors" else "fixed")
    pairs: list[tuple[Part, Part]] = [
        ("Scenario", html(tag("code", what.name), f": {', then '.join(what.lineage)}" if what.lineage[1:] else "")),
        ("From", f"{look.date(0, what.date)} to {look.date(run.days, what.date)} ({run.days} days)"),
        ("Worlds", f"{run.size:,} histories of the same situation, each with luck of its own (seed {run.seed})"),
        ("Parameters", varied),
    ]
    return html(terms(pairs), changes(what))


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
        yield named(key), default(key), shown(value), by, rests_on(evidence_of(key))


def named(key: str) -> list[Part]:
    """A parameter or starting value with its meaning."""
    entry = parameters.catalogue().get(key)
    field = parameters.fields().get(key)
    meaning = entry.declaration.why if entry else f"starting value: {field.declaration.meaning}" if field else ""
    return [tag("code", breakable(key)), tag("small", meaning)]


def default(key: str) -> str:
    """What a parameter or starting value is unless somebody sets it; nothing for a name that the model does not have."""
    if key in parameters.catalogue():
        return f"{parameters.catalogue()[key].declaration.default:g}"
    if key in parameters.fields():
        start = parameters.fields()[key].declaration.start
        return start if isinstance(start, str) else shown(start if isinstance(start, list | tuple) else float(start))
    return ""


def shown(value: Value | Sequence[float]) -> str:
    """A value, or several."""
    numbers = value if isinstance(value, Sequence) else (value,)
    return " ".join(f"{number:g}" for number in numbers)


def evidence_of(key: str) -> tuple[str, ...]:
    """What a parameter or starting value rests on."""
    entry = parameters.catalogue().get(key) or parameters.fields().get(key)
    return tuple(entry.declaration.evidence) if entry else ()


def interventions(what: Scenario) -> list[str]:
    """What a scenario makes happen, a line each."""
    return [one.in_words(what.date) for one in what.interventions]


def every_parameter(run: Run) -> Html:
    """All parameters as used, folded away."""
    whole = table("Parameters by the actor or arena that they belong to. A prior is what the authors hold possible; it is not "
                  "a limit.", ("parameter", "as used", "unit", "prior", "rests on"), _under_owners(run), numbers=(1,),
                  wide=(2, 3, 4))
    return folded(f"All {len(parameters.catalogue())} parameters as used, with priors and evidence", whole)


def _under_owners(run: Run) -> Iterator[Sequence[Part]]:
    owner = ""
    for entry in parameters.catalogue().values():
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
    saved = html(tag("p", "Save this as ", tag("code", f"{run.scenario.name}.yaml"), ":"), tag("pre", file)) if file else ""
    return html(
        saved, tag("p", "At a terminal:"), tag("pre", command), tag("p", "From Python:"), tag("pre", python),
        terms([("Scenario hash", tag("code", run.about["scenario_hash"])), ("Luck", luck),
               ("Versions", versions)]),
        tag("p", "The same scenario, worlds, days and seed give the same numbers on any number of processes.", class_="small"))


def recipe(run: Run) -> tuple[str, str, str]:
    """A command, a Python program and, if values of the scenario can only stand in a file, the file that both read."""
    what, options = run.scenario, _options(run)
    own = apart(what)
    by_hand = own.parent == what.name and own.date is None and not own.several
    file = "" if by_hand else what.as_yaml()
    name = own.parent if by_hand else f"{what.name}.yaml"
    settings = own.single if by_hand else {}
    done = [written(one, what.date) for one in own.interventions] if by_hand else []
    typed = [f"brink run {name}", *(f"--{key} {value}" for key, value in options.items()),
             *(f"--set {key}={value!r}" for key, value in settings.items()), *(f"--do {quote(line)}" for line in done)]
    passed = [repr(name), *(f"{key}={value!r}" for key, value in options.items()), *([f"set={settings!r}"] if settings else []),
              *([f"do={done!r}"] if done else [])]
    return " ".join(typed), f"import sim\nrun = sim.run({', '.join(passed)})\nrun.outcomes", file


def _options(run: Run) -> dict[str, Any]:
    options: dict[str, Any] = {"worlds": run.size, "days": run.days, "seed": run.seed}
    if run.about["every"] != 7:
        options["every"] = run.about["every"]
    return {**options, "uncertainty": "priors", "sets": run.sets} if run.uncertainty == "priors" else options
