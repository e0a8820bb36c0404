"""Two rivals arm against each other (Richardson 1960), mobilise and sometimes fight, while a third country just trades.

A second model on the engine, for its tests: everything that the engine offers is used once, and nothing is of the news.
"""

from __future__ import annotations

import numpy as np

from sim.engine import (
    DAILY,
    WEEKLY,
    Ensemble,
    Parameter,
    State,
    count,
    event,
    exponentials,
    flag,
    hazard_event,
    level,
    normals,
    stock,
    uniforms,
)
from sim.engine.priors import uniform


def number(default, unit="log-odds", low=0.0):
    return Parameter(default, uniform(0, 2), unit, "", low=low)


class Rival(State):
    decisiveness = number(1.0)
    arms_at_start = number(100, "tanks")
    arm_rate, cut_rate = number(0.1, "per day"), number(0.05, "per day")
    mobilise_rate, attack_rate = number(0.05, "per day"), number(0.2, "per day")
    by_gap, by_burden, by_fear = number(2.0), number(1.0), number(1.5)

    arms = stock("tanks", "arms_at_start", "tanks", 1000, record=True)
    depots = stock("tanks on order, by factory", [6.0, 3.0, 1.0], "tanks", 50)
    fear = level("fear of the other", 0.5, record=True)
    mobilised = flag("ready to fight")
    attacks = count("wars that it began")

    mood = normals("what the papers say")
    loss = uniforms("share of the tanks lost")

    def live(self):
        news = 0.1 * (self.share_of_rival() - self.fear) + 0.02 * self.mood.on(self.model.day)
        self.fear = np.clip(self.fear + news, 0, 1)

    def share_of_rival(self):
        return self.rival.arms / (self.arms + self.rival.arms)

    @hazard_event(rate="arm_rate", tempo=DAILY, paced=True)
    def arm(self):
        """Buys what the factories have ready."""
        return (self.by_gap * np.log(self.rival.arms / self.arms)
                - self.by_burden * (self.arms / self.ref.arms - 1))

    @arm.effect
    def _(self, worlds):
        self.arms[worlds] += self.depots[0, worlds]
        self.depots[:, worlds] = np.roll(self.depots[:, worlds], 1, axis=0)

    @hazard_event(rate="cut_rate", tempo=WEEKLY, when=lambda side: ~side.border.war)
    def cut(self):
        """Scraps a tenth."""
        return self.by_burden * (self.arms / self.ref.arms - 1) - self.by_fear * (self.fear - self.ref.fear)

    @cut.effect
    def _(self, worlds):
        self.arms[worlds] *= np.float32(0.9)

    @hazard_event(rate="mobilise_rate", tempo=DAILY, when=lambda side: ~side.mobilised)
    def mobilise(self):
        """Calls up its men."""
        return self.by_fear * (self.fear - self.ref.fear) + self.rival.mobilised

    @mobilise.effect
    def _(self, worlds):
        self.mobilised[worlds] = True

    @hazard_event(rate="attack_rate", tempo=DAILY, group="first shot", when=lambda side: side.mobilised & ~side.border.war)
    def attack(self):
        """Crosses the border."""
        return self.by_fear * (self.fear - self.ref.fear) - self.by_gap * np.maximum(self.share_of_rival() - 0.5, 0)

    @attack.effect
    def _(self, worlds):
        self.attacks[worlds] += 1
        self.border.war_breaks_out(worlds)


class North(Rival):
    key = "north"

    @property
    def rival(self):
        return self.south


class South(Rival):
    key = "south"

    @property
    def rival(self):
        return self.north


class Border(State):
    key = "border"
    end_rate = number(0.1, "per day")

    war = flag("there is war")
    wars = count("wars so far")
    left = count("days until winter stops the fighting", unit="days")

    winter = exponentials("how long until winter")

    def live(self):
        self.winter_comes(np.flatnonzero(self.war & (self.left == 0)))
        self.left -= self.left > 0

    @event()
    def war_breaks_out(self, worlds):
        """War."""
        self.war[worlds], self.left[worlds] = True, np.ceil(30 * self.winter(worlds))
        self.wars[worlds] += 1
        for side in (self.north, self.south):
            side.arms[worlds] *= 1 - side.loss(worlds) / 2

    @event()
    def winter_comes(self, worlds):
        """Nobody can move."""
        self.peace_returns(worlds)

    @event()
    def peace_returns(self, worlds):
        """Peace."""
        self.war[worlds] = self.north.mobilised[worlds] = self.south.mobilised[worlds] = False

    @hazard_event(rate="end_rate", tempo=DAILY, when=lambda border: border.war)
    def make_peace(self):
        """Ends the war by treaty."""
        return 0.0

    @make_peace.effect
    def _(self, worlds):
        self.peace_returns(worlds)


class Trader(State):
    """Has nothing to do with the quarrel."""

    key = "trader"
    trade_rate = number(0.3, "per day")

    gold = level("gold", 1.0, high=100)
    wind = normals("wind")
    profit = uniforms("profit of a journey")

    def live(self):
        self.gold *= np.exp(0.01 * self.wind.on(self.model.day // 7))

    @hazard_event(rate="trade_rate", tempo=DAILY)
    def trade(self):
        """A ship comes home."""
        return -0.1 * self.gold

    @trade.effect
    def _(self, worlds):
        self.gold[worlds] += self.profit(worlds)


class ArmsRace(Ensemble):
    states = (North, South, Border, Trader)

    def pace(self):
        return 1 + 3 * self.border.war.astype(np.float32)
