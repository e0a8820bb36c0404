"""Work for visitors: simulations in a few worker processes, a fair queue, progress, cancelling, results within a bound.

A job runs in a thread that only waits; what costs time are its tasks, which go to the worker processes. Whoever asks gets
a turn: the next task is that of the visitor who was served longest ago. A job that nobody waits for any more is dropped,
and its tasks in the workers stop within a day of the simulation.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from cachetools import LRUCache

from sim import workers
from sim.errors import BrinkError

PROCESSES = 2
KEPT_BYTES = 256 * 2**20
"""Bytes of results kept for those who ask the same again."""

MOST_JOBS = 40
"""Jobs under way at a time; whoever asks for more is told to come back."""

MOST_A_VISITOR = 4
FLAGS = 256
"""Tasks that can be told apart when they are to stop."""


class Dropped(Exception):
    """Nobody waits for the job any more."""


class Flag:
    """Whether one task is to stop: a byte in memory shared with the workers."""

    flags: Any = None

    def __init__(self, place: int) -> None:
        self.place = place

    def is_set(self) -> bool:
        """Whether it is to stop."""
        return bool(Flag.flags[self.place])


def _begin(flags: Any, stop: Any) -> None:
    """What a worker does first: import the model, so that the first visitor does not wait for it."""
    workers.prepare(stop)
    Flag.flags = flags
    import sim
    from sim.crisis import Crisis  # noqa: F401

    sim.run(worlds=8, days=2)


def _stoppable(place: int, work: Callable[..., Any], *arguments: Any) -> Any:
    """In a worker: do the work, with `workers.go_on` looking at this task's flag."""
    workers.Pool.stop = Flag(place)
    return work(*arguments)


class Job:
    """Something that a visitor waits for.

    `share` is how much of it is done, from 0 to 1. Several visitors may wait for the same job.
    """

    def __init__(self, key: str, visitor: str) -> None:
        self.key, self.visitor = key, visitor
        self.share, self.waiting, self.dropped = 0.0, 0, False
        self.future: Future[Any] = Future()

    def progress(self, done: int, total: int) -> None:
        """Note how much is done; raises Dropped if nobody waits."""
        if self.dropped:
            raise Dropped
        self.share = done / max(total, 1)

    @property
    def ready(self) -> bool:
        """Whether its result, or its error, is there."""
        return self.future.done()


class Turn(Executor):
    """An executor for one job: what it is handed takes its turn among all visitors' tasks."""

    def __init__(self, workshop: Workshop, job: Job) -> None:
        self.workshop, self.job = workshop, job

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Put a task in the visitor's queue."""
        future: Future[Any] = Future()
        self.workshop._enqueue(self.job, future, fn, args)
        return future


class Workshop:
    """Worker processes and the queue before them, for all visitors of a server.

    Parameters
    ----------
    processes : worker processes
    kept : bytes of results to keep
    """

    def __init__(self, processes: int = PROCESSES, kept: int = KEPT_BYTES) -> None:
        context = get_context("spawn")
        self.processes, self.lock = processes, threading.RLock()
        self.flags, self.stop = context.RawArray("b", FLAGS), context.Event()
        self.pool = ProcessPoolExecutor(processes, context, _begin, (self.flags, self.stop))
        self.places, self.owners = deque(range(FLAGS)), dict[int, Job]()
        self.threads = ThreadPoolExecutor(MOST_JOBS, "job")
        self.queues: OrderedDict[str, deque[tuple[Job, Future[Any], Callable[..., Any], tuple[Any, ...]]]] = OrderedDict()
        self.running = 0
        self.jobs: dict[str, Job] = {}
        self.kept: LRUCache[str, tuple[Any, int]] = LRUCache(kept, getsizeof=lambda held: held[1])
        for _ in range(processes):
            self.pool.submit(time.sleep, 0.05)

    @property
    def free(self) -> int:
        """Worker processes that have nothing to do and for which nobody waits."""
        with self.lock:
            return 0 if self.queues else self.processes - self.running

    def order(self, visitor: str, key: str, work: Callable[[Executor, Callable[[int, int], None]], Any],
              size: Callable[[Any], int] = lambda result: 2**20) -> Job:
        """Have `work(executor, progress)` done, once for all who ask by the same key; call `leave` when done waiting.

        Raises BrinkError if too much is under way already.
        """
        with self.lock:
            if key in self.kept:
                return self._settled(key, visitor)
            job = self.jobs.get(key)
            if job is None or job.dropped:
                self._check_room(visitor)
                job = self.jobs[key] = Job(key, visitor)
                self.threads.submit(self._perform, job, work, size)
            job.waiting += 1
            return job

    def _settled(self, key: str, visitor: str) -> Job:
        job = Job(key, visitor)
        job.waiting, job.share = 1, 1.0
        job.future.set_result(self.kept[key][0])
        return job

    def _check_room(self, visitor: str) -> None:
        alive = [job for job in self.jobs.values() if not job.dropped]
        if len(alive) >= MOST_JOBS or sum(job.visitor == visitor for job in alive) >= MOST_A_VISITOR:
            raise BrinkError("too much is being worked out at the moment; try again in a few seconds")

    def leave(self, job: Job) -> None:
        """Stop waiting for a job; if nobody else does, it is dropped."""
        with self.lock:
            job.waiting -= 1
            if job.waiting > 0 or job.ready:
                return
            job.dropped = True
            for place in [place for place, owner in self.owners.items() if owner is job]:
                self.flags[place] = 1
            queue = self.queues.pop(job.visitor, deque())
            for entry in [entry for entry in queue if entry[0] is job]:
                queue.remove(entry)
                entry[1].cancel()
                entry[1].set_running_or_notify_cancel()
            if queue:
                self.queues[job.visitor] = queue

    def _perform(self, job: Job, work: Callable[..., Any], size: Callable[[Any], int]) -> None:
        """In a thread of its own: do the job and keep its result."""
        try:
            result = work(Turn(self, job), job.progress)
        except BaseException as error:
            with self.lock:
                self._forget(job)
            job.future.set_exception(error)
            return
        with self.lock:
            self._forget(job)
            if (bytes_ := size(result)) <= self.kept.maxsize:
                self.kept[job.key] = result, bytes_
        job.share = 1.0
        job.future.set_result(result)

    def _forget(self, job: Job) -> None:
        if self.jobs.get(job.key) is job:
            del self.jobs[job.key]

    def _enqueue(self, job: Job, future: Future[Any], fn: Callable[..., Any], args: tuple[Any, ...]) -> None:
        with self.lock:
            if job.dropped:
                future.set_exception(Dropped())
                return
            self.queues.setdefault(job.visitor, deque()).append((job, future, fn, args))
            self._hand_out()

    def _hand_out(self) -> None:
        """Give free workers the next tasks, one visitor after the other."""
        while self.running < self.processes and self.places:
            entry = self._next()
            if entry is None:
                return
            job, future, fn, args = entry
            if not future.set_running_or_notify_cancel():
                continue
            place = self.places.popleft()
            self.flags[place], self.owners[place] = 0, job
            self.running += 1
            try:
                inner = self.pool.submit(_stoppable, place, fn, *args)
            except BrokenProcessPool:
                self._finish(place, future, None, BrinkError("the workers stopped; reload the page in a moment"))
                self._renew()
                continue
            inner.add_done_callback(lambda done, place=place, future=future: self._done(done, place, future))

    def _next(self) -> Any:
        for visitor in list(self.queues):
            queue = self.queues.pop(visitor)
            if queue:
                entry = queue.popleft()
                if queue:
                    self.queues[visitor] = queue
                return entry
        return None

    def _done(self, inner: Future[Any], place: int, future: Future[Any]) -> None:
        with self.lock:
            error = inner.exception()
            self._finish(place, future, None if error else inner.result(), error)
            if isinstance(error, BrokenProcessPool):
                self._renew()
            self._hand_out()

    def _finish(self, place: int, future: Future[Any], result: Any, error: BaseException | None) -> None:
        self.running -= 1
        self.owners.pop(place, None)
        self.places.append(place)
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def _renew(self) -> None:
        """New worker processes in place of those that died."""
        context = get_context("spawn")
        self.pool.shutdown(wait=False)
        self.pool = ProcessPoolExecutor(self.processes, context, _begin, (self.flags, self.stop))

    def close(self) -> None:
        """Stop everything."""
        self.stop.set()
        with self.lock:
            for place in range(FLAGS):
                self.flags[place] = 1
        self.pool.shutdown(cancel_futures=True)
        self.threads.shutdown(cancel_futures=True)
