"""Attribution of a decision: its rule as it was traced, taken apart into the terms of which its log-odds are the sum.

`+`, `-` and negation keep a value split into its parts, also inside methods; every other operation gives one part, labelled by
the expression. What a method gave is labelled inside it by the method's name. The simulation itself does not use this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, eq=False)
class Expression:
    """A traced value, with what is made of parameters alone unfolded. `name` is that of a field, parameter or method, "" for
    none; `source` is its node or recipe."""

    op: Any
    operands: tuple[Expression, ...]
    name: str
    source: Node | Recipe

    @property
    def whole(self) -> list[Expression]:
        """It and all that it is made of, each once, in the order of writing."""
        found: dict[Expression, None] = {}

        def visit(one: Expression) -> None:
            if one not in found:
                found[one] = None
                for operand in one.operands:
                    visit(operand)

        visit(self)
        return list(found)


class Part(NamedTuple):
    """One term of a sum, or one condition of several: its sign, its label, its value, shape (m,) or (1,), and what it is."""

    sign: int
    label: Label
    value: Array
    of: Expression

    @property
    def told(self) -> tuple[int, str]:
        """Its sign and its text, where a minus at the beginning of a product belongs to the sign."""
        if self.label.rank == PRODUCT and self.label.text.startswith("-"):
            return -self.sign, self.label.text.removeprefix("-")
        return self.sign, self.label.text


class Reading:
    """The rule of a clock, and the values of what it is made of, in a slice of a model's worlds today.

    Names are shortened for the state `owner`. What depends on the day alone is labelled by its value, or as it is written if
    `on_any_day`.
    """

    def __init__(self, model: Any, row: int, worlds: slice, owner: str = "", on_any_day: bool = False) -> None:
        rules = model.clocks.order.rules
        self.model, self.worlds, self.prefix, self.on_any_day = model, worlds, f"{owner}." if owner else "", on_any_day
        self.rule, self.names, self.tracer = rules.rules[row], rules.names[row], rules.tracer
        self.recipes: list[Recipe] = list(self.tracer.recipes)
        self.made: dict[Node | Recipe, Expression] = {}
        self.labels: dict[Expression, Label] = {}
        self.held: dict[Node, Array] = {}
        self.memo: dict[Recipe, Array] = {}

    def expression(self, source: Node | Recipe) -> Expression:
        """A node or a recipe as an expression; casts are left out."""
        if source not in self.made:
            made = self._of_node(source) if isinstance(source, Node) else self._of_recipe(source)
            self.made[source] = made if made.name else replace(made, name=self.names.get(source, ""))
        return self.made[source]

    def _of_node(self, node: Node) -> Expression:
        if node.op == "fixed":
            return self.expression(self.recipes[node.what])
        if node.op == "cast":
            return self.expression(node.operands[0])
        return Expression(node.op, tuple(map(self.expression, node.operands)),
                          self._held(node) if node.op == "load" else node.name, node)

    def _of_recipe(self, recipe: Recipe) -> Expression:
        if recipe[0] == "parameter":
            return Expression("parameter", (), f"{recipe[1]}.{recipe[2]}", recipe)
        if recipe[0] == "constant":
            return Expression("constant", (), recipe[3], recipe)
        if recipe[0] == "cast":
            return self.expression(recipe[2][0])
        return Expression(recipe[0], tuple(map(self.expression, recipe[2])), "", recipe)

    def _held(self, node: Node) -> str:
        """The name of the field that a node reads."""
        pool, row = node.what
        key, name, entry = self.tracer.rows[pool][row]
        return f"{key}.{name}" if entry is None else f"{key}.{name}[{entry}]"

    def value(self, one: Expression) -> Array:
        """Its value: shape (m,), or (1,) if it is the same in all worlds."""
        if isinstance(one.source, Node):
            if one.source not in self.held:
                self.held.update(values(one.source, self.model, self.tracer, self.worlds))
            return self.held[one.source]
        made = work_out(one.source, self.model, self.memo)
        return made if made.shape == (1,) else made[self.worlds]

    def label(self, one: Expression) -> Label:
        """Its label, by its own name if it has one."""
        if one not in self.labels:
            self.labels[one] = self._label(one)
        return self.labels[one]

    def _label(self, one: Expression) -> Label:
        if one.name:
            return Label(one.name.removeprefix(self.prefix), ATOM, (one.name,))
        if one.op == "day" and self.on_any_day:
            return Label("day", ATOM, ())
        if not one.operands or (not self.on_any_day and of_the_day(one)):
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

    def terms(self) -> list[Part]:
        """The terms of the rule as they are written: before the actor's decisiveness."""
        odds = self.expression(self.rule.odds)
        self.value(odds)  # all at once
        return list(self._parts(odds))

    def conditions(self) -> list[Part]:
        """The conditions of its precondition."""
        return [] if self.rule.possible is None else list(self._clauses(self.expression(self.rule.possible)))

    def _parts(self, one: Expression, sign: int = 1) -> Iterator[Part]:
        """The terms of which it is the sum; the constant zero has none."""
        if one.op in (np.add, np.subtract) and len(one.operands) == 2:
            left, right = one.operands
            yield from self._parts(left, sign)
            yield from self._parts(right, sign if one.op is np.add else -sign)
        elif one.op is np.negative:
            yield from self._parts(one.operands[0], -sign)
        elif one.op != "constant" or self.value(one).any():
            told = replace(one, name="") if one.operands and one.op != "lookup" else one
            yield Part(sign, self.label(told), self.value(one), one)

    def _clauses(self, one: Expression) -> Iterator[Part]:
        """The conditions of which it is the conjunction."""
        if one.op in AND:
            for operand in one.operands:
                yield from self._clauses(operand)
        else:
            yield Part(1, self.label(one), self.value(one), one)


def of_the_day(one: Expression) -> bool:
    """Whether it is made of the day and plain constants alone."""
    return all(one.op == "day" or (one.op == "constant" and not one.name) for one in one.whole if not one.operands)


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
    terms = Reading(model, row, slice(world, world + 1), event_name.partition(".")[0]).terms()
    weighed = [Contribution(term.told[1], decisiveness * term.sign * float(term.value.item()), term.label.ingredients)
               for term in terms]
    pushed = [Contribution("pushed by hand", decisiveness * by) for at, worlds, by in clocks.pushes
              if at == row and world in worlds]
    return [Contribution("base", base), *weighed, *pushed]


def preconditions(model: Ensemble, event_name: str) -> list[tuple[str, Array]]:
    """The conditions of an event's precondition: each as an expression, and where it is true now, shape (n,) or (1,).

    They are the parts joined by `&`; every name is prefixed by the key of its state. An event without precondition has none.
    """
    if event_name not in model.clocks.names:
        return []
    rule = Reading(model, model.clocks.names.index(event_name), slice(None))
    return [(part.label.text, part.value) for part in rule.conditions()]
