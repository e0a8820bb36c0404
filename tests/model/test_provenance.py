"""From evidence to the model and back: nothing hangs in the air."""

from sim.model import evidence, provenance, registry


def test_no_claim_is_orphaned() -> None:
    assert provenance.orphans() == []


def test_no_element_names_evidence_that_is_not_there() -> None:
    assert provenance.unknown() == []


def test_no_parameter_is_without_provenance() -> None:
    assert provenance.unsupported() == []


def test_mere_context_feeds_nothing() -> None:
    for id, claim in evidence.load().claims.items():
        assert not (claim.context and provenance.feeds(id)), id


def test_the_index_leads_from_a_claim_to_its_parameters() -> None:
    trigger = provenance.feeds("L081")
    assert ("parameter", "israel.missile_trigger") in [(use.kind, use.key) for use in trigger]
    assert all(use.meaning for use in trigger)


def test_parameters_and_index_agree() -> None:
    for key, entry in registry.catalogue().items():
        for id in entry.declaration.evidence:
            assert key in [use.key for use in provenance.feeds(id)]


def test_what_nobody_names_feeds_nothing() -> None:
    assert provenance.feeds("no such id") == ()
