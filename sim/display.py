"""What the command shows: tables and paragraphs for a terminal, one line a row when piped."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import BrinkError, nearest

if TYPE_CHECKING:
    from sim.engine import Event, Field, Parameter
    from sim.evidence import Claim
    from sim.parameters import Entry
    from sim.results import Run

LIMITS = ("An educational what-if on public figures: what the model says under its assumptions, not a forecast of the "
          "world.")
PIPED_WIDTH = 1000
"""Columns when nobody looks: wide enough to keep a row on a line, so that it can be searched."""


def _print(table: Any) -> None:
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False, markup=False).print(table)


def show_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Names and what they mean, in two columns."""
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for name, meaning in pairs:
        table.add_row(name, meaning)
    _print(table)


def show_parameters(entries: Iterable[Entry[Parameter]]) -> None:
    """A table of parameters."""
    from rich.table import Table

    from sim.parameters import rows

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("parameter", "default", "prior", "unit", "evidence", "meaning"):
        table.add_column(name, no_wrap=name == "parameter", justify="right" if name == "default" else "left")
    for row in rows(entries):
        table.add_row(row["key"], f"{row['default']:g}", row["prior"], row["unit"], " ".join(row["evidence"]), row["why"])
    _print(table)


def explained(item: str) -> list[str]:
    """Lines about an entry of the ledger and what it feeds, or about a name of the model and what it rests on."""
    from sim import evidence, parameters

    ledger = evidence.load()
    if item in ledger.ids:
        return [*_entry(item), *_feeds(item)]
    for describe, registry in ((_parameter, parameters.catalogue()), (_field, parameters.fields()),
                               (_event, parameters.events())):
        if item in registry:
            return [*describe(registry[item]), *_rests_on(registry[item].declaration.evidence)]
    known = [*ledger.ids, *parameters.catalogue(), *parameters.fields(), *parameters.events()]
    raise BrinkError(f"nothing is called {item!r}{nearest(item, known) or '; see brink evidence and brink parameters'}")


def _entry(id: str) -> Iterator[str]:
    """A claim with its places, or any other entry of the ledger with what it says."""
    from sim.evidence import Claim, Reference, load

    entry = load().find(id)
    if isinstance(entry, Claim):
        yield from _claim(entry)
    elif isinstance(entry, Reference):
        yield from _wrapped(f"{id}: {entry.says or entry.cite}")
        yield from _wrapped(entry.cite if entry.says else "", "    ")
        yield from (f"    {url}" for url in entry.url)
        yield f"    {f'from {entry.provenance}, ' if entry.provenance else ''}{'' if entry.checked else 'not '}checked"
    else:
        yield from _wrapped(f"{id}: {getattr(entry, 'says', '') or getattr(entry, 'title', '')}")


def _claim(claim: Claim) -> Iterator[str]:
    from sim.evidence import load

    ledger = load()
    yield from _wrapped(f"{claim.id}: {claim.says}")
    yield f"    {ledger.where(claim)}"
    yield f"    status: {claim.status}"
    for conflict in ledger.conflicts.values():
        if claim.id in conflict.claims:
            yield from _wrapped(f"disputed ({conflict.id}): {conflict.says} Resolved: {conflict.resolution}", "    ")
    if claim.context:
        yield from _wrapped(f"no part of the model needs it: {claim.context}", "    ")


def _feeds(id: str) -> Iterator[str]:
    from sim.provenance import feeds

    uses = feeds(id)
    yield "feeds:" if uses else "feeds nothing"
    width = max((len(use.key) for use in uses), default=0)
    yield from (f"    {use.kind:<16}{use.key:<{width}}  {use.meaning}" for use in uses)


def _parameter(entry: Entry[Parameter]) -> Iterator[str]:
    from sim.parameters import bounds

    parameter = entry.declaration
    yield f"{entry.key} = {parameter.default:g} {parameter.unit}"
    yield from _wrapped(parameter.why, "    ")
    yield f"    prior: {parameter.prior}"
    yield f"    must be {bounds(parameter.low, parameter.high)}"


def _field(entry: Entry[Field]) -> Iterator[str]:
    field = entry.declaration
    start = f"{entry.owner.key}.{field.start}" if isinstance(field.start, str) else field.start
    yield f"{entry.key} starts at {start} {field.unit}".rstrip()
    yield from _wrapped(field.meaning, "    ")


def _event(entry: Entry[Event]) -> Iterator[str]:
    event = entry.declaration
    yield f"{entry.key}, an event"
    yield from _wrapped(event.meaning, "    ")
    if event.clocked:
        yield f"    base rate: {entry.owner.key}.{event.rate}"


def _rests_on(ids: Iterable[str]) -> Iterator[str]:
    """Each piece of evidence in full."""
    from sim.evidence import load

    ids = tuple(ids)
    yield "rests on:" if ids else "names no evidence"
    for id in ids:
        if id in load().ids:
            yield from (f"    {line}" for line in _entry(id))
        else:
            yield f"    {id}: a judgement of the authors, which nothing else supports"


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, 110, initial_indent=indent, subsequent_indent=indent or "    ")
