"""The plan of a day's rules: one flat list of array operations that is run again every day.

The operations are those of the rules, so each bit of the answers is that of the rules asked one by one. But what several rules
have in common is worked out once a day, what depends on parameters alone once for all, mixed types are cast once, and
results lie in few buffers, which are used again while they are still in cache. What rules have in common is worked out in all
worlds, even where no rule that needs it can apply: a warning of NumPy may come of that, never another answer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import setitem
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from sim.engine.parameters import condensed
from sim.engine.tracing import Cast, Graph, Held, Node, Today
from sim.engine.types import Array, ModelLike, StateLike

Step: TypeAlias = "tuple[Callable[..., Any], tuple[Any, ...]]"
"""What to call, with what."""

Rule: TypeAlias = "tuple[Callable[[Any], Any], Callable[[Any], Array] | None, StateLike]"
"""Log-odds, precondition, state."""


class Asked(NamedTuple):
    """An action's part of the plan.

    before : what is done first, whether or not the action can happen anywhere today
    possible : where it can happen, shape (n,); None if it always can
    after : what is done if it can happen anywhere; the last of it gives the log-odds
    """

    before: list[Step]
    possible: Array | None
    after: list[Step]


class Plan:
    """What the rules of one class of models do: made once, of any model of that class, and bound to each."""

    def __init__(self, model: ModelLike, rules: Sequence[Rule]) -> None:
        graph = Graph(model)
        self.of = asked_of(rules)
        self.odds = [graph.ask(odds, state) for odds, _, state in rules]
        self.when = [None if when is None else graph.ask(when, state) for _, when, state in rules]
        self.early, self.late = self._orders()
        self.uses = Counter(one for row in (*self.early, *self.late) for node in row for one in node.operands)
        self.uses.update(root for root in (*self.odds, *self.when) if root is not None)

    def _orders(self) -> tuple[list[list[Node]], list[list[Node]]]:
        """What has to be made for each rule, in order: before, and after it is known whether it can happen anywhere.

        Only what no other rule needs can wait.
        """
        askers: dict[Node, set[Any]] = defaultdict(set)
        for row, (odds, when) in enumerate(zip(self.odds, self.when, strict=True)):
            for node in made(odds):
                askers[node].add(row)
            for node in made(when):
                askers[node] |= {row, "when"}
        done: set[Node] = set()
        early, late = [], []
        for odds, when in zip(self.odds, self.when, strict=True):
            fresh = [node for node in dict.fromkeys((*made(when), *made(odds))) if node not in done]
            done.update(fresh)
            early.append([node for node in fresh if len(askers[node]) > 1])
            late.append([node for node in fresh if len(askers[node]) == 1])
        return early, late

    def bound(self, model: ModelLike, rules: Sequence[Rule], odds: Sequence[Array], possible: Array,
              today: Array) -> list[Asked]:
        """What is done for each rule in a model.

        odds, possible : where each rule's answers are to be written, shape (n,): float32 and bool
        today : where the day will be found, shape (1,)
        """
        return list(Binding(self, model, today).rows(rules, odds, possible))


def asked_of(rules: Sequence[Rule]) -> list[tuple[Any, ...]]:
    """What tells the rules of one class of models from those of another."""
    return [(odds, when, type(state)) for odds, when, state in rules]


def planned(model: ModelLike, rules: Sequence[Rule]) -> Plan:
    """The plan for models of this class, which keeps it, for making one takes as long as some days.

    It is made anew if a rule is another one, but not if only something that a rule calls was replaced.
    """
    owner: Any = type(model)
    plan: Plan | None = vars(owner).get("plan")
    if plan is None or plan.of != asked_of(rules):
        owner.plan = plan = Plan(model, rules)
    return plan


def made(root: Node | None) -> Iterator[Node]:
    """All values that have to be made for one, each once, operands first."""
    seen: set[Node] = set()

    def visit(node: Node) -> Iterator[Node]:
        if node not in seen:
            seen.add(node)
            for one in node.operands:
                yield from visit(one)
            if node.make is not None:
                yield node

    if root is not None:
        yield from visit(root)


def _as_written(rule: Callable[[Any], Any], state: StateLike, out: Array) -> None:
    out[...] = rule(state)


class Binding:
    """A plan on its way into the arrays of one model."""

    def __init__(self, plan: Plan, model: ModelLike, today: Array) -> None:
        self.plan, self.model, self.today = plan, model, today
        self.arrays: dict[Node, Array] = {}
        self.wanted: dict[Node, Array] = {}
        self.left = Counter(plan.uses)
        self.free: dict[Any, list[Array]] = defaultdict(list)

    def rows(self, rules: Sequence[Rule], odds: Sequence[Array], possible: Array) -> Iterator[Asked]:
        """Each rule's part of the plan."""
        for nodes, out in ((self.plan.odds, odds), (self.plan.when, possible)):
            self.wanted.update({node: row for node, row in zip(nodes, out, strict=True)
                                if node is not None and self.plan.uses[node] == 1})
        for row, (rule, when, state) in enumerate(rules):
            before, after = self._steps(self.plan.early[row]), self._steps(self.plan.late[row])
            if when is not None:
                before += self._answer(self.plan.when[row], when, state, possible[row])
            after += self._answer(self.plan.odds[row], rule, state, odds[row])
            yield Asked(before, None if when is None else possible[row], after)

    def _answer(self, node: Node | None, rule: Callable[[Any], Any], state: StateLike, out: Array) -> list[Step]:
        """How a rule's answer comes where it is wanted."""
        if node is None:
            return [(_as_written, (rule, state, out))]
        held = self._array(node)
        if held is self.wanted.get(node):
            return []
        self._used(node)
        return [(setitem, (out, ..., held))]

    def _steps(self, nodes: Sequence[Node]) -> list[Step]:
        """What makes these values every day; those that are fixed are made now."""
        steps = []
        for node in nodes:
            do, given = self._step(node)
            if node.fixed:
                do(*given)
            else:
                steps.append((do, given))
        return steps

    def _step(self, node: Node) -> Step:
        given = [self._array(one) for one in node.operands]
        for one in node.operands:
            self._used(one)
        if node.make is Cast:
            return setitem, (self._room(node, given[0].shape), ..., given[0])
        if not isinstance(node.make, np.ufunc):
            out = self._room(node, given[0].shape[1:])
            return node.make, (given[0], 0, out.dtype, out)
        out = self._room(node, np.broadcast_shapes(*(one.shape for one in given)))
        if node.make in (np.maximum, np.minimum):  # NumPy wants their third argument by name
            return partial(node.make, out=out), tuple(given)
        return node.make, (*given, out)

    def _array(self, node: Node) -> Array:
        """Where a value lies."""
        if node not in self.arrays:
            self.arrays[node] = self._found(node)
        return self.arrays[node]

    def _found(self, node: Node) -> Array:
        if isinstance(node.source, Today):
            return self.today
        if not isinstance(node.source, Held):
            return np.atleast_1d(np.asarray(node.source))
        held: Array = vars(getattr(self.model, node.source.state))[node.source.name]
        return condensed(held) if node.source.entry is None else held[node.source.entry]

    def _room(self, node: Node, shape: tuple[int, ...]) -> Array:
        """Where a value is to be put: where it is wanted in the end, or in a buffer that nobody needs any more."""
        kind, wanted = np.dtype(node.kind), self.wanted.get(node)
        if wanted is not None and (wanted.shape, wanted.dtype) == (shape, kind) and not node.fixed:
            room = wanted
        elif self._shared(node, shape) and self.free[kind]:
            room = self.free[kind].pop()
        else:
            room = np.empty(shape, kind)
        self.arrays[node] = room
        return room

    def _shared(self, node: Node, shape: tuple[int, ...]) -> bool:
        """Whether a value lies in a buffer that others may use after it."""
        return node.make is not None and not node.fixed and shape == (self.model.n,)

    def _used(self, node: Node) -> None:
        """One that needs a value has it; if it was the last, its buffer is free."""
        self.left[node] -= 1
        held = self.arrays[node]
        if not self.left[node] and self._shared(node, held.shape):
            self.free[held.dtype].append(held)
