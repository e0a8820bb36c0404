"""All that an intervention can do: conditions, times, values, pushes, shocks; and that changing nothing changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy import started
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.engine import RandomStreams
from sim.engine.attribution import contributions, preconditions
from sim.engine.declarations import declared
from sim.engine.fields import Field
from sim.errors import BrinkError
from sim.model.crisis import Crisis
from sim.model.shocks import SHOCKS
from sim.scenario import scenario
from sim.scenario.interventions import Acting, Intervention
from sim.scenario.scenario import Scenario

BASELINE = scenario.load("baseline")
TENSE = "when: {variable: war.tension, is: above, value: 0.9}"


def built(*do: str, days: int = 120, n: int = 64, values: dict[str, Any] | None = None) -> tuple[Crisis, Acting]:
    """A crisis of n worlds on day 0 with these interventions at work."""
    model, acting = started(Crisis, BASELINE.changed(days=days, do=do), np.arange(n), RandomStreams(1), values)
    return model, acting


def lived(*do: str, days: int, n: int = 64, values: dict[str, Any] | None = None) -> tuple[Crisis, Acting]:
    """The same, some days later."""
    model, acting = built(*do, days=max(days + 1, 120), n=n, values=values)
    for _ in range(days):
        model.step()
    return model, acting


def taken_on(*do: str, days: int, n: int = 64) -> np.ndarray:
    """The day on which the one intervention took hold in each world, -1 for never."""
    model, acting = built(*do, days=max(days + 1, 120), n=n)
    first = np.full(n, -1)
    for day in range(days):
        model.step()
        first[acting.works[0].done & (first < 0)] = day
    return first


def state_of(model: Crisis) -> dict[str, np.ndarray]:
    """Every field and clock of a model."""
    return {"clocks": model.clocks.left, **{f"{part.key}.{name}": part.__dict__[name] for part in model.members
                                            for name in declared(type(part), Field)}}


def same(one: Crisis, other: Crisis) -> bool:
    held, wanted = state_of(one), state_of(other)
    return all(np.array_equal(held[key], wanted[key], equal_nan=held[key].dtype.kind == "f") for key in wanted)


# Changing nothing

@pytest.mark.parametrize("do", [
    f"{{{TENSE}, push: israel.preempt, by: 0}}",
    "{on: 0, push: us.threaten, by: 0, for: 30}",
    "{on: 5, set: israel.missile_trigger, to: 0.7, for: 20}",
    f"{{{TENSE}, set: war.tension_half_life, to: 21, for: 9}}",
    f"{{{TENSE}, set: us.threat_rate, to: 0.008, for: 9}}",
    f"{{{TENSE}, shift: israel.decisiveness, by: 0}}",
    f"{{{TENSE}, shift: oil.price, by: 0}}",
    "{when: {variable: war.tension, is: above, value: 1.5}, force: us.set_ultimatum}",
    "{when: [{variable: war.on, is: true}, {variable: war.on, is: false}], shock: oil_shock}",
    "{when: {event: iran.regime_falls, happened: true}, forbid: israel.preempt}",
    "{on: 0, forbid: talks.us_leaves, until: 20}",
])
def test_what_changes_nothing_changes_nothing(do: str) -> None:
    free, _ = lived(days=40)
    model, _ = lived(do, days=40)
    assert same(model, free)
    assert model.log is not None
    assert free.log is not None
    assert all(np.array_equal(held, free.log.table()[name]) for name, held in model.log.table().items())


def test_what_changes_nothing_changes_no_column_of_a_run() -> None:
    free = sim.run("baseline", worlds=512, days=30)
    run = sim.run("baseline", worlds=512, days=30, do=[{"when": {"variable": "war.tension", "is": "above", "value": 1},
                                                        "push": "us.set_ultimatum", "by": 0}])
    assert run.worlds.equals(free.worlds)
    assert run.daily.equals(free.daily)
    assert run.events.equals(free.events)
    assert 0 < run.taken[0][1] < 512


# Forbidding and pushing

def test_what_is_forbidden_does_not_happen_for_that_time_and_no_other_clock_moves() -> None:
    model, _ = built("{on: 3, forbid: israel.act_covertly, for: 30}", values={"israel.covert_rate": 0.5})
    row, others = (index(model, "israel.act_covertly", own) for own in (True, False))
    for _ in range(3):
        model.step()
    left = model.clocks.left.copy()
    model.step()
    assert np.array_equal(model.clocks.left[row], left[row])
    assert (model.clocks.left[others] != left[others]).any()
    for _ in range(40):
        model.step()
    days = happened_on(model, "israel.act_covertly")
    assert not ((days >= 3) & (days < 33)).any()
    assert (days < 3).any()
    assert (days >= 33).any()


def index(model: Crisis, action: str, own: bool = True) -> Any:
    row = model.clocks.names.index(action)
    return row if own else [i for i in range(len(model.clocks.names)) if i != row]


def happened_on(model: Crisis, event: str) -> np.ndarray:
    assert model.log is not None
    table = model.log.table()
    return table["day"][table["event"] == model.event_names.index(event)]


def test_an_action_without_precondition_is_free_again_the_day_after() -> None:
    model, _ = built("{on: 1, forbid: israel.settle, for: 2}")
    row = index(model, "israel.settle")
    seen = []
    for _ in range(5):
        model.step()
        seen.append(bool(model.clocks.rates[row].any()))
    assert seen == [True, False, False, True, True]


def test_a_push_is_a_term_of_the_log_odds_times_decisiveness() -> None:
    values = {"israel.decisiveness": 1.5}
    (model, acting), (free, _) = (built(*do, values=values) for do in (["{on: 0, push: israel.lobby, by: 0.7}"], []))
    parts = []
    model.constraints.append(lambda m: parts.append(contributions(m, "israel.lobby", 5)))
    free.observers.append(lambda m, fired: None)  # who looks has the rates kept
    model.step()
    free.step()
    assert parts[0][-1][:2] == ("pushed by hand", pytest.approx(1.05))
    row = index(model, "israel.lobby")
    tempo = model.clocks.tempo[row, 0]
    odds = [np.log(m.clocks.rates[row] / (tempo - m.clocks.rates[row])) for m in (model, free)]
    assert odds[0] - odds[1] == pytest.approx(np.full(64, 1.05), abs=1e-4)
    assert sum(term.value for term in parts[0]) == pytest.approx(odds[0][5], abs=1e-4)
    assert acting.taken()[0].worlds == 64


# Conditions

def test_a_condition_holds_world_by_world_from_the_first_day_it_is_true() -> None:
    model, acting = built(f"{{{TENSE}, on: 10, push: us.threaten, by: -20, for: 5}}", n=256)
    first = np.full(256, -1)
    work = acting.works[0]

    def look(m: Crisis) -> None:
        if m.day >= 10:
            first[(first < 0) & (m.war.tension > np.float32(0.9))] = m.day
        running = np.zeros(256, bool)
        for _, worlds, _ in m.clocks.pushes:
            running[worlds] = True
        assert np.array_equal(running, (first >= 0) & (m.day < first + 5))

    model.constraints.append(look)
    for _ in range(40):
        model.step()
    assert np.array_equal(work.since, first)
    assert np.unique(first).size > 5


def test_a_condition_can_ask_for_an_event() -> None:
    model, acting = lived("{when: {event: talks.round_held, happened: true}, force: us.widen_scope, for: 400}",
                          "{when: {event: talks.round_held, happened: false}, on: 30, shift: war.tension, by: 0}",
                          days=60, n=256)
    since = acting.works[0].since
    assert model.log is not None
    first = np.full(256, -1)
    for day, event, worlds, _ in model.log.entries:
        if event == model.event_names.index("talks.round_held"):
            first[worlds] = np.where(first[worlds] < 0, day, first[worlds])
    assert np.array_equal(since, first)
    without = (first < 0) | (first > 30)
    assert np.array_equal(acting.works[1].done, without)


def test_results_do_not_depend_on_the_split_or_on_how_much_of_the_log_is_kept() -> None:
    do = [{"when": {"event": "talks.round_held", "happened": True}, "force": "us.set_ultimatum", "for": 20},
          {"on": 5, "shock": "leader_loss", "for": 90}]
    one, two = (sim.run("baseline", worlds=2500, days=100, do=do, jobs=jobs, keep_events=keep)
                for jobs, keep in ((1, 0), (2, 64)))
    assert one.worlds.equals(two.worlds)
    assert one.taken == two.taken


# Values

def test_a_parameter_is_set_for_a_time_and_then_is_what_it_was_in_every_world() -> None:
    own = np.linspace(0.6, 0.9, 64, dtype=np.float32)
    model, _ = built("{on: 2, set: israel.missile_trigger, to: 0.8, for: 10}",
                     "{on: 5, shift: israel.missile_trigger, by: 0.1, until: 15}", values={"israel.missile_trigger": own})
    seen = {}
    for day in range(20):
        model.step()
        seen[day] = model.israel.missile_trigger.copy()
    eight, tenth = np.float32(0.8), np.float32(0.1)
    for day, wanted in {1: own, 2: np.full(64, eight), 4: np.full(64, eight), 5: np.full(64, eight + tenth),
                        11: np.full(64, eight + tenth), 12: own + tenth, 14: own + tenth, 15: own, 19: own}.items():
        assert np.array_equal(seen[day], wanted), day


def test_a_parameter_that_was_one_number_is_one_number_again() -> None:
    model, _ = lived(f"{{{TENSE}, set: us.threat_rate, to: 0, for: 3}}", "{on: 0, set: oil.reversion, to: 9, for: 3}", days=100)
    assert model.oil.reversion.strides == (0,)
    assert np.unique(model.us.threat_rate).tolist() == [np.float32(0.008)]


def test_a_shift_of_a_state_stays_within_its_range_and_is_done_once() -> None:
    model, _ = built("{on: 1, shift: war.tension, by: 1.5}", "{on: 1, shift: talks.next_round, by: -7}")
    model.constraints.append(lambda m: seen.append(m.war.tension.copy()))
    seen: list[np.ndarray] = []
    for _ in range(3):
        model.step()
    assert (seen[1] == 1.5).all()
    assert (seen[2] < 1.5).all()
    assert (model.talks.next_round >= 0).all()


def test_a_flag_is_set_and_a_count_is_moved() -> None:
    model, acting = lived("{on: 0, set: us.warned, to: true}", "{on: 0, shift: us.carriers, by: 2}", days=1)
    assert acting.taken()[0].worlds == 64
    assert np.mean(model.us.carriers >= 2) > 0.9, "one may sail home on that day"


# The order of a day

def test_interventions_act_in_the_order_as_written() -> None:
    one, two = "{on: 1, set: war.tension, to: 1}", "{on: 1, shift: war.tension, by: -0.5}"
    for do, wanted in (((one, two), 0.5), ((two, one), 1.0)):
        model, _ = built(*do)
        seen: list[np.ndarray] = []
        model.constraints.append(lambda m, seen=seen: seen.append(m.war.tension.copy()))
        model.step()
        model.step()
        assert np.unique(seen[1]).tolist() == [wanted]


# Selecting worlds

def test_a_reordered_ensemble_goes_on_as_it_would_have() -> None:
    do = (f"{{{TENSE}, set: us.threat_rate, to: 0.2, for: 15}}", f"{{{TENSE}, force: us.set_ultimatum, for: 30}}",
          "{when: {event: talks.round_held, happened: true}, forbid: iran.concede}", "{on: 5, shock: leader_loss, for: 90}")
    order = np.random.default_rng(1).permutation(64)
    straight, mixed = built(*do)[0], built(*do)[0]
    for model in (straight, mixed):
        for _ in range(25):
            model.step()
    mixed.select(order)
    for model in (straight, mixed):
        for _ in range(25):
            model.step()
    straight.select(order)
    assert same(mixed, straight)


# Preconditions

def test_the_parts_of_a_precondition_are_those_of_the_rule() -> None:
    model, _ = lived(days=10)
    for i, (state, event) in enumerate(model.events):
        if event.when is not None:
            parts = preconditions(model, model.event_names[i])
            held = np.logical_and.reduce([np.broadcast_to(where, 64) for _, where in parts])
            assert np.array_equal(held, event.when(state)), event.name
            assert all(label for label, _ in parts)
    assert [label for label, _ in preconditions(model, "us.join_war")] == ["war.on", "war.israel_in", "not war.us_in"]


# Shocks

@pytest.mark.parametrize("name", [name for name in SHOCKS if name != "leader_loss"])
def test_every_shock_strikes_once_where_it_can_and_is_felt(name: str) -> None:
    free, _ = lived(days=6)
    model, acting = lived(f"{{on: 5, shock: {name}}}", days=6)
    assert acting.taken()[0].worlds > 50
    assert not same(model, free)
    taken = taken_on(f"{{on: 5, shock: {name}}}", days=6)
    assert set(taken[taken >= 0]) == {5}


@pytest.mark.parametrize(("name", "variable", "sign"), [
    ("accident_at_sea", "war.tension", 1), ("air_defence_delivery", "iran.air_defence", 1), ("oil_shock", "oil.price", 1),
    ("mediation", "war.tension", -1), ("mediation", "iran.reassured", 1), ("mediation", "talks.state", 1),
])
def test_shocks_move_what_they_say(name: str, variable: str, sign: int) -> None:
    (free, _), (model, _) = (lived(*do, days=6, n=256) for do in ([], [f"{{on: 5, shock: {name}}}"]))
    owner, _, field = variable.partition(".")
    moved = getattr(getattr(model, owner), field).mean(dtype=float) - getattr(getattr(free, owner), field).mean(dtype=float)
    assert moved * sign > 0


def test_a_leak_brings_washington_nearer_to_the_truth() -> None:
    def credence(model: Crisis) -> float:
        return float(model.us.belief[model.iran.stage, np.arange(model.n)].mean())

    (free, _), (model, _) = (lived(*do, days=6, n=512) for do in ([], ["{on: 5, shock: leaked_intelligence}"]))
    assert credence(model) > credence(free) + 0.2


def test_a_leader_is_lost_on_a_day_that_luck_draws_from_the_window() -> None:
    what = "{on: 10, shock: leader_loss, for: 100}"
    (model, _), day = lived(what, days=115, n=2048), taken_on(what, days=115, n=2048)
    came = day[day >= 0]
    assert came.size > 2000
    assert came.min() >= 10
    assert came.max() < 110
    assert came.mean() == pytest.approx(59.5, abs=2.6)  # four standard errors of a uniform law
    assert np.histogram(came, 5, (10, 110))[0] == pytest.approx(came.size / 5, abs=75)
    assert (model.iran.leader_lost_day[day >= 0] <= came).all()


@pytest.mark.parametrize("one", [
    Intervention("force", "iran.leader_lost", on=3), Intervention("force", "war.lose_leader", on=3),
    Intervention("set", "iran.leader_in_place", 0, on=3), Intervention("push", "war.lose_leader", 9, on=3),
    Intervention("set", "war.leader_loss_rate", 9, on=3), Intervention("shock", "leader_loss", on=3),
    Intervention("shock", "leader_loss", on=3, lasts=89), Intervention("shock", "leader_loss", on=30, lasts=91),
])
def test_nobody_can_order_the_loss_of_a_leader(one: Intervention) -> None:
    with pytest.raises(BrinkError, match=r"order the loss of a leader|leader_loss (takes|is drawn)"):
        Scenario("mine", "Mine", days=120, interventions=(one,))


@pytest.mark.parametrize("key", ["iran.leader_in_place", "iran.leader_lost_day"])
def test_nor_let_a_scenario_start_without_one(key: str, tmp_path: Path) -> None:
    with pytest.raises(BrinkError, match=f"start: {key} would order the loss of a leader"):
        BASELINE.changed(set={key: 0})
    path = tmp_path / "mine.yaml"
    path.write_text(f"extends: baseline\nstart: {{{key}: 0}}\n")
    with pytest.raises(BrinkError, match=f"start: {key} would order the loss of a leader"):
        scenario.load(str(path))


# Forms

DO = ("{on: 3, force: us.set_ultimatum, for: 5, note: why}", "{on: 3, set: israel.bias, to: 0.1, until: 9}",
      "{when: [{variable: talks.open, is: true}, {variable: iran.missiles, is: at least, value: 1500}, "
      "{event: israel.lobby, happened: false}], push: israel.preempt, by: -1}", "{on: 3, shock: oil_shock, size: 80}")


def test_files_text_and_plain_values_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: baseline\ndays: 30\ninterventions:\n" + "".join(f"  - {one}\n" for one in DO))
    typed = BASELINE.changed(days=30, do=DO)
    read = scenario.load(path)
    assert read.interventions == typed.interventions
    assert read.hash == typed.hash != BASELINE.changed(days=30).hash
    plain = typed.as_dict()["interventions"]
    assert BASELINE.changed(days=30, do=plain).interventions == typed.interventions
    assert Scenario.from_dict(json.loads(json.dumps(typed.as_dict()))).interventions == typed.interventions


def test_interventions_in_words() -> None:
    said = [one.in_words(BASELINE.date) for one in BASELINE.changed(do=DO).interventions]
    assert said == [
        "from 2026-01-02: us.set_ultimatum is made to happen within 5 days (why)",
        "on 2026-01-02: israel.bias is set to 0.1 until 2026-01-08",
        "once talks.open is true and iran.missiles is at least 1500 and israel.lobby has not happened: "
        "israel.preempt is pushed by -1 log-odds",
        "on 2026-01-02: oil_shock strikes (size 80)"]


def test_a_parameter_set_far_outside_its_prior_warns() -> None:
    (warning,) = BASELINE.changed(do=["{on: 3, set: israel.missile_trigger, to: 2}"]).warnings()
    assert warning.startswith("israel.missile_trigger: 2 is outside the central 98 % of its prior")


def test_a_note_is_no_part_of_what_is_simulated() -> None:
    one, two = (BASELINE.changed(do=[f"{{on: 3, shock: mediation, note: {note}}}"]) for note in "ab")
    assert one.hash == two.hash


@pytest.mark.parametrize(("do", "says"), [
    ("{on: 3, forbid: war.begins}", "forbid: 'war.begins' has no clock of its own: it follows from other events; "
     "forbid or push those"),
    ("{on: 3, forbid: preempt}", "forbid: no action 'preempt'; did you mean 'israel.preempt'?"),
    ("{on: 3, push: israel.preempt}", "push: israel.preempt needs 'by', a number"),
    ("{on: 3, push: israel.preempt, by: 99}", "by: 99 must be between -20 and 20 (log-odds)"),
    ("{on: 3, push: israel.preempt, to: 1, by: 1}", "to: does not go with 'push', which takes 'by'"),
    ("{on: 3, set: israel.bias, to: 3}", "to: israel.bias: 3 must be between -0.5 and 0.5 (stage index)"),
    ("{on: 3, set: iran.sites, to: 1}", "to: iran.sites holds 3 numbers and can only be set at the start"),
    ("{on: 3, shift: war.on, by: 1}", "by: war.on is true or false: set it"),
    ("{on: 3, shift: us.carriers, by: 0.5}", "by: us.carriers: 0.5 is not a whole number"),
    ("{on: 3, shock: oilshock}", "shock: no shock 'oilshock'; did you mean 'oil_shock'?"),
    ("{on: 3, shock: snap_election, size: 2}", "size: snap_election has no size"),
    ("{on: 3, shock: oil_shock, for: 9}", "for: oil_shock strikes once, on the day it takes hold"),
    ("{on: 3, force: us.threaten, for: 2.5}", "for: 2.5 must be a whole number of days from 1 to 3,650"),
    ("{on: 3, force: us.threaten, until: 3}", "until: 3 must be a day from 4 to 364 (2026-01-03 to 2026-12-29)"),
    ("{on: 3, force: us.threaten, for: 3, until: 9}",
     "give either 'for' (days from when it takes hold) or 'until' (a day), not both"),
    ("{on: 3, force: us.threaten, forbid: us.threaten}", "an intervention does one thing, not force and forbid: write one line "
     "for each"),
    ("{when: 3, force: us.threaten}", "when: a condition must be like {variable: war.tension, is: above, value: 1} or "
     "{event: talks.round_held, happened: true}"),
    ("{when: [], force: us.threaten}", "when: holds no condition, like {variable: war.tension, is: above, value: 1}"),
    ("{when: {variable: war.tensoin, is: above, value: 1}, force: us.threaten}",
     "when: no state variable 'war.tensoin'; did you mean 'war.tension'?"),
    ("{when: {variable: israel.bias, is: above, value: 1}, force: us.threaten}",
     "when: 'israel.bias' is a parameter, and a condition asks for a state variable"),
    ("{when: {variable: war.tension, is: above, value: 9}, force: us.threaten}",
     "when: war.tension: 9 must be between 0 and 1.5"),
    ("{when: {variable: war.on, is: above, value: 0}, force: us.threaten}",
     "when: war.on is true or false: write 'is: true' or 'is: false'"),
    ("{when: {event: us.threaten}, force: us.threaten}",
     "when: the event us.threaten must have 'happened: true' or 'happened: false'"),
])
def test_every_mistake_is_one_clear_line(do: str, says: str) -> None:
    with pytest.raises(BrinkError) as caught:
        BASELINE.changed(do=[do])
    assert str(caught.value) == f"intervention '{do}': {says}"


# The command

def brink(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["run", "--worlds", "64", "--days", "20", "--json", *arguments])


def test_the_command_takes_interventions_and_says_where_they_took_hold() -> None:
    result = brink("--do", "{on: 3, shock: oil_shock}", "--do", "{on: 4, forbid: us.threaten, for: 3}")
    assert result.exit_code == 0, result.stderr
    content = json.loads(result.stdout)
    assert content["interventions_taken"] == [64, 64]
    assert [list(one) for one in content["scenario"]["interventions"]] == [["on", "shock"], ["on", "forbid", "for"]]


def test_a_condition_that_never_holds_is_a_warning_and_a_force_that_cannot_be_an_error() -> None:
    waited = brink("--do", "{when: {variable: us.carriers, is: above, value: 3}, force: us.threaten}")
    assert waited.exit_code == 0
    assert waited.stderr == ("brink: warning: interventions: 'force: us.threaten' took hold in no world: it waited until "
                             "us.carriers is above 3\n")
    refused = brink("--do", "{on: 3, force: talks.snap_back, for: 5}")
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert refused.stderr.startswith("brink: interventions: 'force: talks.snap_back' could not happen in any world from day 3 "
                                     "to 7: it needs talks.state == 5")


def test_shocks_are_listed_with_what_they_rest_on() -> None:
    listed = json.loads(CliRunner().invoke(app, ["shocks", "--json"]).stdout)
    assert [row["name"] for row in listed] == list(SHOCKS)
    assert "oil_shock" in CliRunner().invoke(app, ["shocks"]).stdout
    from sim.model.evidence import load

    known = {*load().ids, "assumption"}
    assert {id for row in listed for id in row["evidence"]} <= known
    assert all(row["says"] and row["does"] for row in listed)


def test_a_dial_takes_over_what_somebody_else_sets_meanwhile() -> None:
    model, _ = built("{on: 2, set: israel.bias, to: 0.1, for: 5}")
    for day in range(10):
        if day == 4:
            model.set("israel.bias", 0.2)
        model.step()
    assert np.unique(model.israel.bias).tolist() == [np.float32(0.2)]
