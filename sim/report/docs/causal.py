"""The causal diagram, derived from the rules: what each action depends on, term by term, and what each event changes.

Terms come from the source of a rule, their ingredients from evaluating each term on a view that notes what is read. What an
event changes is found by letting it happen in every world of a few simulated ensembles and comparing all state variables.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from sim.engine import Array, Event, Field, RandomStreams, State
from sim.engine.attribution import OneWorld, StateView
from sim.engine.declarations import declared
from sim.ensemble.live import begun, live
from sim.model.crisis import Crisis
from sim.model.registry import catalogue
from sim.report.docs.drawing import diagram
from sim.report.docs.odd import by_owner, syntax, table
from sim.scenario.scenario import Scenario

WORLDS, SEED = 64, 1
ENSEMBLES: tuple[tuple[dict[str, float], dict[str, float], tuple[int, ...]], ...] = (
    ({}, {}, (20, 120)), ({"israel.lone_strike_rate": 0.02, "war.end_rate": 0.002, "us.join_rate": 0.5}, {}, (60, 150)),
    ({}, {"iran.leader_in_place": 0}, (1,)))
"""Parameters and start values that between them lead to peace, talks, deals and wars, and days on which events are tried."""


class Term(NamedTuple):
    """One term of a rule: its sign, its text, and the state variables and parameters that it reads, as "state.name"."""

    sign: str
    text: str
    reads: tuple[str, ...]


class Rule(NamedTuple):
    """An event: the terms of its rate, what its precondition reads, what it changes, and the events it brings about."""

    key: str
    meaning: str
    terms: tuple[Term, ...]
    needs: tuple[str, ...]
    changes: tuple[str, ...]
    leads_to: tuple[str, ...]


class Noting(OneWorld):
    """One world of a model that notes which state variables and parameters of which state are read."""

    def __init__(self, model: Any, owner: State) -> None:
        super().__init__(model, 0, owner)
        self.read: dict[str, None] = {}

    def view(self, state: State) -> StateView:
        """A view that notes what is read through it."""
        return NotingView(state, self, slice(0, 1), "")


class NotingView(StateView):
    """A state as seen in one world."""

    def __getattr__(self, name: str) -> Any:
        if isinstance(self._state.__dict__.get(name), np.ndarray):
            self._model.read[f"{self._state.key}.{name}"] = None
        return super().__getattr__(name)


class Linked(Crisis):
    """A crisis that notes which event brought about which."""

    def __init__(self, *given: Any, **options: Any) -> None:
        self.led: set[tuple[int, int]] = set()
        super().__init__(*given, **options)

    def happen(self, i: int, worlds: Array, cause: Any = None) -> None:
        """Note the cause."""
        if isinstance(self.cause, int) and self.cause >= 0 and worlds.size:
            self.led.add((self.cause, i))
        super().happen(i, worlds, cause)


def parts(node: ast.expr, sign: int = 1) -> Iterator[tuple[int, ast.expr]]:
    """The summands of an expression with their signs."""
    match node:
        case ast.BinOp(left, ast.Add() | ast.Sub() as between, right):
            yield from parts(left, sign)
            yield from parts(right, sign if isinstance(between, ast.Add) else -sign)
        case ast.UnaryOp(ast.USub(), operand):
            yield from parts(operand, -sign)
        case _:
            yield sign, node


def terms(model: Any, state: State, event: Event) -> Iterator[Term]:
    """The terms of an action's log-odds."""
    assert event.odds is not None
    tree = syntax(event.odds)
    answer = tree.body[-1]
    assert isinstance(answer, ast.Return)
    assert answer.value is not None
    for sign, node in parts(answer.value):
        function = ast.Expression(ast.copy_location(ast.Lambda(tree.args, node), node))
        term = eval(compile(function, "term", "eval"), event.odds.__globals__)
        yield Term("+" if sign > 0 else "-", ast.unparse(node).replace("self.", ""), reads(model, state, term))


def reads(model: Any, state: State, function: Callable[[Any], Any]) -> tuple[str, ...]:
    """What a function of a state reads."""
    world = Noting(model, state)
    function(world.view(state))
    return tuple(world.read)


def variables(model: Any) -> dict[str, Array]:
    """Every state variable's own array."""
    return {f"{state.key}.{name}": state.__dict__[name] for state in model.members for name in declared(type(state), Field)}


def try_events(days: Sequence[int], changed: defaultdict[str, set[str]], model: Any) -> None:
    """On these days, add the state variables that each event changes if it happens in all worlds; the model stays as it was."""
    if model.day not in days:
        return
    fields = variables(model)
    before = {key: array.copy() for key, array in fields.items()}
    for i, name in enumerate(model.event_names):
        with np.errstate(all="ignore"):
            model.happen(i, np.arange(model.n))
        changed[name] |= {key for key, array in fields.items() if not np.array_equal(array, before[key])}
        for key, array in fields.items():
            array[...] = before[key]


@lru_cache
def rules() -> tuple[Rule, ...]:
    """Every event of the model."""
    changed = defaultdict[str, set[str]](set)
    led: set[tuple[int, int]] = set()
    for values, start, days in ENSEMBLES:
        scenario = Scenario("", "", parameters=values, start=dict(start))
        with begun(Linked, scenario, np.arange(WORLDS), RandomStreams(SEED), log=False) as (model, _):
            live(model, max(days), observers=[partial(try_events, days, changed)])
            led |= model.led
    small = Crisis(np.arange(1), RandomStreams(SEED), log=False)
    found = tuple(Rule(
        name, event.meaning, tuple(terms(small, state, event)) if event.clocked else (),
        reads(small, state, event.when) if event.when else (), tuple(key for key in variables(small) if key in changed[name]),
        tuple(small.event_names[j] for i, j in sorted(led) if i == at and j != at))
        for at, (name, (state, event)) in enumerate(zip(small.event_names, small.events, strict=True)))
    small.release()
    return found


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
