"""Fields, parameters and the model that holds them."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from arms_race import ArmsRace, Border, North, Rival, South, number
from engine_helpers import idle, live, model_of, watched

from sim.engine import Event, Field, Parameter, RandomStreams, State
from sim.engine.declarations import declared
from sim.engine.fields import override_start


def model(values=None, start=None, n=8):
    return ArmsRace(np.arange(n), RandomStreams(1), values, start)


@pytest.mark.parametrize(("name", "value"), [
    ("arms", np.arange(8, dtype=float)), ("arms", 3), ("attacks", 2.7), ("mobilised", np.ones(8)), ("depots", 4.5),
    ("depots", np.ones((3, 8)))])
def test_writing_a_field_copies_and_keeps_its_type_and_shape(name, value):
    north = model().north
    held = getattr(north, name)
    kind, shape = held.dtype, held.shape
    setattr(north, name, value)
    assert getattr(north, name) is held
    assert (held.dtype, held.shape) == (kind, shape)
    if isinstance(value, np.ndarray):
        value[...] = 77
        assert not (held == 77).any()


def test_a_field_takes_no_array_of_another_shape():
    north = model().north
    with pytest.raises(ValueError, match="broadcast"):
        north.arms = np.ones(7)


def test_fields_start_from_a_number_a_list_a_parameter_or_the_scenario():
    race = model({"north.arms_at_start": np.arange(100, 108)}, {"south.arms": 7, "north.depots": 2})
    assert race.north.arms.tolist() == list(range(100, 108))
    assert (race.south.arms == 7).all()
    assert (race.north.depots == 2).all()
    assert race.south.depots[:, 0].tolist() == [6, 3, 1]
    assert race.south.ref.arms == np.float32(100)


@pytest.mark.parametrize("value", [-0.1, np.nan, -np.inf, [0.1] * 7 + [-3]])
def test_a_parameter_outside_its_hard_bounds_is_an_error(value):
    with pytest.raises(ValueError, match=r"must lie between 0 and inf \(per day\)"):
        model({"north.arm_rate": value})
    race = model()
    with pytest.raises(ValueError, match="must lie between"):
        race.set("north.arm_rate", value)
    assert (race.north.arm_rate == np.float32(0.1)).all()


def test_a_share_lies_between_zero_and_one_unless_told_otherwise():
    assert (Parameter(0.5, (2.0,), "share", "").low, Parameter(0.5, (2.0,), "share of X", "").high) == (0, 1)
    assert Parameter(0.5, (2.0,), "share", "", high=3).high == 3


def test_a_parameter_takes_as_many_values_as_there_are_worlds():
    with pytest.raises(ValueError, match=r"broadcast|shape"):
        model({"north.arm_rate": np.ones(5)})


def test_a_parameter_is_a_copy_in_one_piece_and_cannot_be_written():
    given = np.ones((8, 3), np.float32)
    held = model({"north.by_fear": given[::-1, 1]}).north.by_fear
    given[:] = 2
    assert (held == 1).all()
    assert held.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        held[0] = 3


def test_declarations_are_found_in_the_order_of_writing_bases_first():
    assert list(declared(North, Field)) == ["arms", "depots", "fear", "mobilised", "attacks"]
    assert list(declared(Rival, Event)) == ["arm", "cut", "mobilise", "attack"]
    assert list(declared(Border, Event)) == ["war_breaks_out", "winter_comes", "peace_returns", "make_peace"]
    assert declared(North, Event)["attack"].meaning == "Crosses the border."


def test_an_heir_may_declare_anew():
    class Pacifist(South):
        by_fear = number(0.5)

    assert declared(Pacifist, Parameter)["by_fear"].default == 0.5
    assert declared(South, Parameter)["by_fear"].default == 1.5


def test_an_heir_may_declare_an_action_anew():
    class Quiet(State):
        rate = number(0.9, "per day")

        @idle(rate="rate", tempo=1.0)
        def speak(self):
            return 0

    class Loud(Quiet):
        key = "loud"

        @idle(rate="rate", tempo=1.0)
        def speak(self):
            return 1

    assert declared(Loud, Event)["speak"] is not declared(Quiet, Event)["speak"]
    model = live(watched(model_of(Loud, n=50)), 1)
    assert model.event_names == ["loud.speak"]
    np.testing.assert_allclose(model.clocks.rates, 1 / (1 + np.exp(-1) / 9), rtol=1e-5)


def test_a_state_and_the_model_reach_the_others_by_key():
    race = model()
    assert race.north.border is race.border is race.south.border
    assert [state.key for state in race.members] == ["north", "south", "border", "trader"]


def test_a_released_model_is_freed():
    race = live(model(), 3)
    gone = weakref.ref(race)
    race.release()
    del race
    gc.collect()
    assert gone() is None


def test_start_values_that_are_masked_leave_what_is_held():
    held = np.array([[1, 2, 3], [4, 5, 6]], np.int16)
    override_start(held, np.ma.masked_array(np.full((2, 3), 9.0), [[True, False, True], [False, True, True]]))
    assert held.tolist() == [[1, 9, 3], [9, 5, 6]]
    override_start(held, np.array([[7], [8]]))
    assert held.tolist() == [[7, 7, 7], [8, 8, 8]]
    with pytest.raises(OverflowError):
        override_start(held, 40000)


def test_a_week_begins_on_the_first_day_and_every_seventh_from_then():
    race, begun = model(n=1), []
    for _ in range(22):
        if race.weekly:
            begun.append(race.day)
        race.step()
    assert begun == [0, 7, 14, 21]
