"""The cost of a study, estimated by simulating a few of its worlds."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from sim.ensemble.design import Design
from sim.ensemble.study.parts import parts, width
from sim.ensemble.study.study import Study
from sim.ensemble.study.work import PartTask, make, maker

TRIED = (128, 1024)
"""How many worlds are simulated for that."""


def cost(study: Study, jobs: int) -> dict[str, Any]:
    """The sets, worlds, seconds and bytes of a study.

    A few and then more of its worlds are simulated: the two give the cost of a part whatever its width, and that of each world.
    """
    sets = study.design.sets(study.seed)
    pieces = list(parts(len(study.scenarios), len(sets), [(0, study.worlds)], width(study.total)))
    few, many = (_tried(study, sets, worlds) for worlds in TRIED)
    seconds, size = (_extrapolated(few[0], many[0], few[i], many[i], study.total, len(pieces)) for i in (1, 2))
    return {"title": study.title, "scenarios": [one.name for one in study.scenarios], "sets": len(sets),
            "varying": len(sets.names), "worlds_a_set": study.worlds, "worlds": study.total, "parts": len(pieces),
            "seconds": round(seconds / min(jobs, len(pieces)), 3), "jobs": jobs, "bytes": round(size)}


def _tried(study: Study, sets: Design, worlds: int) -> tuple[int, float, float]:
    """About so many of its worlds, simulated: how many, seconds of computing, bytes."""
    each = min(study.worlds, worlds)
    some = replace(sets, each=each, shared=0).only(0, max(worlds // each, 1))
    work = PartTask("", maker(), study.scenarios[0], study.seed, study.outcomes, study.daily, study.every, some)
    began = time.process_time()
    made = make(work)
    return some.worlds, time.process_time() - began, len(made.worlds) + len(made.daily)


def _extrapolated(few: int, many: int, of_few: float, of_many: float, worlds: int, pieces: int) -> float:
    """The cost of so many worlds in so many parts, from those of few and of many worlds."""
    if many == few:
        return of_few * pieces
    each = max(of_many - of_few, 0) / (many - few)
    return max(of_few - each * few, 0) * pieces + each * worlds
