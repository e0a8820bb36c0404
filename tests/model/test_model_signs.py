"""Pushing an arrow moves what it points at the way that the literature says, world by world on the same luck."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from crisis_helpers import crisis, happened, live

from sim.model.registry import catalogue, fields
from sim.scenario.scenario import load

pytestmark = pytest.mark.slow

N, DAYS = 2048, 240

CHANGES: dict[str, dict[str, float]] = {
    "as it is": {},
    "no claim": {"us.obliterated_claim": 0},
    "more resemblance": {"israel.resemblance": 1.3, "iran.resemblance": 1.3},
    "channel kept": load("reassurance_kept").parameters,
    "channel lost": {**load("reassurance_lost").parameters, **load("reassurance_lost").start},
    "half the interceptors": load("interceptors_halved").parameters,
    "two carriers": {"us.carriers": 2},
    "no solidarity": {"houthis.solidarity": 0},
    "lower trigger": {"israel.missile_trigger": 0.62},
    "quicker stops": {"war.stop_rate": 0.7, "war.end_rate": 0.1},
    "better fallback": {"talks.us_fallback": 0.35, "talks.iran_fallback": 0.2},
}
"""Parameters and starting values of each group of worlds; all have the same luck numbers."""


def spread(key: str, usual: float) -> np.ndarray:
    """The values of a parameter or starting value over all groups' worlds."""
    return np.repeat(np.array([float(change.get(key, usual)) for change in CHANGES.values()], np.float32), N)


@pytest.fixture(scope="module")
def groups() -> dict[str, Any]:
    """For each group, what is measured in each of its 2,048 worlds after 240 days."""
    keys = {key for change in CHANGES.values() for key in change}
    values = {key: spread(key, catalogue()[key].declaration.default) for key in keys if key in catalogue()}
    start = {key: spread(key, fields()[key].declaration.start) for key in keys if key in fields()}
    model = crisis(values=values, start=start, numbers=np.tile(np.arange(N), len(CHANGES)))
    verdict_days = np.zeros(model.n)
    for _ in range(DAYS):
        live(model, 1)
        verdict_days += model.us.verdict
    counts = dict(zip(model.event_names, happened(model), strict=True))
    measured = {
        "US verdict days": verdict_days, "false alarms": model.war.first_false, "wars": model.war.wars,
        "impacts": model.war.impacts_total, "launches": model.war.launched_total,
        "US strikes decided": counts["us.strike_nuclear_sites"] + counts["us.intervene"] + counts["us.carry_out_ultimatum"],
        "Houthi fights": counts["houthis.act_alone"] + counts["houthis.join_iran"], "deals": model.talks.deal_day >= 0,
        "lone preparations": counts["israel.prepare_alone"], "war days": model.war.war_days, "gap": model.israel.gap_days,
        "early rounds": (model.talks.first_round >= 0) & (model.talks.first_round < 45),
    }
    model.release()
    return {name: {key: np.asarray(held[at * N:(at + 1) * N], float) for key, held in measured.items()}
            for at, name in enumerate(CHANGES)}


def rises(groups: dict[str, Any], what: str, change: str, base: str = "as it is") -> bool:
    """Whether the paired mean difference is above zero by more than twice its standard error."""
    difference = groups[change][what] - groups[base][what]
    return bool(difference.mean() > 2 * difference.std() / N**0.5)


@pytest.mark.parametrize(("change", "what"), [
    ("no claim", "US verdict days"), ("more resemblance", "false alarms"), ("channel lost", "false alarms"),
    ("half the interceptors", "impacts"),
    ("half the interceptors", "false alarms"), ("two carriers", "US strikes decided"), ("two carriers", "early rounds"),
    ("lower trigger", "lone preparations"), ("lower trigger", "gap"),
])
def test_pushing_it_raises(groups, change, what):
    assert rises(groups, what, change)


@pytest.mark.parametrize(("change", "what"), [
    ("channel kept", "false alarms"), ("no solidarity", "Houthi fights"), ("quicker stops", "war days"),
    ("better fallback", "deals"), ("half the interceptors", "lone preparations"),
])
def test_pushing_it_lowers(groups, change, what):
    assert rises(groups, what, "as it is", base=change)


def test_reassurance_cuts_wars_by_false_alarm_several_fold(groups):
    """A channel that is kept against one that is lost: at most a third as many in 2,048 worlds."""
    kept, lost = (groups[name]["false alarms"].mean() for name in ("channel kept", "channel lost"))
    assert lost > 0.02 and kept < lost / 3


def test_fewer_interceptors_mean_more_impacts_for_each_missile(groups):
    """However many wars there are: impacts a launch rise, by more than two standard errors of the paired ratio."""
    usual, half = groups["as it is"], groups["half the interceptors"]
    ratio = usual["impacts"].sum() / usual["launches"].sum()
    excess = (half["impacts"] - ratio * half["launches"]) - (usual["impacts"] - ratio * usual["launches"])
    assert excess.mean() > 2 * excess.std() / N**0.5


def test_washington_seldom_sees_what_is_not_there():
    """Where Iran does no nuclear work at all, US verdicts hold on 5 % of the days of a year at most, in 1,024 worlds."""
    model, days = crisis(1024, values={"iran.stage_rate": 0, "iran.dash_rate": 0}), 0.0
    model.iran.stage[:] = 0
    for _ in range(365):
        live(model, 1)
        days += model.us.verdict.mean()
    assert (model.iran.stage == 0).all()
    assert days / 365 <= 0.05
