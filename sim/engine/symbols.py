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

from sim.engine.nodes import BOOL, INSTEAD, Kind, Node, Recipe, Table, Untraceable, untraceable

POWERS = {-1: np.reciprocal, 0.5: np.sqrt, 2: np.square}
"""Powers of floats for which NumPy has a shorter way, of the same bits."""

OVER_ALL = {"all", "amax", "amin", "argmax", "argsort", "average", "cumprod", "cumsum", "item", "max", "mean", "median", "min",
            "nanmax", "nanmean", "nanmin", "nansum", "percentile", "prod", "ptp", "quantile", "sort", "std", "tolist", "var"}
"""Functions of NumPy, and methods of arrays, that let what happens in one world depend on others."""


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

    strides = (4,)
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
        if kind is None and ufunc in (np.add, np.multiply) and np.dtype(self.tracer.symbol(items[0]).kind).kind in "bi":
            kind = np.dtype(int)
        made, *others = [one if kind is None else self.tracer.cast(one, kind) for one in items]
        for one in others:
            made = self.tracer.call(ufunc, [made, one])
        return made

    def __array_function__(self, function: Callable[..., Any], _: Any, given: Any, options: Any) -> Any:
        does = self.tracer.functions.get(function)
        if does is not None:
            return does(self.tracer, *given, **options)
        raise untraceable(f"np.{function.__name__} has no meaning for one world", INSTEAD)

    def looked_up_in(self, table: Table) -> Any:
        """The number of a table for this code."""
        return self.tracer.look_up(table, self)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, Worlds):
            return Symbol(self.tracer, self.node, self.kind, value=self.value, recipe=self.recipe, guard=key.guard,
                          name=self.name)
        if isinstance(key, Symbol) and not self.tracer.rules:
            return self.copy()
        raise self._of_some(key)

    def _of_some(self, key: Any) -> Untraceable:
        """The error for a value picked by worlds."""
        which = "some worlds" if isinstance(key, Symbol) else f"world {key!r}"
        return untraceable(f"the value of {which}", INSTEAD)

    def __setitem__(self, key: Any, value: Any) -> None:
        """`x[condition] = value`, where x is no field."""
        if not isinstance(key, Symbol):
            raise self._of_some(key)
        self.become(self.tracer.cast(self.tracer.choose(key, value, self), self.kind))

    def become(self, other: Symbol) -> None:
        """Take the value of another: what changes in place."""
        self.node, self.kind, self.value, self.recipe = other.node, other.kind, other.value, other.recipe
        self.guard, self.name = other.guard, other.name

    def __len__(self) -> int:
        raise untraceable("the number of worlds", "len() counts the entries of a field that has several")

    shape = size = ndim = property(__len__)

    def nonzero(self) -> tuple[Worlds]:
        """The worlds in which it is true."""
        mask = self.tracer.cast(self, BOOL)
        return (Worlds(self.tracer, mask, mask),)

    def any(self, axis: Any = None) -> Any:
        """A short cut for when it holds nowhere."""
        return ShortCut(self.tracer)

    def astype(self, kind: Any) -> Symbol:
        """It in another type."""
        made: Symbol = self.tracer.cast(self, np.dtype(kind)).copy()
        return made

    def copy(self) -> Any:
        """The same value, which may become another one."""
        made = Symbol(self.tracer, None, self.kind)
        made.become(self)
        return made

    def clip(self, min: Any = None, max: Any = None) -> Any:
        """At least `min`, at most `max`."""
        return np.clip(self, min, max)

    def __getattr__(self, name: str) -> Any:
        if name in OVER_ALL:
            raise untraceable(f".{name}() over all worlds", INSTEAD)
        raise AttributeError(f"a value has no {name}")

    def __pow__(self, exponent: Any) -> Any:
        quick = POWERS.get(exponent) if type(exponent) in (int, float) and np.dtype(self.kind).kind == "f" else None
        if type(exponent) is int and exponent == 2 and not isinstance(self.kind, type):
            quick = np.square
        return self.tracer.call(np.power, [self, exponent]) if quick is None else self.tracer.call(quick, [self])

    def _refuse(self, *_: Any) -> Any:
        raise untraceable("a branch on a value", INSTEAD)

    def _plain(self, *_: Any) -> Any:
        raise untraceable("a value taken as a plain number", "use functions of NumPy on it, a Table for numbers that it looks "
                          "up, np.stack to join it with others")

    __bool__ = _refuse
    __index__ = __int__ = __float__ = __array__ = _plain


def _into(target: Any, made: Any) -> Any:
    """`x *= y`: into the field that x is, or in its type."""
    if not several(target) and not np.can_cast(made.kind, target.kind, "same_kind"):
        raise untraceable(f"{np.dtype(made.kind)} put into {target.kind} in place", "write x = x + y, or round it first")
    if isinstance(target, FieldSymbol):
        target.write(made, None)
        return target
    if isinstance(target, Vector):
        target.items = [_into(target.tracer.symbol(old), one) for one, old in zip(made.items, target.items, strict=True)]
    elif isinstance(target.kind, type):
        return made
    else:
        target.become(target.tracer.cast(made, target.kind))
    return target


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

    def prod(self, axis: Any = None) -> Any:
        """The product of its entries in each world."""
        return self._over(np.multiply, axis)

    def mean(self, axis: Any = None) -> Any:
        """The mean of its entries in each world."""
        return self._over(np.add, axis) / len(self)

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
            if not isinstance(worlds, Worlds):
                raise self._of_some(worlds)
            if isinstance(entry, slice):
                return Vector(self.tracer, self.entries(worlds.guard)[entry])
            return self.at(operator.index(entry), worlds.guard)
        if not self.vector:
            return self if isinstance(key, slice) and key == slice(None) else self.now()[key]
        if isinstance(key, slice):
            return Vector(self.tracer, self.entries()[key])
        if isinstance(key, Symbol):
            raise untraceable(f"an entry of {'.'.join(self.key)} picked by a value", "np.select chooses between entries")
        return FieldSymbol(self.tracer, self.key, range(self.width)[operator.index(key)])

    def __len__(self) -> int:
        return self.width if self.vector else super().__len__()

    def __iter__(self) -> Iterator[Any]:
        if not self.vector:
            raise untraceable("the value of world after world", INSTEAD)
        return iter([self[i] for i in range(self.width)])

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(key, Worlds):
            self.write(value, key)
        elif key is Ellipsis or (isinstance(key, slice) and key == slice(None)):
            self.write(value, None)
        elif isinstance(key, Symbol):
            raise untraceable("a field written where a condition holds", "worlds_where(condition) gives the worlds for it")
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
    prod = property(lambda self: self._over("prod"))
    mean = property(lambda self: self._over("mean"))
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
