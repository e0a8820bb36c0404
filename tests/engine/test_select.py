"""Select, and what is made of it: reordering, dropping and forking worlds."""

from __future__ import annotations

import numpy as np
import pytest
from arms_race import ArmsRace
from engine_helpers import assert_same, everything, fields, live, watched
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import RandomStreams

N, DAYS = 64, 40


def model(values=None, n=N, days=DAYS):
    """The arms race after some weeks, with one parameter a number and one an array."""
    values = {"north.attack_rate": 0.3, "south.by_fear": np.linspace(0.5, 2, n)} | (values or {})
    return live(ArmsRace(np.arange(n), RandomStreams(1), values), days)


@given(st.permutations(range(N)))
def test_a_permutation_and_its_inverse_leave_the_whole_model_as_it_was(order):
    shuffled = model()
    whole, order = everything(shuffled), np.array(order)
    shuffled.select(order)
    assert_same(everything(shuffled), whole, order)
    shuffled.select(np.argsort(order))
    assert_same(everything(shuffled), whole)
    assert_same(everything(live(shuffled, 20)), everything(model(days=DAYS + 20)))


@given(st.lists(st.integers(0, N - 1), min_size=1, max_size=2 * N))
def test_chosen_worlds_go_on_as_they_would_have(worlds):
    chosen = model()
    chosen.select(np.array(worlds))
    assert_same(everything(live(chosen, 20)), everything(model(days=DAYS + 20)), worlds)


def test_a_parameter_may_still_be_set_after_a_select():
    chosen, all_ = model(), model()
    for each in (chosen, all_):
        if each is chosen:
            each.select(np.arange(5, 25))
        each.set("north.mobilise_rate", 0.0)
        live(each, 20)
    assert_same(everything(chosen), everything(all_), np.arange(5, 25))


def test_arrays_stay_contiguous():
    chosen = model()
    chosen.select(np.arange(N)[::-1])
    arrays = [chosen.clocks.left, chosen.clocks.used, chosen.north.depots, chosen.north.arms, chosen.south.by_fear]
    assert all(array.flags.c_contiguous for array in arrays)


def test_the_log_keeps_who_became_whom():
    chosen = model()
    entries = len(chosen.log.entries)
    chosen.select(np.array([7, 7, 3]))
    (day, parents, at), = chosen.log.selects
    assert (day, parents.tolist(), at) == (DAYS, [7, 7, 3], entries)
    later = [worlds for *_, worlds, _ in live(chosen, 30).log.entries[at:]]
    assert max(worlds.max() for worlds in later) <= 2


def test_a_fork_goes_on_from_the_same_state_with_fresh_luck():
    fork = model()
    before, parameters = fields(fork), fork.south.by_fear.copy()
    fork.fork(9, 3000, "what next")
    assert fork.n == 3000
    assert fork.day == DAYS
    for name, values in fields(fork).items():
        assert (values == before[name][..., 9:10]).all(), name
    assert (fork.south.by_fear == parameters[9]).all()
    assert not fork.clocks.used.any()
    assert not fork.north.loss.used.any()
    live(fork, 30)
    assert np.unique(fork.trader.gold).size > 2900


def test_a_fork_has_the_rates_of_the_world_it_came_from():
    fork = watched(model())
    fork.fork(9, 4096, "next")
    happened = np.zeros(fork.n, bool)
    fork.log.entries.clear()
    fork.step()
    for _, event, worlds, _ in fork.log.entries:
        happened[worlds] |= event == fork.event_names.index("trader.trade")
    expected = 1 - np.exp(-fork.clocks.rates[fork.clocks.names.index("trader.trade")].mean())
    assert happened.mean() == pytest.approx(expected, abs=0.03)


def test_forks_under_one_tag_are_paired_and_under_two_are_not():
    def forked(tag, values=None):
        fork = model(values)
        fork.fork(0, 500, tag)
        return everything(live(fork, 30))
    one, same, changed, other = forked("a"), forked("a"), forked("a", {"border.end_rate": 0.9}), forked("b")
    assert_same(one, same)
    assert one["trader.gold"].tobytes() == changed["trader.gold"].tobytes()
    assert (one["border.wars"] != changed["border.wars"]).any()
    assert not (one["trader.gold"] == other["trader.gold"]).any()


def test_more_futures_change_none_that_were_there():
    def forked(futures):
        fork = model()
        fork.fork(3, futures, "a")
        return everything(live(fork, 15))
    assert_same(forked(700), forked(2500), slice(700))


def test_a_fork_can_be_forked_and_its_numbers_are_its_own():
    fork = model()
    fork.fork(3, 40, "a")
    live(fork, 5).fork(39, 20, "b")
    assert fork.numbers.tolist() == list(range(20))
    assert live(fork, 5).n == 20
