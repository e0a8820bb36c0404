"""Ensembles: the same worlds whatever the number of processes and however the work is split."""

from __future__ import annotations

import gc
import math
import multiprocessing
import os
import time
import weakref
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import BORDER, CALM, Border

import sim
from sim.engine import RandomStreams
from sim.engine.fields import WrongValue
from sim.ensemble import design, tasks
from sim.ensemble import run as ensemble
from sim.ensemble.recorder import DAILY_COLUMNS, QUANTILES, SLICE, Recorder, Variable, recorded_days, summary, variables
from sim.errors import BrinkError


def border(**more):
    return sim.run(CALM, subject=BORDER, **{"worlds": 5000, "every": 10, **more})


def saved(run, folder):
    run.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "timing.json"}


class Backwards(Executor):
    """Runs the tasks last to first, as a busy cluster might."""

    def __init__(self):
        self.given = []

    def submit(self, fn, /, *args):
        future = Future()
        self.given.append((future, fn, args))
        if len(self.given) == 3:
            for future_, fn_, args_ in reversed(self.given):
                future_.set_result(fn_(*args_))
        return future


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return saved(border(), tmp_path_factory.mktemp("runs") / "reference")


@pytest.mark.parametrize("slices", [1, 2, 3])
def test_any_split_gives_the_same_bytes(slices, reference, tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "SIDE_BY_SIDE", slices)
    assert saved(border(), tmp_path / "run") == reference


def test_two_processes_give_the_same_bytes(reference, tmp_path):
    assert saved(border(jobs=2), tmp_path / "run") == reference


def test_any_executor_and_order_gives_the_same_bytes(reference, tmp_path):
    with ThreadPoolExecutor(1) as threads:
        assert saved(border(jobs=2, executor=threads), tmp_path / "threads") == reference
    assert saved(border(jobs=3, executor=Backwards()), tmp_path / "backwards") == reference


def test_the_crisis_gives_the_same_bytes_for_any_split(tmp_path, monkeypatch):
    made = [saved(sim.run(worlds=2600, days=45, seed=3), tmp_path / "together")]
    monkeypatch.setattr(tasks, "SIDE_BY_SIDE", 1)
    made.append(saved(sim.run(worlds=2600, days=45, seed=3, jobs=2), tmp_path / "apart"))
    assert made[0] == made[1]


def test_more_worlds_of_the_crisis_extend_the_ensemble():
    few, many = (sim.run(worlds=worlds, days=40, seed=3) for worlds in (300, 2500))
    assert many.worlds[:300].equals(few.worlds)


def test_priors_give_the_same_bytes_for_any_split(tmp_path):
    one = saved(border(uncertainty="priors", sets=100), tmp_path / "one")
    two = saved(border(uncertainty="priors", sets=100, jobs=2), tmp_path / "two")
    assert one == two


def test_more_worlds_extend_the_ensemble():
    few, many = border(worlds=2048), border(worlds=5000)
    assert many.worlds[:2048].equals(few.worlds)
    assert few.events.equals(many.events)


@given(slices=st.integers(1, 160), jobs=st.integers(1, 9), last=st.integers(1, SLICE))
def test_tasks_cover_all_worlds_once_in_models_of_a_bounded_width(slices, jobs, last):
    worlds = (slices - 1) * SLICE + last
    cut = list(tasks.RunPlan(BORDER, CALM, design.fixed(worlds), 1, 7, 0).tasks(jobs))
    assert [cut[0].first, *(task.stop for task in cut)] == [*(task.first for task in cut), worlds]
    assert all(0 < task.stop - task.first <= tasks.SIDE_BY_SIDE * SLICE and task.first % SLICE == 0 for task in cut)
    assert len(cut) % jobs == 0 or len(cut) == slices


def test_a_parameter_set_is_the_same_as_a_scenario_with_its_values():
    run = border(worlds=200, uncertainty="priors", sets=4)
    for number, row in enumerate(run.parameters.drop(columns="set").to_dict("records")):
        alone = sim.run(ensemble.Scenario("one", "One", days=CALM.days, parameters=row), worlds=200, subject=BORDER)
        mine = run.worlds["set"] == number
        assert run.worlds[mine].drop(columns="set").equals(alone.worlds[mine].drop(columns="set"))


def test_priors_leave_alone_what_the_scenario_fixes():
    held = ensemble.Scenario("held", "Held", days=10, parameters={"north.by_fear": 3.0})
    free, fixed = (sim.run(scenario, worlds=640, uncertainty="priors", subject=BORDER) for scenario in (CALM, held))
    assert "north.by_fear" not in fixed.parameters
    assert fixed.parameters["north.arming"].equals(free.parameters["north.arming"])
    assert fixed.sets == 16
    assert fixed.size == 640


def test_sets_follow_their_priors_within_hard_bounds():
    sets = design.from_priors(design.parameters(Border), 2**14, None, seed=3)
    rate = sets.values[:, sets.names.index("north.shot_rate")]
    assert (rate > 0).all()
    assert np.quantile(rate, [0.1, 0.5, 0.9]) == pytest.approx([0.005, 0.01, 0.02], rel=0.02)


def test_record_agrees_with_the_worlds_within_a_bin():
    run, model = border(worlds=3000), Border(np.arange(3000), RandomStreams(1, [0, 1]))
    for _ in range(CALM.days):
        model.step()
    last = run.daily[run.daily["day"] == CALM.days].set_index("variable")
    for variable in variables(Border.states):
        owner, name, *entry = variable.name.split(".")
        held = getattr(getattr(model, owner), name)
        values = (held[int(entry[0])] if entry else held).astype(float)
        row = last.loc[variable.name]
        assert row["mean"] == pytest.approx(values.mean(), rel=1e-12)
        truth = np.quantile(values, QUANTILES, method="inverted_cdf")
        tolerance = 0 if variable.exact else variable.width
        assert row[list(DAILY_COLUMNS[1:])].astype(float).to_numpy() == pytest.approx(truth, abs=tolerance)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-50, 200, width=32), min_size=1, max_size=80), st.booleans())
def test_quantiles_lie_within_a_bin_of_the_truth_and_between_the_extremes(values, whole):
    name, column = ("shots", np.rint(values)) if whole else ("arms", np.array(values, np.float32))
    model = Border(np.arange(column.size), RandomStreams(1, [0]))
    setattr(model.north, name, column)
    recorder = Recorder(model, [0])
    recorder(model)
    at = [v.name for v in recorder.variables].index(f"north.{name}")
    variable, found = recorder.variables[at], summary(recorder.records[0], recorder.variables)
    quantiles = np.array([found[name][0, at] for name in DAILY_COLUMNS[1:]])
    assert (np.diff(quantiles) >= 0).all()
    assert (column.min() <= quantiles).all()
    assert (quantiles <= column.max()).all()
    if variable.low <= column.min() and column.max() <= variable.high:
        truth = np.quantile(column, QUANTILES, method="inverted_cdf")
        assert quantiles == pytest.approx(truth, abs=0 if whole else variable.width * 1.001)


def test_values_outside_the_declared_range_are_not_cut_off():
    model = Border(np.arange(100), RandomStreams(1, [0]))
    model.south.arms = np.full(100, 500, np.float32)
    recorder = Recorder(model, [0])
    recorder(model)
    at = [v.name for v in recorder.variables].index("south.arms")
    assert summary(recorder.records[0], recorder.variables)["q50"][0, at] == 500


def test_a_field_that_is_no_number_is_named():
    model = Border(np.arange(3), RandomStreams(1, [0]))
    model.north.arms[1] = np.nan
    with pytest.raises(WrongValue, match=r"north\.arms is not a finite number"):
        Recorder(model, [0])(model)


def test_what_goes_wrong_in_a_run_is_one_line_with_field_day_and_parameters():
    with pytest.raises(BrinkError, match=r"^north\.arms is not a finite number on day \d; far from their priors: "
                                         r"north\.arming = 3e\+38$"):
        sim.run(replace(CALM, parameters={"north.arming": 3e38}), subject=BORDER, worlds=600, every=1)


def test_whole_numbers_of_a_small_range_have_bins_of_their_own():
    assert Variable("a", "", "", 0, 10, whole=True).exact
    assert not Variable("a", "", "", 0, 1000, whole=True).exact
    assert not Variable("a", "", "", 0, 10, whole=False).exact


@pytest.mark.parametrize(("days", "every", "expected"), [(20, 7, [0, 7, 14, 20]), (14, 7, [0, 7, 14]), (3, 7, [0, 3])])
def test_recorded_days_begin_at_the_start_and_end_at_the_end(days, every, expected):
    assert recorded_days(days, every) == expected


def test_progress_rises_to_all_worlds():
    told = []
    border(progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (5000, 5000)


def test_only_the_events_of_the_first_worlds_are_kept():
    run = border(keep_events=100)
    assert run.events["world"].max() < 100
    whole = border()
    assert run.events.equals(whole.events[whole.events["world"] < 100].reset_index(drop=True))


@pytest.mark.parametrize(("wrong", "message"), [
    ({"worlds": 0}, "worlds: 0 must be a whole number from 1 to 10,000,000"),
    ({"worlds": 10.5}, "worlds: 10.5 must be a whole number from 1 to 10,000,000"),
    ({"seed": -1}, "seed: -1 must be a whole number from 0 to 9,223,372,036,854,775,807"),
    ({"jobs": 0}, "jobs: 0 must be a whole number from 1 to 1,024"),
    ({"keep_events": -1}, "keep_events: -1 must be a whole number from 0 to 10,000,000"),
    ({"every": 0}, "every: 0 must be a whole number from 1 to 3,650"),
    ({"uncertainty": "prior"}, "uncertainty: 'prior' is neither 'none' nor 'priors'"),
    ({"sets": 3}, "sets: there is one parameter set unless uncertainty is 'priors'"),
    ({"sets": 6000, "uncertainty": "priors"}, "sets: 6000 must be a whole number from 1 to 5,000"),
])
def test_what_cannot_be_run_is_said(wrong, message):
    with pytest.raises(BrinkError, match=f"^{message}$"):
        border(**wrong)


def test_a_model_is_freed_after_its_task_and_its_luck_is_kept_for_the_next_alone():
    kept = []

    def columns(model):
        kept.extend(weakref.ref(part) for part in (model, model.north, model.luck, model.clocks))
        return {"day": np.full(model.n, model.day)}

    gc.disable()
    try:
        sim.run(CALM, worlds=10, subject=tasks.ModelSpec(Border, columns, ()))
        assert [reference() for reference in kept] == [None, None, *tasks.KEPT, None]
        first = kept[2]
        sim.run(CALM, worlds=10, seed=2, subject=tasks.ModelSpec(Border, columns, ()))
        assert first() is None
        assert len(tasks.KEPT) == 1
    finally:
        gc.enable()


def test_luck_is_that_of_the_world_number():
    assert math.isclose(border(worlds=1).daily["mean"].iloc[1], border(worlds=1, seed=1).daily["mean"].iloc[1])
    assert not border(worlds=100, seed=2).worlds.equals(border(worlds=100).worlds)


def fatal(model):
    os._exit(9)


def test_a_worker_that_is_killed_is_said():
    subject = tasks.ModelSpec(Border, fatal, ())
    with pytest.raises(BrinkError, match="a worker process ended early: for want of memory"):
        sim.run(CALM, worlds=5000, jobs=2, subject=subject)


@pytest.mark.parametrize("after", [1, 3])
def test_an_interrupted_run_ends_soon_and_leaves_no_process_behind(after):
    told, before = [], set(multiprocessing.active_children())

    def interrupt(done, total):
        told.append(time.monotonic())
        if len(told) == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sim.run(ensemble.Scenario("long", "Long", days=400), worlds=100_000, jobs=2, subject=BORDER, progress=interrupt)
    assert time.monotonic() - told[-1] < 20
    assert set(multiprocessing.active_children()) <= before, "others may have workers of their own"
