"""What each parameter does on its own, from any parameter sets that are spread over their priors and independent of each other.

The value in a set is written as a sum of smooth curves, one per parameter, over the places of its values in all sets: Legendre
polynomials up to the third degree, which can rise, bend and turn once more. Curves are fitted together for the parameters that
stand above the line of chance, and to what is left over for the others, so that hundreds of parameters that do nothing do not
blur the few that do. The variance of a curve, less what noise alone would give it, is the numerator of the parameter's
first-order index.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.sensitivity.chance import line_of_chance, unit
from sim.engine import Array

DEGREE = 3
RESAMPLES, SHUFFLES = 200, 200
ROOM = 4
"""Sets that there must be for each coefficient that is fitted."""


class Fit(NamedTuple):
    """Means, coefficients of every parameter's curve, and the variance of each curve less what noise gives it.

    Shapes (), (names, DEGREE) and (names,), with one more axis in front if there are several fits.
    """

    mean: Any
    coefficients: Array
    variances: Array

    def only(self, row: int) -> Fit:
        """One of several."""
        return Fit(float(self.mean[row]), self.coefficients[row], self.variances[row])


class MainEffects:
    """Curves of parameters.

    Parameters
    ----------
    places : (sets, names): from 0 to 1, of sets that are independent of each other
    y : (sets,): the value in each set
    """

    def __init__(self, places: Array, y: Array) -> None:
        self.y, self.count, self.names = np.asarray(y, np.float64), len(y), places.shape[1]
        self.waves = legendre(places)
        self.centre = self.waves.mean(axis=0)
        self.waves -= self.centre
        self.flat = self.waves.reshape(self.count, -1)

    @cached_property
    def line(self) -> float:
        """The line of chance: in 19 of 20 cases the strongest of parameters that do nothing explains a smaller share of the
        variance, from the values permuted over the sets.
        """
        return line_of_chance(unit(self.y), self._explained, SHUFFLES)

    def _explained(self, values: Array) -> Array:
        """Share of the variance of each row that each parameter's curve explains, taken alone: shape (rows, names)."""
        lengths = np.sqrt((self.flat ** 2).sum(axis=0))
        projected = values @ (self.flat / np.where(lengths > 0, lengths, 1))
        return (projected ** 2).reshape(len(values), self.names, DEGREE).sum(axis=2)

    @cached_property
    def chosen(self) -> Array:
        """Numbers of the parameters above the line, the strongest first: in the values, then in what those leave over."""
        most = max((self.count // ROOM - 1) // DEGREE, 1)
        found = self._above(self.y, np.empty(0, int))[:most]
        if not len(found):
            return found
        design = self._design(found)
        left_over = self.y - design @ np.linalg.lstsq(design, self.y, rcond=None)[0]
        return np.concatenate([found, self._above(left_over, found)])[:most]

    def _above(self, values: Array, but: Array) -> Array:
        explained = self._explained(unit(values)[None])[0]
        explained[but] = 0
        order = np.argsort(-explained, kind="stable")
        return order[explained[order] > self.line]

    def _design(self, chosen: Array) -> Array:
        return np.column_stack([np.ones(self.count), self.waves[:, chosen].reshape(self.count, -1)])

    @cached_property
    def gram(self) -> Array:
        """Products of each parameter's waves: shape (names, DEGREE, DEGREE)."""
        return np.einsum("sni,snj->nij", self.waves, self.waves, optimize=True) / self.count

    @cached_property
    def _inverses(self) -> Array:
        return np.linalg.pinv(self.gram, rcond=1e-9, hermitian=True)

    @cached_property
    def fit(self) -> Fit:
        """The curves."""
        return self.fitted(np.ones((1, self.count))).only(0)

    def fitted(self, weights: Array) -> Fit:
        """The curves under each row of weights, shape (rows, sets): how often a set is drawn."""
        fits = [self._fitted(row) for row in weights]
        means, own, left, noise, blur = (np.stack(column) for column in zip(*fits, strict=True))
        many = weights.sum(axis=1)
        product = ((weights * left) @ self.flat).reshape(len(weights), self.names, DEGREE) / many[:, None, None]
        coefficients = np.einsum("nij,rnj->rni", self._inverses, product)
        blurs = (noise / many)[:, None] * np.einsum("nij,nij->n", self._inverses, self.gram)
        coefficients[:, self.chosen], blurs[:, self.chosen] = own, blur
        variances = np.einsum("rni,nij,rnj->rn", coefficients, self.gram, coefficients, optimize=True)
        return Fit(means, coefficients, variances - blurs)

    def _fitted(self, weight: Array) -> tuple[Any, ...]:
        """Of those above the line, under these weights: mean, coefficients, what is left over, its variance, blur of each."""
        design = self._design(self.chosen)
        weighted = design * weight[:, None]
        inverse = np.linalg.pinv(design.T @ weighted, hermitian=True)
        fit = inverse @ (weighted.T @ self.y)
        left = self.y - design @ fit
        noise = float(weight @ left ** 2) / max(weight.sum() - len(fit), 1)
        blur = [noise * float((self.gram[number] * inverse[at:at + DEGREE, at:at + DEGREE]).sum())
                for number, at in zip(self.chosen, range(1, len(fit), DEGREE), strict=True)]
        return fit[0], fit[1:].reshape(-1, DEGREE), left, noise, np.array(blur)


def legendre(places: Array) -> Array:
    """Legendre polynomials of degrees 1 to 3, of mean 0 and variance 1 over [0, 1]: shape (sets, names, DEGREE), float64."""
    x = 2 * np.asarray(places, np.float64) - 1
    return np.stack([np.sqrt(3) * x, np.sqrt(5) * (1.5 * x * x - 0.5), np.sqrt(7) * (2.5 * x ** 3 - 1.5 * x)], axis=-1)


def resamples(blocks: Array, count: int = RESAMPLES, seed: int = 0) -> Array:
    """How often each set is drawn when blocks are drawn anew with replacement: shape (count, sets), float64."""
    _, number = np.unique(blocks, return_inverse=True)
    many = int(number.max()) + 1
    drawn = np.random.default_rng(seed).multinomial(many, np.full(many, 1 / many), size=count)
    return drawn[:, number].astype(np.float64)
