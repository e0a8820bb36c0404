"""Random streams: numbers that depend on (seed, name, luck number, k, tag) and on nothing else.

The k-th draw of a named stream in world w is the same in every scenario, on any number of cores, in any order and split. It is
the block of a counter, made when it is asked for; what a seed means is recorded in `CONTRACT`.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.fields import FLOAT
from sim.engine.laws import LAWS
from sim.engine.philox import TILE, Philox
from sim.engine.types import Array, StateLike, WorldIndex
from sim.errors import BrinkError, cut, shown

CONTRACT = {
    "generator": "Philox4x32-10",
    "counter": "luck number, k, crc32(stream name), crc32(tag) or 0 without one",
    "key": "seed mod 2**32, seed div 2**32",
    "laws": {"uniform": "(word >> 8) / 2**24", "inside": "((word >> 9) + 1/2) / 2**23", "exponential": "-log(inside)",
             "normal": "quantile of inside (Giles 2010, single precision)"},
}

ALL = slice(None)
MOST_SEED = 2**64 - 1

AHEAD = 1 << 17
"""Draws that a stream of a model holds at most: 512 KiB."""


def checked_seed(seed: Any) -> int:
    """The seed. Raises BrinkError if it is none."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed <= MOST_SEED:
        raise BrinkError(f"seed: {shown(seed)} must be a whole number from 0 to {MOST_SEED}")
    return int(seed)


def check_contract(place: str, contract: Any) -> None:
    """Raise BrinkError if what was made under this contract cannot be made again, or gone on with, under ours.

    A contract may say more than ours, like the tag of a fork.
    """
    said = contract if isinstance(contract, Mapping) else {}
    if any(said.get(name) != value for name, value in CONTRACT.items()):
        by = cut(str(said.get("generator", "unknown")))
        raise BrinkError(f"{place}: its luck was drawn in another way ({by}; this version draws by {CONTRACT['generator']}), "
                         "so its worlds cannot be simulated again or added to; its results can still be read")


class RandomStreams:
    """The random streams of a seed.

    Parameters
    ----------
    seed : 0 to 2**64 - 1
    tag : the name of a fork; another tag gives other draws for the same luck numbers

    Raises BrinkError for another seed.
    """

    def __init__(self, seed: int, tag: str = "") -> None:
        self.seed, self.tag = checked_seed(seed), tag
        self._tag = np.array(zlib.crc32(tag.encode()) if tag else 0, np.uint64)
        self._generator = Philox(self.seed)
        self._ids: dict[str, int] = {}
        self._kinds: list[str] = []
        self._names = np.zeros(0, np.uint64)
        """The hash of the name of each stream."""

    def stream(self, name: str, kind: str) -> int:
        """The id of a stream, assigned at its first use. Raises ValueError if the hashes of two names collide."""
        if name not in self._ids:
            key = zlib.crc32(name.encode())
            if key in self._names:
                raise ValueError(f"the stream name '{name}' collides with another one: rename it")
            self._ids[name] = len(self._kinds)
            self._kinds.append(kind)
            self._names = np.append(self._names, np.uint64(key))
        return self._ids[name]

    def draws(self, stream: Array | int, k: Array | int, numbers: Array) -> Array:
        """Draw k of a stream for each of these luck numbers: float32, of the shape to which the three broadcast.

        Streams of several ids are of one kind.
        """
        counter = [np.asarray(word, np.uint64) for word in (numbers, k, self._names[stream], self._tag)]
        shape = np.broadcast(*counter).shape
        size = math.prod(shape)
        if not size:
            return np.empty(shape, FLOAT)
        law = LAWS[self._kinds[stream if isinstance(stream, int) else stream.flat[0]]]
        if size <= TILE:
            return law(self._generator.words(shape, *counter))
        made = np.empty(shape, FLOAT)
        flat, counter = np.atleast_2d(made), [np.atleast_2d(word) for word in counter]
        for rows, columns in tiles(*flat.shape):
            parts = [word[rows if len(word) > 1 else ALL, columns if word.shape[1] > 1 else ALL] for word in counter]
            part = flat[rows, columns]
            part[...] = law(self._generator.words(part.shape, *parts))
        return made


    def rows(self, stream: Array | int, k: Array | int, numbers: Array) -> Array:
        """The same for rows of streams or draws, ids or numbers of shape (rows, 1): shape (rows, n).

        Parameter sets side by side have the same luck numbers, which are drawn once for all of them.
        """
        width = period(numbers)
        made = self.draws(stream, k, numbers[:width])
        if width == len(numbers):
            return made
        return np.ascontiguousarray(np.tile(made, (1, -(-len(numbers) // width)))[:, :len(numbers)])


def tiles(rows: int, columns: int) -> Iterator[tuple[slice, slice]]:
    """Parts of an array of this shape, of at most `TILE` numbers each."""
    height, width = max(TILE // max(columns, 1), 1), min(max(columns, 1), TILE)
    for top in range(0, rows, height):
        for left in range(0, columns, width):
            yield slice(top, top + height), slice(left, left + width)


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
    """A stream of one state in one model. It makes draws of all worlds ahead, at first few and then more, up to `AHEAD`."""

    def __init__(self, draws: Stream, state: StateLike) -> None:
        self.name, self.kind, self.model = f"{state.key}.{draws.name}", draws.kind, state.model
        self.slots, self.places = draws.slots, np.arange(draws.slots)[:, None]
        self.since = 0
        self.stretch: Array
        """Some draws in a row of every world, from number `since` on."""
        self.earliest: Array
        """The first draws of every world."""
        self.attach(self.model.luck)

    def attach(self, luck: RandomStreams) -> None:
        """Take all further draws from these random streams, from the first one on."""
        self.luck, self.stream = luck, luck.stream(self.name, self.kind)
        self.used = np.zeros(self.model.n, np.int32)
        self._forget()

    def select(self, worlds: WorldIndex) -> None:
        """Keep the counters of these worlds, in this order."""
        self.used = self.used[worlds]
        self._forget()

    def on(self, index: int) -> Array:
        """Draw number `index` in every world, not to be modified: shape (n,)."""
        if not 0 <= index - self.since < len(self.stretch):
            self.since, self.stretch = index, self._made(index, min(2 * len(self.stretch) + 1, self.most))
        return self.stretch[index - self.since]

    def __call__(self, worlds: WorldIndex) -> Array:
        """The next draw in each of these worlds, shape (m,), or the next ones, shape (slots, m)."""
        k = self.used[worlds]
        self.used[worlds] = k + self.slots
        if self.slots > 1:
            k = k + self.places
        try:
            return self.earliest[k, worlds]
        except IndexError:
            return self._later(k, worlds)

    def _later(self, k: Array, worlds: WorldIndex) -> Array:
        """Draws of which some are not made yet: make all worlds' up to these, or no more than these if they are too many."""
        need, have = int(k.max()) + 1, len(self.earliest)
        if need > self.most:
            return self.luck.draws(self.stream, k, self.model.numbers[worlds])
        more = self._made(have, min(max(need, 2 * have), self.most) - have)
        self.earliest = np.concatenate([self.earliest, more])
        return self.earliest[k, worlds]

    def _forget(self) -> None:
        """Hold no draws, because those of other worlds or other luck are to come."""
        self.most = max(AHEAD // max(self.model.n, 1), 1)
        """Rows that are held at most, of one draw for every world each."""
        self.since, self.stretch = 0, np.empty((0, self.model.n), FLOAT)
        self.earliest = self.stretch

    def _made(self, first: int, rows: int) -> Array:
        """So many draws from a number on, for every world: shape (rows, n)."""
        return self.luck.rows(self.stream, np.arange(first, first + rows)[:, None], self.model.numbers)


def period(numbers: Array) -> int:
    """After how many numbers they begin again and go on repeating; how many there are if they do not."""
    again = np.flatnonzero(numbers[1:] == numbers[:1])
    width = int(again[0]) + 1 if again.size else len(numbers)
    return width if np.array_equal(numbers[width:], numbers[:len(numbers) - width]) else len(numbers)


uniforms, normals, exponentials = (partial(Stream, kind) for kind in ("uniform", "normal", "exponential"))
"""Streams of uniform draws on [0, 1), of standard normal draws, and of Exp(1) draws: given their meaning, and `slots`."""
