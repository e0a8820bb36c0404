"""The pages of the documentation that are made from the model, wholly or in part."""

from __future__ import annotations

from os.path import normpath
from pathlib import Path

from sim.report.docs.causal import CAUSAL, picture
from sim.report.docs.odd import ODD, counts, refresh

PAGES = {"odd.md": ODD, "causal.md": CAUSAL}
"""Pages with prose of their own, and what fills their blocks."""

AROUND = {"../README.md": {"counts": counts}, "../benchmarks/README.md": {"counts": counts}}
"""Pages of the project outside that folder that say how large the model is; filled where they stand."""


def write(folder: Path) -> list[Path]:
    """Bring the pages and the diagram up to date; which of them changed."""
    changed = refresh(folder, PAGES | {name: makers for name, makers in AROUND.items() if (folder / name).is_file()})
    place, drawn = folder / "causal.svg", picture()
    if not place.is_file() or place.read_text() != drawn:
        place.write_text(drawn)
        changed.append(place)
    return [Path(normpath(path)) for path in changed]
