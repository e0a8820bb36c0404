"""The oil market: tension, lost supply and chance move the price of Brent."""

from __future__ import annotations

import numpy as np

from sim.engine import ANYTHING, LONGEST, Array, WorldIndex, collapse, count, hazard_event, kept_a_day, level, normals, stock
from sim.engine.priors import triangular
from sim.model.declare import days, number, quantity, rate
from sim.model.entities import Arena, Card, routine
from sim.model.mechanisms import market


class Oil(Arena):
    """Brent, in dollars."""

    key = "oil"
    card = Card("Oil", "#77706a", "war", (90, 300))

    price_at_start = quantity(61, triangular(60, 61, 62.5), "dollars", "Brent on day 0", "fig-brent", low=1, high=500)
    premium = number(0.05, 0.02, 0.1, "log price per unit of tension", "premium for tension: 3 to 8 dollars",
                     "fig-oil-premium")
    shock_height = number(0.75, 0.55, 1.0, "log price", "rise when supply is lost, at most", "fig-oil-fit",
                          "fig-goldman")
    shock_curvature = number(0.27, 0.2, 0.36, "per million barrels a day", "how fast that is reached", "fig-oil-fit",
                             "fig-goldman")
    volatility = number(0.34, 0.25, 0.5, "log price a year", "annual volatility without a crisis", "fig-oil-volatility")
    reversion = days(25, 1.5, "half-life of a shock after supply is restored", "fig-oil-fit")
    repair_rate = rate(0.01, 1.6, "lost supply that nobody blocks any more is replaced", "fig-goldman")

    price = stock("Brent", "price_at_start", "dollars", 250, record=True, title="Price of oil (Brent)", drawn=3)
    walk = level("what chance has added to the log price", 0.0, -2, 2, limits=ANYTHING)
    shock = stock("what lost supply adds to the log price", 0, "", 2)
    loss = stock("supply lost in the Gulf", 0, "million barrels a day", 15)
    detour = stock("supply that avoids the Red Sea", 0, "million barrels a day", 5)
    loss_days = count("days supply has been lost", unit="days", high=LONGEST)
    top_price = stock("highest price", "price_at_start", "dollars", 1000)
    price_sum = stock("sum of daily prices", 0, "dollars", 1_000_000)
    days_over_100 = count("days above 100 dollars", unit="days", high=LONGEST)
    longest_loss = count("days of the longest loss of a quarter of Hormuz", unit="days", high=LONGEST)

    news = normals("a week's news")

    def above_start(self) -> Array:
        """Log price above that of day 0, not below zero."""
        return np.maximum(np.log(self.price / self.ref.price), 0)

    def trade(self) -> None:
        """A day of the market."""
        if self.model.weekly:
            self.walk += collapse(self.volatility) / np.float32(52**0.5) * self.news.on(self.model.day // 7)
        missing = self.loss + self.detour
        lost = missing > 0
        self.loss_days += lost
        self.loss_days *= lost
        target = market.supply_shock(missing, self.loss_days, self.shock_height, self.shock_curvature)
        self.shock = np.maximum(self.shock * kept_a_day(self.reversion), target * lost)
        self.price = self.price_at_start * np.exp(
            self.premium * (self.war.tension - self.war.ref.tension) + self.walk + self.shock)
        self.top_price = np.maximum(self.top_price, self.price)
        self.price_sum += self.price
        self.days_over_100 += self.price > 100
        self.longest_loss = np.maximum(self.longest_loss, self.loss_days * (self.loss >= 5))

    @hazard_event(rate="repair_rate", when=lambda oil: (oil.loss > 0), evidence=["L034"],
                  story=routine("replacement of lost oil", "replacements of lost oil"))
    def replace_supply(self) -> Array:
        """Others replace a part of the lost supply."""
        return 2.0 * self.shock

    @replace_supply.effect
    def _(self, worlds: WorldIndex) -> None:
        self.loss[worlds] *= 0.7
