"""Powers and logarithms made of products, exponentials and natural logarithms."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine import arithmetic

VALUES = np.geomspace(1e-6, 1e6, 5000, dtype=np.float32)
CLOSE = {"rtol": 2e-6, "atol": 2e-7}
"""A few units in the last place; of the logarithm of a number near one, of one."""


@pytest.mark.parametrize(("made", "known"), [
    (arithmetic.log2, np.log2), (arithmetic.log10, np.log10), (arithmetic.cube_root, np.cbrt),
    (lambda x: arithmetic.power(x, 1.6), lambda x: x**1.6),
    (lambda x: arithmetic.power(x, np.float32(0.25)), lambda x: x**0.25)])
def test_they_are_what_they_are_called(made, known):
    assert made(VALUES).dtype == np.float32
    np.testing.assert_allclose(made(VALUES), known(VALUES.astype(np.float64)), **CLOSE)


def test_every_world_can_have_its_own_exponent():
    shares = VALUES[VALUES <= 1]
    exponents = np.linspace(1, 3, shares.size, dtype=np.float32)
    np.testing.assert_allclose(arithmetic.power(shares, exponents), shares.astype(np.float64) ** exponents, **CLOSE)


def test_a_power_of_nothing_is_nothing():
    with np.errstate(all="raise", under="ignore"):
        assert arithmetic.power(np.zeros(3, np.float32), np.float32(1.6)).tolist() == [0, 0, 0]
        assert arithmetic.cube_root(np.zeros(1, np.float32)) == pytest.approx(0, abs=1e-12)
