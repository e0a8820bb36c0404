"""The tracer: runs a model's own Python once, on symbols of one world, and keeps what it does as plain data.

Equal expressions of one function are one node. What depends on parameters and constants alone becomes a recipe. Types are
those that NumPy would choose, since a symbol asks the ufuncs themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.declarations import declared
from sim.engine.fields import Field
from sim.engine.functions import FUNCTIONS
from sim.engine.nodes import BOOL, I4, Compute, Function, Happen, Kind, Node, Place, Recipe, Store, Table, untraceable
from sim.engine.streams import BoundStream
from sim.engine.symbols import FieldSymbol, Symbol, Vector, Worlds, entries_of, several
from sim.engine.types import Array, ModelLike

COMPARISONS = {np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal, np.bitwise_and, np.bitwise_or,
               np.bitwise_xor}
ARITHMETIC = {np.add, np.subtract, np.multiply, np.divide, np.floor_divide, np.remainder, np.power, np.negative, np.positive,
              np.absolute, np.invert}
"""Operators. Between Python numbers, like the day, they give Python numbers, and a truth counts as 0 or 1."""

HELD = 4
"""Bytes of the widest number that the state can hold."""


class Tracer:
    """One pass over the class of a model."""

    def __init__(self, model: ModelLike) -> None:
        self.model, self.functions = model, FUNCTIONS
        self.function = Function("none")
        self.rules = False
        """Whether it is a rule that is being traced."""
        self.weekly = False
        """Whether the day that is being traced begins a week: such days are traced apart."""
        self.rows: dict[str, list[Place]] = {"F": [], "I": []}
        """The rows of the state in two pools: floats, and whole numbers with truths."""
        self.places: dict[tuple[str, str], tuple[str, int, int, np.dtype[Any]]] = {}
        """Pool, first row, rows and type of each field."""
        for state in model.members:
            for name, one in declared(type(state), Field).items():
                pool = "F" if one.dtype.kind == "f" else "I"
                self.places[state.key, name] = pool, len(self.rows[pool]), one.entries or 1, one.dtype
                self.rows[pool] += [(state.key, name, i if one.entries else None) for i in range(one.entries or 1)]
        bound = [(state.key, name) for state in model.members for name, held in vars(state).items()
                 if isinstance(held, BoundStream)]
        self.streams = {key: i for i, key in enumerate(bound)}
        self.recipes: dict[Recipe, int] = {}
        self.tables: list[Array] = []
        self.names: dict[Node | Recipe, str] = {}
        """The methods, as "state.name", that gave values while the rule that is being traced was asked."""

    def begin(self, name: str, number: int = -1) -> Function:
        """A new function, to which everything that is done from now on belongs."""
        self.function = Function(name, number)
        return self.function

    # statements

    def compute(self, op: Any, operands: tuple[Node, ...], kind: np.dtype[Any], what: Any = None, guard: Node | None = None,
                key: Any = None) -> Node:
        """The node of a value, computed here unless an equal one is: `key` says what is equal, None that nothing is."""
        function = self.function
        if key is not None and (*key, guard) in function.memo:
            return function.memo[*key, guard]
        node = Node(op, operands, kind, what)
        node.id, function.nodes = function.nodes, function.nodes + 1
        function.add(Compute(node), guard)
        node.segment = len(function.segments) - 1
        if key is not None:
            function.memo[*key, guard] = node
        return node

    def load(self, pool: str, row: int, kind: np.dtype[Any], guard: Node | None) -> Node:
        """What a row of the state holds now."""
        version = self.function.epoch, self.function.versions.get((pool, row), 0)
        return self.compute("load", (), kind, (pool, row), guard, ("load", pool, row, version))

    def store(self, pool: str, row: int, kind: np.dtype[Any], value: Any, worlds: Worlds | None) -> None:
        """Write a value to a row, in these worlds or in all."""
        if self.rules:
            raise untraceable("a rule that changes a field", "effects do, and what is done daily; x = x + y makes another x")
        guard = None if worlds is None else worlds.guard
        held = self.fetch(self.cast(value, kind))
        mask = None if worlds is None else worlds.given()
        self.function.add(Store(pool, row, held, mask), guard)
        self.function.versions[pool, row] = self.function.versions.get((pool, row), 0) + 1

    def happen(self, event: int, worlds: Worlds, cause: Any) -> None:
        """An event happens in these worlds; `cause` is that of the function unless it is given."""
        if self.rules:
            raise untraceable("a rule that makes an event happen", "effects do, and what is done daily")
        because = self.fetch(self.cast(np.int32(self.function.number) if cause is None else cause, I4))
        self.function.add(Happen(event, worlds.given(), because), worlds.guard)
        self.function.epoch += 1

    # values

    def symbol(self, value: Any) -> Symbol:
        """A value as a symbol: itself, or a constant."""
        if isinstance(value, FieldSymbol):
            return value.now()
        if isinstance(value, Vector):
            raise untraceable(f"{len(value)} numbers for one world", "give one")
        if isinstance(value, Symbol):
            return value
        if isinstance(value, bool | int | float) and not isinstance(value, np.generic):
            return Symbol(self, None, type(value), value=value)
        held = np.asarray(value)
        if held.size != 1 or held.dtype.kind not in "bif":
            raise untraceable(f"{value!r} is not one number a world")
        return Symbol(self, None, held.dtype, value=held.ravel()[0])

    def fetch(self, symbol: Symbol) -> Node:
        """The node of a symbol."""
        if symbol.node is not None:
            return symbol.node
        kind = np.dtype(symbol.kind)
        if symbol.recipe is not None:
            if kind.itemsize > HELD:
                raise untraceable("a number made of parameters alone is float64", "make its constants np.float32")
            return Node("fixed", (), kind, self.recipes.setdefault(symbol.recipe, len(self.recipes)))
        return Node("constant", (), kind, np.asarray(symbol.value).ravel()[0], symbol.name)

    def cast(self, value: Any, kind: Any) -> Symbol:
        """The value in this type."""
        symbol, kind = self.symbol(value), np.dtype(kind)
        if symbol.kind == kind:
            return symbol
        if symbol.recipe is not None and kind.itemsize <= HELD:
            return Symbol(self, None, kind, recipe=("cast", (kind.str,), (symbol.recipe,)))
        if symbol.node is None and symbol.recipe is None:
            return Symbol(self, None, kind, value=np.asarray(symbol.value).astype(kind), name=symbol.name)
        node = self.fetch(symbol)
        return Symbol(self, self.compute("cast", (node,), kind, None, symbol.guard, ("cast", node.key, kind.str)), kind,
                      guard=symbol.guard)

    def call(self, ufunc: np.ufunc, given: Any) -> Symbol:
        """What a ufunc gives, in the types in which NumPy would take its operands; entry by entry where they have several."""
        if any(map(several, given)):
            lists = [entries_of(one) if several(one) else None for one in given]
            count = max(len(one) for one in lists if one is not None)
            return Vector(self, [self.call(ufunc, [one if held is None else held[i]
                                                   for one, held in zip(given, lists, strict=True)]) for i in range(count)])
        if ufunc.nout > 1 or ufunc.signature is not None:
            raise untraceable(f"np.{ufunc.__name__} does not give one value a world", "sums over entries are like "
                              "(weights[:, None] * entries).sum(axis=0)")
        symbols = [self.symbol(one) for one in given]
        plain = all(isinstance(one.kind, type) for one in symbols) and ufunc in COMPARISONS | ARITHMETIC
        kinds: list[Any] = [np.dtype(one.kind) if plain or one.kind is bool else one.kind for one in symbols]
        if plain and ufunc in ARITHMETIC:
            kinds = [np.dtype(int) if kind.kind == "b" else kind for kind in kinds]
        if all(isinstance(kind, type) for kind in kinds):
            kinds = [np.dtype(kind) for kind in kinds]
        *taken, out = ufunc.resolve_dtypes((*kinds, None))
        python: dict[str, Kind] = {"b": bool, "i": int, "f": float}
        kind = python[out.kind] if plain else out
        if all(one.node is None for one in symbols):
            return self._folded(ufunc, symbols, taken, kind)
        operands = tuple(self.fetch(self.cast(one, type_)) for one, type_ in zip(symbols, taken, strict=True))
        guard = next((one.guard for one in symbols if one.guard is not None), None)
        node = self.compute(ufunc, operands, np.dtype(kind), None, guard, (ufunc, *(one.key for one in operands)))
        return Symbol(self, node, kind, guard=guard)

    def _folded(self, ufunc: np.ufunc, symbols: list[Symbol], taken: list[np.dtype[Any]], kind: Kind) -> Symbol:
        """Constants are worked out now; what depends on parameters becomes a recipe."""
        if any(one.recipe is not None for one in symbols):
            operands = tuple(one.recipe or ("constant", np.asarray(one.value).astype(type_).tobytes(), type_.str, one.name)
                             for one, type_ in zip(symbols, taken, strict=True))
            return Symbol(self, None, kind, recipe=(ufunc, tuple(type_.str for type_ in taken), operands))
        with np.errstate(all="ignore"):
            value = ufunc(*(np.atleast_1d(np.asarray(one.value).astype(type_))
                            for one, type_ in zip(symbols, taken, strict=True))).ravel()[0]
        return Symbol(self, None, kind, value=kind(value) if isinstance(kind, type) else value)

    def note(self, symbol: Symbol, name: str) -> None:
        """Keep the name of a method that gave a value; where several hand it on, that of the first."""
        if symbol.node is not None and symbol.node.op not in ("load", "day"):
            self.names.setdefault(symbol.node, name)
        elif symbol.recipe is not None and symbol.recipe[0] != "parameter":
            self.names.setdefault(symbol.recipe, name)

    def choose(self, condition: Any, yes: Any, no: Any) -> Symbol:
        """`np.where`."""
        if any(map(several, (condition, yes, no))):
            raise untraceable("np.where of a field with several entries", "choose entry by entry")
        symbols = [self.symbol(one) for one in (condition, yes, no)]
        kind: Any = np.result_type(*(one.kind(0) if isinstance(one.kind, type) else one.kind for one in symbols[1:]))
        operands = tuple(self.fetch(self.cast(one, type_)) for one, type_ in zip(symbols, (BOOL, kind, kind), strict=True))
        guard = next((one.guard for one in symbols if one.guard is not None), None)
        node = self.compute("where", operands, kind, None, guard, ("where", *(one.key for one in operands)))
        return Symbol(self, node, kind, guard=guard)

    def look_up(self, table: Table, code: Symbol) -> Symbol:
        """The number of a table for a code."""
        symbol = self.symbol(code)
        index = self.fetch(symbol)
        if index.kind.kind not in "iu":
            raise untraceable("a table is looked up by what is no code", "give a whole number")
        number = next((i for i, one in enumerate(self.tables) if np.array_equal(one, table.values)), len(self.tables))
        if number == len(self.tables):
            self.tables.append(table.values)
        node = self.compute("lookup", (index,), table.values.dtype, number, symbol.guard, ("lookup", number, index.key))
        return Symbol(self, node, table.values.dtype, guard=symbol.guard)
