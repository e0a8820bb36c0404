"""Tables for a terminal, one line a row when piped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

PIPED_WIDTH = 1000
"""Columns when nobody looks: wide enough to keep a row on a line, so that it can be searched."""


def show(table: Any) -> None:
    """Print it on standard output."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False, markup=False).print(table)


def empty(*columns: str, whole: bool = False) -> Table:
    """An empty table without lines; `whole` keeps its first column from being broken."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for i, name in enumerate(columns):
        table.add_column(name, no_wrap=whole and i == 0)
    return table
