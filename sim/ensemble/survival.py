"""Time to the first strike: how likely it is on a day if it has not come yet, and by whom it then comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from sim.engine import Array
from sim.ensemble.estimates import Z90

WEEK = 7


def hazard(days: Array, labels: Array, horizon: int, window: int = WEEK) -> dict[str, Array]:
    """Discrete hazard of an event a day, smoothed over a window, with the hazards of competing labels that add up to it.

    Parameters
    ----------
    days : (n,) day of the event in each world, -1 if it did not come
    labels : (n,) whose event it was
    horizon : days of the run
    window : days over which events and worlds at risk are summed, centred

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

    low, high = wilson(smooth(days), exposed)
    parts = {label: smooth(own) for label, own in _days_of(days, labels)}
    return {"day": np.arange(horizon), "at_risk": at_risk, "hazard": smooth(days), "low": low, "high": high, **parts}


def curve(days: Array, labels: Array, horizon: int) -> dict[str, Array]:
    """The share of worlds in which an event has come before each day, and of which label it was.

    Parameters
    ----------
    days : (n,) day of the event in each world, -1 if it did not come
    labels : (n,) whose event it was
    horizon : days of the run

    Returns
    -------
    "day" (horizon + 1,), "share", its 90 % Monte Carlo band "low" and "high" (Wilson), and one column a label that adds up
    to the share.
    """
    share = _so_far(days, horizon) / len(days)
    low, high = wilson(share, len(days))
    parts = {label: _so_far(own, horizon) / len(days) for label, own in _days_of(days, labels)}
    return {"day": np.arange(horizon + 1), "share": share, "low": low, "high": high, **parts}


def wilson(share: Array, worlds: int | Array) -> tuple[Array, Array]:
    """Wilson's 90 % interval for a share, which stays within 0 and 1."""
    centre = (share + Z90**2 / (2 * worlds)) / (1 + Z90**2 / worlds)
    half = Z90 * np.sqrt(share * (1 - share) / worlds + (Z90 / (2 * worlds)) ** 2) / (1 + Z90**2 / worlds)
    return centre - half, centre + half


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
    """Sums over a window about each day, of a run that may be shorter than the window."""
    found: Array = np.convolve(daily, np.ones(window))[(window - 1) // 2:][:len(daily)]
    return found
