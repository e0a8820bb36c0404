"""Pathways: each world as a passage through five questions, from how the year opens to how it stands at the end.

A world has one answer to each question, the first in the list that holds, so that what flows into an answer flows out of
it again. Questions and answers are declared in `QUESTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.pathways.event_log import NEVER, EventLog
from sim.engine import Array
from sim.ensemble.estimates import Estimate, estimate
from sim.ensemble.results import Run
from sim.errors import BrinkError, nearest
from sim.words import sentence_case


@dataclass(frozen=True)
class Answer:
    """One answer: its id, how it reads on a chart, how it reads in a sentence, and in which worlds it holds."""

    id: str
    label: str
    says: str
    holds: Callable[[EventTimes], Array]


@dataclass(frozen=True)
class PathStage:
    """One question to each world; of its answers the first that holds counts."""

    id: str
    label: str
    answers: tuple[Answer, ...]


class EventTimes:
    """What the questions need of each world: days of first events, (worlds,), NEVER where one did not come; and the
    initiator, (worlds,), str, who fired first, a name of `sim.model.codes.Initiator`.
    """

    def __init__(self, history: EventLog, initiator: Array) -> None:
        self.when, self.count = when, count = history.when, history.count
        self.worlds, self.initiator = history.worlds, initiator
        self.war, self.talks, self.ultimatum = (when(name) for name in ("war.begins", "talks.convene", "us.set_ultimatum"))
        self.deal = np.minimum(when("talks.agree_narrowly"), when("talks.agree_broadly"))
        self.deal_alive = count("talks.agree_narrowly") + count("talks.agree_broadly") > count("talks.deal_fails")
        """Whether a deal is alive at the end."""
        self.at_war = count("war.begins") > count("war.ends")
        """Whether there is war with Iran at the end."""

    def before_war(self, *events: str) -> Array:
        """Whether one of these happened before the first war, or at all where there is none."""
        return np.minimum.reduce([self.when(event) for event in events]) < self.war


def _rest(times: EventTimes) -> Array:
    return np.ones(times.worlds, bool)


QUESTIONS: tuple[PathStage, ...] = (
    PathStage("opening", "How it opens", (
        Answer("war", "A strike comes first", "a strike comes before any formal talks",
               lambda c: (c.war < NEVER) & (c.war <= c.talks) & (c.war <= c.ultimatum)),
        Answer("ultimatum", "An ultimatum first", "Washington sets an ultimatum before formal talks begin",
               lambda c: c.ultimatum < c.talks),
        Answer("talks", "Formal talks first", "formal talks begin before any threat with a date", lambda c: c.talks < NEVER),
        Answer("neither", "Neither", "neither talks, ultimatum nor strike", _rest),
    )),
    PathStage("talks", "What becomes of talks", (
        Answer("deal", "A deal is signed", "a deal is signed", lambda c: c.deal < c.war),
        Answer("none", "No formal talks", "there are no formal talks before any war", lambda c: c.talks >= c.war),
        Answer("broken", "They break down", "talks break down", lambda c: c.before_war("talks.breaks_off")),
        Answer("open", "They go on", "talks go on without a breakdown", _rest),
    )),
    PathStage("pressure", "How pressure builds", (
        Answer("backed_off", "An ultimatum slips", "an ultimatum is put off or lapses",
               lambda c: c.before_war("us.drop_ultimatum", "us.extend_ultimatum")),
        Answer("ultimatum", "An ultimatum stands", "an ultimatum stands", lambda c: c.ultimatum < c.war),
        Answer("carriers", "Carriers, no ultimatum", "carriers come, but no ultimatum",
               lambda c: c.before_war("us.carrier_arrives")),
        Answer("low", "No carriers, no ultimatum", "neither carriers nor an ultimatum", _rest),
    )),
    PathStage("turn", "Who strikes first", (
        Answer("iran", "Iran", "Iran strikes first", lambda c: c.initiator == "iran"),
        Answer("united_states", "The US alone", "the United States strikes first", lambda c: c.initiator == "united states"),
        Answer("both", "Israel and the US", "Israel and the United States strike together", lambda c: c.initiator == "both"),
        Answer("israel", "Israel alone", "Israel strikes first", lambda c: c.initiator == "israel"),
        Answer("nobody", "Nobody", "nobody strikes", _rest),
    )),
    PathStage("end", "How it ends", (
        Answer("regime", "Iran's regime has fallen", "Iran's regime has fallen by the end",
               lambda c: c.when("iran.regime_falls") < NEVER),
        Answer("at_war", "At war", "they are at war at the end", lambda c: c.at_war),
        Answer("war_deal", "A deal after war", "a deal is alive at the end", lambda c: (c.war < NEVER) & c.deal_alive),
        Answer("again", "Truce after several wars", "two wars or more end in a truce", lambda c: c.count("war.begins") > 1),
        Answer("truce", "Truce after one war", "the truce after one war holds to the end", lambda c: c.war < NEVER),
        Answer("deal", "A deal, no war", "the deal is alive at the end", lambda c: c.deal_alive),
        Answer("quiet", "Neither war nor deal", "there is neither war nor deal at the end", _rest),
    )),
)


class Pathways:
    """Where worlds went, with counts, shares and their Monte Carlo errors.

    Parameters
    ----------
    answers : (worlds, questions), int: the number of each world's answer to each question
    sets : (worlds,), int: the parameter set of each world; worlds of one set go together in the errors
    """

    def __init__(self, answers: Array, sets: Array, questions: tuple[PathStage, ...] = QUESTIONS) -> None:
        self.answers, self.sets, self.questions = answers, sets, questions
        self.worlds = len(answers)

    @cached_property
    def nodes(self) -> pd.DataFrame:
        """One row per answer that some world has: node ("talks:deal"), question, label, count, share, se."""
        return pd.DataFrame([
            {"node": f"{question.id}:{answer.id}", "question": question.id, "label": answer.label, **self._share(here)}
            for q, question in enumerate(self.questions) for a, answer in enumerate(question.answers)
            if (here := self.answers[:, q] == a).any()])

    @cached_property
    def links(self) -> pd.DataFrame:
        """One row per step from one answer to the next that some world took: source, target, count, share, se."""
        return pd.DataFrame([
            {"source": self._node(q, a), "target": self._node(q + 1, b),
             **self._share((self.answers[:, q] == a) & (self.answers[:, q + 1] == b))}
            for q in range(len(self.questions) - 1) for a, b in np.unique(self.answers[:, q:q + 2], axis=0)])

    def streams(self, by: str = "turn") -> pd.DataFrame:
        """The links, split by the answers to one question: source, target, a column with that answer's node, count."""
        at = [question.id for question in self.questions].index(by)
        rows = []
        for q in range(len(self.questions) - 1):
            taken, counts = np.unique(self.answers[:, [q, q + 1, at]], axis=0, return_counts=True)
            rows += [{"source": self._node(q, a), "target": self._node(q + 1, b), by: self._node(at, c), "count": int(count)}
                     for (a, b, c), count in zip(taken, counts, strict=True)]
        return pd.DataFrame(rows)

    @cached_property
    def paths(self) -> pd.DataFrame:
        """One row per whole path, the commonest first: path (its nodes), says, count, share, se, and one world that took it."""
        taken, first, which = np.unique(self.answers, axis=0, return_index=True, return_inverse=True)
        rows = [{"path": tuple(self._node(q, a) for q, a in enumerate(path)), "says": self.says(path),
                 **self._share(which.ravel() == i), "world": int(first[i])} for i, path in enumerate(taken)]
        return pd.DataFrame(rows).sort_values("count", ascending=False, kind="stable", ignore_index=True)

    def of(self, world: int) -> tuple[str, ...]:
        """The nodes through which a world went. Raises BrinkError if its events were not kept."""
        if not 0 <= world < self.worlds:
            raise BrinkError(f"world {world}: events are kept of worlds 0 to {self.worlds - 1}")
        return tuple(self._node(q, a) for q, a in enumerate(self.answers[world]))

    def worlds_through(self, *nodes: str) -> Array:
        """The worlds that went through all these nodes, say the two ends of a link: (m,), int.

        Raises BrinkError for a node that the questions do not have.
        """
        known = {self._node(q, a): (q, a) for q, question in enumerate(self.questions) for a in range(len(question.answers))}
        here = np.ones(self.worlds, bool)
        for node in nodes:
            if node not in known:
                raise BrinkError(f"there is no node {node!r} in the pathways{nearest(node, known)}")
            q, a = known[node]
            here &= self.answers[:, q] == a
        return np.flatnonzero(here)

    def says(self, path: Array) -> str:
        """A path as a sentence."""
        clauses = (question.answers[a].says for question, a in zip(self.questions, path, strict=True))
        return f"{sentence_case('; '.join(clauses))}."

    def as_dict(self, most: int = 8) -> dict[str, Any]:
        """Plain values: questions, nodes, links and the commonest paths."""
        return {"worlds": self.worlds,
                "questions": [{"id": question.id, "label": question.label} for question in self.questions],
                "nodes": self.nodes.to_dict("records"), "links": self.links.to_dict("records"),
                "paths": [{**row, "path": list(row["path"])} for row in self.paths.head(most).to_dict("records")]}

    def _node(self, question: int, answer: int) -> str:
        return f"{self.questions[question].id}:{self.questions[question].answers[answer].id}"

    def share_of(self, worlds: Array) -> Estimate:
        """The share of all worlds that these are."""
        return estimate(np.isin(np.arange(self.worlds), worlds), np.ones(self.worlds, bool), self.sets)

    def _share(self, here: Array) -> dict[str, Any]:
        share = self.share_of(np.flatnonzero(here))
        return {"count": int(np.count_nonzero(here)), "share": share.value, "se": share.error}


def pathways(run: Run) -> Pathways:
    """The pathways of the worlds whose events are kept. Raises BrinkError if there are none."""
    history = EventLog.of(run)
    times = EventTimes(history, run.column("first_initiator")[:history.worlds])
    return Pathways(answered(times), run.set_of_world[:history.worlds])


def answered(times: EventTimes, questions: tuple[PathStage, ...] = QUESTIONS) -> Array:
    """The number of each world's answer to each question: shape (worlds, questions)."""
    return np.stack([np.argmax([answer.holds(times) for answer in question.answers], axis=0) for question in questions],
                    axis=1)
