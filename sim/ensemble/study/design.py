"""Designs: the parameter sets of a study, from a line or two of its file.

What varies does so within its prior, evenly in probability, or evenly between two values that the study gives.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine import Array
from sim.ensemble.design import hypercube, inside
from sim.errors import BrinkError, nearest
from sim.model import registry
from sim.scenario.strict_yaml import Node, Problems

MOST_SETS = 10_000_000
LARGEST = float(np.finfo(np.float32).max)
"""Parameters are kept in single precision."""

NEEDS = {"none": (), "grid": ("values",), "latin": ("parameters", "sets"), "sobol": ("parameters", "samples"),
         "morris": ("parameters", "trajectories"), "list": ("rows",), "csv": ("file",)}
"""Kinds of design, and what each must say."""

MAY = {"sobol": ("second_order",), "morris": ("levels",)}
"""What some may say."""


@dataclass(frozen=True)
class Axis:
    """A parameter that varies: within its prior, or from `low` to `high`."""

    key: str
    low: float | None = None
    high: float | None = None

    def at(self, share: Array) -> Array:
        """Its values at these points of [0, 1], within its hard bounds: float32, shape of `share`."""
        declared = registry.catalogue()[self.key].declaration
        if self.low is None or self.high is None:
            return declared.quantiles(inside(share))
        return declared.bounded(self.low + (self.high - self.low) * share)

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"key": self.key} if self.low is None else {"key": self.key, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Sets:
    """Parameter sets.

    Parameters
    ----------
    names : parameters that vary, as "state.name"
    values : (sets, names), float32
    """

    names: tuple[str, ...]
    values: Array

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Design:
    """What varies, and how.

    Parameters
    ----------
    kind : of `NEEDS`
    axes : parameters that vary, of a design drawn from ranges
    numbers : sets, samples, trajectories, levels, second_order
    table : the sets of a grid, list or CSV, written out
    """

    kind: str = "none"
    axes: tuple[Axis, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    table: Sets | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values; of a table, which stands in a file of its own, how many sets it has."""
        numbers = self.numbers if self.table is None else {"sets": len(self.table)}
        return {"kind": self.kind, "axes": [axis.as_dict() for axis in self.axes], **numbers}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Design:
        """What `as_dict` wrote, without the table."""
        numbers = {name: value for name, value in content.items() if name not in ("kind", "axes")}
        return cls(content["kind"], tuple(Axis(**axis) for axis in content["axes"]), numbers)

    def size(self) -> int:
        """How many sets, without making them."""
        k = len(self.axes)
        if self.table is not None:
            return len(self.table)
        if self.kind == "sobol":
            return self.numbers["samples"] * (2 * k + 2 if self.numbers.get("second_order") else k + 2)
        if self.kind == "morris":
            return self.numbers["trajectories"] * (k + 1)
        return self.numbers.get("sets", 1)

    def sets(self, seed: int) -> Sets:
        """The sets, the same for the same seed."""
        if self.table is not None:
            return self.table
        if self.kind == "none":
            return Sets((), np.empty((1, 0), np.float32))
        points = POINTS[self.kind](self, seed)
        columns = [axis.at(points[:, i]) for i, axis in enumerate(self.axes)]
        return Sets(tuple(axis.key for axis in self.axes), np.stack(columns, axis=1))

    def problem(self) -> dict[str, Any]:
        """The design as SALib wants it told, in the unit cube."""
        names = [axis.key for axis in self.axes]
        return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _latin(design: Design, seed: int) -> Array:
    return hypercube(design.numbers["sets"], len(design.axes), seed)


def _sobol(design: Design, seed: int) -> Array:
    sample = salib("SALib.sample.sobol")
    points: Array = sample.sample(design.problem(), design.numbers["samples"], seed=seed,
                                  calc_second_order=bool(design.numbers.get("second_order")))
    return points


def _morris(design: Design, seed: int) -> Array:
    sample = salib("SALib.sample.morris")
    points: Array = sample.sample(design.problem(), design.numbers["trajectories"], seed=seed,
                                  num_levels=design.numbers.get("levels", 4))
    return points


POINTS: dict[str, Callable[[Design, int], Array]] = {"latin": _latin, "sobol": _sobol, "morris": _morris}


def salib(module: str) -> Any:
    """A module of SALib. Raises BrinkError if it is not installed."""
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        raise BrinkError("this needs SALib, which is not installed: pip install 'brink[studies]'") from None


def read(node: Node | None, problems: Problems, folder: Path) -> Design:
    """The design that a study file asks for; mistakes are noted. A CSV file must stand in `folder`."""
    if node is None:
        return Design()
    if not isinstance(node.value, dict):
        problems.add(node.line, "design must hold 'kind' and more, like {kind: latin, parameters: [us.*], sets: 64}")
        return Design()
    kind = problems.text(node.value, "kind")
    if kind not in NEEDS:
        problems.add(node.line, f"design: kind {kind!r} is none of {', '.join(NEEDS)}{nearest(kind, NEEDS)}")
        return Design()
    problems.unknown_keys(node.value, ("kind", *NEEDS[kind], *MAY.get(kind, ())))
    missing = [name for name in NEEDS[kind] if name not in node.value]
    for name in missing:
        problems.add(node.line, f"a design of kind {kind!r} must say {name!r}")
    if missing:
        return Design()
    try:
        return READERS[kind](kind, node.value, problems, folder)
    except BrinkError as error:
        problems.add(node.line, str(error))
        return Design()


def _drawn(kind: str, content: Mapping[str, Node], problems: Problems, folder: Path) -> Design:
    axes = tuple(_axes(content["parameters"], problems))
    numbers = {name: problems.whole(content[name], name, 1, MOST_SETS)
               for name in ("sets", "samples", "trajectories", "levels") if name in content}
    if "second_order" in content:
        if not isinstance(content["second_order"].value, bool):
            problems.add(content["second_order"].line, "second_order must be true or false")
        numbers["second_order"] = int(content["second_order"].value is True)
    if kind == "sobol" and numbers["samples"] & (numbers["samples"] - 1):
        problems.add(content["samples"].line, f"samples: {numbers['samples']} must be a power of two, like 256 or 1024")
    if numbers.get("levels", 4) % 2:
        problems.add(content["levels"].line, f"levels: {numbers['levels']} must be even")
    design = Design(kind, axes, numbers)
    if design.size() > MOST_SETS:
        raise BrinkError(f"this design has {design.size():,} sets; a study may have {MOST_SETS:,}")
    return design


def _axes(node: Node, problems: Problems) -> list[Axis]:
    items = node.value if isinstance(node.value, list) else [node]
    found: dict[str, Axis] = {}
    for item in items:
        for axis in _axis(item, problems):
            if axis.key in found:
                problems.add(item.line, f"{axis.key} is named twice")
            found[axis.key] = axis
    if not items:
        problems.add(node.line, "parameters: none is named; give names, patterns like us.*, or {key: ..., low: ..., high: ...}")
    return list(found.values())


def _axis(item: Node, problems: Problems) -> list[Axis]:
    known = registry.catalogue()
    if isinstance(item.value, str):
        matching = [key for key in known if fnmatchcase(key, item.value)]
        if not matching:
            problems.add(item.line, f"no parameter {item.value!r}{nearest(item.value, known)}")
        return [Axis(key) for key in matching]
    if not isinstance(item.value, dict):
        problems.add(item.line, "a parameter is a name, a pattern, or {key: ..., low: ..., high: ...}")
        return []
    problems.unknown_keys(item.value, ("key", "low", "high"))
    key = problems.text(item.value, "key")
    ends: list[Any] = [item.value[name].value for name in ("low", "high") if name in item.value]
    try:
        registry.find(key)
        for end in ends:
            registry.check(key, end)
    except BrinkError as error:
        problems.add(item.line, str(error))
        return []
    if len(ends) == 1 or (ends and not ends[0] < ends[1]):
        problems.add(item.line, f"{key}: give both low and high, the lower first, or neither")
        return []
    return [Axis(key, *(float(end) for end in ends))]


def _grid(kind: str, content: Mapping[str, Node], problems: Problems, folder: Path) -> Design:
    node = content["values"]
    if not isinstance(node.value, dict) or not node.value:
        raise BrinkError("values must name parameters with a list of numbers each, like {us.bias: [0, 0.2]}")
    nodes = {key: held.value if isinstance(held.value, list) else [held] for key, held in node.value.items()}
    count = math.prod(map(len, nodes.values()))
    if not 1 <= count <= MOST_SETS:
        raise BrinkError(f"this grid has {count:,} sets; a study has from 1 to {MOST_SETS:,}")
    mistakes = [(held[max(row, 0)].line, says) for key, held in nodes.items()
                for row, says in _mistakes((key,), [[item.value] for item in held])]
    if _noted(mistakes, problems):
        return Design()
    columns = [np.array([item.value for item in held], np.float32) for held in nodes.values()]
    cells = np.meshgrid(*columns, indexing="ij")
    return Design(kind, table=Sets(tuple(nodes), np.stack([cell.ravel() for cell in cells], axis=1)))


def _noted(mistakes: list[tuple[int, str]], problems: Problems) -> bool:
    """Note mistakes, each with its line; whether there are any."""
    for line, says in mistakes:
        problems.add(line, says)
    return bool(mistakes)


def _list(kind: str, content: Mapping[str, Node], problems: Problems, folder: Path) -> Design:
    node = content["rows"]
    rows = node.value if isinstance(node.value, list) else []
    if not rows or not all(isinstance(row.value, dict) and row.value for row in rows):
        raise BrinkError("rows must be a list of sets, each like {us.bias: 0.2, israel.bias: 0.1}")
    given: list[dict[str, Any]] = [{key: held.value for key, held in row.value.items()} for row in rows]
    names = tuple(given[0])
    for row, values in zip(rows, given, strict=True):
        if set(values) != set(names):
            problems.add(row.line, f"every row must name the same parameters: {', '.join(names)}")
            return Design()
    table = [[values[name] for name in names] for values in given]
    if _noted([(rows[max(row, 0)].line, says) for row, says in _mistakes(names, table)], problems):
        return Design()
    return Design(kind, table=Sets(names, np.array(table, np.float32)))


def _csv(kind: str, content: Mapping[str, Node], problems: Problems, folder: Path) -> Design:
    name = problems.text(content, "file")
    if Path(name).name != name:
        raise BrinkError(f"file takes the name of a file beside this one, not {name!r}")
    try:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            lines = [(reader.line_num, row) for row in reader if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise BrinkError(f"{name}: cannot be read as a CSV file with a head and rows ({why})") from None
    if len(lines) < 2:
        raise BrinkError(f"{name}: needs a head of parameter names, and at least one row below it")
    head = tuple(cell.strip() for cell in lines[0][1])
    if len(set(head)) < len(head):
        raise BrinkError(f"{name}:{lines[0][0]}: a parameter is named twice")
    rows = [_floats(f"{name}:{line}", row, len(head)) for line, row in lines[1:]]
    for row, says in _mistakes(head, rows):
        raise BrinkError(f"{name}:{lines[row + 1][0]}: {says}")
    return Design(kind, table=Sets(head, np.array(rows, np.float32)))


def _floats(place: str, row: Sequence[str], count: int) -> list[float]:
    if len(row) != count:
        raise BrinkError(f"{place}: has {len(row)} cells, and the head {count}")
    try:
        return [float(cell) for cell in row]
    except ValueError:
        wrong = next(cell for cell in row if not _number(cell))
        raise BrinkError(f"{place}: {wrong!r} is not a number") from None


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _mistakes(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[tuple[int, str]]:
    """What is wrong with each column, if anything: the row, or -1 if it is the name, and the mistake in words."""
    for i, name in enumerate(names):
        try:
            declared = registry.find(name).declaration
        except BrinkError as error:
            yield -1, str(error)
            continue
        strange = [row for row, cells in enumerate(rows) if type(cells[i]) is not float
                   or not max(declared.low, -LARGEST) <= cells[i] <= min(declared.high, LARGEST)]
        if strange:
            yield strange[0], _wrong(name, rows[strange[0]][i])


def _wrong(name: str, value: Any) -> str:
    try:
        registry.check(name, value)
    except BrinkError as error:
        return str(error)
    return f"{name}: {value:g} is too large a number"


READERS: dict[str, Callable[[str, Mapping[str, Node], Problems, Path], Design]] = {
    "none": lambda kind, content, problems, folder: Design(), "grid": _grid, "latin": _drawn, "sobol": _drawn,
    "morris": _drawn, "list": _list, "csv": _csv}
