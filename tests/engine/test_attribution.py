"""Why: the terms of a decision add up to the log-odds that the engine used, and say what they are made of."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from arms_race import ArmsRace, number
from engine_helpers import everything, idle, model_of
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import DAILY, RandomStreams, State, count, flag, level
from sim.engine.attribution import contributions, preconditions
from sim.engine.nodes import Table

SLOWNESS = Table([0.0, -1.5, -0.25])


def log_odds(model) -> np.ndarray:
    """What the engine makes of the log-odds today, by action and world; to be asked in an intervention."""
    return model.clocks.decisiveness * model.clocks.rates - model.clocks.minus_baseline


def closely(model, worlds):
    """An intervention that compares the sum of the terms of every action that the engine asked about."""
    def compare(model):
        expected = np.broadcast_to(log_odds(model), model.clocks.rates.shape)
        for row, name in enumerate(model.clocks.names):
            for world in worlds:
                if model.clocks.open[row].any():
                    total = sum(term.value for term in contributions(model, name, world))
                    assert total == pytest.approx(expected[row, world], abs=1e-5), name
    model.constraints.append(compare)


@given(st.integers(0, 1000), st.floats(0, 3))
def test_terms_add_up_to_the_log_odds_that_the_engine_uses(seed, decisiveness):
    values = {"north.decisiveness": decisiveness, "south.by_fear": np.linspace(0, 3, 50), "north.attack_rate": 0.6}
    model = ArmsRace(np.arange(50), RandomStreams(seed), values)
    closely(model, [0, 17, 49])
    for _ in range(12):
        model.step()


def test_labels_name_what_a_term_is_made_of():
    model = ArmsRace(np.arange(5), RandomStreams(1), {"north.decisiveness": 0.5})
    model.step()
    labels, values, _ = zip(*contributions(model, "north.cut", 2), strict=True)
    assert labels == ("base", "by_burden x (arms / ref.arms - 1)", "by_fear x (fear - ref.fear)")
    assert values[2] == pytest.approx(-0.5 * 1.5 * (model.north.fear[2] - 0.5))
    assert [term.label for term in contributions(model, "north.attack", 2)][1:] == [
        "by_fear x (fear - ref.fear)", "by_gap x maximum(share_of_rival - 0.5, 0)"]
    assert [term.label for term in contributions(model, "south.mobilise", 2)][1:] == [
        "by_fear x (fear - ref.fear)", "north.mobilised"]


def test_a_rule_without_terms_has_its_base_rate_only():
    model = ArmsRace(np.arange(5), RandomStreams(1), {"border.end_rate": np.linspace(0.1, 0.5, 5)})
    (label, value, _), = contributions(model, "border.make_peace", 4)
    assert (label, value) == ("base", pytest.approx(0.0))


def test_looking_changes_nothing():
    model = ArmsRace(np.arange(5), RandomStreams(1))
    before = everything(model)
    for name in model.clocks.names:
        contributions(model, name, 3)
    after = everything(model)
    assert all(before[name].tobytes() == after[name].tobytes() for name in before)


class Teller(State):
    """A parent whose methods are asked by `super()`."""

    weight = number(0.5)
    heights = level("heights", [0.1, 0.2, 0.3, 0.4])
    stage = count("stage", 1)
    ready, late = flag("ready", True), flag("late")
    speed = level("speed", 0.7)

    def mood(self):
        return self.speed + self.weight * self.heights[1]


def at_least(heights, first):
    """A mechanism: the sum of some entries, gathered in place."""
    total = heights[first].copy()
    for row in heights[first + 1:]:
        total += row
    return total


class Puzzle(Teller):
    """Rules of every kind that an actor may want to write."""

    key = "puzzle"
    rate = number(0.2, "per day")
    floor: ClassVar[float] = 0.3

    @staticmethod
    def squared(x):
        return x**2

    @property
    def pace(self):
        return self.speed / 2

    def mood(self):
        return super().mood() - self.floor

    def slowness(self):
        return SLOWNESS[self.stage]

    @idle(rate="rate", tempo=DAILY)
    def ufuncs(self):
        return (np.maximum(self.speed, 0.5) * np.exp(-self.weight) + np.log(self.speed) / 3
                - np.clip(self.heights[2], 0, 0.2) - np.abs(-self.pace))

    @idle(rate="rate", tempo=DAILY)
    def logic(self):
        return ((self.ready & ~self.late) * 2 + (self.ready | (self.speed > 0.9))
                - 1.0 * (self.stage == 1) + (self.stage != 1))

    @idle(rate="rate", tempo=DAILY)
    def entries(self):
        return (self.weight * at_least(self.heights, 2) + (self.heights > 0.25).sum(axis=0)
                + self.slowness() + SLOWNESS[self.stage])

    @idle(rate="rate", tempo=DAILY)
    def methods(self):
        return self.mood() + self.weight * self.mood() - self.squared(self.mood()) + self.other.patience(2) * self.floor

    @idle(rate="rate", tempo=DAILY)
    def choices(self):
        return (np.where(self.speed > 0.5, self.weight, -self.weight) + np.select([self.late, self.ready], [1, self.speed], 0)
                + self.speed.astype(np.float32) * self.other.puzzle.weight)


class Other(State):
    key = "other"
    calm = level("calm", 0.25)

    def patience(self, times):
        return -times * self.calm * self.puzzle.speed - self.calm


def puzzle():
    return model_of(Puzzle, Other, n=3, start={"puzzle.speed": [0.7, 0.2, 0.95], "puzzle.late": [True, False, False],
                                               "puzzle.stage": [1, 0, 2]})


@pytest.mark.parametrize("world", range(3))
@pytest.mark.parametrize("rule", ["ufuncs", "logic", "entries", "methods", "choices"])
def test_every_kind_of_rule_can_be_explained(rule, world):
    model = puzzle()
    model.clocks.weigh()
    row = model.clocks.names.index(f"puzzle.{rule}")
    total = sum(term.value for term in contributions(model, f"puzzle.{rule}", world))
    assert total == pytest.approx(log_odds(model)[row, world], abs=1e-6)


@pytest.mark.parametrize(("rule", "labels"), [
    ("ufuncs", ["maximum(speed, 0.5) x exp(-weight)", "log(speed) / 3", "minimum(maximum(heights[2], 0), 0.2)",
                "absolute(-(speed / 2))"]),
    ("logic", ["(ready & (not late)) x 2", "ready | (speed > 0.9)", "1 x (stage == 1)", "stage != 1"]),
    ("entries", ["weight x (heights[2] + heights[3])", *(f"heights[{i}] > 0.25" for i in range(4)), "slowness", "slowness"]),
    ("methods", ["speed", "weight x heights[1]", "0.3", "weight x mood", "mood ** 2", "other.patience x 0.3"]),
    ("choices", ["where(speed > 0.5, weight, -weight)", "where(late, 1, where(ready, speed, 0))", "speed x weight"])])
def test_labels_of_every_kind_of_rule(rule, labels):
    assert [term.label for term in contributions(puzzle(), f"puzzle.{rule}", 0)][1:] == labels


class Watcher(State):
    """What two states make of the same value."""

    rate, weight = number(0.2, "per day"), number(0.5)
    waited = count("days waited", 3)

    def strain(self):
        return self.other.calm * 2

    def given(self):
        return -self.weight * self.strain()

    @idle(rate="rate", tempo=DAILY, when=lambda own: (own.waited > 1) & (own.waited < own.model.day + 30))
    def watch(self):
        return self.given() - self.weight * (self.waited > self.model.day - 30) - self.strain()


class First(Watcher):
    key = "first"


class Second(Watcher):
    key = "second"


def test_a_value_that_rules_share_has_the_name_that_each_gives_it():
    model = model_of(First, Second, Other, Puzzle, n=2)
    model.day = 40
    for key in ("first", "second"):
        labels, _, names = zip(*contributions(model, f"{key}.watch", 0)[1:], strict=True)
        assert labels == ("weight x strain", "weight x (waited > 10)", "other.calm x 2"), "terms tell what is in them"
        assert names[0] == (f"{key}.weight", f"{key}.strain")


def test_conditions_are_the_parts_joined_by_and_with_the_day_as_it_is():
    model = model_of(First, Second, Other, Puzzle, n=4)
    model.day = 40
    model.first.waited[:] = [0, 5, 70, 71]
    (one, above), (other, below) = preconditions(model, "first.watch")
    assert (one, other) == ("first.waited > 1", "first.waited < 70")
    assert (above.tolist(), below.tolist()) == ([False, True, True, True], [True, True, False, False])


def test_a_long_label_lists_its_ingredients():
    class Long(State):
        key = "long"
        rate = number(0.2, "per day")
        first_of_many_names, second_of_many_names = level("", 0.3), level("", 0.4)

        @idle(rate="rate", tempo=DAILY)
        def think(self):
            x, y = self.first_of_many_names, self.second_of_many_names
            return np.exp(x) * (np.maximum(x, y) - np.minimum(x, y)) * y

    _, (label, _, _) = contributions(model_of(Long, n=1), "long.think", 0)
    assert label == "f(first_of_many_names, second_of_many_names)"


def test_what_cannot_be_explained_is_said_in_one_line():
    model = puzzle()
    with pytest.raises(ValueError, match=r"'puzzle.dream' is not an action .* has puzzle.ufuncs, puzzle.logic"):
        contributions(model, "puzzle.dream", 0)
    with pytest.raises(ValueError, match=r"no world 3: .* 3 worlds"):
        contributions(model, "puzzle.logic", 3)
