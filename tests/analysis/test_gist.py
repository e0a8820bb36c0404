"""A comparison in few words."""

import math
from dataclasses import asdict, replace

import numpy as np
import pytest
from made_differences import made_difference

import sim
from sim.analysis.compare import gist
from sim.analysis.compare.paired import Discordant
from sim.ensemble.estimates import FEWEST
from sim.report.text import compare as told
from sim.words import TOO_FEW

NAMES = ("here", "there")


@pytest.fixture(scope="module")
def comparison():
    return sim.compare("baseline", do=["{on: 2026-01-10, force: us.set_ultimatum}"], worlds=256, days=60)


@pytest.mark.parametrize(("counts", "squares"), [
    ((633, 36, 32, 299), (63, 4, 3, 30)), ((1, 1, 1, 0), (34, 33, 33, 0)), ((0, 0, 0, 7), (0, 0, 0, 100)), ((0,) * 4, (0,) * 4),
])
def test_a_hundred_squares_add_up(counts, squares):
    assert told.squares(Discordant("x", "x", *counts, math.nan)) == squares


def gap(value, se, verdict):
    return made_difference(difference=value, se=se, verdict=verdict, a=0.67, b=0.67 + value)


@pytest.mark.parametrize(("given", "says"), [
    (gap(-0.083, 0.011, "lower"), "8.3 fewer of 100 worlds"), (gap(0.149, 0.011, "higher"), "15 more of 100 worlds"),
    (gap(-0.02, 0.01, "perhaps lower"), "Perhaps 2.0 fewer of 100 worlds"),
    (gap(0.001, 0.01, "not told apart"), "No clear difference"),
    (gap(0.0, 0.0, "equal"), "No difference"), (gap(math.nan, math.nan, ""), "Nothing to compare"),
])
def test_headlines(given, says):
    assert told.headline(given) == says


def test_errors_and_pairing_are_told():
    given = gap(-0.083, 0.011, "lower")
    assert told.in_points(given) == "\N{MINUS SIGN}8.3 ± 1.1 points"
    assert told.gap(given) == "-8.3 ± 1.1"
    assert told.verdict(given) == "lower: -8.3 ± 1.10 points"
    assert told.pairing(given) == "without shared luck the error would be 2.5 times as large"
    assert told.pairing(replace(given, narrower=math.nan)) == ""
    assert told.sides(given, "likely") == ("67 of 100 worlds unchanged, 59 with the change", "now likely (55 to 80 %)")
    assert told.sides(given, TOO_FEW)[1] == "now too few to tell"
    assert told.in_points(gap(math.nan, math.nan, "")) == ""


def test_a_difference_is_that_of_its_row(comparison):
    for row, one in zip(comparison.rows, gist.differences(comparison), strict=True):
        assert asdict(one).items() <= row.items()
        assert one.exists == (row["verdict"] != "")
        told_apart = row["difference"] != 0 and abs(row["difference"]) >= 3 * row["se"]
        assert one.clear == (told_apart and min(row["n_a"], row["n_b"]) >= FEWEST)
    assert repr(gist.difference(comparison, "round_two")) in map(repr, gist.differences(comparison))  # NaN is not NaN


def test_clear_ones_are_named_and_no_others():
    some = [gap(-0.083, 0.011, "lower"), gap(0.001, 0.01, "not told apart")]
    assert told.clear_ones(some) == "Differences in points of 100 worlds. Clear ones: x \N{MINUS SIGN}8.3 ± 1.1 points."
    assert told.clear_ones(some[1:]).endswith("Clear ones: none.")


def test_turned_worlds_turn_and_part_before_or_when_they_do(comparison):
    found = gist.turned(comparison, "round_two", 4)
    here, there = comparison.flipped("round_two")
    assert 0 < len(found) <= 4
    assert {one.world for one in found} <= set(np.concatenate([here, there]).tolist())
    for one in found:
        assert (one.here >= 0) != (one.there >= 0)
        assert 0 <= one.parts <= max(one.here, one.there)
        firsts = bool(one.first_here) + bool(one.first_there)
        assert told.parts_on(one, NAMES, comparison.a.scenario.date).count("only in") == firsts > 0


def test_of_two_ways_to_turn_both_are_shown(comparison):
    here, there = comparison.flipped("round_two")
    found = {one.world for one in gist.turned(comparison, "round_two", 4)}
    assert len(found & set(here.tolist())) >= min(2, len(here))
    assert len(found & set(there.tolist())) >= min(2, len(there))
