"""Sensitivity and variance, where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from made_answers import answers, named, tossed, worlds

from sim.analysis.sensitivity.curves import MainEffects
from sim.analysis.sensitivity.resample import resamples
from sim.analysis.sensitivity.sobol_morris import sensitivity
from sim.analysis.sensitivity.variance import variance
from sim.ensemble.study.design import Axis, StudyDesign
from sim.ensemble.study.study import Study
from sim.errors import BrinkError

SALIB = pytest.importorskip("SALib")


def study(kind: str, names: int, **numbers: int) -> Study:
    return Study("made", "", (), StudyDesign(kind, tuple(Axis(f"p.{i}") for i in range(names)), numbers), seed=3)


def ishigami(x: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * x - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


FIRST, TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)


# luck

def test_luck_that_sets_share_and_luck_of_their_own_are_told_apart():
    rng = np.random.default_rng(0)
    x = rng.random((600, 1))
    found = [answers(x, worlds(12 ** 0.5 * x[:, 0], 64, seed, 2.0, 3.0)) for seed in range(20)]
    assert np.mean([one.freed for one in found]) == pytest.approx(1.0, rel=0.1)
    assert np.mean([one.own_luck.mean() for one in found]) == pytest.approx(9 / 64, rel=0.05)
    assert np.mean([one.shared_luck ** 2 for one in found]) == pytest.approx(4 / 64, rel=0.35)


@pytest.mark.parametrize("each", [2, 5, 16, 23])
def test_luck_is_right_for_any_number_of_worlds(each):
    x = np.random.default_rng(0).random((4000, 1))
    found = answers(x, worlds(0 * x[:, 0], each, 1, 0.0, 1.0))
    assert found.own_luck.mean() == pytest.approx(1 / each, rel=0.1)
    assert found.spread == pytest.approx(1 / each, rel=0.1)


def test_the_variance_is_split_between_parameters_and_luck():
    x = np.random.default_rng(1).random((2000, 3))
    truth = 12 ** 0.5 * (2 * x[:, 0] + x[:, 1])
    found = variance(named(answers(x, worlds(truth, 32, 2, 1.0, 2.0)), "us.a", "israel.b", "us.c"))
    assert found.of_world.value == pytest.approx(5 / 10, abs=4 * found.of_world.error)
    assert found.of_means.value == pytest.approx(5 / (5 + 4 / 32), abs=4 * found.of_means.error + 1e-3)
    falls = found.groups.set_index("group")
    assert list(falls.index) == ["us", "israel"]
    for key, truth_of in (("us", 0.8), ("israel", 0.2)):
        assert falls.loc[key, "fall"] == pytest.approx(truth_of, abs=4 * falls.loc[key, "se"])
    assert found.rest.value == pytest.approx(0, abs=4 * found.rest.error)


def test_one_world_a_set_cannot_tell_luck():
    x = np.random.default_rng(1).random((100, 2))
    alone = answers(x, worlds(x[:, 0], 1, 1, 0.0, 0.1))
    with pytest.raises(BrinkError, match="one world a set"):
        variance(alone)
    assert any("one world a set" in note for note in sensitivity(alone, study("latin", 2)).notes)


# curves

def test_curves_find_the_indices_of_a_sum_among_many_that_do_nothing():
    x = np.random.default_rng(2).random((1500, 100))
    truth = 12 ** 0.5 * (2 * x[:, 0] - x[:, 1]) + 5 ** 0.5 * 6 * (x[:, 2] - 0.5) ** 2
    found = sensitivity(answers(x, worlds(truth, 32, 3, 0.5, 2.0)), study("latin", 100))
    rows, whole = found.table.set_index("parameter"), 4 + 1 + 1
    for name, part in (("p.0", 4), ("p.1", 1), ("p.2", 1), ("p.50", 0)):
        assert rows.loc[name, "first"] == pytest.approx(part / whole, abs=4 * rows.loc[name, "first_se"])
    assert set(rows.index[rows["clear"]]) >= {"p.0", "p.1", "p.2"}
    assert rows["clear"].sum() <= 5
    assert rows.loc["p.0", "effect"] == pytest.approx(2 * 12 ** 0.5 * 0.9, abs=4 * rows.loc["p.0", "effect_se"])
    assert rows.loc["p.1", "effect"] < 0
    assert rows["first"].iloc[3:].mean() == pytest.approx(0, abs=3e-4)


def test_intervals_hold_the_truth_about_nine_times_of_ten():
    held = 0
    for seed in range(40):
        x = np.random.default_rng(seed).random((300, 4))
        row = sensitivity(answers(x, worlds(12 ** 0.5 * (x[:, 0] + x[:, 1]), 32, seed, 0.0, 1.0)),
                          study("latin", 4)).table.set_index("parameter").loc["p.0"]
        held += row["first_low"] <= 0.5 <= row["first_high"]
    assert held >= 30


def test_the_line_of_chance_is_seldom_passed():
    passed = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        passed += len(MainEffects(rng.random((120, 60)), rng.standard_normal(120)).chosen) > 0
    assert passed <= 6


def test_blocks_are_drawn_as_wholes():
    weights = resamples(np.repeat(np.arange(5), 4), 50)
    assert (weights.reshape(50, 5, 4).std(axis=2) == 0).all()
    assert (weights.sum(axis=1) == 20).all()


# Sobol

def sobol(second: bool, noise: float, samples: int = 512):
    asked = study("sobol", 3, samples=samples, second_order=int(second))
    x = asked.design.points(asked.seed)
    return asked, answers(x, worlds(ishigami(x), 16, 5, noise, noise), kind="sobol", block=8 if second else 5)


def test_without_luck_indices_are_those_of_salib():
    asked, one = sobol(True, 0.0)
    from SALib.analyze.sobol import analyze

    rows, theirs = sensitivity(one, asked).table.set_index("parameter"), analyze(asked.design.problem(), one.means)
    for i in range(3):
        assert rows.loc[f"p.{i}", "first"] == pytest.approx(theirs["S1"][i], abs=1e-9)
        assert rows.loc[f"p.{i}", "total"] == pytest.approx(theirs["ST"][i], abs=1e-9)


@pytest.mark.parametrize("noise", [0.0, 6.0])
def test_ishigami_is_found_with_and_without_luck(noise):
    asked, one = sobol(True, noise)
    found = sensitivity(one, asked)
    rows = found.table.set_index("parameter")
    for i in range(3):
        row = rows.loc[f"p.{i}"]
        assert row["first"] == pytest.approx(FIRST[i], abs=4 * row["first_se"] + 1e-3)
        assert row["total"] == pytest.approx(TOTAL[i], abs=4 * row["total_se"] + 1e-3)
    best = found.second.iloc[0]
    assert {best["parameter"], best["other"]} == {"p.0", "p.2"}
    assert best["second"] == pytest.approx(0.2437, abs=4 * best["se"] if "se" in best else 4 * best["second_se"])


def test_luck_would_have_made_the_total_of_an_idle_parameter_large():
    asked = study("sobol", 3, samples=512)
    x = asked.design.points(asked.seed)
    one = answers(x, worlds(12 ** 0.5 * x[:, 0], 16, 5, 1.0, 4.0), kind="sobol", block=5)
    from SALib.analyze.sobol import analyze

    raw = analyze(asked.design.problem(), one.means, calc_second_order=False)
    row = sensitivity(one, asked).table.set_index("parameter").loc["p.2"]
    assert raw["ST"][2] > 0.3
    assert row["total"] == pytest.approx(0, abs=4 * row["total_se"])
    assert not row["clear"]


def test_blocks_with_missing_sets_are_left_out_and_said():
    asked, one = sobol(False, 1.0, 64)
    there = sensitivity(one.only(np.delete(np.arange(len(one)), [7, 33])), asked)
    assert len(there.answers) == 62 * 5
    assert any("2 of 64 blocks" in note for note in there.notes)
    with pytest.raises(BrinkError, match="whole blocks"):
        sensitivity(one.only(np.arange(0, len(one), 2)), asked)


# Morris

def test_morris_finds_the_slopes_of_a_plane():
    asked = study("morris", 3, trajectories=12)
    x = asked.design.points(asked.seed)
    one = answers(x, worlds(3 * x[:, 0] - 2 * x[:, 1], 16, 1, 0.0, 0.0), kind="morris", block=4)
    rows = sensitivity(one, asked).table.set_index("parameter")
    assert rows.loc[["p.0", "p.1", "p.2"], "mu_star"].to_numpy() == pytest.approx([3, 2, 0], abs=1e-9)
    assert rows.loc[["p.0", "p.1", "p.2"], "mu"].to_numpy() == pytest.approx([3, -2, 0], abs=1e-9)
    assert rows["sigma"].to_numpy() == pytest.approx(0, abs=1e-9)


def test_morris_says_what_luck_alone_would_show():
    asked = study("morris", 2, trajectories=200)
    x = asked.design.points(asked.seed)
    one = answers(x, worlds(3 * x[:, 0], 16, 1, 5.0, 1.0), kind="morris", block=3)
    rows = sensitivity(one, asked).table.set_index("parameter")
    assert rows.loc["p.1", "mu_star"] == pytest.approx(rows.loc["p.1", "luck"], rel=0.2)
    assert rows["clear"].to_dict() == {"p.0": True, "p.1": False}


def test_morris_sets_are_not_taken_for_independent_ones():
    asked = study("morris", 3, trajectories=12)
    x = asked.design.points(asked.seed)
    one = answers(x, worlds(x[:, 0], 16, 1, 0.0, 0.1), kind="morris", block=4)
    with pytest.raises(BrinkError, match="latin or sobol"):
        one.independent()
    assert variance(one).groups.empty


def test_sets_that_differ_by_luck_only_are_an_error_in_words():
    x = np.random.default_rng(4).random((60, 3))
    for seed in range(20):
        one = tossed(x, np.full(60, 0.5), 16, seed)
        if one.freed == 0:
            with pytest.raises(BrinkError, match="no more than luck"):
                sensitivity(one, study("latin", 3))
            return
    pytest.fail("no seed in which luck is all")
