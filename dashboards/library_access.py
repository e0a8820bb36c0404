"""The library of this server: the folder that `brink dashboard --library` names, and runs opened from it."""

from __future__ import annotations

import os

from dashboards import page
from sim.analysis.library import Library
from sim.ensemble.results import Run


def library() -> Library:
    """The folder with runs and comparisons; `runs` where the server was started, unless it was told another."""
    return Library(os.environ.get("BRINK_LIBRARY") or "runs")


def opened(name: str) -> Run:
    """A run of the library, read in the workshop and kept there. Raises BrinkError if there is none of that name."""
    shelf = library()

    return page.waited_for(f"library {shelf.folder} {name} {shelf.stamp(name)}", lambda *_: shelf.open(name), "Opening",
                           page.size_of)
