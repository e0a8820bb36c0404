"""Forks: one past, many futures, and the same futures under a change."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import sim
from sim.analysis.compare.compare import Comparison
from sim.cli import app
from sim.ensemble.results import Run
from sim.errors import BrinkError

WORLDS, DAYS, WORLD, DAY, FUTURES = 64, 90, 4, 40, 96
"""The world has had no second round by the day."""


@pytest.fixture(scope="module")
def run() -> Run:
    return sim.run("baseline", worlds=WORLDS, days=DAYS, seed=2)


@pytest.fixture(scope="module")
def futures(run: Run) -> Run:
    return run.fork(WORLD, DAY, FUTURES)


def brink(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_all_futures_share_the_worlds_past_and_then_part(run: Run, futures: Run) -> None:
    own = run.events[(run.events.world == WORLD) & (run.events.day < DAY)]
    past = futures.events[futures.events.day < DAY]
    for world in (0, FUTURES - 1):
        there = past[past.world == world]
        assert list(zip(there.day, there.event, strict=True)) == list(zip(own.day, own.event, strict=True))
    later = futures.events[futures.events.day >= DAY].groupby("world").event.apply(tuple)
    assert later.nunique() > FUTURES / 2


def test_days_fan_out_from_the_fork(futures: Run) -> None:
    series = futures.series("israel.alarm")
    before = series["day"] <= DAY
    np.testing.assert_array_equal(series["q05"][before], series["q95"][before])
    assert (series["q05"][~before] < series["q95"][~before]).all()


def test_futures_do_not_depend_on_how_many_there_are(run: Run, futures: Run) -> None:
    more = run.fork(WORLD, DAY, FUTURES + 40)
    for question in futures.questions:
        np.testing.assert_array_equal(more.column(question.id)[:FUTURES], futures.column(question.id))


def test_what_changes_nothing_changes_no_future_and_another_tag_is_other_luck(run: Run, futures: Run) -> None:
    default = sim.parameters.find("us.by_claim").declaration.default
    assert Comparison(futures, run.fork(WORLD, DAY, FUTURES, set={"us.by_claim": default})).same
    with pytest.raises(BrinkError, match="luck"):
        Comparison(futures, run.fork(WORLD, DAY, FUTURES, tag="again"))


def test_a_change_holds_from_the_day_on(run: Run, futures: Run) -> None:
    hawkish = run.fork(WORLD, DAY, FUTURES, set={"israel.lone_strike_rate": 0.5, "israel.arrow_at_start": 7})
    assert hawkish.happened("round_two").mean() > futures.happened("round_two").mean()
    assert not (hawkish.column("round_two") < DAY)[hawkish.happened("round_two")].any()
    assert hawkish.about["fork"]["set"] == {"israel.lone_strike_rate": 0.5, "israel.arrow_at_start": 7.0}
    past = hawkish.series("israel.alarm")["mean"][:DAY // 7]
    np.testing.assert_array_equal(past, futures.series("israel.alarm")["mean"][:DAY // 7])


def test_what_sets_a_start_sets_the_state_on_that_day(run: Run) -> None:
    armed = run.fork(WORLD, DAY, 16, set={"iran.missiles_at_start": 4000})
    series = armed.series("iran.missiles")
    assert series["mean"][series["day"] <= DAY].max() < 3000
    assert series["mean"][series["day"] > DAY][0] > 3500


def test_interventions_take_hold_after_the_fork(run: Run) -> None:
    forced = run.fork(WORLD, DAY, 32, do=[f"{{on: {DAY + 5}, force: israel.lobby}}"])
    met = forced.events[(forced.events.event == "israel.lobby") & (forced.events.day == DAY + 5)]
    assert met.world.nunique() == 32
    with pytest.raises(BrinkError, match=f"before the fork on day {DAY}"):
        run.fork(WORLD, DAY, 32, do=["{on: 3, force: israel.lobby}"])


def test_a_fork_has_no_base_rates_and_its_worlds_no_past_of_their_own(futures: Run) -> None:
    assert futures.outcomes.base.isna().all()
    with pytest.raises(BrinkError, match="this is a fork"):
        futures.explain(0)


def test_a_fork_is_kept_like_a_run(futures: Run, tmp_path: Path) -> None:
    again = sim.load(futures.save(tmp_path / "fork"))
    assert again.about == futures.about
    assert again.rows[0] == futures.rows[0]


@pytest.mark.parametrize(("arguments", "says"), [
    ((WORLDS, DAY), f"world: {WORLDS} must be a number from 0 to {WORLDS - 1}: the run has {WORLDS} worlds"),
    ((WORLD, DAYS), f"day: {DAYS} must be a day from 0 to {DAYS - 1} (2025-12-30 to 2026-03-29)"),
    ((WORLD, DAY, 1), "futures: 1 must be a whole number from 2 to 20,000"),
])
def test_what_cannot_be_is_said(run: Run, arguments: tuple[int, ...], says: str) -> None:
    with pytest.raises(BrinkError) as error:
        run.fork(*arguments)
    assert str(error.value) == says


# The command

@pytest.fixture(scope="module")
def kept(run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(run.save(tmp_path_factory.mktemp("runs") / "mine"))


def test_the_command_shows_futures_beside_what_came(kept: str) -> None:
    result = brink("fork", kept, "--world", str(WORLD), "--day", "2026-02-08", "--futures", "32")
    assert result.exit_code == 0, result.stderr
    assert f"World {WORLD} of baseline on 8 February 2026 (day {DAY}): 32 futures" in result.stdout
    assert "what came" in result.stdout
    assert "with the change" not in result.stdout


def test_json_holds_both_sides_of_a_change_and_their_differences(kept: str, tmp_path: Path) -> None:
    result = brink("fork", kept, "--world", str(WORLD), "--day", str(DAY), "--futures", "32", "--set",
                   "us.obliterated_claim=0", "--out", str(tmp_path / "out"), "--json")
    content = json.loads(result.stdout)
    assert content["changes"] == ["us.obliterated_claim = 0"]
    first, = (row for row in content["differences"] if row["id"] == "round_two")
    assert first["difference"] == pytest.approx(content["changed"][0]["estimate"] - content["outcomes"][0]["estimate"])
    for side in ("plain", "changed"):
        assert (tmp_path / "out" / side / "first_strike.png").is_file()
        assert sim.load(tmp_path / "out" / side).size == 32


@pytest.mark.parametrize(("arguments", "says"), [
    (("--day", "soon"), "day: 'soon' is neither a day number nor a date like 2026-03-01"),
    (("--day", "--5"), "day: '--5' is neither a day number nor a date like 2026-03-01"),
    (("--day", "-3"), f"day: -3 must be a day from 0 to {DAYS - 1} (2025-12-30 to 2026-03-29)"),
    (("--day", "9", "--set", "us.claim=1"), "us.claim starts at the value of a parameter: "
                                            "set the parameter us.obliterated_claim instead"),
])
def test_mistakes_get_a_line(kept: str, arguments: tuple[str, ...], says: str) -> None:
    result = brink("fork", kept, "--world", "1", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"brink: {says}\n")


def test_a_value_far_outside_its_prior_is_remarked_on(kept: str) -> None:
    result = brink("fork", kept, "--world", str(WORLD), "--day", str(DAY), "--futures", "2", "--set", "us.strike_rate=0.9")
    assert result.exit_code == 0
    assert result.stderr.startswith("brink: warning: us.strike_rate")
