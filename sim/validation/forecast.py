"""A frozen forecast from 11 February 2026, the day after which nothing that the model has seen was written.

Worlds start on 30 December 2025. Those that agree with what the documents report until 11 February are kept, weighted by
how well; from them, with the last reported facts set and with fresh luck, futures of a year are drawn. The same seed gives
the same file, byte for byte.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine import Array, Field, RandomStreams
from sim.engine.declarations import declared
from sim.engine.streams import CONTRACT
from sim.ensemble.estimates import least_error
from sim.ensemble.files import check_writable, is_taken, json_text, write_text
from sim.ensemble.fingerprint import fingerprint
from sim.ensemble.live import begun, live
from sim.errors import BrinkError, check_whole
from sim.model.crisis import Crisis
from sim.scenario import scenario
from sim.scenario.scenario import Scenario
from sim.validation.forecast_questions import BRENT, BRENT_ERROR, CONDITIONS, QUESTIONS, agreement

FROM = datetime.date(2026, 2, 11)
DEADLINES = (30, 60, 90, 180, 365)
ENOUGH = 800
"""Effective sample size at which no more worlds are simulated."""

LEAST = 500
BATCH, MOST_BATCHES = 8192, 64
MOST_WORLDS = 131_072
FORMAT = 1
SECOND_CARRIER = 0.7
"""Probability that the second carrier, weighed on 10 February (L041), is ordered within a week (a judgement)."""

FORECAST = ("validation/forecast.py", "validation/forecast_questions.py")
"""The source that makes a forecast, apart from the model."""

STATE_FACTS = (
    "L040: the threat of 10 February stands: audience cost at least that of a threat made that day",
    "L042: one carrier in theatre, and none on its way yet",
    f"L041: in {SECOND_CARRIER:.0%} of worlds (a judgement) a second carrier is ordered on one of the next seven days",
)

Snapshot = dict[tuple[str, str], Array]
"""Every state variable of some worlds, by state and name; worlds along the last axis."""


def text(content: Mapping[str, Any]) -> str:
    """The forecast file."""
    return json_text(content)


def write(content: Mapping[str, Any], path: Path) -> Path:
    """Write the file, whole or not at all. Raises BrinkError if there is one already."""
    check_free(path)
    return write_text(path, text(content))


def check_free(path: Path) -> None:
    """Raise BrinkError if a forecast cannot be written there, or would take another's place."""
    if path.exists() and not is_taken(path):
        raise BrinkError(f"{path}: exists already, and a forecast is never overwritten; name another file")
    check_writable(path)


@dataclass(frozen=True)
class Present:
    """Worlds that agree with the reports up to 11 February, with their weights."""

    state: Snapshot
    weights: Array
    holds: dict[str, float]
    simulated: int
    day: int


def effective_size(weights: Array) -> float:
    """Kish's effective sample size; 0 if nothing weighs."""
    total = float(weights.sum())
    return total**2 / float(np.square(weights).sum()) if total else 0.0


def forecast(start: datetime.date = FROM, worlds: int = 8192, seed: int = 1, *, enough: float = ENOUGH,
             least: float = LEAST) -> dict[str, Any]:
    """Forecast a year from `start`: the content of the forecast file, as plain values.

    Raises BrinkError for a start other than 11 February 2026, or if too few worlds agree with the reports.
    """
    if start != FROM:
        raise BrinkError(f"from: {start} is not {FROM}, the day on which the documents end: from no other day is it known "
                         "what a forecast may use")
    check_whole(worlds=(worlds, 1, MOST_WORLDS), seed=(seed, 0, 2**63 - 1))
    chosen = scenario.load("baseline")
    present = agreeing(chosen, seed, enough)
    effective = effective_size(present.weights)
    if effective < least:
        raise BrinkError(f"only {effective:.0f} worlds' worth of {present.simulated:,} agree with the reports; "
                         f"{least:g} are needed")
    ancestors = resampled(present.weights, worlds, seed)
    return _content(chosen, present, ancestors, continued(chosen, present, ancestors, seed), seed)


def agreeing(chosen: Scenario, seed: int, enough: float = ENOUGH) -> Present:
    """Simulate to the end of 11 February, batch by batch, until the worlds that agree are worth `enough`."""
    day = (FROM - chosen.date).days
    states, weights, counts = [], np.empty(0), {condition.id: 0 for condition in CONDITIONS}
    for batch in range(MOST_BATCHES):
        with _begun(chosen, batch, seed) as (model, _):
            live(model, day + 1)
            holds, weight = agreement(model)
            kept = np.flatnonzero(weight)
            states.append(snapshot(model, kept))
            weights = np.concatenate([weights, weight[kept]])
            counts = {id: count + int(holds[id].sum()) for id, count in counts.items()}
        if effective_size(weights) >= enough:
            break
    simulated = BATCH * len(states)
    merged = {key: np.concatenate([state[key] for state in states], axis=-1) for key in states[0]}
    return Present(merged, weights, {id: count / simulated for id, count in counts.items()}, simulated, day)


def _begun(chosen: Scenario, batch: int, seed: int) -> AbstractContextManager[Any]:
    """A batch of worlds on day 0."""
    numbers = np.arange(batch * BATCH, (batch + 1) * BATCH)
    return begun(Crisis, chosen, numbers, RandomStreams(seed), log=False)


def snapshot(model: Any, worlds: Array) -> Snapshot:
    """Every state variable in these worlds."""
    return {(state.key, name): state.__dict__[name][..., worlds] for state in model.members
            for name in declared(type(state), Field)}


def resampled(weights: Array, worlds: int, seed: int) -> Array:
    """The index of the world from which each future starts, by systematic resampling with these weights, shape (worlds,)."""
    offset = np.random.default_rng([seed, 43]).random()
    shares = np.cumsum(weights) / weights.sum()
    return np.minimum(np.searchsorted(shares, (np.arange(worlds) + offset) / worlds), len(weights) - 1)


def continued(chosen: Scenario, present: Present, ancestors: Array, seed: int) -> Array:
    """Simulate a year more with fresh luck: the first day of each question, counted from 11 February, -1 never.

    Shape (questions, n).
    """
    n, horizon = len(ancestors), DEADLINES[-1]
    luck = RandomStreams(seed, f"from {FROM}")
    first = np.full((len(QUESTIONS), n), -1)
    with begun(Crisis, chosen, np.arange(n), luck, log=False) as (model, _):
        resume(model, present, ancestors)
        second = set_facts(model, seed)

        def order_carriers(model: Any) -> None:
            due = np.flatnonzero((second == model.day - present.day) & (model.us.under_way() < 2))
            if due.size:
                model.us.order_carrier(due)

        def note(model: Any) -> None:
            for row, question in zip(first, QUESTIONS, strict=True):
                row[(row < 0) & question.yet(model)] = model.day - present.day - 1

        live(model, horizon, [order_carriers], [note])
    return first


def resume(model: Any, present: Present, ancestors: Array) -> None:
    """Put the worlds of 11 February into a model; its clocks start anew, for their thresholds have no memory."""
    model.day = present.day + 1
    for (owner, name), values in present.state.items():
        model.__dict__[owner].__dict__[name][...] = values[..., ancestors]


def set_facts(model: Any, seed: int) -> Array:
    """Set what the last documents report, and count from here on; returns the day of a second order, 0 for none."""
    us = model.us
    us.audience = np.maximum(us.audience, us.ref.audience + us.audience_step)
    us.carriers, us.sailing = 1, 0
    us.ultimatums, model.talks.rounds, model.talks.breakdowns = 0, 0, 0
    luck = np.random.default_rng([seed, 41])
    ordered = luck.random(model.n) < SECOND_CARRIER
    return ordered * luck.integers(1, 8, model.n)


def _content(chosen: Scenario, present: Present, ancestors: Array, days: Array, seed: int) -> dict[str, Any]:
    from importlib.metadata import version

    return {
        "format": FORMAT, "kind": "brink forecast", "version": version("brink"), "numpy": np.__version__,
        "model": fingerprint(*FORECAST), "scenario": {"name": chosen.name, "hash": chosen.hash}, "seed": seed, "luck": CONTRACT,
        "from": FROM.isoformat(), "worlds": len(ancestors),
        "start": {
            "simulated": present.simulated, "agreeing": len(present.weights), "ancestors": int(np.unique(ancestors).size),
            "effective_sample_size": round(effective_size(present.weights), 1),
            "conditions": [{"id": c.id, "says": c.says, "evidence": list(c.evidence),
                            "share_of_worlds": round(present.holds[c.id], 4)} for c in CONDITIONS],
            "weights": f"normal likelihood of Brent at {BRENT:g} dollars, standard error {BRENT_ERROR:g}",
            "facts": list(STATE_FACTS),
        },
        "reading": "Probabilities are those of a model under its assumptions: an educational what-if. The error is the "
                   "Monte Carlo standard error, with worlds that share an ancestor counted together; parameters are at "
                   "their defaults, so what is uncertain about them comes on top.",
        "questions": [{"id": q.id, "says": q.says, "settled_by": q.settled, "deadlines": _deadlines(row, ancestors)}
                      for q, row in zip(QUESTIONS, days, strict=True)],
    }


def _deadlines(first: Array, ancestors: Array) -> list[dict[str, Any]]:
    """The probability by each deadline, with its error."""
    by_then = {days: (first > 0) & (first <= days) for days in DEADLINES}
    return [{"days": days, "by": (FROM + datetime.timedelta(days=days)).isoformat(),
             "probability": round(float(happened.mean()), 5), "error": round(clustered_error(happened, ancestors), 5)}
            for days, happened in by_then.items()]


def clustered_error(happened: Array, ancestors: Array) -> float:
    """Standard error of a share among worlds of which those with one ancestor are not independent; not zero where all or none
    have it.
    """
    excess = np.bincount(ancestors, happened - happened.mean())
    least = least_error(float(happened.mean()), np.unique(ancestors).size)
    return max(float(np.sqrt(np.square(excess).sum())) / happened.size, least)
