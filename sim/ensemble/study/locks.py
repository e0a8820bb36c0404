"""Locks on the directory of a study: one runner, or one for each shard. They end with their process, however that ends.

A runner of the whole takes `lock`, then tries each `lock-N-M`; a shard takes its own, then tries `lock`. Each takes its own
before it tries those of others, so that of two that begin at once at most one goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from sim.errors import BrinkError

PATIENCE = 0.3
"""Seconds for which a lock is tried: runners that only try it have it for a moment."""


@contextmanager
def locked(folder: Path, shard: str = "") -> Iterator[None]:
    """Keep others from writing to a study: all others, or with a shard, like "3-16", only that shard's other runners.

    Raises BrinkError if another process has it, or if the directory may not be written to.
    """
    whole = f"{folder}: another process is at work on this study; wait for it, or stop it"
    own = f"{folder}: another process is at work on shard {shard.replace('-', '/')}" if shard else whole
    with _lock(folder / (f"lock-{shard}" if shard else "lock"), own):
        for path in [folder / "lock"] if shard else folder.glob("lock-*"):
            with _lock(path, whole):
                pass
        yield


def _lock(path: Path, taken: str) -> AbstractContextManager[object]:
    """A lock, held until the end of its context. Raises BrinkError, with the message `taken` if another process has it."""
    try:
        return FileLock(path).acquire(timeout=PATIENCE, poll_interval=0.02)
    except Timeout:
        raise BrinkError(taken) from None
    except (OSError, NotImplementedError) as error:
        raise BrinkError(f"{path}: cannot be written ({getattr(error, 'strerror', None) or error})") from None
