"""Iran: rebuilds whatever the talks do, keeps its red line, fears a strike, answers one."""

from __future__ import annotations

import numpy as np

from sim.engine import DAILY, MONTHLY, event, flag, hazard_event, kept_a_day, level, moment, stock
from sim.engine.priors import beta, uniform
from sim.engine.types import Array, WorldIndex, record_first
from sim.model.actors.decider import Fearful
from sim.model.actors.iran.nuclear_programme import NuclearProgramme
from sim.model.codes import Cause, Initiator, Talks
from sim.model.declare import days, number, quantity, rate, share, weight
from sim.model.entities import Card, chapter, routine, turn


class Iran(NuclearProgramme, Fearful):
    """The government, its Guards and its arsenal."""

    key = "iran"
    card = Card("Iran", "#d55e00", "iran", (500, 640), adjective="Iranian")

    missiles_at_start = number(1650, 1300, 2150, "missiles", "ballistic missiles", "L070", "L071", "L030",
                               "fig-missile-stock")
    production_at_start = number(75, 40, 130, "missiles a month", "production; claims of 3,000 a month are rejected",
                                 "L071", "L055", "fig-missile-production")
    production_growth = share(0.04, 0.01, 0.08, "growth of production a month, to 200 at most", "L055",
                              "fig-missile-production")
    mixers_back = days(150, 1.6, "until the solid-fuel bottleneck is gone", "fig-solid-fuel")
    bottleneck = share(0.25, 0.1, 0.4, "share of production that it costs until then", "fig-solid-fuel", most=0.95)
    launchers_at_start = number(230, 150, 350, "launchers", "launchers", "fig-launchers", "L030")
    launcher_rebuild = number(12, 6, 25, "launchers a month", "rebuild of launchers", "L071", "L072", "fig-launchers")
    air_defence_at_start = quantity(0.15, beta(0.15, 0.05, 0.30), "share", "effect of air defence on Israeli strikes",
                                    "L030", "fig-air-defence", high=1.0)
    air_defence_rebuild = quantity(0.01, uniform(0, 0.03), "share a month", "rebuild of air defence", "L072",
                                   "fig-air-defence", high=1.0)
    import_rate = rate(0.0003, 1.8, "a foreign air-defence system arrives", "fig-air-defence")
    rebuild_rate = rate(0.004, 1.6, "raises or lowers the missile effort", "L055", "L071")
    rebuild_step = share(0.15, 0.08, 0.25, "by how much")
    memory_half_life = days(120, 1.6, "how long an attack weighs on decisions", "L102", "leng-1983")

    peace_value = number(8.0, 5.0, 12.0, "wars like June 2025", "peace is worth more: striking first draws in the US",
                         "chassang-padro-2010", "L094", "fig-alarm-thresholds")
    first_strike_value = number(2.0, 1.2, 3.5, "wars like June 2025",
                                "what striking first is worth beyond being struck",
                                "chassang-padro-2010", "fig-alarm-thresholds", least=0.01)
    exercise_rate = rate(1 / 25, 1.4, "missile exercises of the Guards", "L012", "L033")
    fear_of_carriers = weight(0.35, "each US carrier in theatre", "L042", "fig-posture-hazard")
    fear_of_ultimatum = weight(0.5, "a US ultimatum, as far as it is believed", "L096")
    retaliate_rate = rate(2.3, 1.3, "answers an attack, a day: within a day in nine of ten", "L005", "L095")
    retaliate_on_stake = weight(1.0, "the more is at stake, the surer", "L005", "goemans-2000")
    avenge_rate = rate(0.0004, 1.8, "strikes back after covert action or a blow to Hezbollah", "L095", "fig-april-2024")
    by_provocation = weight(1.5, "recent covert action, alarm it has caused")
    call_rate = rate(0.2, 1.5, "calls on its partners, a day at war", "byman-kreps-2010")
    call_on_loss = weight(3.0, "own capability lost", "fig-partner-control")
    by_stake = weight(4.0, "the regime at stake widens the war", "goemans-2000", "L095")
    harass_rate = rate(0.004, 1.6, "harasses shipping", "fig-hormuz")
    hormuz_rate = rate(0.01, 1.6, "closes Hormuz, a day of a campaign with the US in it", "fig-hormuz", "L095")
    hormuz_loss = number(6.0, 2.0, 12.0, "million barrels a day", "flow lost while it is disrupted", "fig-hormuz",
                         "fig-goldman")
    harass_loss = number(0.6, 0.2, 1.5, "million barrels a day", "flow lost to harassment", "fig-hormuz")
    reopen_rate = rate(0.05, 1.45, "shipping is free again, a day", "fig-goldman", "fig-hormuz")
    hawk_spoil_rate = rate(0.002, 1.8, "the Guards act to spoil talks", "fig-spoilers", "stedman-1997")
    concede_rate = rate(0.02, 1.5, "concedes in the talks", "L092", "L006")
    harden_rate = rate(0.015, 1.5, "hardens its position", "L091", "L010")
    walk_out_rate = rate(0.0008, 1.7, "walks out of the talks", "L091", "L032")
    by_pressure = weight(1.0, "sanctions, protest and threats that are believed", "L092", "L096", "kuperman-2008")
    position_step = share(0.06, 0.03, 0.1, "by how much a position moves", "fig-round-spacing")
    violate_rate = rate(0.001, 1.7, "violates a deal", "L085", "L093")
    economy_memory = share(0.01, 0.005, 0.02, "how fast hardship follows sanctions, a day", "fig-iran-economy")
    crackdown_rate = rate(0.25, 1.5, "cracks down, a day, once protest passes the threshold", "L036", "fig-protest-fit")
    crackdown_threshold = share(0.35, 0.25, 0.45, "participation at which it cracks down", "fig-protest-fit")
    by_protest = weight(20.0, "protest above or below the threshold", "L036", "fig-protest-fit", factor=1.5,
                        short="protest, against the protest at which it cracks down")
    succession_rate = rate(0.05, 1.5, "a new leader is settled", "fig-leader-loss")

    missiles = stock("ballistic missiles", "missiles_at_start", "missiles", 5000, hidden=True, record=True, short="missiles",
                     title="Iran's missiles", drawn=1)
    production = stock("production of ballistic missiles", "production_at_start", "missiles a month", 220, hidden=True)
    launchers = stock("launchers", "launchers_at_start", "launchers", 600, hidden=True, record=True)
    drones = stock("long-range drones", 8000, "drones", 20000, hidden=True, evidence=["fig-drones"])
    works = level("production sites in order", 1.0, hidden=True)
    rebuild_effort = level("missile effort", 1.0, 0, 2, hidden=True, evidence=["L055", "L071"])
    air_defence = level("air defence against Israeli strikes", "air_defence_at_start", hidden=True, record=True)
    memory = level("memory of an attack, fading: 1 when attacked", 0.33, evidence=["L030", "L031", "L066"])
    provoked = stock("recent covert action against it, fading", 0, "", 5)
    hawks = level("hawk share of the leadership", 0.55, record=True, evidence=["L011", "L006", "fig-faction-weights"])
    hardship = level("hardship of the population", 0.75, 0, 1.5, evidence=["fig-rial", "fig-iran-economy", "L073"])
    leader_in_place = flag("a leader is in place", True, evidence=["L011"], ordered=False)
    leader_lost_day = moment("day a leader was lost", ordered=False)
    regime_stands = flag("the regime stands", True)
    regime_end_day = moment("day the regime fell")
    calls = flag("has called on its partners")
    hormuz_closed = flag("shipping through Hormuz is disrupted", record=True)
    violating = flag("violates a deal", hidden=True)

    def rival(self) -> Fearful:
        """It fears Israel, and whoever strikes with it."""
        return self.israel

    def being_prepared(self) -> Array:
        """Where Israel or the United States prepares to strike."""
        return (self.israel.preparing > 0) | (self.us.preparing > 0)

    def extra_fear(self) -> Array:
        """Carriers near its coast and an ultimatum that is believed (posture enters its alarm here, and nowhere else)."""
        return (self.fear_of_carriers * self.us.carriers
                + self.fear_of_ultimatum * self.us.ultimatum * self.us.credibility)

    def first_over_second(self) -> Array:
        """The fewer launchers, the more would be lost by waiting."""
        return self.first_strike_value * np.maximum(0.1, 2 - self.launchers / self.ref.launchers)

    def pressure(self) -> Array:
        """What presses it toward a deal: sanctions, protest, and threats as far as they are believed."""
        return (self.us.sanctions - 1 + self.street.protest
                + self.us.credibility * (self.us.audience + np.float32(0.3) * self.us.carriers))

    # rebuilding

    def live(self) -> None:
        """Production and repair, whatever the talks do; the programme; hardship; what fades."""
        self.production = np.minimum(self.production * (1 + self.production_growth / 30), 200)
        held_up = 1 - self.bottleneck * (self.model.day < self.mixers_back)
        self.missiles += self.production * self.rebuild_effort * self.works * held_up / (30 * (1 - self.bottleneck))
        self.launchers += self.launcher_rebuild * self.rebuild_effort / 30
        self.works += (1 - self.works) / 240
        self.air_defence = np.minimum(self.air_defence + self.air_defence_rebuild / 30, 0.9)
        self.memory *= kept_a_day(self.memory_half_life)
        self.provoked *= np.float32(0.97)
        self.hardship += self.economy_memory * (0.75 * self.us.sanctions - self.hardship)
        self.hawks += (self.ref.hawks + 0.1 * self.street.protest - self.hawks) / 120
        self.work()
        self.calm_down()

    def attacked(self, worlds: WorldIndex) -> None:
        """A war begins: it will be remembered, and hawks gain."""
        self.memory[worlds] = 1
        self.hawks[worlds] = np.minimum(self.hawks[worlds] + 0.08, 1)

    def stand_down(self, worlds: WorldIndex) -> None:
        """After a war."""
        self.preparing[worlds], self.calls[worlds], self.alert[worlds] = 0, False, False
        self.alarm[worlds] = self.resting_alarm()[worlds]

    @hazard_event(rate="import_rate", tempo=MONTHLY, evidence=["L072"], story=turn())
    def import_air_defence(self) -> Array:
        """A foreign air-defence system arrives."""
        return self.call_on_loss * (self.ref.air_defence - self.air_defence)

    @import_air_defence.effect
    def _(self, worlds: WorldIndex) -> None:
        self.air_defence[worlds] = np.minimum(self.air_defence[worlds] + 0.1, 0.9)

    @hazard_event(rate="rebuild_rate", group="rebuild", when=lambda iran: iran.rebuild_effort < 1.6,
                  evidence=["L055", "L071", "L072"],
                  story=routine("step up in Iran's missile effort", "steps up in Iran's missile effort"))
    def rebuild_faster(self) -> Array:
        """Puts more into missiles."""
        return (self.dash_after_attack * (self.memory - self.ref.memory)
                + self.by_own_hawks * (self.hawks - self.ref.hawks))

    @rebuild_faster.effect
    def _(self, worlds: WorldIndex) -> None:
        self.rebuild_effort[worlds] += self.rebuild_step[worlds]

    @hazard_event(rate="rebuild_rate", group="rebuild", when=lambda iran: iran.rebuild_effort > 0.4,
                  evidence=["L092", "L055"],
                  story=routine("step down in Iran's missile effort", "steps down in Iran's missile effort"))
    def rebuild_slower(self) -> Array:
        """Puts less into missiles: relief and unrest call for butter."""
        return self.by_pressure * (1 - self.us.sanctions + self.street.protest - self.street.ref.protest)

    @rebuild_slower.effect
    def _(self, worlds: WorldIndex) -> None:
        self.rebuild_effort[worlds] -= self.rebuild_step[worlds]

    # force

    def carry_out_strike(self, worlds: WorldIndex) -> None:
        """A reprisal opens a war."""
        self.war.attack(worlds, Initiator.IRAN, self.reason[worlds], self.war.iranian_campaign[worlds])

    def strike_first(self, worlds: WorldIndex, cause: Array) -> None:
        """Fires first because it believes that it is about to be struck."""
        self.war.attack(worlds, Initiator.IRAN, cause, self.war.iranian_campaign[worlds])

    @hazard_event(rate="retaliate_rate", tempo=3.0, evidence=["L005", "L094", "L095"],
            when=lambda iran: iran.war.on & ~iran.war.iran_answers & iran.regime_stands, story=turn("answers with missiles"))
    def retaliate(self) -> Array:
        """Answers an attack with missiles."""
        return self.retaliate_on_stake * self.war.stake

    @retaliate.effect
    def _(self, worlds: WorldIndex) -> None:
        self.war.iran_answers[worlds] = True
        self.war.rung[worlds] = np.maximum(self.war.rung[worlds], 6 - (~self.war.israel_in[worlds]))
        self.war.climb(worlds)

    @hazard_event(rate="avenge_rate", paced=True, group="first strike", evidence=["L005", "L095"],
                  when=lambda iran: (iran.preparing == 0) & ~iran.war.on & (iran.provoked > 0.1),
                  then=lambda iran, worlds: iran.prepare(worlds, Cause.REPRISAL),
                  story=chapter("decision", "Iran prepares to strike back from its own soil", short="prepares a reprisal"))
    def avenge(self) -> Array:
        """Prepares to answer covert action, or a blow to Hezbollah, from its own soil."""
        return (self.by_provocation * (self.provoked - 1)
                + self.by_own_hawks * (self.hawks - self.ref.hawks)
                - self.fear_of_carriers * self.us.carriers)

    @hazard_event(rate="call_rate", tempo=DAILY, when=lambda iran: iran.war.on & ~iran.calls & iran.regime_stands,
                  evidence=["L084", "L106"], sets={"calls": True}, story=turn())
    def call_on_partners(self) -> Array:
        """Calls on its partners to fight."""
        return self.call_on_loss * (self.war.goals_met() - 0.6) + self.by_stake * (self.war.stake - 0.2)

    @hazard_event(rate="harass_rate", paced=True, when=lambda iran: ~iran.hormuz_closed & (iran.oil.loss <= 0),
                  evidence=["L095"], story=routine("harassment of shipping", "cases of harassment of shipping"))
    def harass_shipping(self) -> Array:
        """Harasses shipping in the Gulf."""
        return self.by_stake * self.war.stake + self.by_pressure * (self.war.tension - self.war.ref.tension)

    @harass_shipping.effect
    def _(self, worlds: WorldIndex) -> None:
        self.oil.loss[worlds] += self.harass_loss[worlds]
        self.war.raise_tension(worlds, self.war.alert_step[worlds])

    @hazard_event(rate="hormuz_rate", tempo=DAILY,
            when=lambda iran: iran.war.us_in & (iran.war.rung >= 8) & ~iran.hormuz_closed,
            evidence=["L095", "L104"], story=chapter("region", "shipping through Hormuz is disrupted", short="disrupts Hormuz"))
    def close_hormuz(self) -> Array:
        """Disrupts shipping through Hormuz."""
        return self.by_stake * (self.war.stake - 0.2)

    @close_hormuz.effect
    def _(self, worlds: WorldIndex) -> None:
        self.hormuz_closed[worlds] = True
        self.oil.loss[worlds] += self.hormuz_loss[worlds]
        self.war.rung[worlds] = np.maximum(self.war.rung[worlds], 9)
        self.war.climb(worlds)

    @hazard_event(rate="reopen_rate", tempo=DAILY, when=lambda iran: iran.oil.loss > 0, evidence=["L034"], story=turn())
    def free_shipping(self) -> Array:
        """Shipping is free again."""
        return -self.by_stake * self.war.stake - self.call_on_loss * self.war.on

    @free_shipping.effect
    def _(self, worlds: WorldIndex) -> None:
        self.hormuz_closed[worlds] = False
        self.oil.loss[worlds] = 0

    # talks

    @hazard_event(rate="concede_rate", group="position", when=lambda iran: iran.talks.state == Talks.ROUNDS,
                  evidence=["L006", "L092", "L097"],
                  then=lambda iran, worlds: iran.talks.iran_moves(worlds, iran.position_step[worlds]),
                  story=routine("Iranian concession"))
    def concede(self) -> Array:
        """Concedes on nuclear limits or verification."""
        return self.by_pressure * (self.pressure() - 0.2) - self.by_own_hawks * (self.hawks - self.ref.hawks)

    @hazard_event(rate="harden_rate", group="position", when=lambda iran: iran.talks.state == Talks.ROUNDS,
                  evidence=["L010", "L091"],
                  then=lambda iran, worlds: iran.talks.iran_moves(worlds, -iran.position_step[worlds]),
                  story=routine("hardening of Iran's position", "hardenings of Iran's position"))
    def harden(self) -> Array:
        """Hardens its position."""
        return (self.by_own_hawks * (self.hawks - self.ref.hawks)
                + self.provoked
                - self.by_pressure * (self.pressure() - 0.2) / 2)

    @hazard_event(rate="walk_out_rate", paced=True, when=lambda iran: iran.talks.state == Talks.ROUNDS,
                  evidence=["L091", "L010", "L032"], then=lambda iran, worlds: iran.talks.breaks_off(worlds), story=turn())
    def walk_out(self) -> Array:
        """Walks out of the talks."""
        return (self.by_own_hawks * (self.hawks - self.ref.hawks)
                + self.provoked
                + self.us.scope
                - self.by_pressure * (self.pressure() - 0.2))

    @hazard_event(rate="hawk_spoil_rate", when=lambda iran: iran.talks.open, evidence=["L011"],
                  then=lambda iran, worlds: iran.talks.spoiled(worlds),
                  story=routine("act of the Guards to spoil the talks", "acts of the Guards to spoil the talks"))
    def guards_spoil(self) -> Array:
        """The Guards act to spoil the talks."""
        return self.israel.spoil_on_progress * self.talks.progress + self.by_own_hawks * (self.hawks - self.ref.hawks)

    @hazard_event(rate="violate_rate", when=lambda iran: (iran.talks.state == Talks.IN_FORCE) & ~iran.violating,
                  evidence=["L085", "L093"], story=turn())
    def violate_deal(self) -> Array:
        """Violates the deal in secret."""
        return self.by_own_hawks * (self.hawks - self.ref.hawks) - self.by_access * (self.access - self.ref.access)

    @violate_deal.effect
    def _(self, worlds: WorldIndex) -> None:
        self.violating[worlds] = True
        self.effort[worlds] += self.effort_step[worlds]

    # at home

    @hazard_event(rate="crackdown_rate", tempo=DAILY, when=lambda iran: (iran.street.repression < 0.3) & iran.regime_stands,
                  evidence=["L036", "L087"], then=lambda iran, worlds: iran.street.repressed(worlds), story=turn("crackdown"))
    def crack_down(self) -> Array:
        """Cracks down on protests."""
        return self.by_protest * (self.street.protest - self.crackdown_threshold)

    @event(evidence=["L011"], story=chapter("home", "Iran loses its leader", 2, short="leader lost"), ordered=False)
    def leader_lost(self, worlds: WorldIndex) -> None:
        """A leader is lost, by any cause: an aggregate shock."""
        self.leader_in_place[worlds] = False
        record_first(self.leader_lost_day, worlds, self.model.day)
        self.street.spark[worlds] = 1

    @hazard_event(rate="succession_rate", tempo=DAILY, when=lambda iran: ~iran.leader_in_place & iran.regime_stands,
                  evidence=["L011"], sets={"leader_in_place": True}, story=turn())
    def settle_succession(self) -> Array:
        """A new leader is settled."""
        return -self.by_protest * (self.street.protest - self.street.ref.protest) / 10

    @event(evidence=["L036"], story=chapter("home", "Iran's regime falls", 4, short="regime falls"))
    def regime_falls(self, worlds: WorldIndex) -> None:
        """The regime falls."""
        self.regime_stands[worlds] = False
        self.regime_end_day[worlds] = self.model.day
        self.hawks[worlds] /= 2

    def sabotaged(self, worlds: WorldIndex, days_lost: Array | float, alarm: Array) -> None:
        """Covert action: the programme loses days, alarm and hawks gain."""
        self.setback[worlds] += days_lost
        self.alarm[worlds] += alarm
        self.provoked[worlds] += 0.5
        self.hawks[worlds] = np.minimum(self.hawks[worlds] + 0.02, 1)
