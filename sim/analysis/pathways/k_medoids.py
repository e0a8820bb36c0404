"""k-medoids: the few worlds that represent all, given the distance of any two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine import Array

GAIN = 1e-9
"""A swap must lower the cost by more than this share of it."""


@dataclass(frozen=True)
class Clusters:
    """A clustering.

    Parameters
    ----------
    medoids : (k,), int: the items in the middle, that of the largest cluster first
    labels : (n,), int: the cluster of each item
    silhouette : mean over items of how much nearer the own cluster is than the next one, from -1 to 1
    """

    medoids: Array
    labels: Array
    silhouette: float


def medoid(distances: Array) -> int:
    """The item that is nearest to all others on average; the first if there are several."""
    return int(np.argmin(distances.sum(axis=1, dtype=np.float64)))


def best(distances: Array, fewest: int, most: int) -> Clusters:
    """The clustering with the largest mean silhouette for `fewest` to `most` clusters, or fewer if there are fewer items;
    distances have the shape (n, n) and are symmetric.
    """
    most = min(most, len(distances))
    return max((cluster(distances, k) for k in range(min(fewest, most), most + 1)), key=lambda found: found.silhouette)


def cluster(distances: Array, k: int) -> Clusters:
    """k clusters by partitioning around medoids (Kaufman and Rousseeuw 1990), with the swaps of Schubert and Rousseeuw 2019.

    It starts from the greedy choice and takes the best of all swaps until none helps; nothing is random. There are fewer than
    k clusters if fewer items differ.
    """
    medoids = _greedy(distances, k)
    while (swap := _best_swap(distances, medoids)) is not None:
        medoids[swap[0]] = swap[1]
    labels = np.argmin(distances[:, medoids], axis=1)
    size = np.bincount(labels, minlength=k)
    order = np.argsort(-size, kind="stable")
    labels = np.argsort(order)[labels]
    return Clusters(medoids[order[:np.count_nonzero(size)]], labels, silhouette(distances, labels))


def _greedy(distances: Array, k: int) -> Array:
    """The medoid of all, then each time the item that brings the others nearest."""
    chosen = [medoid(distances)]
    nearest = distances[chosen[0]].copy()
    for _ in range(k - 1):
        gain = np.maximum(nearest - distances, 0).sum(axis=1, dtype=np.float64)
        gain[chosen] = -1
        chosen.append(int(np.argmax(gain)))
        nearest = np.minimum(nearest, distances[chosen[-1]])
    return np.array(chosen)


def _best_swap(distances: Array, medoids: Array) -> tuple[int, int] | None:
    """Which medoid to give up for which item, if that lowers the sum of distances to the nearest medoid."""
    near = np.sort(distances[:, medoids], axis=1)
    first, second = near[:, 0], near[:, 1] if len(medoids) > 1 else np.full(len(near), np.inf, near.dtype)
    own = np.argmin(distances[:, medoids], axis=1)[:, None] == np.arange(len(medoids))
    kept = np.minimum(distances - first, 0)
    lost = np.minimum(distances, second) - first - kept
    change = kept.sum(axis=1, dtype=np.float64)[:, None] + lost @ own.astype(lost.dtype)
    item, cluster = np.unravel_index(np.argmin(change), change.shape)
    return (int(cluster), int(item)) if change[item, cluster] < -GAIN * max(first.sum(), 1) else None


def silhouette(distances: Array, labels: Array) -> float:
    """Mean silhouette (Rousseeuw 1987); an item alone in its cluster counts 0."""
    k = int(labels.max()) + 1
    if k < 2:
        return 0.0
    size = np.bincount(labels, minlength=k)
    sums = distances @ (labels[:, None] == np.arange(k)).astype(distances.dtype)
    at, own = np.arange(len(labels)), size[labels]
    inside = sums[at, labels] / np.maximum(own - 1, 1)
    means = sums / size
    means[at, labels] = np.inf
    outside = means.min(axis=1)
    scale = np.maximum(np.maximum(inside, outside), 1e-12)
    return float(np.mean(np.where(own > 1, (outside - inside) / scale, 0)))
