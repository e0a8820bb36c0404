"""What a trace is made of: values of one world as nodes of a graph, and functions as statements in order.

Everything here is plain data. A node is a value in one world; a statement computes one, writes one to a state variable where
a mask holds, or makes an event happen where a mask holds.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

import numpy as np

from sim.engine.declarations import DeclarationError
from sim.engine.fields import FLOAT
from sim.engine.types import Array

Kind: TypeAlias = "np.dtype[Any] | type[bool] | type[int] | type[float]"
"""The type of a value; that of a Python number adapts to its partner's (NEP 50)."""

F4, I4, BOOL = np.dtype("f4"), np.dtype("i4"), np.dtype(bool)

Recipe: TypeAlias = tuple[Any, ...]
"""How a number that depends on parameters and constants alone is computed; see `sim.engine.recipes`."""

Place: TypeAlias = tuple[str, str, int | None]
"""Where one row of a model's state is: state, field, and entry if it has several."""

INLINE = ("constant", "fixed", "day")
"""Nodes that are no statement: a constant, a number made of parameters, and the day."""


class Untraceable(DeclarationError):
    """A rule, effect or daily method does what has no meaning for one world. The message says where, and what to write."""


class Table:
    """A float32 number for each code, to be looked up: `TABLE[self.stage]`."""

    def __init__(self, values: Array | Sequence[float]) -> None:
        self.values = np.asarray(values, FLOAT)

    def __getitem__(self, codes: Any) -> Any:
        look_up = getattr(codes, "looked_up_in", None)
        return self.values[codes] if look_up is None else look_up(self)


class Node:
    """A value in one world.

    Parameters
    ----------
    op : the ufunc that computes it, or one of "constant", "fixed", "day", "load", "cast", "where", "lookup", "dense", "draw",
        "more"
    operands : the nodes of which it is computed
    kind : its type
    what : the value of a constant, the number of a recipe, pool and row of a load, a table, stream and slots of a draw
    name : of a constant that is a reference value, as "state.ref.name"; else ""
    """

    __slots__ = ("id", "kind", "name", "op", "operands", "segment", "what")

    def __init__(self, op: Any, operands: tuple[Node, ...], kind: np.dtype[Any], what: Any = None, name: str = "") -> None:
        self.op, self.operands, self.kind, self.what, self.name = op, operands, kind, what, name
        self.id, self.segment = -1, -1

    @property
    def inline(self) -> bool:
        """Whether it stands in an expression and needs no statement of its own."""
        return self.op in INLINE

    @property
    def key(self) -> Hashable:
        """What is equal for equal values."""
        return (self.op, self.kind.str, repr(self.what), self.name) if self.inline else self


@dataclass(frozen=True, eq=False)
class Compute:
    """A statement: compute a node."""

    node: Node


@dataclass(frozen=True, eq=False)
class Store:
    """A statement: write a value to a row of the state, where `mask` holds, or everywhere in the stretch if it is None."""

    pool: str
    row: int
    value: Node
    mask: Node | None


@dataclass(frozen=True, eq=False)
class Happen:
    """A statement: event number `event` happens where `mask` holds, because of event number `cause`."""

    event: int
    mask: Node | None
    cause: Node


Statement: TypeAlias = Compute | Store | Happen


@dataclass
class Function:
    """Statements in order, cut into segments by the mask (guard) under which a stretch of them runs.

    `number` is the event whose effect it is, or -1.
    """

    name: str
    number: int = -1
    segments: list[tuple[Node | None, list[Statement]]] = field(default_factory=list)
    memo: dict[Any, Node] = field(default_factory=dict)
    versions: dict[tuple[str, int], int] = field(default_factory=dict)
    nodes: int = 0
    epoch: int = 0
    """How many events it has made happen so far: after one, any row may hold something else."""

    def add(self, statement: Statement, guard: Node | None) -> None:
        """Append a statement to the stretch under this guard, which begins anew if the last one is under another."""
        if not self.segments or self.segments[-1][0] is not guard:
            self.segments.append((guard, []))
        self.segments[-1][1].append(statement)

    @property
    def statements(self) -> Iterator[Statement]:
        """All statements in order."""
        return (one for _, statements in self.segments for one in statements)


def needed(*roots: Node | None, stop: Any = ()) -> list[Node]:
    """The nodes of which these are made, themselves included, operands first; not those in `stop` and what only they need."""
    found: dict[Node, None] = {}

    def visit(node: Node) -> None:
        if not node.inline and node not in found and node not in stop:
            for one in node.operands:
                visit(one)
            found[node] = None

    for root in roots:
        if root is not None:
            visit(root)
    return sorted(found, key=lambda node: node.id)


INSTEAD = ("use &, | and ~ between conditions, np.where between values, np.maximum and np.minimum, and axis=0 over the entries "
           "of a field")

ENGINE = Path(__file__).parent
LIBRARY = Path(np.__file__).parent


def place(frames: Iterable[tuple[FrameType, int]] | None = None) -> str:
    """File and line of the model in the first of these frames that is the model's; of what is being traced by default."""
    for frame, line in frames or traceback.walk_stack(sys._getframe(1)):
        path = Path(frame.f_code.co_filename)
        if path.parent != ENGINE and LIBRARY not in path.parents and path.suffix == ".py":
            return line_of(path, line)
    return "its declaration"


def line_of(path: Path, line: int) -> str:
    """A place in a file, as messages have it."""
    return f"{'/'.join(path.parts[-3:])}:{line}"


def untraceable(what: str, instead: str = "") -> Untraceable:
    """The error for what cannot be traced, at the line of the model that does it."""
    return Untraceable(f"{place()}: {what}{f'; {instead}' if instead else ''}")
