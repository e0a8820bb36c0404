"""Calibration: surfaces, implausibility and moves on made-up models, and the whole on a few worlds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from sim.model.registry import catalogue
from sim.report.html import calibration
from sim.validation import emulator
from sim.validation.calibrate import QUICK, Wave, band, calibrate, implausibility, recommended
from sim.validation.calibration_targets import MATCHED, TARGETS, CalibrationTarget, Estimates, Simulator, estimated, middle
from sim.validation.emulator import drawn, priors, score

SHARE = CalibrationTarget("share", "a share", 0.3, 0.2, 0.45)
MEDIAN = CalibrationTarget("median", "a median", 10, 6, 16, "median")


def seen(target: CalibrationTarget, linked: np.ndarray, worlds: int, rng: np.random.Generator) -> Estimates:
    """Estimates for sets with these true values."""
    weight = np.full(len(linked), worlds)
    if target.kind == "share":
        return Estimates(rng.binomial(worlds, target.unlink(linked)) / worlds, weight, np.empty(0))
    noisy = linked + rng.normal(0, 0.1, len(linked))
    return Estimates(np.exp(noisy), weight, np.full(len(linked), 100.0))


@pytest.mark.parametrize("target", [SHARE, MEDIAN], ids=["share", "median"])
def test_a_surface_finds_slopes_and_curves_through_luck(target):
    rng, x = np.random.default_rng(1), drawn(512, 3, 1)
    truth = target.link(target.value) + 0.6 * x[:, 0] - 0.3 * x[:, 1] + 0.2 * x[:, 0] * x[:, 1]
    fitted = emulator.fit(target, x, seen(target, truth, 64, rng))
    fresh = drawn(256, 3, 2)
    mean, variance = fitted.at(fresh)
    wanted = target.link(target.value) + 0.6 * fresh[:, 0] - 0.3 * fresh[:, 1] + 0.2 * fresh[:, 0] * fresh[:, 1]
    assert np.abs(mean - wanted).mean() < 0.06
    assert 0.5 < np.sqrt(np.mean((mean - wanted) ** 2 / variance)) < 2.0 or np.abs(mean - wanted).max() < 0.2


def test_what_the_surface_misses_is_in_its_variance():
    rng, x = np.random.default_rng(1), drawn(1024, 2, 1)
    rough = rng.normal(0, 0.5, len(x))
    fitted = emulator.fit(MEDIAN, x, seen(MEDIAN, np.log(10) + rough, 64, rng))
    assert fitted.rough == pytest.approx(0.25, rel=0.2)


def test_a_set_is_implausible_beyond_the_band():
    edge = SHARE.miss(SHARE.link(np.array([0.2, 0.3, 0.45, 0.6])))
    assert edge == pytest.approx([3, 0, 3, 3 * (SHARE.link(0.6) - SHARE.link(0.3)) / (SHARE.link(0.45) - SHARE.link(0.3))])
    assert SHARE.miss(SHARE.link(0.45), 1.0) < 1
    assert CalibrationTarget("at most", "", 0.01, 0.0, 0.04).miss(-20.0) == 0


def test_history_rules_out_what_cannot_give_the_figure():
    rng, x = np.random.default_rng(1), drawn(512, 2, 1)
    target = MATCHED[0]
    estimates = seen(target, target.link(target.value) + 2.0 * x[:, 0], 256, rng)
    fitted = dict.fromkeys([other.id for other in MATCHED], emulator.fit(target, x, estimates))
    worst = implausibility([Wave(x, {}, fitted)], [target.id], np.array([[0.0, 0.0], [2.0, 0.0], [-2.0, 1.0]]))
    assert worst[0] < 1
    assert min(worst[1:]) > 3


def test_a_band_is_freed_of_luck():
    rng = np.random.default_rng(1)
    same = seen(SHARE, np.full(4000, SHARE.link(0.3)), 32, rng)
    mean, low, high = band(SHARE, same)
    assert mean == pytest.approx(0.3, abs=0.01)
    assert high - low < 0.06
    apart = seen(SHARE, SHARE.link(0.3) + rng.normal(0, 1, 4000), 32, rng)
    mean, low, high = band(SHARE, apart)
    assert low == pytest.approx(SHARE.unlink(SHARE.link(0.3) - 1.645), abs=0.05)


def test_medians_of_whole_days():
    assert middle(np.array([1.0, 2, 2, 3])) == pytest.approx(2)
    assert middle(np.array([2.0, 2, 2, 2])) == pytest.approx(2)
    assert middle(np.array([1.0, 2, 2, 2])) == pytest.approx(1.5 + 1 / 3)
    assert np.isnan(middle(np.empty(0)))


def test_scores_are_quantiles_of_the_prior():
    names = ("us.strike_rate", "us.bar")
    at = priors(names, np.array([[0.0, 0.0], [1.2816, -1.2816]]), 4)
    for i, name in enumerate(names):
        prior = catalogue()[name].declaration.prior.distribution
        assert at.values[0, i] == pytest.approx(prior.ppf(0.5), rel=1e-4)
        assert at.values[1, i] == pytest.approx(prior.ppf(0.9 if i == 0 else 0.1), rel=1e-4)
        assert score(name, prior.ppf(0.9)) == pytest.approx(stats.norm.ppf(0.9))


def test_wars_are_estimatesby_the_set_to_which_their_world_belongs():
    worlds = {"first_day": np.array([3, -1, 40, 50, -1, -1]), "deal_day": np.array([-1, -1, -1, 7, 8, 9]),
              "regional_day": np.array([4, 5, -1, 60, -1, -1]),
              "war_world": np.array([0, 2, 3, 3]), "war_length": np.array([4, 9, 1, 30]), "war_rung": np.array([5, 7, 5, 8])}
    by = {target.id: target for target in TARGETS}
    assert estimated(by["round_43"], worlds, 2).value == pytest.approx([2 / 3, 0])
    assert estimated(by["deal"], worlds, 2).value == pytest.approx([0, 1])
    assert estimated(by["regional"], worlds, 2).value == pytest.approx([1 / 2, 1])
    assert estimated(by["campaign"], worlds, 2).value == pytest.approx([9, 30])


def test_moves_stay_within_priors_and_help():
    names = ("us.strike_rate", "us.threat_rate", "iran.dash_rate")
    x, rng = drawn(512, 3, 1), np.random.default_rng(1)
    fitted = {SHARE.id: emulator.fit(SHARE, x, seen(SHARE, SHARE.link(0.15) + 0.8 * x[:, 2], 256, rng))}
    moved = recommended(names, fitted, [SHARE])
    assert list(moved) == ["iran.dash_rate"]
    low, high = catalogue()["iran.dash_rate"].declaration.prior.interval(0.8)
    assert catalogue()["iran.dash_rate"].declaration.default < moved["iran.dash_rate"] < high
    assert low < moved["iran.dash_rate"]


def test_sets_do_not_depend_on_how_worlds_are_split(monkeypatch):
    scores = drawn(4, 2, 1)
    design = priors(("us.strike_rate", "war.tension_step"), scores, 16)
    monkeypatch.setattr("sim.validation.calibration_targets.DAYS", 60)
    whole = Simulator(1).worlds(design)
    monkeypatch.setattr("sim.validation.calibration_targets.SIDE_BY_SIDE", 16)
    split = Simulator(1).worlds(design)
    assert all(np.array_equal(np.sort(whole[name]), np.sort(split[name])) for name in whole)
    assert np.array_equal(whole["first_day"], split["first_day"])


@pytest.mark.slow
def test_the_whole_works_twice_alike(tmp_path):
    result = calibrate(3, waves=2, effort=QUICK)
    calibration.write(result, tmp_path)
    assert json.loads((tmp_path / "calibration.json").read_text()) == result
    text = (tmp_path / "calibration.md").read_text()
    assert all(target.says in text for target in TARGETS)
    assert {row["parameter"] for row in result["screening"]} <= set(catalogue())
    for name, value in result["recommended"]["values"].items():
        low, high = catalogue()[name].declaration.prior.interval(0.8)
        assert low <= value <= high
    assert not {"false_alarm", "device"} & set(result["reached"])
