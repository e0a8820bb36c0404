"""Locks on the directory of a study: one runner, or one for each shard. They end with their process, however that ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import BrinkError


@contextmanager
def locked(folder: Path, shard: str = "") -> Iterator[None]:
    """Keep others from writing to a study: all others, or with a shard, like "3-16", only that shard's other runners.

    Raises BrinkError if another process has it, or if the directory may not be written to.
    """
    with _held(folder / "lock", shared=bool(shard)) as free:
        if not free:
            raise BrinkError(f"{folder}: another process is at work on this study; wait for it, or stop it")
        if not shard:
            yield
            return
        with _held(folder / f"lock-{shard}", shared=False) as free:
            if not free:
                raise BrinkError(f"{folder}: another process is at work on shard {shard.replace('-', '/')}")
            yield


@contextmanager
def _held(path: Path, shared: bool) -> Iterator[bool]:
    """An advisory lock on a file; False if somebody else has it."""
    if sys.platform == "win32":
        yield True
        return
    import fcntl

    try:
        file = path.open("a")
    except OSError as error:
        raise BrinkError(f"{path}: cannot be written ({error.strerror})") from None
    with file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
