"""Rules traced: each is asked once, on symbols that note what is done to them.

A rule of the clocks reads fields, parameters and the day, and joins them by ufuncs. So its answer is a node of a graph, and
what several rules have in common is one node. A rule that does anything else (it branches, looks up a table, calls what is
no ufunc, leaves the type of a result to subtleties) cannot be traced, and is asked every day as it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getattr_static
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from sim.engine.fields import Field
from sim.engine.parameters import Parameter
from sim.engine.types import Array, ModelLike, StateLike

Kind: TypeAlias = "np.dtype[Any] | type[bool] | type[int] | type[float]"
"""The type of a value's elements; that of a Python number adapts to what it meets."""

POWERS = {2: np.square, 0.5: np.sqrt}
"""What NumPy makes of `x ** 2` and `x ** 0.5` if x is an array of floats."""

TESTS = {np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal}
OF_NUMBERS = {np.add, np.subtract, np.multiply, np.divide, *TESTS}
OF_TRUTHS = {np.bitwise_and, np.bitwise_or}
"""What is traced of Python numbers, and of what they were found to be, among themselves: it is the same as in Python."""


class Untraceable(TypeError):
    """A rule does more than join values by ufuncs."""


class Cast:
    """The making of a value that is another one in another type."""


@dataclass(frozen=True, eq=False)
class Held:
    """Where a value is found: in a field or parameter of a state, or in one entry of it."""

    state: str
    name: str
    entry: Any = None


class Today:
    """Where a value is found: the day of the model."""


@dataclass(frozen=True, eq=False)
class Node:
    """A value of a rule.

    make : the ufunc that makes it, or the reduction of one over entries, or `Cast`; None for what is found and not made
    operands : of what
    kind : its type
    sample : what it is in one world of some model, shape (1,) or (k, 1), or a number: stands for its type and shape
    fixed : whether it depends on parameters and constants alone
    source : where it is found; for a constant, its value
    """

    make: Any
    operands: tuple[Node, ...]
    kind: Kind
    sample: Any
    fixed: bool
    source: Any = None


class Symbol(NDArrayOperatorsMixin):
    """Stands for a value in a rule."""

    def __init__(self, graph: Graph, node: Node) -> None:
        self.graph, self.node = graph, node

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *given: Any, **options: Any) -> Symbol:
        if method == "__call__" and not options:
            return Symbol(self.graph, self.graph.made(ufunc, [self.graph.node(one) for one in given]))
        if method == "reduce" and options.pop("axis", 0) == 0 and set(options) <= {"dtype"} and given == (self,):
            return Symbol(self.graph, self.graph.reduced(ufunc, self.node, options.get("dtype")))
        raise Untraceable(f"{ufunc.__name__}.{method} with {options}")

    def __pow__(self, exponent: Any) -> Any:
        if type(exponent) not in (int, float) or exponent not in POWERS or np.dtype(self.node.kind).kind != "f":
            raise Untraceable(f"a power of {exponent}")
        return POWERS[exponent](self)

    def __getitem__(self, entry: Any) -> Symbol:
        return Symbol(self.graph, self.graph.entry(self.node, entry))

    def __array_function__(self, function: Callable[..., Any], *_: Any) -> Any:
        raise Untraceable(function.__name__)

    def _number(self, *_: Any) -> Any:
        raise Untraceable("a rule asks for the value itself")

    __bool__ = __int__ = __index__ = __float__ = __array__ = __rpow__ = _number


class Glass:
    """A state as a rule meets it that is traced. Methods run on the glass, so that what they read is a symbol too."""

    def __init__(self, state: StateLike, graph: Graph) -> None:
        vars(self).update(_state=state, _graph=graph)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The state's class, for which `super()` in a method asks."""
        return type(self._state)

    def __getattr__(self, name: str) -> Any:
        state, owner = self._state, type(self._state)
        if name not in vars(state):
            held = getattr_static(owner, name)
            return held.__get__(self, owner) if hasattr(held, "__get__") else held
        if isinstance(getattr_static(owner, name, None), Field | Parameter):
            return self._graph.held(state, name)
        if name == "model":
            return Sight(self._graph)
        return vars(state)[name] if name == "ref" else self._graph.glass(vars(state)[name])

    def __setattr__(self, name: str, value: Any) -> None:
        raise Untraceable(f"a rule writes to {name}")


class Sight:
    """A model as a rule meets it that is traced: the day is a symbol, and its states stand behind glass."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __getattr__(self, name: str) -> Any:
        return self._graph.today() if name == "day" else self._graph.glass(getattr(self._graph.model, name))


class Graph:
    """The graph of all values in the rules of a model that can be traced; equal values are one node."""

    def __init__(self, model: ModelLike) -> None:
        self.model = model
        self._known: dict[Any, Node] = {}

    def ask(self, rule: Callable[[Any], Any], state: StateLike) -> Node | None:
        """The value that a rule gives, or None if it cannot be traced; what is wrong with it shows when it is asked."""
        try:
            return self.node(rule(self.glass(state)))
        except Exception:
            return None

    def glass(self, state: Any) -> Glass:
        """A state behind glass. Raises Untraceable for anything else."""
        if not any(state is member for member in self.model.members):
            raise Untraceable(f"a rule reads {state!r}")
        return Glass(state, self)

    def node(self, value: Any) -> Node:
        """The node of a symbol or of a constant."""
        if isinstance(value, Symbol):
            return value.node
        if isinstance(value, int | float) and not isinstance(value, bool | np.generic):
            kind = int if isinstance(value, int) else float
            return self._one((kind, repr(kind(value))), None, (), kind, kind(value), True, kind(value))
        held = np.asarray(value)
        if held.dtype.kind not in "bif" or held.ndim > 1:
            raise Untraceable(f"{value!r} is no number")
        return self._one((held.dtype.str, held.shape, held.tobytes()), None, (), held.dtype, held, True, held)

    def held(self, state: StateLike, name: str) -> Symbol:
        """What a state holds under this name."""
        sample: Array = vars(state)[name][..., :1].copy()
        fixed = isinstance(getattr_static(type(state), name, None), Parameter)
        return Symbol(self, self._one((state.key, name), None, (), sample.dtype, sample, fixed, Held(state.key, name)))

    def entry(self, node: Node, entry: Any) -> Node:
        """One entry, or some, of a field with several entries. Raises Untraceable for anything else."""
        if (not isinstance(node.source, Held) or node.source.entry is not None or np.ndim(node.sample) != 2
                or not isinstance(entry, int | slice) or isinstance(entry, bool)):
            raise Untraceable("a rule looks something up")
        found, sample = node.source, node.sample[entry]
        return self._one((found.state, found.name, repr(entry)), None, (), node.kind, sample, node.fixed,
                         Held(found.state, found.name, entry))

    def today(self) -> Symbol:
        """The day of the model: a Python number."""
        return Symbol(self, self._one(("day",), None, (), int, 0, False, Today()))

    def made(self, ufunc: np.ufunc, operands: list[Node]) -> Node:
        """What a ufunc makes of these, each in the type in which NumPy would take it."""
        if ufunc.nout > 1 or ufunc.signature is not None:
            raise Untraceable(f"{ufunc.__name__} does not give one value a world")
        plain = all(isinstance(one.kind, type) for one in operands)
        if plain and ufunc not in (OF_TRUTHS if all(one.kind is bool for one in operands) else
                                   OF_NUMBERS if all(one.kind is not bool for one in operands) else ()):
            raise Untraceable(f"{ufunc.__name__} of Python numbers")
        kinds = [np.dtype(one.kind) if plain or one.kind is bool else one.kind for one in operands]
        *taken, given = ufunc.resolve_dtypes((*kinds, None))
        cast = tuple(self._cast(one, kind) for one, kind in zip(operands, taken, strict=True))
        with np.errstate(all="ignore"):
            sample = ufunc(*(one.sample for one in cast))
        kind: Kind = {"b": bool, "i": int, "f": float}[given.kind] if plain else given
        return self._one((ufunc, *cast), ufunc, cast, kind, sample, all(one.fixed for one in cast))

    def reduced(self, ufunc: np.ufunc, operand: Node, kind: Any) -> Node:
        """What a ufunc makes of all entries, shape (k, n), in each world."""
        if np.ndim(operand.sample) != 2:
            raise Untraceable("a reduction over worlds")
        sample = ufunc.reduce(operand.sample, axis=0, dtype=kind)
        return self._one((ufunc, "reduce", operand, sample.dtype), ufunc.reduce, (operand,), sample.dtype, sample,
                         operand.fixed)

    def _cast(self, node: Node, kind: np.dtype[Any]) -> Node:
        if node.kind == kind:
            return node
        if node.fixed and node.make is None and not isinstance(node.source, Held):
            return self.node(np.asarray(node.sample, kind))
        return self._one((Cast, node, kind), Cast, (node,), kind, np.asarray(node.sample, kind), node.fixed)

    def _one(self, key: Any, *what: Any) -> Node:
        if key not in self._known:
            self._known[key] = Node(*what)
        return self._known[key]
