"""Hazard clocks: the log-odds of all actions in one matrix, turned into rates in one pass.

Each (world, action) has a threshold drawn from Exp(1) in advance. The action fires on the day on which its accumulated
hazard exceeds the threshold, and draws its next one. This is the discrete-time logit hazard model of the study of conflict
onset (Beck, Katz and Tucker 1998; Singer and Willett 2003): rate = tempo x logistic(base + decisiveness x terms), and at
most one firing a day, with probability 1 - exp(-rate).
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from sim.engine.events import Event
from sim.engine.fields import FLOAT
from sim.engine.parameters import collapse, stacked
from sim.engine.plan import Binding, Order, RuleSteps
from sim.engine.streams import RandomStreams
from sim.engine.traced_day import trace_rules
from sim.engine.tracing import Tracer
from sim.engine.types import Array, ModelLike, StateLike, WorldIndex

RARE = FLOAT(1e-30)
TILE = 1 << 15
"""Cells of the matrix that are worked on at a time: 128 KiB, which stay in cache."""


def log_odds(share: Array) -> Array:
    """Logit of a share in [0, 1]; that of 0 is low enough never to fire."""
    share = np.clip(share, RARE, FLOAT(0.999))
    return np.log(share / (1 - share))


def repeated(worlds: WorldIndex) -> Array:
    """Which entries repeat an earlier one: bool, shape of `worlds`."""
    same = np.ones(worlds.size, bool)
    same[np.unique(worlds, return_index=True)[1]] = False
    return same


def rules_of(model: Any, rules: list[tuple[Any, Any, StateLike]], names: list[str]) -> Order:
    """The rules of this class of models, traced and kept on the class, since that takes as long as some days.

    They are traced anew if a rule was replaced, but not if only something that a rule calls was.
    """
    owner, signature = type(model), [(odds, when, type(state)) for odds, when, state in rules]
    known = vars(owner).get("order")
    if known is None or known[0] != signature:
        owner.order = known = signature, Order(trace_rules(model, Tracer(model), rules, names))
    order: Order = known[1]
    return order


class Tile(NamedTuple):
    """Some rows of the matrix, with base log-odds and decisiveness: shape (rows, n), or (rows, 1) if equal in all worlds."""

    rows: slice
    terms: Array
    """Its log-odds, which become rates in place: all tiles share this memory, so that it stays in cache."""
    paced: bool
    minus_baseline: Array
    decisiveness: Array | None
    steps: list[RuleSteps]


class HazardClocks:
    """The clocks of all actions of a model: one row per action, one column per world."""

    def __init__(self, model: ModelLike, actions: list[tuple[int, StateLike, Event]]) -> None:
        actions = sorted(actions, key=lambda a: not a[2].paced)
        self.model = model
        self.ids = np.array([i for i, _, _ in actions], np.int32)
        self.rules = [(event.odds, event.when, state) for _, state, event in actions if event.odds]
        """Log-odds, precondition and state of each."""
        self.names = [f"{state.key}.{event.name}" for _, state, event in actions]
        self.tempo = np.array([event.tempo for _, _, event in actions], FLOAT)[:, None]
        self.paced = sum(event.paced for _, _, event in actions)
        groups = sorted({event.group for _, _, event in actions if event.group})
        self.group = np.array([groups.index(event.group) if event.group else -1 for _, _, event in actions])
        self.today = np.zeros(1, np.int64)
        self.order: Order = rules_of(model, self.rules, self.names)
        self.allocate()
        self.attach(model.luck)
        self.refresh()

    def allocate(self) -> None:
        """Memory for log-odds (rates per day after `tick`) and preconditions of today: shape (actions, n)."""
        shape = (len(self.rules), self.model.n)
        self.terms = np.empty((min(max(TILE // max(self.model.n, 1), 1), len(self.rules)), self.model.n), FLOAT)
        self.mask = np.empty_like(self.terms)
        self.open, self.rates = np.ones(shape, bool), np.zeros(shape, FLOAT)
        self.counts = [self.model.n] * len(self.rules)
        """In how many worlds the precondition of each action holds today."""
        self.hits: list[tuple[Array, Array]] = []
        self.forbidden: set[int] = set()
        self.pushes: list[tuple[int, WorldIndex, float]] = []

    def attach(self, luck: RandomStreams) -> None:
        """Draw every threshold anew, as before any firing, from these random streams."""
        self.streams = np.array([luck.stream(name, "exponential") for name in self.names], int)
        self.used = np.zeros((len(self.names), self.model.n), np.int32)
        self.left = luck.rows(self.streams[:, None], 0, self.model.numbers)

    def refresh(self) -> None:
        """Recompute what depends on parameters: base log-odds, decisiveness, and parts of the rules."""
        minus_baseline = [-log_odds(collapse(state.__dict__[self.model.events[i][1].rate]) / tempo)
                          for i, tempo, (_, _, state) in zip(self.ids, self.tempo, self.rules, strict=True)]
        decisiveness = [collapse(state.__dict__.get("decisiveness", np.broadcast_to(FLOAT(1), (self.model.n,))))
                        for _, _, state in self.rules]
        self.base = minus_baseline, decisiveness
        self.__dict__.pop("tiles", None)
        self.minus_baseline, self.decisiveness = (stacked(rows) for rows in self.base)

    @cached_property
    def tiles(self) -> list[Tile]:
        """The tiles, made when first needed after a parameter was set, since more may be set before that."""
        height = max(len(self.terms), 1)
        cuts = [slice(low, min(low + height, stop)) for start, stop in ((0, self.paced), (self.paced, len(self.rules)))
                for low in range(start, stop, height)]
        places = [self.terms[row - rows.start] for rows in cuts for row in range(rows.start, rows.stop)]
        steps = list(Binding(self.order, self.model, self.today).rows(places, self.open))
        made = []
        for rows in cuts:
            minus_baseline, decisiveness = (stacked(held[rows]) for held in self.base)
            made.append(Tile(rows, self.terms[:rows.stop - rows.start], rows.start < self.paced, minus_baseline,
                             None if (decisiveness == 1).all() else decisiveness, steps[rows]))
        return made

    def forbid(self, row: int, worlds: WorldIndex) -> None:
        """Keep an action from firing today in these worlds; its hazard does not accumulate in them."""
        self.open[row, worlds] = False
        self.forbidden.add(row)

    def push(self, row: int, worlds: WorldIndex, by: float) -> None:
        """Add `by` to the log-odds of an action today in these worlds."""
        self.rates[row, worlds] += FLOAT(by)
        self.pushes.append((row, worlds, by))

    def straighten(self) -> None:
        """Forget what was forbidden and pushed, before the kernel runs the clocks."""
        self._begin()
        self.open[...], self.rates[...] = True, 0

    def bent(self) -> tuple[Array | None, Array | None]:
        """What was pushed and where clocks run today, float32 of shape (clocks, n); nothing if nobody pushed or forbade."""
        return (self.rates, self.open.astype(FLOAT)) if self.pushes or self.forbidden else (None, None)

    def weigh(self) -> None:
        """Evaluate today's log-odds of every action whose precondition holds in any world."""
        self._begin()
        for tile in self.tiles:
            self._evaluate(tile)
            self.rates[tile.rows] = tile.terms

    def tick(self, weighed: bool, keep: bool) -> None:
        """Turn log-odds into rates per day and accumulate a day of hazard.

        weighed : whether `weigh` was called; if nothing comes between, both are done in one pass here
        keep : whether to write `rates`
        """
        if not weighed:
            self._begin()
        pace = self.model.pace()
        for tile in self.tiles:
            if weighed:
                tile.terms[...] = self.rates[tile.rows]
            else:
                self._evaluate(tile)
            self._run(tile, pace)
            if keep:
                self.rates[tile.rows] = tile.terms

    def _begin(self) -> None:
        """Clear what was forbidden and pushed yesterday; `_evaluate` checks preconditions."""
        for row in self.forbidden:
            self.open[row] = True
        self.forbidden.clear()
        self.pushes.clear()
        self.hits.clear()
        self.today[0] = self.model.day

    def _evaluate(self, tile: Tile) -> None:
        for row, (before, possible, after) in enumerate(tile.steps, tile.rows.start):
            for do, given in before:
                do(*given)
            if possible is not None:
                self.counts[row] = int(np.count_nonzero(possible))
                if not self.counts[row]:
                    tile.terms[row - tile.rows.start] = 0
                    continue
            for do, given in after:
                do(*given)

    def _run(self, tile: Tile, pace: Any) -> None:
        """Turn the log-odds of a tile into rates and accumulate them."""
        possible = sum(self.counts[tile.rows])
        if not possible:
            tile.terms[...] = 0
            return
        rates, left = tile.terms, self.left[tile.rows]
        if tile.decisiveness is not None:
            rates *= tile.decisiveness
        np.subtract(tile.minus_baseline, rates, out=rates)
        with np.errstate(over="ignore"):  # a rule whose terms are minus infinity
            np.exp(rates, out=rates)
        rates += FLOAT(1)
        np.divide(self.tempo[tile.rows], rates, out=rates)
        if possible < rates.size or self.forbidden:
            open_ = self.mask[:len(rates)]  # as floats, for a product of mixed types takes longer than both steps
            open_[...] = self.open[tile.rows]
            rates *= open_
        if tile.paced:
            rates *= pace
        left -= rates
        hits = np.flatnonzero(left <= 0)
        if hits.size:
            self.hits.append((hits + tile.rows.start * self.model.n, rates.ravel()[hits]))

    def fired(self) -> list[tuple[int, WorldIndex, bool]]:
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
        self.left[rows, worlds] = self.model.luck.draws(self.streams[rows], used, self.model.numbers[worlds])
        order = np.argsort(self.ids[rows], kind="stable")
        ids, starts = np.unique(self.ids[rows[order]], return_index=True)
        second = np.logical_or.reduceat(repeated(worlds[order]), starts)
        return list(zip(ids.tolist(), np.split(worlds[order], starts[1:]), second.tolist(), strict=True))

    def _exclude(self, rows: Array, worlds: WorldIndex, rates: Array) -> tuple[Array, WorldIndex]:
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

    def select(self, worlds: WorldIndex) -> None:
        """Keep the clocks of these worlds, in this order."""
        self.left, self.used = (np.ascontiguousarray(held[:, worlds]) for held in (self.left, self.used))
        self.allocate()
        self.refresh()
