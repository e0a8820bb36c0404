"""Results of studies that ship with the model, as plain values: what `docs/*.json` holds, wherever it was installed.

A wheel has the files in `docs/` next to this module; a checkout has them in `docs/`. They are made by the
commands in `STUDIES`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from sim.ensemble.files import parsed
from sim.errors import BrinkError, nearest

STUDIES = {"validation": "brink validate --out docs", "calibration": "brink calibrate --out docs",
           "hindcast": "brink hindcast --worlds 8192 --json > docs/hindcast.json",
           "june_2025": "brink hindcast june_2025 --worlds 8192 --json > docs/june_2025.json"}
"""Each study, and the command that makes it anew."""

PLACES = (Path(__file__).parent / "docs", Path(__file__).parents[2] / "docs")


@lru_cache
def read(study: str) -> dict[str, Any]:
    """The result of a study. Raises BrinkError for an unknown one, and for one that is not there or not whole."""
    if study not in STUDIES:
        raise BrinkError(f"no study is called {study!r}{nearest(study, STUDIES)}")
    for place in PLACES:
        path = place / f"{study}.json"
        if path.is_file():
            try:
                return dict(parsed(path.read_text("utf-8")))
            except ValueError:
                raise BrinkError(f"{path}: is not whole; make it anew with {STUDIES[study]}") from None
    raise BrinkError(f"the results of the study {study} are not here; make them with {STUDIES[study]}")
