"""What `brink engine` tells: the engine at work for a model, what it was built with, and how large the model is."""

from __future__ import annotations

import datetime
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine import builds, emit
from sim.engine.builds import NoBuild
from sim.engine.declarations import declared
from sim.engine.engines import Engine, engine_of, traced_day, wanted
from sim.engine.parameters import Parameter
from sim.engine.streams import RandomStreams
from sim.engine.traced_day import trace_day, trace_rules
from sim.engine.tracing import Tracer


@dataclass(frozen=True)
class About:
    """The engine at work for a class of models.

    Parameters
    ----------
    engine : "compiled" or "numpy"
    why : why it is not the compiled one
    faster : what would make it faster; "" if nothing would
    wanted : what BRINK_ENGINE says
    compiler, flags : what the build is made with: what the compiler says of itself, and its command; "" without one
    build, built, quick : the file at work, when it was made, and whether it is only the first, quick build; nothing with NumPy
    cache : the folder of builds; why none is kept, if none can be
    model : how many of each there are in the model
    seconds : what tracing the model takes here
    """

    engine: str
    why: str
    faster: str
    wanted: str
    compiler: str
    flags: str
    build: str
    built: str
    quick: bool
    cache: str
    model: dict[str, int]
    seconds: float


def about(kind: type[Any], build: bool = False) -> About:
    """What there is to tell of the engine of a class of models; with `build` its better build is made first.

    Raises BrinkError as `engine_of` does, and NoBuild if a build is wanted and cannot be made.
    """
    model = kind(np.arange(1), RandomStreams(0), log=False)
    try:
        if build:
            builds.best_library(emit.source(traced_day(model), model))
        engine = engine_of(model)
        path = engine.kernel.path if engine.kernel else None
        compiler, flags = _compiler(not _quick(path))
        built = datetime.datetime.fromtimestamp(path.stat().st_mtime).isoformat(" ", "seconds") if path else ""
        return About(engine.name, engine.why, _faster(engine), wanted(), compiler, flags, str(path or ""), built, _quick(path),
                     _cache(), _size(model), round(_seconds(model), 3))
    finally:
        model.release()


def _compiler(best: bool = True) -> tuple[str, str]:
    """The first line of what the compiler says of itself, and the command of a build; "" without one."""
    try:
        return builds.version(builds.compiler()), " ".join(builds.command(best))
    except NoBuild:
        return "", ""


def _cache() -> str:
    place = builds.folder()
    return str(place) if builds.usable(place) else f"nowhere: {place} cannot be used; BRINK_CACHE may name another folder"


def _quick(path: Path | None) -> bool:
    return path is not None and path.stem.endswith(builds.QUICK)


def _faster(engine: Engine) -> str:
    """What the user could do."""
    if engine.kernel is not None:
        can = _quick(engine.kernel.path) and builds.usable(builds.folder())
        return "brink engine --build" if can else ""
    if wanted() == "numpy":
        return "leave BRINK_ENGINE=numpy out"
    if os.environ.get("BRINK_DEBUG", "0") != "0":
        return "leave BRINK_DEBUG out"
    return "" if _compiler()[0] else "a C compiler, or pip install 'brink[fast]', which brings one"


def _size(model: Any) -> dict[str, int]:
    tracer = model.clocks.order.rules.tracer
    return {"states": len(model.members), "rows of state": sum(map(len, tracer.rows.values())),
            "parameters": sum(len(declared(type(state), Parameter)) for state in model.members),
            "events": len(model.events), "clocks": len(model.clocks.names), "streams": len(tracer.streams)}


def _seconds(model: Any) -> float:
    """What tracing takes, by doing it again."""
    began, clocks = time.perf_counter(), model.clocks
    trace_day(model, trace_rules(model, Tracer(model), clocks.rules, clocks.names))
    return time.perf_counter() - began
