"""What every text for a terminal is made of: tables, a line per row, and wrapped paragraphs."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size

from sim.words import say

WIDTH = 80
"""Columns of a paragraph, and of a terminal that does not tell its own."""

LEAST = 12
"""Columns that a cell keeps when a terminal is too narrow for all of it."""


def columns() -> int | None:
    """The columns of the terminal, or None where nobody looks and a line may be as long as it likes, so that it is found."""
    return shutil.get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else None


def show_table(heads: Sequence[str], rows: Iterable[Sequence[str]], whole: bool = False) -> None:
    """Print rows of cells on standard output, a line each: where a terminal is too narrow, heads are cut, then wide columns.

    `whole` keeps the first column from being cut.
    """
    cells = [[" ".join(cell.split()) for cell in row] for row in (heads, *rows)]
    widths = _widths(cells, columns() or sys.maxsize, whole)
    say(*("  ".join(map(_fitted, row, widths)).rstrip() for row in cells[not any(heads):]))


def _widths(cells: Sequence[Sequence[str]], room: int, whole: bool) -> list[int]:
    """The widths of columns, two spaces apart, so that rows fit into the room if they can."""
    room -= 2 * len(cells[0]) - 2
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    if sum(widths) > room:
        widths = [max(min(cell_len(head), LEAST), *map(cell_len, column), 0) for head, *column in zip(*cells, strict=True)]
    while sum(widths) > room and (widest := max(widths[whole:], default=0)) > LEAST:
        widths[widths.index(widest, whole)] -= 1
    return widths


def _fitted(cell: str, width: int) -> str:
    """A cell with spaces up to the width, or cut to it with an ellipsis."""
    if cell_len(cell) <= width or not width:
        return set_cell_size(cell, width)
    return set_cell_size(cell, width - 1) + "\N{HORIZONTAL ELLIPSIS}"


def show_list(items: Iterable[tuple[str, str]]) -> None:
    """Print names with what they mean beside them, wrapped on a terminal, else a line each."""
    items = list(items)
    margin = max((len(name) for name, _ in items), default=0) + 2
    room = columns()
    for name, text in items:
        say(*textwrap.wrap(text, max(room, margin + 2 * LEAST) if room else sys.maxsize,
                           initial_indent=f"{name:<{margin}}",
                           subsequent_indent=" " * margin) or [name])


def wrapped(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> list[str]:
    """The text in lines of at most `width` letters, `first` before the first and `rest` (else spaces) before the others."""
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=" " * len(first) if rest is None else rest)
