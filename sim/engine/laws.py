"""Laws: a word of 32 bits as a draw, in single precision throughout, so that the same word is the same draw everywhere.

`uniform` lies on [0, 1). The others are quantiles of a number strictly inside (0, 1): those of the Exp(1) law, and those of the
standard normal one by the single-precision inverse error function of Giles (2010).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.engine.fields import FLOAT
from sim.engine.types import Array

MIDDLE = [FLOAT(x) for x in (2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503,
                             -0.00417768164, 0.246640727, 1.50140941)]
TAIL = [FLOAT(x) for x in (-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
                           0.00943887047, 1.00167406, 2.83297682)]
ROOT_OF_TWO, MIDDLE_ENDS = FLOAT(1.41421356), FLOAT(5)


def uniform(words: Array) -> Array:
    """Draws on [0, 1): float32, shape of `words`."""
    return _floats(words >> np.uint32(8)) * FLOAT(2**-24)


def inside(words: Array) -> Array:
    """Numbers in (0, 1), both ends out: float32, shape of `words`."""
    made = _floats(words >> np.uint32(9))
    made += FLOAT(0.5)
    made *= FLOAT(2**-23)
    return made


def exponential(words: Array) -> Array:
    """Draws of Exp(1): float32, shape of `words`."""
    made = np.log(inside(words))
    return np.negative(made, out=made)


def normal(words: Array) -> Array:
    """Standard normal draws: float32, shape of `words`."""
    x = inside(words)
    x *= FLOAT(2)
    x -= FLOAT(1)
    w = FLOAT(1) + x
    w *= FLOAT(1) - x
    np.log(w, out=w)
    np.negative(w, out=w)
    far = (w >= MIDDLE_ENDS).nonzero()
    tail = _polynomial(np.sqrt(w[far]) - FLOAT(3), TAIL)
    w -= FLOAT(2.5)
    made = _polynomial(w, MIDDLE)
    made[far] = tail
    x *= ROOT_OF_TWO
    x *= made
    return x


def _floats(words: Array) -> Array:
    """Words below 2**24 as float32, which holds them exactly; from signed ones, which takes less time."""
    return words.view(np.int32).astype(FLOAT)


def _polynomial(x: Array, terms: list[np.float32]) -> Array:
    """By Horner's rule, the highest power first."""
    made = np.full_like(x, terms[0])
    for one in terms[1:]:
        made *= x
        made += one
    return made


LAWS: dict[str, Callable[[Array], Array]] = {"exponential": exponential, "normal": normal, "uniform": uniform}
