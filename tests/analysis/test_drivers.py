"""What drives an outcome, on tables where the truth is known, and on a small run."""

from __future__ import annotations

import math

import numpy as np
import pytest

import sim
from sim.analysis.sensitivity.one_at_a_time import ends, one_at_a_time
from sim.analysis.sensitivity.rank_correlation import FEWEST, Drivers, band, crossed, set_means, thirds
from sim.errors import BrinkError
from sim.model import registry
from sim.scenario import scenario

SETS, EACH = 256, 64


def made(names: int, seed: int, effects: dict[int, float], each: int = EACH) -> Drivers:
    """Sets of uniform parameters of which some move the log-odds of a coin that is tossed in `each` worlds."""
    rng = np.random.default_rng(seed)
    values = rng.random((SETS, names))
    odds = sum(effect * (values[:, i] - 0.5) for i, effect in effects.items()) + np.zeros(SETS)
    tosses = rng.random((SETS, each)) < 1 / (1 + np.exp(-odds))[:, None]
    means, luck = set_means(tosses.ravel(), np.repeat(np.arange(SETS), each), SETS)
    return Drivers({f"p.{i}": values[:, i] for i in range(names)}, means, luck)


def test_those_that_move_it_come_first_with_the_right_sign_and_the_rest_stay_below_the_line():
    found = made(490, 1, {3: 3.0, 7: -2.0})
    assert [driver.key for driver in found.clear] == ["p.3", "p.7"] == [driver.key for driver in found.ranked[:2]]
    assert found.ranked[0].rank > found.line > 0.15 and found.ranked[1].rank < -found.line


def test_the_line_is_passed_by_chance_in_about_one_table_of_twenty():
    passed = sum(bool(made(120, seed, {}).clear) for seed in range(60))
    assert passed <= 8


def test_the_band_of_a_rank_correlation_holds_it_nine_times_of_ten():
    rng, held = np.random.default_rng(4), 0
    truth = 6 / math.pi * math.asin(0.5 / 2)
    for _ in range(400):
        x = rng.standard_normal(64)
        y = 0.5 * x + math.sqrt(0.75) * rng.standard_normal(64)
        low, high = band(float(np.corrcoef(np.argsort(np.argsort(x)), np.argsort(np.argsort(y)))[0, 1]), 64)
        held += low <= truth <= high
    assert 0.85 <= held / 400 <= 0.95


def test_the_band_of_a_perfect_rank_has_a_width():
    for sets in (24, 256):
        low, high = band(1.0, sets)
        assert low < 1 == high
        assert band(-1.0, sets) == (-high, -low)


def test_thirds_differ_by_what_the_parameter_does():
    found = made(5, 2, {0: 2.0}, each=400).driver("p.0")
    truth = np.mean([1 / (1 + math.exp(-2 * (x - 0.5))) for x in np.linspace(2 / 3, 1, 999)])
    assert found.top == pytest.approx(truth, abs=4 * found.top_error)
    assert found.difference == pytest.approx(2 * truth - 1, abs=4 * found.error)
    assert found.difference == found.top - found.bottom


def test_spread_without_parameters_is_all_luck_and_with_them_is_split_rightly():
    alone = made(20, 3, {}).split
    assert alone.luck > 0.8
    assert alone.too_few
    assert math.isnan(alone.told)
    several = [made(20, seed, {0: 2.0}).split for seed in range(9)]
    odds = 2 * (np.linspace(0, 1, 9999) - 0.5)
    chance = 1 / (1 + np.exp(-odds))
    luck = np.mean(chance * (1 - chance)) / EACH
    assert np.mean([split.luck for split in several]) == pytest.approx(luck / (luck + chance.var()), abs=several[0].error)
    assert np.mean([split.freed for split in several]) == pytest.approx(chance.std(), rel=0.03)
    assert all(split.told > 0.8 and split.error < 0.03 for split in several)


def test_what_no_parameter_above_the_line_moves_is_not_foretold():
    split = made(300, 5, dict.fromkeys(range(300), 0.25), each=2000).split
    assert split.luck < 0.5
    assert split.told < 0.4


def test_parts_are_equal_and_in_order():
    column = np.array([5.0, 1.0, 3.0, 3.0, 9.0, 2.0])
    assert thirds(column).tolist() == [2, 0, 1, 1, 2, 0]
    assert np.bincount(thirds(np.zeros(256), 6)).tolist() == [43, 43, 42, 43, 43, 42]


def test_a_region_shows_where_the_outcome_crosses_a_level():
    found = made(4, 6, {0: 5.0, 1: 5.0}, each=200)
    cells = {(cell.column, cell.row): cell for cell in found.region("p.0", "p.1")}
    assert cells[2, 2].side(0.5) == "above" and cells[0, 0].side(0.5) == "below"
    assert cells[0, 2].side(cells[0, 2].mean) == "too near to tell"
    assert sum(cell.sets for cell in cells.values()) == SETS
    assert cells[0, 0].x[1] <= cells[1, 0].x[0]
    assert crossed(list(cells.values()), {"one half": 0.5, "the mean": found.mean}) == ("one half", 0.5)
    assert crossed([cells[2, 2]], {"one half": 0.5, "the mean": found.mean})[0] == "the mean"
    rising = [mean for _, mean, _ in found.along("p.0")]
    assert rising == sorted(rising)


def test_an_outcome_that_never_changes_has_no_drivers():
    still = Drivers({"a": np.arange(30.0), "b": np.ones(30)}, np.full(30, 0.25), np.zeros(30))
    assert still.clear == [] and [driver.rank for driver in still.ranked] == [0, 0]
    assert math.isnan(still.split.luck)


def test_set_means_are_those_of_each_set():
    means, luck = set_means(np.array([True, False, True, True, True]), np.array([0, 0, 0, 0, 2]), 4)
    assert means[0] == 0.75 and luck[0] == pytest.approx(0.25 / 4)
    assert means[2] == 1.0 and math.isnan(luck[2]) and math.isnan(means[1]) and math.isnan(luck[3])


@pytest.fixture(scope="module")
def drawn():
    return sim.run(worlds=FEWEST * 8, days=30, uncertainty="priors", sets=FEWEST, keep_events=0)


def test_a_run_gives_the_table_of_its_sets(drawn):
    found = Drivers.of(drawn, "round_two")
    worlds = drawn.worlds.assign(came=drawn.happened("round_two")).groupby("set")["came"].mean()
    assert found.means.tolist() == worlds.tolist()
    assert len(found.names) == len(drawn.parameters.columns) - 1
    assert found.column("israel.missile_trigger").tolist() == drawn.parameters["israel.missile_trigger"].tolist()
    assert found.share and not Drivers.of(drawn, "verdict_gap").share


def test_what_has_no_drivers_is_refused_in_words(drawn):
    with pytest.raises(BrinkError, match="fixed"):
        Drivers.of(sim.run(worlds=32, days=5), "round_two")
    with pytest.raises(BrinkError, match="labels"):
        Drivers.of(drawn, "first_cause")
    with pytest.raises(BrinkError, match="did you mean"):
        Drivers.of(drawn, "round_two").driver("israel.missile_triger")
    with pytest.raises(BrinkError, match="fewest"):
        Drivers({"a": np.arange(5.0)}, np.arange(5.0), np.arange(5.0))


def test_ends_lie_in_the_prior_and_within_bounds():
    for key, entry in registry.catalogue().items():
        low, high = ends(key)
        assert entry.declaration.low <= low <= high <= entry.declaration.high
    low, high = ends("israel.missile_trigger")
    assert registry.find("israel.missile_trigger").declaration.prior.distribution.cdf([low, high]) == pytest.approx(
        [0.05, 0.95], abs=0.01)


def test_one_at_a_time_is_what_a_comparison_says():
    what = scenario.load("baseline").changed(days=40)
    keys = ["israel.missile_trigger", "us.obliterated_claim"]
    swings = one_at_a_time(what, keys, "round_two", worlds=256)
    assert {swing.key for swing in swings} == set(keys) and swings[0].span >= swings[1].span
    one = next(swing for swing in swings if swing.key == "israel.missile_trigger").low
    row = sim.compare(what, set={one.key: one.value}, worlds=256).row("round_two")
    assert (one.difference, one.error) == (row["difference"], row["se"])
