"""The war of June 2025 replayed: what the model makes of it, beside what was observed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sim.engine import BLOCK, Array, RandomStreams, worlds_where
from sim.ensemble import live, run
from sim.model.crisis import Crisis
from sim.scenario import scenario

BAND = (0.1, 0.9)
SIDE_BY_SIDE = 4 * BLOCK
COLUMNS = {"launched": "launched_total", "intercepted": "intercepted_total", "impacts": "impacts_total",
           "rounds": "rounds_used", "dead_israel": "dead_israel", "dead_iran": "dead_iran"}


@dataclass(frozen=True)
class Measure:
    """One figure of the war: what was observed, as a range, and where that comes from."""

    id: str
    says: str
    low: float
    high: float
    evidence: str


MEASURES = (
    Measure("length", "Days of fire", 12, 12, "L027"),
    Measure("us_entry", "Days from the first strike to the US strike, where it joined", 9, 9, "L031"),
    Measure("launched", "Missiles fired by Iran", 530, 600, "fig-june-2025-fired"),
    Measure("intercepted", "Missiles intercepted", 250, 280, "fig-june-2025-salvos"),
    Measure("impacts", "Impacts in Israel", 36, 55, "fig-june-2025-salvos"),
    Measure("rounds", "Interceptor rounds used (computed, not reported)", 483, 483, "fig-june-2025-salvos"),
    Measure("dead_israel", "Deaths in Israel", 28, 28, "fig-deaths-israel"),
    Measure("dead_iran", "Deaths in Iran", 1062, 1190, "fig-deaths-iran"),
    Measure("launchers", "Launchers left to Iran", 122, 140, "fig-launchers"),
)


@dataclass(frozen=True)
class Line:
    """A measure beside the model's 80 % band over worlds; `fits` where the band holds a part of what was observed."""

    id: str
    says: str
    low: float
    high: float
    model_low: float
    median: float
    model_high: float
    fits: bool
    evidence: str


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

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for `--json`."""
        return asdict(self)


def june_2025(worlds: int = 4096, seed: int = 1) -> WarReplay:
    """Replay the war in many worlds, and let June 2025 run without forcing anything in as many."""
    war = replayed(worlds, seed)
    alike = (war["length"] >= 10) & (war["length"] <= 14)
    free = run.run("june_2025_unforced", worlds=worlds, seed=seed, keep_events=0)
    return WarReplay(worlds, seed, lines(war), lines({name: column[alike] for name, column in war.items()}),
                     int(alike.sum()), float(np.mean(war["us_entry"] >= 0)), float(np.mean(war["length"] >= 12)),
                     _shares(free.column("first_cause")), _shares(free.column("first_initiator")))


def _shares(labels: Array) -> dict[str, float]:
    """How often each label comes up, commonest first."""
    names, counts = np.unique(labels, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {str(names[i]): float(counts[i] / labels.size) for i in order}


def lines(war: dict[str, Array]) -> tuple[Line, ...]:
    """Each measure beside the band of the worlds in which it has a value."""
    return tuple(_line(measure, war[measure.id][war[measure.id] >= 0]) for measure in MEASURES)


def _line(measure: Measure, values: Array) -> Line:
    low, median, high = np.quantile(values, (BAND[0], 0.5, BAND[1])) if values.size else (np.nan,) * 3
    fits = bool(low <= measure.high and measure.low <= high)
    return Line(measure.id, measure.says, measure.low, measure.high, float(low), float(median), float(high), fits,
                measure.evidence)


def replayed(worlds: int, seed: int) -> dict[str, Array]:
    """A column a measure, shape (worlds,), as it stood when the forced war ended; -1 where there is none."""
    parts = [_replay(first, min(first + SIDE_BY_SIDE, worlds), seed) for first in range(0, worlds, SIDE_BY_SIDE)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _replay(first: int, stop: int, seed: int) -> dict[str, Array]:
    chosen = scenario.load("june_2025")
    luck = RandomStreams(seed, range(first // BLOCK, (stop - 1) // BLOCK + 1))
    with live.begun(Crisis, chosen, np.arange(first, stop), luck, log=False) as (model, _):
        held = {name: np.zeros(model.n) for name in (*COLUMNS, "launchers")}
        entry = np.full(model.n, -1)

        def note(model: Any) -> None:
            first_war = worlds_where((model.war.wars <= 1) & (model.war.first_length == 0))
            for name, field in COLUMNS.items():
                held[name][first_war] = getattr(model.war, field)[first_war]
            held["launchers"][first_war] = model.iran.launchers[first_war]
            joined = first_war[(entry[first_war] < 0) & model.war.us_in[first_war]]
            entry[joined] = model.day - 1 - model.war.first_day[joined]

        live.live(model, chosen.days, observers=[note])
        length = np.where(model.war.first_length > 0, model.war.first_length, model.war.day_of_war)
    return {**held, "us_entry": entry, "length": length}
