"""Philox4x32-10: the numbers of a counter, a pure function of counter and key (Salmon, Moraes, Dror and Shaw 2011).

A counter is four words of 32 bits, a key is two. Arrays of counters are enciphered together, each word in 64 bits of memory,
so that a product of two words has room.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim.engine.types import Array

TILE = 1 << 14
"""Counters that are enciphered at a time: few enough that what is worked on stays in cache."""

ROUNDS, WEYL = 10, (0x9E3779B9, 0xBB67AE85)
FIRST, SECOND, HALF, LOW = (np.array(word, np.uint64) for word in (0xD2511F53, 0xCD9E8D57, 32, 0xFFFFFFFF))
"""Arrays of no dimension, with which NumPy computes faster than with numbers."""


class Philox:
    """The generator with one key, `seed` from 0 to 2**64 - 1, and the memory in which it works."""

    def __init__(self, seed: int) -> None:
        key = seed % 2**32, seed >> 32
        self.keys = [tuple(np.array((word + i * step) % 2**32, np.uint64) for word, step in zip(key, WEYL, strict=True))
                     for i in range(ROUNDS)]
        """The two words of each round."""
        self.memory = np.empty((3, 2 * TILE), np.uint64)

    def words(self, shape: tuple[int, ...], a: Array, b: Array, c: Array, d: Array) -> Array:
        """The first word of each block: uint32, of this shape, to which the words of the counters broadcast; at most `TILE`.

        a, b, c, d : uint64, below 2**32
        """
        size, done = math.prod(shape), 0
        while min(a.size, c.size) < size:  # counters share words: only what differs is enciphered
            p, q = FIRST * a, SECOND * c
            key, other = self.keys[done]
            a, b, c, d = (q >> HALF) ^ (b ^ key), q & LOW, (p >> HALF) ^ (d ^ other), p & LOW
            done += 1
        odd, even, products = (part[:2 * size].reshape(2, size) for part in self.memory)
        for row, word in zip((*odd, *even), (c, a, d, b), strict=True):
            row.reshape(shape)[...] = word
        return self._enciphered(self.keys[done:], odd, even, products).reshape(shape)

    def _enciphered(self, keys: Sequence[tuple[Array, ...]], odd: Array, even: Array, products: Array) -> Array:
        """The first words after these rounds, in memory of shape (2, size) each; of the last two, only what they depend on.

        odd, even : the third and first words of the counters, and the fourth and second
        """
        (c, a), (d, _), (p, q) = odd, even, products
        for key, other in keys[:-2]:
            np.multiply(a, FIRST, p)
            np.multiply(c, SECOND, q)
            np.right_shift(products, HALF, odd)
            np.bitwise_xor(odd, even, odd)
            np.bitwise_xor(a, key, a)
            np.bitwise_xor(c, other, c)
            np.bitwise_and(products, LOW, even)
        (_, other), (key, _) = keys[-2:]
        np.multiply(a, FIRST, p)
        np.multiply(c, SECOND, q)
        np.right_shift(p, HALF, c)
        np.bitwise_xor(c, d, c)
        np.bitwise_xor(c, other, c)
        np.multiply(c, SECOND, c)
        np.right_shift(c, HALF, c)
        np.bitwise_xor(c, q, c)
        np.bitwise_xor(c, key, c)
        return c.astype(np.uint32)
