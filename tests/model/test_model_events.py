"""Every event happens somewhere, only where it can, and for each of the reasons that its rule gives."""

from __future__ import annotations

import re

import numpy as np
import pytest
from crisis_helpers import crisis, happened, live

from sim.engine.attribution import Reading, contributions
from sim.engine.log import EXOGENOUS
from sim.ensemble.design import parameters
from sim.model.crisis import Crisis

pytestmark = pytest.mark.slow

WHAT_IFS = ("baseline", "war_to_the_end", "missiles_on_the_table")


def where_possible(model: Crisis) -> np.ndarray:
    """For each action, in which worlds its precondition holds now: shape (actions, n)."""
    possible = np.ones((len(model.clocks.rules), model.n), bool)
    for row, (_, when, state) in enumerate(model.clocks.rules):
        if when is not None:
            possible[row] = when(state)
    return possible


class Watched(Crisis):
    """A crisis in which no action may happen, or have a rate, where its precondition does not hold."""

    def decide(self) -> None:
        self.constraints = [self.check_clocks]
        super().decide()
        self.check_log()

    def check_clocks(self, model: Crisis) -> None:
        self.possible = where_possible(model)
        assert (self.clocks.open.astype(bool) == self.possible).all()

    def check_log(self) -> None:
        assert not self.clocks.rates[~self.possible].any()
        rows = dict(zip(self.clocks.ids.tolist(), range(len(self.clocks.ids)), strict=True))
        for day, event, worlds, because in reversed(self.log.entries):
            if day < self.day:
                break
            if event in rows and np.ndim(because) == 0 and because == EXOGENOUS:
                assert self.possible[rows[event], worlds].all(), self.event_names[event]


class Reasons:
    """For each term of each action, over days and worlds in which the action is possible: its label and its range."""

    def __init__(self) -> None:
        self.range: dict[tuple[str, int], tuple[str, float, float]] = {}

    def note(self, model: Crisis) -> None:
        """Ask every rule for its terms, every tenth day, and check that they add up to what the engine uses."""
        if model.day % 10:
            return
        for row, (_, when, state) in enumerate(model.clocks.rules):
            open_ = slice(None) if when is None else np.flatnonzero(when(state))
            if when is not None and not open_.size:
                continue
            total = np.zeros(model.n, np.float32)
            for at, (sign, (label, *_), value, _) in enumerate(Reading(model, row, slice(None), state.key).terms()):
                value = np.broadcast_to(np.float32(sign * value), model.n)
                total += value
                _, low, high = self.range.get((model.clocks.names[row], at), (label, np.inf, -np.inf))
                self.range[model.clocks.names[row], at] = label, min(low, value[open_].min()), max(high, value[open_].max())
            used = model.clocks.rates[row][open_]
            np.testing.assert_allclose(total[open_], used, rtol=1e-4, atol=2e-4, err_msg=model.clocks.names[row])


@pytest.fixture(scope="module")
def reasons() -> dict[tuple[str, int], tuple[str, float, float]]:
    """The range of every term of every action over 300 days of three scenarios."""
    seen = Reasons()
    for name in WHAT_IFS:
        model = crisis(2048, name)
        model.constraints.append(seen.note)
        live(model, 300).release()
    return seen.range


def test_every_event_happens_in_some_world(baseline_year, rare_years):
    """Of 8,192 worlds of the baseline, or of 2,048 of two what-ifs."""
    counts = sum(happened(model).sum(axis=1) for model in (baseline_year, *rare_years))
    assert [name for name, count in zip(baseline_year.event_names, counts, strict=True) if not count] == []


def test_only_a_clock_makes_an_action_happen(baseline_year):
    """Actions are logged without a cause, and what follows from an event names an event that the world had that day."""
    table = baseline_year.log.table()
    clocked = np.isin(table["event"], baseline_year.clocks.ids)
    assert (table["because"][clocked] == EXOGENOUS).all()
    led_to = table["because"] != EXOGENOUS
    assert set(table["because"][led_to]) <= set(range(len(baseline_year.event_names)))


def test_no_action_happens_more_than_once_a_day_in_a_world(baseline_year):
    table = baseline_year.log.table()
    clocked = np.isin(table["event"], baseline_year.clocks.ids)
    day, world, event = (table[name][clocked].astype(np.int64) for name in ("day", "world", "event"))
    keys = (day * baseline_year.n + world) * len(baseline_year.event_names) + event
    assert np.unique(keys).size == keys.size


@pytest.mark.parametrize("name", ["baseline", "war_to_the_end"])
def test_nothing_happens_where_its_precondition_does_not_hold(name):
    live(crisis(1024, name, model=Watched), 200)


def test_every_action_has_been_possible(reasons):
    asked = {action for action, _ in reasons}
    assert set(crisis(1).clocks.names) - asked == set()


def test_every_term_of_every_action_pushes_somewhere(reasons):
    """A term that is zero wherever its action is possible is an arrow that is not there."""
    dead = [f"{action}: {label}" for (action, _), (label, low, high) in reasons.items() if max(-low, high) < 1e-3]
    assert dead == []


def test_every_term_but_plain_parameters_differs_between_worlds_or_days(reasons):
    fixed = [f"{action}: {label}" for (action, _), (label, low, high) in reasons.items()
             if low == high != 0 and not re.fullmatch(r"-?[a-z_.]+", label)]
    assert fixed == []


def test_an_explanation_adds_up_to_the_rate_that_the_engine_uses():
    """For every action, in five worlds on day 60."""
    model = live(crisis(64), 60)
    model.clocks.weigh()
    weighed = model.clocks.rates * model.clocks.decisiveness - model.clocks.minus_baseline
    for row, name in enumerate(model.clocks.names):
        for world in range(0, 64, 13):
            if model.clocks.open[row, world]:
                total = sum(term.value for term in contributions(model, name, world))
                assert total == pytest.approx(weighed[row, world], abs=1e-3), name


@pytest.mark.parametrize("name", WHAT_IFS)
def test_the_plan_gives_what_the_rules_give_one_by_one(name):
    """Bit for bit, in 300 worlds with parameters of their own, every tenth day."""
    def compare(model: Crisis) -> None:
        if model.day % 10:
            return
        for row, (odds, when, state) in enumerate(model.clocks.rules):
            possible = np.ones(model.n, bool) if when is None else when(state)
            assert np.array_equal(model.clocks.open[row], possible), model.clocks.names[row]
            if possible.any():
                asked = np.broadcast_to(np.float32(odds(state)), model.n)
                assert np.array_equal(model.clocks.rates[row], asked), model.clocks.names[row]

    luck = np.random.default_rng(1)
    values = {key: parameter.quantiles(luck.uniform(0.05, 0.95, 300)) for key, parameter in parameters(Crisis).items()}
    model = crisis(300, name, values)
    model.constraints.append(compare)
    live(model, 200)
