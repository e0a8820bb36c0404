"""The kernel: a compiled day at work on the arrays of a model.

A model's fields, thresholds and counters stay the arrays that they are, so that Python may work on them between two calls.
While the kernel runs, the interpreter's lock is released, so several threads may simulate worlds at once.
"""

from __future__ import annotations

import ctypes as c
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from sim.engine.builds import NoBuild
from sim.engine.fields import WrongValue
from sim.engine.nodes import F4, Recipe
from sim.engine.recipes import work_out
from sim.engine.traced_day import TracedDay
from sim.engine.types import Array

STRIP = 64
"""Worlds that the kernel simulates together: its B."""

BEFORE, FROM_CLOCKS = 1, 2
"""The parts of a day."""


class Recorded(c.Structure):
    """A recorded variable, as kernel.c has it."""

    _fields_ = [("is_float", c.c_int32), ("row", c.c_int32), ("left", c.c_float), ("per_width", c.c_float),
                ("scale", c.c_double)]


class Job(c.Structure):
    """What a call works on, field by field what kernel.c calls a Job."""

    _fields_ = [*((name, c.c_int64) for name in ("n", "start", "stop")),
                *((name, c.c_int32) for name in ("day", "until", "horizon", "every", "parts", "keep", "recorded",
                                                 "days_recorded")),
                *((name, c.c_void_p) for name in ("fields_f", "fields_i", "kinds_i", "left", "used", "drawn", "fixed", "spread",
                                                  "numbers", "streams")),
                ("seed", c.c_uint32 * 2), ("tag", c.c_uint32),
                *((name, c.c_void_p) for name in ("push", "open", "variables", "bins", "sums", "least", "most", "log")),
                ("logged", c.c_int64), ("room", c.c_int64), ("full", c.c_int32),
                ("wrong", c.c_int32), ("wrong_day", c.c_int32), ("wrong_world", c.c_int64)]


@dataclass
class Recording:
    """What the kernel records: `variables` as (name, key of state and field, entry, left edge, width, scale), on every
    `every`-th day and on day `horizon`.

    bins : (days, variables, 256) int32; sums : (days, variables) int64; least, most : (days, variables) float32; to all of
    which it adds
    """

    variables: Sequence[tuple[str, tuple[str, str], int, float, float, float]]
    horizon: int
    every: int
    bins: Array
    sums: Array
    least: Array
    most: Array


@dataclass
class Part:
    """Worlds `start` to `stop` of a model, of which the log is kept below `keep`; they may have a recording of their own."""

    start: int
    stop: int
    keep: int
    recording: Recording | None = None


@dataclass
class Kernel:
    """A library and the traced day that it was made of.

    Raises OSError if it cannot be loaded, and NoBuild if it does not have the bits of this machine's NumPy.
    """

    path: Path
    day: TracedDay
    library: Any = field(init=False)

    def __post_init__(self) -> None:
        self.library = c.CDLL(str(self.path))
        try:
            self.library.simulate.argtypes = self.library.let_go.argtypes = [c.POINTER(Job)]
            self.check()
        except AttributeError:
            raise NoBuild("what the C compiler made is no library of the day") from None

    def check(self) -> None:
        """Raise NoBuild if exponentials, logarithms or quantiles differ in any bit from NumPy's here."""
        x = np.linspace(-87, 88, 60_001).astype(F4)
        shares = np.linspace(2**-20, 1 - 2**-20, x.size).astype(F4)
        exps, logs, quantiles = (np.empty_like(x) for _ in range(3))
        large = np.geomspace(1e-30, 1e30, x.size).astype(F4)
        self.library.probe(*map(_address, (x, large, shares, exps, logs, quantiles)), c.c_int(x.size))
        for name, ours, theirs in (("exponentials", exps, np.exp(x)), ("logarithms", logs, np.log(large)),
                                   ("quantiles", quantiles, special.ndtri(shares))):
            if ours.tobytes() != theirs.astype(F4).tobytes():
                raise NoBuild(f"the compiled {name} differ in their last bits from NumPy's on this machine")


def _address(array: Array) -> c.c_void_p:
    return c.c_void_p(array.ctypes.data)


class BoundKernel:
    """A kernel on one model: see `simulate`."""

    def __init__(self, kernel: Kernel, model: Any) -> None:
        self.kernel, self.model = kernel, model
        self.held: list[Any] = []
        """Arrays that the kernel reads, which must live as long as it may."""
        self.fixed: list[Any] = []
        self.job = Job()
        self.seen: tuple[Any, ...] = ()

    def simulate(self, until: int, parts: Sequence[Part], which: int = BEFORE | FROM_CLOCKS, push: Array | None = None,
                 open: Array | None = None, threads: int = 1) -> None:
        """Simulate these parts of the model from its day until the morning of another.

        Parameters
        ----------
        which : BEFORE, what comes before the clocks, FROM_CLOCKS, what comes then, or both; with the latter the day advances
        push, open : what is added to the log-odds of today and where clocks run, float32 of shape (clocks, n)
        """
        self._attach()
        jobs = [(self._job(part, low, high), part) for part in parts for low, high in _stretches(part, threads)]
        for job, _ in jobs:
            job.day, job.until, job.parts = self.model.day, until, which
            job.push, job.open = (None if one is None else one.ctypes.data for one in (push, open))
        if threads == 1 or len(jobs) == 1:
            done = [self.kernel.library.simulate(job) for job, _ in jobs]
        else:
            with ThreadPoolExecutor(threads) as pool:
                done = list(pool.map(self.kernel.library.simulate, [job for job, _ in jobs]))
        for job, part in jobs:
            self._collect(job, part)
        if any(job.full for job, _ in jobs) or any(done):
            raise MemoryError("there is no memory for the log")
        for job, part in jobs:
            if job.wrong and part.recording is not None:
                self.model.day = job.wrong_day
                raise WrongValue(f"{part.recording.variables[job.wrong - 1][0]} is not a finite number", job.wrong_world)
        if which & FROM_CLOCKS:
            self.model.day = until

    def _attach(self) -> None:
        """Find the arrays of the model anew where something was exchanged since: a selection, a fork, a parameter."""
        model, clocks = self.model, self.model.clocks
        if self.seen[:2] != (id(clocks.left), id(model.luck)):
            self._find(model, clocks)
        if self.seen[2:] != (id(clocks.base),):
            self._work_out()
        self.seen = id(clocks.left), id(model.luck), id(clocks.base)

    def _find(self, model: Any, clocks: Any) -> None:
        tracer = self.kernel.day.rules.tracer
        self.held, self.seen, job = [clocks.left, clocks.used, clocks.base, model.luck], (), Job(n=model.n)
        rows = {pool: [self._row(*place) for place in places] for pool, places in tracer.rows.items()}
        job.fields_f, job.fields_i = self._pointers(rows["F"]), self._pointers(rows["I"])
        job.kinds_i = self._keep(np.array([row.dtype.kind == "b" for row in rows["I"]], np.int32))
        draws = [vars(model.__dict__[key])[name] for key, name in tracer.streams]
        job.left, job.used, job.drawn = clocks.left.ctypes.data, clocks.used.ctypes.data, self._pointers(
            [one.used for one in draws])
        names = [*(one.name for one in draws), *clocks.names]
        job.streams = self._keep(np.array([zlib.crc32(name.encode()) for name in names], np.uint32))
        job.numbers = self._keep(np.ascontiguousarray(model.numbers, np.uint32))
        seed, tag = int(model.luck.seed), model.luck.tag
        job.seed[0], job.seed[1], job.tag = seed & 0xFFFFFFFF, seed >> 32, zlib.crc32(tag.encode()) if tag else 0
        self.job = job

    def _work_out(self) -> None:
        """Work out what depends on parameters."""
        memo: dict[Recipe, Array] = {}
        recipes = self.kernel.day.rules.tracer.recipes
        fixed = [np.ascontiguousarray(work_out(recipe, self.model, memo), F4) for recipe in recipes]
        spread = np.array([one.size > 1 for one in fixed], np.int32)
        places = np.array([one.ctypes.data for one in fixed], np.uintp)
        self.fixed = [fixed, spread, places]
        self.job.fixed, self.job.spread = places.ctypes.data, spread.ctypes.data

    def _pointers(self, arrays: Sequence[Array]) -> int:
        self.held += arrays
        return self._keep(np.array([one.ctypes.data for one in arrays], np.uintp))

    def _keep(self, array: Array) -> int:
        self.held.append(array)
        return array.ctypes.data

    def _row(self, key: str, name: str, entry: int | None) -> Array:
        held: Array = vars(self.model.__dict__[key])[name]
        return held if entry is None else held[entry]

    def _job(self, part: Part, low: int, high: int) -> Job:
        """A call on some worlds of a part."""
        job = Job.from_buffer_copy(self.job)
        job.start, job.stop = low, high
        job.keep = part.keep if self.model.log is not None else 0
        made = part.recording
        if made is None:
            return job
        days, variables = made.sums.shape
        job.horizon, job.every, job.recorded, job.days_recorded = made.horizon, made.every, variables, days
        places = self.kernel.day.rules.tracer.places
        told = (Recorded * variables)(*(
            Recorded(places[key][0] == "F", places[key][1] + entry, left, np.float32(1) / np.float32(width), scale)
            for _, key, entry, left, width, scale in made.variables))
        own = (told, np.zeros_like(made.bins), np.zeros_like(made.sums), np.full_like(made.least, np.inf),
               np.full_like(made.most, -np.inf))
        job.own = own
        job.variables = c.addressof(told)
        job.bins, job.sums, job.least, job.most = (one.ctypes.data for one in own[1:])
        return job

    def _collect(self, job: Job, part: Part) -> None:
        """Put together what a call recorded and logged."""
        if part.recording is not None:
            _, bins, sums, least, most = job.own
            part.recording.bins += bins
            part.recording.sums += sums
            np.minimum(part.recording.least, least, out=part.recording.least)
            np.maximum(part.recording.most, most, out=part.recording.most)
        if job.logged:
            rows = np.ctypeslib.as_array(c.cast(job.log, c.POINTER(c.c_int32)), (job.logged, 4))
            day, event, world, cause = np.array(rows.T, order="C")  # a copy: the memory is let go
            self.model.log.write(day, event, world.astype(np.intp), cause)
        self.kernel.library.let_go(job)


def _stretches(part: Part, threads: int) -> list[tuple[int, int]]:
    """Where the worlds of a part are cut for threads: at whole strips."""
    step = max(-(-(part.stop - part.start) // threads // STRIP) * STRIP, STRIP) if threads > 1 else part.stop - part.start
    return [(low, min(low + step, part.stop)) for low in range(part.start, part.stop, max(step, 1))]

