"""The confrontation with Iran: tension, the ladder, how wars begin, widen, end and come back."""

from __future__ import annotations

import numpy as np

from sim.engine import (
    ANYTHING,
    DAILY,
    LONGEST,
    WEEKLY,
    count,
    event,
    flag,
    hazard_event,
    kept_a_day,
    level,
    moment,
    normals,
    uniforms,
)
from sim.engine.types import Array, WorldIndex, bounded, record_first, worlds_where
from sim.model.arenas.war.salvoes import Salvoes
from sim.model.codes import Cause, Ending, Front, Initiator
from sim.model.declare import days, number, rate, share, weight
from sim.model.entities import Arena, Card, chapter, turn
from sim.model.mechanisms import termination

LIMITED, EXCHANGE, CAMPAIGN, SEVERAL, ENERGY, REGIME = 5, 6, 7, 8, 9, 10


class War(Salvoes, Arena):
    """Fire between Iran and Israel or the United States, and the tension around it."""

    key = "war"
    card = Card("War with Iran", "#b8322a", "war", (560, 340))

    tension_half_life = days(21, 1.6, "how fast tension falls by itself")
    tension_step = number(0.15, 0.08, 0.25, "tension", "a threat, an ultimatum, a carrier", "L042", "L096")
    alert_step = number(0.05, 0.02, 0.1, "tension", "an exercise, an alert, a warning", "L012", "L033")
    strike_step = number(0.5, 0.3, 0.8, "tension", "a strike", "L095")
    round_step = number(0.1, 0.05, 0.2, "tension", "a round of talks takes this much away", "L038")
    crisis_pace = number(7, 4, 10, "factor", "decisions a day in a crisis for each one in quiet: weekly becomes daily",
                         "mckelvey-palfrey-1998")
    alone_campaign = share(0.4, 0.25, 0.6, "a lone Israeli strike opens as a campaign, not as one exchange", "L027",
                           "fig-icb")
    joint_campaign = share(0.65, 0.45, 0.85, "a joint strike opens as a campaign", "L031", "fig-icb")
    us_campaign = share(0.2, 0.1, 0.35, "a US strike opens as a campaign", "L029", "fig-icb")
    iranian_campaign = share(0.4, 0.2, 0.6, "an Iranian first strike opens as a campaign", "fig-icb")

    stop_rate = rate(0.35, 1.5, "a limited exchange stops: one or two days, as in April and October 2024",
                     "fig-april-2024", "fig-october-2024")
    escalation_rate = rate(0.1, 1.45,
                           "a limited exchange grows: .22 of violent crises in protracted conflicts become war",
                           "fig-icb", "kahn-1965")
    by_losses = weight(0.6, "losses suffered push up the ladder, per June war of cost", "kahn-1965")
    by_hawks = weight(1.5, "hawks push up the ladder and against stopping, per unit of Israel's hawk share", "L001",
                      "jackson-morelli-2007")
    by_stake = weight(1.0, "a regime that expects punishment in defeat fights on and wider", "goemans-2000")
    by_pressure = weight(1.0, "Washington's pressure for a ceasefire", "fig-talks-2025", "L031")
    cooling_rate = rate(0.01, 1.6, "a campaign falls back to an exchange", "kahn-1965")
    end_rate = rate(0.006, 1.5, "a campaign ends, while it still teaches and costs nothing", "slantchev-2003")
    by_disagreement = weight(2.0, "sides that disagree about what fighting brings go on", "slantchev-2003",
                             "wagner-2000")
    by_learning = weight(1.0, "fighting that has nothing left to teach stops", "slantchev-2003")
    by_cost = weight(0.8, "cost against tolerance", "goemans-2000", "fig-war-cost")
    by_goals = weight(1.2, "an attacker whose goals are met stops", "L028", "wagner-2000")
    regime_aim_rate = rate(0.02, 1.8, "the attackers turn against the regime itself", "kahn-1965")
    leader_loss_rate = rate(0.01, 1.6, "Iran's leader is lost in a joint campaign, by any cause", "L011", ordered=False)
    relapse_rate = rate(0.02, 1.45, "a ceasefire breaks, in its first week", "fig-icb")
    relapse_decay = weight(1.6, "fewer breaks after the first week, .004 a day to day 30", "fig-icb")
    by_resolve = weight(2.9, "wars differ in resolve for reasons nobody saw: short and long ones from the same start",
                        "slantchev-2004", "fig-war-length", short="the resolve with which this war is fought")
    by_text = weight(0.7, "a mediated text holds better than a bare stop")

    tension = level("how close to fire everybody thinks it is", 0.8, 0.0, 1.5, record=True, evidence=["L026", "L033"],
                    title="Tension: how close to fire everybody thinks it is", drawn=4)
    on = flag("a war with Iran is under way", record=True)
    day_of_war = count("days of the present war", unit="days", high=LONGEST)
    stake = level("how far the survival of Iran's regime is at stake; .2 in June 2025", 0.0, evidence=["L095"])
    fronts = count("fronts that saw fire within the last seven days", high=6)
    fronts_for_iran = count("those of them that are part of a war with Iran: all but Gaza", high=5)
    rung = count("rung of the escalation ladder now", 3, high=10, record=True)
    top_rung = count("highest rung reached", 3, high=10)
    days_at_seven = count("days at rung 7 or above", unit="days", high=LONGEST)
    israel_in = flag("Israel fights Iran")
    us_in = flag("the United States fights Iran")
    iran_answers = flag("Iran answers with missiles")
    initiator = count("who fired first in the present war", high=4)
    cause = count("why the present war began", high=9)
    wars = count("wars with Iran so far", high=100)
    first_day = moment("day of the first strike")
    first_initiator = count("who fired first", high=4)
    first_cause = count("why the first shot was fired", high=9)
    first_length = count("days of the first war", unit="days", high=LONGEST)
    first_false = count("wars begun on a false alarm", high=100)
    false_alarm_day = moment("day a war began on a false alarm")
    longest = count("days of the longest war", unit="days", high=LONGEST)
    war_days = count("days at war in all", unit="days", high=LONGEST)
    ending = count("how the last war ended", high=4)
    quiet_days = count("days since the last exchange with Iran", 189, unit="days", high=LONGEST, evidence=["L066", "L027"])
    relapses = count("wars that came back within 180 days of a ceasefire", high=100)
    first_relapse = moment("days from the first ceasefire to renewed fire")
    regional_day = moment("first day with fire on three fronts within a week")
    rounds_left = level("upper-tier rounds at the end of the last war, -1 if none", -1, -1, 1500, limits=ANYTHING)
    days_short = count("days with fewer rounds than a campaign by Iran's launchers would ask for", unit="days",
                       high=LONGEST)
    depleted = flag("a war ran the rounds below what a campaign asks for")

    resolve = level("how much longer than usual this war is fought, drawn when it begins", 0.0, -8, 8)

    opening = uniforms("how a war opens")
    character = normals("resolve of a war")

    def live(self) -> None:
        """Tension fades, quiet and ceasefire days pass."""
        self.tension *= kept_a_day(self.tension_half_life)
        self.quiet_days += 1
        self.quiet_days *= ~self.on
        self.war_days += self.on
        self.days_at_seven += self.on & (self.rung >= CAMPAIGN)
        self.days_short += self.short_of_rounds()
        self.feel_stake()

    def raise_tension(self, worlds: WorldIndex, step: Array) -> None:
        """Raise (or calm, if negative) tension within its bounds."""
        self.tension[worlds] = np.minimum(np.maximum(self.tension[worlds] + step, 0), 1.5)

    def pace(self) -> Array:
        """By how much decisions are quickened: 1 in quiet, `crisis_pace` at war or at the highest tension."""
        crisis = np.maximum(self.on, bounded(2 * (self.tension - 1), 0, 1))
        return 1 + (self.crisis_pace - 1) * crisis

    def feel_stake(self) -> None:
        """How far the survival of the regime is at stake today: the ladder, a lost leader, the street."""
        climbed = np.float32(0.1) * np.maximum(self.rung - 6, 0) + np.float32(0.3) * (self.rung == REGIME)
        self.stake = np.minimum(climbed * self.on + np.float32(0.3) * ~self.iran.leader_in_place + 0.3 * self.street.protest,
                                1)

    def weariness(self) -> Array:
        """What is left of the last war's toll on the will to fight again: 1 at its end, a half after a month and a half."""
        return np.exp(self.quiet_days * np.float32(-1 / 65)) * (self.wars > 0)

    # how a war begins

    def attack(self, worlds: WorldIndex, initiator: int, cause: Array | int, campaign: Array) -> None:
        """Open fire where there is no war yet, with probability `campaign` as a campaign; otherwise join the one there is."""
        if not worlds.size:
            return
        fresh = ~self.on[worlds]
        self.initiator[worlds] = np.where(fresh, initiator, self.initiator[worlds])
        self.cause[worlds] = np.where(fresh, cause, self.cause[worlds])
        new = worlds[fresh]
        if new.size:
            self.rung[new] = np.where(self.opening(new) < campaign[fresh], CAMPAIGN, LIMITED)
        self.israel_in[worlds] |= initiator in (Initiator.ISRAEL, Initiator.BOTH, Initiator.IRAN)
        self.us_in[worlds] |= initiator in (Initiator.UNITED_STATES, Initiator.BOTH)
        self.begins(new)
        self.climb(worlds)

    @event(evidence=["L027", "L104"], story=chapter("war", "war begins", 5))
    def begins(self, worlds: WorldIndex) -> None:
        """A war with Iran begins."""
        again = (self.wars[worlds] > 0) & (self.quiet_days[worlds] < 180)
        self.relapses[worlds] += again
        record_first(self.first_relapse, worlds[again], self.quiet_days[worlds[again]])
        self.on[worlds], self.day_of_war[worlds] = True, 0
        self.wars[worlds] += 1
        first = worlds[self.first_day[worlds] < 0]
        self.first_day[first] = self.model.day
        self.first_initiator[first], self.first_cause[first] = self.initiator[first], self.cause[first]
        false = worlds[self.cause[worlds] == Cause.FALSE_ALARM]
        self.first_false[false] += 1
        record_first(self.false_alarm_day, false, self.model.day)
        self.iran_answers[worlds] = self.initiator[worlds] == Initiator.IRAN
        for held, start in ((self.israel_belief, self.israel_expects), (self.iran_belief, self.iran_expects),
                            (self.learned_days, self.experience), (self.launchers_at_outset, self.iran.launchers)):
            held[worlds] = start[worlds]
        self.pain[worlds], self.resolve[worlds] = 0, self.character(worlds)
        self.raise_tension(worlds, self.strike_step[worlds])
        self.iran.attacked(worlds)

    def climb(self, worlds: WorldIndex) -> None:
        """The rung that follows from who is in and where fire is exchanged."""
        both = self.us_in[worlds] & self.israel_in[worlds] & (self.rung[worlds] >= CAMPAIGN)
        wide = (self.rung[worlds] >= CAMPAIGN) & (self.fronts_for_iran[worlds] >= 3)
        self.rung[worlds] = np.maximum(self.rung[worlds], np.where(both | wide, SEVERAL, 0))
        self.top_rung[worlds] = np.maximum(self.top_rung[worlds], self.rung[worlds])

    # how it widens and ends

    def climbing(self) -> Array:
        """Hawks in Jerusalem and the regime's own stake, which push up the ladder and against stopping."""
        return self.by_hawks * (self.israel.hawks - self.israel.ref.hawks) + self.by_stake * self.stake

    @hazard_event(rate="escalation_rate", tempo=DAILY, when=lambda war: war.on & (war.rung <= EXCHANGE), group="ladder",
                  evidence=["L102"], sets={"rung": CAMPAIGN}, then=lambda war, worlds: war.climb(worlds),
                  story=chapter("war", "the exchange grows into a campaign", short="grows into a campaign"))
    def escalate(self) -> Array:
        """A limited exchange grows into a campaign."""
        return (self.climbing()
                + self.by_losses * self.pain
                - self.by_pressure * self.us.pressing)

    @hazard_event(rate="stop_rate", tempo=DAILY, when=lambda war: war.on & (war.rung <= EXCHANGE) & (war.day_of_war > 0),
                  group="ladder", evidence=["L102"], then=lambda war, worlds: war.ends(worlds), story=turn())
    def stop(self) -> Array:
        """A limited exchange stops."""
        return self.by_pressure * self.us.pressing - self.climbing()

    @hazard_event(rate="cooling_rate", tempo=WEEKLY, paced=True, when=lambda war: war.on & (war.rung >= CAMPAIGN),
                  group="ladder", evidence=["L102"], sets={"rung": EXCHANGE}, story=turn("falls back to an exchange"))
    def cool_down(self) -> Array:
        """A campaign falls back to an exchange of strikes."""
        return (self.by_cost * self.pain / self.tolerance
                + self.by_pressure * self.us.pressing
                - self.by_resolve * self.resolve)

    @hazard_event(rate="end_rate", tempo=DAILY, when=lambda war: war.on & (war.rung >= CAMPAIGN) & (war.day_of_war > 0),
                  group="ladder", evidence=["L027"], then=lambda war, worlds: war.ends(worlds), story=turn())
    def end_campaign(self) -> Array:
        """A campaign ends: by learning, exhaustion, goals or pressure."""
        return (self.by_learning * (1 - termination.information(self.learned_days, self.experience))
                + self.by_cost * self.pain / self.tolerance
                + self.by_goals * self.goals_met()
                + self.by_pressure * self.us.pressing
                - self.by_resolve * self.resolve
                - self.by_disagreement * np.abs(self.iran_belief - self.israel_belief)
                - self.by_stake * self.stake)

    @event(evidence=["L027"], story=chapter("war", "fire stops", 1.5))
    def ends(self, worlds: WorldIndex) -> None:
        """Fire with Iran stops."""
        self.ending[worlds] = np.select(
            [~self.iran.regime_stands[worlds], self.us.pressing[worlds], self.talks.in_touch()[worlds]],
            [Ending.COLLAPSE, Ending.IMPOSED, Ending.MEDIATED], Ending.FADED)
        once = worlds[self.first_length[worlds] == 0]
        self.first_length[once] = self.day_of_war[once]
        self.longest[worlds] = np.maximum(self.longest[worlds], self.day_of_war[worlds])
        self.rounds_left[worlds] = self.israel.rounds()[worlds]
        self.depleted[worlds] |= self.short_of_rounds()[worlds]
        self.on[worlds] = self.israel_in[worlds] = self.us_in[worlds] = self.iran_answers[worlds] = False
        self.rung[worlds], self.quiet_days[worlds] = 3, 0
        for side in (self.us, self.israel, self.iran):
            side.stand_down(worlds)

    @hazard_event(rate="regime_aim_rate", tempo=DAILY, evidence=["L011"],
                  when=lambda war: war.on & war.us_in & war.israel_in & (war.rung == ENERGY),
                  sets={"rung": REGIME, "top_rung": REGIME}, story=turn())
    def aim_at_regime(self) -> Array:
        """The campaign turns against the regime itself."""
        return self.by_hawks * (self.us.hawks - self.us.ref.hawks) - self.by_pressure * self.us.pressing

    @hazard_event(rate="leader_loss_rate", tempo=DAILY, evidence=["L011"],
                  when=lambda war: war.us_in & war.israel_in & (war.rung >= CAMPAIGN) & war.iran.leader_in_place, story=turn(),
                  ordered=False)
    def lose_leader(self) -> Array:
        """Iran's leader is lost in a joint campaign: an aggregate shock of any cause."""
        return self.by_stake * (self.stake - 0.2)

    @lose_leader.effect
    def _(self, worlds: WorldIndex) -> None:
        self.iran.leader_lost(worlds)
        self.rung[worlds] = np.maximum(self.rung[worlds], ENERGY)
        self.climb(worlds)

    @hazard_event(rate="relapse_rate", tempo=DAILY, evidence=["L102"],
                  when=lambda war: ~war.on & (war.wars > 0) & (war.quiet_days <= 30),
                  story=chapter("war", "the ceasefire breaks", 1.5, short="ceasefire breaks"))
    def relapse(self) -> Array:
        """A young ceasefire breaks."""
        return (self.by_hawks * (self.israel.hawks - self.israel.ref.hawks)
                - self.relapse_decay * (self.quiet_days > 7)
                - self.by_text * (self.ending == Ending.MEDIATED))

    @relapse.effect
    def _(self, worlds: WorldIndex) -> None:
        for side in (Initiator.ISRAEL, Initiator.BOTH, Initiator.UNITED_STATES, Initiator.IRAN):
            again = worlds[self.initiator[worlds] == side]
            self.attack(again, side, Cause.RELAPSE, self.alone_campaign[again])

    def short_of_rounds(self) -> Array:
        """Where the defence has fewer rounds than a campaign by the launchers that Iran really has would ask for."""
        return self.israel.rounds() < self.israel.rounds_needed(self.iran.launchers)

    def count_fronts(self) -> None:
        """Note the first day of a regional war: three fronts under fire within a week."""
        under_fire = self.last_fire > self.model.day - 7
        self.fronts = np.add.reduce(under_fire, axis=0, dtype=np.int16)
        self.fronts_for_iran = self.fronts - under_fire[Front.GAZA]
        self.climb(worlds_where(self.on & (self.fronts_for_iran >= 3)))
        self.regional_starts(worlds_where((self.fronts >= 3) & (self.regional_day < 0)))

    @event(evidence=["L095", "L104", "L035"],
           story=chapter("war", "three fronts are under fire", 1.5, short="three fronts under fire"))
    def regional_starts(self, worlds: WorldIndex) -> None:
        """Three fronts are under fire at once: a regional war."""
        self.regional_day[worlds] = self.model.day
