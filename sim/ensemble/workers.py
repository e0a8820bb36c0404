"""How worker processes are started, what each does before anything else, and how workers of any kind are stopped.

Where the day of a model is compiled, workers are threads of this process; see `sim.ensemble.run.pool`.

This imports nothing heavy, so that it comes first. A worker must never be killed, for if it ends while it sends a result,
the pool waits for the rest of it for ever: it checks each day whether it should go on.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

ENVIRONMENT = threading.Lock()

IMPORTED = ["sim.model.crisis", "sim.model.outcomes", "sim.ensemble.tasks"]
"""Modules that every worker needs and that take long to import."""


def context() -> BaseContext:
    """How worker processes are started: clean, whatever another library has set.

    On Linux each is a copy of one process that has imported the model and done nothing else, which takes no time. Their
    environment is that of the moment in which that process was started.
    """
    from multiprocessing import get_context  # which every command would wait for

    if sys.platform != "linux":
        return get_context("spawn")
    chosen = get_context("forkserver")
    chosen.set_forkserver_preload(IMPORTED)
    return chosen


def get_ready() -> BaseContext:
    """The context, after letting the process of which workers will be copies import the model while this one goes on."""
    chosen = context()
    if chosen.get_start_method() == "forkserver":
        from multiprocessing import forkserver, resource_tracker

        with clean():
            resource_tracker.ensure_running()  # which would lift the ban on interrupts
            with uninterrupted():
                forkserver.ensure_running()
    return chosen


@contextmanager
def clean() -> Iterator[None]:
    """Processes started meanwhile keep numeric libraries to one thread and import nothing from where they happen to be.

    One caller at a time.
    """
    wanted = dict.fromkeys((*THREADS, "PYTHONSAFEPATH"), "1")
    with ENVIRONMENT:
        before = {name: os.environ[name] for name in wanted if name in os.environ}
        os.environ.update(wanted)
        try:
            yield
        finally:
            for name in wanted:
                del os.environ[name]
            os.environ.update(before)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Processes started meanwhile never hear Ctrl-C, which a terminal sends to all, also while they still import."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def without_script() -> Iterator[None]:
    """Processes started meanwhile do not look for the file of a program that has none, as one typed into `python -`."""
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    if file is None or os.path.exists(file):
        yield
        return
    del main.__file__
    try:
        yield
    finally:
        main.__file__ = file


class Stopped(Exception):
    """The pool is closing down, and the result is no longer needed."""


AT_WORK = threading.local()
"""What tells a worker, in its own thread, whether to stop; nothing in any other thread."""


def heed(stop: Callable[[], bool]) -> None:
    """Let `go_on` in this thread raise when `stop` says so."""
    AT_WORK.stop = stop


def prepare(stop: Any) -> None:
    """Keep numeric libraries to one thread a process, and leave Ctrl-C to the process that waits for the results.

    What has been imported so far stays for good, so garbage is not looked for in it.
    """
    os.environ.update(dict.fromkeys(THREADS, "1"))
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    heed(stop.is_set)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def go_on(day: int) -> None:
    """Raise `Stopped` if the pool is closing down."""
    if getattr(AT_WORK, "stop", bool)():
        raise Stopped(f"stopped on day {day}")
