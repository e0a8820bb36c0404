"""What every text for a terminal is made of: tables, one line per row when piped, and wrapped paragraphs."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence

PIPED_WIDTH = 1000
"""Columns when nobody looks: wide enough to keep a row on a line, so that it can be searched."""


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]], whole: bool = False) -> None:
    """Print rows of cells on standard output, without lines; `whole` keeps the first column from being broken."""
    from rich.console import Console  # JSON is written without it
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", show_header=any(columns))
    for i, name in enumerate(columns):
        table.add_column(name, no_wrap=whole and i == 0)
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False, markup=False).print(table)


def wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """The text in lines of at most 110 letters, `first` before the first and `rest` (else as many spaces) before the others."""
    return textwrap.wrap(text, 110, initial_indent=first, subsequent_indent=" " * len(first) if rest is None else rest)
