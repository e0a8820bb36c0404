"""The variance of the sets' means without luck, and the share of it that each parameter's curve explains.

Where luck is most of what sets differ by, that variance may be nothing, and a share of it anything: then no share is told.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sim.analysis.sensitivity.curves import MainEffects
from sim.analysis.sensitivity.resample import luck_draws, of_parts, resamples
from sim.analysis.sensitivity.table import Answers
from sim.ensemble.estimates import Z90
from sim.errors import BrinkError

LEAST = 0.1
"""Of the variance without luck, what is left of it at least when sets and luck are drawn anew."""


class Moments:
    """Variances under sets and luck drawn anew, each of shape (RESAMPLES,): spread of the means over sets, the same freed of
    luck, and within, the mean variance over the worlds of a set; `error` is the standard error of the second.
    """

    def __init__(self, answers: Answers) -> None:
        self.answers, self.weights = answers, resamples(answers.blocks)
        means, luck, many = answers.means, answers.luck_or_none, self.weights.sum(axis=1)
        self.drawn = luck_draws(luck.shape[1])
        mean = self.weights @ means / many
        moved = 2 * (means - means.mean())[:, None] * (luck - luck.mean(axis=0)) / (len(means) - 1)
        change = self.drawn @ of_parts(moved)
        own = np.nan_to_num(self.weights @ answers.own_luck / (many - 1))
        freed = (self.weights @ means ** 2 / many - mean ** 2) * many / (many - 1) - own + change
        self.error = float(freed.std())
        self.freed = np.maximum(freed, LEAST * answers.freed)
        self.spread = self.freed + own
        self.within = np.maximum(self.weights @ answers.within / many + self.drawn @ of_parts(answers.moved / len(means)),
                                 LEAST * float(answers.within.mean()))

    @property
    def doubt(self) -> str:
        """That shares of the variance without luck could be anything, as it cannot be told from none; else ""."""
        here = self.answers
        if not here.has_luck or here.freed >= Z90 * self.error:
            return ""
        return (f"too little to tell what parameters do: they are {100 * here.freed / here.spread:.0f} % ± "
                f"{100 * self.error / here.spread:.0f} of the variance from set to set, and luck the rest; more worlds a set "
                "(brink sweep --extend) or more sets tell more")

    def check(self, least: float = Z90) -> None:
        """Raises BrinkError if the variance without luck is less than so many of its errors."""
        if self.doubt and not self.answers.freed > least * self.error:
            raise BrinkError(f"{self.answers.outcome.id}: {self.doubt}")


class Shares:
    """First-order shares of all parameters, from curves, under sets and luck drawn anew.

    value, (names,), and again, (RESAMPLES, names), are NaN if there is a `doubt` about the whole of which they are shares.
    """

    def __init__(self, answers: Answers) -> None:
        self.moments = Moments(answers)
        self.doubt = self.moments.doubt
        self.effects = MainEffects(answers.places, answers.means, answers.luck)
        self.fits = self.effects.fitted(self.moments.weights)
        whole = self.moments.freed + self.effects.bent(len(self.moments.weights))
        told = np.nan if self.doubt else 1.0
        self.value = told * self.effects.fit.variances / answers.freed
        self.again = told * self.fits.variances / np.maximum(whole, LEAST * answers.freed)[:, None]

    @cached_property
    def explained(self) -> tuple[float, float]:
        """The sum of all shares, with its error."""
        return float(self.value.sum()), float(self.again.sum(axis=1).std())
