"""The hindcast: dated targets from 30 December 2025 to 11 February 2026, scored against base rates.

The targets are data (`hindcast` in the evidence ledger); here stands the rule by which a run answers each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sim.engine import Array
from sim.ensemble import run as ensemble
from sim.ensemble.files import plain
from sim.ensemble.results import OutcomeInfo
from sim.ensemble.tasks import ModelSpec
from sim.errors import BrinkError
from sim.model import evidence, registry
from sim.model.crisis import Crisis
from sim.model.evidence import HindcastTarget
from sim.scenario.scenario import DATE, Scenario, load
from sim.validation.scores import crps, log_loss, rules

LAST_DAY = 43
"""Day of the run that is 11 February 2026, the date of the last document."""

CAVEAT = ("In-sample: parameters were chosen knowing January. A handful of one-sided, correlated targets is a sanity check "
          "and no calibration; only a frozen forecast is a test.")


def within(day: Array, last: int) -> Array:
    """Whether a day (-1 never) came by `last`."""
    return (day >= 0) & (day <= last)


ANSWERS: Mapping[str, Callable[[Any, int], Array]] = {
    "H1": lambda m, last: within(m.war.first_day, last),
    "H2": lambda m, last: within(m.talks.first_round, last),
    "H3": lambda m, last: within(m.talks.deal_day, last),
    "H4": lambda m, last: within(m.gaza.phase_two, last),
    "H5": lambda m, last: within(m.gaza.board_met, last),
    "H6": lambda m, _: m.hamas.disarmed > 0,
    "H7": lambda m, last: within(m.street.crackdown_day, last) & (m.street.deaths > 0),
    "H8": lambda m, _: (m.us.threatened_day >= 0) & (m.us.executed == 0),
    "H9": lambda m, _: m.us.carrier_days > 0,
    "H10": lambda m, last: ~within(m.us.green_day, last),
    "H11": lambda m, _: m.iran.missiles,
    "H12": lambda m, last: within(m.iran.detected_day, last),
    "H13": lambda m, _: m.oil.price,
    "H14": lambda m, last: np.logical_or.reduce([within(p.first_fight, last) for p in (m.hezbollah, m.houthis, m.militias)]),
    "H15": lambda m, _: m.israel.meetings > 0,
}
"""How a model answers each target at the end of its day: yes or no, or a number, shape (n,)."""

CHAIN = ("crackdown", "threatened", "struck")

STARTS = {"H11": "iran.missiles_at_start", "H13": "oil.price_at_start"}
"""The parameters that give the forecast of no change for a number."""


@dataclass(frozen=True)
class Score:
    """One target: the probability that the model and the base rates give to what was observed, and what that scores.

    Log scores are in nats and, like Brier scores and CRPS, better when lower. For a number, `model` holds the model's mean,
    `low` and `high` its 80 % band, and `base` the value of no change.
    """

    id: str
    says: str
    observed: bool | float
    scored: bool
    model: float
    base: float
    measure: str
    model_score: float
    base_score: float
    model_brier: float = float("nan")
    base_brier: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")


@dataclass(frozen=True)
class Hindcast:
    """All targets scored, and the means over those that count."""

    scenario: str
    worlds: int
    seed: int
    scores: tuple[Score, ...]
    crackdown: float
    threatened: float
    struck_given_threat: float

    @property
    def binary(self) -> list[Score]:
        """The yes-or-no targets that are scored."""
        return [score for score in self.scores if score.scored and score.measure == "log"]

    @property
    def means(self) -> dict[str, float]:
        """Mean log and Brier scores of the model and of the base rates."""
        return {name: float(np.mean([getattr(score, name) for score in self.binary]))
                for name in ("model_score", "base_score", "model_brier", "base_brier")}

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for `--json`; None where there is nothing to say."""
        scores = plain([asdict(score) for score in self.scores])
        return {"scenario": self.scenario, "worlds": self.worlds, "seed": self.seed, "targets": scores,
                "means": self.means, "targets_in_means": len(self.binary), "crackdown": self.crackdown,
                "threatened": self.threatened, "struck_given_threat": self.struck_given_threat, "caveat": CAVEAT}


def columns(model: Any) -> dict[str, Array]:
    """The answer to each target in each world, and the chain from crackdown to threat to strike."""
    targets = evidence.load().hindcast
    by_january = within(model.war.first_day, LAST_DAY) & (model.us.executed > 0)
    return {**{id: answer(model, targets[id].day) for id, answer in ANSWERS.items()},
            "crackdown": within(model.street.crackdown_day, LAST_DAY),
            "threatened": (model.us.threatened_day >= 0) | by_january, "struck": by_january}


def subject() -> ModelSpec:
    """The model with the targets as outcomes."""
    outcomes = {id: evidence.load().hindcast[id].says for id in ANSWERS} | {id: id for id in CHAIN}
    return ModelSpec(Crisis, columns, tuple(OutcomeInfo(id, "", says, "mean" if id in STARTS else "probability", "")
                                            for id, says in outcomes.items()))


def hindcast(scenario: str | Scenario = "baseline", worlds: int = 4096, seed: int = 1, jobs: int = 1,
             uncertainty: str = "none") -> Hindcast:
    """Run a scenario to 11 February 2026 and score the dated targets.

    Raises BrinkError if the scenario does not begin on 30 December 2025.
    """
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario)
    if chosen.date != DATE:
        raise BrinkError(f"{chosen.name} begins on {chosen.date}; the targets of the hindcast count from {DATE}")
    rules()  # fail before the run if it is not there
    run = ensemble.run(chosen.changed(days=LAST_DAY + 1), worlds=worlds, seed=seed, jobs=jobs, keep_events=0,
                       subject=subject(), uncertainty=uncertainty)
    scores = tuple(score_target(target, run.column(id), start_of(chosen, id))
                   for id, target in evidence.load().hindcast.items())
    struck, threatened = run.column("struck"), run.column("threatened")
    return Hindcast(chosen.name, worlds, seed, scores, float(run.column("crackdown").mean()), float(threatened.mean()),
                    float(struck.sum() / max(threatened.sum(), 1)))


def start_of(scenario: Scenario, id: str) -> float:
    """The value of a number on day 0; NaN for a yes-or-no target."""
    if id not in STARTS:
        return float("nan")
    return scenario.parameters.get(STARTS[id], registry.find(STARTS[id]).declaration.default)


def score_target(target: HindcastTarget, answers: Array, start: float) -> Score:
    """Score one target by the answers of many worlds, shape (worlds,)."""
    observed = target.observed
    if not isinstance(observed, bool):
        low, high = np.quantile(answers, (0.1, 0.9))
        return Score(target.id, target.says, observed, target.scored, float(answers.mean()), start, "CRPS",
                     crps(answers, observed), abs(start - observed), low=float(low), high=float(high))
    model, base = float(np.mean(answers == observed)), float("nan") if target.base_rate is None else target.base_rate
    return Score(target.id, target.says, observed, target.scored, model, base, "log", log_loss(model), log_loss(base),
                 (1 - model) ** 2, (1 - base) ** 2)
