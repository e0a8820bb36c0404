"""The runner: asks an executor for the parts that are missing, writes them, and goes on after whatever breaks.

It takes processes on this machine or a Dask cluster. What a worker makes comes back as bytes, and only the runner writes, so
that workers need no shared disk.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sim import workers
from sim.ensemble import pool
from sim.errors import BrinkError
from sim.sweep.parts import Part
from sim.sweep.store import Store
from sim.sweep.work import Made, make

AHEAD = 2
"""Parts handed out for each worker: one at work, one waiting."""

MOST_BREAKS = 100
"""Times that workers may be lost without a part being finished in between, before the runner gives up."""

PAUSE = 5.0
"""Seconds before a lost connection is tried again."""

LOST = (BrokenProcessPool, CancelledError, ConnectionError, TimeoutError, OSError)
"""What workers or a connection that are gone look like from here."""


@dataclass(frozen=True)
class Processes:
    """Processes on this machine."""

    workers: int = 1

    @contextmanager
    def __call__(self) -> Iterator[Executor]:
        """A pool of clean processes, which stop at once when it is left."""
        with pool(self.workers) as processes:
            yield processes

    def job(self) -> tuple[Callable[..., Made], tuple[Any, ...]]:
        """The work, stopping between two days if the pool closes."""
        return make, (workers.go_on,)


@dataclass(frozen=True)
class Cluster:
    """A Dask cluster, by the address of its scheduler. Needs the extra `brink[cluster]`."""

    address: str
    workers: int = 1

    @contextmanager
    def __call__(self) -> Iterator[Executor]:
        """An executor on the cluster. Raises BrinkError if there is none at the address, or no Dask here."""
        client = self._client()
        try:
            yield client.get_executor(pure=False)
        finally:
            client.close(timeout=2)

    def _client(self) -> Any:
        try:
            from distributed import Client
        except ImportError:
            raise BrinkError("--on needs Dask, which is not installed: pip install 'brink[cluster]'") from None
        try:
            return Client(self.address, timeout=10, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise NoCluster(f"--on: no Dask scheduler answers at {self.address} ({error})") from None

    def size(self) -> int:
        """Threads of the cluster's workers now, at least one."""
        client = self._client()
        try:
            return max(sum(client.nthreads().values()), 1)
        finally:
            client.close(timeout=2)

    def job(self) -> tuple[Callable[..., Made], tuple[Any, ...]]:
        """The work as it is."""
        return make, ()


Source: TypeAlias = Processes | Cluster
"""Where executors come from; it is asked again when one breaks."""


class NoCluster(BrinkError):
    """No scheduler answers."""


@dataclass
class Progress:
    """How far a runner is."""

    parts: int
    worlds: int
    done_parts: int = 0
    done_worlds: int = 0
    failed: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def speed(self) -> float:
        """Worlds a second."""
        return self.done_worlds / max(time.monotonic() - self.began, 1e-9)

    @property
    def left(self) -> float:
        """Seconds to go, as far as one can tell."""
        return (self.worlds - self.done_worlds) / self.speed if self.done_worlds else float("nan")


def run(store: Store, source: Source, shard: tuple[int, int] = (1, 1),
        told: Callable[[Progress], None] | None = None) -> Progress:
    """Make the parts of a study that are missing.

    Parameters
    ----------
    store : the study
    source : where executors come from
    shard : number, from 1, and of how many; every so many-th part is made
    told : called after every part

    Raises BrinkError if another process is at work on it, if the model has changed, or if the disk does not take the results.
    """
    store.check_model()
    number, of = shard
    with store.locked("" if of == 1 else f"{number}-{of}"):
        if of == 1:
            store.mend()
        done = store.done()
        missing = [part for part in store.parts[number - 1::of] if part not in done]
        progress = Progress(len(missing), sum(part.worlds for part in missing))
        for part, made in results(store, source, missing):
            store.keep(part, made)
            progress.done_parts += 1
            progress.done_worlds += part.worlds
            progress.failed += len(made.failed)
            if told is not None:
                told(progress)
        store.finish()
    return progress


def results(store: Store, source: Source, missing: list[Part]) -> Iterator[tuple[Part, Made]]:
    """The parts as they are made. Workers or connections that are lost are replaced, and their parts made again."""
    waiting, breaks = deque(missing), 0
    if source.workers == 1 and isinstance(source, Processes):
        yield from ((part, make(store.work(part))) for part in waiting)
        return
    while waiting:
        live: dict[Future[Made], Part] = {}
        try:
            with source() as executor:
                for part, made in _handed_out(store, source, executor, waiting, live):
                    breaks = 0
                    yield part, made
        except LOST as error:
            breaks += 1
            if breaks > MOST_BREAKS or (isinstance(error, NoCluster) and breaks == 1 and len(waiting) == len(missing)):
                raise BrinkError(f"workers are lost again and again ({type(error).__name__}: {error}); what is done is kept, "
                                 f"and the same command goes on from there") from None
            waiting.extendleft(reversed(live.values()))
            print(f"brink: workers were lost ({type(error).__name__}); starting again", file=sys.stderr)
            time.sleep(PAUSE if isinstance(source, Cluster) else 0)


def _handed_out(store: Store, source: Source, executor: Executor, waiting: deque[Part],
                live: dict[Future[Made], Part]) -> Iterator[tuple[Part, Made]]:
    job, more = source.job()
    try:
        while waiting or live:
            while waiting and len(live) < AHEAD * source.workers:
                part = waiting.popleft()
                live[executor.submit(job, store.work(part), *more)] = part
            for future in wait(live, return_when=FIRST_COMPLETED).done:
                made = future.result()
                yield live.pop(future), made
    finally:
        for future in live:
            future.cancel()

