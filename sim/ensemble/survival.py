"""Time to the first strike: how likely it is on a day if it has not come yet, and by whom it then comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from sim.engine import Array
from sim.ensemble.estimates import Z90

WEEK = 7

SETS_AT_ONCE = 256
"""Parameter sets of which the days are counted at once."""


def hazard(days: Array, labels: Array, horizon: int, window: int = WEEK, sets: Array | None = None) -> dict[str, Array]:
    """Discrete hazard of an event a day, smoothed over a window, with the hazards of competing labels that add up to it.

    Parameters
    ----------
    days : (n,) day of the event in each world, -1 if it did not come
    labels : (n,) whose event it was
    horizon : days of the run
    window : days over which events and worlds at risk are summed, centred
    sets : (n,) parameter set of each world, from 0, if there are several: worlds of one go together

    Returns
    -------
    "day" (horizon,), "at_risk" (worlds without the event so far), "hazard" and its 90 % band "low" and "high" (Wilson), and one
    column a label; NaN where no world is at risk.
    """
    events = _counts(days, horizon)
    at_risk = len(days) - np.concatenate([[0], events.cumsum()[:-1]])
    exposed = _summed(at_risk, window)
    exposed = np.where(exposed > 0, exposed, np.nan)

    def smooth(came: Array) -> Array:
        share: Array = _summed(_counts(came, horizon), window) / exposed
        return share

    def within(daily: Array, sizes: Array) -> tuple[Array, Array]:
        gone = daily.cumsum(axis=1) - daily
        return _summed(daily, window), _summed(sizes[:, None] - gone, window)

    rate = smooth(days)
    low, high = wilson(rate, _independent(days, sets, horizon, rate, exposed, within))
    parts = {label: smooth(own) for label, own in _days_of(days, labels)}
    return {"day": np.arange(horizon), "at_risk": at_risk, "hazard": rate, "low": low, "high": high, **parts}


def curve(days: Array, labels: Array, horizon: int, sets: Array | None = None) -> dict[str, Array]:
    """The share of worlds in which an event has come before each day, and of which label it was.

    Parameters
    ----------
    days : (n,) day of the event in each world, -1 if it did not come
    labels : (n,) whose event it was
    horizon : days of the run
    sets : (n,) parameter set of each world, from 0, if there are several: worlds of one go together

    Returns
    -------
    "day" (horizon + 1,), "share", its 90 % Monte Carlo band "low" and "high" (Wilson), and one column a label that adds up
    to the share.
    """
    share = _so_far(days, horizon) / len(days)

    def within(daily: Array, sizes: Array) -> tuple[Array, Array]:
        return np.pad(daily.cumsum(axis=1), ((0, 0), (1, 0))), sizes[:, None]

    low, high = wilson(share, _independent(days, sets, horizon, share, np.full(len(share), float(len(days))), within))
    parts = {label: _so_far(own, horizon) / len(days) for label, own in _days_of(days, labels)}
    return {"day": np.arange(horizon + 1), "share": share, "low": low, "high": high, **parts}


def wilson(share: Array, worlds: int | Array) -> tuple[Array, Array]:
    """Wilson's 90 % interval for a share, which stays within 0 and 1."""
    centre = (share + Z90**2 / (2 * worlds)) / (1 + Z90**2 / worlds)
    half = Z90 * np.sqrt(share * (1 - share) / worlds + (Z90 / (2 * worlds)) ** 2) / (1 + Z90**2 / worlds)
    return centre - half, centre + half


def _independent(days: Array, sets: Array | None, horizon: int, share: Array, worlds: Array,
                 within: Callable[[Array, Array], tuple[Array, Array]]) -> Array:
    """How many independent worlds would tell a share as surely as these, of which those of one parameter set go together.

    Parameters
    ----------
    share, worlds : (t,), the share over time, and of how many worlds
    within : of the events a day in each of some sets, (sets, horizon), and the sizes of these, (sets,), makes those that
        came and the worlds of which they are a share, each (sets, t) or (sets, 1)
    """
    if sets is None or not sets.any():
        return worlds
    order, count = np.argsort(sets, kind="stable"), int(sets.max()) + 1
    days, sets, apart = days[order], sets[order], np.zeros(len(share))
    for first in range(0, count, SETS_AT_ONCE):
        low, high = np.searchsorted(sets, (first, first + SETS_AT_ONCE))
        own, many = sets[low:high] - first, min(SETS_AT_ONCE, count - first)
        came = days[low:high] >= 0
        daily = np.bincount(own[came] * horizon + days[low:high][came], minlength=many * horizon).reshape(many, horizon)
        events, exposed = within(daily, np.bincount(own, minlength=many))
        apart += ((events - share * exposed) ** 2).sum(axis=0)
    variance = count / (count - 1) * apart / worlds**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((share > 0) & (share < 1), np.fmin(share * (1 - share) / variance, worlds), worlds)


def _so_far(days: Array, horizon: int) -> Array:
    """How many of these days lie before each day from 0 to the horizon; -1 is never."""
    return np.concatenate([[0], _counts(days, horizon).cumsum()])


def _days_of(days: Array, labels: Array) -> Iterator[tuple[str, Array]]:
    """The days of each label whose event came in any world."""
    return ((str(label), days[labels == label]) for label in dict.fromkeys(labels[days >= 0].tolist()))


def by_label(table: Mapping[str, Array]) -> list[str]:
    """The labels among the columns of such a table."""
    return [name for name in table if name not in ("day", "at_risk", "hazard", "share", "low", "high")]


def _counts(days: Array, horizon: int) -> Array:
    return np.bincount(days[days >= 0], minlength=horizon)[:horizon]


def _summed(daily: Array, window: int) -> Array:
    """Sums over a window about each day, the last axis, of a run that may be shorter than the window."""
    so_far = np.pad(daily.cumsum(axis=-1), [(0, 0)] * (daily.ndim - 1) + [(1, 0)])
    day, last = np.arange(daily.shape[-1]), daily.shape[-1]
    found: Array = so_far[..., np.minimum(day + (window - 1) // 2 + 1, last)] - so_far[..., np.maximum(day - window // 2, 0)]
    return found
