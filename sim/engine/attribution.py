"""Attribution of a decision: its rule evaluated again for one world, on values that record how they were computed.

`contributions` calls the method that gives the log-odds on a view of the state. A view stands for a `State`, but each field and
parameter that is read through it is a `Traced` value of that one world. `+` and `-` keep a value split into its parts;
every other operation gives one part, labelled by the expression. The simulation itself does not use this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from inspect import getattr_static
from types import FunctionType, SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from sim.engine.ensemble import Ensemble, State
from sim.engine.fields import FLOAT
from sim.engine.types import Array

LONGEST = 80
"""Length in characters beyond which a label only lists the names in the expression."""

ATOM, POWER, PRODUCT, SUM, TEST = range(5)
"""Operator precedence of a label, tightest first: a looser one is bracketed inside a tighter one."""

SIGNS = {
    np.multiply: ("x", PRODUCT), np.divide: ("/", PRODUCT), np.power: ("**", POWER), np.float_power: ("**", POWER),
    np.add: ("+", SUM), np.subtract: ("-", SUM), np.greater: (">", TEST), np.greater_equal: (">=", TEST),
    np.less: ("<", TEST), np.less_equal: ("<=", TEST), np.equal: ("==", TEST), np.not_equal: ("!=", TEST),
    np.bitwise_and: ("&", TEST), np.bitwise_or: ("|", TEST), np.logical_and: ("&", TEST), np.logical_or: ("|", TEST),
}
PREFIXES = {np.negative: ("-", PRODUCT), np.invert: ("not ", TEST), np.logical_not: ("not ", TEST)}

Parts: TypeAlias = "tuple[tuple[str, Array], ...]"


def contributions(model: Ensemble, event_name: str, world: int) -> list[tuple[str, float]]:
    """The terms of an action's log-odds in one world today: labels and values, whose sum is the log-odds.

    The first is that of the base rate; the others are the rule's terms times the actor's decisiveness. Between `live`
    and the effects of the day (in an intervention) they are what the engine uses; after `step`, what it would use now.

    Raises ValueError if there is no such action or world, or if the rule does not give one number a world.
    """
    clocks = model.clocks
    if event_name not in clocks.names:
        raise ValueError(f"'{event_name}' is not an action of this model; it has {', '.join(clocks.names)}")
    if not 0 <= world < model.n:
        raise ValueError(f"there is no world {world}: this model has {model.n} worlds, from 0")
    row = clocks.names.index(event_name)
    odds, (state, _) = clocks.rules[row][0], model.events[clocks.ids[row]]
    answer = traced(odds(OneWorld(model, world, state).view(state)))
    if np.size(answer.value) != 1:
        raise ValueError(f"the log-odds of '{event_name}' are {np.size(answer.value)} numbers for one world, not one")
    base, decisiveness = (float(held[row, world if held.shape[1] > 1 else 0])
                          for held in (-clocks.minus_baseline, clocks.decisiveness))
    pushed = [("pushed by hand", decisiveness * by) for at, worlds, by in clocks.pushes if at == row and world in worlds]
    weighed = [(label.removeprefix("-"), decisiveness * float(value.item())) for label, value in answer.parts]
    return [("base", base), *weighed, *pushed]


def preconditions(model: Ensemble, event_name: str) -> list[tuple[str, Array]]:
    """The conditions of an event's precondition: each as an expression, and where it is true now, shape (n,).

    They are the parts joined by `&`; every name is prefixed by the key of its state. An event without precondition has none.
    """
    state, event = model.events[model.event_names.index(event_name)]
    if event.when is None:
        return []
    everywhere = OneWorld(model, slice(None), None)
    return list(traced(event.when(everywhere.view(state))).clauses)


class Traced(NDArrayOperatorsMixin):
    """A value in one world, shape (1,) or (k, 1), with the terms of which it is the sum and the names it was computed from.

    Parameters
    ----------
    value : the number that the engine computes
    label, rank : its expression, and the precedence of that
    ingredients : names of the fields, parameters and methods in the expression
    parts : labels and values of the terms; by default the value is the only one
    """

    def __init__(self, value: Any, label: str, rank: int = ATOM, ingredients: Sequence[str] = (),
                 parts: Parts | None = None) -> None:
        if len(label) > LONGEST:
            label, rank = f"f({', '.join(ingredients)})", ATOM
        self.value, self.label, self.rank, self.ingredients = value, label, rank, tuple(ingredients)
        self.parts: Parts = ((label, np.asarray(value)),) if parts is None else parts
        self.clauses: Parts = ((label, np.asarray(value)),)

    def called(self, name: str) -> Traced:
        """The same value labelled by `name`, unless its label is a name already; its parts stay."""
        if self.label in self.ingredients:
            return self
        named = Traced(self.value, name, ATOM, (name,), self.parts)
        named.clauses = self.clauses if len(self.clauses) > 1 else named.clauses
        return named

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Traced:
        if out is not None and not isinstance(out[0], Traced):
            options["out"] = out
        operands = [traced(given) for given in inputs]
        made = derived(getattr(ufunc, method)(*bare(inputs), **options), ufunc, operands)
        if method == "__call__" and ufunc in (np.add, np.subtract, np.negative):
            *kept, last = operands
            gone = last.parts if ufunc is np.add else tuple((label, FLOAT(0) - value) for label, value in last.parts)
            made.parts = sum((operand.parts for operand in kept), ()) + gone
        if method == "__call__" and ufunc in (np.bitwise_and, np.logical_and):
            made.clauses = sum((operand.clauses for operand in operands), ())
        return made

    def __array_function__(self, function: Callable[..., Any], kinds: Any, given: Any, options: Any) -> Any:
        value = function(*bare(given), **bare(options))
        return derived(value, function, list(found(given))) if isinstance(value, np.ndarray | np.generic) else value

    def __getattr__(self, name: str) -> Any:
        held = getattr(self.value, name)
        if not callable(held):
            return held
        return lambda *given, **options: derived(held(*bare(given), **options), held, [self, *found(given)])

    def copy(self) -> Traced:
        """Itself, since a traced value is never modified."""
        return self

    def __getitem__(self, index: Any) -> Traced:
        where = f"{index.start or ''}:{index.stop or ''}" if isinstance(index, slice) else f"{index}"
        return Traced(self.value[bare(index)], f"{enclosed(self, ATOM)}[{where}]", ATOM, self.ingredients)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __index__(self) -> int:
        return int(self.value.item())

    def __float__(self) -> float:
        return float(self.value.item())


def traced(value: Any) -> Traced:
    """The value itself, or a constant as a traced value; the constant zero has no parts."""
    if isinstance(value, Traced):
        return value
    if np.size(value) != 1:
        return Traced(value, "constants")
    return Traced(value, f"{np.asarray(value).item():g}", parts=None if np.any(value) else ())


def derived(value: Any, maker: Any, operands: Sequence[Traced]) -> Traced:
    """A value that is a single part, labelled by the operation and its operands."""
    ingredients = tuple(dict.fromkeys(name for operand in operands for name in operand.ingredients))
    if maker in SIGNS and len(operands) == 2:
        sign, rank = SIGNS[maker]
        left, right = operands
        text = f"{enclosed(left, rank - (rank == TEST))} {sign} {enclosed(right, rank - (sign not in 'x+'))}"
        return Traced(value, text, rank, ingredients)
    if maker in PREFIXES:
        sign, rank = PREFIXES[maker]
        return Traced(value, sign + enclosed(operands[0], POWER), rank, ingredients)
    return Traced(value, f"{maker.__name__}({', '.join(operand.label for operand in operands)})", ATOM, ingredients)


def enclosed(operand: Traced, rank: int) -> str:
    """The label of an operand, in brackets if its precedence is looser than `rank`."""
    return f"({operand.label})" if operand.rank > rank else operand.label


def found(given: Any) -> Iterator[Traced]:
    """The numbers and traced values among arguments, however nested."""
    for item in given:
        if isinstance(item, list | tuple):
            yield from found(item)
        elif isinstance(item, Traced | int | float | np.ndarray | np.generic):
            yield traced(item)


def bare(given: Any) -> Any:
    """Arguments with the plain value in place of each traced one."""
    if isinstance(given, Traced):
        return given.value
    if isinstance(given, dict):
        return {key: bare(item) for key, item in given.items()}
    return type(given)(bare(item) for item in given) if isinstance(given, list | tuple) else given


class OneWorld:
    """A model in one world, or in a slice of its worlds: its states are views, other attributes (the day, say) are its own.

    Names are prefixed by the key of their state, except those of the state `owner`.
    """

    def __init__(self, model: Ensemble, world: int | slice, owner: State | None) -> None:
        self._model, self._owner = model, owner
        self._world = world if isinstance(world, slice) else slice(world, world + 1)
        self.n = len(range(*self._world.indices(model.n)))
        self._views: dict[State, StateView] = {}

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._model, name)
        return self.view(value) if isinstance(value, State) else value

    def view(self, state: State) -> StateView:
        """The view of a state; names read through it are prefixed by the state's key unless it is the owner."""
        if state not in self._views:
            self._views[state] = StateView(state, self, self._world, "" if state is self._owner else f"{state.key}.")
        return self._views[state]


class StateView:
    """A state in one world. Methods run on the view, so that what they read is traced too."""

    def __init__(self, state: State, model: OneWorld, world: slice, prefix: str) -> None:
        self._state, self._model, self._world, self._prefix = state, model, world, prefix

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The state's class, which `super()` in a method needs."""
        return type(self._state)

    def __getattr__(self, name: str) -> Any:
        state, label = self._state, self._prefix + name
        if name not in state.__dict__:
            return self._inherited(name, label)
        value = state.__dict__[name]
        if isinstance(value, np.ndarray):
            return Traced(value[..., self._world], label, ATOM, (label,))
        if isinstance(value, State):
            return self._model.view(value)
        if name == "ref":
            return SimpleNamespace(**{key: Traced(number, f"{label}.{key}", ATOM, (f"{label}.{key}",))
                                      for key, number in vars(value).items()})
        return self._model if name == "model" else value

    def _inherited(self, name: str, label: str) -> Any:
        """A constant or method of the class; the result of a method is labelled by the method's name."""
        owner = type(self._state)
        held = getattr_static(owner, name)
        value = held.__get__(self, owner) if hasattr(held, "__get__") else held
        if not isinstance(held, FunctionType):
            return value

        def ask(*given: Any, **options: Any) -> Any:
            answer = value(*given, **options)
            if isinstance(answer, Traced):
                return answer.called(label)
            plain = isinstance(answer, float | np.ndarray | np.generic)
            return Traced(answer, label, ATOM, (label,), None if np.any(answer) else ()) if plain else answer
        return ask
