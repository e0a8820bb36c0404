"""The war of June 2025 replayed, and compared with what was observed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np

from sim.engine import Array, worlds_where
from sim.ensemble import run
from sim.ensemble.design import fixed
from sim.ensemble.estimates import FEWEST
from sim.ensemble.tasks import ModelSpec, RunPlan
from sim.errors import check_whole
from sim.model.crisis import Crisis
from sim.scenario import scenario
from sim.validation.experiments import SIDE_BY_SIDE, Measured, moments, simulated
from sim.validation.experiments_runner import MOST_WORLDS

COLUMNS = {"launched": "launched_total", "intercepted": "intercepted_total", "impacts": "impacts_total",
           "rounds": "rounds_used", "dead_israel": "dead_israel", "dead_iran": "dead_iran"}


@dataclass(frozen=True)
class Line:
    """One figure of the war: what was observed, as a range, and the model's 80 % band over worlds, NaN of too few to tell.

    `fits` if the band overlaps what was observed; `evidence` says where that comes from.
    """

    id: str
    says: str
    low: float
    high: float
    model_low: float = nan
    median: float = nan
    model_high: float = nan
    fits: bool = False
    evidence: str = ""


MEASURES = (
    Line("length", "Days of fire", 12, 12, evidence="L027"),
    Line("us_entry", "Days from the first strike to the US strike, where it joined", 9, 9, evidence="L031"),
    Line("launched", "Missiles fired by Iran", 530, 600, evidence="fig-june-2025-fired"),
    Line("intercepted", "Missiles intercepted", 250, 280, evidence="fig-june-2025-salvos"),
    Line("impacts", "Impacts in Israel", 36, 55, evidence="fig-june-2025-salvos"),
    Line("rounds", "Interceptor rounds used (computed, not reported)", 483, 483, evidence="fig-june-2025-salvos"),
    Line("dead_israel", "Deaths in Israel", 28, 28, evidence="fig-deaths-israel"),
    Line("dead_iran", "Deaths in Iran", 1062, 1190, evidence="fig-deaths-iran"),
    Line("launchers", "Launchers left to Iran", 122, 140, evidence="fig-launchers"),
)
"""What was observed; the model's part is still to come."""


@dataclass(frozen=True)
class WarReplay:
    """The replayed war against the observed one.

    `joined` is the share of worlds in which the United States joined, `long` the share with at least 12 days of fire.
    `given` holds the same measures among the worlds whose war was about as long as the real one (10 to 14 days). `causes`
    are those of the first war where no strike is forced, as shares of all worlds.
    """

    worlds: int
    seed: int
    lines: tuple[Line, ...]
    given: tuple[Line, ...]
    given_worlds: int
    joined: float
    long: float
    causes: dict[str, float]
    initiators: dict[str, float]


def june_2025(worlds: int = 4096, seed: int = 1) -> WarReplay:
    """Replay the war in many worlds, 131,072 at most, and simulate June 2025 with nothing forced in as many.

    Raises BrinkError for other numbers of worlds, and for a seed that is none.
    """
    check_whole(worlds=(worlds, 1, MOST_WORLDS))
    war = replayed(worlds, seed)
    alike = (war["length"] >= 10) & (war["length"] <= 14)
    free = run.run("june_2025_unforced", worlds=worlds, seed=seed, keep_events=0)
    return WarReplay(worlds, seed, lines(war), lines({name: column[alike] for name, column in war.items()}),
                     int(alike.sum()), float(np.mean(war["us_entry"] >= 0)), float(np.mean(war["length"] >= 12)),
                     _shares(free.column("first_cause")), _shares(free.column("first_initiator")))


def _shares(labels: Array) -> dict[str, float]:
    """How often each label comes up, commonest first."""
    return {str(name): count / labels.size for name, count in Counter(sorted(labels)).most_common()}


def lines(war: dict[str, Array]) -> tuple[Line, ...]:
    """Each measure with the band over the worlds in which it has a value."""
    return tuple(_line(measure, war[measure.id][war[measure.id] >= 0]) for measure in MEASURES)


def _line(measure: Line, values: Array) -> Line:
    low, median, high = map(float, np.quantile(values, (0.1, 0.5, 0.9))) if values.size >= FEWEST else (nan,) * 3
    return replace(measure, model_low=low, median=median, model_high=high, fits=low <= measure.high and measure.low <= high)


def replayed(worlds: int, seed: int) -> Measured:
    """One column per measure, shape (worlds,), at the end of the forced war; -1 where there is none."""
    spec = ModelSpec(Crisis, moments, (), WatchFirstWar)
    return simulated(RunPlan(spec, scenario.load("june_2025"), fixed(worlds), seed, every=0, keep_events=0), SIDE_BY_SIDE)


class WatchFirstWar:
    """The measures of the first war of each world, up to its last day."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.values = {name: np.zeros(model.n) for name in (*COLUMNS, "launchers")}
        self.entry = np.full(model.n, -1)

    def __call__(self, model: Any) -> None:
        """Note the measures where the first war is on."""
        war = model.war
        first = worlds_where((war.wars <= 1) & (war.first_length == 0))
        for name, field in COLUMNS.items():
            self.values[name][first] = getattr(war, field)[first]
        self.values["launchers"][first] = model.iran.launchers[first]
        joined = first[(self.entry[first] < 0) & war.us_in[first]]
        self.entry[joined] = model.day - 1 - war.first_day[joined]

    def measured(self) -> Measured:
        """One number per world."""
        war = self.model.war
        return {**self.values, "us_entry": self.entry,
                "length": np.where(war.first_length > 0, war.first_length, war.day_of_war)}
