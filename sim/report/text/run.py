"""Runs, shocks, parameters and evidence, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.engine import Parameter
from sim.ensemble.files import plain
from sim.ensemble.results import Run
from sim.model import outcomes
from sim.model.registry import Declared, rows
from sim.report.text.outcomes import cells, gist, heads
from sim.report.text.tables import show_table, wrapped
from sim.words import LIMITS, count, numbers, say

if TYPE_CHECKING:
    from sim.model.lookup import Piece, Use


HEADLINES = outcomes.HEADLINES[:10]
"""Outcomes of the table that a run shows unless all are asked for."""


def show_run(run: Run, place: Path | None, everything: bool = False) -> None:
    """A run: the gist in words, a table of the headlines or of every outcome, the limits, and where the results are."""
    say(f"{run.scenario.title}: {count(run.size, 'world')}, {count(run.days, 'day')}, seed {run.seed}")
    for key, value in {**run.scenario.parameters, **run.scenario.start}.items():
        layer, note = run.scenario.sources[key]
        say(f"  {key} = {numbers(value)} ({layer}{f': {note}' if note else ''})")
    for one, worlds in run.taken:
        say(f"  {one.in_words(run.scenario.date)}; took hold in {worlds:,} worlds")
    for sentence in gist(run):
        say(*wrapped(sentence, rest="  "))
    say()
    _show_outcomes(run, everything)
    say("", *wrapped(LIMITS))
    if place is not None:
        say(f"Results and pictures are in {place}")


def _show_outcomes(run: Run, everything: bool) -> None:
    """The table of outcomes, and how to see those that it leaves out."""
    rows = {row["id"]: row for row in run.rows}
    chosen = list(rows) if everything else [id for id in HEADLINES if id in rows] or list(rows)[:len(HEADLINES)]
    show_table(heads(run), (cells(run, rows[id]) for id in chosen))
    if len(chosen) < len(rows):
        say(f"{len(chosen)} of {len(rows)} outcomes; --all shows every one of them.")


def run_json(run: Run, place: Path | None) -> dict[str, Any]:
    """What `--json` prints: the run and its outcomes, with null where there is nothing to say."""
    return {"scenario": run.scenario.as_dict(), "worlds": run.size, "days": run.days, "seed": run.seed,
            "uncertainty": run.uncertainty, "sets": run.sets, "interventions_taken": [worlds for _, worlds in run.taken],
            "outcomes": plain(run.rows), "limits": LIMITS, "results": None if place is None else str(place)}


def show_shocks(rows: Iterable[dict[str, Any]]) -> None:
    """One paragraph per shock, and how to use one."""
    for row in rows:
        say(f"{row['name']}: {row['says']}")
        size = f"size {row['size']:g} {row['unit']} ({row['low']:g} to {row['high']:g}); " if row["unit"] else ""
        needs = f"needs {row['needs']}; " if row["needs"] else ""
        say(*wrapped(row["does"], "    "), f"    {size}{needs}rests on {', '.join(row['evidence'])}")
    say("\nUse one with brink run --do '{on: 2026-03-01, shock: oil_shock, size: 80}', or in a scenario file.")


def show_parameters(entries: Iterable[Declared[Parameter]]) -> None:
    """A table of parameters."""
    show_table(("parameter", "default", "prior", "unit", "evidence", "meaning"), (
        (row["key"], f"{row['default']:g}", row["prior"], row["unit"], " ".join(row["evidence"]), row["why"])
        for row in rows(entries)), whole=True)


def explained(item: str) -> list[str]:
    """Lines about an entry of the ledger and what it feeds, or about a name of the model and what it rests on."""
    from sim.model import lookup

    found = lookup.find(item)
    if found.piece is not None:
        return [*_piece(found.piece), *_feeds(found.feeds)]
    return [found.headline, *wrapped(found.says, "    "),
            *(f"    {name}{'' if name == 'must be' else ':'} {value}" for name, value in found.facts),
            "rests on:" if found.rests_on else "names no evidence",
            *(f"    {line}" for piece in found.rests_on for line in _piece(piece))]


def _piece(piece: Piece) -> Iterator[str]:
    """A piece of evidence with where it stands and how well it is known."""
    yield from wrapped(f"{piece.id}: {piece.says}", rest="    ")
    for detail in piece.details:
        yield from wrapped(detail, "    ")
    yield from (f"    {url}" for url in piece.urls)


def _feeds(uses: Sequence[Use]) -> Iterator[str]:
    yield "feeds:" if uses else "feeds nothing"
    width = max((len(use.key) for use in uses), default=0)
    yield from (f"    {use.kind:<16}{use.key:<{width}}  {use.meaning}" for use in uses)
