"""Words for the terms of a decision: what pushed and what held back, from the model's own declarations.

A term is called by the `why` of the parameter that weighs it, by the meaning of the state variable where there is no such
parameter, or by what the method says that gives it. It counts as a factor on the odds of the decision.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.model import registry
from sim.words import two_digits

NAME = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")
"""A name in a label, like "us.ref.audience"."""

TAIL = re.compile(r"[;:].*|, (?:per|each|as|fading|\.\d).*|^per ")
"""What a meaning adds for those who tune it."""

FELT = 0.05
"""Log-odds below which a term is not worth a word: a twentieth more or less likely."""

PLAINER = {
    "preempt_sharpness": "its fear of an attack, against the fear at which striking first pays",
    "light_sharpness": "what speaks for backing Israel, against the score at which the light turns",
    "by_alarm": "its fear of an attack, against the fear that calls for an alert",
    "by_tension": "tension and provocation",
    "by_carriers": "US carriers in theatre",
    "by_protest": "protest, against the protest at which it cracks down",
    "carriers_enough": "carriers already there or on their way",
    "dash_after_attack": "an attack still remembered",
    "dash_under_deal": "a deal in force",
    "detection_with_access": "the access that inspectors have",
    "report_with_access": "the access that inspectors have",
    "end_on_cost": "how long it has lasted",
    "intervene_on_deaths": "the deaths in the crackdown",
    "join_on_light": "how far Washington backs Israel",
    "reassure_on_fear": "tension",
    "exercise_on_tension": "tension",
    "narrow_on_stall": "a stall in the talks, and what oil and elections cost",
    "sanctions_on_talks": "progress in the talks, or a deal",
    "access_on_talks": "progress in the talks, or a deal",
    "rumours": "how little inspectors see",
    "dignity": "Israel's hawks, a threat to those who would disarm",
    "by_resolve": "the resolve with which this war is fought",
    "mediation": "Oman's mediation",
    "contact_after_attack": "an attack still remembered", "access_after_attack": "an attack still remembered",
    "contact_on_threat": "US threats that are believed, and carriers",
    "by_progress": "progress in the talks", "lobby_on_progress": "progress in the talks",
    "spoil_on_progress": "progress in the talks",
    "by_restraint": "US arms made conditional", "by_claim": "the claim that the programme was obliterated",
    "by_stall": "a track that goes nowhere", "threat_on_stall": "stalled or failed talks", "score_failure": "failed talks",
    "score_lobby": "Israel's lobbying", "widen_on_lobby": "Israel's lobbying", "threat_on_crackdown": "a crackdown",
    "condition_on_friction": "friction with Israel", "withdraw_on_disarming": "how far Hamas has disarmed",
    "light_red": "a red light from Washington", "light_amber": "an amber light from Washington",
    "light_green": "a green light from Washington",
    "scope": "how much Washington demands",
    "stage": "the stage at which it is",
}
"""For names whose own words speak of how a number is tuned rather than of the world."""


@dataclass(frozen=True)
class Reason:
    """One term of a decision.

    Parameters
    ----------
    says : what it stands for
    detail : the state behind it at that moment, like "1.2, at the start 0.8"; "" if words say all
    value : log-odds that it added
    """

    says: str
    detail: str
    value: float

    def __str__(self) -> str:
        return f"{self.says} ({f'{self.detail}; ' if self.detail else ''}{times(self.value)})"


def times(log_odds: float) -> str:
    """Log-odds as a factor on the odds, like "x 2.4" or "/ 12"."""
    size = min(abs(log_odds), 30.0)
    return f"{'x' if log_odds >= 0 else '/'} {two_digits(math.exp(size))}"


def reasons(event: str, terms: tuple[tuple[str, float], ...], inputs: Mapping[str, float]) -> list[Reason]:
    """The terms of a decision but that of the base rate, weightiest first; those of the same words are one."""
    owner = event.partition(".")[0]
    said: dict[str, tuple[str, float]] = {}
    for label, value in terms[1:]:
        says = meaning(label, owner)
        detail, before = said.get(says, ("", 0.0))
        said[says] = detail or state_behind(label, owner, inputs), before + value
    found = [Reason(says, detail, value) for says, (detail, value) in said.items() if abs(value) >= FELT]
    return sorted(found, key=lambda reason: -abs(reason.value))


def meaning(label: str, owner: str) -> str:
    """What a term of a rule of that actor or arena stands for."""
    keys = list(keys_in(label, owner))
    for known, text in ((registry.catalogue(), "why"), (registry.fields(), "meaning")):
        for key in keys:
            if key in known:
                return PLAINER.get(key.partition(".")[2]) or plain(getattr(known[key].declaration, text))
    return next(filter(None, map(asked, keys)), label if keys else PLAINER["stage"])


def keys_in(label: str, owner: str) -> Iterator[str]:
    """The names in a label as "state.name", without references to the start."""
    for name in NAME.findall(label.replace("ref.", "")):
        yield name if "." in name else f"{owner}.{name}"


def asked(key: str) -> str:
    """What the method of that key says of itself; "" if there is none."""
    owner, _, name = key.partition(".")
    method = getattr(_classes().get(owner), name, None)
    return plain((getattr(method, "__doc__", "") or "").partition("\n")[0])


def _classes() -> dict[str, Any]:
    from sim.model.crisis import Crisis

    return {state.key: state for state in Crisis.states}


def plain(text: str) -> str:
    """A meaning as part of a sentence."""
    text = TAIL.sub("", text).strip().rstrip(".")
    first, _, _ = text.partition(" ")
    return text if first.isupper() or first.rstrip("'s") in NAMES else text[:1].lower() + text[1:]


NAMES = {"Israel", "Iran", "Washington", "Jerusalem", "Tehran", "Oman", "Hezbollah", "Gaza", "Gulf", "Brent", "Arrow"}


def state_behind(label: str, owner: str, inputs: Mapping[str, float]) -> str:
    """The state variable behind a term that has only one: its value then and, if the rule measures from it, at the start."""
    named = [key for key in dict.fromkeys(keys_in(label, owner)) if key in registry.fields()]
    if len(named) != 1 or named[0] not in inputs:
        return ""
    field = registry.fields()[named[0]].declaration
    if field.dtype == bool or named[0].endswith(".alarm") or (field.dtype.kind != "f" and not field.unit):
        return ""
    start = registry.default(named[0]) if "ref." in label else None
    then = f", at the start {two_digits(start)}" if isinstance(start, int | float) else ""
    unit = "" if field.unit in ("", "share") else f" {field.unit}"
    value = inputs[named[0]]
    return f"{two_digits(value) if field.dtype.kind == 'f' else format(value, '.0f')}{unit}{then}"
