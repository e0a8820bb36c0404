"""Who believed what, compared with what was true, at the moment of a decision that depended on it.

Iran's missiles, its programme and everybody's preparations are hidden: others decide on estimates. A belief pairs such an
estimate with the true value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sim.analysis.explain.reasons import plain
from sim.engine import Field
from sim.model import registry
from sim.model.codes import Stage
from sim.words import percent, possessive, sentence_case, two_digits

RIGHT = 0.05
"""Share by which an estimate may be off and still be called about right."""
MANY = 1.95
"""From how many times the truth an estimate is written as so many times as many."""


@dataclass(frozen=True)
class Belief:
    """What somebody believed, and what was true.

    Parameters
    ----------
    who : key of the actor that believed it
    believed, true : the numbers; if `likely`, a probability, and 0 or 1
    says : both in a sentence
    likely : whether it is about a fact that holds or does not
    """

    who: str
    about: str
    believed: float
    true: float
    says: str
    likely: bool = False

    @property
    def in_words(self) -> tuple[str, str]:
        """What was believed and what was true, each in a few words."""
        if self.likely:
            return f"{percent(min(max(self.believed, 0.0), 1.0))} sure", "so" if self.true else "not so"
        return f"about {_hundreds(self.believed)}", _hundreds(self.true)


def alarm(model: Any, who: str, field: Field) -> Belief:
    """Whether somebody is about to strike, as those fear who could strike first."""
    side = getattr(model, who)
    chance = 1 / (1 + math.exp(-float(side.__dict__[field.name][0])))
    true = bool(getattr(side, field.of)()[0])
    fact = "one was really being prepared" if true else f"nobody was preparing one{_mistaken(side.rival())}"
    return Belief(who, "an attack that is coming", chance, float(true),
                  f"{side.card.name} gave {percent(chance)} to an attack about to come; {fact}.", likely=True)


def _mistaken(rival: Any) -> str:
    """What may have been mistaken for a preparation."""
    signs = [sign for sign, there in (("held an exercise", rival.exercising[0] > 0), ("was on alert", rival.alert[0])) if there]
    return f", but {rival.card.name} {' and '.join(signs)}" if signs else ""


def programme(model: Any, who: str, field: Field) -> Belief:
    """Whether Iran's nuclear programme has come as far as the observer calls reconstitution."""
    observer, stage = getattr(model, who), int(model.iran.stage[0])
    since, sure = int(observer.counts_from), float(observer.__dict__[field.name][0])
    return Belief(who, f"Iran's nuclear programme at {Stage.names()[since]} or beyond", sure, float(stage >= since),
                  f"{sentence_case(observer.card.looks_as)} gave {percent(sure)} to a programme at {Stage.names()[since]} or "
                  f"beyond; it stood at {Stage.names()[stage]}.", likely=True)


def estimate(model: Any, who: str, field: Field) -> Belief:
    """How much there is of what another keeps hidden."""
    key, _, name = field.of.partition(".")
    owner, truth = getattr(model, key), registry.fields()[field.of].declaration
    seen, true = float(getattr(model, who).__dict__[field.name][0]), float(owner.__dict__[name][0])
    noun, subject = truth.short or plain(truth.meaning), sentence_case(owner.card.subject)
    return Belief(who, f"{possessive(owner.card.name)} {noun}", seen, true,
                  f"{sentence_case(getattr(model, who).card.looks_as)} reckoned with {_hundreds(seen)} {noun}; {subject} had "
                  f"{_hundreds(true)} ({off(seen, true)}).")


def off(seen: float, true: float) -> str:
    """How far an estimate lies from the truth, in words."""
    if abs(seen - true) <= RIGHT * true:
        return "about right"
    if true <= 0:
        return "there were none"
    times = seen / true
    if times >= MANY:
        return f"{two_digits(times)} times as many"
    return f"{percent(abs(times - 1))} too {'many' if times > 1 else 'few'}"


def _hundreds(value: float) -> str:
    return f"{round(value, -1):,.0f}" if value >= 100 else two_digits(value)


KINDS = {"being_prepared": alarm, "iran.stage": programme}
"""The kind of belief, by what it is of; any other is an estimate of a number."""


def _belief(model: Any, who: str, name: str) -> Belief:
    field = registry.fields()[f"{who}.{name}"].declaration
    return KINDS.get(field.of, estimate)(model, who, field)


def sights(model: Any, event: str) -> tuple[Belief, ...]:
    """The beliefs on which this decision depends, in the first column of the model."""
    return tuple(_belief(model, event.partition(".")[0], name) for name in registry.events()[event].declaration.shows)


def standing(model: Any) -> tuple[Belief, ...]:
    """The beliefs of all actors as the day begins, in the first column of the model."""
    return tuple(_belief(model, *key.split(".")) for key, entry in registry.fields().items() if entry.declaration.of)


def wrong(belief: Belief) -> bool:
    """Whether a belief misleads: more than even odds on what is not so, or an estimate a tenth off."""
    if belief.likely:
        return abs(belief.believed - belief.true) > 0.5
    return abs(math.log(max(belief.believed, 1e-9) / max(belief.true, 1e-9))) > 0.1
