"""Who makes the parts of a study: this process, processes on this machine, or a Dask cluster.

Processes on this machine write what they make themselves and send only a short answer: a worker that is killed while it sends
something long would leave the others waiting. Workers of a cluster share no disk with the runner, so they send bytes, and the
runner writes.
"""

from __future__ import annotations

import re
import threading
from asyncio import CancelledError as LoopCancelled
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, TypeAlias

from sim.ensemble import workers
from sim.ensemble.run import pool
from sim.ensemble.study.parts import Part
from sim.ensemble.study.store import Store
from sim.ensemble.study.work import Made, PartTask, make
from sim.errors import BrinkError, check_whole
from sim.model.crisis import Crisis

AHEAD = 2
"""Parts submitted for each worker: one at work, one waiting."""

LOST = (BrokenExecutor, CancelledError, LoopCancelled, MemoryError, OSError)
"""Errors by which lost workers, or a lost connection, show."""


class NoCluster(BrinkError):
    """No scheduler answers."""


@dataclass
class Executors:
    """Workers to which parts can be submitted.

    Parameters
    ----------
    capacity : how many parts may be submitted and not done, now
    submit : submits a part
    far : results are bytes that are not written yet
    """

    capacity: Callable[[], int]
    submit: Callable[[Store, Part], Future[Made]]
    far: bool = False


@dataclass(frozen=True)
class Processes:
    """Processes on this machine; with one worker, this process itself."""

    workers: int = 1
    lost = LOST
    breaks, pause = 10, 0.0
    """How often in a row workers may be lost before the runner gives up, and seconds before it tries again."""

    def __post_init__(self) -> None:
        check_whole(jobs=(self.workers, 1, 1024))

    def check(self) -> None:
        """Processes can always be had."""

    @contextmanager
    def __call__(self) -> Iterator[Executors]:
        """A pool of clean processes, which stop within a day of their worlds when it is left."""
        capacity = 1 if self.workers == 1 else AHEAD * self.workers
        with nullcontext(Here()) if self.workers == 1 else pool(self.workers, Crisis) as executor:
            yield Executors(lambda: capacity, lambda store, part: executor.submit(
                make_and_keep, str(store.path.absolute()), part, store.work(part)))


@dataclass(frozen=True)
class Cluster:
    """A Dask cluster, by the address of its scheduler. Needs the extra `brink[cluster]`."""

    address: str
    breaks, pause = 100, 5.0

    @property
    def lost(self) -> tuple[type[BaseException], ...]:
        """What Dask raises when workers or the connection are gone."""
        from distributed.scheduler import KilledWorker

        return (*LOST, KilledWorker)

    def check(self) -> None:
        """Raise BrinkError, before a study is begun, if there is no cluster at the address, or no Dask here."""
        if not re.fullmatch(r"(\w+://)?[^\s/]+:\d{1,5}(/.*)?", self.address):
            raise NoCluster(f"--on: {self.address!r} is not the address of a scheduler, like tcp://scheduler:8786")
        with suppress(*LOST):
            self._client().close(timeout=2)

    @contextmanager
    def __call__(self) -> Iterator[Executors]:
        """Its workers. Raises BrinkError if there is none at the address, or no Dask here."""
        client = self._client()
        executor = client.get_executor(pure=False)
        try:
            yield Executors(lambda: AHEAD * max(len(client.nthreads()), 1),
                            lambda store, part: executor.submit(make_alone, store.work(part)), far=True)
        finally:
            with suppress(*LOST):
                client.close(timeout=2)

    def _client(self) -> Any:
        try:
            dask = import_module("distributed")
        except ImportError:
            raise BrinkError("--on needs Dask, which is not installed: pip install 'brink[cluster]'") from None
        try:
            return dask.Client(self.address, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            raise NoCluster(f"--on: no Dask scheduler answers at {self.address} ({error})") from None


Source: TypeAlias = Processes | Cluster
"""Where workers come from; it is called again when they are lost."""


def source(jobs: int = 1, on: str | None = None) -> Source:
    """So many processes on this machine, or the Dask cluster of the scheduler `on`."""
    return Processes(jobs) if on is None else Cluster(on)


class Here(Executor):
    """An executor that does the work at once, in this process."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """The work, done."""
        future: Future[Any] = Future()
        future.set_result(function(*arguments, **named))
        return future


def make_and_keep(path: str, part: Part, work: PartTask) -> Made:
    """Make a part and write it to the study at `path`; the result has no bytes."""
    made = make(work, workers.go_on)
    Store(path).keep(part, made)
    return replace(made, worlds=b"", daily=b"")


ALONE = threading.Lock()


def make_alone(work: PartTask) -> Made:
    """Make a part while no other thread of this process does, since two would only slow each other down."""
    with ALONE:
        return make(work)
