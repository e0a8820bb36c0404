"""What the command shows: tables and paragraphs for a terminal, one line a row when piped."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import BrinkError, nearest
from sim.tables import empty, show
from sim.telling import LIMITS, answer, gist, number

if TYPE_CHECKING:
    from rich.table import Table

    from sim.engine import Event, Field, Parameter
    from sim.evidence import Claim
    from sim.parameters import Entry
    from sim.results import Run


def show_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Names and what they mean, in two columns."""
    table = empty("", "", whole=True)
    table.show_header = False
    for name, meaning in pairs:
        table.add_row(name, meaning)
    show(table)


def show_run(run: Run, place: Path | None) -> None:
    """The outcomes of a run: a table, the gist in words, the limits, and where the results are."""
    print(f"{run.scenario.title}: {run.size:,} worlds, {run.days} days, seed {run.seed}")
    for key, value in {**run.scenario.parameters, **run.scenario.start}.items():
        layer, note = run.scenario.sources[key]
        numbers = " ".join(f"{number:g}" for number in (value if isinstance(value, tuple) else (value,)))
        print(f"  {key} = {numbers} ({layer}{f': {note}' if note else ''})")
    for one, worlds in run.taken:
        print(f"  {one.in_words(run.scenario.date)}; took hold in {worlds:,} worlds")
    print()
    show(_outcomes(run))
    print("", *gist(run), LIMITS, sep="\n")
    if place is not None:
        print(f"Results and pictures are in {place}")


def _outcomes(run: Run) -> Table:
    """A row an outcome, with as many digits as mean something."""
    from sim.words import phrase

    bands = run.uncertainty == "priors"
    table = empty("outcome", "in words", "model says", *(["90 % over parameters"] if bands else []), "base rate")
    for row in run.rows:
        says = f"{row['says']} ({row['n']:,} worlds)" if row["given"] else row["says"]
        cells = [says, "" if row["kind"] == "mean" else phrase(row["estimate"]), answer(run, row)]
        if bands:
            cells.append("" if row["unit"] == "deaths" else f"{number(row, 'low')} to {number(row, 'high')}")
        table.add_row(*cells, "" if isnan(row["base"]) else number(row, "base"))
    return table


def run_json(run: Run, place: Path | None) -> dict[str, Any]:
    """What `--json` prints: the run and its outcomes, with null where there is nothing to say."""
    rows = [{key: None if value != value else value for key, value in row.items()} for row in run.rows]
    return {"scenario": run.scenario.as_dict(), "worlds": run.size, "days": run.days, "seed": run.seed,
            "uncertainty": run.uncertainty, "sets": run.sets,
            "interventions_taken": [worlds for _, worlds in run.taken], "outcomes": rows, "limits": LIMITS,
            "results": None if place is None else str(place)}


def show_shocks(rows: Iterable[dict[str, Any]]) -> None:
    """A paragraph a shock, and how to use one."""
    for row in rows:
        print(f"{row['name']}: {row['says']}")
        size = f"size {row['size']:g} {row['unit']} ({row['low']:g} to {row['high']:g}); " if row["unit"] else ""
        needs = f"needs {row['needs']}; " if row["needs"] else ""
        for line in _wrapped(row["does"], "    "):
            print(line)
        print(f"    {size}{needs}rests on {', '.join(row['evidence'])}")
    print("\nUse one with brink run --do '{on: 2026-03-01, shock: oil_shock, size: 80}', or in a scenario file.")


def show_parameters(entries: Iterable[Entry[Parameter]]) -> None:
    """A table of parameters."""
    from sim.parameters import rows

    table = empty("parameter", "default", "prior", "unit", "evidence", "meaning", whole=True)
    for row in rows(entries):
        table.add_row(row["key"], f"{row['default']:g}", row["prior"], row["unit"], " ".join(row["evidence"]),
                      row["why"])
    show(table)


def explained(item: str) -> list[str]:
    """Lines about an entry of the ledger and what it feeds, or about a name of the model and what it rests on."""
    from sim import evidence, parameters

    ledger = evidence.load()
    if item in ledger.ids:
        return [*_entry(item), *_feeds(item)]
    if item in parameters.catalogue():
        return [*_parameter(parameters.catalogue()[item])]
    if item in parameters.fields():
        return [*_field(parameters.fields()[item])]
    if item in parameters.events():
        return [*_event(parameters.events()[item])]
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
    yield from _rests_on(parameter.evidence)


def _field(entry: Entry[Field]) -> Iterator[str]:
    field = entry.declaration
    start = f"{entry.owner.key}.{field.start}" if isinstance(field.start, str) else field.start
    yield f"{entry.key} starts at {start} {field.unit}".rstrip()
    yield from _wrapped(field.meaning, "    ")
    yield from _rests_on(field.evidence)


def _event(entry: Entry[Event]) -> Iterator[str]:
    event = entry.declaration
    yield f"{entry.key}, an event"
    yield from _wrapped(event.meaning, "    ")
    if event.clocked:
        yield f"    base rate: {entry.owner.key}.{event.rate}"
    yield from _rests_on(event.evidence)


def _rests_on(ids: tuple[str, ...]) -> Iterator[str]:
    """Each piece of evidence in full."""
    from sim.evidence import load

    yield "rests on:" if ids else "names no evidence"
    for id in ids:
        if id in load().ids:
            yield from (f"    {line}" for line in _entry(id))
        else:
            yield f"    {id}: a judgement of the authors, which nothing else supports"


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, 110, initial_indent=indent, subsequent_indent=indent or "    ")
