"""From evidence to the model and back: nothing hangs in the air."""

from sim.engine.parameters import ASSUMPTION
from sim.model import evidence, lookup, registry


def test_no_claim_is_orphaned() -> None:
    claims = evidence.load().claims
    assert [id for id, claim in claims.items() if not claim.context and not lookup.feeds(id)] == []


def test_no_element_names_evidence_that_is_not_there() -> None:
    known = evidence.load().ids | {ASSUMPTION}
    assert [(use.key, id) for use, ids in lookup.elements() for id in ids if id not in known] == []


def test_no_parameter_is_without_provenance() -> None:
    assert [key for key, entry in registry.catalogue().items() if not any(entry.declaration.evidence)] == []


def test_mere_context_feeds_nothing() -> None:
    for id, claim in evidence.load().claims.items():
        assert not (claim.context and lookup.feeds(id)), id


def test_the_index_leads_from_a_claim_to_its_parameters() -> None:
    trigger = lookup.feeds("L081")
    assert ("parameter", "israel.missile_trigger") in [(use.kind, use.key) for use in trigger]
    assert all(use.meaning for use in trigger)


def test_parameters_and_index_agree() -> None:
    for key, entry in registry.catalogue().items():
        for id in entry.declaration.evidence:
            assert key in [use.key for use in lookup.feeds(id)]


def test_what_nobody_names_feeds_nothing() -> None:
    assert lookup.feeds("no such id") == ()
