"""Paired comparison: exact where it can be, and as sure of itself as it may be."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from made_differences import made_difference
from matplotlib.image import imread
from toy import BORDER, CALM, Border, Outcome
from typer.testing import CliRunner

import sim
from sim.analysis.compare import divergence, paired
from sim.analysis.compare.compare import Comparison, verdict
from sim.cli import app
from sim.engine.log import Log
from sim.ensemble import run as ensemble
from sim.ensemble.results import Run
from sim.ensemble.tasks import ModelSpec
from sim.errors import BrinkError
from sim.report.text.compare import difference, error, estimate, gap
from sim.scenario.scenario import Scenario

TENSE = Scenario("tense", "A tense border", days=40, parameters={"north.shot_rate": 0.02, "north.by_fear": 2.0})
STRIKES = ModelSpec(Border, lambda model: {"round_two": model.north.first, "shots": model.north.shots},
                  (Outcome("round_two", "O1", "The first shot", "day", "day"),
                   Outcome("shots", "T3", "Shots", "mean", "shots", given="round_two")))


def border(a=CALM, b=TENSE, **more):
    return sim.compare(a, b, **{"worlds": 1500, "subject": BORDER, **more})


@pytest.fixture(scope="module")
def tense():
    return border()


@pytest.fixture(scope="module")
def priors():
    return border(uncertainty="priors", sets=60)


# Differences

def test_nothing_changed_differs_nowhere():
    same = border(b=Scenario("again", "The same by another name", days=40, parameters={"north.arming": 0.4}))
    assert same.same
    told = same.outcomes[~np.isnan(same.outcomes["difference"])]
    assert len(told) > 3
    assert (told[["difference", "se", "low", "high", "differ"]] == 0).all(axis=None)
    assert set(told["verdict"]) == {"equal"}
    assert (same.curve("shot")[["difference", "se", "low", "high"]] == 0).all(axis=None)
    flips = same.flips("shot")
    assert (flips.here, flips.there, flips.sooner, flips.later, flips.p) == (0, 0, 0, 0, 1)
    assert same.parting().never == same.parting().kept == 1500


@pytest.mark.parametrize("worlds", [1, 2, 30])
def test_no_band_of_a_curve_is_of_no_width_once_something_has_come(worlds):
    for here, there in (([-1], [0]), ([0], [0])):
        curve = paired.curves(np.repeat(here, worlds), np.repeat(there, worlds), 3, np.zeros(worlds, int))
        assert (curve["se"][1:] > 0).all() and (curve["low"] < curve["high"])[1:].all()


@pytest.mark.parametrize("worlds", [1, 2, 3])
def test_the_same_difference_in_few_worlds_is_no_sure_one(worlds):
    counts = np.arange(64) < worlds
    here, there = paired.Side(np.zeros(64), counts), paired.Side(np.where(counts, 4.0, 0.0), counts)
    found = paired.difference(here, there, np.zeros(64, int))
    assert found.value == 4 and not found.enough and np.isnan(found.error)
    assert verdict(found.value, found.error, found.enough) == "not told apart"


def test_estimates_are_those_of_the_runs_and_differ_by_the_difference(tense):
    for row in (row for row in tense.rows if not row["label"]):
        a, b = (next(r for r in run.rows if r["id"] == row["id"]) for run in (tense.a, tense.b))
        assert (row["a"], row["b"]) == pytest.approx((a["estimate"], b["estimate"]), nan_ok=True)
        assert row["difference"] == pytest.approx(b["estimate"] - a["estimate"], nan_ok=True)
        if not math.isnan(row["difference"]):
            assert row["se_unpaired"] == pytest.approx(math.hypot(a["se"], b["se"]))
    assert tense.row("shot")["difference"] > 0.1


def test_swapping_the_sides_swaps_the_signs(tense):
    back = Comparison(tense.b, tense.a)
    for row, other in zip(tense.rows, back.rows, strict=True):
        assert other["difference"] == pytest.approx(-row["difference"], nan_ok=True)
        assert other["both"] == pytest.approx(-row["both"], nan_ok=True)
        assert [other[name] for name in ("se", "se_unpaired")] == pytest.approx(
            [row[name] for name in ("se", "se_unpaired")], nan_ok=True)
    assert np.allclose(back.curve("shot")["difference"], -tense.curve("shot")["difference"])
    assert back.flips("shot").here == tense.flips("shot").there
    assert back.parting().worlds["here"].equals(tense.parting().worlds["there"])


def test_the_difference_of_labels_adds_up_to_none(tense):
    assert sum(row["difference"] for row in tense.rows if row["id"] == "mood") == pytest.approx(0)


def test_a_shared_luck_is_worth_more_worlds(tense):
    assert tense.row("shots")["narrower"] > 1.2
    assert tense.row("shot")["narrower"] > 1.2


@pytest.mark.parametrize("id", ["shot", "shots"])
def test_the_paired_error_agrees_with_the_jackknife(tense, id):
    question, n = tense.a.question(id), 400
    sides = [(run.happened(id) if question.kind == "day" else run.column(id).astype(float), run.counts(question))
             for run in (tense.a, tense.b)]
    sides = [(values[:n], counts[:n]) for values, counts in sides]

    def gap(kept):
        means = [values[kept & counts].mean() for values, counts in sides]
        return means[1] - means[0]

    left_out = np.array([gap(np.arange(n) != i) for i in range(n)])
    jackknife = math.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
    found = paired.difference(*(paired.Side(*side) for side in sides), np.zeros(n, int))
    assert found.error == pytest.approx(jackknife, rel=0.02)
    assert found.value == pytest.approx(gap(np.ones(n, bool)))


def test_the_paired_error_is_that_of_many_repetitions():
    gaps, errors = np.array([[row["difference"], row["se"]] for seed in range(60)
                             for row in [border(worlds=100, seed=seed, keep_events=0).row("shot")]]).T
    assert gaps.std(ddof=1) == pytest.approx(np.sqrt((errors**2).mean()), rel=0.25)


def test_worlds_of_one_set_go_together(priors):
    shot = priors.row("shot")
    gap = (priors.b.happened("shot").astype(float) - priors.a.happened("shot")).reshape(60, -1).mean(axis=1)
    assert shot["se"] == pytest.approx(gap.std(ddof=1) / math.sqrt(60))
    assert shot["sets_low"] < shot["difference"] < shot["sets_high"]
    curve = priors.curve("shot").iloc[-1]
    assert (curve["difference"], curve["se"]) == pytest.approx((shot["difference"], shot["se"]))


def test_a_share_that_nobody_flips_in_is_not_known_exactly():
    here = paired.Side(np.zeros(1000, bool), np.ones(1000, bool))
    assert 0 < paired.difference(here, here, np.zeros(1000, int)).error < 0.001
    assert paired.difference(here, here, np.zeros(1000, int), same=True).error == 0


def test_a_rare_outcome_does_not_move_because_its_condition_does():
    few = np.arange(1000) < 10
    here, there = paired.Side(few, np.arange(1000) < 700), paired.Side(few, np.arange(1000) < 730)
    found = paired.difference(here, there, np.zeros(1000, int))
    assert abs(found.z) < 1


@pytest.mark.parametrize(("value", "error", "says"), [
    (0.0, 0.0, "equal"), (0.1, 0.0, "higher"), (-0.1, 0.01, "lower"), (0.02, 0.01, "perhaps higher"),
    (0.01, 0.01, "not told apart"), (math.nan, math.nan, "")])
def test_verdicts(value, error, says):
    assert verdict(value, error) == says


def test_deaths_are_told_in_bands():
    one = made_difference(kind="mean", unit="deaths", a=212.0, b=math.nan, difference=40.0, se=3.0, low=35.0, high=45.0)
    assert [estimate(one, side) for side in "ab"] == ["100 to 300", "-"]
    assert difference(one) == gap(one) == "+35 to +45"
    assert error(one) == ""


# Flips and curves

def test_flips_add_up_and_give_the_difference(tense):
    flips, shot = tense.flips("shot"), tense.row("shot")
    assert flips.n == flips.both + flips.here + flips.there + flips.neither == 1500
    assert (flips.there - flips.here) / flips.n == pytest.approx(shot["difference"])
    assert flips.sooner + flips.later <= flips.both
    world = flips.there_worlds[0]
    assert tense.a.column("shot")[world] == -1
    assert tense.b.column("shot")[world] >= 0
    assert flips.there_worlds == tuple(tense.flipped("shot")[1][:5])


def test_flips_of_a_conditional_outcome_count_where_it_holds_on_both_sides():
    subject = ModelSpec(Border, lambda m: {"shot": m.north.first, "many": m.north.shots >= 3},
                      (Outcome("shot", "T1", "A shot", "day"), Outcome("many", "T2", "Many", "probability", given="shot")))
    made = border(subject=subject)
    assert made.flips("many").n == made.flips("shot").both == made.row("many")["n_both"]
    assert [len(worlds) for worlds in made.flipped("many")] == [made.flips("many").here, made.flips("many").there]
    assert made.parting("many").kept == made.flips("many").here + made.flips("many").there


def test_mcnemar_is_the_binomial_test():
    assert paired.mcnemar(0, 5) == pytest.approx(2 / 32)
    assert paired.mcnemar(3, 3) == pytest.approx(1)


def test_the_curve_ends_in_the_difference_and_rises_with_the_runs(tense):
    curve, shot = tense.curve("shot"), tense.row("shot")
    assert list(curve["day"]) == list(range(41))
    assert curve.iloc[0][["a", "b", "difference", "se"]].tolist() == [0, 0, 0, 0]
    assert curve.iloc[-1]["difference"] == pytest.approx(shot["difference"])
    assert curve.iloc[-1]["se"] == pytest.approx(shot["se"])
    day = tense.a.column("shot")
    assert curve["a"][17] == pytest.approx(((day >= 0) & (day < 17)).mean())


def test_transitions_count_every_world():
    made = border()
    table = made.transitions("mood")
    assert table.to_numpy().sum() == 1500
    assert table.loc["calm"].sum() == (made.a.column("mood") == "calm").sum()


# Where histories part

@pytest.mark.parametrize(("here", "there", "found"), [
    ([(1, "a")], [(1, "a")], []),
    ([], [], []),
    ([(1, "a")], [], [(1, "a", "")]),
    ([], [(3, "c")], [(3, "", "c")]),
    ([(1, "a"), (5, "b")], [(1, "a"), (7, "b")], [(5, "b", "")]),
    ([(1, "a"), (5, "b")], [(1, "a"), (5, "c")], [(5, "b", "c")]),
    ([(5, "b"), (5, "c")], [(5, "c")], [(5, "b", "")]),
    ([(5, "c")], [(5, "b"), (5, "c")], [(5, "", "b")]),
    ([(5, "c"), (9, "b")], [(5, "c"), (7, "a"), (9, "b")], [(7, "", "a")]),
])
def test_the_first_thing_that_happens_on_one_side_only(here, there, found):
    first = divergence.first_other(here, there, 10)
    assert ([] if first is None else [first]) == found


def test_partings_agree_with_the_events_of_the_runs(tense):
    parting = tense.parting()
    assert parting.never + len(parting.worlds) == parting.kept == 1500
    assert parting.kinds["share"].sum() >= 1
    for row in parting.worlds.head(20).to_dict("records"):
        a, b = (run.events[(run.events["world"] == row["world"])] for run in (tense.a, tense.b))
        before = [events[events["day"] < row["day"]][["day", "event"]].to_numpy().tolist() for events in (a, b)]
        on = [events[events["day"] == row["day"]]["event"].tolist() for events in (a, b)]
        assert before[0] == before[1]
        assert on[0] != on[1]


def test_worlds_that_flip_are_among_those_that_part(tense):
    few = tense.parting("shot")
    assert few.kept == len(few.worlds) == sum(map(len, tense.flipped("shot")))
    assert tense.parting(None).kept == 1500


def test_a_log_without_events_cannot_say_where_histories_part():
    with pytest.raises(BrinkError, match="kept none"):
        border(keep_events=0, worlds=10).parting()
    assert Log().table()["day"].size == 0


# What differs

def test_changes_say_who_set_what_and_leave_out_what_is_the_default():
    made = sim.compare(set={"israel.bias": 0.1, "israel.missile_trigger": 0.7, "iran.access": 0.5}, worlds=4, days=2)
    assert [(change.kind, change.key, change.a, change.b, change.by_b) for change in made.changes] == [
        ("parameter", "israel.bias", "0", "0.1", "set by hand"), ("start", "iran.access", "0.25", "0.5", "set by hand")]


def test_what_is_drawn_on_one_side_and_fixed_on_the_other_is_said():
    made = sim.compare(set={"israel.bias": 0.1}, worlds=8, days=2, uncertainty="priors", sets=2)
    assert [(change.a, change.b) for change in made.changes] == [("drawn from its prior", "0.1")]


# What may be compared

def test_runs_and_their_directories_can_be_given(tense, tmp_path):
    tense.a.save(tmp_path / "here")
    tense.b.save(tmp_path / "there")
    again = Comparison.of(tmp_path / "here", tmp_path / "there")
    assert again.outcomes.equals(tense.outcomes)
    beside = sim.compare(tense.a, TENSE, subject=BORDER)
    assert beside.outcomes.equals(tense.outcomes)


@pytest.mark.parametrize("other", [{"seed": 2}, {"worlds": 1499}, {"uncertainty": "priors", "sets": 3}])
def test_runs_on_other_luck_cannot_be_paired(tense, other):
    run = sim.run(TENSE, **{"worlds": 1500, "subject": BORDER, **other})
    with pytest.raises(BrinkError, match="cannot be paired"):
        Comparison(tense.a, run)


def test_runs_whose_luck_was_drawn_in_two_ways_cannot_be_paired(tense):
    old = Run({**tense.b.about, "luck": {"generator": "SFC64", "block": 2048}}, tense.b.tables, tense.b.timing)
    with pytest.raises(BrinkError, match=r"for one has luck by Philox4x32-10 and the other luck by SFC64$"):
        Comparison(tense.a, old)


@pytest.mark.parametrize(("arguments", "says"), [
    ({"b": None}, "compare: there is nothing to compare with; name a second scenario, or change something with set"),
    ({"b": "june_2025"}, "date: calm begins on 2025-12-30 and june_2025 on 2025-06-12; only histories that begin on one day "
     "can be paired"),
    ({"b": "baseline"}, "days: calm has 40 and baseline 365; give both the same with --days 40, or from Python with days=40"),
    ({"b": "basline"}, "no scenario 'basline'; did you mean 'baseline'?"),
])
def test_what_cannot_be_paired_is_found_before_anything_is_run(arguments, says, monkeypatch):
    monkeypatch.setattr(ensemble, "run_batch", None)
    with pytest.raises(BrinkError) as error:
        border(**arguments)
    assert str(error.value) == says


def test_a_run_that_was_made_with_other_options_is_run_anew(tense):
    few = sim.compare(tense.a, TENSE, worlds=20, subject=BORDER)
    assert (few.a.size, few.b.size) == (20, 20)
    assert few.b.worlds.equals(tense.b.worlds.head(20))


@pytest.mark.parametrize(("other", "says", "option"), [
    ({"days": 30}, "days: here has 40 and there 30; give both the same with --days 30, or from Python with days=30",
     {"days": 30}),
    ({"seed": 2}, "seed: here has 1 and there 2; give both the same with --seed 1, or from Python with seed=1", {"seed": 1}),
    ({"worlds": 100}, "worlds: here has 1500 and there 100; give both the same with --worlds 1500, or from Python with "
     "worlds=1500", {"worlds": 1500}),
    ({"uncertainty": "priors", "sets": 3}, "uncertainty: here has none and there priors; give both the same with "
     "--uncertainty none, or from Python with uncertainty='none'", {"uncertainty": "none"}),
])
def test_what_is_said_of_runs_that_differ_helps(tense, tmp_path, monkeypatch, other, says, option):
    monkeypatch.chdir(tmp_path)
    tense.a.save("here")
    sim.run(TENSE, **{"worlds": 1500, "subject": BORDER, **other}).save("there")
    with pytest.raises(BrinkError) as error:
        sim.compare("here", "there", subject=BORDER)
    assert str(error.value) == says
    made = sim.compare("here", "there", **option, subject=BORDER)
    assert made.a.days == made.b.days
    assert made.row("shot")["differ"] > 0


@pytest.mark.parametrize(("ask", "says"), [
    (lambda c: c.flips("shots"), "outcome 'shots' is no event that happens or does not"),
    (lambda c: c.parting("mood"), "outcome 'mood' is no event that happens or does not"),
    (lambda c: c.flips("shto"), "this run has no outcome 'shto'; did you mean 'shot'?"),
    (lambda c: c.curve("many"), "outcome 'many' has no day"),
    (lambda c: c.transitions("shot"), "outcome 'shot' does not come in labels"),
    (lambda c: c.row("mood"), "outcome 'mood' comes in labels; name one of calm, tense"),
    (lambda c: c.row("mood", "tens"), "outcome 'mood' has no label 'tens'; did you mean 'tense'?"),
])
def test_questions_that_have_no_answer(tense, ask, says):
    with pytest.raises(BrinkError) as error:
        ask(tense)
    assert str(error.value).startswith(says)


# Running both sides

@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("worlds", [4500, 10])
def test_both_sides_are_what_each_is_alone(jobs, worlds):
    both = ensemble.run_all([CALM, TENSE], worlds=worlds, jobs=jobs, subject=BORDER)
    for scenario, run in zip([CALM, TENSE], both, strict=True):
        alone = sim.run(scenario, worlds=worlds, subject=BORDER)
        assert all(run.tables[name].equals(alone.tables[name]) for name in alone.tables)


def test_progress_counts_both_sides():
    seen = []
    border(worlds=50, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (100, 100)
    assert seen == sorted(seen)


# The command

@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def brink(*arguments):
    return CliRunner().invoke(app, ["compare", *arguments])


SMALL = ("--worlds", "256", "--days", "60")


def test_the_command_tells_keeps_and_draws(folder):
    result = brink("--set", "us.strike_rate=0.01", *SMALL, "--all")
    assert result.exit_code == 0, result.stderr
    said = " ".join(result.stdout.split())
    for part in ("256 worlds on the same luck, 60 days, seed 1", "us.strike_rate: ", "only in baseline in ",
                 "whose events are kept", "not a forecast of the world", "runs/compare-baseline-changed-1"):
        assert part in said
    place = Path("runs/compare-baseline-changed-1")
    assert {path.name for path in place.iterdir()} == {
        "a", "b", "comparison.csv", "comparison.json", "curve.csv", "flips.csv", "parting.csv", "differences.png",
        "differences.svg", "first_strike_difference.png", "first_strike_difference.svg"}
    for picture in place.glob("*.png"):
        assert imread(picture).std() > 0.05
    assert Comparison.load(place).a.size == 256


def test_two_kept_runs_give_the_same_json_as_the_scenarios(folder):
    brink("baseline", "inspectors_back", *SMALL, "--out", "kept")
    told = json.loads(brink("baseline", "inspectors_back", *SMALL, "--json").stdout)
    read = json.loads(brink("kept/a", "kept/b", "--json").stdout)
    assert told == read
    assert told["changes"] == [{"kind": "start", "key": "iran.access", "a": "0.25", "b": "0.95",
                                "by_a": "the model's default", "by_b": "inspectors_back"}]
    assert sorted(path.name for path in folder.iterdir()) == ["kept"]


def test_runs_need_not_be_kept(folder):
    brink("--set", "iran.access=1", *SMALL, "--out", "kept", "--no-runs")
    assert not Path("kept/a").exists()
    assert Path("kept/comparison.csv").is_file()


def test_nothing_changed_is_said_in_a_line(folder):
    result = brink("baseline", "baseline", *SMALL, "--out", "kept")
    assert "Nothing differs: every outcome is the same in every world." in result.stdout


def test_an_intervention_is_a_change(folder):
    result = brink("--do", "{on: 20, force: us.set_ultimatum}", *SMALL, "--json")
    content = json.loads(result.stdout)
    assert [change["kind"] for change in content["changes"]] == ["intervention"]
    assert content["parting"]["events"][0]["event"] == "us.set_ultimatum"


@pytest.mark.parametrize(("arguments", "says"), [
    ((), "compare: name a second scenario, or say what to change with --set, --with or --do"),
    (("baseline", "inspectors_bak"), "no scenario 'inspectors_bak'; did you mean 'inspectors_back'?"),
    (("baseline", "june_2025"), "date: baseline begins on 2025-12-30 and june_2025 on 2025-06-12; only histories that begin "
     "on one day can be paired"),
    (("--set", "israel.biass=1"), "no parameter 'israel.biass'; did you mean 'israel.bias'?"),
    (("--set", "iran.access=1", "--out", "."), ".: exists already; name another directory or remove it"),
])
def test_mistakes_get_one_line_and_leave_nothing(folder, arguments, says):
    result = brink(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == f"brink: {says}"
    assert list(folder.iterdir()) == []


def test_a_kept_run_without_events_is_refused_before_anything_is_run(folder, monkeypatch):
    sim.run("baseline", worlds=4, days=2, keep_events=0).save("kept")
    monkeypatch.setattr(ensemble, "run_batch", None)
    result = brink("kept", "--set", "iran.access=1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "brink: events: one of the runs kept none, so that it cannot be said where they part\n"
    assert sorted(path.name for path in folder.iterdir()) == ["kept"]
