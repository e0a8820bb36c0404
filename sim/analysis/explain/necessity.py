"""Whether what happened needed a decision: without it on the same luck, and without it over many futures.

On the same luck the answer is one history. Over futures with fresh luck it is a probability: that of necessity, the chance
that an outcome which came after an event would not have come without it (Pearl 2000, chapter 9). Each future is simulated
twice on one luck, with the event and without, so that the share is counted directly; the excess risk ratio
1 - P(without) / P(with) bounds it from below (Tian and Pearl 2000).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sim.analysis.explain.replay import PREVENTED_FOR, Occurrence, again, prevent
from sim.engine import Array, WorldIndex
from sim.ensemble import workers
from sim.ensemble.estimates import least_error
from sim.ensemble.live import live
from sim.ensemble.results import Run
from sim.ensemble.tasks import ModelSpec, crisis
from sim.errors import BrinkError, check_whole

MOST_PREVENTED = 100
"""Decisions of a world that are prevented one by one: the last ones before the headline."""

MOST_FUTURES = 20_000


@dataclass(frozen=True)
class Necessity:
    """How far an outcome needed a decision.

    Parameters
    ----------
    futures : how many pairs of futures, from the day of the decision on
    given, without : share of futures with the outcome if the decision is taken, and if it is prevented
    given_se, without_se : their Monte Carlo standard errors
    needed, needed_se : of the futures with the outcome and the decision, those without it if the decision is prevented
    excess, excess_se : 1 - without / given, which bounds the probability of necessity from below if luck is not shared
    """

    occurrence: Occurrence
    outcome: str
    futures: int
    given: float
    given_se: float
    without: float
    without_se: float
    needed: float
    needed_se: float
    excess: float
    excess_se: float


def force(model: Any, occurrence: Occurrence, worlds: WorldIndex) -> None:
    """Make an action happen in these worlds, where it can, if this is its day; clocks stay as they are."""
    if model.day == occurrence[0]:
        i = model.event_names.index(occurrence[1])
        state, event = model.events[i]
        model.happen(i, worlds if event.when is None else worlds[np.asarray(event.when(state))[worlds]])


def necessity(run: Run, world: int, occurrence: Occurrence, outcome: str = "round_two", futures: int = 200,
              subject: ModelSpec | None = None) -> Necessity:
    """Whether an outcome of a world needed one decision, over futures with fresh luck from the morning of its day.

    Raises BrinkError if the outcome is no event with a day, or the number of futures is impossible.
    """
    if run.question(outcome).kind != "day":
        raise BrinkError(f"outcome: {outcome} is nothing that happens on a day; try round_two or deal")
    check_futures(futures)
    subject = subject or crisis()
    day, event = occurrence
    with again(run, world, 1, subject) as (model, _):
        live(model, day, each_day=workers.go_on)
        model.fork(0, futures, f"necessity of {event} on day {day}")
        model.select(np.tile(np.arange(futures), 2))
        model.pre_step.append(partial(force, occurrence=occurrence, worlds=np.arange(futures)))
        model.constraints.append(partial(prevent, occurrence=occurrence, worlds=np.arange(futures, 2 * futures)))
        live(model, run.days - day, each_day=workers.go_on)
        came = np.asarray(subject.columns(model)[outcome]) >= 0
    return estimated(occurrence, outcome, came[:futures], came[futures:])


def check_futures(futures: int) -> None:
    """Raise BrinkError for an impossible number of futures."""
    check_whole(futures=(futures, 2, MOST_FUTURES))


def estimated(occurrence: Occurrence, outcome: str, given: Array, without: Array) -> Necessity:
    """The estimates from pairs of futures: whether the outcome came with the decision and without, each shape (futures,)."""
    n, both = len(given), given.mean()
    ratio = float(without.mean() / both) if both else math.nan
    spread = (without - ratio * given).std(ddof=1) / (both * math.sqrt(n)) if both else math.nan
    return Necessity(occurrence, outcome, n, float(both), share_error(given), float(without.mean()), share_error(without),
                     float((~without[given]).mean()) if both else math.nan, share_error(~without[given]),
                     1 - ratio, float(spread))


def share_error(came: Array) -> float:
    """Monte Carlo standard error of a share; not zero where all or none came."""
    return least_error(float(came.mean()), came.size) if came.size else math.nan


@dataclass(frozen=True)
class TurningPoint:
    """A decision without which, on the same luck, the world would have come out otherwise.

    Parameters
    ----------
    instead : what happens without it, in words
    flips : whether the headline changes, rather than comes in another way; see `Verdict.flips`
    necessity : over futures with fresh luck, if that was estimated
    """

    occurrence: Occurrence
    instead: str
    flips: bool
    necessity: Necessity | None = None


HOW = f"on the same luck, this one decision prevented for {PREVENTED_FOR} days"
"""What "without it" means."""
