"""Tasks: each comes out the same, whatever lives beside it in one model."""

import dataclasses
import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ensemble import design
from sim.ensemble import tasks as sim_tasks
from sim.ensemble.tasks import RunPlan, crisis, fused, run_batch
from sim.scenario import scenario

CRISIS = crisis()
BASELINE = scenario.load("baseline")
PRIORS = design.parameters(CRISIS.model)


def task(chosen=BASELINE, first=0, stop=100, days=40, keep=60, watch=None, **more):
    """A task of a scenario cut to some days."""
    plan = RunPlan(dataclasses.replace(CRISIS, watch=watch), chosen.changed(days=days), design.fixed(stop), 1, 7, keep)
    return dataclasses.replace(plan, **more).task(first, stop)


STARTS = [scenario.load(name) for name in ("baseline", "gaza_frozen", "inspectors_back", "race_for_the_bomb", "second_carrier")]
"""Scenarios with start values of their own: single ones, and fields with several entries."""


def drawn(rng):
    """A scenario with a third of all parameters drawn from their priors."""
    names = rng.choice(list(PRIORS), len(PRIORS) // 3, replace=False)
    values = {name: float(PRIORS[name].quantiles(rng.uniform(0.01, 0.99, 1))[0]) for name in names}
    return STARTS[rng.integers(len(STARTS))].changed(set=values)


def same(one, other):
    """Whether two parts are equal to the bit."""
    return ((one.first, one.side) == (other.first, other.side)
            and all(np.array_equal(one.columns[name], other.columns[name], equal_nan=one.columns[name].dtype.kind == "f")
                    for name in one.columns)
            and all(np.array_equal(getattr(one.record, field.name), getattr(other.record, field.name))
                    for field in dataclasses.fields(one.record))
            and all(np.array_equal(one.events[name], other.events[name]) for name in ("world", "day", "event", "because")))


@settings(max_examples=6, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1), starts=st.lists(st.sampled_from([0, 512, 4096]), min_size=2, max_size=4))
def test_a_task_comes_out_the_same_beside_others(seed, starts):
    rng = np.random.default_rng(seed)
    batch = tuple(task(drawn(rng), first, first + int(rng.integers(1, 700)), keep=5000, side=side)
                  for side, first in enumerate(starts))
    assert len(list(fused(batch))) == 1
    together, apart = run_batch(batch), [run_batch((one,))[0] for one in batch]
    assert all(map(same, together, apart))
    assert not same(together[0], together[1])


def test_events_of_each_are_kept_up_to_its_own_bound():
    batch = (task(keep=60), task(keep=30))
    first, second = run_batch(batch)
    assert set(first.events["world"].tolist()) == set(range(60))
    assert set(second.events["world"].tolist()) == set(range(30))


@pytest.mark.parametrize("other", [
    task(days=41), task(every=3), task(seed=2), task(keep=0),
    task(BASELINE.changed(do=["{on: 3, force: us.set_ultimatum}"])),
    task(dataclasses.replace(BASELINE, date=datetime.date(2026, 1, 2))),
], ids=["days", "every", "seed", "log", "intervention", "date"])
def test_only_what_differs_in_what_it_starts_from_lives_side_by_side(other):
    assert [len(group) for group in fused((task(), other))] == [1, 1]


def test_models_stay_within_their_width(monkeypatch):
    monkeypatch.setattr(sim_tasks, "MOST_FUSED", 250)
    assert [len(group) for group in fused((task(),) * 5)] == [2, 2, 1]


def test_progress_counts_the_days_of_each_model():
    days = []
    run_batch((task(days=9), task(BASELINE.changed(set={"israel.missile_trigger": 0.75}), days=9)), days.append)
    assert days == list(range(1, 10))


def test_luck_is_kept_for_the_next_task_and_never_shared_at_once():
    with sim_tasks.drawn(1, [0]) as first, sim_tasks.drawn(1, [0]) as second:
        assert second is not first
    with sim_tasks.drawn(1, [0]) as again:
        assert again in (first, second)
    with sim_tasks.drawn(2, [0]) as other, sim_tasks.drawn(1, [0, 1]) as wider:
        assert (other.seed, wider.blocks) == (2, [0, 1])
    assert len(sim_tasks.KEPT) == 1


def test_a_task_comes_out_the_same_on_luck_that_was_used_before():
    sim_tasks.KEPT.clear()
    fresh, used = run_batch((task(keep=100),)), run_batch((task(keep=100),))
    assert same(fresh[0], used[0])

# what is watched, and luck that sets share

class Shots:
    """Notes how many days were seen, and what tension was on the last."""

    def __init__(self, model):
        self.days, self.tension = np.zeros(model.n, int), None

    def __call__(self, model):
        self.days += 1
        self.tension = model.war.tension.copy()

    def measured(self):
        return {"days": self.days, "tension": self.tension, "once": np.arange(3)[:len(self.days)]}


def test_what_is_watched_comes_back_for_each_task_and_nothing_else_is_recorded():
    batch = (task(stop=20, every=0, keep=0, watch=Shots), task(stop=30, every=0, keep=0, watch=Shots, side=1))
    first, second = run_batch(batch)
    assert len(list(fused(batch))) == 1
    assert first.watched["days"].tolist() == [40] * 20
    assert second.watched["days"].tolist() == [40] * 30
    assert np.array_equal(first.watched["tension"], second.watched["tension"][:20])
    assert not first.record.bins.size
    assert not first.events


def test_a_task_alone_may_measure_more_or_less_than_a_number_a_world():
    (part,) = run_batch((task(stop=20, every=0, keep=0, watch=Shots),))
    assert part.watched["once"].tolist() == [0, 1, 2]


def test_tasks_that_are_watched_otherwise_live_apart():
    assert [len(group) for group in fused((task(watch=Shots), task()))] == [1, 1]


def test_sets_that_share_their_luck_differ_by_their_values_alone():
    rows = np.float32([[0.1], [0.4], [0.1]])
    shared = design.Design(("us.bias",), rows, 50, shared=7)
    (part,) = run_batch((task(stop=150, design=shared),))
    first, other, again = (part.columns["first_cause"].reshape(3, -1), part.columns["round_two"].reshape(3, -1),
                           np.arange(7, 57))
    assert shared.numbers(0, 150).tolist() == [*again] * 3
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(other[0], other[2])
    plain = dataclasses.replace(shared, values=rows[:1], each=57, shared=None)
    (alone,) = run_batch((task(stop=57, design=plain),))
    assert np.array_equal(alone.columns["round_two"][7:], other[0])


def test_a_part_of_a_design_keeps_its_luck():
    shared = design.Design(("us.bias",), np.float32([[0.1], [0.2], [0.3]]), 10, shared=5)
    part = task(stop=28, first=15, design=shared).plan.design
    assert (part.first, part.shared, part.values.ravel().tolist()) == (1, 5, np.float32([0.2, 0.3]).tolist())
    assert part.numbers(15, 28).tolist() == shared.numbers(15, 28).tolist()
    assert part.rows(15, 28).tolist() == shared.rows(15, 28).tolist()
