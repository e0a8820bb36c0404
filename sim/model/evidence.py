"""The evidence ledger: what the sources say, where they say it, and what the model is held against.

The ledger is data, `scenarios/evidence.yaml`. This module reads it, checks it and finds entries in it. Parameters,
fields and events of the model name its ids as their evidence.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cached_property, lru_cache
from itertools import chain, groupby
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

LEDGER = Path(__file__).parents[2] / "scenarios" / "evidence.yaml"
STATUSES = ("initial", "background", "happened", "scheduled", "position", "belief")
PROVENANCES = ("web", "background", "assumption", "computed")


class Place(NamedTuple):
    """One paragraph of one document; paragraphs count the lines that are not blank, from 1."""

    document: str
    paragraph: int

    def __str__(self) -> str:
        return f"{self.document}¶{self.paragraph}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read a place written like `000¶5`."""
        match = re.fullmatch(r"(\w+)¶(\d+)", text)
        if match is None:
            raise ValueError(f"place {text!r} is not written like '000¶5'")
        return cls(match[1], int(match[2]))


@dataclass(frozen=True)
class Document:
    """A news report. Documents of one independent line never corroborate each other."""

    id: str
    title: str
    outlet: str
    date: datetime.date
    independent_line: str
    paragraphs: int
    note: str = ""


@dataclass(frozen=True)
class Conflict:
    """A point on which the documents disagree, and how the model resolves it."""

    id: str
    says: str
    claims: tuple[str, ...]
    resolution: str


@dataclass(frozen=True)
class Claim:
    """What the documents state, in our words; `context` is the reason why no part of the model needs it."""

    id: str
    says: str
    at: tuple[Place, ...]
    status: str
    context: str = ""


@dataclass(frozen=True)
class Reference:
    """A work of the literature, or a figure (with the provenance it comes from)."""

    id: str
    checked: bool
    cite: str = ""
    says: str = ""
    provenance: str = ""
    url: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A hindcast question that resolves on `day`.

    `base_rate` is the probability that a forecaster who knows only base rates gives to what was observed; None for a
    number, whose forecast to beat is no change, and for a target that is not scored.
    """

    id: str
    says: str
    day: int
    observed: bool | float
    scored: bool
    claims: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    base_rate: float | None = None
    base: str = ""
    note: str = ""


Entry = Document | Conflict | Claim | Reference | Target
E = TypeVar("E", Document, Conflict, Claim, Reference, Target)


@dataclass(frozen=True)
class Ledger:
    """All that the model rests on, by id."""

    documents: Mapping[str, Document]
    conflicts: Mapping[str, Conflict]
    claims: Mapping[str, Claim]
    references: Mapping[str, Reference]
    hindcast: Mapping[str, Target]

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
        return "; ".join(self._cite(id, [place.paragraph for place in places]) for id, places in by_document)

    def disputes(self, claim: Claim) -> list[Conflict]:
        """The conflicts in which a claim stands."""
        return [conflict for conflict in self.conflicts.values() if claim.id in conflict.claims]

    def _cite(self, id: str, paragraphs: list[int]) -> str:
        document = self.documents[id]
        *most, last = map(str, paragraphs)
        numbers = f"paragraphs {', '.join(most)} and {last}" if most else f"paragraph {last}"
        return f"{document.outlet}, {document.date.day} {document.date:%b %Y}, {numbers}"


@lru_cache
def ids() -> frozenset[str]:
    """Every id that the ledger of the model holds, without reading all of it: what makes a class asks for them."""
    return frozenset(re.findall(r'^  "?([\w-]+)"?:', LEDGER.read_text(encoding="utf-8"), re.MULTILINE))


@lru_cache
def load(path: Path | str | None = None) -> Ledger:
    """Read and check a ledger, by default the one that ships with the model."""
    source = LEDGER if path is None else Path(path)
    try:
        ledger = _ledger(_read(source))
        for problem in _problems(ledger):
            raise ValueError(problem)
    except ValueError as error:
        raise ValueError(f"{source.name}: {error}") from None
    return ledger


def _read(source: Path) -> Mapping[str, Any]:
    from ruamel.yaml import YAML  # costly, and only needed here
    from ruamel.yaml.error import MarkedYAMLError

    try:
        raw = YAML(typ="safe", pure=True).load(source.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ValueError(line + re.split(r"\n| with value", str(error.problem))[0]) from None
    names = [field.name for field in fields(Ledger)]
    if not isinstance(raw, Mapping) or sorted(raw) != sorted(names):
        raise ValueError(f"the sections are {', '.join(raw or ['none'])}; expected {', '.join(names)}")
    return raw


def _ledger(raw: Mapping[str, Any]) -> Ledger:
    return Ledger(
        documents=_section(Document, raw["documents"]),
        conflicts=_section(Conflict, raw["conflicts"]),
        claims=_section(Claim, raw["claims"]),
        references=_section(Reference, raw["references"]),
        hindcast=_section(Target, raw["hindcast"]),
    )


def _section(kind: type[E], raw: Mapping[str, Mapping[str, Any]]) -> dict[str, E]:
    return {id: _entry(kind, id, content) for id, content in raw.items()}


def _entry(kind: type[E], id: str, content: Mapping[str, Any]) -> E:
    """Build one entry; a misspelt or missing key names itself."""
    try:
        return kind(id=id, **dict(_field(key, value) for key, value in content.items()))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{id}: {str(error).removeprefix(f'{kind.__name__}.__init__() ')}") from None


def _field(key: str, value: Any) -> tuple[str, Any]:
    """Turn a key and value of the file into those of the dataclass."""
    if key == "at":
        return key, tuple(map(Place.parse, value))
    if key == "url" and isinstance(value, str):
        return key, (value,)
    if key == "from":
        return "provenance", value
    return key, tuple(value) if isinstance(value, list) else value


def _problems(ledger: Ledger) -> Iterator[str]:
    """Say what is wrong with a ledger, one line each."""
    counts = Counter(chain.from_iterable(ledger.sections))
    yield from (f"{id}: the id is used twice" for id, count in counts.items() if count > 1)
    for claim in ledger.claims.values():
        yield from _claim_problems(claim, ledger)
    for reference in ledger.references.values():
        if reference.provenance and reference.provenance not in PROVENANCES:
            yield f"{reference.id}: from {reference.provenance!r} is none of {', '.join(PROVENANCES)}"
    for conflict in ledger.conflicts.values():
        yield from _unknown(conflict.id, conflict.claims, ledger.claims)
    for target in ledger.hindcast.values():
        yield from _target_problems(target, ledger)


def _claim_problems(claim: Claim, ledger: Ledger) -> Iterator[str]:
    if claim.status not in STATUSES:
        yield f"{claim.id}: status {claim.status!r} is none of {', '.join(STATUSES)}"
    if not claim.at:
        yield f"{claim.id}: no place in the documents"
    for place in claim.at:
        document = ledger.documents.get(place.document)
        if document is None:
            yield f"{claim.id}: {place} is in no known document"
        elif not 1 <= place.paragraph <= document.paragraphs:
            yield f"{claim.id}: {place} is not among the {document.paragraphs} paragraphs of {document.id}"


def _target_problems(target: Target, ledger: Ledger) -> Iterator[str]:
    yield from _unknown(target.id, target.claims, ledger.claims)
    yield from _unknown(target.id, target.references, ledger.references)
    if not target.claims + target.references:
        yield f"{target.id}: neither claim nor reference supports what was observed"
    if target.scored and target.base != "no change" and not 0 < (target.base_rate or 0) < 1:
        yield f"{target.id}: a scored target needs a base_rate between 0 and 1, or base: no change"


def _unknown(id: str, named: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    yield from (f"{id}: {name!r} is not in the ledger" for name in named if name not in set(known))
