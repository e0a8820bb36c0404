"""The evidence ledger: what the sources say, where they say it, and what the model is tested against.

The ledger is data, `scenarios/evidence.yaml`. This module reads it, checks it and finds entries in it. Parameters,
fields and events of the model name its ids as their evidence.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property, lru_cache
from itertools import chain, groupby
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self, TypeVar

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from sim.errors import BrinkError
from sim.model.ledger import LEDGER
from sim.model.strict_yaml import Schema, Text, dated, each, must, names, read, refuse, whole

STATUSES = {
    "initial": "holds on day 0", "background": "was so before day 0", "happened": "between day 0 and 11 February 2026",
    "scheduled": "expected when it was written", "position": "a standing aim or red line",
    "belief": "what a source thinks leads to what: for the model to test, not to build in"}
"""What the status of a claim means."""

PROVENANCES = ("web", "background", "assumption", "computed")
STATUS = must(STATUSES.__contains__, f"{{parent}}: status {{value}} is none of {', '.join(STATUSES)}")
FROM = must(PROVENANCES.__contains__, f"{{parent}}: from {{value}} is none of {', '.join(PROVENANCES)}")


class Place(NamedTuple):
    """One paragraph of one document; paragraphs count the lines that are not blank, from 1."""

    document: str
    paragraph: int

    def __str__(self) -> str:
        return f"{self.document}¶{self.paragraph}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read a place written like `000¶5`."""
        match = re.fullmatch(r"(\w+)¶(\d+)", str(text))
        if match is None:
            raise BrinkError(f"{{parent}}: place {text!r} is not written like '000¶5'")
        return cls(match[1], int(match[2]))


def _exact(value: bool | float) -> bool | float:
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Document(Schema):
    """A news report. Documents of one independent line never corroborate each other."""

    id: str
    title: Text
    outlet: Text
    date: Annotated[datetime.date, PlainValidator(dated)]
    independent_line: Text
    paragraphs: Annotated[int, whole(1, 1000)]
    note: Text = ""


class Conflict(Schema):
    """A point on which the documents disagree, and how the model resolves it."""

    id: str
    says: Text
    claims: tuple[str, ...]
    resolution: Text


class Claim(Schema):
    """What the documents state, in our words; `context` is the reason why no part of the model needs it."""

    id: str
    says: Text
    at: tuple[Annotated[Place, PlainValidator(Place.parse)], ...]
    status: Annotated[Text, STATUS]
    context: Text = ""


class Reference(Schema):
    """A work of the literature, or a figure (with the provenance it comes from)."""

    id: str
    checked: bool
    cite: Text = ""
    says: Text = ""
    provenance: Annotated[Text, FROM] = Field("", alias="from")
    url: Annotated[tuple[str, ...], PlainValidator(names)] = ()


class HindcastTarget(Schema):
    """A hindcast question that resolves on `day`.

    `base_rate` is the probability that a forecaster who knows only base rates gives to what was observed; None for a
    number, whose forecast to beat is no change, and for a target that is not scored.
    """

    id: str
    says: Text
    day: Annotated[int, whole(0, 3650)]
    observed: Annotated[bool | float, AfterValidator(_exact)]
    scored: bool
    claims: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    base_rate: float | None = None
    base: Text = ""
    note: Text = ""


Entry = Document | Conflict | Claim | Reference | HindcastTarget
E = TypeVar("E", Document, Conflict, Claim, Reference, HindcastTarget)


def _section(kind: type[E]) -> PlainValidator:
    """What reads the entries of one kind, each of which gets its id from its key."""
    def entry(id: str, content: Any) -> E:
        return kind.of({"id": id, **content} if isinstance(content, dict) else content)

    return PlainValidator(lambda content: each(content, entry))


class Ledger(Schema):
    """All that the model rests on, by id."""

    documents: Annotated[dict[str, Document], _section(Document)]
    conflicts: Annotated[dict[str, Conflict], _section(Conflict)]
    claims: Annotated[dict[str, Claim], _section(Claim)]
    references: Annotated[dict[str, Reference], _section(Reference)]
    hindcast: Annotated[dict[str, HindcastTarget], _section(HindcastTarget)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        ids = {id: section for section in type(self).model_fields for id in getattr(self, section)}
        refuse(((ids[id], id), f"{id}: {says}") for id, says in _problems(self))
        return self

    @property
    def sections(self) -> tuple[Mapping[str, Entry], ...]:
        """The five sections, in the order of the file."""
        return self.documents, self.conflicts, self.claims, self.references, self.hindcast

    @cached_property
    def ids(self) -> frozenset[str]:
        """Every id that can be named as evidence."""
        return frozenset(chain.from_iterable(self.sections))

    def find(self, id: str) -> Entry:
        """Return the entry of that id; an unknown id raises LookupError with the nearest one."""
        for section in self.sections:
            if id in section:
                return section[id]
        nearest = get_close_matches(id, sorted(self.ids), n=1, cutoff=0)
        raise LookupError(f"no evidence has the id {id!r}; the nearest is {nearest[0]!r}")

    def where(self, claim: Claim) -> str:
        """Say where a claim stands, like 'Axios, 29 Dec 2025, paragraphs 5 and 7'."""
        by_document = groupby(claim.at, key=lambda place: place.document)
        return "; ".join(self._cite(id, [str(place.paragraph) for place in places]) for id, places in by_document)

    def disputes(self, claim: Claim) -> list[Conflict]:
        """The conflicts in which a claim stands."""
        return [conflict for conflict in self.conflicts.values() if claim.id in conflict.claims]

    def _cite(self, id: str, paragraphs: list[str]) -> str:
        document, (*most, last) = self.documents[id], paragraphs
        numbers = f"paragraphs {', '.join(most)} and {last}" if most else f"paragraph {last}"
        return f"{document.outlet}, {document.date.day} {document.date:%b %Y}, {numbers}"


@lru_cache
def load(path: Path | str | None = None) -> Ledger:
    """Read and check a ledger, by default the one that ships with the model. Raises BrinkError with one line per mistake."""
    return read(LEDGER if path is None else Path(path), Ledger.of)


def _problems(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """What is wrong with a ledger: ids, and each time what it is."""
    counts = Counter(chain.from_iterable(ledger.sections))
    yield from ((id, "the id is used twice") for id, count in counts.items() if count > 1)
    for claim in ledger.claims.values():
        yield from _misplaced(claim, ledger.documents)
    for conflict in ledger.conflicts.values():
        yield from _unknown(conflict, conflict.claims, ledger.claims)
    for target in ledger.hindcast.values():
        yield from _unknown(target, target.claims, ledger.claims)
        yield from _unknown(target, target.references, ledger.references)
        if not target.claims + target.references:
            yield target.id, "neither claim nor reference supports what was observed"
        if target.scored and target.base != "no change" and not 0 < (target.base_rate or 0) < 1:
            yield target.id, "a scored target needs a base_rate between 0 and 1, or base: no change"


def _misplaced(claim: Claim, documents: Mapping[str, Document]) -> Iterator[tuple[str, str]]:
    if not claim.at:
        yield claim.id, "no place in the documents"
    for place in claim.at:
        document = documents.get(place.document)
        if document is None:
            yield claim.id, f"{place} is in no known document"
        elif not 1 <= place.paragraph <= document.paragraphs:
            yield claim.id, f"{place} is not among the {document.paragraphs} paragraphs of {document.id}"


def _unknown(entry: Entry, named: Iterable[str], known: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    yield from ((entry.id, f"{name!r} is not in the ledger") for name in named if name not in known)
