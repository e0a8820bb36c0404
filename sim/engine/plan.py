"""The plan of a day's rules for NumPy: the traced rules as one flat list of array operations, run every day.

Common subexpressions are computed once a day, those of parameters alone once for all, mixed types are cast once, and results
share few buffers, which are reused while they are in cache. Common subexpressions are computed in all worlds, even where no
rule that uses them can apply: NumPy may warn because of that, but results do not change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import setitem
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from sim.engine.nodes import Node, Recipe, needed
from sim.engine.recipes import work_out
from sim.engine.traced_day import Rules
from sim.engine.tracing import Tracer
from sim.engine.types import Array, ModelLike

Step: TypeAlias = "tuple[Callable[..., Any], tuple[Any, ...]]"
"""A function and its arguments."""


class RuleSteps(NamedTuple):
    """The steps that evaluate one action's rule.

    before : run first, whether or not the action can happen anywhere today
    possible : where its precondition holds, bool of shape (n,); None if it has none
    after : run if it can happen anywhere; the last one writes the log-odds
    """

    before: list[Step]
    possible: Array | None
    after: list[Step]


class Order:
    """In which order the nodes of rules are computed: those that several rules use first, the others when one needs them."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        users: dict[Node, set[Any]] = defaultdict(set)
        for row, (possible, odds) in enumerate(rules.rules):
            for node in needed(odds):
                users[node].add(row)
            for node in needed(possible):
                users[node] |= {row, "when"}
        done: set[Node] = set()
        self.early: list[list[Node]] = []
        self.late: list[list[Node]] = []
        for possible, odds in rules.rules:
            fresh = [node for node in dict.fromkeys((*needed(possible), *needed(odds))) if node not in done]
            done.update(fresh)
            self.early.append([node for node in fresh if len(users[node]) > 1])
            self.late.append([node for node in fresh if len(users[node]) == 1])
        self.uses = Counter(one for row in (*self.early, *self.late) for node in row for one in node.operands)
        self.uses.update(root for rule in rules.rules for root in rule if root is not None)


class Reader:
    """Reads what nodes that nothing computes stand for, from the arrays of one model; `today` : the day, shape (1,)."""

    def __init__(self, model: ModelLike, tracer: Tracer, today: Array) -> None:
        self.model, self.tracer, self.today = model, tracer, today
        self.recipes: list[Recipe] = list(tracer.recipes)
        self.memo: dict[Recipe, Array] = {}
        self.arrays: dict[Node, Array] = {}

    def array(self, node: Node) -> Array:
        """The array of a node's value: shape (n,), or (1,) if it is the same in all worlds."""
        if node not in self.arrays:
            self.arrays[node] = self._read(node)
        return self.arrays[node]

    def _read(self, node: Node) -> Array:
        if node.op == "load":
            pool, row = node.what
            key, name, entry = self.tracer.rows[pool][row]
            held: Array = vars(getattr(self.model, key))[name]
            return held if entry is None else held[entry]
        if node.op == "fixed":
            return work_out(self.recipes[node.what], self.model, self.memo).astype(node.kind, copy=False)
        return self.today if node.op == "day" else np.atleast_1d(np.asarray(node.what, node.kind))


class Binding(Reader):
    """Binds rules to the arrays of one model."""

    def __init__(self, order: Order, model: ModelLike, today: Array) -> None:
        super().__init__(model, order.rules.tracer, today)
        self.order = order
        self.wanted: dict[Node, Array] = {}
        self.left = Counter(order.uses)
        self.free: dict[Any, list[Array]] = defaultdict(list)

    def rows(self, odds: Sequence[Array], possible: Array) -> Iterator[RuleSteps]:
        """The steps of each rule; odds, possible : where results are written, shape (n,) per rule: float32 and bool."""
        rules = self.order.rules.rules
        roots = [*((rule.odds, out) for rule, out in zip(rules, odds, strict=True)),
                 *((rule.possible, out) for rule, out in zip(rules, possible, strict=True))]
        self.wanted.update({root: out for root, out in roots if root is not None and self.order.uses[root] == 1})
        for row, rule in enumerate(rules):
            before, after = self._steps(self.order.early[row]), self._steps(self.order.late[row])
            if rule.possible is not None:
                before += self._result(rule.possible, possible[row])
            after += self._result(rule.odds, odds[row])
            yield RuleSteps(before, None if rule.possible is None else possible[row], after)

    def _result(self, node: Node, out: Array) -> list[Step]:
        """The steps that write a rule's result to `out`."""
        array = self.array(node)
        if array is self.wanted.get(node):
            return []
        self._used(node)
        return [(setitem, (out, ..., array))]

    def _steps(self, nodes: Sequence[Node]) -> list[Step]:
        """The steps that compute these nodes every day."""
        return [self._step(node) for node in nodes if node.op != "load"]

    def _step(self, node: Node) -> Step:
        given = [self.array(one) for one in node.operands]
        for one in node.operands:
            self._used(one)
        return operation(node, given, self._room(node, np.broadcast_shapes(*(one.shape for one in given))), self.tracer)

    def _room(self, node: Node, shape: tuple[int, ...]) -> Array:
        """The array for a node's value: the output of its rule, or a buffer that is no longer used, or a new one."""
        wanted = self.wanted.get(node)
        if wanted is not None and (wanted.shape, wanted.dtype) == (shape, node.kind):
            room = wanted
        elif shape == (self.model.n,) and self.free[node.kind]:
            room = self.free[node.kind].pop()
        else:
            room = np.empty(shape, node.kind)
        self.arrays[node] = room
        return room

    def _used(self, node: Node) -> None:
        """Count a use of a value; after the last its buffer is free."""
        self.left[node] -= 1
        array = self.arrays[node]
        if not self.left[node] and not node.inline and node.op != "load" and array.shape == (self.model.n,):
            self.free[array.dtype].append(array)


def operation(node: Node, given: Sequence[Array], out: Array, tracer: Tracer) -> Step:
    """The step that computes a node of these operands into `out`."""
    if node.op == "cast":
        return setitem, (out, ..., given[0])
    if node.op == "lookup":
        return tracer.tables[node.what].take, (given[0], None, out)
    if node.op == "where":
        return _choose, (*given, out)
    if node.op in (np.maximum, np.minimum):  # NumPy wants their third argument by name
        return partial(node.op, out=out), tuple(given)
    return node.op, (*given, out)


def _choose(condition: Array, yes: Array, no: Array, out: Array) -> None:
    """`np.where`, into `out`."""
    out[...] = no
    np.copyto(out, yes, where=condition)


def values(root: Node, model: Any, tracer: Tracer, worlds: slice) -> dict[Node, Array]:
    """The value today of a node, and of all that it is made of, in a slice of a model's worlds: shape (m,), or (1,)."""
    reader = Reader(model, tracer, np.array([model.day]))
    made: dict[Node, Array] = {}

    def value(node: Node) -> Array:
        if node not in made:
            held = reader.array(node)
            made[node] = held if held.shape == (1,) else held[worlds]
        return made[node]

    for node in needed(root):
        if node.op != "load":
            given = [value(one) for one in node.operands]
            out = np.empty(np.broadcast_shapes(*(one.shape for one in given)), node.kind)
            do, arguments = operation(node, given, out, tracer)
            do(*arguments)
            made[node] = out
    value(root)
    return made
