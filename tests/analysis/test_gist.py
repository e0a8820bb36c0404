"""A comparison in few words."""

import math

import numpy as np
import pytest

import sim
from sim.analysis.compare import gist
from sim.analysis.compare.paired import Flips

NAMES = ("here", "there")


@pytest.fixture(scope="module")
def comparison():
    return sim.compare("baseline", do=["{on: 2026-01-10, force: us.set_ultimatum}"], worlds=256, days=60)


@pytest.mark.parametrize(("counts", "squares"), [
    ((633, 36, 32, 299), (63, 4, 3, 30)), ((1, 1, 1, 0), (34, 33, 33, 0)), ((0, 0, 0, 7), (0, 0, 0, 100)), ((0,) * 4, (0,) * 4),
])
def test_a_hundred_squares_add_up(counts, squares):
    assert gist.hundred(Flips("x", "x", *counts, math.nan)) == squares


def row(difference, se, verdict):
    return {"difference": difference, "se": se, "verdict": verdict, "narrower": 2.5, "a": 0.67, "b": 0.67 + difference}


@pytest.mark.parametrize(("given", "says"), [
    (row(-0.083, 0.011, "lower"), "8.3 fewer of 100 worlds"), (row(0.149, 0.011, "higher"), "15 more of 100 worlds"),
    (row(-0.02, 0.01, "perhaps lower"), "Perhaps 2.0 fewer of 100 worlds"),
    (row(0.001, 0.01, "not told apart"), "No clear difference"),
    (row(0.0, 0.0, "equal"), "No difference"), (row(math.nan, math.nan, ""), "Nothing to compare"),
])
def test_headlines(given, says):
    assert gist.headline(given) == says


def test_errors_and_pairing_are_told():
    given = row(-0.083, 0.011, "lower")
    assert gist.error(given) == "\N{MINUS SIGN}8.3 ± 1.1 points"
    assert gist.pairing(given) == "separate luck would make that error 2.5 times larger"
    assert gist.pairing({**given, "narrower": math.nan}) == ""
    assert gist.sides(given) == "67 of 100 worlds unchanged, 59 with the change"


def test_turned_worlds_turn_and_part_before_or_when_they_do(comparison):
    found = gist.turned(comparison, "round_two", 4)
    here, there = comparison.flipped("round_two")
    assert 0 < len(found) <= 4
    assert {one.world for one in found} <= set(np.concatenate([here, there]).tolist())
    for one in found:
        assert (one.here >= 0) != (one.there >= 0)
        assert 0 <= one.parts <= max(one.here, one.there)
        firsts = bool(one.first_here) + bool(one.first_there)
        assert one.parted(NAMES, comparison.a.scenario.date).count("only in") == firsts > 0


def test_of_two_ways_to_turn_both_are_shown(comparison):
    here, there = comparison.flipped("round_two")
    found = {one.world for one in gist.turned(comparison, "round_two", 4)}
    assert len(found & set(here.tolist())) >= min(2, len(here))
    assert len(found & set(there.tolist())) >= min(2, len(there))
