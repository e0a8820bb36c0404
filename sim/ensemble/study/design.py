"""Designs: the parameter sets of a study, from a line or two of its file.

What varies does so within its prior, evenly in probability, or evenly between two values that the study gives.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, cast

import numpy as np
from pydantic import PlainValidator, ValidationInfo, model_validator

from sim.engine import Array
from sim.ensemble.design import Design, fixed, hypercube, inside
from sim.ensemble.study import csv_table
from sim.errors import BrinkError, nearest, shown
from sim.model import registry
from sim.model.strict_yaml import Schema, Text, each, is_file_name, must, refuse, whole

MOST_SETS = 10_000_000


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
class StudyDesign:
    """What varies, and how.

    Parameters
    ----------
    kind : of `KINDS`
    axes : parameters that vary, of a design drawn from ranges
    numbers : sets, samples, trajectories, levels, second_order
    table : the sets of a grid, list or CSV, written out
    labels : what each of them is called, if a CSV says so
    """

    kind: str = "none"
    axes: tuple[Axis, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    table: Design | None = None
    labels: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values; of a table, which stands in a file of its own, how many sets it has."""
        numbers = self.numbers if self.table is None else {"sets": len(self.table)}
        return {"kind": self.kind, "axes": [axis.as_dict() for axis in self.axes], **numbers}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> StudyDesign:
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

    def sets(self, seed: int) -> Design:
        """The sets, the same for the same seed."""
        if self.table is not None:
            return self.table
        if self.kind == "none":
            return fixed()
        points = self.points(seed)
        columns = [axis.at(points[:, i]) for i, axis in enumerate(self.axes)]
        return Design(tuple(axis.key for axis in self.axes), np.stack(columns, axis=1))

    def points(self, seed: int) -> Array:
        """The sets of a design that is drawn, in the unit cube: shape (sets, axes)."""
        numbers = self.numbers
        if self.kind == "latin":
            return hypercube(numbers["sets"], len(self.axes), seed)
        sample = partial(salib(f"SALib.sample.{self.kind}").sample, self.problem(), seed=seed)
        if self.kind == "sobol":
            return sample(numbers["samples"], calc_second_order=bool(numbers.get("second_order")))
        return sample(numbers["trajectories"], num_levels=numbers.get("levels", 4))

    def problem(self) -> dict[str, Any]:
        """The design as a problem of SALib, in the unit cube."""
        names = [axis.key for axis in self.axes]
        return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def salib(module: str) -> Any:
    """A module of SALib. Raises BrinkError if it is not installed."""
    try:
        return import_module(module)
    except ImportError:
        raise BrinkError("this needs SALib, which is not installed: pip install 'brink[studies]'") from None


class DesignFile(Schema):
    """A design in a study file."""

    missing = "a design of kind {kind!r} must say {missing!r}"

    kind: str

    def _design(self, folder: Path) -> StudyDesign:
        """The design. A CSV file must stand in `folder`. Raises BrinkError for what is wrong with it."""
        return StudyDesign()


def _axes(given: Any) -> tuple[Axis, ...]:
    items = given if isinstance(given, tuple) else (given,)
    if not items:
        raise BrinkError("parameters: none is named; give names, patterns like us.*, or {key: ..., low: ..., high: ...}")
    taken: set[str] = set()
    return tuple(axis for axes in each(dict(enumerate(items)), lambda _, item: _axis(item, taken)).values() for axis in axes)


def _axis(item: Any, taken: set[str]) -> list[Axis]:
    """The parameters that one line names; none of them may be among those that are taken."""
    known = registry.catalogue()
    if not isinstance(item, str):
        axes = [Axis(**dict(Range.of(item)))]
    elif not (axes := [Axis(key) for key in known if fnmatchcase(key, item)]):
        raise BrinkError(f"no parameter {shown(item)}{nearest(item, known)}")
    for axis in axes:
        if axis.key in taken:
            raise BrinkError(f"{axis.key} is named twice")
        taken.add(axis.key)
    return axes


class Range(Schema):
    """A parameter with the range in which it varies."""

    expected = "a parameter is a name, a pattern, or {key: ..., low: ..., high: ...}"

    key: Text = ""
    low: Any = None
    high: Any = None

    @model_validator(mode="after")
    def _checked(self) -> Range:
        registry.find(self.key)
        ends = [getattr(self, name) for name in ("low", "high") if name in self.model_fields_set]
        for end in ends:
            registry.check(self.key, end)
        if len(ends) == 1 or (ends and not ends[0] < ends[1]):
            raise BrinkError(f"{self.key}: give both low and high, the lower first, or neither")
        return self


Count = Annotated[int, whole(1, MOST_SETS)]


class Drawn(DesignFile):
    """A design whose sets are drawn from ranges; its numbers are its values other than kind and parameters."""

    parameters: Annotated[tuple[Axis, ...], PlainValidator(_axes)]

    def _design(self, folder: Path) -> StudyDesign:
        numbers = {name: int(getattr(self, name)) for name in type(self).model_fields
                   if name in self.model_fields_set - {"kind", "parameters"}}
        design = StudyDesign(self.kind, self.parameters, numbers)
        if design.size() > MOST_SETS:
            raise BrinkError(f"this design has {design.size():,} sets; a study may have {MOST_SETS:,}")
        return design


class Latin(Drawn):
    """A Latin hypercube."""

    sets: Count


class Sobol(Drawn):
    """Saltelli's sample for Sobol indices."""

    samples: Annotated[Count, must(lambda n: not n & n - 1, "samples: {value} must be a power of two, like 256 or 1024")]
    second_order: bool = False


class Morris(Drawn):
    """Trajectories for elementary effects."""

    trajectories: Count
    levels: Annotated[Count, must(lambda n: n % 2 == 0, "levels: {value} must be even")] = 4


class Grid(DesignFile):
    """Every combination of the values that are listed."""

    values: Any

    def _design(self, folder: Path) -> StudyDesign:
        if not isinstance(self.values, dict) or not self.values:
            raise BrinkError("values must name parameters with a list of numbers each, like {us.bias: [0, 0.05]}")
        lists = {key: given if isinstance(given, tuple) else (given,) for key, given in self.values.items()}
        count = math.prod(map(len, lists.values()))
        if not 1 <= count <= MOST_SETS:
            raise BrinkError(f"this grid has {count:,} sets; a study has from 1 to {MOST_SETS:,}")
        refuse((("values", key, row), mistake) for key, given in lists.items()
               for row, mistake in _mistakes((key,), [[value] for value in given]))
        cells = np.meshgrid(*(np.array(given, np.float32) for given in lists.values()), indexing="ij")
        return StudyDesign(self.kind, table=Design(tuple(lists), np.stack([cell.ravel() for cell in cells], axis=1)))


class Rows(DesignFile):
    """The sets, each as a mapping."""

    rows: Any

    def _design(self, folder: Path) -> StudyDesign:
        rows = self.rows
        if not rows or not isinstance(rows, tuple) or not all(isinstance(row, dict) and row for row in rows):
            raise BrinkError("rows must be a list of sets, each like {us.bias: 0.05, israel.bias: 0.02}")
        names = tuple(rows[0])
        refuse((("rows", i), f"every row must name the same parameters: {', '.join(names)}")
               for i, row in enumerate(rows) if set(row) != set(names))
        table = [[row[name] for name in names] for row in rows]
        refuse((("rows", max(row, 0)), mistake) for row, mistake in _mistakes(names, table))
        return StudyDesign(self.kind, table=Design(names, np.array(table, np.float32)))


class Csv(DesignFile):
    """The sets in a CSV file in the folder of the study file, of which a column may hold labels."""

    file: Annotated[Text, must(is_file_name, "file takes the name of a file beside this one, not {value}")]
    label: Text = ""

    def _design(self, folder: Path) -> StudyDesign:
        found = csv_table.read(folder / self.file, self.label)
        return StudyDesign(self.kind, table=found.sets, labels=found.labels)


KINDS: dict[str, type[DesignFile]] = {"none": DesignFile, "grid": Grid, "latin": Latin, "sobol": Sobol, "morris": Morris,
                                      "list": Rows, "csv": Csv}


def read(content: Any, info: ValidationInfo) -> StudyDesign:
    """The design of a study file; `info.context` is the folder of the file. Raises BrinkError for mistakes."""
    if not isinstance(content, dict):
        raise BrinkError("design must hold 'kind' and more, like {kind: latin, parameters: [us.*], sets: 64}")
    kind = content.get("kind") or ""
    if not isinstance(kind, str) or kind not in KINDS:
        raise BrinkError(f"design: kind {shown(kind)} is none of {', '.join(KINDS)}{nearest(str(kind), KINDS)}")
    return KINDS[kind].of(content)._design(cast(Path, info.context))


def _mistakes(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[tuple[int, str]]:
    """What is wrong with each column, if anything: the row, or -1 if it is the name, and the mistake in words."""
    for i, name in enumerate(names):
        try:
            declared = registry.find(name).declaration
        except BrinkError as error:
            yield -1, str(error)
            continue
        strange = [row for row, cells in enumerate(rows)
                   if type(cells[i]) is not float or not declared.low <= cells[i] <= declared.high]
        try:
            for row in strange[:1]:
                registry.check(name, rows[row][i])
        except BrinkError as error:
            yield row, str(error)
