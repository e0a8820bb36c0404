"""Ranges of parameters, view files written and read, and interventions written as lines."""

from itertools import pairwise

import pytest

from sim.errors import BrinkError
from sim.model import ranges, registry
from sim.scenario.interventions import read_given
from sim.scenario.interventions.write import choices, line
from sim.scenario.scenario import load, read_view
from sim.scenario.write import view_yaml

KEYS = list(registry.catalogue())
BASE = load("baseline")


@pytest.mark.parametrize("key", KEYS[::7])
def test_stops_hold_the_default_stay_within_hard_bounds_and_cover_the_prior(key):
    declared, found = registry.find(key).declaration, ranges.stops(key)
    assert ranges.rounded(declared.default) in found
    assert found == sorted(set(found))
    assert declared.low <= found[0] <= found[-1] <= declared.high
    assert 20 <= len(found) <= 120
    assert ranges.place(key, found[0]) < 0.1 or found[0] == ranges.rounded(declared.default)
    assert ranges.place(key, found[-1]) > 0.9 or found[-1] == ranges.rounded(declared.default)


def test_a_value_from_outside_is_a_stop():
    assert 0.99 in ranges.stops("israel.missile_trigger", 0.99)


def test_a_wide_prior_is_walked_in_factors():
    key = "hezbollah.deaths_a_day"
    found = [stop for stop in ranges.stops(key) if stop != ranges.rounded(registry.find(key).declaration.default)]
    assert ranges.reach(key).log
    assert max(b / a for a, b in pairwise(found)) < 1.3
    assert not ranges.reach("israel.missile_trigger").log


@pytest.mark.parametrize(("size", "step"), [(0.013, 0.01), (0.02, 0.02), (0.03, 0.025), (7, 5), (99, 50), (0, 1)])
def test_steps_are_round(size, step):
    assert ranges.round_step(size) == pytest.approx(step)


def test_where_a_value_lies_in_its_prior():
    key = "us.assessment_days"
    assert ranges.place(key, 30) == pytest.approx(0.5)
    assert ranges.place_in_words(key, 30) == "in the middle of its prior"
    assert ranges.place_in_words(key, 45) == "higher than 90 % of its prior"
    assert ranges.place_in_words(key, 20) == "lower than 90 % of its prior"
    assert ranges.place_in_words(key, 1) == "lower than nearly all of its prior"


def test_every_parameter_can_be_written_into_a_view_file_and_read_again():
    values = {key: entry.declaration.default for key, entry in registry.catalogue().items()}
    notes = {"israel.missile_trigger": 'chapter 3: "tense", {sic} # not a comment'}
    view = read_view(view_yaml("Mine: a view", "from interviews", values, notes), "mine.yaml")
    assert view.name == "Mine: a view"
    assert view.layer.parameters == pytest.approx(values)
    assert view.layer.notes["israel.missile_trigger"] == notes["israel.missile_trigger"]
    assert view.layer.notes["oil.reversion"] == "from interviews"


@pytest.mark.parametrize(("text", "says"), [
    ("parameters:\n  israel.missile_triger: 1\n", "bad.yaml:2: no parameter 'israel.missile_triger'"),
    ("name: x\nshell: rm\n", "bad.yaml:2: unknown key 'shell'"),
    ("parameters: {israel.missile_trigger: !!python/object:os.system 1}", "bad.yaml:1: tags"),
    ("a: &a [1]\nb: *a\n", "bad.yaml:2: aliases"),
    ("x" * 300_000, "too large"),
    ("- 1", "expected keys and values"),
])
def test_a_bad_view_is_refused_with_its_line(text, says):
    with pytest.raises(BrinkError, match=r"bad\.yaml") as caught:
        read_view(text, "bad.yaml")
    assert says in str(caught.value)


@pytest.mark.parametrize("plain", [
    {"on": "2026-03-01", "shock": "oil_shock", "size": 80.0, "note": "a strait closes: 'why' and \"how\", {x}"},
    {"on": "2026-03-01", "forbid": "us.set_ultimatum", "for": 60, "note": "no"},
    {"when": {"variable": "war.tension", "is": "at least", "value": 1.25}, "push": "israel.prepare_alone", "by": -0.5},
    {"when": {"event": "talks.convene", "happened": True}, "force": "us.set_ultimatum", "for": 14},
    {"when": [{"variable": "iran.regime_stands", "is": False}], "set": "oil.reversion", "to": 1e-05 + 30},
])
def test_an_intervention_written_as_a_line_is_read_as_it_was_meant(plain):
    assert read_given([line(plain)], BASE.date, BASE.days) == read_given([plain], BASE.date, BASE.days)


def test_what_is_empty_is_left_out_of_a_line():
    assert line({"on": "2026-03-01", "shock": "oil_shock", "for": None, "note": ""}) == "{on: 2026-03-01, shock: oil_shock}"


@pytest.mark.parametrize("does", ["force", "push", "set", "shift"])
def test_nobody_is_offered_the_loss_of_a_leader(does):
    assert choices(does)
    assert not {"iran.leader_lost", "war.lose_leader", "iran.leader_in_place", "iran.leader_lost_day",
                "war.leader_loss_rate"} & set(choices(does))


def test_an_intervention_in_words_of_ones_own():
    one = read_given(["{on: 2026-03-01, forbid: us.set_ultimatum, for: 60}"], BASE.date, BASE.days)[0]
    assert one.in_words(BASE.date, "no ultimatum") == "from 2026-03-01: no ultimatum for 60 days"


def test_without_a_date_days_outside_the_horizon_are_not_looked_at():
    text = "{on: 2031-03-01, shock: oil_shock}"
    assert read_given([text], None, 0)
    with pytest.raises(BrinkError, match="must be a day from"):
        read_given([text], BASE.date, BASE.days)
