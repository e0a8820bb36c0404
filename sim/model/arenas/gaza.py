"""The Gaza ceasefire: phase two, its institutions, disarmament and withdrawal in steps, stall and collapse."""

from __future__ import annotations

import numpy as np

from sim.engine import DAILY, LONGEST, collapse, count, event, flag, hazard_event, level, moment, normals, stock, uniforms
from sim.engine.types import Array, WorldIndex, record_first, worlds_where
from sim.model.codes import Front
from sim.model.declare import days, number, rate, share, weight
from sim.model.entities import Arena, Card, aside, chapter, routine, turn
from sim.model.mechanisms.quantiles import lognormal


class Gaza(Arena):
    """A ceasefire with a plan of stages whose promised dates can slip."""

    key = "gaza"
    card = Card("Gaza", "#8b5aa8", "partners", (890, 300))

    phase_two_day = days(15, 1.4, "day for which phase two is promised", "L058", "L056", "fig-gaza-phase-two")
    phase_two_kept = share(0.55, 0.35, 0.75, "phase two is announced when promised", "L056", "L058",
                           "fig-gaza-phase-two")
    board_day = days(23, 1.2, "day for which the Board of Peace is called", "L059", "fig-board-of-peace")
    board_kept = share(0.7, 0.5, 0.85, "the Board of Peace meets when promised", "L018", "L059", "fig-board-of-peace")
    slipped_rate = rate(0.02, 1.5, "a step that missed its date is taken, a day", "L058", "L060")
    government_rate = rate(0.03, 1.5, "the technocratic government takes over after phase two", "L019", "L058")
    force_rate = rate(0.008, 1.6, "the stabilisation force deploys", "L061", "L060")
    withdrawal_rate = rate(0.006, 1.6, "Israel withdraws a step", "L060", "L056")
    withdraw_on_disarming = weight(3.0, "withdrawal follows disarming", "L060", short="how far Hamas has disarmed")
    by_hawks = weight(2.0, "Israel's hawks hold it up; 0 cuts this arrow from Israel", "L020", "L056")
    stall_rate = rate(0.03, 1.45, "the plan stalls while Hamas keeps its arms", "L060", "L062")
    restart_rate = rate(0.01, 1.5, "a stalled plan moves again", "L061")
    step = share(0.15, 0.08, 0.25, "size of a step of withdrawal", "L060")
    end_rate = rate(0.01, 1.5, "a war in Gaza ends, a day", "fig-gaza-collapse")
    end_on_cost = weight(0.5, "the longer it lasts, per 100 days", "L034", short="how long it has lasted")
    strain = number(0.15, 0.08, 0.3, "tension", "tension that a war in Gaza adds; 0 cuts this coupling", "L035")
    deaths_in_truce = number(4.5, 3, 7, "deaths a day", "deaths under the ceasefire", "fig-gaza-violence")
    deaths_in_war = number(60, 30, 120, "deaths a day", "deaths in a renewed war", "L035", "assumption")

    phase = count("phase of the plan", 1, high=3, record=True, evidence=["L056", "L061"])
    board = flag("the Board of Peace has met", evidence=["L018"])
    government = flag("a technocratic government is in place", evidence=["L019"])
    force = flag("the stabilisation force is deployed")
    withdrawn = level("share of the withdrawal done", 0.0)
    stalled = flag("the plan is stalled", record=True)
    frozen = flag("nothing in Gaza moves any more: a switch for what-ifs")
    at_war = flag("war in Gaza", record=True)
    war_age = count("days of this war in Gaza", unit="days", high=LONGEST)
    war_day = moment("first day of renewed war in Gaza")
    phase_two = moment("day phase two was announced")
    board_met = moment("day the Board of Peace met")
    stalled_days = count("days of stall", unit="days", high=LONGEST)
    deaths = stock("deaths in Gaza since day 0", 0, "deaths", 40000)

    promise = uniforms("whether a promised date is kept")
    toll = normals("deaths of a week")

    def keep_promises(self) -> None:
        """Promised dates come; each is kept or slips."""
        for due, kept, done, key in (
                (self.phase_two_day, self.phase_two_kept, self.phase >= 2, self.phase_two_announced),
                (self.board_day, self.board_kept, self.board, self.board_convenes)):
            today = np.rint(collapse(due)) == self.model.day
            if np.count_nonzero(today):
                worlds = worlds_where(today & ~done & ~self.frozen & ~self.at_war)
                key(worlds[self.promise(worlds) < kept[worlds]])

    def permission(self) -> Array:
        """Washington lets Israel act if Hamas, once asked, does not disarm (L057): 0 to 1."""
        asked = (self.phase >= 2) & (self.phase_two < self.model.day - 30)
        return asked * (1 - np.minimum(self.hamas.disarmed * 3, 1))

    def live(self) -> None:
        """Days of stall and of war; deaths by the week."""
        self.stalled_days += self.stalled
        self.war_age += self.at_war
        self.war.fire_on(Front.GAZA, worlds_where(self.at_war))
        if self.model.weekly:
            rate = np.where(self.at_war, self.deaths_in_war, self.deaths_in_truce * ~self.frozen)
            self.deaths += 7 * lognormal(self.toll.on(self.model.day // 7), rate, 0.3)

    @event(evidence=["L056", "L058"], story=turn("phase two in Gaza"))
    def phase_two_announced(self, worlds: WorldIndex) -> None:
        """Phase two is announced."""
        self.phase[worlds], self.phase_two[worlds] = 2, self.model.day

    @event(evidence=["L018", "L059"], story=turn("Board of Peace meets"))
    def board_convenes(self, worlds: WorldIndex) -> None:
        """The Board of Peace meets."""
        self.board[worlds], self.board_met[worlds] = True, self.model.day

    def quiet(self) -> Array:
        """Where the plan can move at all."""
        return ~self.at_war & ~self.frozen

    @hazard_event(rate="slipped_rate", evidence=["L058"],
                  when=lambda g: g.quiet() & (g.phase == 1) & (g.phase_two_day < g.model.day),
                  then=lambda g, worlds: g.phase_two_announced(worlds), story=aside())
    def announce_late(self) -> Array:
        """Phase two is announced after its promised date."""
        return -self.by_hawks * (self.israel.hawks - self.israel.ref.hawks)

    @hazard_event(rate="slipped_rate", evidence=["L059"], when=lambda g: g.quiet() & ~g.board & (g.board_day < g.model.day),
                  then=lambda g, worlds: g.board_convenes(worlds), story=aside())
    def convene_late(self) -> Array:
        """The Board of Peace meets after its promised date."""
        return np.float32(1) * (self.phase >= 2)

    @hazard_event(rate="government_rate", evidence=["L019", "L058"], when=lambda g: g.quiet() & (g.phase >= 2) & ~g.government,
                  sets={"government": True}, story=turn("technocrats govern Gaza"))
    def form_government(self) -> Array:
        """A technocratic government takes over."""
        return np.float32(1) * self.board - np.float32(1) * self.stalled

    @hazard_event(rate="force_rate", evidence=["L061"], when=lambda g: g.quiet() & (g.phase >= 2) & ~g.force,
                  sets={"force": True}, story=turn("force deploys"))
    def deploy_force(self) -> Array:
        """The stabilisation force deploys."""
        return np.float32(1) * self.government - np.float32(1) * self.stalled

    @hazard_event(rate="withdrawal_rate", evidence=["L060"], when=lambda g: g.quiet() & (g.phase >= 2) & (g.withdrawn < 1),
                  story=routine("step of withdrawal from Gaza", "steps of withdrawal from Gaza"))
    def withdraw(self) -> Array:
        """Israel withdraws a step."""
        return (self.withdraw_on_disarming * self.hamas.disarmed
                - self.by_hawks * (self.israel.hawks - self.israel.ref.hawks)
                - np.float32(1) * self.stalled
                + np.float32(0.5) * self.force)

    @withdraw.effect
    def _(self, worlds: WorldIndex) -> None:
        self.withdrawn[worlds] = np.minimum(self.withdrawn[worlds] + self.step[worlds], 1)
        self.phase[worlds[(self.withdrawn[worlds] > 0.8) & (self.hamas.disarmed[worlds] > 0.8)]] = 3

    @hazard_event(rate="stall_rate", evidence=["L060", "L062"], when=lambda g: g.quiet() & (g.phase == 2) & ~g.stalled,
                  sets={"stalled": True}, story=turn("Gaza plan stalls"))
    def stall(self) -> Array:
        """The plan stalls over disarmament and withdrawal."""
        return -self.withdraw_on_disarming * (self.hamas.disarmed + self.withdrawn) / 2

    @hazard_event(rate="restart_rate", evidence=["L061"], when=lambda g: g.quiet() & g.stalled, sets={"stalled": False},
                  story=turn("Gaza plan moves again"))
    def move_again(self) -> Array:
        """A stalled plan moves again."""
        return self.withdraw_on_disarming * self.hamas.disarmed + np.float32(0.5) * self.force

    @event(evidence=["L057", "L060"], story=chapter("region", "war returns to Gaza"))
    def resumes(self, worlds: WorldIndex) -> None:
        """War returns to Gaza."""
        self.at_war[worlds], self.war_age[worlds] = True, 0
        record_first(self.war_day, worlds, self.model.day)
        self.war.raise_tension(worlds, self.strain[worlds])

    @hazard_event(rate="end_rate", tempo=DAILY, when=lambda g: g.at_war, evidence=["L034", "L061"], sets={"at_war": False},
                  story=turn())
    def ceasefire_returns(self) -> Array:
        """A ceasefire returns to Gaza."""
        return self.end_on_cost * self.war_age / 100 - self.by_hawks * (self.israel.hawks - self.israel.ref.hawks)
