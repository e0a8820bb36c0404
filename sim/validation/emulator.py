"""A response surface in place of the model: from a few thousand simulated parameter sets to any number of them.

Inputs are normal scores: 0 is a prior's median, ±1.28 the ends of its 80 % interval, so that under the priors they are
independent standard normal. The surface is of second order in Hermite polynomials, fitted on the target's own scale with
a normal prior on its coefficients (a Bayes linear emulator: Craig et al. 1997, Vernon et al. 2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from sim.engine import Array
from sim.ensemble.design import Design, hypercube, quantiles
from sim.model.registry import catalogue
from sim.validation.calibration_targets import CalibrationTarget, Estimates

FLAT, LINEAR, CURVED = 10.0, 1.0, 0.15
"""Prior standard deviations of the constant, of slopes, and of squares and products."""

ROUNDS = 8
"""Of reweighting, after which a logistic fit has settled."""


def priors(names: tuple[str, ...], scores: Array, each: int) -> Design:
    """The design with parameters at these normal scores of their priors, shape (sets, names)."""
    return Design(names, quantiles([catalogue()[name].declaration for name in names], stats.norm.cdf(scores)), each)


def score(name: str, value: float) -> float:
    """The normal score of a value in its parameter's prior."""
    return float(stats.norm.ppf(catalogue()[name].declaration.prior.distribution.cdf(value)))


def drawn(count: int, names: int, seed: int) -> Array:
    """Normal scores as a scrambled Latin hypercube: shape (count, names)."""
    return stats.norm.ppf(hypercube(count, names, seed))


def basis(scores: Array, curved: bool = True) -> Array:
    """Constant, scores, and if `curved` their squares and products, all orthonormal under the priors: shape (sets, terms)."""
    constant = np.ones((len(scores), 1))
    if not curved:
        return np.hstack([constant, scores])
    one, other = np.triu_indices(scores.shape[1], 1)
    return np.hstack([constant, scores, (np.square(scores) - 1) / np.sqrt(2), scores[:, one] * scores[:, other]])


@dataclass(frozen=True)
class Emulator:
    """A fitted surface.

    Parameters
    ----------
    curved : whether it has squares and products
    mean, covariance : of the coefficients
    rough : variance of the model about the surface, beyond luck
    """

    curved: bool
    mean: Array
    covariance: Array
    rough: float

    def at(self, scores: Array) -> tuple[Array, Array]:
        """The target on its own scale at these scores, and the variance with which it is known."""
        terms = basis(scores, self.curved)
        return terms @ self.mean, self.rough + np.sum((terms @ self.covariance) * terms, axis=1)


def fit(target: CalibrationTarget, scores: Array, seen: Estimates, curved: bool = True) -> Emulator:
    """Fit a surface to the estimates of a target for the sets at these scores."""
    some = seen.weight > 0
    terms = basis(scores[some], curved)
    count = scores.shape[1]
    spread = np.r_[FLAT, np.full(count, LINEAR), np.full(terms.shape[1] - 1 - count, CURVED)]
    value, weight = seen.value[some], seen.weight[some].astype(float)
    if target.kind == "median":
        response, precision = target.link(value), seen.precision[some]
        mean, covariance = _solve(terms, response, precision, spread)
    else:
        mean = np.zeros(terms.shape[1])
        mean[0] = target.link((weight @ value + 0.5) / (weight.sum() + 1))
        for _ in range(ROUNDS):
            fitted = np.clip(target.unlink(terms @ mean), 1e-5, 1 - 1e-5)
            precision = weight * fitted * (1 - fitted)
            response = target.link(fitted) + weight * (value - fitted) / precision
            mean, covariance = _solve(terms, response, precision, spread)
    return Emulator(curved, mean, covariance, _roughness(terms, response, precision, mean, covariance))


def _solve(terms: Array, response: Array, precision: Array, spread: Array) -> tuple[Array, Array]:
    """Weighted least squares with a normal prior of mean 0 on the coefficients: their mean and covariance."""
    covariance = np.linalg.inv((terms.T * precision) @ terms + np.diag(spread**-2))
    return covariance @ (terms.T @ (precision * response)), covariance


def _roughness(terms: Array, response: Array, precision: Array, mean: Array, covariance: Array) -> float:
    """Variance about the surface that luck does not explain, by moments."""
    used = float(np.sum((terms @ covariance) * terms * precision[:, None]))
    excess = float(np.sum(precision * np.square(response - terms @ mean))) / max(len(terms) - used, 1) - 1
    return max(excess, 0.0) / float(precision.mean())
