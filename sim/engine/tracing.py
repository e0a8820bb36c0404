"""Tracing of rules: each is called once, on tracers that record the operations on them.

A rule of an action combines fields, parameters and the day by ufuncs. So its result is a node of a graph, and a common
subexpression of several rules is one node. A rule that does anything else (it branches on the day, indexes an array, calls
what is not a ufunc, or has a result whose type is hard to predict) cannot be traced, and is called every day as it is
written. One that makes worlds depend on each other is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getattr_static
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from sim.engine.declarations import DeclarationError
from sim.engine.fields import FLOAT, Field
from sim.engine.parameters import Parameter
from sim.engine.types import Array, ModelLike, StateLike

Kind: TypeAlias = "np.dtype[Any] | type[bool] | type[int] | type[float]"
"""The type of a value's elements; that of a Python number adapts to its partner's (NEP 50)."""

POWERS = {2: np.square, 0.5: np.sqrt}
"""The ufuncs that NumPy calls for `x ** 2` and `x ** 0.5` if x is an array of floats."""

TESTS = {np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal}
OF_NUMBERS = {np.add, np.subtract, np.multiply, np.divide, *TESTS}
OF_TRUTHS = {np.bitwise_and, np.bitwise_or}
"""What is traced of operations on Python numbers alone: ufuncs that give what Python gives."""


REDUCTIONS = {"all": np.logical_and, "any": np.logical_or, "max": np.maximum, "min": np.minimum, "sum": np.add}
"""Methods that reduce the entries of a field, and their ufuncs."""

OVER_ALL = {*REDUCTIONS, "amax", "amin", "argmax", "argmin", "average", "count_nonzero", "cumprod", "cumsum", "mean", "median",
            "nanmax", "nanmean", "nanmin", "nansum", "percentile", "prod", "ptp", "quantile", "std", "var"}
"""Functions of NumPy, and methods of arrays, that reduce over worlds unless they are given entries and `axis=0`."""


class Untraceable(TypeError):
    """A rule does more than combine values by ufuncs."""


class Coupled(DeclarationError):
    """A rule makes what happens in one world depend on other worlds."""

    @classmethod
    def by(cls, asked: str) -> Coupled:
        """By asking this of all worlds."""
        return cls(f"asks one question of all worlds, {asked}: use &, | and ~ between conditions, np.maximum and np.minimum "
                   "between values, and axis=0 over the entries of a field")


class Table:
    """A float32 number for each code, for rules to look up: `TABLE[self.stage]`. Unlike that of an array it can be traced."""

    def __init__(self, values: Array) -> None:
        self.values = np.asarray(values, FLOAT)

    def __getitem__(self, codes: Any) -> Any:
        if isinstance(codes, Tracer):
            return Tracer(codes.graph, codes.graph.looked_up(self, codes.node))
        return self.values[codes]


class Convert:
    """Marks a node that is its operand in another type."""


@dataclass(frozen=True, eq=False)
class FieldRef:
    """Source of a node: a field or parameter of a state, or some entries of it."""

    state: str
    name: str
    entry: Any = None


class DayRef:
    """Source of a node: the day of the model."""


@dataclass(frozen=True, eq=False)
class TraceNode:
    """A value in the graph of the rules.

    make : the ufunc that computes it, or a ufunc's `reduce` over entries, `Convert`, or a `Table`; None for a source
    operands : the nodes of which it is computed
    kind : its type
    sample : its value in one world of some model, shape (1,) or (k, 1), or a number: carries its type and shape
    fixed : whether it depends on parameters and constants alone
    source : where it is read from; for a constant, its value
    """

    make: Any
    operands: tuple[TraceNode, ...]
    kind: Kind
    sample: Any
    fixed: bool
    source: Any = None


class Tracer(NDArrayOperatorsMixin):
    """Stands for a value in a rule and records what is done to it."""

    def __init__(self, graph: Graph, node: TraceNode) -> None:
        self.graph, self.node = graph, node

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *given: Any, **options: Any) -> Tracer:
        if method == "__call__" and not options:
            return Tracer(self.graph, self.graph.made(ufunc, [self.graph.node(one) for one in given]))
        if method == "reduce" and given == (self,):
            return self._reduced(f"{ufunc.__name__}.reduce", ufunc, **options)
        raise Untraceable(f"np.{ufunc.__name__} with {', '.join(options)}" if options else f"np.{ufunc.__name__}.{method}")

    def __pow__(self, exponent: Any) -> Any:
        if type(exponent) not in (int, float) or exponent not in POWERS or np.dtype(self.node.kind).kind != "f":
            raise Untraceable(f"a power of {exponent}")
        return POWERS[exponent](self)

    def __getitem__(self, entry: Any) -> Tracer:
        return Tracer(self.graph, self.graph.entry(self.node, entry))

    def __array_function__(self, function: Callable[..., Any], _: Any, given: tuple[Any, ...], options: dict[str, Any]) -> Any:
        name = function.__name__
        if name in OVER_ALL and given[0] is self:
            return getattr(self, name)(*given[1:], **options)
        raise Untraceable(f"np.{name}")

    def __getattr__(self, name: str) -> Any:
        if name not in OVER_ALL:
            raise AttributeError(f"a rule asks for .{name}")

        def over(axis: int | None = None, **options: Any) -> Tracer:
            return self._reduced(name, REDUCTIONS.get(name), axis, **options)
        return over

    def _reduced(self, name: str, ufunc: np.ufunc | None, axis: int | None = 0, dtype: Any = None, **more: Any) -> Tracer:
        """The reduction of all entries in each world."""
        if axis != 0 or np.ndim(self.node.sample) != 2:
            raise Coupled.by(name)
        if ufunc is None or more:
            raise Untraceable(name)
        return Tracer(self.graph, self.graph.reduced(ufunc, self.node, dtype))

    def __bool__(self) -> bool:
        if np.ndim(self.node.sample) == 0:
            return self._number()
        raise Coupled.by("whether it is true")

    def _number(self, *_: Any) -> Any:
        raise Untraceable("a rule asks for the value itself")

    __int__ = __index__ = __float__ = __array__ = __rpow__ = _number


class StateProxy:
    """A state as a traced rule sees it. Methods run on the proxy, so that what they read is traced too."""

    def __init__(self, state: StateLike, graph: Graph) -> None:
        vars(self).update(_state=state, _graph=graph)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The state's class, which `super()` in a method needs."""
        return type(self._state)

    def __getattr__(self, name: str) -> Any:
        state, owner = self._state, type(self._state)
        if name not in vars(state):
            held = getattr_static(owner, name)
            return held.__get__(self, owner) if hasattr(held, "__get__") else held
        if isinstance(getattr_static(owner, name, None), Field | Parameter):
            return self._graph.held(state, name)
        if name == "model":
            return ModelProxy(self._graph)
        return vars(state)[name] if name == "ref" else self._graph.proxy(vars(state)[name])

    def __setattr__(self, name: str, value: Any) -> None:
        raise Untraceable(f"a rule writes to {name}")


class ModelProxy:
    """A model as a traced rule sees it: the day is a tracer, and its states are proxies."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __getattr__(self, name: str) -> Any:
        return self._graph.today() if name == "day" else self._graph.proxy(getattr(self._graph.model, name))


class Graph:
    """The graph of all values in the traceable rules of a model; equal expressions are one node."""

    def __init__(self, model: ModelLike) -> None:
        self.model = model
        self._known: dict[Any, TraceNode] = {}

    def proxy(self, state: Any) -> StateProxy:
        """The proxy of a state. Raises Untraceable for anything else."""
        if not any(state is member for member in self.model.members):
            raise Untraceable(f"a rule reads {state!r}")
        return StateProxy(state, self)

    def node(self, value: Any) -> TraceNode:
        """The node of a tracer or of a constant."""
        if isinstance(value, Tracer):
            return value.node
        if isinstance(value, int | float) and not isinstance(value, bool | np.generic):
            kind = int if isinstance(value, int) else float
            return self._one((kind, repr(kind(value))), None, (), kind, kind(value), True, kind(value))
        held = np.asarray(value)
        if held.dtype.kind not in "bif" or held.ndim > 1:
            raise Untraceable(f"{value!r} is no number")
        return self._one((held.dtype.str, held.shape, held.tobytes()), None, (), held.dtype, held, True, held)

    def held(self, state: StateLike, name: str) -> Tracer:
        """The tracer of a field or parameter of a state."""
        sample: Array = vars(state)[name][..., :1].copy()
        fixed = isinstance(getattr_static(type(state), name, None), Parameter)
        return Tracer(self, self._one((state.key, name), None, (), sample.dtype, sample, fixed, FieldRef(state.key, name)))

    def entry(self, node: TraceNode, entry: Any) -> TraceNode:
        """One entry, or some, of a field with several. Raises Coupled for the value of one world, else Untraceable."""
        if np.ndim(node.sample) == 1 and isinstance(entry, int):
            raise Coupled.by(f"the value of world {entry}")
        if (not isinstance(node.source, FieldRef) or node.source.entry is not None or np.ndim(node.sample) != 2
                or not isinstance(entry, int | slice) or isinstance(entry, bool)):
            raise Untraceable("a rule looks something up")
        found, sample = node.source, node.sample[entry]
        return self._one((found.state, found.name, repr(entry)), None, (), node.kind, sample, node.fixed,
                         FieldRef(found.state, found.name, entry))

    def today(self) -> Tracer:
        """The tracer of the day, a Python number."""
        return Tracer(self, self._one(("day",), None, (), int, 0, False, DayRef()))

    def made(self, ufunc: np.ufunc, operands: list[TraceNode]) -> TraceNode:
        """The node of a ufunc of these, each cast to the type that NumPy would choose."""
        if ufunc.nout > 1 or ufunc.signature is not None:
            raise Untraceable(f"{ufunc.__name__} does not give one value a world")
        plain = all(isinstance(one.kind, type) for one in operands)
        if plain and ufunc not in (OF_TRUTHS if all(one.kind is bool for one in operands) else
                                   OF_NUMBERS if all(one.kind is not bool for one in operands) else ()):
            raise Untraceable(f"{ufunc.__name__} of Python numbers")
        kinds = [np.dtype(one.kind) if plain or one.kind is bool else one.kind for one in operands]
        *taken, given = ufunc.resolve_dtypes((*kinds, None))
        converted = tuple(self._converted(one, kind) for one, kind in zip(operands, taken, strict=True))
        with np.errstate(all="ignore"):
            sample = ufunc(*(one.sample for one in converted))
        kind: Kind = {"b": bool, "i": int, "f": float}[given.kind] if plain else given
        return self._one((ufunc, *converted), ufunc, converted, kind, sample, all(one.fixed for one in converted))

    def reduced(self, ufunc: np.ufunc, operand: TraceNode, kind: Any) -> TraceNode:
        """The node of a ufunc's reduction over entries: from shape (k, n) to (n,)."""
        sample = ufunc.reduce(operand.sample, axis=0, dtype=kind)
        return self._one((ufunc, "reduce", operand, sample.dtype), ufunc.reduce, (operand,), sample.dtype, sample,
                         operand.fixed)

    def looked_up(self, table: Table, code: TraceNode) -> TraceNode:
        """The node of a table's numbers by code: float32, shape (n,)."""
        if isinstance(code.kind, type) or code.kind.kind not in "iu":
            raise Untraceable("a table is looked up by what is no code")
        return self._one((table, code), table, (code,), table.values.dtype, table.values[code.sample], code.fixed)

    def _converted(self, node: TraceNode, kind: np.dtype[Any]) -> TraceNode:
        if node.kind == kind:
            return node
        if node.fixed and node.make is None and not isinstance(node.source, FieldRef):
            return self.node(np.asarray(node.sample, kind))
        return self._one((Convert, node, kind), Convert, (node,), kind, np.asarray(node.sample, kind), node.fixed)

    def _one(self, key: Any, *what: Any) -> TraceNode:
        if key not in self._known:
            self._known[key] = TraceNode(*what)
        return self._known[key]
