"""What separates worlds: causes are found, consequences and noise are not."""

import json
from math import exp, log

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from toy import BORDER, CALM
from typer.testing import CliRunner

import sim
from sim.analysis.pathways.association import clear, exposures, in_time, last_steps, tabled, why
from sim.analysis.pathways.cox import RiskSets, at_the_end
from sim.analysis.pathways.event_log import EventLog
from sim.cli import app
from sim.ensemble import run as ensemble
from sim.errors import BrinkError

DAYS = 150


def made(n: int = 2048, seed: int = 0, times: float = 2.0) -> tuple[EventLog, np.ndarray]:
    """Worlds in which a cause raises the rate of a decision for 30 days; the outcome follows five days later.

    The decision is announced on its way, and the outcome has a consequence on the next day; noise changes nothing.
    """
    rng = np.random.default_rng(seed)
    names = ["cause", "noise", "decision", "announced", "outcome", "consequence"]
    rows = []
    outcome = np.full(n, -1)
    happened = rng.random((2, n, DAYS)) < 0.012
    for kind in (0, 1):
        rows += [(w, d, kind, -1) for w, d in np.argwhere(happened[kind])]
    for world in range(n):
        last = -99
        for day in range(DAYS - 6):
            if rng.random() < 0.004 * (times if 1 <= day - last <= 30 else 1):
                rows += [(world, day, 2, -1), (world, day + 2, 3, -1), (world, day + 5, 4, 2), (world, day + 6, 5, 4)]
                outcome[world] = day + 5
                break
            last = day if happened[0, world, day] else last
    world, day, event, because = np.array(rows).T
    return EventLog(world, day, event, because, names, n), outcome


@pytest.fixture(scope="module")
def found():
    history, outcome = made()
    compared, steps, lead = in_time(history, outcome, np.arange(history.worlds), 30)
    return tabled(compared).set_index("event"), steps, lead


def test_a_cause_that_doubles_the_rate_is_found_with_a_ratio_of_two(found):
    events, _, _ = found
    cause = events.loc["cause"]
    assert cause["low"] < 2 < cause["high"]
    assert cause["high"] / cause["low"] < 1.5
    assert cause["clear"]
    assert events.index[0] == "cause"
    assert cause["share"] == pytest.approx(cause["cases"] * (1 - 1 / cause["ratio"]))


def test_noise_and_consequences_are_not(found):
    events, _, _ = found
    assert not events.loc["noise", "clear"]
    assert "consequence" not in events.index
    assert "outcome" not in events.index


def test_what_only_announces_the_outcome_is_not_taken_for_a_cause(found):
    events, steps, lead = found
    assert "announced" not in events.index
    assert steps["event"].tolist() == ["decision"]
    assert steps["share"].tolist() == [1]
    assert lead == 5


def test_last_steps_are_named_by_the_log():
    history, outcome = made(200)
    steps = last_steps(history, outcome)
    assert np.array_equal(history.world[steps], np.flatnonzero(outcome >= 0))
    assert np.array_equal(history.day[steps], outcome[outcome >= 0] - 5)


def test_exposure_is_what_happened_within_the_days_before():
    rng = np.random.default_rng(1)
    world, day = rng.integers(0, 300, 400), rng.integers(0, 50, 400)
    history = EventLog(world, day, np.zeros(400, int), np.full(400, -1), ["a"], 300)
    times = np.array([3, 10, 11, 40])
    ((name, exposed),) = exposures(history, times, 7)
    assert name == "a"
    happened = list(zip(world, day, strict=True))
    expected = [[any(w == one and t - 7 <= d < t for w, d in happened) for t in times] for one in range(300)]
    assert np.array_equal(exposed, expected)


def small(seed: int, n: int = 60):
    """Days of an outcome, and exposures on the days that count, at random."""
    rng = np.random.default_rng(seed)
    days = np.where(rng.random(n) < 0.6, rng.integers(0, 12, n), -1)
    return days, rng.random((n, len(np.unique(days[days >= 0])))) < 0.4


def test_the_ratio_is_that_of_the_partial_likelihood():
    days, exposed = small(3)
    times = np.unique(days[days >= 0])

    def loss(beta: float) -> float:
        total = 0.5 * beta - log(1 + exp(beta))
        for world in np.flatnonzero(days >= 0):
            j = np.searchsorted(times, days[world])
            at_risk = (days < 0) | (days >= days[world])
            total += beta * exposed[world, j] - log(np.exp(beta * exposed[at_risk, j]).sum())
        return -total

    best = minimize_scalar(loss, bracket=(-1, 1))
    assert RiskSets(days, np.arange(60)).compare(exposed).log_ratio == pytest.approx(best.x, abs=1e-4)


def test_shares_are_those_of_cases_and_of_others_on_the_same_date():
    days = np.array([2, 2, 5, -1, -1, 4])
    exposed = np.array([[1, 0, 0], [0, 0, 0], [1, 1, 1], [0, 1, 1], [1, 0, 0], [0, 1, 0]], bool)
    one = RiskSets(days, np.arange(6)).compare(exposed)
    assert one.cases == pytest.approx(3 / 4)
    assert one.others == pytest.approx((2 * 2 / 4 + 2 / 3 + 1 / 2) / 4)


@pytest.mark.parametrize("clustered", [False, True])
def test_intervals_cover_one_as_often_as_they_should_when_nothing_matters(clustered):
    rng = np.random.default_rng(5)
    n, size = 1024, 8 if clustered else 1
    clusters = np.arange(n) // size
    frail = np.exp(rng.normal(0, 1, n // size))[clusters] if clustered else np.ones(n)
    days = (rng.exponential(1, n) / (0.02 * frail)).astype(int)
    days = np.where(days < 60, days, -1)
    sets = RiskSets(days, clusters)
    covers = []
    for _ in range(300):
        prone = rng.beta(0.5, 0.5, n // size)[clusters] if clustered else np.full(n, 0.4)
        one = sets.compare(rng.random((n, 1)) + np.zeros(len(sets.times)) < prone[:, None])
        low, high = one.interval()
        covers.append(low <= 1 <= high)
    assert 0.85 <= np.mean(covers) <= 0.95


def test_chance_finds_are_rare_among_what_is_called_clear():
    p = np.concatenate([np.full(10, 1e-6), np.random.default_rng(0).random(100)])
    assert clear(p)[:10].all()
    assert clear(p)[10:].sum() <= 2
    assert not clear(np.array([0.2, 0.9])).any()
    assert clear(np.array([])).size == 0


def test_at_the_end_the_ratio_is_that_of_two_shares():
    exposed, happened = np.repeat([True, False], 1000), np.zeros(2000, bool)
    happened[:600] = happened[1000:1200] = True
    one = at_the_end(exposed, happened, np.arange(2000))
    assert one.ratio == pytest.approx(3, rel=0.01)
    assert one.error == pytest.approx((0.4 / 600 + 0.8 / 200) ** 0.5, rel=0.01)
    assert (one.cases, one.others) == (0.75, pytest.approx(1 / 3))
    assert at_the_end(np.ones(4, bool), np.array([True, False] * 2), np.arange(4)) is None


def test_parameters_that_matter_are_found_among_those_that_vary():
    run = ensemble.run(CALM, subject=BORDER, worlds=2048, seed=2, uncertainty="priors", sets=256)
    parameters = why(run, "shot").parameters.set_index("parameter")
    assert parameters.index[0] == "north.shot_rate"
    assert parameters.loc["north.shot_rate", "clear"]
    assert parameters.loc["north.shot_rate", "difference"] > 0


# The command

@pytest.fixture(scope="module")
def run():
    return sim.run("baseline", worlds=512, days=120, seed=3)


@pytest.fixture(scope="module")
def kept(run, tmp_path_factory):
    return run.save(tmp_path_factory.mktemp("kept") / "mine")


def brink(*arguments: str):
    return CliRunner().invoke(app, arguments)


def test_a_war_is_compared_on_the_day_it_was_decided(run):
    separation = run.why("round_two")
    assert separation.cases == run.happened("round_two").sum()
    assert {"us.carry_out_ultimatum", "israel.prepare_alone"} & set(separation.last_steps["event"])
    assert separation.last_steps["share"].sum() <= 1 + 1e-9
    assert not {"war.begins", "iran.retaliate", "war.ends"} & set(separation.events["event"])
    assert separation.lead > 0


def test_why_says_what_it_is_and_how_to_test_it(kept):
    result = brink("why", str(kept))
    assert result.exit_code == 0, result.stderr
    assert "association within the model" in result.stdout
    assert f"brink compare {kept} --do '{{on: 2025-12-30, forbid: " in result.stdout
    assert "More often before it:" in result.stdout


def test_why_as_json_csv_and_files_say_the_same(kept, tmp_path):
    result = brink("why", str(kept), "--outcome", "green_light", "--out", str(tmp_path / "why"), "--json")
    content = json.loads(result.stdout)
    table = pd.read_csv(tmp_path / "why" / "events.csv")
    assert [row["event"] for row in content["events"]] == table["event"].tolist()
    assert brink("why", str(kept), "--outcome", "green_light", "--csv").stdout == (tmp_path / "why" / "events.csv").read_text()
    assert {path.name for path in (tmp_path / "why").iterdir()} == {
        "events.csv", "last_steps.csv", "parameters.csv", "why.png", "why.svg"}


def test_an_outcome_without_a_day_is_compared_at_the_end(kept):
    result = brink("why", str(kept), "--outcome", "oil_top")
    assert result.exit_code == 0, result.stderr
    assert "The outcome has no day" in result.stdout
    assert "256 of 512 worlds" in result.stdout


@pytest.mark.parametrize(("arguments", "says"), [
    (("--outcome", "round_too"), "did you mean 'round_two'"),
    (("--outcome", "first_cause"), "is a label"),
    (("--outcome", "device"), "came true in"),
    (("--before", "0"), "before: 0 must be a whole number from 1 to 120"),
])
def test_mistakes_are_a_line(kept, arguments, says):
    result = brink("why", str(kept), *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert says in line


def test_another_than_a_run_raises_the_one_error():
    with pytest.raises(BrinkError, match="kept no events"):
        why(sim.run("baseline", worlds=4, days=2, keep_events=0), "round_two")
