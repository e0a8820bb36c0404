"""What each parameter does on its own, from any parameter sets that are spread over their priors and independent of each other.

The value in a set is written as a sum of smooth curves, one per parameter, over the places of its values in all sets: Legendre
polynomials up to the third degree, which can rise, bend and turn once more. Curves are fitted together for the parameters that
stand above the line of chance, and to what is left over for the others, so that hundreds of parameters that do nothing do not
blur the few that do. The variance of a curve, less what noise and luck alone would give it, is the numerator of the
parameter's first-order index.

Luck that all sets share can bend with a parameter, in all sets alike, so that it looks like something the parameter does. How
much there is of it is known from the luck of the means: it is in the line of chance and in every error, and is taken out of
variances.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.sensitivity.chance import line_of_chance, unit
from sim.analysis.sensitivity.resample import luck_draws, own_luck, shared
from sim.engine import Array

DEGREE = 3
SHUFFLES = 200
ROOM = 4
"""Sets that there must be for each coefficient that is fitted."""


class Fit(NamedTuple):
    """Means, coefficients of every parameter's curve, and the variance of each curve less what noise and luck give it.

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
    luck : (sets, folds): rows of which the products are the covariances of the values by luck; None if it is not known
    """

    def __init__(self, places: Array, y: Array, luck: Array | None = None) -> None:
        self.y, self.count, self.names = np.asarray(y, np.float64), len(y), places.shape[1]
        self.luck = np.zeros((self.count, 1)) if luck is None or np.isnan(luck).any() else luck
        self.waves = legendre(places)
        self.centre = self.waves.mean(axis=0)
        self.waves -= self.centre
        self.flat = self.waves.reshape(self.count, -1)
        self.range = np.stack([places.min(axis=0), places.max(axis=0)])

    def at(self, places: Array) -> Array:
        """The waves of every parameter at these places, (n,), or at the nearest that occur: shape (n, names, DEGREE)."""
        return legendre(np.clip(places[:, None], *self.range)) - self.centre

    @cached_property
    def own(self) -> float:
        """The mean squared error of a value by luck that is its set's own."""
        return float(own_luck(self.luck).mean())

    # which of them stand above chance

    @cached_property
    def basis(self) -> Array:
        """The waves of each parameter made independent, of length 1, or 0 where it has too few values: (sets, all waves)."""
        sizes, turns = np.linalg.eigh(self.gram)
        sizes = np.where(sizes > 1e-9, sizes, np.inf)
        return (self.waves.transpose(1, 0, 2) @ (turns / np.sqrt(self.count * sizes)[:, None])).transpose(1, 0, 2).reshape(
            self.count, -1)

    def _strength(self, projected: Array) -> Array:
        """The share of the variance of each row that a parameter explains: from projections to shape (rows, names)."""
        return (projected ** 2).reshape(-1, self.names, DEGREE).sum(axis=2)

    @cached_property
    def line(self) -> float:
        """The line of chance: in 19 of 20 cases the strongest of parameters that do nothing explains a smaller share of the
        variance, from the values permuted over the sets. With parameters along which luck bends it lies higher.
        """
        return self._lines(self.y)[1]

    def _lines(self, values: Array) -> tuple[Array, float]:
        """The line of each parameter, (names,), and that of those along which luck does not bend."""
        projected = self.basis.T @ self.luck
        length = float(np.linalg.norm(values - values.mean()))
        bends = shared(projected, self.basis.T ** 2 @ own_luck(self.luck)) / (length if length > 1e-12 else np.inf)
        still = self._strength((self.basis ** 2).sum(axis=0) ** 0.5)[0] / (self.count - 1)
        usual = still + (bends ** 2).sum(axis=1).reshape(self.names, DEGREE).sum(axis=1)
        drawn = luck_draws(self.luck.shape[1], SHUFFLES) @ bends.T
        over = line_of_chance(unit(values), lambda permuted: self._strength(permuted @ self.basis + drawn)
                              / np.where(usual > 0, usual, 1), SHUFFLES)
        return over * usual, over * float(still.max())

    @cached_property
    def chosen(self) -> Array:
        """Numbers of the parameters above their lines, the strongest first: in the values, then in what those leave over."""
        most = max((self.count // ROOM - 1) // DEGREE, 1)
        found = self._above(self.y, np.empty(0, int))[:most]
        if not len(found):
            return found
        design = self._design(found)
        left_over = self.y - design @ np.linalg.lstsq(design, self.y, rcond=None)[0]
        return np.concatenate([found, self._above(left_over, found)])[:most]

    def _above(self, values: Array, but: Array) -> Array:
        explained = self._strength(unit(values) @ self.basis)[0]
        explained[but] = 0
        order = np.argsort(-explained, kind="stable")
        return order[explained[order] > self._lines(values)[0][order]]

    # their curves

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
        raw, blurs = self._raw(np.ones((1, self.count)))
        return raw._replace(variances=raw.variances - blurs - self._bent).only(0)

    def fitted(self, weights: Array) -> Fit:
        """The curves under each row of weights, (rows, sets): how often a set is drawn; each row is on other luck, too."""
        raw, blurs = self._raw(weights)
        drawn = luck_draws(self.luck.shape[1], len(weights))
        coefficients = raw.coefficients + np.einsum("rf,nif->rni", drawn, self.bends[1], optimize=True)
        variances = _variances(coefficients, self._grams(weights)) - 2 * (blurs + self._bent)
        return Fit(raw.mean + drawn @ self.bends[0], coefficients, variances)

    def bent(self, count: int) -> Array:
        """What luck adds to the variance of the chosen curves, more or less than it is expected to, in so many draws of it."""
        drawn = luck_draws(self.luck.shape[1], count)
        added = np.einsum("rf,nif->rni", drawn, self.bends[1][self.chosen], optimize=True)
        return np.asarray((_variances(added, self.gram[self.chosen]) - self._bent[self.chosen]).sum(axis=1))

    def _grams(self, weights: Array) -> Array:
        """Products of each parameter's waves about their means under each row of weights: (rows, names, DEGREE, DEGREE)."""
        products = (self.waves[:, :, :, None] * self.waves[:, :, None, :]).reshape(self.count, -1)
        many = weights.sum(axis=1, keepdims=True)
        means = (weights @ self.flat / many).reshape(len(weights), self.names, DEGREE)
        return ((weights @ products / many).reshape(len(weights), self.names, DEGREE, DEGREE)
                - means[..., None] * means[..., None, :])

    def _raw(self, weights: Array) -> tuple[Fit, Array]:
        """The curves on the luck of the study, with their whole variance, and what noise adds to that."""
        fits = [self._fitted(row) for row in weights]
        means, own, left, noise, blur = (np.stack(column) for column in zip(*fits, strict=True))
        many = weights.sum(axis=1)
        product = ((weights * left) @ self.flat).reshape(len(weights), self.names, DEGREE) / many[:, None, None]
        coefficients = np.einsum("nij,rnj->rni", self._inverses, product)
        blurs = (noise / many)[:, None] * np.einsum("nij,nij->n", self._inverses, self.gram)
        coefficients[:, self.chosen], blurs[:, self.chosen] = own, blur
        return Fit(means, coefficients, _variances(coefficients, self.gram)), blurs

    @cached_property
    def _chosen_design(self) -> Array:
        """That of the chosen, which every fit shares."""
        return self._design(self.chosen)

    def _fitted(self, weight: Array) -> tuple[Any, ...]:
        """Of those above the line, under these weights: mean, coefficients, what is left over, its variance, blur of each."""
        design = self._chosen_design
        weighted = design * weight[:, None]
        inverse = np.linalg.pinv(design.T @ weighted, hermitian=True)
        fit = inverse @ (weighted.T @ self.y)
        left = self.y - design @ fit
        noise = float(weight @ left ** 2) / max(weight.sum() - len(fit), 1)
        blur = [noise * float((self.gram[number] * inverse[at:at + DEGREE, at:at + DEGREE]).sum())
                for number, at in zip(self.chosen, range(1, len(fit), DEGREE), strict=True)]
        return fit[0], fit[1:].reshape(-1, DEGREE), left, noise, np.array(blur)

    @cached_property
    def bends(self) -> tuple[Array, Array]:
        """What luck that sets share adds to the mean, (folds,), and to the coefficients, (names, DEGREE, folds)."""
        design = self._chosen_design
        inverse = np.linalg.pinv(design.T @ design, hermitian=True)
        fit = inverse @ (design.T @ self.luck)
        product = (self.flat.T @ (self.luck - design @ fit)).reshape(self.names, DEGREE, -1) / self.count
        fit = shared(fit, self.own * np.diag(inverse))
        bends = shared(self._inverses @ product, self.own * np.diagonal(self._inverses, axis1=1, axis2=2) / self.count)
        bends[self.chosen] = fit[1:].reshape(len(self.chosen), DEGREE, self.luck.shape[1])
        return fit[0], bends

    @cached_property
    def _bent(self) -> Array:
        """What luck that sets share adds to the variance of each curve: shape (names,)."""
        return np.asarray(np.einsum("nif,nij,njf->n", self.bends[1], self.gram, self.bends[1], optimize=True))


def _variances(coefficients: Array, grams: Array) -> Array:
    """Variances of curves, from coefficients (rows, names, DEGREE) and the products of waves that are theirs."""
    return np.asarray((coefficients[..., None, :] @ grams @ coefficients[..., None])[..., 0, 0])


def legendre(places: Array) -> Array:
    """Legendre polynomials of degrees 1 to 3, of mean 0 and variance 1 over [0, 1]: shape (sets, names, DEGREE), float64."""
    x = 2 * np.asarray(places, np.float64) - 1
    return np.stack([np.sqrt(3) * x, np.sqrt(5) * (1.5 * x * x - 0.5), np.sqrt(7) * (2.5 * x ** 3 - 1.5 * x)], axis=-1)
