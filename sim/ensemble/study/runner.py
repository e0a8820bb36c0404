"""The runner: submits the parts that are missing, sees that they are written, and goes on after errors of workers."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sim.ensemble.run import as_completed
from sim.ensemble.study import study as studies
from sim.ensemble.study import timing
from sim.ensemble.study.executors import NoCluster, Source, source
from sim.ensemble.study.parts import Part
from sim.ensemble.study.store import Store
from sim.ensemble.study.study import Study
from sim.ensemble.study.work import Made
from sim.errors import BrinkError
from sim.words import say

MANY_FILES = 2000
"""With more files than this a line says that they are being checked."""


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
        """Estimated seconds to go; NaN before the first part is done."""
        return (self.worlds - self.done_worlds) / self.speed if self.done_worlds else float("nan")


def sweep(study: Study | str | Path, out: str | Path, jobs: int = 1, on: str | None = None,
          part_of: tuple[int, int] = (1, 1)) -> Store:
    """Run a study into a directory, or go on with it there; see `run`.

    Parameters
    ----------
    study : a study, or its file
    out : the directory
    jobs : processes on this machine
    on : the scheduler of a Dask cluster, instead
    part_of : (3, 16) makes the third of sixteen shares
    """
    store = Store.create(out, study if isinstance(study, Study) else studies.read(study))
    run(store, source(jobs, on), part_of)
    return store


def run(store: Store, source: Source, part_of: tuple[int, int] = (1, 1),
        told: Callable[[Progress], None] | None = None) -> Progress:
    """Make the parts of a study that are missing.

    Parameters
    ----------
    store : the study
    source : where workers come from
    part_of : number, from 1, and of how many; every so many-th part is made
    told : called before the first and after every part

    Raises BrinkError if another process is at work on it, if the model has changed, or if the disk does not take the results.
    """
    store.check_model()
    number, of = part_of
    with store.locked("" if of == 1 else f"{number}-{of}"):
        mine = store.parts[number - 1::of]
        _mend(store, None if of == 1 else set(mine))
        done = store.done()
        missing = [part for part in mine if part not in done]
        if missing:
            store.reopen()
        progress = Progress(len(missing), sum(part.worlds for part in missing))
        report = told or (lambda now: None)
        report(progress)
        with timing.clock(store.path, part_of) as note:
            for part, made in results(store, source, missing):
                progress.done_parts += 1
                progress.done_worlds += part.worlds
                progress.failed += len(made.failed)
                note(progress.done_worlds)
                report(progress)
        store.finish()
    return progress


def _mend(store: Store, mine: set[Part] | None) -> None:
    """Look at what is there, and say so if that takes long or if something has to be made again."""
    files = len(list(store.files("worlds")))
    if files > MANY_FILES:
        _say(f"checking {files:,} files")
    if bad := store.mend(mine):
        _say(f"{len(bad)} damaged files are made again, the first of them {bad[0]}")


def results(store: Store, source: Source, missing: list[Part]) -> Iterator[tuple[Part, Made]]:
    """The parts as they are made. Workers or connections that are lost are replaced, and their parts made again."""
    waiting, breaks, begun = deque(missing), 0, False
    while waiting:
        live: dict[Future[Made], Part] = {}
        try:
            with source() as executors:
                begun = True
                for part, made in as_completed(waiting, live, partial(executors.submit, store), executors.capacity):
                    breaks = 0
                    if executors.far:
                        store.keep(part, made)
                    yield part, made
        except NoCluster as error:
            breaks += 1
            if not begun or breaks > source.breaks:
                raise
            _again(error, source.pause)
        except ImportError as error:
            raise BrinkError(f"a worker cannot run the model ({error}); install the same brink on all workers") from None
        except source.lost as error:
            breaks += 1
            if breaks > source.breaks:
                raise BrinkError(f"workers are lost again and again ({_words(error)}), for want of memory perhaps; what is "
                                 f"done is kept, and {store.resume} goes on from there") from None
            waiting.extendleft(reversed(live.values()))
            _again(error, source.pause)


def _again(error: BaseException, pause: float) -> None:
    _say(f"workers were lost ({_words(error)}); starting again")
    time.sleep(pause)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _say(words: str) -> None:
    say(f"brink: {words}", err=True)
