"""Luck: random numbers that depend on (seed, name, luck number, k) and on nothing else.

The k-th draw of a named stream in world w is the same in every scenario, on any number of cores, in any order and split.
Luck numbers come in blocks of 2,048; a slab holds four draws of one stream for one block and is made in one go from its
own generator. Width, depth and generator are part of what a seed means, so they stand in `CONTRACT`.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .fields import FLOAT
from .types import Array, Worlds

if TYPE_CHECKING:
    from .ensemble import State

BLOCK = 2048
DEPTH = 4
CONTRACT = {"block": BLOCK, "depth": DEPTH, "generator": "SFC64", "key": "SeedSequence(seed, crc32(name), block, slab, tag)"}

KINDS = ("exponential", "normal", "uniform")


class Luck:
    """The luck of some blocks of worlds, drawn when first asked for and kept for every model that shares it.

    Parameters
    ----------
    seed : any int >= 0
    blocks : which blocks of luck numbers, in rising order
    tag : the name of a fork; another tag is another luck for the same numbers
    """

    def __init__(self, seed: int, blocks: Sequence[int], tag: str = "") -> None:
        self.seed, self.blocks, self.tag = seed, list(blocks), tag
        self.width = BLOCK * len(self.blocks)
        self._rows: dict[str, int] = {}
        self._keys: list[tuple[int, str]] = []
        self._offsets = np.full((64, 64), -1, np.int64)
        self._pool = np.empty(1 << 20, FLOAT)
        self._used = 0

    def columns(self, numbers: Array) -> Worlds:
        """Where the draws of these luck numbers lie in a row."""
        return np.searchsorted(self.blocks, numbers // BLOCK) * BLOCK + numbers % BLOCK

    def stream(self, name: str, kind: str) -> int:
        """The row of a stream, which it gets at its first use. Raises ValueError if two names collide."""
        if name not in self._rows:
            key = zlib.crc32(name.encode())
            if any(key == other for other, _ in self._keys):
                raise ValueError(f"the stream name '{name}' collides with another one: rename it")
            self._rows[name] = len(self._keys)
            self._keys.append((key, kind))
            if len(self._keys) > len(self._offsets):
                self._offsets = np.concatenate([self._offsets, np.full_like(self._offsets, -1)])
        return self._rows[name]

    def row(self, stream: int, k: int) -> Array:
        """Draw k of a stream for every column: shape (width,)."""
        start = self._slab(stream, k // DEPTH) + (k % DEPTH) * self.width
        return self._pool[start:start + self.width]

    def take(self, streams: Array, k: Array, columns: Worlds) -> Array:
        """Draw k[i] of stream streams[i] in column columns[i], for all i: shape of k."""
        slab = k // DEPTH
        if slab.max(initial=0) >= self._offsets.shape[1]:
            self._widen(int(slab.max()))
        start = self._offsets[streams, slab]
        missing = np.flatnonzero(start < 0)
        if missing.size:
            for stream, i in sorted(set(zip(streams[missing].tolist(), slab[missing].tolist(), strict=True))):
                self._slab(stream, i)
            start = self._offsets[streams, slab]
        draws: Array = self._pool[start + (k % DEPTH) * self.width + columns]
        return draws

    def _widen(self, slab: int) -> None:
        more = np.full((len(self._offsets), max(slab + 1 - self._offsets.shape[1], self._offsets.shape[1])), -1, np.int64)
        self._offsets = np.concatenate([self._offsets, more], axis=1)

    def _slab(self, stream: int, i: int) -> int:
        """Where slab i of a stream starts in the pool; it is drawn if it was not."""
        if i >= self._offsets.shape[1]:
            self._widen(i)
        start = int(self._offsets[stream, i])
        if start >= 0:
            return start
        start, size = self._used, DEPTH * self.width
        if start + size > self._pool.size:
            pool = np.empty(max(2 * self._pool.size, start + size), FLOAT)
            pool[:start] = self._pool[:start]
            self._pool = pool
        slab = self._pool[start:start + size].reshape(DEPTH, self.width)
        for at, block in enumerate(self.blocks):
            slab[:, at * BLOCK:(at + 1) * BLOCK] = self._draw(stream, block, i)
        self._offsets[stream, i] = start
        self._used += size
        return start

    def _draw(self, stream: int, block: int, i: int) -> Array:
        key, kind = self._keys[stream]
        words = [self.seed, key, block, i] + ([zlib.crc32(self.tag.encode())] if self.tag else [])
        generator = np.random.Generator(np.random.SFC64(np.random.SeedSequence(words)))
        if kind == "exponential":
            return generator.standard_exponential((DEPTH, BLOCK), dtype=FLOAT)
        if kind == "normal":
            return generator.standard_normal((DEPTH, BLOCK), dtype=FLOAT)
        return generator.random((DEPTH, BLOCK), dtype=FLOAT)


class Draws:
    """A named stream of a `State`, used in one of two ways.

    `self.error.on(index)` gives draw number `index` in every world: dense noise, indexed by the calendar.
    `self.leak(worlds)` gives the next draw of each of these worlds: sparse, with a counter a world.
    """

    def __init__(self, kind: str, meaning: str) -> None:
        self.kind, self.meaning, self.name = kind, meaning, ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    if TYPE_CHECKING:
        def __get__(self, state: Any, owner: Any = None) -> BoundDraws: ...


class BoundDraws:
    """A stream of one state in one model."""

    def __init__(self, draws: Draws, state: State) -> None:
        self.name, self.kind, self.model = f"{state.key}.{draws.name}", draws.kind, state.model
        self.used = np.zeros(self.model.n, np.int32)
        self.attach(self.model.luck)

    def attach(self, luck: Luck) -> None:
        """Draw from this luck from now on."""
        self.luck, self.stream = luck, luck.stream(self.name, self.kind)

    def on(self, index: int) -> Array:
        """Draw number `index` in every world: shape (n,)."""
        row = self.luck.row(self.stream, index)
        return row if self.model.plain else row[self.model.columns]

    def __call__(self, worlds: Worlds) -> Array:
        """The next draw in each of these worlds: shape of worlds."""
        k = self.used[worlds]
        self.used[worlds] = k + 1
        return self.luck.take(np.full(k.shape, self.stream), k, self.model.columns[worlds])


def uniforms(meaning: str) -> Draws:
    """A stream of uniform draws on [0, 1)."""
    return Draws("uniform", meaning)


def normals(meaning: str) -> Draws:
    """A stream of standard normal draws."""
    return Draws("normal", meaning)


def exponentials(meaning: str) -> Draws:
    """A stream of Exp(1) draws."""
    return Draws("exponential", meaning)
