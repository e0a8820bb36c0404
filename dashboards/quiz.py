"""Six questions for students: guess, see, understand. Each compares a scenario of the library with the baseline.

A reason is a mechanism in plain words with the outcome in which it shows and the direction in which that should move. Whether
it does is computed anew each time, so that no sentence claims what the numbers do not show. The answer is given in words, in
squares of worlds that flip or do not, and by whose war it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
from markupsafe import Markup

from dashboards.theme import css
from dashboards.vega import SHARE, Chart, amount, chart, colour, kind, layer, mark, safely, tip
from sim.analysis.compare import gist, paired
from sim.analysis.compare.compare import Comparison
from sim.ensemble.estimates import Estimate
from sim.model.outcomes import shown as outcome
from sim.model.strict_yaml import Schema, Text, each, read, whole
from sim.report.html.render import render
from sim.report.text import compare
from sim.words import error_points, percent, phrase


class QuizReason(Schema):
    """A mechanism, and how it shows.

    Parameters
    ----------
    says : the mechanism, in a sentence
    measure : what is counted, in a few words
    outcome : id of the outcome in which it shows
    way : +1 or -1 if the outcome should rise or fall, 0 if it should hardly move
    """

    says: Text
    measure: Text
    outcome: Text
    way: Annotated[int, whole(-1, 1)]


class Quiz(Schema):
    """A question for students.

    Parameters
    ----------
    id, title, asks : its name, for links and for people, and the question
    scenario : what is compared with the baseline
    outcome, happens : what is guessed, and how it reads after "in so many worlds"
    reasons : why, in the order of the argument
    claims : ids of the ledger that bear on it
    lesson : the conclusion, true whatever the numbers
    parts : the outcome whose labels show whose war, or what kind of deal
    out_of : of how many worlds a guess counts; 1,000 for what is rare
    most : the largest guess
    next, next_says : a scenario to go on with, and why
    """

    id: Text
    title: Text
    asks: Text
    scenario: Text
    outcome: Text
    happens: Text
    reasons: tuple[QuizReason, ...]
    claims: tuple[str, ...]
    lesson: Text
    parts: str = "first_initiator"
    out_of: Annotated[int, whole(100, 1000)] = 100
    most: Annotated[int, whole(1, 1000)] = 100
    next: str = ""
    next_says: str = ""


QUESTIONS: dict[str, Quiz] = read(Path(__file__).with_name("quiz.yaml"), lambda found: each(
    found, lambda id, one: Quiz.of({"id": id, **one})))
"""The questions by id, in the order of the page."""

WAYS = {"both": "either way", "here": "only without the change", "there": "only with the change", "": "neither way"}
"""What the squares mean."""

SMALL = 0.02
"""A share that moves by less than this hardly moves."""


def shown(reason: QuizReason, one: gist.Difference) -> str:
    """The numbers for a reason: what is counted, on both sides, and the difference with its error."""
    points = "" if one.kind == "mean" else " points"
    return (f"{reason.measure}: {compare.estimate(one, 'a')} without the change, {compare.estimate(one, 'b')} with it: "
            f"{compare.difference(one)} ± {compare.error(one)}{points}.")


def borne_out(reason: QuizReason, one: gist.Difference) -> str:
    """What the numbers say against a reason; "" if they bear it out."""
    if not reason.way:
        return "In this run it does move." if one.clear and abs(one.difference) > SMALL else ""
    if one.verdict.removeprefix("perhaps ") == ("higher" if reason.way > 0 else "lower"):
        return ""
    return ("This run says the opposite: do not rely on the sentence." if one.clear else
            "Too close to tell with so few worlds: ask for more.")


def likely(answer: Estimate) -> str:
    """The probability word with its range, the estimate and its error."""
    return f"{phrase(answer.word).capitalize()}: {percent(answer.value)} ± {error_points(answer.error)}."


def verdict(question: Quiz, one: gist.Difference, guess: int) -> str:
    """The difference in words, and how far the guess was from it."""
    off = guess - question.out_of * one.b
    close = abs(off) <= max(0.5, 2 * question.out_of * one.se)
    mine = "as near as this many worlds can tell" if close else f"{abs(off):.0f} too {'high' if off > 0 else 'low'}"
    return f"{compare.moves_by(one, question.out_of)} You guessed **{guess}**: {mine}."


def flips(question: Quiz, counts: paired.Discordant) -> Markup:
    """One square per world: where it happens either way, only without the change, only with it, and not at all."""
    shared = compare.squares(counts, question.out_of)
    kinds, shade = tuple(zip(WAYS, shared, strict=True)), css(outcome(question.outcome).colour)
    says = f"{question.happens}. {compare.in_squares(shared, tuple(WAYS.values()), question.out_of)}"
    return (render("icons", kinds, says, shade, "large" if question.out_of == 100 else "large thousand")
            + render("legend", [(kind, f"{WAYS[kind]}: {count}") for kind, count in kinds], shade))


@safely
def parts(comparison: Comparison, id: str) -> Chart:
    """The labels of an outcome as one bar without the change and one with it."""
    rows = {label: gist.difference(comparison, id, label) for label in comparison.a.question(id).labels
            if label not in ("none", "nobody")}
    codes = {label: outcome(id).code(label) for label, one in rows.items() if one.a or one.b}
    sides = {"a": "without the change", "b": "with the change"}
    data = pd.DataFrame([{"side": says, "what": codes[label].says, "share": getattr(rows[label], side), "order": i}
                         for side, says in sides.items() for i, label in enumerate(codes)])
    top = max(data.groupby("side")["share"].sum(), default=0) if len(data) else 0
    shares = "; ".join(f"{codes[label].says} {percent(rows[label].a)} without and {percent(rows[label].b)} with the change"
                       for label in codes)
    return chart(data, f"Shares of all worlds: {shares}.", layer(
        mark("bar"), order={"field": "order"},
        x=amount("share", axis={**SHARE, "tickCount": 6}, scale={"domain": [0, 1 if top > 0.5 else max(0.05, 1.1 * top)]}),
        y=kind("side", title=None, axis={"ticks": False, "domain": False, "labelPadding": 8}),
        color=colour("what", [code.says for code in codes.values()], [code.colour for code in codes.values()], 2),
        tooltip=[tip("what", "What"), tip("side", "Side"), tip("share", "Share of worlds", ".1%")]), height={"step": 56})
