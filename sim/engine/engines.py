"""Which engine simulates a model: the compiled one where its day can be compiled here, else NumPy, with the same bytes.

BRINK_ENGINE says which one is wanted: `auto`, the compiled one if there is any; `compiled`, or an error; `numpy`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine import builds, emit
from sim.engine.builds import NoBuild
from sim.engine.kernel import BoundKernel, Kernel
from sim.engine.streams import RandomStreams
from sim.engine.traced_day import TracedDay, trace_day
from sim.errors import BrinkError, nearest

WANTED = ("auto", "compiled", "numpy")


@dataclass(frozen=True)
class Engine:
    """The engine at work for a class of models: its kernel, or why there is none."""

    kernel: Kernel | None
    why: str = ""

    @property
    def name(self) -> str:
        """The name that a run keeps."""
        return "numpy" if self.kernel is None else "compiled"


def wanted() -> str:
    """What BRINK_ENGINE says. Raises BrinkError for what it cannot say."""
    said = os.environ.get("BRINK_ENGINE") or "auto"
    if said not in WANTED:
        raise BrinkError(f"BRINK_ENGINE: {said!r} must be {', '.join(WANTED[:-1])} or {WANTED[-1]}{nearest(said, WANTED)}")
    return said


def traced_day(model: Any) -> TracedDay:
    """The whole day of the class of this model, traced once and kept on the class. Raises Untraceable."""
    owner = type(model)
    signature = [owner.live, *((type(state), event.odds, event.when, event.run) for state, event in model.events)]
    known = vars(owner).get("day_traced")
    if known is None or known[0] != signature:
        owner.day_traced = known = signature, trace_day(model, model.clocks.order.rules)
    day: TracedDay = known[1]
    return day


def engine_of(model: Any) -> Engine:
    """The engine of the class of this model, which is kept on the class.

    Raises BrinkError if BRINK_ENGINE wants a compiled one and there is none, and Untraceable for a model without meaning for
    one world.
    """
    said, owner = wanted(), type(model)
    if said == "numpy":
        return Engine(None, "BRINK_ENGINE says numpy")
    if os.environ.get("BRINK_DEBUG", "0") != "0":
        return Engine(None, "BRINK_DEBUG checks every write")
    day = traced_day(model)
    known = vars(owner).get("engine_known")
    if known is None or known[0] is not day or _outdated(known[1]):
        owner.engine_known = known = day, _made(day, model)
    engine: Engine = known[1]
    if said == "compiled" and engine.kernel is None:
        raise BrinkError(f"BRINK_ENGINE: there is no compiled engine here: {engine.why}")
    return engine


def _outdated(engine: Engine) -> bool:
    """Whether a quick build is at work and the better one is ready."""
    path = engine.kernel.path if engine.kernel else Path()
    return path.stem.endswith(builds.QUICK) and builds.is_whole(builds.better_of(path))


def _made(day: TracedDay, model: Any) -> Engine:
    try:
        source = emit.source(day, model)
        path = builds.library(source)
        try:
            return Engine(Kernel(path, day))
        except OSError:  # a damaged file in the cache
            path.unlink(missing_ok=True)
            return Engine(Kernel(builds.library(source), day))
    except (NoBuild, OSError, emit.Unwritable) as error:
        if wanted() != "compiled":
            builds.tell(f"simulating with NumPy, five to twenty times slower: {error}")
        return Engine(None, str(error))


def is_compiled(model: type[Any]) -> bool:
    """Whether the compiled engine is at work for this class of models."""
    one = model(np.arange(1), RandomStreams(0), log=False)
    try:
        return engine_of(one).kernel is not None
    finally:
        one.release()


def engine_name(model: type[Any]) -> str:
    """The engine at work for this class of models, as a run keeps it."""
    return "compiled" if is_compiled(model) else "numpy"


def may_be_compiled() -> bool:
    """Whether it looks so, at no cost: a compiler is there and BRINK_ENGINE does not say otherwise."""
    try:
        return wanted() != "numpy" and bool(builds.compiler() and builds.processor())
    except NoBuild:
        return False


def bound_kernel(model: Any) -> BoundKernel | None:
    """The kernel at work on this model; None where NumPy simulates it, or where somebody looks at what fires."""
    kernel = None if model.observers else engine_of(model).kernel
    return None if kernel is None else BoundKernel(kernel, model)
