"""Jobs of visitors: simulations by a few workers, a fair queue, progress, cancelling, results within a bound.

A job runs in a thread that only waits; what costs time are its tasks, which run in the workers: threads of the server where
the day is compiled, else processes. Visitors take turns:
the next task is that of the visitor who was served longest ago. Queued tasks of others that can be simulated in the same model
are added to it, as three runs together take little more than half as long as one after the other. A job that nobody waits
for any more is dropped, and its tasks in the workers stop within a day of the simulation. Each worker is a pool of its own, so
that one that dies takes along what it was doing and nothing else; that is done again at once, alone.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, ParamSpec, TypeVar

from cachetools import LRUCache

import sim
from sim.engine.engines import is_compiled
from sim.ensemble import workers
from sim.ensemble.tasks import Batch, run_batch
from sim.model.crisis import Crisis

PROCESSES = 2
KEPT_BYTES = 256 * 2**20
"""Bytes of results kept for those who request the same again."""

MOST_JOBS, MOST_A_VISITOR, ALWAYS = 40, 8, 2
"""Jobs under way at a time, of all visitors and of one, beyond which further ones are refused; but whoever has fewer than
ALWAYS is let in, however many there are, so that everybody can compare two runs."""

THREADS = 128
"""Jobs that are begun at a time; their threads only wait."""

DEADLY = 2
"""Workers that may die of a task before it is refused."""

LATELY = 10.0
"""Seconds after which a visitor who wanted nothing more no longer counts as one who shares the workers."""

TOGETHER = 3072
"""Most worlds of several visitors in one model: with more, each would wait long for the others."""

GONE = "the workers that simulated this ended early, twice, perhaps for want of memory; ask for fewer worlds or days"
FULL = "many visitors are waiting at the moment; try again in a few seconds"
YOURS = "so much of yours is being worked out, perhaps in other windows, that this has to wait; try again in a few seconds"

P = ParamSpec("P")
T = TypeVar("T")


class Dropped(Exception):
    """Nobody waits for the job any more."""


FLAGS: list[Any] = []
"""In a worker process: the memory shared with the server, one byte per worker, which says whether its task is to stop."""


def _begin(flags: Any, stop: Any) -> None:
    """What a worker process does first: simulate a little, so that the first visitor does not wait for what that imports."""
    workers.prepare(stop)
    FLAGS.append(flags)
    sim.run(worlds=8, days=2)


def _stoppable(place: int, work: Callable[..., Any], *arguments: Any, flags: Any = None) -> Any:
    """In a worker: do the work, with `workers.go_on` checking this task's flag."""
    mine = FLAGS[0] if flags is None else flags
    workers.heed(lambda: bool(mine[place]))
    return work(*arguments)


class Job:
    """Something that one or several visitors wait for; `share` is how much of it is done, from 0 to 1."""

    def __init__(self, key: str, visitor: str) -> None:
        self.key, self.visitor = key, visitor
        self.share, self.waiting, self.dropped = 0.0, 0, False
        self.future: Future[Any] = Future()

    def progress(self, done: int, total: int) -> None:
        """Note how much is done; raises Dropped if nobody waits."""
        if self.dropped:
            raise Dropped
        self.share = done / max(total, 1)


@dataclass(eq=False)
class Errand:
    """A task in the queue, and the future of its result.

    Parameters
    ----------
    alone : it must run by itself, as it was lost or failed before
    deaths : workers that died while they did nothing but this
    """


    job: Job
    future: Future[Any]
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    alone: bool = False
    deaths: int = 0

    @property
    def batch(self) -> Batch:
        """What it simulates; empty if it is no simulation, or must run by itself."""
        return self.arguments[0] if self.work is run_batch and not self.alone else ()

    def fusable_with(self, load: Load) -> bool:
        """Whether it can be simulated in one model with these."""
        batches = [errand.batch for errand in (*load, self)]
        return (all(batches) and sum(task.worlds for batch in batches for task in batch) <= TOGETHER
                and all(task.fusable_with(batches[0][0]) for task in self.batch))


Load = list[Errand]
"""What one worker runs in one call."""


def joined(load: Load) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """One call that does all errands of a load."""
    head = load[0]
    if len(load) == 1:
        return head.work, head.arguments
    return run_batch, (tuple(task for errand in load for task in errand.batch), *head.arguments[1:])


class Turn(Executor):
    """An executor for one job: what is submitted takes its turn among all visitors' tasks."""

    def __init__(self, workshop: Workshop, job: Job) -> None:
        self.workshop, self.job = workshop, job

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Put a task in the visitor's queue."""
        future: Future[T] = Future()
        self.workshop._enqueue(Errand(self.job, future, partial(fn, **kwargs) if kwargs else fn, args))
        return future


class Workshop:
    """Workers and the queue before them, for all visitors of a server.

    Parameters
    ----------
    processes : how many workers
    kept : bytes of results to keep
    """

    def __init__(self, processes: int = PROCESSES, kept: int = KEPT_BYTES) -> None:
        self.processes, self.lock, self.compiled = processes, threading.RLock(), is_compiled(Crisis)
        self.flags: Any = bytearray(processes)
        self.stop: Any = threading.Event()
        if not self.compiled:
            context = workers.context()
            self.flags, self.stop = context.RawArray("b", processes), context.Event()
        self.places, self.loads = deque(range(processes)), dict[int, Load]()
        self.threads, self.callbacks = ThreadPoolExecutor(THREADS, "job"), ThreadPoolExecutor(1, "callbacks")
        self.queues: OrderedDict[str, deque[Errand]] = OrderedDict()
        self.jobs: dict[str, Job] = {}
        self.seen: dict[str, float] = {}
        self.kept: LRUCache[str, tuple[Any, int]] = LRUCache(kept, getsizeof=lambda entry: entry[1])
        self.pools = [self._worker() for _ in range(processes)]
        for pool in self.pools:
            pool.submit(time.sleep, 0.05)

    def _worker(self) -> Executor:
        if self.compiled:
            return ThreadPoolExecutor(1, "worlds")
        from concurrent.futures import ProcessPoolExecutor

        return ProcessPoolExecutor(1, workers.get_ready(), _begin, (self.flags, self.stop))

    def _submit(self, place: int, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Give a worker something to do."""
        do = partial(_stoppable, flags=self.flags) if self.compiled else _stoppable
        return self.pools[place].submit(do, place, work, *arguments)

    @property
    def pool(self) -> Executor:
        """One of the workers."""
        return self.pools[0]

    @property
    def free(self) -> int:
        """Worker processes that have nothing to do and for which nobody waits."""
        with self.lock:
            return 0 if self.queues else len(self.places)

    @property
    def pieces(self) -> int:
        """Into how many tasks to cut a small job: one per free worker for a single visitor, else one, which costs least."""
        with self.lock:
            return max(1, self.free) if len(self.seen) < 2 else 1

    def order(self, visitor: str, key: str, work: Callable[[Executor, Callable[[int, int], None]], Any],
              size: Callable[[Any], int] = lambda result: 2**20) -> Job:
        """Have `work(executor, progress)` done, once per key however many request it; call `leave` when done waiting.

        Raises BrinkError if too much is under way already, of this visitor or of all.
        """
        with self.lock:
            now = time.monotonic()
            self.seen = {name: at for name, at in self.seen.items() if now - at < LATELY} | {visitor: now}
            if key in self.kept:
                job = Job(key, visitor)
                job.share = 1.0
                job.future.set_result(self.kept[key][0])
            elif key in self.jobs and not self.jobs[key].dropped:
                job = self.jobs[key]
            else:
                alive = [job.visitor for job in self.jobs.values() if not job.dropped]
                mine = alive.count(visitor)
                if mine >= MOST_A_VISITOR or (mine >= ALWAYS and len(alive) >= MOST_JOBS):
                    raise sim.BrinkError(YOURS if mine >= MOST_A_VISITOR else FULL)
                job = self.jobs[key] = Job(key, visitor)
                job.future = self.threads.submit(self._perform, job, work, size)
            job.waiting += 1
            return job

    def leave(self, job: Job) -> None:
        """Stop waiting for a job; if nobody else does, it is dropped."""
        with self.lock:
            job.waiting -= 1
            if job.waiting > 0 or job.future.done():
                return
            job.dropped = True
            for place, load in self.loads.items():
                self.flags[place] = all(errand.job.dropped for errand in load)
            queue = self.queues.pop(job.visitor, deque())
            for errand in [errand for errand in queue if errand.job is job]:
                queue.remove(errand)
                if errand.future.cancel():
                    errand.future.set_running_or_notify_cancel()
                else:
                    errand.future.set_exception(Dropped())
            if queue:
                self.queues[job.visitor] = queue

    def _perform(self, job: Job, work: Callable[..., T], size: Callable[[T], int]) -> T:
        """In a thread of its own: do the job and keep its result."""
        try:
            result = work(Turn(self, job), job.progress)
            with self.lock:
                if (bytes_ := size(result)) <= self.kept.maxsize:
                    self.kept[job.key] = result, bytes_
        finally:
            with self.lock:
                if self.jobs.get(job.key) is job:
                    del self.jobs[job.key]
        job.share = 1.0
        return result

    def _enqueue(self, errand: Errand) -> None:
        """Put an errand into the queue of its visitor; what is done again comes before all others."""
        with self.lock:
            if errand.job.dropped:
                errand.future.set_exception(Dropped())
                return
            queue = self.queues.setdefault(errand.job.visitor, deque())
            if errand.alone:
                queue.appendleft(errand)
                self.queues.move_to_end(errand.job.visitor, last=False)
            else:
                queue.append(errand)
            self._hand_out()

    def _hand_out(self) -> None:
        """Submit the next errands to free workers, one visitor after the other, with those of others in the same model."""
        while self.places and (load := self._next()):
            place = self.places.popleft()
            self.flags[place], self.loads[place] = 0, load
            work, arguments = joined(load)
            try:
                inner = self._submit(place, work, *arguments)
            except BrokenExecutor:  # it died while it had nothing to do
                self.pools[place] = self._worker()
                inner = self._submit(place, work, *arguments)
            # not in the pool's thread: with dead workers it holds a lock, which whoever submits tasks needs as well
            later: Callable[..., Any] = self.callbacks.submit
            inner.add_done_callback(partial(later, self._done, place))

    def _next(self) -> Load:
        """The errands whose turn it is: the first in the queue, and of each other visitor's next one those that fit it.

        Whoever is served goes to the end of the line; whoever has nothing queued leaves it.
        """
        load: Load = []
        for visitor in list(self.queues):
            queue = self.queues[visitor]
            while queue and (not load or queue[0].fusable_with(load)):
                errand = queue.popleft()
                if errand.alone or errand.future.set_running_or_notify_cancel():
                    load.append(errand)
                    self.queues.move_to_end(visitor)
                    break
            if not queue:
                del self.queues[visitor]
        return load

    def _done(self, place: int, inner: Future[Any]) -> None:
        """Set the result of each errand of a load, or do again what may come right alone; then hand out more."""
        with self.lock:
            error, load = inner.exception(), self.loads.pop(place)
            self.places.append(place)
            if died := isinstance(error, BrokenExecutor):
                self._replace(place, load)
            parts = iter(() if error or len(load) == 1 else inner.result())
            for errand in load:
                if error is None:
                    errand.future.set_result(list(islice(parts, len(errand.batch))) if len(load) > 1 else inner.result())
                elif errand.deaths < DEADLY if died else len(load) > 1:  # another may be at fault, or none
                    errand.alone = True
                    self._enqueue(errand)
                else:
                    errand.future.set_exception(sim.BrinkError(GONE) if died else error)
            self._hand_out()

    def _replace(self, place: int, load: Load) -> None:
        """Another worker where one died, and a note on what it was doing if that was one errand."""
        self.pools[place].shutdown(wait=False)
        self.pools[place] = self._worker()
        if len(load) == 1:
            load[0].deaths += 1

    def close(self) -> None:
        """Stop everything."""
        self.stop.set()
        with self.lock:
            self.flags[:] = [1] * self.processes
        for pool in self.pools:
            pool.shutdown(cancel_futures=True)
        self.callbacks.shutdown()
        self.threads.shutdown(cancel_futures=True)
