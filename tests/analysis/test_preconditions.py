"""What sets must be for a method to hold is tested on the sets, and said before any number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_answers import answers, spread, tossed, worlds

from sim.analysis.sensitivity.breakeven import breakeven
from sim.analysis.sensitivity.prim import discover
from sim.analysis.sensitivity.sobol_morris import sensitivity
from sim.analysis.sensitivity.table import Answers
from sim.analysis.sensitivity.variance import variance
from sim.ensemble.study.design import StudyDesign
from sim.ensemble.study.study import Study
from sim.errors import BrinkError
from sim.report.text.study import show_sensitivity

LISTED = Study("made", "", (), StudyDesign("csv"), seed=3)
METHODS = {
    "sensitivity": lambda one: sensitivity(one, LISTED), "variance": variance, "discover": discover,
    "breakeven": lambda one: breakeven(one, 0.4)}


def listed(x: np.ndarray, truth: np.ndarray | None = None, each: int = 64, seed: int = 1) -> Answers:
    """Answers of sets that a file lists; the chance rises with the first parameter, if no truth is given."""
    chance = 0.2 + 0.5 * x[:, 0] if truth is None else truth
    return replace(tossed(x, chance, each, seed), kind="csv")


def dependent(kind: str, sets: int = 200) -> np.ndarray:
    x, rng = spread(sets, 4, 2), np.random.default_rng(1)
    last = {"twin": x[:, 0], "noisy": x[:, 0] + 0.1 * rng.standard_normal(sets), "against": -x[:, 0] ** 3,
            "bent": (x[:, 0] - 0.5) ** 2, "sum": x[:, 0] + x[:, 1], "of all": x.sum(axis=1)}[kind]
    return np.column_stack([x, last])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["twin", "noisy", "against", "bent", "sum", "of all"])
def test_parameters_that_depend_on_each_other_are_refused_by_name(method, kind):
    with pytest.raises(BrinkError, match=r"p\.0.* and p\.4 depend on each other") as error:
        METHODS[method](listed(dependent(kind)))
    assert "\n" not in str(error.value)


def test_many_that_are_bound_together_a_little_are_found_too():
    x = spread(600, 14, 2)
    with pytest.raises(BrinkError, match="depend on each other"):
        listed(np.column_stack([x, x.sum(axis=1)])).independent()


@pytest.mark.parametrize(("sets", "names"), [(24, 1), (24, 6), (60, 20), (300, 40), (160, 2)])
def test_sets_that_were_drawn_apart_are_not_refused(sets, names):
    for seed in range(10):
        listed(spread(sets, names, seed)).independent()
        listed(np.random.default_rng(seed).random((sets, names))).independent()


def test_equal_sets_count_once():
    x = spread(160, 2, 3)
    once = listed(x)
    order = np.random.default_rng(0).permutation(320)
    rows = np.tile(np.arange(160), 2)[order]
    twice = replace(once.only(rows), numbers=np.arange(320))
    assert any("160 of 320 sets are equal to others" in note for note in twice.independent().notes)
    for method in (METHODS["sensitivity"], variance, METHODS["breakeven"]):
        one, two = method(once), method(twice)
        assert two.answers.mean == pytest.approx(one.answers.mean)
        assert len(two.answers) == 160
    here, there = (sensitivity(one, LISTED).table.set_index("parameter").loc["p.0"] for one in (once, twice))
    assert there["effect_se"] == pytest.approx(here["effect_se"], rel=0.2)


def test_a_parameter_that_does_not_vary_is_left_out_and_said(capsys):
    x = spread(160, 2, 3)
    one = listed(np.column_stack([x, np.full(160, 0.3)]))
    found = sensitivity(one, LISTED)
    assert set(found.table["parameter"]) == {"p.0", "p.1"}
    show_sensitivity(found)
    told = capsys.readouterr().out
    assert told.index("p.2 does not vary and is left out") < told.index("on average over")
    with pytest.raises(BrinkError, match="no parameter varies"):
        listed(np.full((60, 2), 0.3), np.linspace(0, 1, 60)).independent()


def test_a_grid_of_few_values_is_a_line_between_them_and_has_no_break_even():
    axes = np.meshgrid([0.0, 1.0], [0.0, 0.5, 1.0], np.linspace(0, 1, 8), indexing="ij")
    x = np.stack([axis.ravel() for axis in axes], axis=1)
    one = replace(answers(x, worlds(3 * x[:, 0] + 2 * x[:, 2], 64, 1, 0.5, 0.5)), kind="grid")
    found = sensitivity(one, LISTED)
    assert sum("too few values to tell what lies between them" in note for note in found.notes) == 2
    rows = found.table.set_index("parameter")
    assert rows.loc["p.0", "effect"] == pytest.approx(3, abs=4 * rows.loc["p.0", "effect_se"])
    assert rows.loc["p.2", "effect"] == pytest.approx(1.75, abs=0.4)
    flips = breakeven(one, 2.5).table.set_index("parameter")["flips"]
    assert not flips["p.0"]
    assert flips["p.2"]


@pytest.mark.parametrize("method", METHODS)
def test_too_few_different_sets_are_refused(method):
    with pytest.raises(BrinkError, match=r"fewest|too few"):
        METHODS[method](listed(np.tile(spread(20, 2, 1), (4, 1))))


# thin studies

@pytest.mark.parametrize(("sets", "each", "seeds"), [(32, 2, 3), (32, 8, 3), (64, 4, 3), (200, 8, 1), (24, 64, 3)])
def test_in_thin_studies_shares_are_refused_or_hold_what_is_possible(sets, each, seeds):
    for seed in range(seeds):
        one = listed(spread(sets, 12, seed), each=each, seed=seed)
        for name, method in METHODS.items():
            try:
                found = method(one)
            except BrinkError as error:
                assert "\n" not in str(error)
                continue
            bounded(name, found)


def bounded(name: str, found) -> None:
    """Value, low and high are all there, in order, or none is; a share that cannot be lies within its error of one that can."""
    table = {"sensitivity": lambda: found.table.rename(columns={"first": "value", "first_low": "low", "first_high": "high"}),
             "variance": lambda: found.groups.rename(columns={"fall": "value"}),
             "breakeven": lambda: found.table, "discover": lambda: None}[name]()
    if table is None:
        assert all(not leaf.error <= 0 for leaf in found.leaves), "no zero width"
        return
    three = table[["value", "low", "high"]]
    assert (three.isna().all(axis=1) | three.notna().all(axis=1)).all()
    three = three.dropna()
    assert (three["low"] <= three["value"]).all()
    assert (three["value"] <= three["high"]).all()
    if name != "breakeven":
        assert (three["low"] < three["high"]).all(), "no zero width"
        assert (three["low"] <= 1).all()
