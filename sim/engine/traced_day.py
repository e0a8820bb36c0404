"""The day of a class of models, traced once: what the interpreter of rules, the compiled engine and explanations share."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from inspect import getattr_static
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.engine.events import no_effect
from sim.engine.nodes import BOOL, F4, Function, Node, Recipe, Untraceable, line_of, place
from sim.engine.symbols import Symbol, Worlds, several
from sim.engine.tracing import Tracer
from sim.engine.types import ModelLike, StateLike
from sim.engine.views import ModelView, StateView


class Rule(NamedTuple):
    """The rule of a clock: where its action is possible (None: everywhere), and the sum of the terms of its log-odds."""

    possible: Node | None
    odds: Node


@dataclass
class Rules:
    """The rules of all clocks of a class of models, in the order of the clocks, and the pace of the day."""

    rules: list[Rule]
    pace: Node
    tracer: Tracer
    names: list[dict[Node | Recipe, str]]
    """Of each rule: the values that methods gave, with the names of these, as "state.name"."""


@dataclass
class TracedDay:
    """Everything that happens in a day of a class of models, as plain data.

    Parameters
    ----------
    rules : of the clocks
    days : the day before the clocks run and from then on, on days that begin a week and on others
    effects : of every event, by number
    conditions : preconditions of events by number, as functions, and their values
    base : the recipes of base log-odds and decisiveness of each clock
    """

    rules: Rules
    days: dict[tuple[str, bool], Function] = field(default_factory=dict)
    effects: dict[int, Function] = field(default_factory=dict)
    conditions: dict[int, tuple[Function, Node]] = field(default_factory=dict)
    base: list[tuple[Node, Node]] = field(default_factory=list)


def trace_rules(model: ModelLike, tracer: Tracer, clocks: list[tuple[Any, Any, StateLike]], names: list[str]) -> Rules:
    """The rules of these clocks: log-odds, precondition and state of each.

    Raises Untraceable for one that has no meaning for one world, with its file and line.
    """
    tracer.begin("rules")
    views = {state.key: StateView(state, tracer) for state in model.members}
    made: list[Rule] = []
    called = []
    for (odds, when, state), name in zip(clocks, names, strict=True):
        view = views[state.key]
        tracer.names = {}
        called.append(tracer.names)
        possible = None if when is None else _traced(name, tracer, partial(when, view), BOOL)
        made.append(Rule(possible, _traced(name, tracer, partial(odds, view), F4)))
    pace = _traced("pace", tracer, ModelView(tracer).pace, F4)
    return Rules(made, pace, tracer, called)


def _traced(name: str, tracer: Tracer, rule: Callable[[], Any], kind: Any) -> Node:
    """The number that a rule gives."""
    tracer.rules = True
    try:
        answer = asked(name, rule)
    finally:
        tracer.rules = False
    if several(answer) or not isinstance(answer, Symbol | bool | int | float | np.generic | np.ndarray):
        made: Any = getattr(rule, "func", rule)
        given = "a field with several entries" if several(answer) else repr(answer)
        where = line_of(Path(made.__code__.co_filename), made.__code__.co_firstlineno)
        raise Untraceable(f"{name} ({where}: gives {given}, not one number a world)")
    return tracer.fetch(tracer.cast(answer, kind))


def asked(name: str, ask: Callable[[], Any]) -> Any:
    """What a method of the model gives. Raises Untraceable for what it does wrong, with its name, file and line."""
    try:
        return ask()
    except Untraceable as error:
        raise Untraceable(f"{name} ({error})") from error
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        where = place(reversed(list(traceback.walk_tb(error.__traceback__))))
        raise Untraceable(f"{name} ({where}: {error})") from error


def trace_day(model: Any, rules: Rules) -> TracedDay:
    """Everything that happens in a day of this model, whose rules are traced already."""
    tracer, made = rules.tracer, TracedDay(rules)
    tracer.model = model  # that of which the rules were traced may be released by now
    views = {state.key: StateView(state, tracer) for state in model.members}
    for weekly in (False, True):
        made.days["before", weekly], made.days["after", weekly] = _day(model, tracer, weekly)
    for i, (state, event) in enumerate(model.events):
        made.effects[i] = tracer.begin(f"event_{i}", i)
        if event.run is not no_effect:
            asked(model.event_names[i], partial(event.run, views[state.key], Worlds(tracer, None, None)))
        if event.when is not None:
            function = tracer.begin(f"when_{i}", i)
            made.conditions[i] = function, _traced(model.event_names[i], tracer, partial(event.when, views[state.key]), BOOL)
    for row in range(len(rules.rules)):
        base, eager = (Node("fixed", (), F4, tracer.recipes.setdefault(("clock", which, row), len(tracer.recipes)))
                       for which in (0, 1))
        made.base.append((base, eager))
    return made


def _day(model: Any, tracer: Tracer, weekly: bool) -> tuple[Function, Function]:
    """The day before the clocks run, and from then on: the model's own `live`, with its own order of states."""
    tracer.weekly, after = weekly, Function(f"after_{int(weekly)}")
    before = tracer.begin(f"before_{int(weekly)}")

    def at_clocks() -> None:
        tracer.function = after

    asked("live", partial(getattr_static(type(model), "live"), ModelView(tracer, at_clocks)))
    tracer.weekly = False
    return before, after
