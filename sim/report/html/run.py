"""The report of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from sim.ensemble.results import Run
from sim.model import registry
from sim.model.outcomes import shown
from sim.report.figures import data, drawn
from sim.report.figures.over_time import belief, fan, first_strike_curve
from sim.report.html import inputs, outcomes, sources, stories
from sim.report.html.pictures import picture
from sim.report.html.render import page
from sim.report.text.outcomes import gist
from sim.words import count


def report(run: Run) -> str:
    """The page; the same bytes for the same run."""
    what, found, strikes = run.scenario, stories.commonest(run), has_strikes(run)
    command, python, file = inputs.recipe(run)
    has_paths = strikes and run.about["kept_events"]
    size = f"{count(run.size, 'world')}, {count(run.days, 'day')}"
    return page(
        "run.html", f"{what.title}: {size}",
        f"brink: {what.title}, {size}, seed {run.seed}",
        run=run, gist=gist(run), cards=list(outcomes.cards(run)), question=inputs.question(run),
        changed=list(inputs.changed(what)), interventions=[one.in_words(what.date) for one in what.interventions],
        strike=picture(first_strike_curve(run), "strike") if strikes else "",
        outcomes=list(outcomes.rows(run)), deadlines=("outcome", *(count(day, "day") for day in run.deadlines), "middle date"),
        dated=list(outcomes.dated(run)), kinds=list(outcomes.kinds(run)),
        paths=stories.chart_of(run) if has_paths else "", stories=list(stories.rows(run)) if has_paths else [],
        pictures=list(over_time(run)), events=list(stories.events(run, found)), kept=int(run.about["kept_events"]),
        known=len(registry.catalogue()), parameters=list(inputs.parameters(run)),
        evidence=sources.section(uses(run, list(found.index))), command=command, python=python, file=file,
        needs=inputs.needs(run))


def has_strikes(run: Run) -> bool:
    """Whether the run has outcomes for who struck first, and when."""
    return {data.FIRST, data.INITIATOR} <= {question.id for question in run.questions}


def over_time(run: Run) -> Iterator[Markup]:
    """Pictures of what is recorded by day: fans, and beliefs compared with the truth."""
    recorded = {variable["name"] for variable in run.about["variables"]}
    for name in drawn(run):
        yield picture(fan(run, name), f"fan-{name.replace('.', '-')}")
    for seen, entry in registry.fields().items():
        if {entry.declaration.of, seen} <= recorded:
            yield picture(belief(run, entry.declaration.of, seen), f"belief-{seen.replace('.', '-')}")


def uses(run: Run, events: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """The contents of the report, each with the ids of its evidence: outcomes, changed values, events."""
    yield from ((row["says"], shown(row["id"]).evidence) for row in run.rows)
    yield from ((key, outcomes.evidence_of(key)) for key in {**run.scenario.parameters, **run.scenario.start})
    yield from ((stories.meaning(key), outcomes.evidence_of(key)) for key in events)
