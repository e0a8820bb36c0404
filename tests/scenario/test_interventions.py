"""Forcing an event on a date: it happens there, where it can, and nowhere else; mistakes say what would be right."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
from toy import started

import sim
from sim.engine import RandomStreams
from sim.errors import BrinkError
from sim.model.crisis import Crisis
from sim.report.figures import look
from sim.report.figures.over_time import fan
from sim.scenario import scenario
from sim.scenario.interventions import Intervention
from sim.scenario.scenario import Scenario


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def forced(folder: Path, event: str, on: str = "5", days: int = 12) -> Scenario:
    text = f"extends: baseline\ndays: {days}\ninterventions:\n  - {{on: {on}, force: {event}}}\n"
    return scenario.load(written(folder, text))


def test_an_event_is_forced_on_its_day_wherever_it_can_happen(tmp_path: Path) -> None:
    run = sim.run(forced(tmp_path, "us.set_ultimatum"), worlds=1024, keep_events=1024)
    free = sim.run("baseline", worlds=1024, days=12, keep_events=1024)
    asked, before = (result.events[result.events.event == "us.set_ultimatum"] for result in (run, free))
    earlier = set(before[before.day < 5].world)
    assert 0 < len(earlier) < 100
    assert set(asked[asked.day == 5].world) == set(range(1024)) - earlier
    assert set(asked[asked.day == 5].because) == {"calendar"}
    assert asked[asked.day < 5].values.tolist() == before[before.day < 5].values.tolist()


def test_what_cannot_happen_anywhere_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BrinkError) as caught:
        sim.run(forced(tmp_path, "us.join_war", "2"), worlds=64)
    assert str(caught.value) == ("interventions: 'force: us.join_war' could not happen in any world on day 2: it "
                                 "needs war.on and war.israel_in, which were false in all of them")


def test_the_clock_of_a_forced_event_is_left_alone() -> None:
    chosen = Scenario("mine", "Mine", days=3, interventions=(Intervention("force", "us.set_ultimatum", on=1),))
    model, acting = started(Crisis, chosen, np.arange(64), RandomStreams(1))
    row = model.clocks.names.index("us.set_ultimatum")
    model.step()
    used, left = model.clocks.used[row].copy(), model.clocks.left[row].copy()
    acting.before(model)
    assert model.us.ultimatum.all()
    assert np.array_equal(model.clocks.used[row], used)
    assert np.array_equal(model.clocks.left[row], left)


def test_results_do_not_depend_on_the_split(tmp_path: Path) -> None:
    chosen = forced(tmp_path, "us.set_ultimatum", days=8)
    one, two = (sim.run(chosen, worlds=2049, jobs=jobs, keep_events=0) for jobs in (1, 2))
    assert one.worlds.equals(two.worlds)


def test_a_date_stands_for_a_day_and_children_add_to_their_parents(tmp_path: Path) -> None:
    written(tmp_path, "extends: baseline\ndate: 2025-06-12\ninterventions: [{on: 2025-06-13, force: israel.strikes}]",
            "parent.yaml")
    child = scenario.load(written(tmp_path, "extends: parent.yaml\n"
                                            "interventions: [{on: 2025-06-20, force: us.set_ultimatum, note: why}]"))
    assert child.date == datetime.date(2025, 6, 12)
    assert child.interventions == (Intervention("force", "israel.strikes", on=1),
                                   Intervention("force", "us.set_ultimatum", on=8, note="why"))
    assert Scenario.from_dict(child.as_dict()) == Scenario(**{**vars(child), "origin": ""})
    assert child.hash != scenario.load("baseline").hash


def test_a_horizon_must_reach_the_intervention(tmp_path: Path) -> None:
    with pytest.raises(BrinkError, match=r"'force: us\.set_ultimatum' begins on day 5, outside the horizon of 4 days"):
        forced(tmp_path, "us.set_ultimatum").changed(days=4)


@pytest.mark.parametrize(("item", "says"), [
    ("{on: 3, force: israel.strike}", "force: no event 'israel.strike'; did you mean 'israel.strikes'?"),
    ("{on: 3}", "an intervention must say what it does, with one of force, forbid, push, set, shift, shock, "
     "like {on: 2026-02-14, force: israel.strikes}"),
    ("{force: israel.strikes}", "an intervention must say when, like 'on: 2026-02-14' or 'on: 46', or hold a condition, "
     "like 'when: {variable: war.tension, is: above, value: 1}'"),
    ("{on: 12, force: israel.strikes}", "on: 12 must be a day from 0 to 11 (2025-12-30 to 2026-01-10)"),
    ("{on: 1.5, force: israel.strikes}", "on: 1.5 must be a day from 0 to 11 (2025-12-30 to 2026-01-10)"),
    ("{on: 2025-12-29, force: israel.strikes}", "on: '2025-12-29' must be a day from 0 to 11 (2025-12-30 to 2026-01-10)"),
    ("{on: soon, force: israel.strikes}", "on: 'soon' is neither a day number nor a date like 2026-02-14"),
    ("{on: 3, force: israel.strikes, why: x}", "unknown key 'why'; known are on, when, force, forbid, push, set, shift, "
     "shock, to, by, size, for, until, note"),
    ("3", "an intervention must say when and what, like {on: 2026-02-14, force: israel.strikes}"),
])
def test_mistakes_in_an_intervention(tmp_path: Path, item: str, says: str) -> None:
    path = written(tmp_path, f"extends: baseline\ndays: 12\ninterventions:\n  - {item}\n")
    with pytest.raises(BrinkError) as caught:
        scenario.load(path)
    assert str(caught.value) == f"{path}:4: {says}"


@pytest.mark.parametrize(("text", "says"), [
    ("interventions: strike", "interventions must be a list, of lines like '- {on: 2026-02-14, force: israel.strikes}'"),
    ("date: 12 June", "date: '12 June' is not a date like 2026-02-14"),
    ("date: 3", "date: 3 is not a date like 2026-02-14"),
    ("start: {iran.sites: 1}", "iran.sites holds 3 numbers: give a list of 3 in a scenario file"),
    ("start: {iran.sites: [1, 1]}", "iran.sites holds 3 numbers: give a list of 3 in a scenario file"),
    ("start: {iran.sites: [1, 1, 2]}", "iran.sites: 2 must be between 0 and 1"),
    ("start: {iran.access: [1, 1]}", "iran.access: a list is not a number"),
])
def test_mistakes_in_dates_and_lists(tmp_path: Path, text: str, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BrinkError) as caught:
        scenario.load(path)
    assert str(caught.value) == f"{path}:1: {says}"


def test_a_state_variable_of_several_numbers_starts_from_a_list(tmp_path: Path) -> None:
    chosen = scenario.load(written(tmp_path, "start: {iran.sites: {value: [1, 0.5, 0.25], note: x}}"))
    model, _ = started(Crisis, chosen, np.arange(3), RandomStreams(1))
    assert np.array_equal(model.iran.sites, np.repeat([[1], [0.5], [0.25]], 3, axis=1))
    assert Scenario.from_dict(chosen.as_dict()).start == {"iran.sites": (1, 0.5, 0.25)}


def test_pictures_show_the_scenarios_own_calendar(tmp_path: Path) -> None:
    run = sim.run(scenario.load(written(tmp_path, "extends: baseline\ndate: 2025-06-12\ndays: 9")), worlds=32)
    axis = fan(run, "iran.missiles").axes[0].get_xlim()
    assert axis == pytest.approx(tuple(look.dates(np.array([0, 9]), datetime.date(2025, 6, 12))))
