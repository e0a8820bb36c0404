"""Attribution of a decision: its rule as it was traced, taken apart into the terms of which its log-odds are the sum.

`+`, `-` and negation keep a value split into its parts, also inside methods; every other operation gives one part, labelled by
the expression. A value that a method gave is labelled by the method's name. The simulation itself does not use this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.engine.ensemble import Ensemble
from sim.engine.nodes import Node, Recipe
from sim.engine.plan import values
from sim.engine.recipes import work_out
from sim.engine.types import Array

LONGEST = 80
"""Length in characters beyond which a label only lists the names in the expression."""

ATOM, POWER, PRODUCT, SUM, TEST = range(5)
"""Operator precedence of a label, tightest first: a looser one is bracketed inside a tighter one."""

SIGNS = {
    np.multiply: ("x", PRODUCT), np.divide: ("/", PRODUCT), np.power: ("**", POWER),
    np.add: ("+", SUM), np.subtract: ("-", SUM), np.greater: (">", TEST), np.greater_equal: (">=", TEST),
    np.less: ("<", TEST), np.less_equal: ("<=", TEST), np.equal: ("==", TEST), np.not_equal: ("!=", TEST),
    np.bitwise_and: ("&", TEST), np.bitwise_or: ("|", TEST), np.logical_and: ("&", TEST), np.logical_or: ("|", TEST),
}
PREFIXES = {np.negative: ("-", PRODUCT), np.invert: ("not ", TEST), np.logical_not: ("not ", TEST)}
AND = (np.bitwise_and, np.logical_and)


class Label(NamedTuple):
    """The text of an expression, how tightly it binds, and the names of fields, parameters and methods in it, each as
    "state.name", "state.name[entry]" or "state.ref.name"."""

    text: str
    rank: int
    ingredients: tuple[str, ...]

    def within(self, rank: int) -> str:
        """The text, in brackets if its precedence is looser than `rank`."""
        return f"({self.text})" if self.rank > rank else self.text


class Contribution(NamedTuple):
    """What one term adds to the log-odds of a decision, and the names in its label, as "state.name" or "state.ref.name"."""

    label: str
    value: float
    names: tuple[str, ...] = ()


class Part(NamedTuple):
    """One term of a sum: its sign, its label, and its value, shape (m,) or (1,)."""

    sign: int
    label: Label
    value: Array


@dataclass(frozen=True, eq=False)
class Expression:
    """A traced value, with what is made of parameters alone unfolded. `name` is that of a field, parameter or method, "" for
    none; `source` is its node or recipe."""

    op: Any
    operands: tuple[Expression, ...]
    name: str
    source: Node | Recipe


class Reading:
    """The values of expressions in a slice of a model's worlds today; names are shortened for the state `owner`."""

    def __init__(self, model: Any, root: Node, worlds: slice, owner: str = "") -> None:
        self.model, self.worlds, self.prefix = model, worlds, f"{owner}." if owner else ""
        self.tracer = model.clocks.order.rules.tracer
        self.recipes: list[Recipe] = list(self.tracer.recipes)
        self.held = values(root, model, self.tracer, worlds)
        self.memo: dict[Recipe, Array] = {}

    def expression(self, source: Node | Recipe) -> Expression:
        """A node or a recipe as an expression; casts are left out."""
        if isinstance(source, Node):
            if source.op == "fixed":
                return self.expression(self.recipes[source.what])
            if source.op == "cast":
                return self.expression(source.operands[0])
            name = self._held(source) if source.op == "load" else source.name
            return Expression(source.op, tuple(map(self.expression, source.operands)), name, source)
        if source[0] == "parameter":
            return Expression("parameter", (), f"{source[1]}.{source[2]}", source)
        if source[0] == "constant":
            return Expression("constant", (), source[3], source)
        if source[0] == "cast":
            return self.expression(source[2][0])
        return Expression(source[0], tuple(map(self.expression, source[2])), "", source)

    def _held(self, node: Node) -> str:
        """The name of the field that a node reads."""
        pool, row = node.what
        key, name, entry = self.tracer.rows[pool][row]
        return f"{key}.{name}" if entry is None else f"{key}.{name}[{entry}]"

    def value(self, one: Expression) -> Array:
        """Its value: shape (m,), or (1,) if it is the same in all worlds."""
        if isinstance(one.source, Node):
            if one.source in self.held:
                return self.held[one.source]
            return np.atleast_1d(np.asarray(self.model.day if one.op == "day" else one.source.what))
        made = work_out(one.source, self.model, self.memo)
        return made if made.shape == (1,) else made[self.worlds]

    def label(self, one: Expression) -> Label:
        """Its label, by its own name if it has one."""
        if one.name:
            return Label(one.name.removeprefix(self.prefix), ATOM, (one.name,))
        if one.op == "day":
            return Label("day", ATOM, ("day",))
        if not one.operands:
            return Label(f"{self.value(one).item():g}", ATOM, ())
        operands = [self.label(operand) for operand in one.operands]
        text, rank = self._text(one, operands)
        ingredients = tuple(dict.fromkeys(name for operand in operands for name in operand.ingredients))
        if len(text) > LONGEST:
            text, rank = f"f({', '.join(name.removeprefix(self.prefix) for name in ingredients)})", ATOM
        return Label(text, rank, ingredients)

    def _text(self, one: Expression, operands: list[Label]) -> tuple[str, int]:
        if one.op in SIGNS:
            sign, rank = SIGNS[one.op]
            left, right = operands
            return f"{left.within(rank - (rank == TEST))} {sign} {right.within(rank - (sign not in 'x+'))}", rank
        if one.op in PREFIXES:
            sign, rank = PREFIXES[one.op]
            return sign + operands[0].within(POWER), rank
        if one.op in (np.square, np.sqrt):
            return f"{operands[0].within(ATOM)} ** {2 if one.op is np.square else 0.5:g}", POWER
        if one.op == "lookup":
            return f"table[{operands[0].text}]", ATOM
        name = one.op if isinstance(one.op, str) else one.op.__name__
        return f"{name}({', '.join(label.text for label in operands)})", ATOM

    def parts(self, one: Expression, sign: int = 1) -> Iterator[Part]:
        """The terms of which it is the sum; the constant zero has none."""
        if one.op in (np.add, np.subtract) and len(one.operands) == 2:
            left, right = one.operands
            yield from self.parts(left, sign)
            yield from self.parts(right, sign if one.op is np.add else -sign)
        elif one.op is np.negative:
            yield from self.parts(one.operands[0], -sign)
        elif one.op != "constant" or self.value(one).any():
            yield Part(sign, self.label(one), self.value(one))

    def clauses(self, one: Expression) -> Iterator[Part]:
        """The conditions of which it is the conjunction."""
        if one.op in AND:
            for operand in one.operands:
                yield from self.clauses(operand)
        else:
            yield Part(1, self.label(one), self.value(one))


def terms(model: Any, event_name: str, worlds: slice) -> list[Part]:
    """The terms of an action's rule in some worlds today, as they are written: before the actor's decisiveness."""
    clocks = model.clocks
    row = clocks.names.index(event_name)
    root = clocks.order.rules.rules[row].odds
    reading = Reading(model, root, worlds, event_name.partition(".")[0])
    return list(reading.parts(reading.expression(root)))


def contributions(model: Ensemble, event_name: str, world: int) -> list[Contribution]:
    """The terms of an action's log-odds in one world today, whose values add up to the log-odds.

    The first is that of the base rate; the others are the rule's terms times the actor's decisiveness. Between `live`
    and the effects of the day (in an intervention) they are what the engine uses; after `step`, what it would use now.

    Raises ValueError if there is no such action or world.
    """
    clocks = model.clocks
    if event_name not in clocks.names:
        raise ValueError(f"'{event_name}' is not an action of this model; it has {', '.join(clocks.names)}")
    if not 0 <= world < model.n:
        raise ValueError(f"there is no world {world}: this model has {model.n} worlds, from 0")
    row = clocks.names.index(event_name)
    base, decisiveness = (float(held[row, world if held.shape[1] > 1 else 0])
                          for held in (-clocks.minus_baseline, clocks.decisiveness))
    weighed = [Contribution(part.label.text, decisiveness * part.sign * float(part.value.item()), part.label.ingredients)
               for part in terms(model, event_name, slice(world, world + 1))]
    pushed = [Contribution("pushed by hand", decisiveness * by)
              for at, worlds, by in clocks.pushes if at == row and world in worlds]
    return [Contribution("base", base), *weighed, *pushed]


def preconditions(model: Ensemble, event_name: str) -> list[tuple[str, Array]]:
    """The conditions of an event's precondition: each as an expression, and where it is true now, shape (n,) or (1,).

    They are the parts joined by `&`; every name is prefixed by the key of its state. An event without precondition has none.
    """
    row = model.clocks.names.index(event_name) if event_name in model.clocks.names else -1
    root = None if row < 0 else model.clocks.order.rules.rules[row].possible
    if root is None:
        return []
    reading = Reading(model, root, slice(None))
    return [(part.label.text, part.value) for part in reading.clauses(reading.expression(root))]
