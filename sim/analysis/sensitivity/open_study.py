"""A study that can be analysed, from Python.

    import sim

    study = sim.open_study("studies/s1")
    study.table()  # one row per set
    study.sensitivity("round_two").table
"""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from sim.analysis.sensitivity import breakeven, prim, sobol_morris, variance
from sim.analysis.sensitivity.table import Answers, answers, table
from sim.ensemble.study.store import Store
from sim.errors import BrinkError, shown
from sim.scenario.slots import Slot


class OpenStudy:
    """A study that `brink sweep` made or is making. Methods take the id of an outcome, and a scenario if there are several.

    Raises BrinkError if the directory holds no study, or one whose sets were changed or in which nothing varies.
    """

    def __init__(self, path: str | Path) -> None:
        self.store = Store(path)
        if not len(self.store.sets.names):
            raise BrinkError(f"{path}: nothing varies in this study; what drives an outcome needs a design of parameter sets")

    _repr_html_ = Slot("What a notebook shows.", "take the study from sim.open_study")

    def __repr__(self) -> str:
        return f"<Study {self.store.study.title!r}: {len(self.store.sets):,} sets of {len(self.store.sets.names)} parameters>"

    @property
    def scenarios(self) -> list[str]:
        """The names of its scenarios."""
        return [one.name for one in self.store.study.scenarios]

    def table(self, scenario: str | None = None) -> pd.DataFrame:
        """One row per scenario and set; see `sim.analysis.sensitivity.table.table`."""
        return table(self.store, scenario)

    def answers(self, outcome: str, scenario: str | None = None, varies: bool = True) -> Answers:
        """An outcome in each set, with the luck in it; see `sim.analysis.sensitivity.table.answers`."""
        return answers(self.store, outcome, scenario, varies)

    def sensitivity(self, outcome: str, scenario: str | None = None) -> sobol_morris.Sensitivity:
        """What each parameter is answerable for; see `sim.analysis.sensitivity.sobol_morris`."""
        return sobol_morris.sensitivity(self.answers(outcome, scenario), self.store.study)

    def discover(self, outcome: str, scenario: str | None = None) -> prim.Discovery:
        """Under which conditions an outcome comes; see `sim.analysis.sensitivity.prim`."""
        return prim.discover(self.answers(outcome, scenario))

    def breakeven(self, outcome: str, vs: str | None = None, at: float | None = None,
                  scenario: str | None = None) -> breakeven.BreakEven:
        """Where an outcome's probability passes another's (`vs`) or a level (`at`); see `.breakeven`."""
        if (vs is None) == (at is None):
            raise BrinkError("break-even: name one of another outcome (--vs) and a level (--at)")
        if at is not None and not (isinstance(at, int | float) and math.isfinite(at)):
            raise BrinkError(f"break-even: the level (--at) must be a finite number, not {shown(at)}")
        against = self.answers(vs, scenario, varies=False) if vs is not None else float(at or 0.0)
        return breakeven.breakeven(self.answers(outcome, scenario, varies=vs is None), against)

    def variance(self, outcome: str, scenario: str | None = None) -> variance.Variance:
        """How much of an outcome's uncertainty is luck and how much is parameters; see `sim.analysis.sensitivity.variance`."""
        return variance.variance(self.answers(outcome, scenario))


open_study = OpenStudy
"""The study in a directory."""
