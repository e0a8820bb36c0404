"""Errors where sets share their luck: luck that bends with a parameter looks like the parameter's doing, and must be covered.

A world has one draw, the same in every set, and the outcome comes where the draw lies below the set's chance. So all sets move
together on other luck, by more where the chance is even than where it is small.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_answers import answers, spread

from sim.analysis.sensitivity.breakeven import breakeven
from sim.analysis.sensitivity.curves import MainEffects
from sim.analysis.sensitivity.open_study import open_study
from sim.analysis.sensitivity.prim import Finder, Limit
from sim.analysis.sensitivity.resample import both, of_weights
from sim.analysis.sensitivity.sobol_morris import sensitivity
from sim.analysis.sensitivity.table import Answers
from sim.analysis.sensitivity.variance import variance
from sim.ensemble.estimates import Z90
from sim.ensemble.study import runner
from sim.ensemble.study import study as studies
from sim.ensemble.study.design import Axis, StudyDesign
from sim.ensemble.study.executors import Processes
from sim.ensemble.study.store import Store
from sim.ensemble.study.study import Study
from sim.errors import BrinkError

TRIALS = 40
LEAST, MOST = 31, 40
"""Of 40 intervals of 90 %, how many must hold the truth: fewer than 32 would come in one of fifty cases."""


def study(kind: str, names: int, **numbers: int) -> Study:
    return Study("made", "", (), StudyDesign(kind, tuple(Axis(f"p.{i}") for i in range(names)), numbers), seed=3)


def bent(x: np.ndarray, chance: np.ndarray, each: int, seed: int, kind: str = "latin", block: int = 1) -> Answers:
    """A study on luck that all sets share."""
    return answers(x, np.random.default_rng(seed + 10_000).random(each) < chance[:, None], "round_two", kind, block)


@cache
def line(each: int, seed: int) -> Answers:
    """The chance rises from 0.2 to 0.7 along the first of two parameters."""
    x = spread(160, 2, seed + 1000)
    return bent(x, 0.2 + 0.5 * x[:, 0], each, seed + 1000)


def held(found: list[tuple[float, float]], truth: float) -> int:
    return sum(abs(value - truth) <= Z90 * error for value, error in found)


# intervals hold the truth about nine times of ten

@pytest.mark.parametrize("each", [16, 64, pytest.param(256, marks=pytest.mark.slow)])
def test_an_effect_covers_luck_that_bends_with_it(each):
    rows = [sensitivity(one, study("latin", 2)).table.set_index("parameter").loc["p.0"] for seed in range(TRIALS)
            if (one := line(each, seed)).freed > 0.006]
    many = held([(row["effect"], row["effect_se"]) for row in rows], 0.45)
    assert many / len(rows) >= LEAST / TRIALS
    told = [row for row in rows if not np.isnan(row["first"])]
    assert held([(row["first"], row["first_se"]) for row in told], 1.0) >= 0.9 * len(told)
    assert np.std([row["effect"] for row in rows]) <= 1.5 * np.mean([row["effect_se"] for row in rows])


@pytest.mark.parametrize("each", [16, 64])
def test_a_box_covers_it_and_its_difference_from_the_rest_too(each):
    regions = [Finder(one, np.arange(2), 0).region([Limit("p.0", 0.5, np.nan)])
               for one in (line(each, seed) for seed in range(TRIALS))]
    assert held([(region.density, region.error) for region in regions], 0.575) >= LEAST
    assert held([(region.apart, region.apart_error) for region in regions], 0.25) >= LEAST
    assert np.mean([region.apart_error for region in regions]) < np.mean([region.error for region in regions])


def test_gaps_and_break_evens_cover_it():
    found = [breakeven(line(256, seed), 0.4) for seed in range(TRIALS)]
    assert held([(one.gap, one.error) for one in found], 0.05) >= LEAST
    rows = [row for row in (one.table.set_index("parameter").loc["p.0"] for one in found) if row["flips"]]
    assert len(rows) > TRIALS / 2
    assert sum(row["low"] <= 0.4 <= row["high"] for row in rows) >= LEAST / TRIALS * len(rows)
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)


def test_shares_of_luck_and_parameters_cover_it():
    found = [variance(line(64, seed)) for seed in range(TRIALS)]
    assert held([(one.of_world.value, one.of_world.error) for one in found], 0.25 / 12 / (0.45 * 0.55)) >= LEAST
    assert held([(one.groups["fall"][0], one.groups["se"][0]) for one in found], 1.0) >= LEAST


@pytest.mark.parametrize(("kind", "numbers", "names"), [("sobol", {"samples": 64}, ("first", "total")),
                                                        ("morris", {"trajectories": 40}, ("mu_star",))])
def test_indices_of_laid_out_designs_cover_it(kind, numbers, names):
    asked = study(kind, 2, **numbers)
    x = asked.design.points(asked.seed)
    found = [sensitivity(bent(x, 0.2 + 0.4 * x[:, 0] + 0.2 * x[:, 1], 128, seed, kind, 4 if kind == "sobol" else 3), asked)
             .table.set_index("parameter") for seed in range(TRIALS)]
    for name, (first, second) in {"first": (0.8, 0.2), "total": (0.8, 0.2), "mu_star": (0.4, 0.2)}.items():
        if name in names:
            error = "se" if name == "mu_star" else f"{name}_se"
            for parameter, truth in (("p.0", first), ("p.1", second)):
                rows = [(table.loc[parameter, name], table.loc[parameter, error]) for table in found]
                assert held(rows, truth) >= LEAST, (name, parameter)


# what there is no chance for

def test_luck_that_bends_with_an_idle_parameter_does_not_lift_it_above_chance():
    passed = 0
    for seed in range(TRIALS):
        x = spread(160, 2, seed)
        draws = np.random.default_rng(seed).random((2, 16))
        came = np.where(x[:, 1:] < 0.5, draws[0] < 0.45, draws[1] < 0.45)
        one = answers(x, came, "round_two")
        passed += len(MainEffects(one.places, one.means, one.luck).chosen) > 0
    assert passed <= 6


def test_no_share_lies_above_one_with_its_whole_interval():
    for seed in range(TRIALS):
        try:
            found = sensitivity(line(16, seed), study("latin", 2))
        except BrinkError as error:
            assert "too little to tell" in str(error) or "no more than luck" in str(error)
            continue
        told = found.table.dropna(subset=["first"])
        assert (told["first_low"] <= 1).all()
        assert bool(found.doubt) == told.empty


def test_luck_of_each_set_alone_is_not_counted_twice():
    rng = np.random.default_rng(2)
    x = rng.random((400, 1))
    one = answers(x, rng.random((400, 16)) < 0.5, "round_two")
    inside = (x[:, 0] > 0.5) / (x[:, 0] > 0.5).sum()
    spread_error = np.sqrt((inside ** 2).sum() * 0.25 / 16)
    assert float(both(spread_error, of_weights(inside, one.luck))) < 1.4 * spread_error


def test_few_luck_numbers_are_said():
    x = spread(60, 1, 1)
    assert "with 4 luck numbers" in bent(x, x[:, 0], 4, 1).remarks[0]
    assert bent(x, x[:, 0], 16, 1).remarks == ()


# a real study

@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same sets, each time on other luck."""
    folder, made = tmp_path_factory.mktemp("seeds"), []
    sets = pd.DataFrame(spread(96, 2, 5) * 0.6 - 0.2, columns=["us.bias", "israel.bias"])
    sets.to_csv(folder / "sets.csv", index=False)
    for seed in (1, 2, 3, 4):
        file = folder / f"seed_{seed}.yaml"
        file.write_text(f"design: {{kind: csv, file: sets.csv}}\nworlds: 64\nseed: {seed}\ndays: 200\n"
                        "keep: {outcomes: [round_two]}\n")
        made.append(folder / f"seed-{seed}")
        runner.run(Store.create(made[-1], studies.read(file)), Processes())
    return made


@pytest.mark.slow
def test_on_other_luck_effects_move_no_more_than_their_errors_say(seeds):
    tables = [open_study(place).sensitivity("round_two").table.set_index("parameter").sort_index() for place in seeds]
    effects, errors = (np.stack([table[name] for table in tables]) for name in ("effect", "effect_se"))
    assert (effects.std(axis=0, ddof=1) <= 1.5 * errors.mean(axis=0)).all()
