"""Given that: some worlds of a run beside all of them."""

import numpy as np
import pytest

import sim
from sim.analysis.pathways.conditional import ENOUGH, NOT, conditions, difference_error, given, happened
from sim.analysis.pathways.event_log import EventLog
from sim.errors import BrinkError


@pytest.fixture(scope="module")
def run():
    return sim.run(worlds=400, days=90, seed=3)


def test_a_share_given_an_event_is_that_of_the_worlds_that_have_it(run):
    here = happened(run, "talks.convene")
    found = given(run, here, ["round_two", "deal"])
    war = run.happened("round_two")
    row = found.table.iloc[0]
    assert found.count == len({*run.events.query("event == 'talks.convene'")["world"]})
    assert (row["all"], row["part"]) == (war.mean(), war[here].mean())
    assert row["difference"] == pytest.approx(war[here].mean() - war.mean())


def test_a_part_that_is_all_differs_by_nothing(run):
    row = given(run, np.ones(400, bool), ["round_two"]).table.iloc[0]
    assert (row["difference"], row["se"]) == (0, 0)
    assert row["part_se"] == row["all_se"] > 0


def test_with_and_without_an_event_make_up_all_worlds(run):
    with_it, without = (happened(run, f"{word}us.set_ultimatum", 60) for word in ("", NOT))
    assert np.array_equal(with_it, ~without)
    assert with_it.sum() == (EventLog.of(run).when("us.set_ultimatum") < 60).sum() < happened(run, "us.set_ultimatum").sum()


def test_the_error_of_a_difference_is_its_spread_over_many_draws():
    rng = np.random.default_rng(5)
    draws = []
    for _ in range(400):
        here = rng.random(500) < 0.3
        came = rng.random(500) < np.where(here, 0.6, 0.2)
        draws.append((came[here].mean() - came.mean(), difference_error(came, here, np.zeros(500, int))))
    differences, errors = np.array(draws).T
    assert errors.mean() == pytest.approx(differences.std(), rel=0.12)


def test_worlds_of_one_set_that_all_agree_count_once():
    rng = np.random.default_rng(5)
    sets = np.repeat(np.arange(50), 20)
    came, here = (rng.random(50) < 0.5)[sets], (rng.random(50) < 0.5)[sets]
    one_each = difference_error(came[::20], here[::20], np.zeros(50, int))
    assert difference_error(came, here, sets) == pytest.approx(one_each)


def test_conditions_part_the_worlds(run):
    found = conditions(run)
    assert found["talks.convene"] == "formal talks begin"
    for event in found:
        assert ENOUGH <= happened(run, event).sum() <= 400 - ENOUGH


@pytest.mark.parametrize(("ask", "says"), [
    (lambda run: happened(run, "talks.convenes"), "talks.convene"),
    (lambda run: given(run, np.arange(400) < 5, ["deal"]), "only 5 of 400 worlds"),
    (lambda run: given(run, np.ones(400, bool), ["war_length"]), "war_length"),
])
def test_what_cannot_be_asked_is_told(run, ask, says):
    with pytest.raises(BrinkError, match=says):
        ask(run)
