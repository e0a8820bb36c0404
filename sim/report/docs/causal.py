"""The causal diagram, derived from the rules: what each action depends on, term by term, and what each event changes.

All of it is read from the trace of the model's day, which holds for every world, day and value of a parameter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.engine import RandomStreams
from sim.engine.told import Told, effects_told, rules_told
from sim.model.crisis import Crisis
from sim.model.registry import catalogue
from sim.report.docs.drawing import diagram
from sim.report.docs.odd import by_owner, table


class Rule(NamedTuple):
    """An event: the terms of its rate, what its precondition reads, what it changes, and the events it brings about."""

    key: str
    meaning: str
    terms: tuple[Told, ...]
    needs: tuple[str, ...]
    changes: tuple[str, ...]
    leads_to: tuple[str, ...]


@lru_cache
def rules() -> tuple[Rule, ...]:
    """Every event of the model."""
    model = Crisis(np.arange(1), RandomStreams(1), log=False)
    told = {rule.name: rule for rule in rules_told(model)}
    found = []
    for (_, event), effect in zip(model.events, effects_told(model), strict=True):
        rule = told.get(effect.name)
        terms, conditions = (rule.terms, rule.conditions) if rule else ((), ())
        needs = dict.fromkeys(key for one in conditions for key in one.reads)
        found.append(Rule(effect.name, event.meaning, terms, tuple(needs), effect.changes, effect.leads_to))
    model.release()
    return tuple(found)


def owner(key: str) -> str:
    """The entity to which a key belongs."""
    return key.partition(".")[0]


def influences() -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Numbers by pairs of entities: terms of the second's rules that read the first's state, and variables of the second
    that events of the first change."""
    looks, acts = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for rule in rules():
        for term in rule.terms:
            looks.update({(owner(key), owner(rule.key)) for key in term.reads if key not in catalogue()})
        acts.update((owner(rule.key), owner(key)) for key in rule.changes)
    return looks, acts


def matrix() -> str:
    """Whose rules depend on whom, and whose events change whom: one row per entity that acts."""
    looks, acts = influences()
    keys = [state.key for state in Crisis.states]
    return table(("", *(f"`{key}`" for key in keys)), (
        (f"`{row}`", *(f"{looks[column, row] or '·'} / {acts[row, column] or '·'}" for column in keys)) for row in keys))


def rule_tables() -> str:
    """Every event with its terms, preconditions, effects and consequences."""
    return by_owner(("event", "terms of its log-odds", "possible depending on", "changes", "brings about"), (
        (own, (f"`{name}`", "<br>".join(f"{term.sign} `{term.text}`" for term in rule.terms),
               *(named(keys, own) for keys in (rule.needs, rule.changes, rule.leads_to))))
        for rule in rules() for own, name in [rule.key.split(".")]))


def ingredients() -> str:
    """Every state variable that some term reads, with the actions that it pushes."""
    read = defaultdict[str, dict[str, str]](dict)
    for key, name in ((key, rule.key) for rule in rules() for term in rule.terms for key in term.reads):
        if key not in catalogue():
            read[key][name] = f"`{name}`"
    return table(("state variable", "enters the rate of"), (
        (f"`{key}`", ", ".join(read[key].values())) for key in sorted(read)))


def named(keys: tuple[str, ...], own: str) -> str:
    """Keys in code type, without the owner's name where it is its own."""
    return ", ".join(f"`{key.removeprefix(own + '.')}`" for key in keys)


def picture() -> str:
    """The overview as SVG: arrows to an entity from those on which its rules depend, as wide as there are terms."""
    return diagram(influences()[0])


CAUSAL = {"matrix": matrix, "rules": rule_tables, "ingredients": ingredients}
"""The blocks of docs/causal.md."""
