"""The state of a study: how far it is, and lines for a log."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from sim.ensemble.study import timing
from sim.ensemble.study.runner import Progress
from sim.ensemble.study.store import Store
from sim.ensemble.study.work import taken
from sim.errors import BrinkError
from sim.scenario.interventions import InterventionOutcome, check_taken, merged
from sim.scenario.interventions.acting import ONCE
from sim.words import say

EVERY = 30.0
"""Seconds between lines in a log."""


def status(store: Store) -> dict[str, Any]:
    """How far a study is: parts and worlds done and left, sets that failed, bytes on disk, speed and seconds to go.

    Speed is that of those who make what is left, as they recorded it; None if they did not, or once all is there. Raises
    BrinkError for a file that is damaged, or belongs elsewhere.
    """
    size = sum(path.stat().st_size for path in store.checked())
    done = store.done()
    worlds, ready = sum(part.worlds for part in store.parts), sum(part.worlds for part in done)
    speed = timing.speed(store.path, store.parts, done)
    return {"title": store.study.title, "study": store.id, "model": store.model, "sets": len(store.sets),
            "worlds_a_set": store.layers[-1][1], "parts": len(store.parts), "done": len(done),
            "left": len(store.parts) - len(done), "worlds": worlds, "worlds_done": ready, "failed": store.failures(),
            "warnings": warnings(store) if ready == worlds else [], "bytes": size,
            "speed": speed, "seconds_left": (worlds - ready) / speed if speed else None,
            "complete": len(done) == len(store.parts)}


def warnings(store: Store) -> list[str]:
    """One line per scenario of which an intervention could take hold in no world of the study, although its time came."""
    found = []
    for scenario in store.study.scenarios:
        if not any(one.does in ONCE for one in scenario.interventions):
            continue
        outcomes = [InterventionOutcome()] * len(scenario.interventions)
        for path in store.worlds_of(scenario.name):
            outcomes = merged([outcomes, taken(path)])
            if all(one.worlds for one in outcomes):
                break
        try:
            check_taken(scenario.interventions, outcomes)
        except BrinkError as error:
            found.append(f"{scenario.name}: {error}")
    return found


def span(seconds: float) -> str:
    """A duration in words."""
    if math.isnan(seconds):
        return "an unknown time"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def size(count: float) -> str:
    """A number of bytes in words."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


def line(progress: Progress) -> str:
    """How far a runner is, in a line."""
    failed = f", {progress.failed} sets failed" if progress.failed else ""
    return (f"{progress.done_parts} of {progress.parts} parts, {progress.speed:,.0f} worlds a second, "
            f"{span(progress.left)} left{failed}")


@contextmanager
def reporting() -> Iterator[Callable[[Progress], None]]:
    """A function to call after each part: it shows a bar on a terminal, else a line now and then, on standard error."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    with Bar(BarColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda now: bar.update(task, total=now.parts, completed=now.done_parts, description=line(now))


def _lines() -> Callable[[Progress], None]:
    last = time.monotonic()

    def tell(now: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY or (now.done_parts == now.parts and now.parts):
            last = time.monotonic()
            say(f"brink: {line(now)}", err=True)

    return tell
