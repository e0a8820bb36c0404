"""Designs: sets within bounds and priors, as many as was said, and the same for the same seed."""

import itertools
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ensemble.design import EDGE
from sim.ensemble.study.design import Axis, StudyDesign, read
from sim.model.registry import catalogue

KEYS = sorted(catalogue())
SHARE = next(key for key in KEYS if (catalogue()[key].declaration.low, catalogue()[key].declaration.high) == (0, 1))
keys = st.lists(st.sampled_from(KEYS), min_size=1, max_size=5, unique=True)


@given(st.sampled_from(KEYS), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_values_lie_within_bounds_and_rise_with_their_share_of_the_prior(key, shares):
    declared = catalogue()[key].declaration
    values = Axis(key).at(np.sort(shares))
    assert values.dtype == np.float32
    assert np.isfinite(values).all()
    assert (values >= np.float32(declared.low)).all() and (values <= np.float32(declared.high)).all()
    assert (np.diff(values) >= 0).all()


@given(st.sampled_from(KEYS), st.floats(0.01, 0.99))
def test_a_share_is_a_quantile_of_the_prior(key, share):
    declared = catalogue()[key].declaration
    value = float(Axis(key).at(np.array([share]))[0])
    if declared.low < value < declared.high:
        assert declared.prior.distribution.cdf(value) == pytest.approx(share, abs=1e-3)


@given(st.floats(0, 0.4), st.floats(0.5, 1), st.floats(0, 1))
def test_a_range_that_is_given_is_filled_evenly(low, high, share):
    value = Axis(SHARE, low, high).at(np.array([share]))[0]
    assert value == pytest.approx(low + (high - low) * share, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(("kind", "numbers"), [
    ("latin", {"sets": 37}), ("sobol", {"samples": 8}), ("sobol", {"samples": 8, "second_order": 1}),
    ("morris", {"trajectories": 5}), ("morris", {"trajectories": 5, "levels": 6}),
])
@given(keys=keys, seed=st.integers(0, 2**31))
def test_drawn_designs_are_as_large_as_they_say_and_the_same_for_the_same_seed(kind, numbers, keys, seed):
    if kind in ("sobol", "morris"):
        pytest.importorskip("SALib")
    if kind == "morris" and len(keys) < 2:
        return
    design = StudyDesign(kind, tuple(map(Axis, keys)), numbers)
    sets, again = design.sets(seed), design.sets(seed)
    assert sets.names == tuple(keys)
    assert sets.values.shape == (design.size(), len(keys))
    assert sets.values.tobytes() == again.values.tobytes()


def test_another_seed_is_another_hypercube():
    design = StudyDesign("latin", (Axis("us.bias"),), {"sets": 16})
    assert not np.array_equal(design.sets(1).values, design.sets(2).values)


def test_a_hypercube_has_one_set_in_each_slice_of_every_prior():
    design = StudyDesign("latin", tuple(map(Axis, KEYS[:3])), {"sets": 50})
    for key, column in zip(KEYS[:3], design.sets(3).values.T, strict=True):
        shares = catalogue()[key].declaration.prior.distribution.cdf(column)
        assert sorted(np.clip(np.floor(shares * 50 + 1e-4), 0, 49).astype(int)) == list(range(50))


@given(st.dictionaries(st.sampled_from([key for key in KEYS if catalogue()[key].declaration.high >= 1
                                        and catalogue()[key].declaration.low <= 0.5]),
                       st.lists(st.sampled_from([0.5, 0.625, 0.75, 1.0]), min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_grid_holds_every_combination(values):
    content = {"kind": "grid", "values": {key: tuple(numbers) for key, numbers in values.items()}}
    design = read(content, SimpleNamespace(context=Path()))
    assert design.size() == math.prod(map(len, values.values()))
    assert list(map(tuple, design.table.values.tolist())) == list(itertools.product(*values.values()))


def test_a_design_is_the_same_after_it_was_written_down():
    for design in (StudyDesign(), StudyDesign("latin", (Axis("us.bias"), Axis("israel.bias", 0.1, 0.2)), {"sets": 5})):
        again = StudyDesign.from_dict(design.as_dict())
        assert again == design
        assert again.sets(1).values.tobytes() == design.sets(1).values.tobytes()


def test_the_ends_of_a_prior_are_finite():
    assert np.isfinite(Axis(KEYS[0]).at(np.array([0.0, 1.0]))).all()
    assert 0 < EDGE < 1e-3
