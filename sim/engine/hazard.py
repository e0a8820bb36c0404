"""Hazard clocks: the log-odds of all actions in one matrix, turned into rates in one pass.

Each (world, action) has a threshold drawn from Exp(1) in advance. The action fires on the day on which its accumulated
hazard exceeds the threshold, and draws its next one. This is the discrete-time logit hazard model of the study of conflict
onset (Beck, Katz and Tucker 1998; Singer and Willett 2003): rate = tempo x logistic(base + decisiveness x terms), and at
most one firing a day, with probability 1 - exp(-rate).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, starmap
from typing import Any, NamedTuple

import numpy as np

from sim.engine.compiled import Asked, Rule, planned
from sim.engine.events import Event
from sim.engine.fields import FLOAT
from sim.engine.parameters import condensed
from sim.engine.streams import Luck
from sim.engine.types import Array, ModelLike, StateLike, Worlds

RARE = FLOAT(1e-30)
STRIP = 1 << 15
"""Cells of the matrix that are worked on at a time: 128 KiB, which stay in cache."""


def log_odds(share: Array) -> Array:
    """Logit of a share in [0, 1]; that of 0 is low enough never to fire."""
    share = np.clip(share, RARE, FLOAT(0.999))
    odds: Array = np.log(share / (1 - share))
    return odds


def repeated(worlds: Worlds) -> Array:
    """Which entries repeat an earlier one: bool, shape of `worlds`."""
    order = np.argsort(worlds, kind="stable")
    same = np.zeros(worlds.size, bool)
    same[order[1:]] = worlds[order[1:]] == worlds[order[:-1]]
    return same


class Strip(NamedTuple):
    """Some rows of the matrix, with base log-odds and decisiveness: shape (rows, n), or (rows, 1) if equal in all worlds."""

    rows: slice
    terms: Array
    """Its log-odds, which become rates in place: all tiles share this memory, so that it stays in cache."""
    paced: bool
    against: Array
    eager: Array | None
    asked: list[Asked]


class Clocks:
    """The clocks of all actions of a model: one row per action, one column per world."""

    def __init__(self, model: ModelLike, actions: list[tuple[int, StateLike, Event]]) -> None:
        actions = sorted(actions, key=lambda a: not a[2].paced)
        self.model = model
        self.ids = np.array([i for i, _, _ in actions], np.int32)
        self.rules: list[Rule] = [(event.odds, event.when, state) for _, state, event in actions if event.odds]
        self.names = [f"{state.key}.{event.name}" for _, state, event in actions]
        self.tempo = np.array([event.tempo for _, _, event in actions], FLOAT)[:, None]
        self.paced = sum(event.paced for _, _, event in actions)
        groups = sorted({event.group for _, _, event in actions if event.group})
        self.group = np.array([groups.index(event.group) if event.group else -1 for _, _, event in actions])
        self.used = np.zeros((len(actions), model.n), np.int32)
        self.today = np.zeros(1, np.int64)
        self.plan = planned(model, self.rules, self.names)
        self.allocate()
        self.attach(model.luck)
        self.refresh()

    def allocate(self) -> None:
        """Memory for log-odds (rates per day after `tick`) and preconditions of today: shape (actions, n)."""
        shape = (len(self.rules), self.model.n)
        self.terms = np.empty((min(max(STRIP // max(self.model.n, 1), 1), len(self.rules)), self.model.n), FLOAT)
        self.mask = np.empty_like(self.terms)
        self.open, self.rates = np.ones(shape, bool), np.zeros(shape, FLOAT)
        self.counts = [self.model.n] * len(self.rules)
        """In how many worlds the precondition of each action holds today."""
        self.hits: list[tuple[Array, Array]] = []
        self.forbidden: set[int] = set()
        self.pushes: list[tuple[int, Worlds, float]] = []

    def attach(self, luck: Luck) -> None:
        """Draw every threshold, at its count of earlier firings, from these random streams."""
        self.streams = np.array([luck.stream(name, "exponential") for name in self.names])
        self.left = np.stack([luck.take(stream, used, self.model.columns)
                              for stream, used in zip(self.streams.tolist(), self.used, strict=True)])

    def refresh(self) -> None:
        """Recompute what depends on parameters: base log-odds, decisiveness, and parts of the rules."""
        against = [-log_odds(condensed(state.__dict__[self.model.events[i][1].rate]) / tempo)
                   for i, tempo, (_, _, state) in zip(self.ids, self.tempo, self.rules, strict=True)]
        eager = [condensed(state.__dict__.get("decisiveness", np.broadcast_to(FLOAT(1), (self.model.n,))))
                 for _, _, state in self.rules]
        self.against, self.eager = (np.stack(np.broadcast_arrays(*rows)) for rows in (against, eager))
        self.base, self.strips = (against, eager), list[Strip]()

    def _cut(self) -> list[Strip]:
        """The tiles, made when first needed after a parameter was set, since more may be set before that."""
        if not self.strips:
            self.strips = list(self._fresh())
        return self.strips

    def _fresh(self) -> Iterator[Strip]:
        height = max(len(self.terms), 1)
        cuts = [slice(low, min(low + height, stop)) for start, stop in ((0, self.paced), (self.paced, len(self.rules)))
                for low in range(start, stop, height)]
        places = [self.terms[row - rows.start] for rows in cuts for row in range(rows.start, rows.stop)]
        asked = self.plan.bound(self.model, self.rules, places, self.open, self.today)
        for rows in cuts:
            against, eager = (np.stack(np.broadcast_arrays(*held[rows])) for held in self.base)
            yield Strip(rows, self.terms[:rows.stop - rows.start], rows.start < self.paced, against,
                        None if (eager == 1).all() else eager, asked[rows])

    def forbid(self, row: int, worlds: Worlds) -> None:
        """Keep an action from firing today in these worlds; its hazard does not accumulate in them."""
        self.open[row, worlds] = False
        self.forbidden.add(row)

    def push(self, row: int, worlds: Worlds, by: float) -> None:
        """Add `by` to the log-odds of an action today in these worlds."""
        self.rates[row, worlds] += FLOAT(by)
        self.pushes.append((row, worlds, by))

    def weigh(self) -> None:
        """Evaluate today's log-odds of every action whose precondition holds in any world."""
        self._begin()
        for strip in self._cut():
            self._ask(strip)
            self.rates[strip.rows] = strip.terms

    def tick(self) -> None:
        """Turn log-odds into rates per day and accumulate a day of hazard."""
        pace = self.model.pace()
        for strip in self._cut():
            strip.terms[...] = self.rates[strip.rows]
            self._run(strip, pace)
            self.rates[strip.rows] = strip.terms

    def weigh_and_tick(self, keep: bool) -> None:
        """Both in one pass, when nothing comes between; `rates` are only written with `keep`."""
        self._begin()
        pace = self.model.pace()
        for strip in self._cut():
            self._ask(strip)
            self._run(strip, pace)
            if keep:
                self.rates[strip.rows] = strip.terms

    def _begin(self) -> None:
        """Clear what was forbidden and pushed yesterday; `_ask` evaluates preconditions."""
        for row in self.forbidden:
            self.open[row] = True
        self.forbidden.clear()
        self.pushes.clear()
        self.hits.clear()
        self.today[0] = self.model.day

    def _ask(self, strip: Strip) -> None:
        for row, (before, possible, after) in enumerate(strip.asked, strip.rows.start):
            for do, given in before:
                do(*given)
            if possible is not None:
                self.counts[row] = int(np.count_nonzero(possible))
                if not self.counts[row]:
                    strip.terms[row - strip.rows.start] = 0
                    continue
            for do, given in after:
                do(*given)

    def _run(self, strip: Strip, pace: Any) -> None:
        """Turn the log-odds of a tile into rates and accumulate them."""
        possible = sum(self.counts[strip.rows])
        if not possible:
            strip.terms[...] = 0
            return
        rates, left = strip.terms, self.left[strip.rows]
        if strip.eager is not None:
            rates *= strip.eager
        np.subtract(strip.against, rates, out=rates)
        with np.errstate(over="ignore"):  # a rule whose terms are minus infinity
            np.exp(rates, out=rates)
        rates += FLOAT(1)
        np.divide(self.tempo[strip.rows], rates, out=rates)
        if possible < rates.size or self.forbidden:
            open_ = self.mask[:len(rates)]  # as floats, for a product of mixed types takes longer than both steps
            open_[...] = self.open[strip.rows]
            rates *= open_
        if strip.paced:
            rates *= pace
        left -= rates
        hits = np.flatnonzero(left <= 0)
        if hits.size:
            self.hits.append((hits + strip.rows.start * self.model.n, rates.ravel()[hits]))

    def fired(self) -> list[tuple[int, Worlds, bool]]:
        """The actions that fire today, in the order of declaration: id, worlds, and whether another fired first in any."""
        if not self.hits:
            return []
        cells, rates = map(np.concatenate, zip(*self.hits, strict=True))
        running = rates > 0  # a threshold drawn as 0 (one in some millions) must not fire where the rate is 0
        rows, worlds = np.divmod(cells[running], self.model.n)
        if not rows.size:
            return []
        rows, worlds = self._exclude(rows, worlds, rates[running])
        used = self.used[rows, worlds] + 1
        self.used[rows, worlds] = used
        self.left[rows, worlds] = self.model.luck.take(self.streams[rows], used, self.model.columns[worlds])
        ids = self.ids[rows]
        order = np.argsort(ids, kind="stable")
        ids, worlds = ids[order], worlds[order]
        new = np.ones(ids.size, bool)
        new[1:] = ids[1:] != ids[:-1]
        starts = new.nonzero()[0]
        second = np.logical_or.reduceat(repeated(worlds), starts)
        parts = starmap(slice, pairwise([*starts.tolist(), ids.size]))
        return list(zip(ids[starts].tolist(), map(worlds.__getitem__, parts), second.tolist(), strict=True))

    def _exclude(self, rows: Array, worlds: Worlds, rates: Array) -> tuple[Array, Worlds]:
        """Of the actions of one group in one world only the earliest crossing fires; the others are wound back to that moment.

        rows, worlds, rates : of the clocks that crossed their thresholds, shape (m,) each
        """
        grouped = np.flatnonzero(self.group[rows] >= 0)
        if grouped.size < 2:
            return rows, worlds
        r, w, rate = rows[grouped], worlds[grouped], rates[grouped]
        rival = self.group[r] * self.model.n + w
        moment = 1 + self.left[r, w] / rate
        order = np.lexsort((r, moment, rival))
        first = np.ones(order.size, bool)
        first[1:] = rival[order][1:] != rival[order][:-1]
        if first.all():
            return rows, worlds
        winner = order[np.maximum.accumulate(np.where(first, np.arange(order.size), 0))]
        losers, beaten_at = order[~first], moment[winner[~first]]
        self.left[r[losers], w[losers]] += rate[losers] * (1 - beaten_at)
        keep = np.ones(rows.size, bool)
        keep[grouped[losers]] = False
        return rows[keep], worlds[keep]

    def select(self, worlds: Worlds) -> None:
        """Keep the clocks of these worlds, in this order."""
        self.left, self.used = (np.ascontiguousarray(held[:, worlds]) for held in (self.left, self.used))
        self.allocate()
        self.refresh()
