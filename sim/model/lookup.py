"""Looking things up: any name of the model or of the evidence ledger, what it is, what it rests on and what it feeds.

    item = find("israel.missile_trigger")
    item.facts        # default, prior, bounds
    item.rests_on     # the claims, figures and works behind it, in full
    find("L101").feeds
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine import Array
from sim.engine.parameters import ASSUMPTION
from sim.errors import BrinkError, nearest
from sim.model import evidence, registry
from sim.model.evidence import Claim, Conflict, Document, Reference, Target
from sim.model.provenance import Use, feeds
from sim.model.ranges import reach

if TYPE_CHECKING:
    from sim.engine import Event, Field, Parameter
    from sim.model.registry import Entry

SUPPORTS = ("claim", "figure", "work", ASSUMPTION)
"""What a value can rest on, from what a source says to a judgement of the authors."""

STATUSES = {
    "initial": "holds on day 0", "background": "was so before day 0", "happened": "between day 0 and 11 February 2026",
    "scheduled": "expected when it was written", "position": "a standing aim or red line",
    "belief": "what a source thinks leads to what: for the model to test, not to build in"}
"""What the status of a claim means."""

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Piece:
    """A piece of evidence: `details` say where it stands and how far it is known, `urls` where to read on."""

    id: str
    kind: str
    says: str
    details: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """Something that can be looked up.

    Parameters
    ----------
    key, kind : its name, and what it is ("parameter", "starting value", "event", or a kind of evidence)
    headline, says : what it is in a few words, and its meaning
    facts : names and values, for people
    rests_on : the evidence that it names; empty for a piece of evidence
    feeds : what names it as evidence, or of a document what stands in it
    piece : itself, if it is a piece of evidence
    """

    key: str
    kind: str
    headline: str
    says: str
    facts: Facts = ()
    rests_on: tuple[Piece, ...] = ()
    feeds: tuple[Use, ...] = ()
    piece: Piece | None = None


@lru_cache
def kinds() -> Mapping[str, str]:
    """What kind of thing each name is, for all names: model first, then ledger."""
    ledger = evidence.load()
    model = {"parameter": registry.catalogue(), "starting value": registry.fields(), "event": registry.events()}
    return {**{key: kind for kind, keys in model.items() for key in keys},
            **{id: kind_of(id) for section in (ledger.claims, ledger.references, ledger.documents, ledger.conflicts,
                                               ledger.hindcast) for id in section}}


def kind_of(id: str) -> str:
    """What a piece of evidence is: claim, figure, work, document, conflict, hindcast target or assumption."""
    if id == ASSUMPTION:
        return ASSUMPTION
    entry = evidence.load().find(id)
    if isinstance(entry, Reference):
        return "figure" if entry.provenance else "work"
    return {Claim: "claim", Document: "document", Conflict: "conflict", Target: "hindcast target"}[type(entry)]


def support(ids: Iterable[str]) -> tuple[str, ...]:
    """On what kinds of evidence something rests, as of `SUPPORTS`; a figure that is itself assumed is an assumption."""
    references = evidence.load().references
    found = {ASSUMPTION if id in references and references[id].provenance == ASSUMPTION else kind_of(id) for id in ids}
    return tuple(kind for kind in SUPPORTS if kind in found)


def find(key: str) -> Item:
    """What has this name. An unknown one raises BrinkError with the nearest."""
    kind = kinds().get(key)
    if kind is None:
        raise BrinkError(f"nothing is called {key!r}{nearest(key, kinds()) or '; see brink evidence and brink parameters'}")
    if kind == "parameter":
        return _parameter(registry.catalogue()[key])
    if kind == "starting value":
        return _field(registry.fields()[key])
    return _event(registry.events()[key]) if kind == "event" else _evidence(key)


def piece(id: str) -> Piece:
    """A piece of evidence in full; of the word "assumption", what that means."""
    if id == ASSUMPTION:
        return Piece(id, id, "a judgement of the authors, which nothing else supports")
    entry = evidence.load().find(id)
    if isinstance(entry, Claim):
        return Piece(id, "claim", entry.says, tuple(_claim(entry)))
    if isinstance(entry, Reference):
        return Piece(id, kind_of(id), entry.says or entry.cite, tuple(_reference(entry)), entry.url)
    if isinstance(entry, Document):
        return Piece(id, "document", entry.title, tuple(_document(entry)))
    if isinstance(entry, Conflict):
        return Piece(id, "conflict", entry.says, (f"resolved: {entry.resolution}",))
    return Piece(id, "hindcast target", entry.says, tuple(_target(entry)))


def _claim(claim: Claim) -> Iterator[str]:
    ledger = evidence.load()
    yield ledger.where(claim)
    yield f"status: {claim.status}, {STATUSES[claim.status]}"
    for conflict in ledger.disputes(claim):
        yield f"disputed ({conflict.id}): {conflict.says} Resolved: {conflict.resolution}"
    if claim.context:
        yield f"no part of the model needs it: {claim.context}"


def _reference(reference: Reference) -> Iterator[str]:
    if reference.says and reference.cite:
        yield reference.cite
    yield f"{f'from {reference.provenance}, ' if reference.provenance else ''}{'' if reference.checked else 'not '}checked"


def _document(document: Document) -> Iterator[str]:
    yield f"{document.outlet}, {document.date.day} {document.date:%B %Y}, {document.paragraphs} paragraphs"
    yield f"line of reporting: {document.independent_line}"
    if document.note:
        yield document.note


def _target(target: Target) -> Iterator[str]:
    observed = {True: "yes", False: "no"}.get(target.observed) if isinstance(target.observed, bool) else f"{target.observed:g}"
    yield f"observed by day {target.day}: {observed}"
    if target.base_rate is not None:
        yield f"base rates give this {100 * target.base_rate:.0f} %{f': {target.base}' if target.base else ''}"
    if target.note:
        yield target.note


def _evidence(id: str) -> Item:
    """A piece of the ledger, with what it feeds and, of a target or conflict, what it rests on."""
    one, entry = piece(id), evidence.load().find(id)
    ids = (entry.claims if isinstance(entry, Conflict) else
           entry.claims + entry.references if isinstance(entry, Target) else ())
    uses = tuple(_claims_of(id)) if isinstance(entry, Document) else feeds(id)
    return Item(id, one.kind, id, one.says, rests_on=tuple(map(piece, ids)), feeds=uses, piece=one)


def _claims_of(document: str) -> Iterator[Use]:
    for id, claim in evidence.load().claims.items():
        if any(place.document == document for place in claim.at):
            yield Use("claim", id, claim.says)


def _parameter(entry: Entry[Parameter]) -> Item:
    parameter = entry.declaration
    return Item(entry.key, "parameter", f"{entry.key} = {parameter.default:g} {parameter.unit}", parameter.why,
                (("prior", str(parameter.prior)), ("must be", registry.bounds(parameter.low, parameter.high))),
                tuple(map(piece, parameter.evidence)))


def _field(entry: Entry[Field]) -> Item:
    field = entry.declaration
    start = f"{entry.owner.key}.{field.start}" if isinstance(field.start, str) else field.start
    return Item(entry.key, "starting value", f"{entry.key} starts at {start} {field.unit}".rstrip(), field.meaning,
                rests_on=tuple(map(piece, field.evidence)))


def _event(entry: Entry[Event]) -> Item:
    event = entry.declaration
    return Item(entry.key, "event", f"{entry.key}, an event", event.meaning,
                (("base rate", f"{entry.owner.key}.{event.rate}"),) if event.clocked else (),
                tuple(map(piece, event.evidence)))


def rows() -> list[dict[str, Any]]:
    """A row of plain values for everything that can be looked up: key, kind, who, value, unit, prior, rests on, meaning."""
    return [*map(_parameter_row, registry.catalogue().values()), *map(_field_row, registry.fields().values()),
            *map(_event_row, registry.events().values()), *map(_piece_row, evidence.load().claims),
            *map(_piece_row, evidence.load().references), *map(_piece_row, evidence.load().documents)]


def search(text: str = "", kind: str = "", who: str = "", rests_on: str = "") -> list[dict[str, Any]]:
    """The rows that hold a text anywhere, and are of a kind, an actor or arena, and a kind of support; "" for any."""
    wanted = text.strip().lower()
    return [row for row in rows() if kind in ("", row["kind"]) and who in ("", row["who"])
            and (not rests_on or rests_on in row["rests on"].split(", "))
            and wanted in " ".join(map(str, row.values())).lower()]


def _row(key: str, kind: str, says: str, ids: tuple[str, ...] = (), value: str = "", unit: str = "",
         prior: str = "") -> dict[str, Any]:
    model = kind in ("parameter", "starting value", "event")
    rests = support(ids) if model else (ASSUMPTION,) if support((key,)) == (ASSUMPTION,) else ()
    return {"key": key, "kind": kind, "who": key.partition(".")[0] if model else "", "value": value, "unit": unit,
            "prior": prior, "rests on": ", ".join(rests), "evidence": ", ".join(ids), "meaning": says}


def _parameter_row(entry: Entry[Parameter]) -> dict[str, Any]:
    held = entry.declaration
    return _row(entry.key, "parameter", held.why, held.evidence, f"{held.default:g}", held.unit, str(held.prior))


def _field_row(entry: Entry[Field]) -> dict[str, Any]:
    held = entry.declaration
    start = f"{entry.owner.key}.{held.start}" if isinstance(held.start, str) else str(held.start)
    return _row(entry.key, "starting value", held.meaning, held.evidence, start, held.unit)


def _event_row(entry: Entry[Event]) -> dict[str, Any]:
    held = entry.declaration
    return _row(entry.key, "event", held.meaning, held.evidence,
                f"base rate {entry.owner.key}.{held.rate}" if held.clocked else "")


def _piece_row(id: str) -> dict[str, Any]:
    one = piece(id)
    return _row(id, one.kind, one.says)


def density(key: str, points: int = 161) -> dict[str, Array]:
    """The prior of a parameter as a curve: "value", and "density" on a scale on which the peak is 1, shape (points,) each.

    The values span the range of `sim.model.ranges`. Where it is walked in equal factors, so are the values, and the density is
    per factor. Raises BrinkError for an unknown key.
    """
    span, prior = reach(key), registry.find(key).declaration.prior
    value = (np.geomspace if span.log else np.linspace)(span.low, span.high, points)
    height = prior.distribution.pdf(value) * (value if span.log else 1)
    peak = float(np.max(height, where=np.isfinite(height), initial=0))
    return {"value": value, "density": np.clip(np.nan_to_num(height / peak if peak else height, posinf=1.0), 0, 1)}
