"""The law of the clocks: who fires, when, in what order, and who is held back."""

from __future__ import annotations

import numpy as np
import pytest
from arms_race import ArmsRace, number
from engine_helpers import firings, idle, live, model_of, watched
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import DAILY, RandomStreams, State, count, event, flag, hazard_event


class Coin(State):
    key = "coin"
    decisiveness = number(1.0)
    rate = number(0.1, "per day")
    weight = number(0.0, low=-9)

    @idle(rate="rate", tempo=DAILY)
    def flip(self):
        return self.weight * 1

    @idle(rate="rate", tempo=0.05)
    def roll(self):
        return 0


def counted(days=20, n=4096, **values):
    model = model_of(Coin, n=n, values={f"coin.{name}": value for name, value in values.items()})
    return firings(live(model, days)), n * days


@given(rate=st.floats(0.001, 0.95), seed=st.integers(0, 2**32))
def test_an_action_fires_on_a_day_with_the_probability_of_its_rate(rate, seed):
    model = live(model_of(Coin, n=4096, seed=seed, values={"coin.rate": rate}), 20)
    days, expected = 20 * 4096, 1 - np.exp(-rate)
    happened = firings(model)["coin.flip"].sum()
    assert abs(happened - days * expected) < 4.5 * np.sqrt(days * expected * (1 - expected))


def test_the_wait_between_two_firings_is_geometric():
    model = live(model_of(Coin, n=4096, values={"coin.rate": 0.3}), 40)
    table = model.log.table()
    flips = table["event"] == 0
    first = np.full(model.n, 99)
    np.minimum.at(first, table["world"][flips], table["day"][flips])
    p = 1 - np.exp(-0.3)
    for day in range(8):
        expected = model.n * p * (1 - p) ** day
        assert abs((first == day).sum() - expected) < 4.5 * np.sqrt(expected)


@given(rate=st.floats(0.01, 0.9), weight=st.floats(-5, 5), decisiveness=st.floats(0, 3))
def test_a_rate_is_the_tempo_times_the_logistic_of_the_log_odds(rate, weight, decisiveness):
    values = {"coin.rate": rate, "coin.weight": weight, "coin.decisiveness": decisiveness}
    model = live(watched(model_of(Coin, n=3, values=values)), 1)
    expected = 1 / (1 + (1 - rate) / rate * np.exp(-decisiveness * weight))
    np.testing.assert_allclose(model.clocks.rates[model.clocks.names.index("coin.flip")], expected, rtol=1e-4)


def test_a_rate_never_exceeds_the_tempo_and_zero_switches_an_action_off():
    happened, days = counted(rate=0.9)
    expected = days * (1 - np.exp(-0.05))
    assert abs(happened["coin.roll"].sum() - expected) < 5 * np.sqrt(expected)
    assert not any(times.sum() for times in counted(rate=0.0)[0].values())


class Gate(State):
    """Two rivals for one place, a gate that one of them shuts, and a bell."""

    key = "gate"
    fast = number(0.7, "per day")

    shut = flag("shut")
    rung = count("times the bell rang")

    @idle(rate="fast", tempo=DAILY, group="place")
    def come_early(self):
        return 0

    @hazard_event(rate="fast", tempo=DAILY)
    def shut_it(self):
        """Shuts the gate."""
        return 0

    @shut_it.effect
    def _(self, worlds):
        self.shut[worlds] = True

    @hazard_event(rate="fast", tempo=DAILY, group="place", when=lambda gate: ~gate.shut)
    def come_late(self):
        """Comes late."""
        return 1

    @come_late.effect
    def _(self, worlds):
        assert not self.shut[worlds].any()
        self.rings(worlds)

    @event()
    def rings(self, worlds):
        """Rings."""
        self.rung[worlds] += 1
        self.echoes(worlds[::2])

    @event()
    def echoes(self, worlds):
        """Echoes."""
        pass


def test_of_a_group_only_the_earliest_crossing_fires_and_the_others_go_back_to_that_moment():
    model = model_of(Gate, n=4000)
    held = []
    model.constraints.append(lambda m: held.append(m.clocks.left.copy()))
    clocks, rows = model.clocks, [model.clocks.names.index(name) for name in ("gate.come_early", "gate.come_late")]
    model.step()
    before, rates, after = held[0][rows], clocks.rates[rows], clocks.left[rows]
    moment = before / rates
    both = (moment <= 1).all(axis=0)
    assert both.sum() > 500
    winner = np.argmin(moment[:, both], axis=0)
    used = clocks.used[rows][:, both]
    np.testing.assert_array_equal(used.argmax(axis=0), winner)
    np.testing.assert_array_equal(used.sum(axis=0), 1)
    wound = (before - rates * moment.min(axis=0))[:, both]
    np.testing.assert_allclose(after[:, both][used == 0], wound[used == 0], atol=1e-6)


def test_two_of_a_group_never_happen_in_one_world_on_one_day():
    model = live(model_of(*ArmsRace.states, n=3000, values={"north.attack_rate": 0.9, "south.attack_rate": 0.9}), 60)
    table = model.log.table()
    attacks = np.isin(table["event"], [model.event_names.index(f"{side}.attack") for side in ("north", "south")])
    when = table["day"][attacks].astype(int) * model.n + table["world"][attacks]
    assert when.size > 1000
    assert np.unique(when).size == when.size


def test_a_precondition_blocks_and_is_checked_again_when_its_turn_comes():
    model = model_of(Gate, n=2000)
    model.step()
    once = model.clocks.used[model.clocks.names.index("gate.come_late")].copy()
    assert 0 < firings(model)["gate.come_late"].sum() < once.sum()
    model.gate.shut[:] = True
    live(model, 5)
    assert (model.clocks.used[model.clocks.names.index("gate.come_late")] == once).all()


def test_a_threshold_of_zero_waits_until_the_action_is_possible():
    model = model_of(Gate, n=10, values={"gate.fast": 1e-6})
    row = model.clocks.names.index("gate.come_late")
    model.clocks.left[row] = 0
    model.gate.shut[:5] = True
    model.step()
    np.testing.assert_array_equal(firings(model)["gate.come_late"], [0] * 5 + [1] * 5)


def test_effects_run_in_the_order_of_declaration():
    model = live(model_of(Gate, n=300), 3)
    clocked = [model.event_names.index(name) for name in model.clocks.names]
    entries = [(day, event) for day, event, _, _ in model.log.entries if event in clocked]
    assert entries == sorted(entries)
    assert len(set(entries)) == len(entries)


def test_what_is_made_to_happen_leaves_its_clock_alone_and_names_its_cause():
    model = model_of(Gate, n=6)
    left, used = model.clocks.left.copy(), model.clocks.used.copy()
    model.gate.come_late(np.array([1, 4]))
    model.gate.rings(np.array([2]), cause=model.gate.shut_it.id)
    assert (model.clocks.left == left).all()
    assert (model.clocks.used == used).all()
    names, table = model.event_names, model.log.table()
    told = [(names[event], world, names[cause] if cause >= 0 else "calendar")
            for event, world, cause in zip(table["event"], table["world"], table["because"], strict=True)]
    assert told == [("gate.come_late", 1, "calendar"), ("gate.come_late", 4, "calendar"),
                    ("gate.rings", 1, "gate.come_late"), ("gate.rings", 4, "gate.come_late"),
                    ("gate.echoes", 1, "gate.rings"),
                    ("gate.rings", 2, "gate.shut_it"), ("gate.echoes", 2, "gate.rings")]


def test_nothing_is_logged_and_nothing_runs_where_there_are_no_worlds():
    model = model_of(Gate, n=6)
    model.gate.rings(np.array([], int))
    assert not model.log.entries
    assert model.log.table()["day"].size == 0


def test_a_pace_quickens_the_paced_actions_only():
    model = watched(ArmsRace(np.zeros(2, int), RandomStreams(1)))
    model.border.war[:] = [False, True]
    model.border.left[:] = 9
    model.step()
    arm, trade = (model.clocks.rates[model.clocks.names.index(name)] for name in ("north.arm", "trader.trade"))
    assert arm[1] == pytest.approx(4 * arm[0], rel=1e-5)
    assert trade[1] == trade[0]


def test_an_intervention_may_push_or_forbid_between_log_odds_and_clocks():
    model = model_of(Coin, n=4000)
    flip, roll = (model.clocks.names.index(name) for name in ("coin.flip", "coin.roll"))

    def meddle(model):
        model.clocks.rates[flip, 2000:] += 30
        model.clocks.rates[roll] = -1e9
    model.constraints.append(meddle)
    happened = firings(live(model, 10))
    assert happened["coin.flip"][2000:].mean() == pytest.approx(10 * (1 - np.exp(-1)), rel=0.03)
    assert happened["coin.flip"][:2000].mean() == pytest.approx(10 * (1 - np.exp(-0.1)), rel=0.1)
    assert not happened["coin.roll"].any()
