"""The Iraqi militias: quiet at the start; near US bases."""

from __future__ import annotations

import numpy as np

from sim.engine import Array, WorldIndex, stock, uniforms
from sim.model.actors.partner import Partner
from sim.model.codes import Front
from sim.model.declare import number, share, weight
from sim.model.entities import Card


class Militias(Partner):
    """In Iraq: they can attack US forces at will, and their hosts would pay."""

    key = "militias"
    card = Card("Iraqi militias", "#8c6d31", "partners", (110, 480))
    front = Front.IRAQ

    control = share(0.55, 0.35, 0.75, "Iran's control over them", "fig-partner-control")
    solidarity = weight(0.7, "a war in Gaza draws them in; 0 cuts this coupling", "L035", "L016")
    attacks_a_day = number(2.1, 1.0, 3.0, "attacks a day", "160 attacks in 76 days of 2023", "L016", "fig-militia-rate")
    deaths_an_attack = number(0.009, 0.003, 0.03, "US deaths an attack",
                              "one attack in about 170 killed, three at once", "fig-militia-lethality")

    attacks = stock("attacks on US forces", 0, "attacks", 1000)

    luck_of_the_day = uniforms("whether an attack kills")

    def burden(self) -> Array:
        """Baghdad pays more the more US forces are about."""
        return self.us.carriers * np.float32(0.25)

    def shoot(self, worlds: WorldIndex) -> None:
        """Attacks US forces; rarely one kills, then several at once."""
        attacks = self.attacks_a_day[worlds] * self.strength[worlds]
        self.attacks[worlds] += attacks
        deaths = np.float32(3) * (self.luck_of_the_day(worlds) < attacks * self.deaths_an_attack[worlds] / 3)
        self.war.dead_us[worlds] += deaths
        self.us.casualties[worlds] += deaths
