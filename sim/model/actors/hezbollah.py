"""Hezbollah: rebuilds its long-range missiles under daily strikes, and may have a front of its own."""

from __future__ import annotations

import numpy as np

from sim.engine import DAILY, Array, WorldIndex, event, hazard_event, stock, uniforms, worlds_where
from sim.engine.types import TINY
from sim.model.actors.partner import Partner
from sim.model.codes import Front
from sim.model.declare import number, rate, share, weight
from sim.model.entities import Card, aside, turn
from sim.model.mechanisms.quantiles import overdispersed

ROOM = 200_000
"""Missiles for which it has room at most: more than its rockets of all kinds before 2024."""


class Hezbollah(Partner):
    """The strongest partner, in Lebanon, under a ceasefire with daily strikes."""

    key = "hezbollah"
    card = Card("Hezbollah", "#b07d00", "partners", (800, 560))
    front = Front.LEBANON

    join_rate = rate(0.0008, 2.0, "enters Iran's war, a day, when no regime is at stake: it did not in June 2025",
                     "fig-june-2025-partners", "byman-kreps-2010")
    control = share(0.6, 0.4, 0.8, "Iran's control over it", "fig-partner-control")
    disarm_rate = rate(0.003, 1.6, "disarms a step, as Beirut asks", "fig-hezbollah-rebuild")
    long_range_at_start = number(1000, 500, 2000, "missiles", "long-range and precise missiles", "L013",
                                 "fig-hezbollah-arsenal")
    rebuild = number(0.025, 0.01, 0.05, "share a month", "rebuild of the long-range stock before interdiction", "L013",
                     "L082", "fig-hezbollah-rebuild")
    interdiction = number(0.02, 0.01, 0.035, "share a month", "what daily strikes take away", "fig-hezbollah-rebuild")
    campaign_losses = share(0.04, 0.02, 0.07, "of the long-range stock lost a day of a major campaign",
                            "fig-lebanon-campaign")
    answer_to_attack = weight(2.0, "a major campaign against it makes it fight", "fig-partner-activation")
    campaign_end_rate = rate(0.03, 1.5, "a major campaign in Lebanon ends", "fig-lebanon-campaign")
    salvo = number(30, 10, 80, "missiles a day", "long-range missiles fired when it fights", "fig-hezbollah-arsenal")
    deaths_a_day = number(0.6, 0.2, 1.5, "deaths a day", "deaths in Israel a day of its fire", "fig-deaths-israel")

    long_range = stock("long-range and precise missiles", "long_range_at_start", "missiles", 6000, hidden=True,
                       record=True, short="long-range missiles")

    victims = uniforms("deaths by its fire")

    def burden(self) -> Array:
        """Its hosts pay while Israel campaigns."""
        return -self.answer_to_attack * self.israel.lebanon_campaign

    @event(evidence=["L082"], story=aside())
    def attacked(self, worlds: WorldIndex) -> None:
        """Comes under a major Israeli campaign."""
        self.iran.provoked[worlds] += 0.3
        self.war.raise_tension(worlds, self.war.strike_step[worlds] / 2)

    @hazard_event(rate="campaign_end_rate", tempo=DAILY, when=lambda h: h.israel.lebanon_campaign, evidence=["L082"],
                  sets={"israel.lebanon_campaign": False}, story=turn("campaign in Lebanon ends"))
    def campaign_ends(self) -> Array:
        """The campaign in Lebanon ends."""
        return self.punishment * (self.ref.long_range_at_start - self.israel.hezbollah_seen) / 500 - self.fighting

    def live(self) -> None:
        """Rebuilds against interdiction; a campaign destroys faster."""
        super().live()
        campaign = self.israel.lebanon_campaign
        growth = (self.rebuild * self.corridor / self.ref.corridor * (1 - self.disarmed) - self.interdiction) / 30
        kept = np.maximum(1 + growth - self.campaign_losses * campaign, 0)
        self.long_range = np.minimum(self.long_range * kept, ROOM)
        self.war.fire_on(self.front, worlds_where(campaign))

    def shoot(self, worlds: WorldIndex) -> None:
        """Fires at Israel; some get through."""
        fired = np.minimum(self.salvo[worlds], self.long_range[worlds])
        self.long_range[worlds] -= fired
        scale = fired / np.maximum(self.salvo[worlds], TINY)
        self.war.dead_israel[worlds] += overdispersed(self.victims(worlds), self.deaths_a_day[worlds] * scale, 0.4)
