"""From a piece of evidence to all that it feeds, and back: the index between the ledger and the model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from sim.engine.parameters import ASSUMPTION
from sim.model import evidence, outcomes, registry


class Use(NamedTuple):
    """One element of the model, or of its tests against the past, that names a piece of evidence."""

    kind: str
    key: str
    meaning: str


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
def index() -> Mapping[str, tuple[Use, ...]]:
    """What each id feeds."""
    found: defaultdict[str, list[Use]] = defaultdict(list)
    for use, ids in elements():
        for id in ids:
            found[id].append(use)
    return {id: tuple(uses) for id, uses in found.items()}


def feeds(id: str) -> tuple[Use, ...]:
    """What a claim, conflict or reference feeds."""
    return index().get(id, ())


def orphans() -> list[str]:
    """Claims that feed nothing and give no reason why not."""
    return [id for id, claim in evidence.load().claims.items() if not claim.context and not feeds(id)]


def unknown() -> list[tuple[str, str]]:
    """(element, id) for every id that is named as evidence and is not in the ledger."""
    known = evidence.load().ids | {ASSUMPTION}
    return [(use.key, id) for use, ids in elements() for id in ids if id not in known]


def unsupported() -> list[str]:
    """Parameters that name neither evidence nor the word assumption."""
    return [key for key, entry in registry.catalogue().items() if not any(entry.declaration.evidence)]
