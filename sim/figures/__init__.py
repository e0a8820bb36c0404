"""The pictures of a run. Each function takes a run and returns a matplotlib Figure; nothing touches pyplot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.figures import look
from sim.figures.fan import fan
from sim.figures.strike import first_strike_curve

if TYPE_CHECKING:
    from sim.results import Run

__all__ = ["draw", "fan", "first_strike_curve"]

FANS = ("iran.missiles",)
"""Recorded variables that every run shows over time."""


def draw(run: Run, path: str | Path) -> list[Path]:
    """Write the pictures of a run into a directory, each as PNG and SVG; the paths without their endings."""
    folder = Path(path)
    pictures = {"first_strike": first_strike_curve(run), **{name.replace(".", "_"): fan(run, name) for name in FANS}}
    about = f"brink, scenario {run.scenario.name} ({run.scenario.hash}), {run.size} worlds, seed {run.seed}"
    with look.style():
        for name, figure in pictures.items():
            look.write(figure, folder / name, about)
    return [folder / name for name in pictures]
