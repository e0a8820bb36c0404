"""What Iran's partners have in common: an arsenal, a will of their own, and the question whether to fight for Iran."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.engine import DAILY, LONGEST, collapse, count, flag, hazard_event, level, moment
from sim.engine.types import Array, WorldIndex, record_first, worlds_where
from sim.model.actors.decider import Decider
from sim.model.declare import number, rate, share, weight
from sim.model.entities import routine, turn


class Partner(Decider):
    """A partner of Iran: weakened at the start and without the Syrian corridor (L013-L017, L106)."""

    front: ClassVar[int]

    join_rate = rate(0.0006, 2.0, "enters Iran's war, a day, when no regime is at stake: none did in June 2025",
                     "fig-june-2025-partners", "byman-kreps-2010")
    join_on_stake = weight(8.0, "the regime's survival at stake, per unit", "fig-partner-activation", factor=1.4)
    join_on_capability = weight(1.0, "own strength against day 0", "L106")
    join_on_call = weight(2.0, "Iran calls, as far as Iran controls it", "fig-partner-control",
                          "salehyan-gleditsch-cunningham-2011")
    control = share(0.5, 0.3, 0.7, "Iran's control over it", "fig-partner-control")
    host_cost = weight(0.8, "what its hosts would pay", "salehyan-2010")
    punishment = weight(1.0, "expected Israeli or US punishment", "byman-kreps-2010")
    act_alone_rate = rate(0.0006, 1.8, "fights on its own account: agency loss", "salehyan-2010", "fig-partner-control")
    solidarity = weight(1.0, "a war in Gaza draws it in; 0 cuts this coupling", "L035", "fig-houthi-pause")
    stand_down_rate = rate(0.03, 1.5, "stops fighting", "fig-houthi-pause")
    stop_with_war = weight(1.5, "stops when Iran's war is over")
    supply = number(0.01, 0.003, 0.03, "share a month", "arsenal that supplies and own work add", "fig-syria-corridor",
                    "L017")
    corridor = share(0.35, 0.2, 0.5, "share of supplies that come through without Syria", "L017", "fig-syria-corridor")
    disarm_rate = rate(0.001, 1.8, "disarms a step", "L014", "fig-hamas-disarmament")
    disarm_step = share(0.15, 0.08, 0.25, "by how much")
    dignity = weight(1.0, "keeps its arms while attacked or threatened",
                     short="Israel's hawks, a threat to those who would disarm")

    strength = level("arsenal and fighters against the start", 1.0, 0, 2, record=True, evidence=["L106"])
    fighting = flag("fights", record=True)
    for_iran = flag("fights for Iran")
    first_fight = moment("first day of fighting")
    fought_days = count("days of fighting", unit="days", high=LONGEST)
    disarmed = level("share disarmed", 0.0, record=True)

    def weighs(self) -> Array:
        """What drives a partner to enter its sponsor's war (C9): delegation with agency loss.

        Salehyan, Gleditsch and Cunningham 2011; Byman and Kreps 2010. In June 2025 none did: the regime was not at stake.
        """
        return (self.join_on_stake * self.war.stake
                + self.join_on_capability * (self.strength - 1)
                + self.join_on_call * (self.control * self.iran.calls)
                - self.host_cost * self.burden())

    def burden(self) -> Array:
        """How much more than on day 0 its hosts would pay: more, where Israel campaigns next door."""
        return np.float32(0.5) * self.israel.lebanon_campaign

    @hazard_event(rate="join_rate", tempo=0.25, evidence=["L035", "L084", "L095", "L106"],
                  when=lambda p: p.war.on & ~p.fighting & (p.disarmed < 0.9), sets={"for_iran": True},
                  then=lambda p, worlds: p.opens_fire(worlds), story=turn("{name} in the war"))
    def join_iran(self) -> Array:
        """Enters the war on Iran's side."""
        return self.weighs() + self.solidarity * self.gaza.at_war - self.punishment * (self.us.light - 1)

    @hazard_event(rate="act_alone_rate", evidence=["L035", "L106"], when=lambda p: ~p.fighting & (p.disarmed < 0.9),
                  then=lambda p, worlds: p.opens_fire(worlds), story=turn("fire by {name}"))
    def act_alone(self) -> Array:
        """Opens fire on its own account."""
        return (self.solidarity * self.gaza.at_war
                + self.join_on_capability * (self.strength - 1)
                - self.host_cost * self.burden())

    def opens_fire(self, worlds: WorldIndex) -> None:
        """Start fighting."""
        self.fighting[worlds] = True
        record_first(self.first_fight, worlds, self.model.day)
        self.war.raise_tension(worlds, self.war.tension_step[worlds])

    @hazard_event(rate="stand_down_rate", tempo=DAILY, when=lambda p: p.fighting, evidence=["L106"],
                  sets={"fighting": False, "for_iran": False}, then=lambda p, worlds: p.after_fighting(worlds),
                  story=turn("end of fire by {name}"))
    def stand_down(self) -> Array:
        """Stops fighting."""
        return (self.stop_with_war * (self.for_iran & ~self.war.on)
                - self.join_on_stake * self.war.stake / 4
                - self.solidarity * self.gaza.at_war)

    def after_fighting(self, worlds: WorldIndex) -> None:
        """What ends with the fighting."""

    @hazard_event(rate="disarm_rate", when=lambda p: ~p.fighting & (p.disarmed < 1), evidence=["L014", "L060"],
                  story=routine("step of disarming by {name}", "steps of disarming by {name}"))
    def disarm(self) -> Array:
        """Disarms a step."""
        return -self.dignity * (self.israel.hawks - self.israel.ref.hawks) + self.disarm_push()

    @disarm.effect
    def _(self, worlds: WorldIndex) -> None:
        self.disarmed[worlds] = np.minimum(self.disarmed[worlds] + self.disarm_step[worlds], 1)
        self.strength[worlds] *= 1 - self.disarm_step[worlds]

    def disarm_push(self) -> Array:
        """What speaks for disarming: Iran in need of relief has less to give."""
        return self.join_on_capability * (1 - self.strength)

    def live(self) -> None:
        """Supplies come, fighting uses up."""
        supplies = collapse(self.supply) * collapse(self.corridor) / np.float32(30 * 0.35)
        supplied = self.strength + supplies * (1 - self.disarmed)
        self.strength = np.minimum(supplied * (1 - np.float32(0.01) * self.fighting), 2)
        self.fought_days += self.fighting

    def fire(self) -> None:
        """A day of fire where it fights."""
        worlds = worlds_where(self.fighting)
        if worlds.size:
            self.war.fire_on(self.front, worlds)
            self.shoot(worlds)

    def shoot(self, worlds: WorldIndex) -> None:
        """What a day of its fire does."""
