"""Rates in time: does an outcome come at a higher rate where something has happened before, compared on the same date?

Each world in which the outcome comes is compared with all worlds in which it could still have come on that day, so that what
the calendar brings to all cancels out. This is the partial likelihood of Cox (1972) with a covariate that changes in time; a
nested case-control study (Prentice and Breslow 1978) is the same with a sample of those worlds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.engine import Array
from sim.ensemble.estimates import Z90

STEPS = 30
"""Newton steps, of which five are usual."""


@dataclass(frozen=True)
class RateRatio:
    """What was found of one kind of event.

    Parameters
    ----------
    cases, others : share of worlds that had it before: where the outcome comes, and of the others (on the same dates)
    log_ratio, error : log of the ratio of the outcome's rates (or shares) with it and without it, and its standard error
    share, share_error : share of the outcome that would go with it, were all of the association its effect; negative where
        the outcome comes less often with it
    """

    cases: float
    others: float
    log_ratio: float
    error: float
    share: float
    share_error: float

    @property
    def ratio(self) -> float:
        """How many times the rate it is."""
        return math.exp(self.log_ratio)

    def interval(self) -> tuple[float, float]:
        """The 90 % interval of the ratio."""
        return math.exp(self.log_ratio - Z90 * self.error), math.exp(self.log_ratio + Z90 * self.error)

    @property
    def p(self) -> float:
        """Probability of so large a log ratio, either way, if there were no association."""
        return math.erfc(abs(self.log_ratio) / self.error / math.sqrt(2)) if self.error > 0 else 1.0


class RiskSets:
    """The days on which the outcome comes somewhere, and who was at risk on each.

    Parameters
    ----------
    days : (n,), int: day of the outcome in each world, -1 if it does not come
    clusters : (n,), int: worlds that may resemble each other, such as those of one parameter set
    """

    def __init__(self, days: Array, clusters: Array) -> None:
        self.came = days >= 0
        self.times, self.at, self.cases = np.unique(days[self.came], return_inverse=True, return_counts=True)
        self.at_risk = ~self.came[:, None] | (days[:, None] >= self.times)
        self.size, self.length = self.at_risk.sum(axis=0), self.at_risk.sum(axis=1)
        _, self.clusters = np.unique(clusters, return_inverse=True)

    def compare(self, exposed: Array) -> RateRatio | None:
        """Rates where something has happened before the day, `exposed`, shape (n, times), bool, compared with where it has not;
        None if no day has both kinds of worlds.
        """
        own = exposed[self.came, self.at]
        with_it = np.bincount(self.at, own, len(self.times))
        at_risk = exposed & self.at_risk
        all_with = np.count_nonzero(at_risk, axis=0)
        if not np.any((all_with > 0) & (all_with < self.size)):
            return None
        beta, information = self._fit(own.sum(), all_with)
        moved = self._influence(at_risk, own, all_with, beta) / information
        others = (all_with - with_it) / np.maximum(self.size - self.cases, 1)
        return _comparison(own, float(self.cases @ others) / len(own), beta, moved, self.came, self.clusters,
                           information ** -0.5)

    def _fit(self, with_it: float, all_with: Array) -> tuple[float, float]:
        """The log ratio and its information; drawn a little toward 0, so that it is finite (Greenland and Mansournia 2015)."""
        beta = 0.0
        for _ in range(STEPS):
            _, expected = self._at(beta, all_with)
            half = 1 / (1 + math.exp(-beta))
            information = float(self.cases @ (expected * (1 - expected))) + half * (1 - half)
            step = (with_it - float(self.cases @ expected) + 0.5 - half) / information
            beta += max(-1.0, min(1.0, step))
            if abs(step) < 1e-6:
                break
        return beta, information

    def _at(self, beta: float, all_with: Array) -> tuple[Array, Array]:
        """The sum of all worlds' rates on each day, in units of the rate without it, and the part of those with it."""
        with_it = all_with * math.exp(beta)
        total = self.size - all_with + with_it
        return total, with_it / total

    def _influence(self, at_risk_with: Array, own: Array, all_with: Array, beta: float) -> Array:
        """What each world adds to the score (Lin and Wei 1989): shape (n,)."""
        total, expected = self._at(beta, all_with)
        a_unit = self.cases / total
        with_it, without = a_unit * math.exp(beta) * (1 - expected), -a_unit * expected
        until = np.append(0, without.cumsum())[self.length]
        score = -until - np.einsum("ij,j->i", at_risk_with.astype(np.float32), np.float32(with_it - without))
        score[self.came] += own - expected[self.at]
        return score


def at_the_end(exposed: Array, happened: Array, clusters: Array) -> RateRatio | None:
    """How many times as often an outcome came true where something has happened; None if it did everywhere or nowhere.

    Parameters
    ----------
    exposed, happened : (n,), bool: whether it has happened, and whether the outcome came true
    clusters : (n,), int: worlds that may resemble each other
    """
    if exposed.all() or not exposed.any():
        return None
    groups, own = (exposed, ~exposed), exposed[happened]
    rates = [(np.count_nonzero(happened & group) + 0.5) / (np.count_nonzero(group) + 1) for group in groups]
    moved = sum(sign * group * (happened - rate) / (group.sum() * rate)
                for sign, group, rate in zip((1, -1), groups, rates, strict=True))
    log_ratio = math.log(rates[0] / rates[1])
    _, clusters = np.unique(clusters, return_inverse=True)
    return _comparison(own, float(exposed[~happened].mean()), log_ratio, moved, happened, clusters)


def _comparison(own: Array, others: float, log_ratio: float, moved: Array, came: Array, clusters: Array,
                least: float = 0.0) -> RateRatio:
    """Put together what was found; `moved`, shape (n,), is by how much each world moves the log ratio."""
    cases, goes = float(own.mean()), 1 - math.exp(-log_ratio)
    share_moved = cases * math.exp(-log_ratio) * moved
    share_moved[came] += goes * (own - cases) / len(own)
    return RateRatio(cases, others, log_ratio, max(_error(moved, clusters), least), cases * goes,
                     _error(share_moved, clusters))


def _error(moved: Array, clusters: Array) -> float:
    """Standard error of a sum, from what each cluster of worlds moves it."""
    sums = np.bincount(clusters, moved)
    return math.sqrt(len(sums) / max(len(sums) - 1, 1) * float(sums @ sums))
