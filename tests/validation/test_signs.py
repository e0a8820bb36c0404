"""The direction of each arrow, on the same luck; here the strongest ones, and all by `brink validate`."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.evidence import load
from sim.model.registry import catalogue, fields
from sim.validation.arrows import ARROWS, LEVELS, pushes
from sim.validation.checks_signs import SIGNED, effect
from sim.validation.experiments import COUNTS, DAILY_MEANS
from sim.validation.experiments_runner import Laboratory

STRONG = ("carriers, strikes", "carriers, talks", "carriers, fear", "rounds, deal", "progress, lobbying", "progress, light",
          "crackdown, threats", "Gaza, Houthis", "claim, US verdict")


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    """Three groups of 512 worlds an arrow."""
    return Laboratory(1024)


@pytest.mark.parametrize("arrow", [arrow for arrow in ARROWS if arrow.id in STRONG], ids=lambda arrow: arrow.id)
def test_pushing_an_arrow_moves_its_outcome_the_right_way(arrow, laboratory):
    """By more than twice the error of the paired difference, in 512 worlds a group."""
    assert effect(laboratory, arrow).passed


def test_both_channels_of_interceptors_are_shown_apart():
    arrows = {arrow.id: arrow for arrow in ARROWS if arrow not in SIGNED}
    assert arrows["interceptors, cost"].sign == 1 and arrows["interceptors, fear"].sign == -1
    assert arrows["interceptors, wars"].sign == 0


def test_an_arrow_names_what_it_pushes_what_it_moves_and_why():
    known = {*catalogue(), *fields()}
    assert len({arrow.id for arrow in ARROWS}) == len(ARROWS) == len(pushes())
    assert {arrow.id for arrow in ARROWS} >= set(STRONG)
    for arrow in ARROWS:
        assert {arrow.push, *arrow.given} <= known
        assert arrow.outcome in {*DAILY_MEANS, *COUNTS}
        assert set(arrow.evidence) <= load().ids and arrow.evidence
        assert (np.diff(arrow.strengths()) > 0).all()


def test_groups_share_their_luck(laboratory):
    """World by world the groups are far more often the same than worlds that share no luck."""
    groups = laboratory.measured("arrow: crackdown, threats")
    assert set(groups) == set(LEVELS)
    same = groups["low"] == groups["high"]
    strangers = groups["low"] == np.roll(groups["high"], 1)
    assert same.mean() > strangers.mean() + 3 * strangers.std() / len(strangers) ** 0.5


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_what_happens_is_counted_by_either_engine(engine, monkeypatch):
    """Though an experiment keeps no events."""
    monkeypatch.setenv("BRINK_ENGINE", engine)
    groups = Laboratory(256).measured("arrow: crackdown, threats")
    assert all(0.2 < groups[level].mean() < 5 for level in LEVELS)


def test_an_arrow_does_not_hold_where_nothing_moves():
    still = Laboratory()
    still.made = {f"arrow: {arrow.id}": dict.fromkeys(LEVELS, np.zeros(512)) for arrow in ARROWS}
    assert not any(effect(still, arrow).passed for arrow in SIGNED)
