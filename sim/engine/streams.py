"""Random streams: numbers that depend on (seed, name, k, luck number) and on nothing else.

The k-th draw of a named stream in world w is the same in every scenario, on any number of cores, in any order and split. It
is made by counter, with Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011), so that none has to be made before another or
kept: a draw is a function. What a seed means is `CONTRACT`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.fields import FLOAT
from sim.engine.types import Array, StateLike, WorldIndex

CONTRACT = {"generator": "Philox4x32-10", "counter": "luck number, k, crc32(name), crc32(tag) or 0", "key": "seed, 32 bits each",
            "laws": "exponential: -log; normal: Giles (2010); word 0"}

MOST_SEED = 2**63 - 1

AHEAD = 1 << 17
"""Draws that are made at once for a stream that every world draws from every day: some days for few worlds, one for many."""

TILE = 1 << 13
"""Counters that are worked on at a time, so that they stay in cache."""

HALF, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
MULTIPLIERS = np.array([[0xD2511F53], [0xCD9E8D57]], np.uint64)
WEYL = np.array([[0x9E3779B9], [0xBB67AE85]], np.uint64)
ROUNDS = 10

MIDDLE = [FLOAT(x) for x in (2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503,
                             -0.00417768164, 0.246640727, 1.50140941)]
TAIL = [FLOAT(x) for x in (-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
                           0.00943887047, 1.00167406, 2.83297682)]
"""Giles' single-precision inverse error function: within 5 of the middle of -log(1 - x^2), and beyond."""


def keys(seed: int) -> Array:
    """The keys of all rounds: uint64 of shape (10, 2, 1)."""
    halves = np.array([[seed & 0xFFFFFFFF], [seed >> 32]], np.uint64)
    return (halves + np.arange(ROUNDS, dtype=np.uint64)[:, None, None] * WEYL) & LOW


def philox(first: Array, second: Array, keys: Array) -> Array:
    """Word 0 of the blocks of Philox4x32-10: uint64 below 2**32, shape (m,).

    first, second : words 0 and 2 of the counters, and 1 and 3: uint64 of shape (2, m), `first` is overwritten
    """
    for key in keys:
        first *= MULTIPLIERS
        high = first >> HALF
        first &= LOW
        turned = high[::-1] ^ second
        turned ^= key
        first, second = turned, first[::-1]
    words: Array = first[0]
    return words


def inside(words: Array) -> Array:
    """Uniform on (0, 1), both ends out: float32."""
    return ((words >> np.uint64(9)).astype(FLOAT) + FLOAT(0.5)) * FLOAT(2**-23)


def uniform(words: Array) -> Array:
    """Uniform on [0, 1): float32."""
    return (words >> np.uint64(8)).astype(FLOAT) * FLOAT(2**-24)


def exponential(words: Array) -> Array:
    """Exp(1): float32."""
    return -np.log(inside(words))


def normal(words: Array) -> Array:
    """Standard normal: float32."""
    x = FLOAT(2) * inside(words) - FLOAT(1)
    w = -np.log((FLOAT(1) - x) * (FLOAT(1) + x))
    made = _polynomial(w - FLOAT(2.5), MIDDLE)
    far = np.flatnonzero(w >= FLOAT(5))
    made[far] = _polynomial(np.sqrt(w[far]) - FLOAT(3), TAIL)
    return FLOAT(1.41421356) * x * made


def _polynomial(x: Array, terms: list[Any]) -> Array:
    made = np.full_like(x, terms[0])
    for one in terms[1:]:
        made *= x
        made += one
    return made


LAWS: dict[str, Callable[[Array], Array]] = {"exponential": exponential, "normal": normal, "uniform": uniform}


class RandomStreams:
    """The random streams of a seed.

    Parameters
    ----------
    seed : 0 to 2**63 - 1
    tag : the name of a fork; another tag gives other draws for the same luck numbers
    """

    def __init__(self, seed: int, tag: str = "") -> None:
        if not 0 <= seed <= MOST_SEED:
            raise ValueError(f"seed: {seed} must be a whole number from 0 to 2**63 - 1")
        self.seed, self.tag = int(seed), tag
        self._tag = zlib.crc32(tag.encode()) if tag else 0
        self._keys = keys(self.seed)
        self._ids: dict[str, int] = {}
        self._words: list[int] = []
        self.kinds: list[str] = []

    def stream(self, name: str, kind: str) -> int:
        """The number of a stream, assigned at its first use. Raises ValueError if the hashes of two names collide."""
        if name not in self._ids:
            word = zlib.crc32(name.encode())
            if word in self._words:
                raise ValueError(f"the stream name '{name}' collides with another one: rename it")
            self._ids[name] = len(self._words)
            self._words.append(word)
            self.kinds.append(kind)
        return self._ids[name]

    def draws(self, stream: int | Array, k: int | Array, numbers: Array) -> Array:
        """Draw k of a stream, or draw k[i] of stream[i], for these luck numbers: float32, in the shape of all together.

        Streams of one call are of one kind.
        """
        words = np.array(self._words, np.uint64)[stream]
        shape = np.broadcast_shapes(np.shape(words), np.shape(k), np.shape(numbers))
        made = np.empty(shape, FLOAT)
        law = LAWS[self.kinds[int(np.ravel(stream)[0]) if np.size(stream) else 0]]
        flat = made.reshape(-1)
        first = np.empty((2, flat.size), np.uint64)
        second = np.empty((2, flat.size), np.uint64)
        first[0].reshape(shape)[...], first[1].reshape(shape)[...] = numbers, words
        second[0].reshape(shape)[...], second[1] = k, self._tag
        for start in range(0, flat.size, TILE):
            tile = slice(start, start + TILE)
            flat[tile] = law(philox(first[:, tile], second[:, tile], self._keys))
        return made


class Stream:
    """A named stream of a `State`, used in one of two ways.

    `self.error.on(index)` gives draw number `index` in every world: dense noise, indexed by the calendar.
    `self.leak(worlds)` gives the next draw of each of these worlds: sparse, with a counter per world. With `slots` it gives
    that many at once, shape (slots, m).
    """

    def __init__(self, kind: str, meaning: str, slots: int = 1) -> None:
        self.kind, self.meaning, self.slots, self.name = kind, meaning, slots, ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    if TYPE_CHECKING:
        def __get__(self, state: Any, owner: Any = None) -> BoundStream: ...


class BoundStream:
    """A stream of one state in one model."""

    def __init__(self, draws: Stream, state: StateLike) -> None:
        self.name, self.kind, self.model = f"{state.key}.{draws.name}", draws.kind, state.model
        self.slots, self.places = draws.slots, np.arange(draws.slots)[:, None] if draws.slots > 1 else 0
        self.used = np.zeros(self.model.n, np.int32)
        self.attach(self.model.luck)

    def attach(self, luck: RandomStreams) -> None:
        """Take all further draws from these random streams, for the model's luck numbers of now."""
        self.luck, self.stream = luck, luck.stream(self.name, self.kind)
        self._first, self._rows = 0, np.empty((0, 0), FLOAT)

    def on(self, index: int) -> Array:
        """Draw number `index` in every world, not to be modified: shape (n,)."""
        at = index - self._first
        if not 0 <= at < len(self._rows):
            days = np.arange(index, index + max(AHEAD // max(self.model.n, 1), 1))
            self._rows = self.luck.draws(self.stream, days[:, None], self.model.numbers)
            self._first, at = index, 0
        return self._rows[at]

    def __call__(self, worlds: WorldIndex) -> Array:
        """The next draw in each of these worlds, shape (m,), or the next ones, shape (slots, m)."""
        k = self.used[worlds]
        self.used[worlds] = k + self.slots
        return self.luck.draws(self.stream, k + self.places, self.model.numbers[worlds])


uniforms, normals, exponentials = (partial(Stream, kind) for kind in ("uniform", "normal", "exponential"))
"""Streams of uniform draws on [0, 1), of standard normal draws, and of Exp(1) draws: given their meaning, and `slots`."""
