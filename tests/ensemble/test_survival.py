"""The hazard of a first strike: against a known constant hazard, and its parts against the whole."""

from __future__ import annotations

import numpy as np

from sim.ensemble import survival


def geometric(worlds: int, rate: float, horizon: int) -> np.ndarray:
    days = np.random.default_rng(3).geometric(rate, worlds) - 1
    return np.where(days < horizon, days, -1)


def test_a_constant_hazard_is_found_within_its_band() -> None:
    days = geometric(20_000, 0.01, 100)
    table = survival.hazard(days, np.full(days.shape, "somebody"), 100)
    inside = (table["low"] <= 0.01) & (table["high"] >= 0.01)
    assert inside.mean() > 0.75
    np.testing.assert_allclose(table["hazard"].mean(), 0.01, rtol=0.05)


def test_the_labels_add_up_to_the_whole() -> None:
    days = geometric(2_000, 0.02, 60)
    labels = np.where(np.arange(2_000) % 3 == 0, "one", "other")
    table = survival.hazard(days, labels, 60)
    assert set(survival.by_label(table)) == {"one", "other"}
    np.testing.assert_allclose(table["one"] + table["other"], table["hazard"])


def test_nobody_is_at_risk_twice() -> None:
    days = np.array([0, 0, 3, -1, -1])
    table = survival.hazard(days, np.array(["a"] * 5), 5, window=1)
    assert table["at_risk"].tolist() == [5, 3, 3, 3, 2]
    np.testing.assert_allclose(table["hazard"], [2 / 5, 0, 0, 1 / 3, 0])


def test_a_run_that_is_shorter_than_the_window_counts_all_of_it_each_day() -> None:
    table = survival.hazard(np.array([0, 1, -1, -1]), np.array(["a"] * 4), 2)
    np.testing.assert_allclose(table["hazard"], [2 / 7, 2 / 7])
    assert len(table["low"]) == len(table["high"]) == 2


def test_no_event_at_all_is_a_hazard_of_zero() -> None:
    table = survival.hazard(np.full(10, -1), np.full(10, "nobody"), 8)
    assert not table["hazard"].any()
    assert survival.by_label(table) == []
    assert (table["high"] > 0).all(), "that nothing came in a few worlds does not mean that nothing can"


def test_a_band_is_never_of_no_width_and_a_day_without_worlds_at_risk_has_none() -> None:
    table = survival.hazard(np.array([0, 0, 1]), np.full(3, "a"), 12)
    risky = np.convolve(table["at_risk"], np.ones(survival.WEEK))[3:][:12] > 0
    assert (table["low"] < table["high"])[risky].all()
    assert np.isnan(table["hazard"][~risky]).all() and np.isnan(table["low"][~risky]).all()


def test_worlds_of_one_set_go_together_in_bands() -> None:
    """Over many ensembles in which the rate is drawn a set, the bands hold the share of all sets as often as they say."""
    rng, horizon, each, sets = np.random.default_rng(8), 40, 32, 64
    truth = 1 - np.mean((1 - rng.beta(1, 60, 100_000)[:, None]) ** np.arange(horizon + 1), axis=0)
    of_set, held, alone = np.repeat(np.arange(sets), each), [], []
    for _ in range(200):
        days = rng.geometric(np.repeat(rng.beta(1, 60, sets), each)) - 1
        days = np.where(days < horizon, days, -1)
        for found, known in ((held, of_set), (alone, None)):
            band = survival.curve(days, np.full(days.shape, "a"), horizon, known)
            found.append((band["low"] <= truth) & (truth <= band["high"]))
    assert 0.83 < np.mean(held, axis=0)[10:].mean() < 0.96
    assert np.mean(alone, axis=0)[-1] < 0.75, "else this shows nothing"


def test_bands_of_sets_do_not_depend_on_their_order_and_one_set_has_its_own_bands() -> None:
    days, sets = geometric(600, 0.02, 50), np.arange(600) // 2
    labels, mixed = np.full(600, "a"), np.random.default_rng(1).permutation(600)
    for made in (survival.curve, survival.hazard):
        one, other = made(days, labels, 50, sets=sets), made(days[mixed], labels, 50, sets=sets[mixed])
        np.testing.assert_allclose(one["high"], other["high"])
        plain, single = made(days, labels, 50), made(days, labels, 50, sets=np.zeros(600, int))
        np.testing.assert_array_equal(plain["high"], single["high"])
        assert (one["high"] - one["low"] >= plain["high"] - plain["low"] - 1e-12)[1:].all()
