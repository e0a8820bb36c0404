"""A fork in words: what was settled by then, what happens in the futures and what came, and what a change does to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.compare import gist
from sim.analysis.compare.compare import Comparison
from sim.ensemble import files
from sim.ensemble.results import OutcomeInfo, Run
from sim.report.text.compare import gap, tell_change
from sim.report.text.outcomes import answer, in_a_word, with_count
from sim.report.text.tables import show_table
from sim.words import LIMITS, band, date, say, two_digits

GIVEN_PAST = ("Each number is an estimate given this world's past to that morning, with its Monte Carlo error. What came is "
              "one future of the many, the one that this world's own luck brought.")

SHARED = "Both columns share the luck of each future, so that a difference is the change's effect; its error is the paired one."


def show_fork(run: Run, plain: Run, changed: Run | None = None) -> None:
    """All of it, for a terminal: the run that the world is of, its futures, and its futures under a change."""
    where = plain.about["fork"]
    world, day = int(where["world"]), int(where["day"])
    say(f"World {world} of {run.scenario.name} on {date(day, run.scenario.date)} (day {day}): {plain.size:,} futures to "
        f"{date(run.days, run.scenario.date)}")
    comparison = None if changed is None else Comparison(plain, changed)
    if comparison is not None:
        say(*(f"  changed: {line}" for line in changes(comparison)))
    settled = [question for question in plain.questions if is_settled(run, question, world, day)]
    for question in settled:
        say(f"  by then: {question.says}, on {date(int(run.column(question.id)[world]), run.scenario.date)}")
    say()
    moved = () if comparison is None else ("with the change", "difference")
    show_table(("outcome", "in words", "futures", *moved, "what came"), (
        (with_count(row, "futures"), in_a_word(row), answer(plain, row),
         *([] if comparison is None else _moved(comparison, row["id"])), came(run, row, world))
        for row in plain.rows if row["id"] not in {question.id for question in settled} and row["n"]))
    say("", GIVEN_PAST, *([] if comparison is None else [SHARED]), LIMITS)


def changes(comparison: Comparison) -> list[str]:
    """The changes of a changed fork, one line each."""
    values = [f"{key} = {two_digits(value) if isinstance(value, float) else value}"
              for key, value in comparison.b.about["fork"]["set"].items()]
    return [*values, *(tell_change(change) for change in comparison.changes)]


def is_settled(run: Run, question: OutcomeInfo, world: int, day: int) -> bool:
    """Whether an outcome with a day had come in this world before that day."""
    return question.kind == "day" and 0 <= int(run.column(question.id)[world]) < day


def _moved(comparison: Comparison, id: str) -> tuple[str, str]:
    """The outcome under the change, and by how much it differs."""
    found, changed = gist.difference(comparison, id), comparison.b
    there = answer(changed, next(row for row in changed.rows if row["id"] == id))
    return there, gap(found) if found.exists and found.unit != "deaths" else "-"


def came(run: Run, row: Mapping[str, Any], world: int) -> str:
    """The outcome in the world itself."""
    question = run.question(row["id"])
    if not run.counts(question)[world]:
        return "-"
    value = run.column(question.id)[world]
    if question.kind == "day":
        return date(int(value), run.scenario.date) if value >= 0 else "no"
    if question.unit == "deaths":
        return band(float(value))
    return two_digits(float(value)) if question.kind == "mean" else ("yes" if value else "no")


def as_dict(run: Run, plain: Run, changed: Run | None = None) -> dict[str, Any]:
    """Plain values, with null where there is nothing to say."""
    where = plain.about["fork"]
    world, day = int(where["world"]), int(where["day"])
    content: dict[str, Any] = {
        "scenario": run.scenario.name, "seed": run.seed, "world": world, "day": day,
        "date": date(day, run.scenario.date), "futures": plain.size, "days": run.days,
        "settled": {q.id: int(run.column(q.id)[world]) for q in plain.questions if is_settled(run, q, world, day)},
        "outcomes": [{**row, "came": came(run, row, world)} for row in plain.rows], "limits": LIMITS}
    if changed is not None:
        comparison = Comparison(plain, changed)
        content |= {"changes": changes(comparison), "changed": changed.rows, "differences": comparison.rows}
    return files.plain(content)
