"""The frozen forecast and its scores."""

from __future__ import annotations

import datetime
import json
import math

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.ensemble.live import live
from sim.errors import BrinkError
from sim.report.figures.validation import groups
from sim.scenario import scenario
from sim.validation import forecast as study
from sim.validation import june_2025, scoring
from sim.validation.experiments_runner import Laboratory
from sim.validation.forecast_questions import CONDITIONS, QUESTIONS
from sim.validation.scores import rps

FEW = {"worlds": 512, "enough": 20, "least": 10}


@pytest.fixture(scope="module")
def small():
    return study.forecast(seed=3, **FEW)


def test_worlds_enough_agree_with_the_reports():
    present = study.agreeing(scenario.load("baseline"), 1, study.LEAST)
    assert study.LEAST <= study.effective_size(present.weights) <= len(present.weights) <= present.simulated
    assert all(share > 0.2 for share in present.holds.values())
    assert np.all(present.state["war", "first_day"] == -1)
    assert np.all(present.state["us", "carriers"] >= 1)


def test_the_same_seed_gives_the_same_bytes(small):
    assert study.text(study.forecast(seed=3, **FEW)) == study.text(small)


def test_no_day_of_today_stands_in_the_file(small):
    assert str(datetime.date.today()) not in study.text(small)


def test_probabilities_never_fall_and_dates_count_from_the_forecast(small):
    for question in small["questions"]:
        shares = [entry["probability"] for entry in question["deadlines"]]
        assert shares == sorted(shares)
        assert [entry["by"] for entry in question["deadlines"]] == [
            "2026-03-13", "2026-04-12", "2026-05-12", "2026-08-10", "2027-02-11"]
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS)
    assert len(small["start"]["conditions"]) == len(CONDITIONS)


def test_too_few_worlds_that_agree_are_an_error(monkeypatch):
    monkeypatch.setattr(study, "MOST_BATCHES", 1)
    with pytest.raises(BrinkError, match="agree with the reports; 500 are needed"):
        study.forecast(worlds=64)


def test_only_the_day_on_which_the_documents_end_can_be_forecast_from():
    with pytest.raises(BrinkError, match="2026-02-10 is not 2026-02-11, the day on which the documents end"):
        study.forecast(datetime.date(2026, 2, 10))


def test_worlds_go_on_from_the_very_state_they_were_in():
    chosen = scenario.load("baseline")
    with study._begun(chosen, 0, 5) as (model, _), study._begun(chosen, 1, 5) as (copy, _):
        live(model, 44)
        kept = np.array([3, 8, 700])
        present = study.Present(study.snapshot(model, kept), np.ones(3), {}, 8192, 43)
        study.resume(copy, present, np.resize(np.arange(3), copy.n))
        assert copy.day == model.day
        assert np.array_equal(copy.us.belief[:, :3], model.us.belief[:, kept])
        assert np.array_equal(copy.iran.missiles[3:6], model.iran.missiles[kept])
        second = study.set_facts(copy, 5)
        assert np.all(copy.us.carriers == 1)
    assert np.mean(second > 0) == pytest.approx(study.SECOND_CARRIER, abs=0.03)
    assert second.max() == 7


def test_resampling_copies_by_weight():
    assert np.bincount(study.resampled(np.array([1.0, 0, 2, 1]), 400, 1), minlength=4).tolist() == pytest.approx(
        [100, 0, 200, 100], abs=1)
    assert study.effective_size(np.array([1.0, 1, 0, 1])) == 3


def test_errors_count_worlds_of_one_ancestor_together():
    happened = np.array([True, True, False, False])
    assert study.clustered_error(happened, np.arange(4)) == pytest.approx(0.25)
    assert study.clustered_error(happened, np.array([0, 0, 1, 1])) == pytest.approx(math.sqrt(2) / 4)


# Scores

def made(**questions: list[float]) -> dict:
    days = ("2026-03-13", "2026-04-12", "2026-05-12")
    return {"format": 1, "kind": "brink forecast", "from": "2026-02-11", "version": "0", "model": "abc", "questions": [
        {"id": id, "says": id, "deadlines": [{"by": by, "probability": p} for by, p in zip(days, shares, strict=True)]}
        for id, shares in questions.items()]}


FORECAST = made(war=[0.1, 0.2, 0.4], deal=[0.0, 0.3, 0.5])


def resolved(tmp_path, text):
    path = tmp_path / "seen.yaml"
    path.write_text(text)
    return scoring.score(FORECAST, scoring.read_resolutions(path, FORECAST))


def test_scores_by_hand(tmp_path):
    scored = resolved(tmp_path, "war: {happened: 2026-04-01, as_of: 2026-04-02}\ndeal: {happened: null, as_of: 2026-04-20}")
    war, deal = scored.rows
    assert (war.deadlines, war.settled, deal.deadlines, deal.settled) == (3, True, 2, False)
    assert war.brier == pytest.approx((0.1**2 + 0.8**2 + 0.6**2) / 3)
    assert war.rps == pytest.approx(0.1**2 + 0.8**2 + 0.6**2)
    assert war.log == pytest.approx(-(math.log(0.9) + math.log(0.2) + math.log(0.4)) / 3)
    assert deal.brier == pytest.approx(0.3**2 / 2)
    assert math.isnan(deal.rps)
    assert deal.log == pytest.approx(-(math.log(0.999) + math.log(0.7)) / 2)
    assert scored.means["brier"] == pytest.approx((0.1**2 + 0.8**2 + 0.6**2 + 0.3**2) / 5)
    assert scored.means["rps"] == pytest.approx(war.rps)


def test_what_never_happened_is_scored_at_all_deadlines(tmp_path):
    row, = resolved(tmp_path, "war: {happened: null, as_of: 2026-05-12}").rows
    assert row.rps == pytest.approx(0.1**2 + 0.2**2 + 0.4**2)
    assert rps([0.2, 0.6], 0) == pytest.approx(0.8**2 + 0.4**2)


def test_an_annulled_question_is_named_and_not_scored(tmp_path):
    scored = resolved(tmp_path, "war: {happened: null, as_of: 2026-05-12}\ndeal: annulled")
    war, deal = scored.rows
    assert (deal.annulled, deal.deadlines, deal.settled, math.isnan(deal.brier)) == (True, 0, False, True)
    assert scored.means == resolved(tmp_path, "war: {happened: null, as_of: 2026-05-12}").means and not war.annulled


@pytest.mark.parametrize("damage", [
    lambda text: "[" * 100_000, lambda text: text.replace('"war"', '["war"]', 1), lambda text: text.replace("0.2", "NaN"),
    lambda text: text.replace("0.2", '"0.2"'), lambda text: text.replace('"questions"', '"qustions"'), lambda text: text[:-9],
    lambda text: text.replace('"2026-02-11"', "7")])
def test_a_damaged_forecast_is_refused(tmp_path, damage):
    import json

    text = json.dumps(FORECAST)
    (tmp_path / "forecast.json").write_text(text)
    assert scoring.read_forecast(tmp_path / "forecast.json") == FORECAST
    (tmp_path / "forecast.json").write_text(damage(text))
    with pytest.raises(BrinkError):
        scoring.read_forecast(tmp_path / "forecast.json")


def test_groups_follow_the_verbal_scale():
    assert groups([(0.0, False), (0.04, True), (1.0, True), (0.5, False)]) == [
        (0.02, 0.5, 2), (0.5, 0.0, 1), (1.0, 1.0, 1)]
    assert groups([(0.05, False), (0.0, False), (0.95, True)]) == [(0.025, 0.0, 2), (0.95, 1.0, 1)]


@pytest.mark.parametrize(("line", "says"), [
    ("wars: {happened: null, as_of: 2026-05-12}", "the forecast asks no question 'wars'; did you mean 'war'?"),
    ("zzz: {happened: null, as_of: 2026-05-12}", "the forecast asks no question 'zzz'; it asks war, deal"),
    ("war: ambiguous", "war must hold 'happened' and 'as_of', like {happened: null, as_of: 2026-05-06}, or be the word "
                       "annulled if it can no longer be answered"),
    ("war: {happened: null}", "war: as_of must be given"),
    ("war: {as_of: 2026-05-12}", "war: happened must be given"),
    ("war: {happened: true, as_of: 2026-05-12}", "war: true is not a date like 2026-02-14"),
    ("war: {happened: 2026-05-13, as_of: 2026-05-12}",
     "war: days must follow each other: the forecast of 2026-02-11, then happened, then as_of"),
    ("war: {happened: 2026-02-11, as_of: 2026-05-12}",
     "war: days must follow each other: the forecast of 2026-02-11, then happened, then as_of"),
    ("war: {happend: null, happened: null, as_of: 2026-05-12}", "unknown key 'happend'; did you mean 'happened'?"),
])
def test_mistakes_in_a_resolution_file(tmp_path, line, says):
    with pytest.raises(BrinkError) as caught:
        resolved(tmp_path, line)
    assert str(caught.value) == f"{tmp_path / 'seen.yaml'}:1: {says}"


def test_what_is_no_resolution_file_is_told_with_an_example_of_one(tmp_path):
    with pytest.raises(BrinkError, match=r"seen.yaml: expected questions and how they stand, like 'war: \{happened"):
        resolved(tmp_path, "question,happened\nwar,yes\n")


@pytest.mark.parametrize(("text", "says"), [
    ("{", "cannot be read as JSON"),
    ("{}", "is not a forecast that brink wrote"),
    (json.dumps({**FORECAST, "format": 2}), "is of format 2; this version reads format 1"),
    (json.dumps(made(war=[0.3, 0.2, 0.4])), "is damaged"),
    (json.dumps({**FORECAST, "questions": [{"id": "war"}]}), "is damaged"),
])
def test_what_is_no_forecast(tmp_path, text, says):
    path = tmp_path / "made.json"
    path.write_text(text)
    with pytest.raises(BrinkError, match=says):
        scoring.read_forecast(path)


# Commands

def invoke(*arguments):
    from typer.testing import CliRunner

    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_score_prints_and_draws(tmp_path):
    (tmp_path / "made.json").write_text(json.dumps(FORECAST))
    (tmp_path / "seen.yaml").write_text("war: {happened: 2026-04-01, as_of: 2026-04-02}")
    told = invoke("score", tmp_path / "made.json", tmp_path / "seen.yaml", "--json")
    assert told.exit_code == 0
    content = json.loads(told.stdout)
    assert content["pairs"] == 3
    picture = tmp_path / "seen-calibration.png"
    assert content["picture"] == str(picture)
    assert picture.stat().st_size > 5000
    assert "war" in invoke("score", tmp_path / "made.json", tmp_path / "seen.yaml").stdout


def test_a_forecast_is_never_overwritten(tmp_path, small):
    path = study.write(small, tmp_path / "made.json")
    assert scoring.read_forecast(path) == json.loads(study.text(small))
    with pytest.raises(BrinkError, match="exists already"):
        study.write(small, path)
    refused = invoke("forecast", "--out", path)
    assert refused.exit_code == 2
    assert "never overwritten" in refused.output


def test_hindcast_prints_json():
    content = json.loads(invoke("hindcast", "--worlds", 64, "--json").stdout)
    assert [target["id"] for target in content["targets"]] == [f"H{i}" for i in range(1, 16)]


def test_numbers_of_worlds_are_bounded_wherever_the_model_is_tried():
    for ask, low in ((Laboratory, 2), (june_2025.june_2025, 1)):
        for worlds in (0, -1, 2.5, 131_073, 10**11):
            with pytest.raises(BrinkError, match=f"worlds: .* must be a whole number from {low} to 131,072"):
                ask(worlds)


def test_resolutions_that_are_all_annulled_are_told_as_that(tmp_path):
    (tmp_path / "forecast.json").write_text(json.dumps(FORECAST), encoding="utf-8")
    (tmp_path / "all.yaml").write_text("war: annulled\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["score", str(tmp_path / "forecast.json"), str(tmp_path / "all.yaml")])
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.endswith("all.yaml: all that it names is annulled, and there is nothing to score\n")
