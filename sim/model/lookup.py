"""Looking things up: any name of the model or of the evidence ledger, what it is, what it rests on and what it feeds.

    item = find("israel.missile_trigger")
    item.facts        # default, prior, bounds
    item.rests_on     # the claims, figures and works behind it, in full
    find("L101").feeds
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from sim.engine import Array, Field, Parameter
from sim.engine.parameters import ASSUMPTION
from sim.errors import BrinkError, nearest
from sim.model import evidence, outcomes, registry
from sim.model.evidence import STATUSES, Claim, Conflict, Document, Entry, HindcastTarget, Reference
from sim.model.ranges import reach
from sim.model.registry import Declared

SUPPORTS = ("claim", "figure", "work", ASSUMPTION)
"""What a value can rest on, from what a source says to a judgement of the authors."""

COLUMNS = ("key", "kind", "who", "value", "unit", "prior", "rests on", "evidence", "meaning")
"""What `rows` say of each name."""

Facts = tuple[tuple[str, str], ...]


class Use(NamedTuple):
    """One element of the model, or of its tests against the past, that names a piece of evidence."""

    kind: str
    key: str
    meaning: str


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


def elements() -> Iterator[tuple[Use, tuple[str, ...]]]:
    """Everything that names evidence, with the ids it names."""
    for kind, entries in registry.kinds().items():
        for key, entry in entries.items():
            yield Use(kind, key, entry.declaration.meaning), entry.declaration.evidence
    for outcome in outcomes.OUTCOMES:
        yield Use("outcome", outcome.id, outcome.says), outcome.evidence
    for id, target in evidence.load().hindcast.items():
        yield Use("hindcast target", id, target.says), target.claims + target.references


@lru_cache
def index() -> Mapping[str, Sequence[Use]]:
    """What each id feeds: the index between the ledger and the model."""
    found: defaultdict[str, list[Use]] = defaultdict(list)
    for use, ids in elements():
        for id in ids:
            found[id].append(use)
    return found


def feeds(id: str) -> tuple[Use, ...]:
    """What a claim, conflict or reference feeds."""
    return tuple(index().get(id, ()))


@lru_cache
def kinds() -> Mapping[str, str]:
    """What kind of thing each name is, for all names: model first, then ledger."""
    ledger = evidence.load()
    return {**{key: kind for kind, keys in registry.kinds().items() for key in keys},
            **{id: kind_of(id) for section in (ledger.claims, ledger.references, ledger.documents, ledger.conflicts,
                                               ledger.hindcast) for id in section}}


def kind_of(id: str) -> str:
    """What a piece of evidence is: claim, figure, work, document, conflict, hindcast target or assumption."""
    if id == ASSUMPTION:
        return ASSUMPTION
    entry = evidence.load().find(id)
    if isinstance(entry, Reference):
        return "figure" if entry.provenance else "work"
    return {Claim: "claim", Document: "document", Conflict: "conflict", HindcastTarget: "hindcast target"}[type(entry)]


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
    return _declared(kind, registry.kinds()[kind][key]) if kind in registry.kinds() else _evidence(key)


def piece(id: str) -> Piece:
    """A piece of evidence in full; of the word "assumption", what that means."""
    if id == ASSUMPTION:
        return Piece(id, id, "a judgement of the authors, which nothing else supports")
    entry = evidence.load().find(id)
    description = entry.title if isinstance(entry, Document) else entry.says
    urls: tuple[str, ...] = ()
    if isinstance(entry, Reference):
        description, urls = entry.says or entry.cite, entry.url
    return Piece(id, kind_of(id), description, tuple(_details(entry)), urls)


def _details(entry: Entry) -> Iterator[str]:
    ledger = evidence.load()
    match entry:
        case Claim():
            yield ledger.where(entry)
            yield f"status: {entry.status}, {STATUSES[entry.status]}"
            for conflict in ledger.disputes(entry):
                yield f"disputed ({conflict.id}): {conflict.says} Resolved: {conflict.resolution}"
            if entry.context:
                yield f"no part of the model needs it: {entry.context}"
        case Reference():
            if entry.says and entry.cite:
                yield entry.cite
            yield f"{f'from {entry.provenance}, ' if entry.provenance else ''}{'' if entry.checked else 'not '}checked"
        case Conflict():
            yield f"resolved: {entry.resolution}"
        case Document():
            yield f"{entry.outlet}, {entry.date.day} {entry.date:%B %Y}, {entry.paragraphs} paragraphs"
            yield f"line of reporting: {entry.independent_line}"
        case HindcastTarget():
            yes_or_no = {True: "yes", False: "no"}
            observed = yes_or_no[entry.observed] if isinstance(entry.observed, bool) else f"{entry.observed:g}"
            yield f"observed by day {entry.day}: {observed}"
            if entry.base_rate is not None:
                yield f"base rates give this {100 * entry.base_rate:.0f} %{f': {entry.base}' if entry.base else ''}"
    yield from filter(None, [getattr(entry, "note", "")])


def _evidence(id: str) -> Item:
    """A piece of the ledger, with what it feeds and, of a target or conflict, what it rests on."""
    ledger, one = evidence.load(), piece(id)
    entry, uses = ledger.find(id), feeds(id)
    if isinstance(entry, Document):
        uses = tuple(Use("claim", claim.id, claim.says) for claim in ledger.claims.values()
                     if any(place.document == id for place in claim.at))
    ids = (entry.claims if isinstance(entry, Conflict) else
           entry.claims + entry.references if isinstance(entry, HindcastTarget) else ())
    return Item(id, one.kind, id, one.says, rests_on=tuple(map(piece, ids)), feeds=uses, piece=one)


def _declared(kind: str, entry: Declared[Any]) -> Item:
    """Something that the model declares, with what it rests on."""
    key, one, (value, unit, prior) = entry.key, entry.declaration, _value(entry)
    headline = f"{key}, an event"
    facts: Facts = ()
    if isinstance(one, Parameter):
        headline = f"{key} = {value} {unit}"
        facts = ("prior", prior), ("must be", registry.bounds(one.low, one.high))
    elif isinstance(one, Field):
        headline = f"{key} starts at {value} {unit}".rstrip()
    elif one.clocked:
        facts = (("base rate", f"{entry.owner.key}.{one.rate}"),)
    return Item(key, kind, headline, one.meaning, facts, tuple(map(piece, one.evidence)))


def _value(entry: Declared[Any]) -> tuple[str, str, str]:
    """Value, unit and prior of something that the model declares, "" for what it does not have."""
    one = entry.declaration
    if isinstance(one, Parameter):
        return f"{one.default:g}", one.unit, str(one.prior)
    if isinstance(one, Field):
        return f"{entry.owner.key}.{one.start}" if isinstance(one.start, str) else str(one.start), one.unit, ""
    return f"base rate {entry.owner.key}.{one.rate}" if one.clocked else "", "", ""


def rows() -> list[dict[str, Any]]:
    """Rows of plain values, one for each name but those of conflicts and targets, with `COLUMNS`."""
    ledger = evidence.load()
    declared = [(entry.key, kind, entry.owner.key, *_value(entry), ", ".join(support(entry.declaration.evidence)),
                 ", ".join(entry.declaration.evidence), entry.declaration.meaning)
                for kind, entries in registry.kinds().items() for entry in entries.values()]
    pieces = [(one.id, one.kind, "", "", "", "", ASSUMPTION if support((one.id,)) == (ASSUMPTION,) else "", "", one.says)
              for section in (ledger.claims, ledger.references, ledger.documents) for one in map(piece, section)]
    return [dict(zip(COLUMNS, row, strict=True)) for row in (*declared, *pieces)]


def search(text: str = "", kind: str = "", who: str = "", rests_on: str = "") -> list[dict[str, Any]]:
    """The rows that hold a text anywhere, and are of a kind, an actor or arena, and a kind of support; "" for any."""
    wanted = text.strip().lower()
    return [row for row in rows() if kind in ("", row["kind"]) and who in ("", row["who"])
            and (not rests_on or rests_on in row["rests on"].split(", "))
            and wanted in " ".join(map(str, row.values())).lower()]


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
