"""Answers of studies that were never run: outcomes with a known truth, on luck that all sets share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.stats import qmc

from sim.analysis.sensitivity.table import FOLDS, Answers, Sums
from sim.model.outcomes import OUTCOMES

KNOWN = {outcome.id: outcome for outcome in OUTCOMES}


def spread(sets: int, names: int, seed: int) -> np.ndarray:
    """Parameters as a Latin hypercube over [0, 1]."""
    return qmc.LatinHypercube(names, rng=np.random.default_rng(seed)).random(sets)


def worlds(truth: np.ndarray, each: int, seed: int, shared: float, own: float) -> np.ndarray:
    """Worlds (sets, each): the truth of the set, luck that is the same in all sets, and luck of its own."""
    rng = np.random.default_rng(seed)
    return truth[:, None] + shared * rng.standard_normal(each) + own * rng.standard_normal((len(truth), each))


def answers(values: np.ndarray, held: np.ndarray, outcome: str = "oil_top", kind: str = "latin", block: int = 1) -> Answers:
    """Answers from parameters (sets, names) and worlds (sets, each)."""
    sets, each = held.shape
    sums = Sums(sets, min(FOLDS, each))
    sums.add(np.repeat(np.arange(sets), each), np.tile(np.arange(each), sets), held.ravel(), np.ones(held.size, bool))
    means, luck, within, count = sums.means(single=each == 1)
    names = tuple(f"p.{i}" for i in range(values.shape[1]))
    return Answers(KNOWN[outcome], "made", kind, names, values.astype(float), means, luck, within, count, np.arange(sets),
                   block)


def tossed(values: np.ndarray, chance: np.ndarray, each: int = 64, seed: int = 1) -> Answers:
    """A share of worlds: each is a toss with the chance of its set."""
    rng = np.random.default_rng(seed)
    return answers(values, rng.random((len(chance), each)) < chance[:, None], "round_two")


def named(one: Answers, *names: str) -> Answers:
    """The same with other names of parameters."""
    return replace(one, names=names)
