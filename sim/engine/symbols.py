"""Symbols: what a model's methods meet in the place of arrays while they are traced.

A `Symbol` stands for a value in one world, a `FieldSymbol` for a state variable that can be read and written, a `Vector` for
several values a world, and `Worlds` for the positions of some worlds, which for one world is a mask.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from sim.engine.nodes import BOOL, I4, Kind, Node, Recipe, Table, untraceable

OVER_ALL = {"all", "amax", "amin", "argmax", "argsort", "average", "cumprod", "cumsum", "item", "max", "mean", "median", "min",
            "nanmax", "nanmean", "nanmin", "nansum", "percentile", "prod", "ptp", "quantile", "sort", "std", "tolist", "var"}
"""Functions of NumPy, and methods of arrays, that let what happens in one world depend on others."""

INSTEAD = ("use &, | and ~ between conditions, np.where between values, np.maximum and np.minimum, and axis=0 over the entries "
           "of a field")


def several(value: Any) -> bool:
    """Whether it has several entries a world."""
    return (isinstance(value, Vector) or (isinstance(value, FieldSymbol) and value.vector)
            or (isinstance(value, np.ndarray) and value.ndim == 2))


def entries_of(value: Any) -> list[Any]:
    """The entries of what has several."""
    if isinstance(value, FieldSymbol):
        return value.entries()
    return [row[0] for row in value] if isinstance(value, np.ndarray) else list(value.items)


class ShortCut:
    """An answer about all worlds that may only save time: "if this holds nowhere, skip it". For one world it is true.

    Rules are asked for every world, and have none.
    """

    def __init__(self, tracer: Any) -> None:
        if tracer.rules:
            raise untraceable("one question asked of all worlds", INSTEAD)

    def __bool__(self) -> bool:
        return True


class Symbol(NDArrayOperatorsMixin):
    """A value in one world.

    It is a node, or a constant (`value`), or a number made of parameters (`recipe`). `guard` is the mask under which it was
    made, None if it holds in every world.
    """

    strides, shape, size, ndim = (4,), (1,), 1, 1
    """Those of an array with a value of its own in each world."""

    def __init__(self, tracer: Any, node: Node | None, kind: Kind, *, value: Any = None, recipe: Recipe | None = None,
                 guard: Node | None = None, name: str = "") -> None:
        self.tracer, self.node, self.kind = tracer, node, kind
        self.value, self.recipe, self.guard, self.name = value, recipe, guard, name

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *given: Any, out: Any = None, **options: Any) -> Any:
        if method == "__call__" and not options:
            made = self.tracer.call(ufunc, given)
            return made if out is None else _into(out[0], made)
        if method == "reduce" and set(options) <= {"axis", "dtype", "keepdims"} and not options.get("keepdims"):
            if options.get("axis", 0) != 0 or not several(given[0]):
                raise untraceable(f"np.{ufunc.__name__}.reduce over all worlds", INSTEAD)
            return self._reduced(ufunc, entries_of(given[0]), options.get("dtype"))
        raise untraceable(f"np.{ufunc.__name__} with {method} {', '.join(options)}", INSTEAD)

    def _reduced(self, ufunc: np.ufunc, items: Sequence[Any], kind: Any) -> Any:
        if kind is None and ufunc is np.add and np.dtype(self.tracer.symbol(items[0]).kind).kind == "b":
            kind = np.dtype(int)
        made, *others = [one if kind is None else self.tracer.cast(one, kind) for one in items]
        for one in others:
            made = self.tracer.call(ufunc, [made, one])
        return made

    def __array_function__(self, function: Callable[..., Any], _: Any, given: Any, options: Any) -> Any:
        does = FUNCTIONS.get(function)
        if does is not None:
            return does(self.tracer, *given, **options)
        if function.__name__ in OVER_ALL and isinstance(given[0], Vector):
            return getattr(given[0], function.__name__)(*given[1:], **options)
        raise untraceable(f"np.{function.__name__} has no meaning for one world", INSTEAD)

    def looked_up_in(self, table: Table) -> Any:
        """The number of a table for this code."""
        return self.tracer.look_up(table, self)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, Worlds):
            return Symbol(self.tracer, self.node, self.kind, value=self.value, recipe=self.recipe, guard=key.guard,
                          name=self.name)
        if isinstance(key, Symbol):
            return self
        raise untraceable(f"the value of world {key!r}", INSTEAD)

    def nonzero(self) -> tuple[Worlds]:
        """The worlds in which it is true."""
        mask = self.tracer.cast(self, BOOL)
        return (Worlds(self.tracer, mask, mask),)

    def any(self, axis: Any = None) -> Any:
        """A short cut for when it holds nowhere."""
        return ShortCut(self.tracer)

    def astype(self, kind: Any) -> Symbol:
        """It in another type."""
        made: Symbol = self.tracer.cast(self, np.dtype(kind))
        return made

    def copy(self) -> Any:
        """Itself, since a value never changes."""
        return self

    def __getattr__(self, name: str) -> Any:
        if name in OVER_ALL:
            raise untraceable(f".{name}() over all worlds", INSTEAD)
        raise AttributeError(f"a value has no {name}")

    def __pow__(self, exponent: Any) -> Any:
        if type(exponent) in (int, float) and exponent in (2, 0.5):
            return np.square(self) if exponent == 2 else np.sqrt(self)
        return self.tracer.call(np.power, [self, exponent])

    def _refuse(self, *_: Any) -> Any:
        raise untraceable("a branch on a value", INSTEAD)

    def _plain(self, *_: Any) -> Any:
        raise untraceable("a value taken as a plain number", "declare the numbers that it looks up as a Table")

    __bool__ = _refuse
    __index__ = __int__ = __float__ = __array__ = _plain


def _into(target: Any, made: Any) -> Any:
    """`x *= y`: into the field that x is, or in its type."""
    if isinstance(target, FieldSymbol):
        target.write(made, None)
        return target
    tracer = made.tracer
    if isinstance(target, Vector):
        return Vector(tracer, [tracer.cast(one, tracer.symbol(old).kind)
                               for one, old in zip(made.items, target.items, strict=True)])
    return made if isinstance(target.kind, type) else tracer.cast(made, target.kind)


class Vector(Symbol):
    """Several values a world."""

    def __init__(self, tracer: Any, items: Sequence[Any]) -> None:
        self.tracer, self.items = tracer, list(items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return Vector(self.tracer, self.items[key])
        return Vector(self.tracer, [self.items[i] for i in key]) if isinstance(key, list) else self.items[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.items[key] = value.items if isinstance(key, slice) else value

    def copy(self) -> Vector:
        """Another with the same values."""
        return Vector(self.tracer, self.items)

    def _over(self, ufunc: np.ufunc, axis: Any) -> Any:
        if axis != 0:
            raise untraceable("a sum or extreme over all worlds", INSTEAD)
        return self._reduced(ufunc, self.items, None)

    def sum(self, axis: Any = None) -> Any:
        """The sum of its entries in each world."""
        return self._over(np.add, axis)

    def max(self, axis: Any = None) -> Any:
        """The greatest of its entries in each world."""
        return self._over(np.maximum, axis)

    def min(self, axis: Any = None) -> Any:
        """The least of its entries in each world."""
        return self._over(np.minimum, axis)

    def all(self, axis: Any = None) -> Any:
        """Whether all of its entries are true in each world."""
        return self._over(np.logical_and, axis)

    def any(self, axis: Any = None) -> Any:
        """Whether any of its entries is true in each world; a short cut over worlds without an axis."""
        return self._over(np.logical_or, axis) if axis == 0 else ShortCut(self.tracer)


class FieldSymbol(Symbol):
    """A state variable, or one entry of it: each use reads what it holds then, and writing is a statement."""

    guard = value = recipe = None
    name = ""

    def __init__(self, tracer: Any, key: tuple[str, str], entry: int | None = None) -> None:
        self.tracer, self.key, self.entry = tracer, key, entry
        self.pool, self.row, self.width, self.kind = tracer.places[key]
        self.vector = self.width > 1 and entry is None

    @property
    def node(self) -> Node | None:  # type: ignore[override]
        """What it holds now."""
        return self.now().node

    def at(self, entry: int, guard: Node | None = None) -> Symbol:
        """What one entry holds now."""
        entry = range(self.width)[entry]
        return Symbol(self.tracer, self.tracer.load(self.pool, self.row + entry, self.kind, guard), self.kind, guard=guard)

    def now(self, guard: Node | None = None) -> Symbol:
        """What it holds now."""
        if self.vector:
            raise untraceable(f"{'.'.join(self.key)} has several entries", "take one, or reduce them with axis=0")
        return self.at(self.entry or 0, guard)

    def entries(self, guard: Node | None = None) -> list[Symbol]:
        """What each entry holds now."""
        return [self.at(i, guard) for i in range(self.width)]

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, Worlds):
            return Vector(self.tracer, self.entries(key.guard)) if self.vector else self.now(key.guard)
        if isinstance(key, tuple):
            entry, worlds = key
            if isinstance(entry, slice):
                return Vector(self.tracer, self.entries(worlds.guard)[entry])
            return self.at(operator.index(entry), worlds.guard)
        if not self.vector and not isinstance(key, Symbol):
            raise untraceable(f"the value of world {key!r}", INSTEAD)
        if isinstance(key, slice):
            return Vector(self.tracer, self.entries()[key])
        return self if isinstance(key, Symbol) else FieldSymbol(self.tracer, self.key, operator.index(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(key, Worlds):
            self.write(value, key)
        elif key is Ellipsis:
            self.write(value, None)
        elif not isinstance(key, tuple):
            if not (isinstance(value, FieldSymbol) and value.key == self.key):
                self._put(operator.index(key), value, None)
        else:
            entry, worlds = key
            self._set_entries(entry, worlds, value)

    def _set_entries(self, entry: Any, worlds: Worlds, value: Any) -> None:
        """Write one entry, some, or the one that a value names."""
        if isinstance(entry, slice):
            wanted = range(self.width)[entry]
            values = entries_of(value) if several(value) else [value] * len(wanted)
            for i, one in zip(wanted, values, strict=True):
                self._put(i, one, worlds)
        elif isinstance(entry, int):
            self._put(entry, value, worlds)
        else:
            for i in range(self.width):
                self._put(i, value, worlds[self.tracer.call(np.equal, [entry, np.int32(i)])])

    def _put(self, entry: int, value: Any, worlds: Worlds | None) -> None:
        self.tracer.store(self.pool, self.row + entry, self.kind, value, worlds)

    def write(self, value: Any, worlds: Worlds | None) -> None:
        """Write it in these worlds, or in all."""
        if not self.vector:
            self._put(self.entry or 0, value, worlds)
            return
        values = entries_of(value) if several(value) else [value] * self.width
        for i, one in enumerate(values):
            self._put(i, one, worlds)

    def copy(self) -> Any:
        """What it holds now, which no longer changes."""
        return Vector(self.tracer, self.entries()) if self.vector else self.now()

    def take(self, worlds: Worlds, axis: int) -> Vector:
        """All entries in these worlds."""
        return Vector(self.tracer, self.entries(worlds.guard))

    def _over(self, name: str) -> Callable[..., Any]:
        if not self.vector:
            raise untraceable(f".{name}() over all worlds", INSTEAD)
        return cast("Callable[..., Any]", getattr(Vector(self.tracer, self.entries()), name))

    sum = property(lambda self: self._over("sum"))
    max = property(lambda self: self._over("max"))
    min = property(lambda self: self._over("min"))
    all = property(lambda self: self._over("all"))

    def any(self, axis: Any = None) -> Any:
        """Whether any entry is true in each world; a short cut over worlds without an axis."""
        return self._over("any")(axis=axis) if axis == 0 else ShortCut(self.tracer)


class Worlds:
    """Some worlds: for one world, a mask. `root` is the mask of the stretch of statements in which it was made."""

    shape = (1,)

    def __init__(self, tracer: Any, mask: Symbol | None, root: Symbol | None) -> None:
        self.tracer, self.mask, self.root = tracer, mask, root

    @property
    def size(self) -> ShortCut:
        """A short cut for no worlds."""
        return ShortCut(self.tracer)

    @property
    def guard(self) -> Node | None:
        """The mask of the stretch."""
        return None if self.root is None else self.root.node

    def __getitem__(self, condition: Any) -> Worlds:
        condition = self.tracer.cast(condition, BOOL)
        if self.mask is None or self.mask is self.root:
            return Worlds(self.tracer, condition, self.root)
        return Worlds(self.tracer, self.tracer.call(np.bitwise_and, [self.mask, condition]), self.root)

    def given(self) -> Node | None:
        """The mask as a node, None where it is that of the whole stretch."""
        if self.mask is None or self.mask is self.root:
            return None
        node: Node = self.tracer.fetch(self.mask)
        return node


def _select(tracer: Any, conditions: Sequence[Any], values: Sequence[Any], default: Any = 0) -> Any:
    made = default
    for condition, value in reversed(list(zip(conditions, values, strict=True))):
        made = tracer.choose(condition, value, made)
    return made


def _argmin(tracer: Any, given: Any, axis: Any = None) -> Any:
    """The place of the least entry, the first of equals."""
    items = entries_of(given) if several(given) and axis == 0 else None
    if items is None:
        raise untraceable("np.argmin over all worlds", INSTEAD)
    at, best = tracer.symbol(np.int32(len(items) - 1)), items[-1]
    for i in range(len(items) - 2, -1, -1):
        less = tracer.call(np.less_equal, [tracer.cast(items[i], I4), tracer.cast(best, I4)])
        at, best = tracer.choose(less, np.int32(i), at), tracer.choose(less, items[i], best)
    return at


def _roll(tracer: Any, given: Any, by: int, axis: int = 0) -> Vector:
    items = entries_of(given)
    return Vector(tracer, items[-by:] + items[:-by])


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.where: lambda tracer, *given: tracer.choose(*given),
    np.flatnonzero: lambda _, mask: mask.nonzero()[0],
    np.clip: lambda _, value, low, high: np.minimum(np.maximum(value, low), high),
    np.stack: lambda tracer, given: Vector(tracer, [tracer.symbol(one) for one in given]),
    np.roll: _roll,
    np.select: _select,
    np.argmin: _argmin,
    np.count_nonzero: lambda tracer, *_: ShortCut(tracer),
}
"""Functions of NumPy that have a meaning for one world."""
