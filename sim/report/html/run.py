"""The report of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.model.outcomes import shown
from sim.report.figures import drawn, fan, first_strike_curve
from sim.report.figures.belief import belief
from sim.report.html import events as happenings
from sim.report.html import inputs, outcomes, sources, stories
from sim.report.html.markup import Html, bullets, html, paragraphs, tag
from sim.report.html.page import Section, page
from sim.report.html.pictures import picture
from sim.report.text.outcomes import gist
from sim.words import LIMITS

if TYPE_CHECKING:
    from sim.ensemble.results import Run

FIRST = ("round_two", "first_initiator")
"""The outcomes of which the first-strike curve is made."""

BELIEFS = (("iran.missiles", "israel.missiles_seen"),)
"""Recorded variables that a report shows as truth and belief, where a run has them."""

READING = (
    "A world is one history of the same situation under the same rules, with luck of its own. \"65 of 100 worlds\" means that "
    "it happened in 65 % of the simulated histories: a probability of the model, not of the real world.",
    "The number after ± is a Monte Carlo standard error: how far the estimate is likely to be off only because a limited "
    "number of worlds was simulated. Two errors to either side hold the model's own value in about 19 of 20 cases. It says "
    "nothing of whether the model is right.",
    "A base rate is how often such things happened in the past, or a judgement where nobody counted. Where model and base rate "
    "part, there should be a reason; if you find none, trust the base rate more.",
    "A median and a band over time are taken day by day. No single world follows the line.",
    "Deaths are told as the range of nine of ten worlds, because their distribution has a long tail.",
)

LIMITATIONS = (
    "Many parameters are judgements. Their priors are wide, and a run with fixed parameters does not show what that means: "
    "one with --uncertainty priors does.",
    "Luck and parameters are two kinds of uncertainty. That the rules themselves may be wrong is a third, which no number here "
    "measures.",
    "Sites are classes of depth without names, nuclear steps are stages without arithmetic, and the loss of a leader is a "
    "shock that no user can order for a date.",
    "Nothing in the model knows of anything after 11 February 2026.",
)


def report(run: Run) -> str:
    """The page; the same bytes for the same run."""
    what = run.scenario
    return page(f"{what.title}: {run.size:,} worlds, {run.days} days", top(run), list(sections(run)), bottom(run),
                running=f"brink: {what.title}, {run.size:,} worlds, {run.days} days, seed {run.seed}")


def top(run: Run) -> Html:
    """Title, gist and limits."""
    what = run.scenario
    return html(
        tag("p", f"Report of a run of brink · {run.size:,} worlds · {run.days} days · seed {run.seed}", class_="kicker"),
        tag("h1", what.title), paragraphs(*filter(None, [what.says])),
        bullets(gist(run), class_="lede"), tag("p", LIMITS, class_="aside"))


def sections(run: Run) -> Iterator[Section]:
    """The parts of the report that this run has something for."""
    yield Section("headlines", "Headlines", outcomes.cards(run))
    yield Section("asked", "What was asked", inputs.question(run))
    pictures = list(over_time(run))
    if has_strikes(run):
        yield Section("strike", "The first strike", picture(first_strike_curve(run), "strike"))
    yield Section("outcomes", "All outcomes", html(
        outcomes.outcome_table(run), tag("h3", "By when"), outcomes.when_table(run), tag("h3", "Of what kind"),
        outcomes.kinds_table(run)))
    if has_strikes(run) and run.about["kept_events"]:
        yield Section("pathways", "How worlds go", stories.section(run))
    if pictures:
        yield Section("time", "How things develop", pictures)
    found = happenings.commonest(run)
    if len(found):
        yield Section("events", "What happens most", happenings.section(run, found))
    yield Section("parameters", "Parameters as used", html(
        tag("p", "What differs from the defaults stands under ", tag("a", "What was asked", href="#asked"), "."),
        inputs.every_parameter(run)))
    yield Section("evidence", "Evidence", sources.section(uses(run, list(found.index))))
    yield Section("reading", "How to read it", html(bullets(READING), outcomes.scale()))
    yield Section("limits", "Limits", html(tag("p", LIMITS), bullets(LIMITATIONS)))
    yield Section("again", "How to get the same numbers", inputs.again(run))


def has_strikes(run: Run) -> bool:
    """Whether the run tells who struck first, and when."""
    return set(FIRST) <= {question.id for question in run.questions}


def over_time(run: Run) -> Iterator[Html]:
    """What is recorded by day: fans, and beliefs beside the truth."""
    recorded = {variable["name"] for variable in run.about["variables"]}
    for name in drawn(run):
        yield picture(fan(run, name), f"fan-{name.replace('.', '-')}")
    for truth, seen in BELIEFS:
        if {truth, seen} <= recorded:
            yield picture(belief(run, truth, seen), f"belief-{seen.replace('.', '-')}")


def uses(run: Run, events: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """What the report shows, and what it rests on: outcomes, changed values, events."""
    yield from ((row["says"], shown(row["id"]).evidence) for row in run.rows)
    yield from ((key, outcomes.evidence_of(key)) for key in {**run.scenario.parameters, **run.scenario.start})
    yield from ((happenings.meaning(key), outcomes.evidence_of(key)) for key in events)


def bottom(run: Run) -> Html:
    """What made the page."""
    return html(tag("p", f"Made by brink {run.about['versions']['brink']} from the run of scenario "
                         f"{run.about['scenario_hash']}, seed {run.seed}."), tag("p", LIMITS))
