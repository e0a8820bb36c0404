"""The Houthis: paused since the Gaza ceasefire; ready to fire at Israel and at ships again."""

from __future__ import annotations

import numpy as np

from sim.engine import WEEKLY, Array, Worlds, action, flag, happening, stock, uniforms
from sim.model.actors.partner import Partner
from sim.model.codes import Front
from sim.model.declare import number, rate, share, weight
from sim.model.entities import Card, aside, turn
from sim.model.mechanisms.quantiles import overdispersed


class Houthis(Partner):
    """In Yemen: few missiles, a chokepoint, and little obedience."""

    key = "houthis"
    card = Card("Houthis", "#c45fa0", "partners", (690, 690), subject="the Houthis")
    front = Front.YEMEN

    join_rate = rate(0.004, 1.8, "enters Iran's war, a day, when no regime is at stake: sporadic in June 2025",
                     "fig-june-2025-partners", "fig-houthi-pause")
    control = share(0.35, 0.2, 0.5, "Iran's control over them", "fig-partner-control")
    solidarity = weight(3.0, "a war in Gaza brings them back: half of such wars", "fig-houthi-pause", "L015",
                        factor=1.5)
    missiles_at_start = number(40, 20, 90, "missiles", "ballistic missiles", "L015", "fig-houthi-arsenal")
    missile_supply = number(4, 2, 7, "missiles a month", "supply", "fig-houthi-arsenal")
    launches_a_day = number(0.57, 0.3, 0.9, "missiles a day", "39 in 69 days of 2025", "fig-houthi-rate")
    deaths_a_launch = number(0.02, 0.005, 0.06, "deaths", "deaths in Israel for each missile", "fig-houthi-rate")
    shipping_rate = rate(0.02, 1.6, "attacks ships while it fights", "fig-houthi-rate", "L015")
    ships_spared_rate = rate(0.02, 1.6, "spares ships again", "fig-houthi-pause")
    shipping_loss = number(0.3, 0.1, 0.8, "million barrels a day", "oil that goes the long way round", "fig-hormuz")

    missiles = stock("ballistic missiles", "missiles_at_start", "missiles", 200, hidden=True)
    at_ships = flag("attacks ships")

    aim = uniforms("missiles fired and deaths")

    def live(self) -> None:
        """Missiles come in, a few a month."""
        super().live()
        self.missiles += self.missile_supply / 30 * self.corridor / self.ref.corridor

    def shoot(self, worlds: Worlds) -> None:
        """A missile every other day."""
        drawn = self.aim(worlds)
        fired = np.minimum(np.floor(self.launches_a_day[worlds] + drawn), np.floor(self.missiles[worlds]))
        self.missiles[worlds] -= fired
        self.war.dead_israel[worlds] += overdispersed(self.aim(worlds), self.deaths_a_launch[worlds] * fired + 1e-9,
                                                      0.4)

    @action(rate="shipping_rate", tempo=WEEKLY, when=lambda h: h.fighting & ~h.at_ships, evidence=["L015"], story=turn())
    def attack_ships(self) -> Array:
        """Attacks ships in the Red Sea."""
        return self.solidarity * self.gaza.at_war / 2 + self.join_on_call * self.control * self.iran.calls

    @attack_ships.effect
    def _(self, worlds: Worlds) -> None:
        self.at_ships[worlds] = True
        self.oil.detour[worlds] = self.shipping_loss[worlds]

    @action(rate="ships_spared_rate", tempo=WEEKLY, when=lambda h: h.at_ships, evidence=["L015"],
            story=turn("ships are spared"))
    def spare_ships(self) -> Array:
        """Spares ships again."""
        return -self.solidarity * self.gaza.at_war / 2 - self.join_on_call * self.control * self.iran.calls

    @spare_ships.effect
    def _(self, worlds: Worlds) -> None:
        self.at_ships[worlds], self.oil.detour[worlds] = False, 0

    @happening(evidence=["L015"], story=aside())
    def falls_silent(self, worlds: Worlds) -> None:
        """Stops firing at ships with the rest."""
        self.at_ships[worlds], self.oil.detour[worlds] = False, 0

    def after_fighting(self, worlds: Worlds) -> None:
        """Ships are spared with the rest."""
        self.falls_silent(worlds[self.at_ships[worlds]])
