"""Hamas: asked to disarm under the Gaza plan, and not inclined to."""

from __future__ import annotations

import numpy as np

from sim.engine import Array, WorldIndex, hazard_event
from sim.model.actors.partner import Partner
from sim.model.codes import Front
from sim.model.declare import rate, share, weight
from sim.model.entities import Card, turn


class Hamas(Partner):
    """Weakened in two years of war; its arms are the crux of the Gaza plan."""

    key = "hamas"
    card = Card("Hamas", "#00916a", "partners", (905, 450))
    front = Front.GAZA

    control = share(0.2, 0.1, 0.35, "Iran's control over it", "fig-partner-control")
    act_alone_rate = rate(0.0002, 1.8, "fights on its own account: agency loss", "salehyan-2010", "fig-partner-control")
    disarm_rate = rate(0.0015, 1.6, "disarms a step: a tenth would be done within a year", "L014", "L060",
                       "fig-hamas-disarmament")
    disarm_on_withdrawal = weight(1.5, "Israel withdraws in step", "L060")
    disarm_on_government = weight(0.8, "a technocratic government takes over", "L019", "L058")
    break_rate = rate(0.0002, 1.8, "breaks the ceasefire itself", "fig-gaza-collapse", "L014")

    def disarm_push(self) -> Array:
        """Withdrawal and a new government make disarming easier."""
        return (self.disarm_on_withdrawal * self.gaza.withdrawn
                + self.disarm_on_government * self.gaza.government
                - np.float32(10) * (self.gaza.phase < 2))

    @hazard_event(rate="break_rate", when=lambda h: ~h.gaza.at_war & ~h.gaza.frozen, evidence=["L014", "L060"],
                  then=lambda h, worlds: h.gaza.resumes(worlds), story=turn())
    def break_ceasefire(self) -> Array:
        """Breaks the ceasefire in Gaza."""
        return self.solidarity * self.war.on + self.dignity * self.gaza.stalled

    def opens_fire(self, worlds: WorldIndex) -> None:
        """Its front is Gaza: opening fire is a return to war there."""
        super().opens_fire(worlds)
        self.gaza.resumes(worlds[~self.gaza.at_war[worlds] & ~self.gaza.frozen[worlds]])
