"""Results: tables, estimates with their two kinds of uncertainty, and directories that are whole or not there."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy import BORDER, CALM

import sim
from sim.ensemble.estimates import FEWEST, FEWEST_SETS, WIDEST, estimate
from sim.errors import BrinkError
from sim.words import BOUNDS, TOO_FEW, WORDS, percent, phrase, two_digits, word


@pytest.fixture(scope="module")
def run():
    return sim.run(CALM, worlds=3000, subject=BORDER)


@pytest.fixture(scope="module")
def priors():
    return sim.run(CALM, worlds=6400, uncertainty="priors", subject=BORDER)


def outcome(run, id):
    return run.outcomes.set_index("id").loc[id]


def test_worlds_have_a_row_each_with_set_luck_and_outcomes(run):
    assert list(run.worlds) == ["set", "luck", "shot", "many", "shots", "never", "moot", "mood"]
    assert len(run.worlds) == run.size == 3000
    assert list(run.worlds["mood"].cat.categories) == ["calm", "tense"]


def test_a_day_is_the_share_in_which_it_came_with_deadlines_and_median(run):
    row, day = outcome(run, "shot"), run.worlds["shot"]
    assert row["estimate"] == (day >= 0).mean() == row["by_40"]
    assert row["by_30"] == ((day >= 0) & (day < 30)).mean()
    assert row["median_day"] == day[day >= 0].median()
    assert np.isnan(row["base"]), "a rate for a year says nothing of forty days"


def test_a_conditional_outcome_counts_only_the_worlds_in_question(run):
    row, worlds = outcome(run, "shots"), run.worlds
    counted = worlds["shots"][worlds["shot"] >= 0]
    assert row["n"] == len(counted)
    assert row["estimate"] == pytest.approx(counted.mean())
    assert row["se"] == pytest.approx(counted.std() / math.sqrt(len(counted)))


def test_an_outcome_on_no_world_has_no_estimate(run):
    assert outcome(run, "moot")["n"] == 0
    assert math.isnan(outcome(run, "moot")["estimate"])


def test_what_never_happened_still_has_an_error(run):
    assert outcome(run, "never")["estimate"] == 0
    assert outcome(run, "never")["se"] == pytest.approx(math.sqrt(0.5) / 3000, rel=0.01)


def test_labels_have_no_row_of_their_own(run):
    assert "mood" not in set(run.outcomes["id"])


def test_events_name_what_happened_and_why(run):
    events = run.events
    assert set(events["event"].cat.categories) == {"north.shoot", "south.protest"}
    assert (events["because"][events["event"] == "south.protest"] == "north.shoot").all()
    assert (events["because"][events["event"] == "north.shoot"] == "calendar").all()
    assert (events["event"] == "north.shoot").sum() == run.worlds["shots"][:2048].sum()


def test_fixed_parameters_have_no_band_and_priors_do(run, priors):
    assert run.outcomes[["low", "high"]].isna().all(axis=None)
    row = outcome(priors, "shot")
    assert 0 < row["low"] < row["estimate"] < row["high"] < 1
    assert row["se"] < (row["high"] - row["low"]) / 5


def test_the_band_is_that_of_parameters_and_not_of_luck():
    rng, each, sets = np.random.default_rng(1), 40, 500
    truth = rng.beta(8, 8, sets)
    number = np.repeat(np.arange(sets), each)
    told = estimate(rng.random(sets * each) < truth[number], np.ones(sets * each, bool), number)
    low, high = np.quantile(truth, [0.05, 0.95])
    assert (told.low, told.high) == pytest.approx((low, high), abs=0.03)
    alike = estimate(rng.random(sets * each) < 0.4, np.ones(sets * each, bool), number)
    assert math.isnan(alike.low) and math.isnan(alike.high), "what luck alone makes is no band of parameters"


@given(st.integers(2, 6), st.integers(2, 30), st.integers(0, 2**32))
def test_estimates_are_ordered_and_within_bounds(sets, each, seed):
    rng = np.random.default_rng(seed)
    values, counts = rng.random(sets * each) < rng.random(), rng.random(sets * each) < 0.9
    told = estimate(values, counts, np.repeat(np.arange(sets), each))
    if told.worlds:
        assert told.value == values[counts].mean()
        assert told.error > 0 or told.worlds < 2
    if not math.isnan(told.low):
        assert 0 <= told.low <= told.high <= 1


@pytest.mark.parametrize("worlds", [0, 1, 2, 5, 20, 29, 30, 100, 2000])
@pytest.mark.parametrize("sets", [1, 2, 8, 16, 64])
def test_no_word_without_the_worlds_for_it_and_no_band_without_width(worlds, sets):
    rng = np.random.default_rng(worlds)
    number = np.arange(2000) * sets // 2000
    counts = np.isin(np.arange(2000), rng.choice(2000, worlds, replace=False))
    chances = (1, 0, 0.4, 0.2 + 0.6 * (number % 2))
    for came in (rng.random(2000) < chance for chance in chances):
        told = estimate(came, counts, number)
        enough = worlds >= FEWEST and (sets == 1 or len(np.unique(number[counts])) >= FEWEST_SETS)
        assert (told.word in WORDS) == (enough and told.error <= WIDEST)
        assert told.word in (*WORDS, TOO_FEW if worlds else "")
        assert math.isnan(told.low) == math.isnan(told.high)
        assert math.isnan(told.low) or told.low < told.high
        assert not worlds or told.error > 0, "a share always has an error"


def test_a_band_over_parameters_is_told_from_luck_nineteen_times_of_twenty():
    rng = np.random.default_rng(5)
    for sets in (8, 16, 64):
        number = np.repeat(np.arange(sets), 32)
        alike = [estimate(rng.random(len(number)) < 0.3, np.ones(len(number), bool), number).low for _ in range(200)]
        assert np.mean(~np.isnan(alike)) < 0.1
        apart = [estimate(rng.random(len(number)) < rng.beta(1, 2, sets)[number], np.ones(len(number), bool), number).low
                 for _ in range(50)]
        assert np.mean(~np.isnan(apart)) > 0.9


def test_a_table_of_a_thin_run_says_so(capsys):
    from sim.report.text.run import show_run

    show_run(sim.run(worlds=12, days=40, seed=1), None)
    told = capsys.readouterr().out
    assert not any(name in told for name in WORDS)
    assert "too few to tell, 1 of 12 worlds" in told or "too few to tell, 0 of 12 worlds" in told
    assert "too few to tell" in told
    assert "nan" not in told
    show_run(sim.run(worlds=64, days=40, seed=1, uncertainty="priors", sets=4), None)
    told = capsys.readouterr().out
    assert not any(name in told for name in WORDS)


def test_a_run_that_was_saved_and_loaded_is_the_same(run, priors, tmp_path):
    for made in (run, priors):
        place = made.save(tmp_path / made.uncertainty)
        read = sim.load(place)
        for name in ("outcomes", "worlds", "daily", "events"):
            pd.testing.assert_frame_equal(getattr(read, name), getattr(made, name), check_categorical=False)
        assert read.about == made.about
        assert read.scenario == made.scenario
    assert sim.load(tmp_path / "priors").parameters.equals(priors.parameters)


def test_a_directory_holds_what_other_tools_open(run, tmp_path):
    place = run.save(tmp_path / "deep" / "run")
    assert sorted(path.name for path in place.iterdir()) == [
        "daily.parquet", "events.parquet", "outcomes.csv", "run.json", "timing.json", "worlds.parquet"]
    about = json.loads((place / "run.json").read_text())
    assert about["luck"]["generator"] == "Philox4x32-10"
    assert about["scenario_hash"] == CALM.hash
    assert len(pd.read_csv(place / "outcomes.csv")) == len(run.outcomes)
    assert len(pd.read_parquet(place / "worlds.parquet")) == run.size


def test_an_existing_path_is_left_alone(run, tmp_path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(BrinkError, match="mine: exists already; name another directory or remove it"):
        run.save(tmp_path / "mine")
    assert list((tmp_path / "mine").iterdir()) == []


def test_nothing_half_written_stays(run, tmp_path):
    def fail(folder):
        assert (folder / "worlds.parquet").exists()
        raise OSError(28, "No space left on device")

    with pytest.raises(BrinkError, match=r"cannot be written \(No space left on device\)"):
        run.save(tmp_path / "full", also=fail)
    assert list(tmp_path.iterdir()) == []


def test_files_may_be_added_before_the_directory_appears(run, tmp_path):
    place = run.save(tmp_path / "run", also=lambda folder: (folder / "note.txt").write_text("a note"))
    assert (place / "note.txt").read_text() == "a note"


@pytest.mark.parametrize(("damage", "message"), [
    (lambda place: (place / "run.json").unlink(), "is not the directory of a run, for it holds no run.json"),
    (lambda place: (place / "run.json").write_text("{"), "run.json: cannot be read"),
    (lambda place: (place / "run.json").write_text("[]"), "run.json: does not describe a run"),
    (lambda place: (place / "run.json").write_text('{"format": 99}'), "is of format 99; this version reads 1"),
    (lambda place: (place / "run.json").write_text('{"format": 1}'), "does not describe a run"),
    (lambda place: (place / "daily.parquet").unlink(), "daily.parquet: is missing"),
    (lambda place: (place / "daily.parquet").write_bytes(b"PAR1 no more"), "daily.parquet: is not a Parquet file"),
])
def test_what_cannot_be_loaded_is_said(damage, message, run, tmp_path):
    place = run.save(tmp_path / "run")
    damage(place)
    with pytest.raises(BrinkError, match=message):
        sim.load(place)


def test_a_missing_directory_is_said(tmp_path):
    with pytest.raises(BrinkError, match="nowhere: there is no such directory"):
        sim.load(tmp_path / "nowhere")


@pytest.mark.parametrize(("probability", "expected"), [
    (0, "remote"), (0.05, "remote"), (0.06, "very unlikely"), (0.2, "very unlikely"), (0.3, "unlikely"),
    (0.45, "unlikely"), (0.5, "about even"), (0.55, "likely"), (0.8, "very likely"),
    (0.95, "nearly certain"), (1, "nearly certain"),
])
def test_words_follow_icd_203(probability, expected):
    assert word(probability) == expected


def test_a_phrase_holds_the_range():
    assert phrase(word(0.3)) == "unlikely (20 to 45 %)"
    assert phrase(word(math.nan)) == word(math.nan) == ""
    assert phrase(TOO_FEW) == TOO_FEW
    assert len(WORDS) == len(BOUNDS) + 1


@pytest.mark.parametrize(("value", "text"), [
    (1234, "1,200"), (0.05678, "0.057"), (87.6, "88"), (-3.44, "-3.4"), (0, "0"), (0.996, "1.0"), (99.6, "100"),
    (math.nan, "-"), (1_234_567, "1,200,000"),
])
def test_two_digits(value, text):
    assert two_digits(value) == text


@pytest.mark.parametrize(("share", "text"), [
    (0.344, "34 %"), (0.0123, "1.2 %"), (0.00034, "< 0.1 %"), (0.9996, "> 99.9 %"), (0, "0 %"), (1, "100 %"),
    (0.992, "99.2 %"), (0.0999, "10 %"), (0.95, "95 %"), (math.nan, "-"),
])
def test_percent(share, text):
    assert percent(share) == text
