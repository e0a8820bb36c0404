"""What separates the worlds in which an outcome comes from those in which it does not, without taking consequences for causes.

For an outcome with a day, worlds are compared in time (`cox`), so that only what happened before counts. But a strike is
decided days before it comes, and what follows the decision announces the strike and does not bring it about. So where the log
names the event that led to the outcome, worlds are compared on the day of that event, which is reported as the last step.
An outcome without a day is compared at the horizon, where what goes with it may well have come after it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.pathways.cox import RateRatio, RiskSets, at_the_end
from sim.analysis.pathways.event_log import EventLog
from sim.engine import Array
from sim.ensemble.estimates import FEWEST_SETS, estimate
from sim.ensemble.files import plain
from sim.ensemble.results import OutcomeInfo, Run
from sim.errors import BrinkError, check_whole

BEFORE = 30
"""Days before the outcome within which an event counts."""
MARK = 0.95
"""An event that falls on the very day in so large a share of cases is the outcome itself."""
ENOUGH = 20
"""Worlds with the outcome, and worlds without it, that are needed; likewise with an event and without it; and parameter sets
to say anything of parameters."""
FALSE_FINDS = 0.05
"""Expected share of chance finds among those called clear (Benjamini and Hochberg 1995)."""
TOGETHER = 0.5
"""Rank correlation over sets from which one parameter may stand for another."""
STEPS = ["event", "count", "share", "se"]
"""Columns of the table of last steps."""


@dataclass(frozen=True)
class Separation:
    """What was found.

    Parameters
    ----------
    question : the outcome
    above : for an outcome that is a number, its median, above which it counts as come true; else NaN
    before : days within which an event counts; None where worlds are compared at the horizon
    cases, worlds : worlds in which the outcome came true, and all that were compared
    lead : mean days from the last step to the outcome; NaN where the log names none
    events : one row per kind of event that could be compared, those that go with most of the outcome first: event, cases and
        others (share of worlds that had it before), ratio of the outcome's rates with it and without it, its 90 % interval
        low to high, share of the outcome that goes with it and its se, p, clear (whether chance finds are few among such)
    last_steps : one row per kind of event that the log names as what led to the outcome: event, count, share, se
    parameters : one row per parameter that varies: parameter, difference of its mean place in its prior between the worlds
        with the outcome and those without, in points of a hundred, with its se, p, clear, and moves_with, the parameters that
        rise or fall with it from set to set, for which it may stand; empty if parameters are fixed, or their sets too few
    sets : how many parameter sets there are
    """

    question: OutcomeInfo
    above: float
    before: int | None
    cases: int
    worlds: int
    lead: float
    events: pd.DataFrame
    last_steps: pd.DataFrame
    parameters: pd.DataFrame
    sets: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with None for what there is not."""
        tables = {name: getattr(self, name).to_dict("records") for name in ("events", "last_steps", "parameters")}
        numbers = plain({name: getattr(self, name) for name in ("above", "before", "cases", "worlds", "lead", "sets")})
        return {"outcome": self.question.id, "says": self.question.says, **numbers, **tables}


def why(run: Run, outcome: str, before: int | None = None) -> Separation:
    """What separates the worlds where an outcome came true from those where it did not.

    Parameters
    ----------
    outcome : id of an outcome; if it is a number, it comes true where it lies above its median
    before : days within which an event counts, for an outcome with a day; by default 30, or all of a shorter run

    Raises BrinkError if there is no such outcome, if it is a label, or if too few worlds have it or do not have it.
    """
    question, history = run.question(outcome), EventLog.of(run)
    if question.kind == "code":
        raise BrinkError(f"{outcome} is a label, by which worlds are not parted in two; see the outcomes that brink run shows")
    before = min(BEFORE, run.days) if before is None else before
    check_whole(before=(before, 1, run.days))
    counts, kept = run.counts(question), slice(history.worlds)
    above = float(np.median(run.column(outcome)[counts])) if question.kind == "mean" and counts.any() else np.nan
    came = run.column(outcome) > above if question.kind == "mean" else run.happened(outcome)
    _enough(run, outcome, came[kept][counts[kept]])
    clusters = run.set_of_world[kept] if run.sets > 1 else np.arange(history.worlds)
    chosen = np.flatnonzero(counts[kept])
    if question.kind == "day":
        found, steps, lead = in_time(history, run.column(outcome)[kept], clusters, before)
    else:
        found, steps, lead = at_horizon(history, chosen, came[kept], clusters), pd.DataFrame(columns=STEPS), np.nan
    return Separation(question, above, before if question.kind == "day" else None, int(came[kept][chosen].sum()), len(chosen),
                      lead, tabled(found), steps, parameters_apart(run, came, counts), run.sets)


def _enough(run: Run, outcome: str, came: Array) -> None:
    if 1 < run.sets < FEWEST_SETS:
        raise BrinkError(f"{outcome}: the run has {run.sets} parameter sets, too few to tell; run it with --sets {ENOUGH} or "
                         "more, or with fixed parameters")
    with_it = np.count_nonzero(came)
    if min(with_it, len(came) - with_it) < ENOUGH:
        raise BrinkError(f"{outcome} came true in {with_it:,} of {len(came):,} worlds that tell; at least {ENOUGH} must have "
                         "it and as many not: run more worlds, or more days")


# events

def in_time(history: EventLog, days: Array, clusters: Array, before: int) -> tuple[dict[str, RateRatio], pd.DataFrame, float]:
    """Every kind of event compared in time; the last steps; and their mean lead in days.

    Parameters
    ----------
    days : (worlds,), int: day of the outcome, -1 if it did not come
    clusters : (worlds,), int: worlds that may resemble each other
    """
    steps = last_steps(history, days)
    decided = days.astype(np.int64)
    decided[history.world[steps]] = history.day[steps]
    sets = RiskSets(decided, clusters)
    found = {name: compared for name, exposed in exposures(history, sets.times, before)
             if (compared := sets.compare(exposed)) is not None}
    lead = float(np.mean((days - decided)[history.world[steps]])) if steps.size else np.nan
    return found, _steps(history, steps, days, clusters), lead


def at_horizon(history: EventLog, chosen: Array, came: Array, clusters: Array) -> dict[str, RateRatio]:
    """Every kind of event compared at the end, by whether it ever happened: in the worlds `chosen`, (m,), int, with the
    outcome where `came`, (worlds,), bool, is true.
    """
    found = {name: at_the_end((history.count(name) > 0)[chosen], came[chosen], clusters[chosen]) for name in history.names}
    return {name: compared for name, compared in found.items() if compared is not None}


def exposures(history: EventLog, times: Array, before: int) -> Iterator[tuple[str, Array]]:
    """Each kind of event with where it happened in the days before each of these: shape (worlds, times), bool.

    Kinds that hardly ever happen, or hardly ever do not, are left out.
    """
    columns = len(times) + 1
    for name in history.names:
        rows = history.entries(name)
        change = np.zeros(history.worlds * columns, np.int16)
        for days, step in ((history.day[rows], 1), (history.day[rows] + before, -1)):
            at = history.world[rows] * columns + np.searchsorted(times, days, "right")
            np.add.at(change, at, np.int16(step))
        exposed = change.reshape(-1, columns).cumsum(axis=1, dtype=np.int16)[:, :-1] > 0
        if min(np.count_nonzero(exposed.any(axis=1)), np.count_nonzero(~exposed.all(axis=1))) >= ENOUGH:
            yield name, exposed


def last_steps(history: EventLog, days: Array) -> Array:
    """The entry that led to the outcome in each world in which it came and the log names one: shape (m,).

    The outcome itself is what falls on its day in nearly all cases; what led to it is where the log's chain of causes begins.
    """
    worlds = np.flatnonzero(days >= 0)
    on_the_day = np.flatnonzero(history.day == days[history.world])
    kinds = np.bincount(history.event[on_the_day], minlength=len(history.names))
    marks = np.flatnonzero(kinds >= MARK * len(worlds))
    itself = on_the_day[np.isin(history.event[on_the_day], marks)]
    first = history.origin(itself)
    led = np.flatnonzero(first != itself)
    earliest = led[np.lexsort((history.day[first[led]], history.world[itself[led]]))]
    _, one_each = np.unique(history.world[itself[earliest]], return_index=True)
    return first[earliest[one_each]]


def _steps(history: EventLog, steps: Array, days: Array, clusters: Array) -> pd.DataFrame:
    """The last steps by kind, the commonest first, as shares of the worlds in which the outcome came."""
    _, sets = np.unique(clusters, return_inverse=True)
    rows = []
    for kind in np.unique(history.event[steps]):
        taken = np.isin(np.arange(history.worlds), history.world[steps[history.event[steps] == kind]])
        share = estimate(taken, days >= 0, sets)
        rows.append((history.names[kind], int(taken.sum()), share.value, share.error))
    return pd.DataFrame(rows, columns=STEPS).sort_values("count", ascending=False, kind="stable", ignore_index=True)


def tabled(found: Mapping[str, RateRatio]) -> pd.DataFrame:
    """One row per kind of event, those that go with most of the outcome first."""
    rows = [(name, one.cases, one.others, one.ratio, *one.interval(), one.share, one.share_error, one.p)
            for name, one in found.items()]
    table = pd.DataFrame(rows, columns=["event", "cases", "others", "ratio", "low", "high", "share", "se", "p"])
    table["clear"] = clear(table["p"].to_numpy(float))
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def clear(p: Array) -> Array:
    """Which of these stand out, of all that were looked at: shape (n,), bool."""
    in_order = np.sort(p)
    within = np.flatnonzero(in_order <= FALSE_FINDS * np.arange(1, len(p) + 1) / max(len(p), 1))
    return p <= (in_order[within[-1]] if within.size else -1)


# parameters

def parameters_apart(run: Run, came: Array, counts: Array) -> pd.DataFrame:
    """By how much each varying parameter's mean place in its prior differs between worlds with the outcome and without.

    A place is the share of sets with a lower value. Sets are what varies, so errors are taken over sets.
    """
    columns = ["parameter", "difference", "se", "p", "clear", "moves_with"]
    if run.uncertainty != "priors" or run.sets < ENOUGH:
        return pd.DataFrame(columns=columns)
    from scipy.special import erfc

    values = run.parameters.drop(columns="set")
    places = 100 * (values.to_numpy().argsort(axis=0).argsort(axis=0) + 0.5) / len(values)
    sets = run.set_of_world
    with_it, without = (np.bincount(sets[counts & here], minlength=run.sets).astype(float) for here in (came, ~came))
    weights = np.stack([with_it / with_it.sum(), without / without.sum()])
    means = weights @ places
    moved = weights[0][:, None] * (places - means[0]) - weights[1][:, None] * (places - means[1])
    difference, error = means[0] - means[1], np.sqrt(run.sets / max(run.sets - 1, 1) * (moved ** 2).sum(axis=0))
    p = erfc(np.abs(difference) / np.maximum(error, 1e-12) / math.sqrt(2))
    table = pd.DataFrame({"parameter": values.columns, "difference": difference, "se": error, "p": p, "clear": clear(p),
                          "moves_with": _together(places, list(values.columns))})
    return table.iloc[np.argsort(-np.abs(difference), kind="stable")].reset_index(drop=True)


def _together(places: Array, names: list[str]) -> list[str]:
    """For each parameter those that rise or fall with it from set to set: a design of few sets cannot separate them all."""
    centred = places - places.mean(axis=0)
    scaled = centred / np.maximum(np.sqrt((centred ** 2).sum(axis=0)), 1e-12)
    near = np.abs(scaled.T @ scaled) >= TOGETHER
    np.fill_diagonal(near, False)
    return [" ".join(names[i] for i in np.flatnonzero(row)) for row in near]
