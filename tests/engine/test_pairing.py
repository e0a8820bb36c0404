"""The same luck in two scenarios: nothing differs but what follows from what was changed."""

from __future__ import annotations

import numpy as np
from arms_race import ArmsRace
from engine_helpers import assert_same, everything, fields, live
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import RandomStreams

N, DAYS = 200, 60
RATES = [f"{side}.{name}" for side in ("north", "south")
         for name in ("arm_rate", "cut_rate", "mobilise_rate", "attack_rate", "by_gap", "by_fear", "decisiveness")]
CHANGES = st.dictionaries(st.sampled_from(["border.end_rate", *RATES]), st.floats(0, 2), min_size=1, max_size=3)


def model(values=None, seed=1, **more):
    return ArmsRace(np.arange(N), RandomStreams(seed), values, **more)


def events_today(model) -> np.ndarray:
    """Which events happened on the last day, by event and world."""
    happened = np.zeros((len(model.event_names), model.n), bool)
    for day, event, worlds, _ in model.log.entries:
        if day == model.day - 1:
            happened[event, worlds] = True
    return happened


@given(CHANGES, st.integers(0, 10**6))
def test_worlds_are_identical_up_to_the_first_day_on_which_any_event_differs(changes, seed):
    one, other = model(seed=seed), model(changes, seed=seed)
    same = np.ones(N, bool)
    for _ in range(DAYS):
        live(one, 1), live(other, 1)
        same &= (events_today(one) == events_today(other)).all(axis=0)
        before, after = fields(one), fields(other)
        for name in before:
            assert (before[name] == after[name])[..., same].all(), name


@given(CHANGES)
def test_what_does_not_depend_on_the_change_is_untouched_to_the_end(changes):
    one, other = everything(live(model(), DAYS)), everything(live(model(changes), DAYS))
    row = ArmsRace(np.arange(1), RandomStreams(1)).clocks.names.index("trader.trade")
    assert one["trader.gold"].tobytes() == other["trader.gold"].tobytes()
    assert one["clocks.left"][row].tobytes() == other["clocks.left"][row].tobytes()
    assert one["trader.profit used"].tobytes() == other["trader.profit used"].tobytes()


def test_a_lower_rate_makes_a_first_event_come_later_in_the_same_world():
    firsts = []
    for rate in (0.02, 0.1, 0.5):
        log = live(model({"trader.trade_rate": rate}), DAYS).log.table()
        trades = log["event"] == len(ArmsRace(np.arange(1), RandomStreams(1)).event_names) - 1
        first = np.full(N, DAYS)
        np.minimum.at(first, log["world"][trades], log["day"][trades])
        firsts.append(first)
    assert (np.diff(firsts, axis=0) <= 0).all()
    assert (np.diff(firsts, axis=0) < 0).mean() > 0.8


def test_changing_a_parameter_of_some_worlds_in_mid_run_changes_no_other():
    one, other = live(model(), 20), live(model(), 20)
    other.set("north.attack_rate", 0.0, np.arange(50, 60))
    live(one, DAYS), live(other, DAYS)
    before, after = everything(one), everything(other)
    rest = np.delete(np.arange(N), np.arange(50, 60))
    assert_same({name: values[..., rest] for name, values in before.items()}, after, rest)
    assert (before["north.attacks"][50:60] != after["north.attacks"][50:60]).any()


def test_setting_all_worlds_before_the_first_day_equals_starting_so():
    started, changed = model({"south.by_fear": 0.3, "border.end_rate": 0.9}), model()
    changed.set("south.by_fear", 0.3)
    changed.set("border.end_rate", 0.9)
    assert_same(everything(live(started, DAYS)), everything(live(changed, DAYS)))


def test_the_log_changes_nothing():
    assert_same(everything(live(model(log=False), DAYS)), everything(live(model(), DAYS)))
