"""The day loop: who is called when, and that a model gives its memory back whatever happens."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from toy import Border

from sim.engine import RandomStreams
from sim.ensemble.live import begun, live
from sim.scenario.scenario import Scenario

CALM = Scenario("calm", "Calm", days=5, parameters={"north.shot_rate": 0.5}, start={"north.arms": 7.0})


def border(**more):
    return begun(Border, CALM, np.arange(3), RandomStreams(1), **more)


def test_a_model_begins_as_the_scenario_says_with_values_on_top():
    with border(values={"north.by_fear": 0.25}) as (model, _):
        assert model.day == 0
        assert model.log is not None
        assert model.north.shot_rate.tolist() == [0.5] * 3
        assert model.north.by_fear.tolist() == [0.25] * 3
        assert model.north.arms.tolist() == [7] * 3
    with border(start={"north.arms": 2.0}, log=False) as (model, _):
        assert model.log is None
        assert model.north.arms.tolist() == [2] * 3


def test_each_day_is_mornings_then_the_day_then_observers_then_the_count():
    seen = []

    def noting(name):
        return lambda model: seen.append((name, model.day))

    with border() as (model, _):
        live(model, 2, [noting("dawn"), noting("morning")], [noting("evening"), noting("night")],
             lambda day: seen.append(("done", day)))
    one = [("dawn", 0), ("morning", 0), ("evening", 1), ("night", 1), ("done", 1)]
    assert seen == one + [(name, day + 1) for name, day in one]


def test_what_a_morning_changes_bears_on_the_day_that_follows():
    with border() as (model, _), border() as (other, _):
        live(model, 3, [lambda model: model.set("north.shot_rate", 1.0 if model.day == 2 else 0.0)])
        live(other, 3, [lambda model: model.set("north.shot_rate", 0.0)])
        shots = [len(one.log.table()["day"]) for one in (model, other)]
    assert shots[0] > shots[1]


def test_days_add_up():
    with border() as (model, _), border() as (other, _):
        live(model, 3)
        live(model, 2)
        live(other, 5)
        assert model.day == other.day == 5
        assert np.array_equal(model.south.arms, other.south.arms)


def test_a_model_is_released_whatever_happens():
    def stop(day):
        if day >= 2:  # after a stretch of days, where they are compiled
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), border() as (model, _):
        live(model, 5, each_day=stop)
    assert not vars(model)


def test_days_pass_in_one_place_only():
    sources = Path(__file__).parents[2].joinpath("sim").rglob("*.py")
    calls = [(path.name, node) for path in sources for node in ast.walk(ast.parse(path.read_text("utf-8")))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    assert [name for name, call in calls if call.func.attr == "step" and not call.args] == ["live.py"]
