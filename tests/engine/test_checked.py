"""Debug mode: every write to a field is checked, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest
from arms_race import ArmsRace
from engine_helpers import live

from sim.engine import Field, RandomStreams
from sim.engine.declarations import declared
from sim.engine.fields import WrongValue


def race(n=8):
    return ArmsRace(np.arange(n), RandomStreams(1))


@pytest.fixture
def north(monkeypatch):
    monkeypatch.setenv("BRINK_DEBUG", "1")
    return race().north


def whole(north):
    north.attacks = 65566


def added(north):
    north.attacks[:] = 32767
    north.attacks += 1


def cast(north):
    north.attacks[[1, 2]] = np.full(2, 65566, np.float32)


def negative(north):
    north.arms[3] = -1


def no_number(north):
    north.arms = np.where(np.arange(8) == 5, np.nan, 1)


def overflowing(north):
    north.arms *= np.float32(3e38)


def in_a_view(north):
    first = north.depots[0]
    first -= 1000


def by_ufunc(north):
    np.add(north.fear, 1, out=north.fear)


@pytest.mark.parametrize(("write", "says"), [
    (whole, "north.attacks cannot hold 65566, only 0 to 32767"), (added, "north.attacks cannot hold 32768, only 0 to 32767"),
    (cast, "north.attacks cannot hold 65566, only 0 to 32767"), (negative, "north.arms cannot hold -1, only 0 to inf"),
    (no_number, "north.arms cannot hold nan, only 0 to inf"), (overflowing, "north.arms cannot hold inf, only 0 to inf"),
    (in_a_view, "north.depots cannot hold -994, only 0 to inf"), (by_ufunc, "north.fear cannot hold 1.5, only 0 to 1")])
def test_a_write_of_what_a_field_cannot_hold_is_told(north, write, says):
    with pytest.raises(WrongValue) as told, np.errstate(over="ignore"):
        write(north)
    assert str(told.value) == says


def test_writes_are_checked_after_worlds_were_chosen(north):
    north.model.select(np.array([1, 2]))
    with pytest.raises(WrongValue):
        north.attacks += 40_000


def test_what_is_computed_from_a_field_may_be_anything(north):
    part = north.arms[[0, 1]]
    part -= 1000
    assert type(part) is type(north.arms * 2) is np.ndarray
    assert (part < 0).all()
    assert (north.arms >= 0).all()


def test_a_checked_model_gives_the_same_bytes(monkeypatch):
    plain = live(race(200), 60)
    monkeypatch.setenv("BRINK_DEBUG", "1")
    checked = live(race(200), 60)
    for one, other in zip(plain.members, checked.members, strict=True):
        for name in declared(type(one), Field):
            assert one.__dict__[name].tobytes() == other.__dict__[name].tobytes(), name
