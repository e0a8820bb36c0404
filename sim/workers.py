"""What a worker process does before anything else, and how it is told to stop.

It imports nothing heavy, so that it comes first. A worker must never be killed, for if it dies while it hands over a
result, the pool waits for the rest of it for ever: it asks each day whether it should go on.
"""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.synchronize import Event
from typing import ClassVar

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Stopped(Exception):
    """The pool is closing down; nobody wants the result any more."""


class Pool:
    """What a worker process knows of the pool it belongs to; in any other process, nothing."""

    stop: ClassVar[Event | None] = None


def prepare(stop: Event) -> None:
    """Keep numeric libraries to one thread a process, and leave Ctrl-C to the process that waits for the results."""
    os.environ.update(dict.fromkeys(THREADS, "1"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Pool.stop = stop
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def go_on(day: int) -> None:
    """Raise `Stopped` if the pool is closing down."""
    if Pool.stop is not None and Pool.stop.is_set():
        raise Stopped(f"stopped on day {day}")
