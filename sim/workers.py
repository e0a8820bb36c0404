"""What a worker process does before anything else. It imports nothing heavy, so that it comes first."""

from __future__ import annotations

import os
import signal

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def prepare() -> None:
    """Keep numeric libraries to one thread a process, and end at once on Ctrl-C."""
    os.environ.update(dict.fromkeys(THREADS, "1"))
    signal.signal(signal.SIGINT, signal.SIG_DFL)
