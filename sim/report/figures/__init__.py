"""The pictures of a run. Each function takes a run and returns a matplotlib Figure; nothing touches pyplot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from sim.ensemble.results import Run
from sim.model import registry
from sim.report.figures import look
from sim.report.figures.over_time import fan, first_strike_curve

__all__ = ["about", "draw", "drawn", "fan", "first_strike_curve", "pictures", "plots"]


def pictures(run: Run) -> dict[str, Callable[[], Figure]]:
    """Functions that make the pictures of a run, by name."""
    return {"first_strike": partial(first_strike_curve, run),
            **{name.replace(".", "_"): partial(fan, run, name) for name in drawn(run)[:1]}}


def plots(run: Run) -> dict[str, Callable[[], Figure]]:
    """The same, and the fan of every recorded variable, like "war_tension" for war.tension."""
    fans = {name.replace(".", "_"): partial(fan, run, name) for name in (one["name"] for one in run.about["variables"])}
    return {**fans, **pictures(run)}


def drawn(run: Run) -> list[str]:
    """The recorded variables that are drawn over time."""
    recorded = {variable["name"] for variable in run.about["variables"]}
    return [name for name in registry.drawn() if name in recorded]


def about(run: Run) -> str:
    """The description in the files of a run's pictures."""
    return f"brink, scenario {run.scenario.name} ({run.scenario.hash}), {run.size} worlds, seed {run.seed}"


def draw(run: Run, path: str | Path) -> list[Path]:
    """Write the pictures of a run into a directory, each as PNG and SVG; the paths without their endings."""
    return [look.write(make(), Path(path, name), about(run)) for name, make in pictures(run).items()]
