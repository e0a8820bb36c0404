"""Calibration by history matching: rule out parameter values that cannot give the target figures, and report what is left.

Craig et al. 1997; Vernon, Goldstein and Bower 2010. No best fit is sought. One ensemble over all priors shows which
parameters move the targets; a response surface over those rules out sets whose implausibility passes a cut; the sets left
are simulated, and so on, wave after wave. The figures are judgements with wide bands, so what is left is wide as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from sim.engine import Array
from sim.engine.streams import checked_seed
from sim.ensemble.design import Design
from sim.ensemble.run import pool
from sim.errors import BrinkError, check_whole
from sim.model.codes import Cause
from sim.model.crisis import Crisis
from sim.model.registry import catalogue
from sim.validation import emulator
from sim.validation.calibration_targets import MATCHED, TARGETS, CalibrationTarget, Estimates, Simulator, estimates
from sim.validation.emulator import Emulator, drawn, priors, score
from sim.validation.experiments import Measured

CUT = 3.0
"""Implausibility beyond which a set is ruled out: the edge of a target's band, if its own error is nil."""

RARE = 0.005
"""A target that fewer than this share of the priors can reach is out of reach, and the others are matched without it."""

POINTS = (0.1, 0.9)
"""Points of a prior between which a parameter is pushed."""

KNOWN, UNKNOWN = 0.7, 0.9
"""Ratios of variance, left over before, below which a parameter is learned about and above which it is not."""

FARTHEST = 1.15
"""Normal scores within which a default may move: a prior's 80 % interval ends at 1.28."""

PRICE = 0.15
"""What a move of one standard deviation of the prior must at least bring, in squared implausibility."""

WORTH = 1.0
"""What one more parameter must bring."""

FITTED = "-fit"
"""Evidence that ends so is a fit to a component; calibration leaves such a parameter alone."""

MOST = 6
STEPS = np.linspace(-FARTHEST, FARTHEST, 47)

Surfaces: TypeAlias = dict[str, Emulator]
Report: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Effort:
    """How much is simulated: parameter sets and worlds for each, in the ensembles and waves, pairs, ends and check."""

    broad: int = 2048
    sets: int = 1024
    each: int = 32
    chosen: int = 25
    pairs: int = 512
    candidates: int = 16384
    check: int = 16384
    owners: int = 128


QUICK = Effort(broad=64, sets=32, each=8, chosen=4, pairs=16, candidates=1024, check=128, owners=4)
"""For a test of the machinery; its figures mean nothing."""


@dataclass
class Wave:
    """One round of simulation and exclusion.

    Parameters
    ----------
    scores : the sets that were simulated, as normal scores of the chosen parameters
    seen : each target estimated for them
    surfaces : fitted to these estimates
    """

    scores: Array
    seen: dict[str, Estimates]
    surfaces: Surfaces


def calibrate(seed: int = 1, waves: int = 3, jobs: int = 1, effort: Effort | None = None,
              report: Report | None = None) -> dict[str, Any]:
    """Calibrate and check; everything that a report needs, as plain values. `report` is called with a line per step.

    Raises BrinkError if no parameter set is left, and for a seed and numbers of workers and rounds that are none.
    """
    checked_seed(seed)
    check_whole(jobs=(jobs, 1, 1024), waves=(waves, 1, 9))
    with pool(jobs, Crisis) if jobs > 1 else nullcontext() as executor:
        return _calibrate(Simulator(seed, executor), waves, effort or Effort(), report or (lambda line: None))


def _calibrate(simulator: Simulator, waves: int, effort: Effort, report: Report) -> dict[str, Any]:
    seed, names = simulator.seed, tuple(sorted(catalogue()))
    report(f"all {len(names)} parameters from their priors")
    scores = drawn(effort.broad, len(names), seed)
    broad = simulator.worlds(priors(names, scores, effort.each))
    first = estimates(broad, effort.broad)
    effects = fitted(scores, first, curved=False)
    chosen = tuple(names[i] for i in np.argsort(-power(effects), kind="stable")[:effort.chosen])
    report("pairs of worlds with the same luck")
    pushed = pairs(simulator, chosen, effort.pairs)
    history, reached = exclude(simulator, chosen, waves, effort, report)
    left = remaining(history, reached, len(chosen), effort, seed)
    report("what is left, and a check of what is recommended")
    moved = recommended(chosen, pooled(history), [target for target in MATCHED if target.id in reached])
    usual, other = (simulator.worlds(Design(tuple(moved), np.array([row], np.float32), effort.check), seed + 1)
                    for row in ([default(name) for name in moved], list(moved.values())))
    return {
        "seed": seed, "effort": asdict(effort), "cut": CUT, "parameters": len(names),
        "targets": [shown(target) for target in TARGETS], "reached": list(reached),
        "screening": screening(names, effects, chosen), "pairs": pushed, "waves": summary(history, reached),
        "predictive": predictive(simulator, first, chosen, names, history, left, effort),
        "identified": identified(chosen, left), "directions": directions(chosen, left),
        "defaults": point(usual), "recommended": {"values": moved, **point(other)},
        "causes": {"defaults": causes(usual), "priors": causes(broad)},
        "owners": owners(simulator, names, effort, report),
    }


def default(name: str) -> float:
    """The default of a parameter."""
    return catalogue()[name].declaration.default


def default_scores(names: Sequence[str]) -> Array:
    """The normal scores of the defaults in their priors: shape (names,)."""
    return np.array([score(name, default(name)) for name in names])


def fitted(scores: Array, seen: Mapping[str, Estimates], curved: bool = True) -> Surfaces:
    """A surface for each target that is matched, from its estimates for the sets at these scores."""
    return {target.id: emulator.fit(target, scores, seen[target.id], curved) for target in MATCHED}


def power(effects: Surfaces) -> Array:
    """How far each parameter moves the targets, in half bands for a standard deviation of its prior; luck subtracted."""
    total = 0.0
    for target in MATCHED:
        effect, half_band = effects[target.id], (target.link(target.high) - target.link(target.low)) / 2
        luck = np.diag(effect.covariance)[1:]
        total = total + np.maximum(np.square(effect.mean[1:]) - luck, 0) / half_band**2
    return np.sqrt(total)


def pairs(simulator: Simulator, chosen: tuple[str, ...], each: int) -> dict[str, dict[str, list[float]]]:
    """Each target at the 10 and 90 % points of each chosen parameter, all others at their defaults, on the same luck."""
    scores = np.tile(default_scores(chosen), (2 * len(chosen), 1))
    scores[np.arange(len(scores)), np.repeat(np.arange(len(chosen)), 2)] = np.tile([-1.2816, 1.2816], len(chosen))
    seen = simulator.estimates(replace(priors(chosen, scores, each), shared=0))
    return rounded({name: {target.id: seen[target.id].value[2 * i:2 * i + 2] for target in TARGETS}
                    for i, name in enumerate(chosen)})


def exclude(simulator: Simulator, chosen: tuple[str, ...], waves: int, effort: Effort,
            report: Report) -> tuple[list[Wave], tuple[str, ...]]:
    """Simulate and rule out, wave after wave; the waves, and the targets that can be reached at all."""
    history: list[Wave] = []
    reached = tuple(target.id for target in MATCHED)
    scores = drawn(effort.sets, len(chosen), simulator.seed + 1)
    for wave in range(waves):
        report(f"wave {wave + 1} of {waves}: {len(scores)} sets of {len(chosen)} parameters")
        seen = simulator.estimates(priors(chosen, scores, effort.each), seed=simulator.seed + 10 + wave)
        history.append(Wave(scores, seen, fitted(scores, seen)))
        if wave == 0:
            fresh = drawn(effort.candidates, len(chosen), simulator.seed + 2)
            reached = tuple(id for id in reached if np.mean(implausibility(history, (id,), fresh) <= CUT) >= RARE)
        if wave + 1 < waves:
            scores = remaining(history, reached, len(chosen), effort, simulator.seed + wave)[:effort.sets]
    return history, reached


def implausibility(history: Sequence[Wave], ids: Sequence[str], scores: Array) -> Array:
    """The worst over targets and waves: shape (sets,)."""
    misses = (target.miss(*wave.surfaces[target.id].at(scores)) for wave in history for target in MATCHED if target.id in ids)
    return np.max([np.zeros(len(scores)), *misses], axis=0)


def remaining(history: Sequence[Wave], ids: Sequence[str], names: int, effort: Effort, seed: int) -> Array:
    """Draws from the priors that no wave rules out."""
    kept = [np.empty((0, names))]
    for turn in range(16):
        fresh = drawn(effort.candidates, names, seed + 1000 + turn)
        kept.append(fresh[implausibility(history, ids, fresh) <= CUT])
        if sum(map(len, kept)) >= effort.sets:
            break
    left = np.concatenate(kept)
    if len(left) < 8:
        raise BrinkError("calibrate: no parameter set within the priors comes near all targets at once")
    return left


def pooled(history: Sequence[Wave]) -> Surfaces:
    """Surfaces fitted to all waves together."""
    scores = np.concatenate([wave.scores for wave in history])
    seen = {target.id: zip(*(wave.seen[target.id] for wave in history), strict=True) for target in MATCHED}
    return fitted(scores, {id: Estimates(*map(np.concatenate, parts)) for id, parts in seen.items()})


def recommended(names: Sequence[str], surfaces: Surfaces, targets: Sequence[CalibrationTarget]) -> dict[str, float]:
    """Values for at most six parameters, by adding one after the other, each time the one that helps most."""
    start = default_scores(names)
    now, moved = start.copy(), list[int]()
    loss = float(losses(now[None], start, surfaces, targets)[0])
    free = [i for i, name in enumerate(names) if not any(id.endswith(FITTED) for id in catalogue()[name].declaration.evidence)]
    while free and len(moved) < MOST:
        trials = {i: best_along(now, start, i, surfaces, targets)[1] for i in free}
        i = min(free, key=trials.__getitem__)
        if loss - trials[i] < WORTH or i in moved:
            break
        moved.append(i)
        for j in [i, *moved, *moved]:
            now[j], loss = best_along(now, start, j, surfaces, targets)
    values = priors(tuple(names), now[None], 1).values[0]
    return {names[i]: float(f"{values[i]:.2g}") for i in moved}


def losses(scores: Array, start: Array, surfaces: Surfaces, targets: Sequence[CalibrationTarget]) -> Array:
    """Squared implausibility over targets, and the price of moving: shape (sets,)."""
    misses = [target.miss(surfaces[target.id].at(scores)[0]) for target in targets]
    return PRICE * np.square(scores - start).sum(axis=1) + np.square(misses).sum(axis=0)


def best_along(now: Array, start: Array, i: int, surfaces: Surfaces,
               targets: Sequence[CalibrationTarget]) -> tuple[float, float]:
    """The best score of parameter i with all others where they are, and the loss there."""
    line = np.tile(now, (len(STEPS), 1))
    line[:, i] = STEPS
    found = losses(line, start, surfaces, targets)
    best = int(np.argmin(found))
    return float(STEPS[best]), float(found[best])


def rounded(values: Any) -> Any:
    """Plain values: numbers with the digits that matter, arrays as lists."""
    if isinstance(values, dict):
        return {key: rounded(value) for key, value in values.items()}
    if isinstance(values, list | np.ndarray):
        return [rounded(value) for value in values]
    return float(f"{values:.4g}") if isinstance(values, float | np.floating) else values


def shown(target: CalibrationTarget) -> dict[str, Any]:
    """A target as plain values."""
    return {"id": target.id, "says": target.says, "value": target.value, "low": target.low, "high": target.high,
            "kind": target.kind, "matched": target.matched, "evidence": list(target.evidence)}


def screening(names: Sequence[str], effects: Surfaces, chosen: Sequence[str]) -> list[dict[str, Any]]:
    """The chosen parameters: weight, and slope of each target for one standard deviation of the prior."""
    weights = power(effects)
    shares = np.square(weights) / np.square(weights).sum()
    return rounded([{"parameter": names[i], "weight": weights[i], "share": shares[i],
                     "slopes": {id: effect.mean[1 + i] for id, effect in effects.items()}} for i in map(names.index, chosen)])


def summary(history: Sequence[Wave], ids: Sequence[str]) -> list[dict[str, Any]]:
    """What each wave left of the sets that it began with, target by target, and how sure its surfaces are."""
    rows = []
    for i, wave in enumerate(history, 1):
        known = {target: wave.surfaces[target.id].at(wave.scores) for target in MATCHED}
        kept = {target.id: target.miss(*at) <= CUT for target, at in known.items()}
        rows.append({"wave": i, "sets": len(wave.scores), "left": np.mean(np.all([kept[id] for id in ids], axis=0)),
                     "left_by_target": {id: np.mean(left) for id, left in kept.items()},
                     "surface_error": {target.id: np.sqrt(np.median(variance)) for target, (_, variance) in known.items()}})
    return rounded(rows)


def predictive(simulator: Simulator, first: dict[str, Estimates], chosen: tuple[str, ...], names: tuple[str, ...],
               history: list[Wave], left: Array, effort: Effort) -> dict[str, dict[str, list[float]]]:
    """Mean and 90 % band over sets, freed of luck, of each target: before and after, with the other parameters fixed or not."""
    sets, each = min(len(left), effort.sets // 2), 2 * effort.each
    after = simulator.estimates(priors(chosen, left[:sets], each), seed=simulator.seed + 3)
    every = drawn(sets, len(names), simulator.seed + 4)
    every[:, [names.index(name) for name in chosen]] = left[:sets]
    wide = simulator.estimates(priors(names, every, each), seed=simulator.seed + 3)
    ensembles = {"all parameters from their priors": first, "the chosen ones from their priors": history[0].seen,
                 "the chosen ones not ruled out": after,
                 "the chosen ones not ruled out, all others from their priors": wide}
    return {label: {target.id: band(target, seen[target.id]) for target in TARGETS} for label, seen in ensembles.items()}


def band(target: CalibrationTarget, seen: Estimates) -> list[float]:
    """Mean over sets, and the 5 and 95 % points of their spread, drawn in by the part that is luck."""
    some = seen.weight > 1
    value, weight = seen.value[some], seen.weight[some]
    if target.kind == "share":
        mean, luck = weight @ value / weight.sum(), np.mean(value * (1 - value) / (weight - 1))
    else:
        mean, luck = np.mean(value), np.mean(np.square(value) / seen.precision[some])
    kept = np.sqrt(max(0.0, value.var() - luck) / max(value.var(), 1e-12))
    return rounded([mean, *np.maximum(np.quantile(mean + kept * (value - value.mean()), (0.05, 0.95)), 0)])


def identified(chosen: Sequence[str], left: Array) -> list[dict[str, Any]]:
    """For each chosen parameter: variance left over variance before, and mean and 80 % interval of what is left."""
    ratios, points = left.var(axis=0), (0.1, 0.5, 0.9)
    kept = priors(tuple(chosen), np.quantile(left, points, axis=0), 1).values
    return [{"parameter": chosen[i], "ratio": rounded(ratios[i]), "shift": rounded(left[:, i].mean()),
             "default": default(chosen[i]),
             "prior": rounded(catalogue()[chosen[i]].declaration.prior.distribution.ppf(points)), "left": rounded(kept[:, i])}
            for i in np.argsort(ratios)]


def directions(chosen: Sequence[str], left: Array, count: int = 3) -> list[dict[str, Any]]:
    """The combinations of parameters that the targets pin down best: where variance is least."""
    variances, vectors = np.linalg.eigh(np.cov(left.T))
    return rounded([{"ratio": ratio, "of": {chosen[j]: vector[j] for j in np.argsort(-np.abs(vector))[:6]}}
                    for ratio, vector in zip(variances[:count], vectors.T, strict=False)])


def point(worlds: Measured) -> dict[str, Any]:
    """Each target at one parameter set."""
    figures = {id: rounded(seen.value[0]) for id, seen in estimates(worlds, 1).items()}
    return {"figures": figures, "worlds": len(worlds["first_day"])}


def causes(worlds: Measured) -> dict[str, float]:
    """Shares of worlds with a first war of each cause. For comparison only, never a target."""
    happened = worlds["first_day"] >= 0
    return rounded({name: np.mean(happened & (worlds["cause"] == code)) for code, name in enumerate(Cause.names()) if code})


def owners(simulator: Simulator, names: Sequence[str], effort: Effort, report: Report) -> dict[str, float]:
    """The share of worlds with an exchange within a year if only one owner's parameters come from their priors."""
    report("one owner's parameters at a time")
    of = np.array([name.partition(".")[0] for name in names])
    every = np.unique(of)
    spread = priors(tuple(names), drawn(effort.owners, len(names), simulator.seed + 5), effort.each).values
    usual = np.array([default(name) for name in names], np.float32)
    values = np.where((of == every[:, None])[:, None], spread, usual)
    worlds = simulator.worlds(Design(tuple(names), values.reshape(-1, len(names)), effort.each))
    return dict(zip(every.tolist(), rounded(estimates(worlds, len(every))["round_365"].value), strict=True))
