"""Designs: the parameter sets of a study, from a line or two of its file.

What varies does so within its prior, evenly in probability, or evenly between two values that the study gives.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from sim import parameters
from sim.engine import Array
from sim.errors import BrinkError, nearest
from sim.reading import Node, Problems

EDGE = 1e-6
"""Points are kept this far from 0 and 1, where many priors have no finite value."""

MOST_SETS = 10_000_000
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
        declared = parameters.catalogue()[self.key].declaration
        if self.low is None or self.high is None:
            drawn = declared.prior.distribution.ppf(np.clip(share, EDGE, 1 - EDGE))
        else:
            drawn = self.low + (self.high - self.low) * share
        values: Array = np.clip(drawn.astype(np.float32), np.float32(declared.low), np.float32(declared.high))
        return values

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
        """Plain values; a table stands in a file of its own."""
        return {"kind": self.kind, "axes": [axis.as_dict() for axis in self.axes], **self.numbers}

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
    from scipy.stats import qmc

    points: Array = qmc.LatinHypercube(len(design.axes), rng=np.random.default_rng(seed)).random(design.numbers["sets"])
    return points


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
    numbers = {name: _whole(content[name], name, problems) for name in ("sets", "samples", "trajectories", "levels")
               if name in content}
    if "second_order" in content:
        numbers["second_order"] = int(content["second_order"].value is True)
    if kind == "sobol" and numbers["samples"] & (numbers["samples"] - 1):
        problems.add(content["samples"].line, f"samples: {numbers['samples']} must be a power of two, like 256 or 1024")
    if numbers.get("levels", 4) % 2:
        problems.add(content["levels"].line, f"levels: {numbers['levels']} must be even")
    return Design(kind, axes, numbers)


def _axes(node: Node, problems: Problems) -> list[Axis]:
    items = node.value if isinstance(node.value, list) else [node]
    found: dict[str, Axis] = {}
    for item in items:
        for axis in _axis(item, problems):
            if axis.key in found:
                problems.add(item.line, f"{axis.key} is named twice")
            found[axis.key] = axis
    if not found:
        problems.add(node.line, "parameters: none is named; give names, patterns like us.*, or {key: ..., low: ..., high: ...}")
    return list(found.values())


def _axis(item: Node, problems: Problems) -> list[Axis]:
    known = parameters.catalogue()
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
    ends = [item.value[name].value for name in ("low", "high") if name in item.value]
    try:
        for end in ends:
            parameters.check(key, end)
    except BrinkError as error:
        problems.add(item.line, str(error))
        return []
    if key not in known:
        problems.add(item.line, f"no parameter {key!r}{nearest(key, known)}")
        return []
    if len(ends) == 1 or (ends and not ends[0] < ends[1]):
        problems.add(item.line, f"{key}: give both low and high, the lower first, or neither")
        return []
    return [Axis(key, *(float(end) for end in ends))]


def _whole(node: Node, name: str, problems: Problems) -> int:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, float) or value != int(value) or not 1 <= value <= MOST_SETS:
        problems.add(node.line, f"{name} must be a whole number from 1 to {MOST_SETS:,}")
        return 1
    return int(value)


def _grid(kind: str, content: Mapping[str, Node], problems: Problems, folder: Path) -> Design:
    node = content["values"]
    if not isinstance(node.value, dict) or not node.value:
        raise BrinkError("values must name parameters with a list of numbers each, like {us.bias: [0, 0.2]}")
    lists = {key: [item.value for item in held.value] if isinstance(held.value, list) else [held.value]
             for key, held in node.value.items()}
    count = int(np.prod([len(values) for values in lists.values()]))
    if count > MOST_SETS:
        raise BrinkError(f"this grid has {count:,} sets, more than {MOST_SETS:,}")
    return Design(kind, table=_table(tuple(lists), list(itertools.product(*lists.values()))))


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
    return Design(kind, table=_table(names, [[values[name] for name in names] for values in given]))


def _csv(kind: str, content: Mapping[str, Node], problems: Problems, folder: Path) -> Design:
    name = problems.text(content, "file")
    if Path(name).name != name:
        raise BrinkError(f"file takes the name of a file beside this one, not {name!r}")
    try:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            head, *rows = [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BrinkError(f"{name}: cannot be read as a CSV file with a head and rows ({error})") from None
    for line, row in enumerate(rows, 2):
        if len(row) != len(head):
            raise BrinkError(f"{name}:{line}: has {len(row)} cells, and the head {len(head)}")
    numbers = [_floats(name, i, row) for i, row in enumerate(rows, 2)]
    return Design(kind, table=_table(tuple(cell.strip() for cell in head), numbers))


def _floats(name: str, line: int, row: Sequence[str]) -> list[float]:
    try:
        return [float(cell) for cell in row]
    except ValueError as error:
        raise BrinkError(f"{name}:{line}: {error}") from None


def _table(names: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> Sets:
    """Sets written out, each value checked."""
    if len(set(names)) < len(names):
        raise BrinkError("a parameter is named twice")
    if not rows:
        raise BrinkError("there is no set")
    for i, name in enumerate(names):
        for value in dict.fromkeys(row[i] for row in rows):
            parameters.check(name, value)
    return Sets(names, np.array(rows, np.float32).reshape(len(rows), len(names)))


READERS: dict[str, Callable[[str, Mapping[str, Node], Problems, Path], Design]] = {
    "none": lambda kind, content, problems, folder: Design(), "grid": _grid, "latin": _drawn, "sobol": _drawn,
    "morris": _drawn, "list": _list, "csv": _csv}
