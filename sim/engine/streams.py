"""Random streams: numbers that depend on (seed, name, luck number, k) and on nothing else.

The k-th draw of a named stream in world w is the same in every scenario, on any number of cores, in any order and split.
Luck numbers come in blocks of 2,048. A slab is 64 draws of one stream for one block; it has a generator of its own, which
makes them one after the other, each when it is first needed. Block, depth and generator are part of what a seed means, so
they are recorded in `CONTRACT`.
"""

from __future__ import annotations

import mmap
import sys
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sim.engine.fields import FLOAT
from sim.engine.types import Array, StateLike, WorldIndex

BLOCK = 2048
DEPTH = 64
CONTRACT = {"block": BLOCK, "depth": DEPTH, "generator": "SFC64", "key": "SeedSequence(seed, crc32(name), block, slab, tag)"}

ROOM = 8192
"""Draws for which address space is reserved at once; memory is only used as they are made."""

LAWS: dict[str, Callable[..., Array]] = {
    "exponential": np.random.Generator.standard_exponential,
    "normal": np.random.Generator.standard_normal,
    "uniform": np.random.Generator.random,
}


def untouched(size: int) -> Array:
    """Address space for `size` float32 numbers, which uses memory as it is written to.

    `np.empty` would request huge pages, and a system that has none free searches for one at each first touch.
    """
    private = {} if sys.platform == "win32" else {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS}
    return np.frombuffer(mmap.mmap(-1, max(size, 1) * FLOAT().nbytes, **private), FLOAT)[:size]


class RandomStreams:
    """The random streams of some blocks of luck numbers, drawn when first needed and kept for every model that shares them.

    Parameters
    ----------
    seed : any int >= 0
    blocks : which blocks of luck numbers, in rising order
    tag : the name of a fork; another tag gives other draws for the same luck numbers
    """

    def __init__(self, seed: int, blocks: Sequence[int], tag: str = "") -> None:
        self.seed, self.blocks, self.tag = seed, list(blocks), tag
        self.width = BLOCK * len(self.blocks)
        self._rows: dict[str, int] = {}
        self._keys: list[tuple[int, str]] = []
        self._generators: dict[tuple[int, int], list[np.random.Generator]] = {}
        self._starts = np.full((64, DEPTH), -1, np.int64)
        spare, RandomStreams._spare = RandomStreams._spare, None
        self._pool = spare if spare is not None and spare.size == ROOM * self.width else untouched(ROOM * self.width)
        self._used = 0

    _spare: ClassVar[Array | None] = None
    """Memory that was last released: memory that was used before is twice as fast to fill."""

    def release(self) -> None:
        """Free the memory for the next instance; neither this one nor any array that it returned may be used afterwards."""
        RandomStreams._spare = self._pool
        del self._pool

    def columns(self, numbers: Array) -> WorldIndex:
        """Positions of these luck numbers in a draw, block after block: shape of `numbers`.

        Raises ValueError if one belongs to none of the blocks.
        """
        blocks, within = np.divmod(numbers, BLOCK)
        at = np.searchsorted(self.blocks, blocks)
        strange = np.flatnonzero(np.append(self.blocks, -1)[at] != blocks)
        if strange.size:
            raise ValueError(f"luck number {numbers[strange[0]]} is of block {blocks[strange[0]]}, "
                             f"and this luck has the blocks {self.blocks}")
        return at * BLOCK + within

    def stream(self, name: str, kind: str) -> int:
        """The row of a stream, assigned at its first use. Raises ValueError if the hashes of two names collide."""
        if name not in self._rows:
            key = zlib.crc32(name.encode())
            if any(key == other for other, _ in self._keys):
                raise ValueError(f"the stream name '{name}' collides with another one: rename it")
            self._rows[name] = len(self._keys)
            self._keys.append((key, kind))
            if len(self._keys) > len(self._starts):
                self._starts = np.concatenate([self._starts, np.full_like(self._starts, -1)])
        return self._rows[name]

    def row(self, stream: int, k: int) -> Array:
        """Draw k of a stream for every luck number, not to be modified: float32, shape (width,)."""
        while k >= self._starts.shape[1]:
            self._widen()
        if self._starts[stream, k] < 0:
            self._draw(stream, k)
        start = self._starts[stream, k]
        return self._pool[start:start + self.width]

    def take(self, streams: Array | int, k: Array, columns: WorldIndex) -> Array:
        """Draw k[i] of stream streams[i] (or of the one stream) in column columns[i], for all i: float32, shape of k."""
        try:
            start = self._starts[streams, k]
        except IndexError:
            self._widen()
            return self.take(streams, k, columns)
        if np.minimum.reduce(start, axis=None, initial=0) < 0:
            missing = start < 0
            for stream, i in sorted(set(zip(np.broadcast_to(streams, k.shape)[missing].tolist(), k[missing].tolist(),
                                            strict=True))):
                self._draw(stream, i)
            start = self._starts[streams, k]
        start += columns
        return self._pool[start]

    def _widen(self) -> None:
        self._starts = np.concatenate([self._starts, np.full_like(self._starts, -1)], axis=1)

    def _draw(self, stream: int, k: int) -> None:
        """Make draw k of a stream, and the earlier ones of its slab that are not made yet."""
        key, kind = self._keys[stream]
        slab, first = k // DEPTH, k - k % DEPTH
        if (stream, slab) not in self._generators:
            tag = [zlib.crc32(self.tag.encode())] if self.tag else []
            self._generators[stream, slab] = [
                np.random.Generator(np.random.SFC64(np.random.SeedSequence([self.seed, key, block, slab, *tag])))
                for block in self.blocks]
        for i in range(first + np.count_nonzero(self._starts[stream, first:k] >= 0), k + 1):
            start, self._used = self._used, self._used + self.width
            if self._used > self._pool.size:
                self._pool = np.concatenate([self._pool, np.empty_like(self._pool)])
            for at, generator in enumerate(self._generators[stream, slab]):
                LAWS[kind](generator, dtype=FLOAT, out=self._pool[start + at * BLOCK:start + (at + 1) * BLOCK])
            self._starts[stream, i] = start


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
        """Take all further draws from these random streams."""
        self.luck, self.stream = luck, luck.stream(self.name, self.kind)

    def on(self, index: int) -> Array:
        """Draw number `index` in every world: shape (n,)."""
        row = self.luck.row(self.stream, index)
        return row if self.model.plain else row[self.model.columns]

    def __call__(self, worlds: WorldIndex) -> Array:
        """The next draw in each of these worlds, shape (m,), or the next ones, shape (slots, m)."""
        k = self.used[worlds]
        self.used[worlds] = k + self.slots
        return self.luck.take(self.stream, k + self.places, self.model.columns[worlds])


uniforms, normals, exponentials = (partial(Stream, kind) for kind in ("uniform", "normal", "exponential"))
"""Streams of uniform draws on [0, 1), of standard normal draws, and of Exp(1) draws: given their meaning, and `slots`."""
