"""Boxes, trees and break-even, where the truth is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from made_answers import KNOWN, answers, named, spread, tossed, worlds

from sim.analysis.sensitivity.breakeven import breakeven
from sim.analysis.sensitivity.prim import Limit, discover
from sim.errors import BrinkError
from sim.report.text.study import sentence

pytest.importorskip("ema_workbench")
pytest.importorskip("sklearn")


def planted(seed: int = 1):
    x = np.random.default_rng(seed).random((1000, 6))
    return tossed(x, np.where((x[:, 0] < 0.4) & (x[:, 3] > 0.5), 0.8, 0.1))


@pytest.fixture(scope="module")
def found():
    return discover(named(planted(), "us.a", "us.b", "us.c", "iran.d", "iran.e", "iran.f"))


def test_prim_finds_a_planted_box(found):
    limits = {limit.parameter: limit for limit in found.high.region.limits}
    assert set(limits) == {"us.a", "iran.d"}
    assert limits["us.a"].high == pytest.approx(0.4, abs=0.06)
    assert math.isnan(limits["us.a"].low)
    assert limits["iran.d"].low == pytest.approx(0.5, abs=0.06)
    assert all(limit.stable == 1 for limit in limits.values())
    region = found.high.region
    assert region.density == pytest.approx(0.8, abs=0.05)
    assert region.mass == pytest.approx(0.2, abs=0.05)
    assert 0.5 < region.coverage < 0.75


def test_the_tree_parts_the_space_without_gaps(found):
    assert sum(leaf.mass for leaf in found.leaves) == pytest.approx(1)
    assert sum(leaf.coverage for leaf in found.leaves) == pytest.approx(1)
    densities = [leaf.density for leaf in found.leaves]
    assert densities == sorted(densities, reverse=True)
    assert densities[0] == pytest.approx(0.8, abs=0.05)


def test_a_region_reads_as_a_sentence(found):
    told = sentence(found.answers, found.high.region)
    assert told.startswith("When ")
    assert "us.a is under" in told
    assert "iran.d is over" in told
    assert "of 100 worlds" in told


def test_the_same_answers_give_the_same_discovery(found):
    assert discover(found.answers).as_dict() == found.as_dict()


def test_nothing_is_discovered_where_there_is_nothing():
    rng = np.random.default_rng(3)
    with pytest.raises(BrinkError, match="no parameter stands above chance"):
        discover(tossed(rng.random((300, 5)), np.full(300, 0.3)))
    with pytest.raises(BrinkError, match="too few"):
        discover(planted().only(np.arange(60)))


def test_limits_hold_where_they_say():
    column = np.array([0.0, 0.3, 0.5, 0.9])
    assert Limit("a", 0.3, math.nan).holds(column).tolist() == [False, True, True, True]
    assert Limit("a", math.nan, 0.5).holds(column).tolist() == [True, True, True, False]
    assert str(Limit("a", 0.3, 0.5)) == "a is between 0.3 and 0.5"


# break-even

def test_the_interval_of_a_break_even_holds_it_about_nine_times_of_ten():
    held = 0
    for seed in range(40):
        x = spread(300, 2, seed)
        row = breakeven(tossed(x, 0.2 + 0.5 * x[:, 0], 64, seed + 1000), 0.4).table.set_index("parameter").loc["p.0"]
        held += row["low"] < 0.4 < row["high"]
    assert held >= 30


def test_the_break_even_of_a_line_is_found():
    x = spread(1500, 3, 5)
    one = tossed(x, 0.2 + 0.5 * x[:, 0])
    rows = breakeven(one, 0.4).table.set_index("parameter")
    row = rows.loc["p.0"]
    assert row["flips"]
    assert row["low"] < 0.4 < row["high"]
    assert row["high"] - row["low"] < 0.2
    assert row["bottom"] < 0 < row["top"]
    assert not rows.loc["p.1", "flips"]
    assert math.isnan(rows.loc["p.1", "value"])


def test_a_level_out_of_reach_does_not_flip():
    x = spread(500, 3, 5)
    found = breakeven(tossed(x, 0.2 + 0.3 * x[:, 0]), 0.9)
    assert not found.table["flips"].any()
    assert found.gap == pytest.approx(0.35 - 0.9, abs=4 * found.error + 0.02)
    assert found.frontier is None


def test_intervals_know_of_the_luck_that_sets_share():
    x = spread(800, 2, 6)
    wide, narrow = (breakeven(answers(x, worlds(x[:, 0], 32, 1, shared, 0.2)), 0.5).table.set_index("parameter").loc["p.0"]
                    for shared in (0.5, 0.0))
    assert wide["high"] - wide["low"] > 3 * (narrow["high"] - narrow["low"])


def test_one_outcome_passes_another():
    x = spread(1500, 2, 7)
    war, deal = tossed(x, 0.1 + 0.6 * x[:, 0], seed=1), tossed(x, 0.5 - 0.2 * x[:, 0], seed=2)
    row = breakeven(war, replace(deal, outcome=KNOWN["deal"])).table.set_index("parameter").loc["p.0"]
    assert row["low"] < 0.5 < row["high"]
    with pytest.raises(BrinkError, match="against itself"):
        breakeven(war, deal)


def test_the_frontier_of_two_parameters_is_found():
    x = spread(2000, 4, 8)
    frontier = breakeven(tossed(x, 0.1 + 0.4 * x[:, 1] + 0.4 * x[:, 2]), 0.5).frontier
    assert {frontier.first, frontier.second} == {"p.1", "p.2"}
    assert frontier.above == pytest.approx(0.5, abs=0.05)
    assert frontier.right > 0.85 > frontier.guess
    middle = frontier.table.iloc[2]
    assert middle["low"] < 1 - middle["first"] < middle["high"]


def test_a_thin_study_does_not_say_on_which_side_of_a_level_it_lies():
    one = tossed(spread(64, 4, 9), np.full(64, 0.4), each=4)
    with pytest.raises(BrinkError, match=r"too little to tell: it lies \S+ ± \S+ points from what it is held against"):
        breakeven(one, float(one.means.mean()) + 0.005)
    assert breakeven(one, 0.95).gap < -0.4, "that is told"
