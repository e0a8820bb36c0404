"""Words for the terms of a decision: what raised and what lowered the odds, from the model's own declarations.

A term is named by the `why` of the parameter that weighs it, by the meaning of the state variable where there is no such
parameter, or by the docstring of the method that gives it. It counts as a factor on the odds of the decision.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.engine.attribution import Contribution
from sim.model import crisis, registry
from sim.words import two_digits

TAIL = re.compile(r"[;:].*|, (?:per|each|as|fading|\.\d).*|^per ")
"""The part of a meaning that is for those who tune it."""

FELT = 0.05
"""Log-odds below which a term is not worth a word: a twentieth more or less likely."""


@dataclass(frozen=True)
class Reason:
    """One term of a decision.

    Parameters
    ----------
    says : the term in words
    detail : the state behind it at that moment, like "1.2, at the start 0.8"; "" if there is none
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


def reasons(terms: Sequence[Contribution], inputs: Mapping[str, float]) -> list[Reason]:
    """The terms of a decision but that of the base rate, weightiest first; those of the same words are one."""
    merged: dict[str, tuple[str, float]] = {}
    for term in terms[1:]:
        words = meaning(term)
        detail, before = merged.get(words, ("", 0.0))
        merged[words] = detail or state_behind(term, inputs), before + term.value
    found = [Reason(words, detail, value) for words, (detail, value) in merged.items() if abs(value) >= FELT]
    return sorted(found, key=lambda reason: -abs(reason.value))


def meaning(term: Contribution) -> str:
    """What a term of a rule stands for."""
    keys = keys_in(term)
    for known, text in ((registry.catalogue(), "why"), (registry.fields(), "meaning")):
        for key in keys:
            if key in known:
                declaration = known[key].declaration
                return declaration.short or plain(getattr(declaration, text))
    return next(filter(None, map(documented, keys)), term.label if keys else registry.fields()["iran.stage"].declaration.short)


def keys_in(term: Contribution) -> list[str]:
    """What a term names, as "state.name", without references to the start and entries."""
    return list(dict.fromkeys(name.replace(".ref.", ".").partition("[")[0] for name in term.names))


def documented(key: str) -> str:
    """The first line of the docstring of the method of that key; "" if there is none."""
    owner, _, name = key.partition(".")
    method = next((getattr(state, name, None) for state in crisis.Crisis.states if state.key == owner), None)
    return plain((getattr(method, "__doc__", "") or "").partition("\n")[0])


def plain(text: str) -> str:
    """A meaning as part of a sentence."""
    return registry.within(TAIL.sub("", text).strip())


def state_behind(term: Contribution, inputs: Mapping[str, float]) -> str:
    """The state variable behind a term that has only one: its value then and, if the rule measures from it, at the start."""
    key, *others = [key for key in keys_in(term) if key in registry.fields()] or [""]
    if others or key not in inputs:
        return ""
    field, value = registry.fields()[key].declaration, inputs[key]
    if field.dtype == bool or key.endswith(".alarm") or (field.dtype.kind != "f" and not field.unit):
        return ""
    start = registry.default(key) if any(".ref." in name for name in term.names) else None
    then = f", at the start {two_digits(start)}" if isinstance(start, int | float) else ""
    unit = "" if field.unit in ("", "share") else f" {field.unit}"
    return f"{two_digits(value) if field.dtype.kind == 'f' else format(value, '.0f')}{unit}{then}"
