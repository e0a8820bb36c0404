"""The hindcast: dated targets from 30 December 2025 to 11 February 2026, scored against base rates.

The targets are data (`hindcast` in the evidence ledger); here stands the rule by which a run answers each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from math import nan
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
from sim.validation.experiments import DOCUMENTS_END, by_then
from sim.validation.scores import crps, log_loss, rules

CAVEAT = ("In-sample: parameters were chosen knowing January. A handful of one-sided, correlated targets is a sanity check "
          "and no calibration; only a frozen forecast is a test.")

ANSWERS: Mapping[str, Callable[[Any, int], Array]] = {
    "H1": lambda m, end: by_then(m.war.first_day, end),
    "H2": lambda m, end: by_then(m.talks.first_round, end),
    "H3": lambda m, end: by_then(m.talks.deal_day, end),
    "H4": lambda m, end: by_then(m.gaza.phase_two, end),
    "H5": lambda m, end: by_then(m.gaza.board_met, end),
    "H6": lambda m, _: m.hamas.disarmed > 0,
    "H7": lambda m, end: by_then(m.street.crackdown_day, end) & (m.street.deaths > 0),
    "H8": lambda m, _: (m.us.threatened_day >= 0) & (m.us.executed == 0),
    "H9": lambda m, _: m.us.carrier_days > 0,
    "H10": lambda m, end: ~by_then(m.us.green_day, end),
    "H11": lambda m, _: m.iran.missiles,
    "H12": lambda m, end: by_then(m.iran.detected_day, end),
    "H13": lambda m, _: m.oil.price,
    "H14": lambda m, end: np.logical_or.reduce([by_then(p.first_fight, end) for p in (m.hezbollah, m.houthis, m.militias)]),
    "H15": lambda m, _: m.israel.meetings > 0,
}
"""How a model answers each target before day `end`: yes or no, or a number, shape (n,)."""

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
    model_brier: float = nan
    base_brier: float = nan
    low: float = nan
    high: float = nan


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
    by_january = by_then(model.war.first_day, DOCUMENTS_END + 1) & (model.us.executed > 0)
    return {**{id: answer(model, targets[id].day + 1) for id, answer in ANSWERS.items()},
            "crackdown": by_then(model.street.crackdown_day, DOCUMENTS_END + 1),
            "threatened": (model.us.threatened_day >= 0) | by_january, "struck": by_january}


def subject() -> ModelSpec:
    """The model with the targets as outcomes."""
    said = {id: target.says for id, target in evidence.load().hindcast.items()}
    said |= {id: id for id in ("crackdown", "threatened", "struck")}
    return ModelSpec(Crisis, columns, tuple(
        OutcomeInfo(id, "", says, "mean" if id in STARTS else "probability", "") for id, says in said.items()))


def hindcast(scenario: str | Scenario = "baseline", worlds: int = 4096, seed: int = 1, jobs: int = 1,
             uncertainty: str = "none") -> Hindcast:
    """Run a scenario to 11 February 2026 and score the dated targets.

    Raises BrinkError if the scenario does not begin on 30 December 2025.
    """
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario)
    if chosen.date != DATE:
        raise BrinkError(f"{chosen.name} begins on {chosen.date}; the targets of the hindcast count from {DATE}")
    rules()  # fail before the run if it is not there
    run = ensemble.run(chosen.changed(days=DOCUMENTS_END + 1), worlds=worlds, seed=seed, jobs=jobs, keep_events=0,
                       subject=subject(), uncertainty=uncertainty)
    starts = {id: chosen.parameters.get(key, registry.find(key).declaration.default) for id, key in STARTS.items()}
    scores = tuple(score_target(target, run.column(id), starts.get(id, nan)) for id, target in evidence.load().hindcast.items())
    struck, threatened = run.column("struck"), run.column("threatened")
    return Hindcast(chosen.name, worlds, seed, scores, float(run.column("crackdown").mean()), float(threatened.mean()),
                    float(struck.sum() / max(threatened.sum(), 1)))


def score_target(target: HindcastTarget, answers: Array, start: float) -> Score:
    """Score one target by the answers of many worlds, shape (worlds,); `start` is the value of a number on day 0."""
    observed = target.observed
    if not isinstance(observed, bool):
        low, high = np.quantile(answers, (0.1, 0.9))
        return Score(target.id, target.says, observed, target.scored, float(answers.mean()), start, "CRPS",
                     crps(answers, observed), abs(start - observed), low=float(low), high=float(high))
    model, base = float(np.mean(answers == observed)), nan if target.base_rate is None else target.base_rate
    return Score(target.id, target.says, observed, target.scored, model, base, "log", log_loss(model), log_loss(base),
                 (1 - model) ** 2, (1 - base) ** 2)
