"""Six questions for students: guess, see, understand. Each compares a scenario of the library with the baseline.

A reason is a mechanism in plain words with the outcome in which it shows and the direction in which that should move. Whether
it does is computed anew each time, so that no sentence claims what the numbers do not show.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from sim.analysis.compare.gist import Difference
from sim.model.strict_yaml import Schema, Text, each, read, whole
from sim.report.text.compare import difference, error, estimate


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

SMALL = 0.02
"""A share that moves by less than this hardly moves."""


def shown(reason: QuizReason, one: Difference) -> str:
    """The numbers for a reason: what is counted, on both sides, and the difference with its error."""
    points = "" if one.kind == "mean" else " points"
    return (f"{reason.measure}: {estimate(one, 'a')} without the change, {estimate(one, 'b')} with it: "
            f"{difference(one)} ± {error(one)}{points}.")


def borne_out(reason: QuizReason, one: Difference) -> str:
    """What the numbers say against a reason; "" if they bear it out."""
    if not reason.way:
        return "In this run it does move." if one.clear and abs(one.difference) > SMALL else ""
    if one.verdict.removeprefix("perhaps ") == ("higher" if reason.way > 0 else "lower"):
        return ""
    return ("This run says the opposite: do not rely on the sentence." if one.clear else
            "Too close to tell with so few worlds: ask for more.")
