"""Differences that come of no comparison, for tests of how one is told."""

from __future__ import annotations

from typing import Any

from sim.analysis.compare.gist import Difference


def made_difference(**columns: Any) -> Difference:
    """A difference of shares with these columns; the others are those of an outcome that is the same on both sides."""
    same = {"id": "x", "label": "", "catalogue": "O1", "says": "x", "kind": "probability", "unit": "", "given": "", "a": 0.5,
            "b": 0.5, "difference": 0.0, "se": 0.0, "se_unpaired": 0.01, "narrower": 2.5, "low": 0.0, "high": 0.0,
            "sets_low": 0.0, "sets_high": 0.0, "verdict": "equal", "n_a": 100, "n_b": 100}
    return Difference.of({**same, **columns})
