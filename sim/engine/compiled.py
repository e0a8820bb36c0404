"""Compiled rules: one flat list of array operations, run every day.

The operations are those of the rules, so results equal those of the rules called one by one, bit for bit. But common
subexpressions are computed once a day, those of parameters alone once for all, mixed types are cast once, and results
share few buffers, which are reused while they are in cache. Common subexpressions are computed in all worlds, even where no
rule that uses them can apply: NumPy may warn because of that, but results do not change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import setitem
from pathlib import Path
from traceback import extract_tb
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from sim.engine.parameters import collapse
from sim.engine.tracing import Convert, Coupled, DayRef, FieldRef, Graph, Table, TraceNode
from sim.engine.types import Array, ModelLike, StateLike

Step: TypeAlias = "tuple[Callable[..., Any], tuple[Any, ...]]"
"""A function and its arguments."""

Rule: TypeAlias = "tuple[Callable[[Any], Any], Callable[[Any], Array] | None, StateLike]"
"""Log-odds, precondition, state."""


class RuleSteps(NamedTuple):
    """The steps that evaluate one action's rule.

    before : run first, whether or not the action can happen anywhere today
    possible : where its precondition holds, bool of shape (n,); None if it has none
    after : run if it can happen anywhere; the last one writes the log-odds
    """

    before: list[Step]
    possible: Array | None
    after: list[Step]


class CompiledRules:
    """The rules of one class of models as a graph: made once, from any model of that class, and bound to each."""

    def __init__(self, model: ModelLike, rules: Sequence[Rule], names: Sequence[str], signature: list[tuple[Any, ...]]) -> None:
        graph = Graph(model)
        self.signature = signature
        """What identifies the rules of a class of models."""
        self.untraced: list[tuple[str, str]] = []
        """Rules that are called every day as they are written: the action, and where and why its rule cannot be traced."""
        self.odds = [self._traced(graph, name, odds, state) for name, (odds, _, state) in zip(names, rules, strict=True)]
        self.when = [None if when is None else self._traced(graph, name, when, state)
                     for name, (_, when, state) in zip(names, rules, strict=True)]
        self.early, self.late = self._orders()
        self.uses = Counter(one for row in (*self.early, *self.late) for node in row for one in node.operands)
        self.uses.update(root for root in (*self.odds, *self.when) if root is not None)

    def _traced(self, graph: Graph, name: str, rule: Callable[[Any], Any], state: StateLike) -> TraceNode | None:
        """The node of a rule's result, or None if it cannot be traced. Raises Coupled if it couples worlds."""
        try:
            return graph.node(rule(graph.proxy(state)))
        except Coupled as error:
            raise Coupled(f"{name} ({place(error)}) {error}") from error
        except Exception as error:  # if the rule is wrong, calling it says so
            self.untraced.append((name, f"{place(error)}: {error}"))
            return None

    def _orders(self) -> tuple[list[list[TraceNode]], list[list[TraceNode]]]:
        """The nodes to compute for each rule, in order: before, and after its precondition is known.

        Only nodes that no other rule uses can wait for that.
        """
        users: dict[TraceNode, set[Any]] = defaultdict(set)
        for row, (odds, when) in enumerate(zip(self.odds, self.when, strict=True)):
            for node in made(odds):
                users[node].add(row)
            for node in made(when):
                users[node] |= {row, "when"}
        done: set[TraceNode] = set()
        early, late = [], []
        for odds, when in zip(self.odds, self.when, strict=True):
            fresh = [node for node in dict.fromkeys((*made(when), *made(odds))) if node not in done]
            done.update(fresh)
            early.append([node for node in fresh if len(users[node]) > 1])
            late.append([node for node in fresh if len(users[node]) == 1])
        return early, late


def place(error: Exception) -> str:
    """File and line of the rule in which an error arose."""
    elsewhere = tuple(str(Path(file).parent) for file in (__file__, np.__file__))
    frames = [frame for frame in extract_tb(error.__traceback__) if not frame.filename.startswith(elsewhere)]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "its declaration"


def compile_rules(model: ModelLike, rules: Sequence[Rule], names: Sequence[str]) -> CompiledRules:
    """The compiled rules of this class of models, kept on the class, since making them takes as long as some days.

    They are made anew if a rule was replaced, but not if only something that a rule calls was.
    """
    owner: Any = type(model)
    compiled: CompiledRules | None = vars(owner).get("compiled")
    signature = [(odds, when, type(state)) for odds, when, state in rules]
    if compiled is None or compiled.signature != signature:
        owner.compiled = compiled = CompiledRules(model, rules, names, signature)
    return compiled


def made(root: TraceNode | None) -> Iterator[TraceNode]:
    """All nodes that have to be computed for one, each once, operands first."""
    seen: set[TraceNode] = set()

    def visit(node: TraceNode | None) -> Iterator[TraceNode]:
        if node is not None and node not in seen:
            seen.add(node)
            for one in node.operands:
                yield from visit(one)
            if node.make is not None:
                yield node

    return visit(root)


def _as_written(rule: Callable[[Any], Any], state: StateLike, out: Array) -> None:
    out[...] = rule(state)


class Binding:
    """Binds compiled rules to the arrays of one model; `today` : the day, shape (1,)."""

    def __init__(self, compiled: CompiledRules, model: ModelLike, today: Array) -> None:
        self.compiled, self.model, self.today = compiled, model, today
        self.arrays: dict[TraceNode, Array] = {}
        self.wanted: dict[TraceNode, Array] = {}
        self.left = Counter(compiled.uses)
        self.free: dict[Any, list[Array]] = defaultdict(list)

    def rows(self, rules: Sequence[Rule], odds: Sequence[Array], possible: Array) -> Iterator[RuleSteps]:
        """The steps of each rule; odds, possible : where results are written, shape (n,) per rule: float32 and bool."""
        for nodes, out in ((self.compiled.odds, odds), (self.compiled.when, possible)):
            self.wanted.update({node: row for node, row in zip(nodes, out, strict=True)
                                if node is not None and self.compiled.uses[node] == 1})
        for row, (rule, when, state) in enumerate(rules):
            before, after = self._steps(self.compiled.early[row]), self._steps(self.compiled.late[row])
            if when is not None:
                before += self._result(self.compiled.when[row], when, state, possible[row])
            after += self._result(self.compiled.odds[row], rule, state, odds[row])
            yield RuleSteps(before, None if when is None else possible[row], after)

    def _result(self, node: TraceNode | None, rule: Callable[[Any], Any], state: StateLike, out: Array) -> list[Step]:
        """The steps that write a rule's result to `out`."""
        if node is None:
            return [(_as_written, (rule, state, out))]
        array = self._array(node)
        if array is self.wanted.get(node):
            return []
        self._used(node)
        return [(setitem, (out, ..., array))]

    def _steps(self, nodes: Sequence[TraceNode]) -> list[Step]:
        """The steps that compute these nodes every day; fixed ones are computed now."""
        steps = []
        for node in nodes:
            do, given = self._step(node)
            if node.fixed:
                do(*given)
            else:
                steps.append((do, given))
        return steps

    def _step(self, node: TraceNode) -> Step:
        given = [self._array(one) for one in node.operands]
        for one in node.operands:
            self._used(one)
        if node.make is Convert:
            return setitem, (self._room(node, given[0].shape), ..., given[0])
        if isinstance(node.make, Table):
            return node.make.values.take, (given[0], None, self._room(node, given[0].shape))
        if not isinstance(node.make, np.ufunc):
            out = self._room(node, given[0].shape[1:])
            return node.make, (given[0], 0, out.dtype, out)
        out = self._room(node, np.broadcast_shapes(*(one.shape for one in given)))
        if node.make in (np.maximum, np.minimum):  # NumPy wants their third argument by name
            return partial(node.make, out=out), tuple(given)
        return node.make, (*given, out)

    def _array(self, node: TraceNode) -> Array:
        """The array of a node's value."""
        if node not in self.arrays:
            found = node.source
            if isinstance(found, FieldRef):
                array: Array = vars(getattr(self.model, found.state))[found.name]
                self.arrays[node] = collapse(array) if found.entry is None else array[found.entry]
            else:
                self.arrays[node] = self.today if isinstance(found, DayRef) else np.atleast_1d(np.asarray(found))
        return self.arrays[node]

    def _room(self, node: TraceNode, shape: tuple[int, ...]) -> Array:
        """The array for a node's value: the output of its rule, or a buffer that is no longer used, or a new one."""
        kind, wanted = np.dtype(node.kind), self.wanted.get(node)
        if wanted is not None and (wanted.shape, wanted.dtype) == (shape, kind) and not node.fixed:
            room = wanted
        elif self._shared(node, shape) and self.free[kind]:
            room = self.free[kind].pop()
        else:
            room = np.empty(shape, kind)
        self.arrays[node] = room
        return room

    def _shared(self, node: TraceNode, shape: tuple[int, ...]) -> bool:
        """Whether a value is stored in a buffer that can be reused after it."""
        return node.make is not None and not node.fixed and shape == (self.model.n,)

    def _used(self, node: TraceNode) -> None:
        """Count a use of a value; after the last its buffer is free."""
        self.left[node] -= 1
        array = self.arrays[node]
        if not self.left[node] and self._shared(node, array.shape):
            self.free[array.dtype].append(array)
