"""Luck depends on (seed, name, luck number, k) and on nothing else."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from arms_race import ArmsRace, Trader
from engine_helpers import assert_same, ensemble_of, everything, live, model_of
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.engine import RandomStreams, State, normals, uniforms
from sim.engine.philox import TILE, Philox
from sim.engine.streams import AHEAD, CONTRACT, check_contract, period
from sim.errors import BrinkError

DAYS, MANY = 60, 2048


def lived(numbers, seed=1, **more):
    """The model on these luck numbers, after DAYS."""
    numbers = np.asarray(numbers)
    return live(ArmsRace(numbers, RandomStreams(seed), **more), DAYS)


@pytest.fixture(scope="module")
def block():
    return everything(lived(np.arange(MANY)))


@pytest.mark.parametrize("numbers", [
    np.arange(1), np.arange(1700, 1701), np.arange(333), np.arange(700), np.arange(MANY)[::-1],
    np.repeat([5, 2047, 5], 40), np.arange(3, MANY, 7)], ids=len)
def test_a_world_is_the_same_in_any_company(block, numbers):
    assert_same(everything(lived(numbers)), block, numbers)


@given(st.lists(st.integers(0, MANY - 1), min_size=1, max_size=40))
def test_any_worlds_in_any_order_are_the_same(block, numbers):
    assert_same(everything(lived(numbers)), block, np.array(numbers))


def test_four_stretches_side_by_side_equal_each_alone(block):
    together = everything(lived(np.arange(4 * MANY)))
    for i in range(4):
        alone = everything(lived(np.arange(i * MANY, (i + 1) * MANY)))
        assert_same(alone, together, slice(i * MANY, (i + 1) * MANY))
    assert_same(block, together, slice(MANY))


def test_shared_luck_serves_many_models_and_numbers_may_be_large():
    luck = RandomStreams(1)
    numbers = np.array([6 * MANY + 3, MANY, 2**31 - 1])
    first, second = (everything(live(ArmsRace(numbers, luck), DAYS)) for _ in range(2))
    assert_same(first, second)
    assert_same(first, everything(lived(numbers)))


@pytest.mark.parametrize(("counter", "key", "word"), [
    ((0, 0, 0, 0), 0, 0x6627e8d5), ((2**32 - 1,) * 4, 2**64 - 1, 0x408f276d),
    ((0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344), 0x299f31d0a4093822, 0xd16cfe09)])
def test_the_generator_gives_its_known_answers(counter, key, word):
    words = np.array(counter, np.uint64)
    assert Philox(key).words((), *words).item() == word
    assert Philox(key).words((3,), *np.stack([words] * 3, axis=1)).tolist() == [word] * 3


@pytest.mark.parametrize("seed", [-1, 2**64, 10**5000, 1.0, True, "1", None], ids=lambda seed: f"{type(seed).__name__}")
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(BrinkError, match=r"^seed: .+ must be a whole number from 0 to 18446744073709551615$"):
        RandomStreams(seed)


def test_what_was_drawn_in_another_way_is_refused_in_a_line():
    for ours in (CONTRACT, {**CONTRACT, "tag": "of a fork"}):
        check_contract("r1", ours)
    for other in ({"generator": "SFC64", "block": 2048}, {**CONTRACT, "key": "another"}, {}, None, 5):
        with pytest.raises(BrinkError, match=r"^r1: its luck was drawn in another way [^\n]* results can still be read$"):
            check_contract("r1", other)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (7, 1), (7, 5), (3, TILE), (2, TILE + 9), (TILE // 8 + 1, 8)])
def test_draws_that_share_words_of_their_counters_are_those_of_each_alone(shape):
    """Whatever of a counter is one number for all, and however many are made at once."""
    luck, rng = RandomStreams(2**64 - 3, "fork"), np.random.default_rng(1)
    streams = np.array([luck.stream(f"s{i}", "exponential") for i in range(shape[0])])[:, None]
    for k in (4, np.arange(shape[0])[:, None], rng.integers(0, 2**32, shape)):
        for numbers in (np.arange(shape[1]), rng.integers(0, 2**32, shape)):
            made = luck.draws(streams, k, numbers)
            assert made.shape == shape
            for i, j in rng.integers(0, shape, (5, 2)):
                one = luck.draws(int(streams[i, 0]), np.broadcast_to(k, shape)[i, j], np.broadcast_to(numbers, shape)[i, [j]])
                assert one.tolist() == [made[i, j]]


@pytest.mark.parametrize("number", [-1, 2**32])
def test_a_luck_number_that_is_none_is_refused(number):
    with pytest.raises(ValueError, match="luck numbers are whole numbers"):
        ArmsRace(np.array([3, number]), RandomStreams(1))


@given(attack=st.floats(0, 1), fear=st.floats(0, 5), decisiveness=st.floats(0, 2))
def test_an_array_of_one_parameter_value_equals_the_number(attack, fear, decisiveness):
    values = {"north.attack_rate": attack, "south.by_fear": fear, "south.decisiveness": decisiveness}
    spread = {name: np.full(64, value) for name, value in values.items()}
    one, many = (everything(lived(np.arange(64), values=given)) for given in (values, spread))
    assert_same(one, many)


def test_many_parameter_sets_side_by_side_equal_each_alone():
    numbers, rates = np.tile(np.arange(50), 4), np.repeat([0.0, 0.01, 0.2, 0.7], 50)
    together = everything(lived(numbers, values={"north.attack_rate": rates}))
    for i, rate in enumerate((0.0, 0.01, 0.2, 0.7)):
        alone = everything(lived(np.arange(50), values={"north.attack_rate": rate}))
        assert_same(alone, together, slice(50 * i, 50 * i + 50))


def test_other_seeds_numbers_names_and_tags_are_other_luck():
    def draws(luck, name="a", first=0, k=0):
        return luck.draws(luck.stream(name, "normal"), k, np.arange(first, first + MANY))
    rows = [draws(RandomStreams(1)), draws(RandomStreams(2)), draws(RandomStreams(1), first=MANY), draws(RandomStreams(1), k=1),
            draws(RandomStreams(1), "b"), draws(RandomStreams(1, "fork")), draws(RandomStreams(1, "another"))]
    correlations = np.corrcoef(rows) - np.eye(len(rows))
    assert np.abs(correlations).max() < 0.1


@given(st.permutations(range(12)), st.integers(0, 2**40))
def test_draws_do_not_depend_on_the_order_of_asking(order, seed):
    kinds = ("exponential", "normal", "uniform")

    def draws(order):
        luck = RandomStreams(seed)
        return {i: luck.draws(luck.stream(f"s{i % 3}", kinds[i % 3]), i // 3 * 50, np.arange(40)) for i in order}
    asked, sorted_ = draws(order), draws(range(12))
    assert all(asked[i].tobytes() == sorted_[i].tobytes() for i in order)


def test_many_streams_and_many_draws_are_found_again():
    luck = RandomStreams(3)
    streams = np.array([luck.stream(f"stream {i}", "uniform") for i in range(150)])
    k, numbers = np.arange(150) * 7, np.arange(150)
    taken = luck.draws(streams, k, numbers)
    assert [luck.draws(s, i, c) for s, i, c in zip(streams, k, numbers, strict=True)] == taken.tolist()
    assert taken.dtype == np.float32


@pytest.mark.parametrize(("kind", "law", "mean", "sd"), [
    ("exponential", "expon", 1, 1), ("normal", "norm", 0, 1), ("uniform", "uniform", 0.5, 12**-0.5)])
def test_the_three_kinds_have_their_laws(kind, law, mean, sd):
    luck = RandomStreams(1)
    draws = luck.draws(luck.stream(kind, kind), np.arange(16)[:, None], np.arange(2**16)).ravel()
    assert abs(draws.mean() - mean) < 4.5 * sd / np.sqrt(draws.size)
    assert draws.std() == pytest.approx(sd, rel=0.003)
    assert stats.kstest(draws[::5].astype(float), law).pvalue > 0.01
    if kind == "uniform":
        assert draws.min() >= 0
        assert draws.max() < 1


class Dice(State):
    key = "dice"
    dense, sparse = normals("by the calendar"), uniforms("by a counter")
    three = uniforms("by a counter, three at once", slots=3)


def test_dense_noise_goes_by_the_calendar_and_sparse_draws_by_a_counter():
    dice = model_of(Dice, Trader, n=100).dice
    assert (dice.dense.on(3) == dice.dense.on(3)).all()
    assert not (dice.dense.on(3) == dice.dense.on(4)).any()
    some = np.arange(10, 20)
    first, second = dice.sparse(some), dice.sparse(some)
    assert not (first == second).any()
    other = model_of(Dice, Trader, n=10).dice
    np.testing.assert_array_equal(dice.sparse(np.arange(100))[:10], other.sparse(np.arange(10)))
    np.testing.assert_array_equal(dice.sparse.used[8:12], [1, 1, 3, 3])


def test_a_stream_may_give_several_draws_at_once():
    dice = model_of(Dice, Trader, n=50).dice
    some = np.array([3, 40])
    at_once = [dice.three(some), dice.three(some[:1])]
    assert [draws.shape for draws in at_once] == [(3, 2), (3, 1)]
    rows = [dice.three.luck.draws(dice.three.stream, k, some) for k in range(6)]
    np.testing.assert_array_equal(at_once[0], rows[:3])
    np.testing.assert_array_equal(at_once[1], [row[:1] for row in rows[3:]])
    np.testing.assert_array_equal(dice.three.used[some], [6, 3])


@pytest.mark.parametrize("n", [3, 700, AHEAD // 4, AHEAD + 1])
def test_what_is_made_ahead_is_what_is_asked_for(n):
    """By the calendar and by counters, on few worlds and on so many that nothing is made ahead."""
    dice, rng = model_of(Dice, Trader, n=n).dice, np.random.default_rng(1)
    for day in (0, 1, 2, 9, 10, 4, 300):
        np.testing.assert_array_equal(dice.dense.on(day), dice.dense.luck.draws(dice.dense.stream, day, dice.model.numbers))
    for worlds in [np.arange(2), np.arange(n), *(np.sort(rng.choice(n, min(n, 50), replace=False)) for _ in range(20))]:
        k = dice.three.used[worlds] + np.arange(3)[:, None]
        np.testing.assert_array_equal(dice.three(worlds), dice.three.luck.draws(dice.three.stream, k, worlds))
    assert max(dice.dense.stretch.size, dice.three.earliest.size) <= max(AHEAD, n)


@pytest.mark.parametrize(("numbers", "width"), [
    ([], 0), ([3], 1), ([3, 4], 2), ([3, 3], 1), ([1, 2, 1, 2, 1], 2), ([1, 2, 1, 3], 4), ([5, 6, 7, 5], 3), ([1, 1, 2], 3)])
def test_numbers_that_repeat_are_known_by_it_and_give_the_same_draws(numbers, width):
    assert period(np.array(numbers, int)) == width
    if numbers:
        dice = ensemble_of(Dice, Trader)(np.array(numbers), RandomStreams(1)).dice
        np.testing.assert_array_equal(dice.dense.on(3), dice.dense.luck.draws(dice.dense.stream, 3, dice.model.numbers))


def test_worlds_that_are_selected_keep_their_luck_and_a_fork_has_another():
    model = model_of(Dice, Trader, n=100)
    dice, some = model.dice, np.array([4, 70, 4])
    dice.sparse(np.array([4]))
    before = dice.dense.on(3), dice.sparse.luck.draws(dice.sparse.stream, np.array([1, 0, 1]), some)
    model.select(some)
    np.testing.assert_array_equal(dice.dense.on(3), before[0][some])
    np.testing.assert_array_equal(dice.sparse(np.arange(3)), before[1])
    model.fork(0, 5, "another")
    other, first = RandomStreams(1, "another"), np.arange(5)
    np.testing.assert_array_equal(dice.dense.on(3), other.draws(other.stream("dice.dense", "normal"), 3, first))
    np.testing.assert_array_equal(dice.sparse(first), other.draws(other.stream("dice.sparse", "uniform"), 0, first))


def test_two_names_that_collide_are_an_error():
    one, other = "plumless", "buckeroo"
    assert zlib.crc32(one.encode()) == zlib.crc32(other.encode())
    luck = RandomStreams(1)
    luck.stream(one, "normal")
    with pytest.raises(ValueError, match="'buckeroo' collides"):
        luck.stream(other, "normal")
