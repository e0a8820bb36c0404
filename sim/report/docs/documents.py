"""The pages of the documentation that are made from the model, wholly or in part, and the types of its cast."""

from __future__ import annotations

from os.path import normpath
from pathlib import Path

from sim.engine import State
from sim.model import cast
from sim.model.crisis import Crisis
from sim.report.docs.causal import CAUSAL, picture
from sim.report.docs.odd import ODD, counts, refreshed

PAGES = {"odd.md": ODD, "causal.md": CAUSAL}
"""Pages with prose of their own, and what fills their blocks."""

AROUND = {"../README.md": {"counts": counts}, "../benchmarks/README.md": {"counts": counts}}
"""Pages of the project outside that folder that say how large the model is; filled where they stand."""


def write(folder: Path) -> list[Path]:
    """Bring the pages and the diagram up to date; which of them changed."""
    made = refreshed(folder, PAGES | {name: makers for name, makers in AROUND.items() if (folder / name).is_file()})
    made |= {folder / "causal.svg": picture(), CAST: types_of_the_cast()}
    changed = [path for path, text in made.items() if not path.is_file() or path.read_text() != text]
    for path in changed:
        path.write_text(made[path])
    return [Path(normpath(path)) for path in changed]


CAST = Path(cast.__file__).with_suffix(".pyi")
"""Where the types of the cast stand, for mypy and for editors."""


def types_of_the_cast() -> str:
    """Which actor or arena is called by which key."""
    classes: tuple[type[State], ...] = (State, *Crisis.states)
    imports = sorted(f"from {state.__module__} import {state.__name__}" for state in classes)
    keys = [f"    {state.key}: {state.__name__}" for state in Crisis.states]
    return "\n".join(["# Made by `brink docs` from Crisis.states.", "", *imports, "", "class Cast:", *keys, "",
                      "class Member(Cast, State): ...", ""])
