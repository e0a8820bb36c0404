"""The hindcast of winter 2026, and June 2025 replayed."""

from __future__ import annotations

import math

import numpy as np
import pytest

import sim
from sim.ensemble.estimates import FEWEST
from sim.errors import BrinkError
from sim.model import evidence
from sim.report.text.validation import show_hindcast, show_replay
from sim.validation import hindcast as study
from sim.validation.june_2025 import MEASURES, june_2025, lines

TARGETS = evidence.load().hindcast


@pytest.fixture(scope="module")
def result():
    return study.hindcast(worlds=2048)


@pytest.fixture(scope="module")
def replay():
    return june_2025(2048)


def test_every_target_has_an_answer():
    assert list(study.ANSWERS) == list(TARGETS)


def test_a_yes_or_no_target_is_scored_by_hand():
    answers = np.array([True, False, False, False])
    score = study.score_target(TARGETS["H1"], answers, math.nan)
    assert (score.model, score.base, score.measure) == (0.75, 0.9, "log")
    assert score.model_score == pytest.approx(-math.log(0.75))
    assert score.base_score == pytest.approx(-math.log(0.9))
    assert (score.model_brier, score.base_brier) == pytest.approx((0.0625, 0.01))


def test_certainty_that_fails_costs_much_but_not_everything():
    score = study.score_target(TARGETS["H2"], np.zeros(4, bool), math.nan)
    assert score.model_score == pytest.approx(-math.log(0.001))


def test_a_number_is_scored_by_hand():
    score = study.score_target(TARGETS["H13"], np.array([60.2, 70.2]), 61.0)
    assert score.model_score == pytest.approx((8 + 2) / 2 - 10 / 4)
    assert score.base_score == pytest.approx(7.2)


def test_the_means_are_over_what_is_scored(result):
    binary = [score for score in result.scores if score.id not in {"H7", "H11", "H13"}]
    assert [score.id for score in result.binary] == [score.id for score in binary]
    assert result.means["model_score"] == pytest.approx(np.mean([-math.log(score.model) for score in binary]))
    assert result.means["base_brier"] == pytest.approx(np.mean([(1 - TARGETS[s.id].base_rate) ** 2 for s in binary]))


def test_the_hindcast_agrees_with_an_ordinary_run(result):
    run = sim.run("baseline", worlds=2048, days=44, keep_events=0)
    assert result.scores[0].model == pytest.approx(1 - run.happened("round_two").mean())
    assert result.scores[1].model == pytest.approx(run.happened("first_round").mean())


def test_the_hindcast_is_told_honestly(result, capsys):
    show_hindcast(result)
    told = capsys.readouterr().out
    assert "In-sample" in told
    assert "sanity check" in told
    assert result.as_dict()["targets_in_means"] == 12


def test_only_a_scenario_from_30_december_can_be_scored():
    with pytest.raises(BrinkError, match="june_2025_unforced begins on 2025-06-12; the targets of the hindcast count from"):
        study.hindcast("june_2025_unforced", worlds=8)


def test_the_strike_of_june_2025_falls_on_its_day_in_every_world():
    run = sim.run("june_2025", worlds=4096, days=3, keep_events=0)
    assert set(run.column("round_two")) == {1}
    assert set(run.column("first_initiator")) == {"israel"}
    assert set(run.column("first_cause")) == {"preventive"}
    assert run.column("top_rung").min() >= 7


def test_what_was_observed_in_june_2025_mostly_lies_in_the_bands(replay):
    fits = {line.id: line.fits for line in replay.lines}
    assert fits["launched"]
    assert fits["intercepted"]
    assert fits["impacts"]
    assert fits["dead_israel"]
    assert fits["dead_iran"]
    assert 0.2 < replay.joined < 0.8


def test_causes_are_reported_from_worlds_in_which_nothing_is_forced(replay, capsys):
    assert sum(replay.causes.values()) == pytest.approx(1)
    assert replay.causes["none"] == replay.initiators["nobody"] > 0.2
    show_replay(replay)
    assert "With nothing forced" in capsys.readouterr().out


def test_a_measure_fits_where_its_band_meets_what_was_observed():
    values = {measure.id: np.repeat([measure.low, measure.low + 0.5], FEWEST) for measure in MEASURES}
    values["us_entry"] = np.repeat([-1, 3, 4], FEWEST)
    found = {line.id: line for line in lines(values)}
    assert not found["us_entry"].fits
    assert found["us_entry"].median == 3.5
    assert all(line.fits for id, line in found.items() if id not in {"us_entry", "length", "rounds", "dead_israel"})
