"""Looking things up: every name of model and ledger, what it rests on and feeds, the table, and priors as curves."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.parameters import ASSUMPTION
from sim.errors import BrinkError
from sim.model import evidence, lookup, registry
from sim.model.ranges import reach
from sim.validation import published
from sim.words import shared_out


def test_everything_that_has_a_name_can_be_looked_up():
    known = lookup.kinds()
    assert set(known) == {*registry.catalogue(), *registry.fields(), *registry.events(), *evidence.load().ids}
    for key, kind in known.items():
        item = lookup.find(key)
        assert (item.key, item.kind) == (key, kind)
        assert item.says


def test_from_a_number_to_its_evidence_and_back():
    for key, entry in registry.catalogue().items():
        rests = lookup.find(key).rests_on
        assert tuple(piece.id for piece in rests) == entry.declaration.evidence
        for piece in rests:
            if piece.id != ASSUMPTION:
                assert key in {use.key for use in lookup.find(piece.id).feeds}


def test_a_claim_says_where_it_stands_what_its_status_means_and_that_it_is_disputed():
    details = lookup.piece("L036").details
    assert details[0].endswith("paragraph 26")
    assert details[1] == "status: happened, between day 0 and 11 February 2026"
    assert details[2].startswith("disputed (X1): ")


def test_a_document_holds_its_claims():
    held = {use.key for use in lookup.find("002").feeds}
    assert held == {id for id, claim in evidence.load().claims.items() if any(at.document == "002" for at in claim.at)}


@pytest.mark.parametrize(("ids", "kinds"), [
    ((), ()), (("assumption",), ("assumption",)), (("fig-missile-trigger", "L081"), ("claim", "assumption")),
    (("fig-missile-stock", "bas-coe-2016"), ("figure", "work")),
])
def test_a_figure_that_was_assumed_supports_no_more_than_an_assumption(ids, kinds):
    assert lookup.support(ids) == kinds


def test_the_table_can_be_searched():
    assert len(lookup.search(kind="parameter")) == len(registry.catalogue())
    assert [row["key"] for row in lookup.search("missile_trigger", kind="parameter")] == ["israel.missile_trigger"]
    assert {row["who"] for row in lookup.search(who="oil")} == {"oil"}
    assert all("work" in row["rests on"] for row in lookup.search(rests_on="work"))
    assert lookup.search("no such thing at all") == []


def test_an_unknown_name_is_told_the_nearest():
    with pytest.raises(BrinkError, match=r"did you mean 'iran\.access'"):
        lookup.find("iran.acess")


def test_each_prior_is_a_curve_over_its_range_with_its_peak_at_one():
    for key in registry.catalogue():
        curve = lookup.density(key, 61)
        span = reach(key)
        assert np.all(np.diff(curve["value"]) > 0)
        assert np.isclose(curve["value"][[0, -1]], [span.low, span.high], rtol=1e-6).all()
        assert np.isfinite(curve["density"]).all() and curve["density"].max() == pytest.approx(1)


@pytest.mark.parametrize(("counts", "whole", "shares"), [
    ((1, 1, 1), 100, [34, 33, 33]), ((0, 5), 10, [0, 10]), ((999, 1), 100, [100, 0]), ((0, 0), 100, [0, 0]),
])
def test_shares_add_up(counts, whole, shares):
    assert shared_out(counts, whole) == shares


@pytest.mark.parametrize("study", published.STUDIES)
def test_published_results_are_there(study):
    assert published.read(study)


def test_what_was_not_published_is_said_with_what_to_do(monkeypatch, tmp_path):
    published.read.cache_clear()
    monkeypatch.setattr(published, "PLACES", (tmp_path,))
    with pytest.raises(BrinkError, match="make them with brink validate"):
        published.read("validation")
    (tmp_path / "validation.json").write_text("{")
    with pytest.raises(BrinkError, match="is not whole"):
        published.read("validation")
    with pytest.raises(BrinkError, match="did you mean 'hindcast'"):
        published.read("hindcasts")
    published.read.cache_clear()
