"""Parameter sets in a CSV file, as people's programs write them: whatever separates cells, with decimal commas, a line `sep=;`,
a byte order mark, empty rows. What cannot be read is named, the head first.
"""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.engine import Array
from sim.ensemble.design import Design
from sim.errors import MOST_TOLD, BrinkError, cut, for_all, nearest, number, outside, shown
from sim.model import registry
from sim.model.strict_yaml import content_of

LARGEST, MOST_LINES, LONGEST_HEAD = 5_000_000, 250_000, 100_000
"""Bytes and lines that a table may have, for reading takes a second then, and letters of its first line."""

SEPARATORS = ",;\t|"
LABELS = ("label", "name")
"""What a column is called that names the sets, unless the study says what it is called."""

THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")


class SetTable(NamedTuple):
    """The sets of a table, and the label of each if it has a column of them."""

    sets: Design
    labels: tuple[str, ...] = ()


def read(path: Path, label: str = "") -> SetTable:
    """The sets in a file, and their labels, in a column of that name if there is one, else of a name among `LABELS`.

    Raises BrinkError with a line for each mistake of the head, or else for each of the rows.
    """
    text, name = _text(path), path.name
    told = re.match(r'"?sep=(.)"?\r?\n', text, re.IGNORECASE)
    text = text[told.end():] if told else text
    separator = told[1] if told else max(SEPARATORS, key=text[:LONGEST_HEAD].lstrip().partition("\n")[0].count)
    with outside(name, "cannot be read as a CSV file with a head and rows"):
        rows = _rows(text, name, separator, 1 if told else 0)
        line, head = next(((line, cells) for line, row in rows if (cells := _trimmed(row))), (1, []))
        if label and label not in head:
            raise BrinkError(f"{name}:{line}: has no column {shown(label)}{nearest(label, head)}")
        labelled = [one == label if label else one.lower() in LABELS for one in head]
        _check_head(f"{name}:{line}", head, labelled)
        return _Rows(name, head, labelled, separator).read(rows)


def _text(path: Path) -> str:
    """The text of the file, of which mistakes give the name alone."""
    try:
        return content_of(path, LARGEST)
    except BrinkError as error:
        raise BrinkError(str(error).replace(str(path), path.name)) from None


def _rows(text: str, name: str, separator: str, line: int) -> Iterator[tuple[int, list[str]]]:
    """The rows below a line that are not empty, each with its line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for row in reader:
        if reader.line_num > MOST_LINES:
            raise BrinkError(f"{name}: is too long; a table has at most {MOST_LINES:,} lines")
        if row:
            yield reader.line_num + line, row


def _trimmed(cells: Sequence[str]) -> list[str]:
    """The cells of a row without the empty ones at its end."""
    last = next((i for i in range(len(cells), 0, -1) if cells[i - 1].strip()), 0)
    return [cell.strip() for cell in cells[:last]]


class _Rows:
    """The rows below a head, in a file of that name; in numbers, one comma stands for the point unless it separates cells."""

    def __init__(self, name: str, head: Sequence[str], labelled: Sequence[bool], separator: str) -> None:
        self.name, self.head, self.commas = name, head, int(separator != ",")
        self.which = [i for i in range(len(head)) if not labelled[i]]
        self.label = labelled.index(True) if any(labelled) else None
        self.numbers, self.lines = array("d"), array("l")
        self.labels: list[str] = []

    def read(self, rows: Iterable[tuple[int, list[str]]]) -> SetTable:
        """The sets. Raises BrinkError with as many mistakes as are told."""
        for_all(rows, lambda numbered: self._take(*numbered))
        if not self.lines:
            raise BrinkError(f"{self.name}: needs a head of parameter names, and at least one row below it")
        names = tuple(self.head[i] for i in self.which)
        values = np.frombuffer(self.numbers).reshape(-1, len(names))
        if strange := list(_strange_values(names, values)):
            raise BrinkError("\n".join(f"{self.name}:{self.lines[row]}: {says}" for row, says in strange))
        return SetTable(Design(names, values.astype(np.float32)), tuple(self.labels))

    def _take(self, line: int, row: list[str]) -> None:
        """Keep a row, unless it is empty."""
        try:
            if len(row) != len(self.head):
                raise ValueError
            cells = [row[i] for i in self.which]
            if self.commas and any(map(THOUSANDS.fullmatch, cells)):
                raise ValueError
            numbers = [float(cell.replace(",", ".", self.commas)) for cell in cells]
            if not all(map(isfinite, numbers)):
                raise ValueError
        except ValueError:  # an empty row, or a mistake
            if not (row := _trimmed(row)):
                return
            numbers = self._numbers(row, f"{self.name}:{line}: ")
        self.numbers.extend(numbers)
        self.lines.append(line)
        if self.label is not None:
            self.labels.append(row[self.label].strip())

    def _numbers(self, row: list[str], place: str) -> list[float]:
        """The numbers in a row. Raises BrinkError for the first cell that holds none."""
        row += [""] * (len(self.head) - len(row))
        if len(row) > len(self.head):
            commas = "" if self.commas else "; where commas separate cells, numbers take a decimal point"
            raise BrinkError(f"{place}has {len(row)} cells, and the head {len(self.head)}{commas}")
        return [self._number(row[i], self.head[i], place) for i in self.which]

    def _number(self, cell: str, name: str, place: str) -> float:
        """The number in a cell, which may have a decimal comma if that separates no cells."""
        if not cell:
            raise BrinkError(f"{place}{name} has no value")
        if self.commas and THOUSANDS.fullmatch(cell):
            raise BrinkError(f"{place}{shown(cell)} can be read in two ways; write numbers with a decimal point, and "
                             "without separators of thousands")
        pointed = cell.replace(",", ".", self.commas)
        try:
            return number(pointed)
        except BrinkError as error:
            raise BrinkError(f"{place}{str(error).replace(shown(pointed), shown(cell))}") from None


def _check_head(place: str, head: Sequence[str], labelled: Sequence[bool]) -> None:
    """Raise BrinkError with the mistakes in a head, of which some columns hold labels."""
    if not head:
        raise BrinkError(f"{place}: the file is empty; it needs a head of parameter names, and rows of numbers below it")
    if len(head) > 2 * len(registry.catalogue()):
        raise BrinkError(f"{place}: has {len(head):,} columns, more than there are parameters")
    if all(re.fullmatch(r"[\d.,eE+-]+", name) for name in head):
        raise BrinkError(f"{place}: is a row of numbers, where the first line must name the parameters, like us.bias")
    if len(set(head)) < len(head):
        raise BrinkError(f"{place}: a parameter is named twice")
    found = (_strange(i, name) for i, name in enumerate(head) if not labelled[i])
    if wrong := list(islice((f"{place}: {says}" for says in found if says), MOST_TOLD + 1)):
        raise BrinkError("\n".join(wrong))
    if all(labelled):
        raise BrinkError(f"{place}: names no parameter")


def _strange(i: int, name: str) -> str:
    """What is wrong with a column of this name, if anything."""
    if name in registry.catalogue():
        return ""
    try:
        registry.find(name)
    except BrinkError as error:
        if "." in name or "did you mean" in str(error):
            return str(error)
    called = f"column {shown(name)}" if name else f"column {i + 1}, which has no name,"
    named = f", or name it in the study, as {{kind: csv, file: ..., label: {cut(name)}}}," if name else ""
    return f"{called} is no parameter; remove it, or call it 'label'{named} if it names the sets"


def _strange_values(names: Sequence[str], values: Array) -> Iterator[tuple[int, str]]:
    """Values that their parameters may not have, in the order of rows, as many as are told: the row, and what is wrong."""
    declared = [registry.catalogue()[name].declaration for name in names]
    low, high = np.array([(one.low, one.high) for one in declared]).T
    for row, i in np.argwhere(~((low <= values) & (values <= high)))[:MOST_TOLD + 1]:
        try:
            registry.check(names[i], float(values[row, i]))
        except BrinkError as error:
            yield int(row), str(error)
