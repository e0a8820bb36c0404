"""Checks that cannot fail prove nothing: each of these broken models must be caught by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from sim.model.actors.iran import Iran
from sim.model.actors.united_states import UnitedStates
from sim.model.arenas.talks import NuclearTalks
from sim.model.crisis import Crisis
from sim.model.mechanisms import alarm, salvo
from sim.validation.arrows import ARROWS
from sim.validation.checks import Reading
from sim.validation.checks_signs import effect
from sim.validation.experiments_runner import Laboratory
from sim.validation.validate import named

WORLDS = 256


@pytest.fixture(autouse=True)
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mechanism that is exchanged under way is another only to the interpreter."""
    monkeypatch.setenv("BRINK_ENGINE", "numpy")


def missed(id: str, model: type[Crisis] = Crisis) -> dict[str, Reading]:
    """What of a check does not fit."""
    check, = named([id])
    return {reading.says: reading for reading in check.look(Laboratory(WORLDS, model=model)).readings if not reading.passed}


def with_another(state: type) -> tuple[type, ...]:
    """The states of the crisis with one of them changed."""
    return tuple(state if issubclass(state, usual) else usual for usual in Crisis.states)


class Echo(UnitedStates):
    """A Washington that takes over Israel's verdict."""

    def judge(self) -> None:
        """Say what Jerusalem says."""
        super().judge()
        self.verdict = self.israel.verdict


class Pliant(NuclearTalks):
    """Talks in which Iran has no red line about missiles."""

    def __init__(self, model: Any, values: Mapping[str, Any], start: Mapping[str, Any]) -> None:
        """Limits on missiles cost Iran nothing."""
        super().__init__(model, {**values, "red_line": 1.0, "iran_missiles": 0.0}, start)


class Reckless(Iran):
    """An Iran that carriers reassure."""

    def extra_fear(self) -> Any:
        """The opposite of what it should be."""
        return -super().extra_fear()


class SameVerdict(Crisis):
    """Both see the same."""

    states = with_another(Echo)


class NoRedLine(Crisis):
    """Everything is on the table."""

    states = with_another(Pliant)


class NoFear(Crisis):
    """The arrow from posture to alarm points the wrong way."""

    states = with_another(Reckless)


def test_salvo_without_depletion_is_caught(monkeypatch):
    usual = salvo.intercept

    def endless(fired, interceptors, *more):
        engaged, used, impacts = usual(fired, np.full_like(interceptors, 1e6), *more)
        return engaged, 0 * used, impacts
    assert not missed("cliff")
    monkeypatch.setattr(salvo, "intercept", endless)
    assert "360 launchers, 250 rounds" in missed("cliff")


def test_salvo_without_lost_launchers_is_caught(monkeypatch):
    monkeypatch.setattr(salvo, "launched", lambda launchers, *more, usual=salvo.launched: usual(0 * launchers + 360, *more))
    assert "launches, mean" in missed("june-2025")


def test_alarm_without_decay_is_caught(monkeypatch):
    assert not missed("fear")
    monkeypatch.setattr(alarm, "updated", lambda fear, resting, memory, news: np.clip(fear + news, -14, 8))
    assert missed("fear")


def test_a_verdict_equal_for_both_is_caught():
    says = "US verdict where Iran does nothing, share of days"
    assert says not in missed("verdicts")
    assert says in missed("verdicts", SameVerdict)


def test_talks_without_a_red_line_are_caught():
    assert "all four issues" not in missed("deals")
    assert "all four issues" in missed("deals", NoRedLine)


@pytest.mark.parametrize(("model", "fits"), [(Crisis, True), (NoFear, False)])
def test_an_arrow_that_points_the_wrong_way_is_caught(model, fits):
    arrow, = (arrow for arrow in ARROWS if arrow.id == "carriers, fear")
    assert effect(Laboratory(256, model=model), arrow).passed is fits
