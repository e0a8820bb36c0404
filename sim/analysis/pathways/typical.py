"""Typical worlds: the few stories that stand for all, each shown by the world in its middle.

How far apart two worlds are: each key event that happens in one of them and not in the other counts its weight; one that
happens in both counts the part of its weight by which its days differ, all of it from `FAR` days on. This is the distance
of Victor and Purpura (1996) between sequences of timed events, here for the first time of each event, in the family of the
edit distances by which sociology compares life courses (Abbott and Tsay 2000).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.pathways import k_medoids
from sim.analysis.pathways.event_log import NEVER, EventLog
from sim.engine import Array
from sim.ensemble.estimates import estimate
from sim.ensemble.results import Run
from sim.errors import BrinkError, nearest
from sim.model import registry
from sim.model.outcomes import shown
from sim.words import count, date, of_hundred, sentence_case

FAR = 180.0
"""Days from which the same event in two worlds counts as two events."""
FEWEST, MOST = 3, 6
"""How many stories there may be."""
HUNDRED = 100
"""Worlds from which on a story is told as so many of a hundred."""
IN_TITLE = 5
"""Key events in the title of a story."""
OMITTED = ("war.begins", "war.ends")
"""Key events that a title leaves out, as it has who strikes and how long the war lasts; it leaves out decisions as well."""
YEAR = 366
"""Days up to which a month needs no year."""


@dataclass(frozen=True)
class Story:
    """A group of worlds with much the same course.

    Parameters
    ----------
    title : what happens in the world in its middle, in a sentence
    world : that world
    count, share, se : how many worlds it stands for, their share, and its Monte Carlo error
    war, deal : share of them with a war with Iran, and with a deal
    """

    title: str
    world: int
    count: int
    share: float
    se: float
    war: float
    deal: float

    @property
    def ends(self) -> str:
        """How many of its worlds see a war and how many a deal, in a sentence: of 100 only if it has as many."""
        if self.count >= HUNDRED:
            return f"Of these worlds {of_hundred(self.war)} of 100 see a war, {of_hundred(self.deal)} a deal."
        war, deal = (round(share * self.count) for share in (self.war, self.deal))
        return f"Of {count(self.count, 'world')} {war} {'sees' if war == 1 else 'see'} a war, {deal} a deal."


class Typical:
    """The stories of a run, from the worlds whose events are kept."""

    def __init__(self, run: Run) -> None:
        self.run, self.history = run, EventLog.of(run)

    @cached_property
    def distances(self) -> Array:
        """How far apart the kept worlds are: shape (worlds, worlds), float32."""
        return distances(self.history)

    @cached_property
    def clusters(self) -> k_medoids.Clusters:
        """Worlds by story: between 3 and 6, the number with the largest mean silhouette."""
        return k_medoids.best(self.distances, FEWEST, MOST)

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """The stories, the commonest first."""
        return tuple(self._story(i, int(world)) for i, world in enumerate(self.clusters.medoids))

    @property
    def table(self) -> pd.DataFrame:
        """One row per story."""
        return pd.DataFrame([asdict(story) for story in self.stories])

    def by_kind(self) -> dict[str, int]:
        """The most typical world of each kind that there is."""
        groups = {kind: _of_kind(self.run, kind, self.history.worlds) for kind in KINDS}
        return {kind: int(worlds[k_medoids.medoid(self.distances[np.ix_(worlds, worlds)])])
                for kind, worlds in groups.items() if worlds.size}

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"stories": [asdict(story) for story in self.stories], "silhouette": self.clusters.silhouette,
                "typical": self.by_kind()}

    def _story(self, i: int, world: int) -> Story:
        kept = self.history.worlds
        here = self.clusters.labels == i
        share = estimate(here, np.ones(kept, bool), self.run.set_of_world[:kept])
        war, deal = (float(np.mean(self.run.happened(id)[:kept][here])) for id in ("round_two", "deal"))
        return Story(title(self.history, world, self.run), world, int(here.sum()), share.value, share.error, war, deal)


def typical(run: Run) -> Typical:
    """The stories of a run. Raises BrinkError if it kept no events."""
    return Typical(run)


OUTCOMES = {"war": "round_two", "deal": "deal", "miscalculation": "miscalculation"}
KINDS = {**{kind: shown(id).noun for kind, id in OUTCOMES.items()}, "quiet": "neither war nor deal"}
"""Kinds of world of which one may ask for the most typical, with the outcome that makes each."""


def typical_world(run: Run, kind: str) -> int:
    """The world in the middle of those that saw a war, a deal, a war by mistake, or none of it ("quiet").

    Raises BrinkError for another kind, or if none of the worlds whose events are kept is of this kind.
    """
    if kind not in KINDS:
        raise BrinkError(f"there is no typical world of {kind!r}; there is {', '.join(KINDS)}{nearest(kind, KINDS)}")
    history = EventLog.of(run)
    worlds = _of_kind(run, kind, history.worlds)
    if not worlds.size:
        raise BrinkError(f"none of the {history.worlds:,} worlds whose events are kept has {KINDS[kind]}")
    return middle(history, worlds)


def middle(history: EventLog, worlds: Array) -> int:
    """The world in the middle of these: the one from which the others are the least far on the whole."""
    return int(worlds[k_medoids.medoid(distances(history, worlds))])


def _of_kind(run: Run, kind: str, kept: int) -> Array:
    """The kept worlds of that kind: shape (m,)."""
    here = run.happened(OUTCOMES[kind]) if kind in OUTCOMES else ~run.happened("round_two") & ~run.happened("deal")
    return np.flatnonzero(here[:kept])


def distances(history: EventLog, worlds: Array | None = None) -> Array:
    """How far apart these worlds (else all) are: shape (n, n), float32."""
    chosen = np.arange(history.worlds) if worlds is None else worlds
    total = np.zeros((len(chosen), len(chosen)), np.float32)
    for name, story in registry.chapters().items():
        day = history.when(name)[chosen]
        if np.any(day < NEVER):
            total += _apart(day, story.weight)
    return total


def _apart(day: Array, weight: float) -> Array:
    """What one event adds: a day never reached lies beyond all others, and two such days lie together."""
    at = np.where(day < NEVER, day / FAR, 1e6).astype(np.float32)
    gap = np.abs(at[:, None] - at)
    np.minimum(gap, 1, out=gap)
    gap *= np.float32(weight)
    return gap


def title(history: EventLog, world: int, run: Run) -> str:
    """The course of a world in a sentence: its weightiest key events, month by month, and how it ends."""
    parts = [f"in {month} {', '.join(registry.story(name).clause for name in names)}"
             for month, names in _key_events(history, world, run)]
    if run.happened("round_two")[world]:
        length = max(1, int(run.column("war_length")[world]))
        war = "first war" if history.count("war.begins")[world] > 1 else "war"
        parts.append(f"the {war} lasts {count(length, 'day')}")
    elif not run.happened("deal")[world]:
        parts.append("there is neither war nor deal by the end")
    return sentence_case(f"{'; '.join(parts)}.")


def _key_events(history: EventLog, world: int, run: Run) -> Iterator[tuple[str, list[str]]]:
    """The weightiest key events that happen in a world, by month."""
    days = {name: history.when(name)[world] for name, story in registry.chapters().items()
            if name not in OMITTED and story.stage != "decision"}
    there = sorted((name for name, day in days.items() if day < NEVER), key=lambda name: -registry.story(name).weight)
    for month, names in groupby(sorted(there[:IN_TITLE], key=lambda name: days[name]),
                                lambda name: date(int(days[name]), run.scenario.date).split(" ", 1)[1]):
        yield month if run.days > YEAR else month.split()[0], list(names)
