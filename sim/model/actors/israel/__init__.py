"""Israel: fears the rebuild most, reads more into less, and may act alone."""

from __future__ import annotations

import numpy as np

from sim.engine import ANYTHING, DAILY, LONGEST, collapse, count, flag, hazard_event, kept_a_day, level, normals, stock
from sim.engine.priors import normal, triangular
from sim.engine.types import Array, WorldIndex, bounded
from sim.model.actors.decider import Fearful
from sim.model.actors.israel.at_home import AtHome
from sim.model.actors.observer import Observer
from sim.model.codes import Cause, Initiator, Light, Stage
from sim.model.declare import days, number, quantity, rate, share, weight
from sim.model.entities import Card, chapter, routine, turn
from sim.model.mechanisms import assessment, prevention, salvo

PREWAR_MISSILES = 2700
"""Iran's ballistic missiles before June 2025, against which Israel measures the rebuild (fig-missile-stock)."""


class Israel(AtHome, Fearful, Observer):
    """The government that fears Iran's rebuild most and may act alone."""

    key = "israel"
    card = Card("Israel", "#1f93b8", "israel", (750, 110), adjective="Israeli")
    counts_from = Stage.SALVAGE

    bar = share(0.88, 0.82, 0.93, "confidence in stage 1 at which it speaks of reconstitution", "L075", "L099")
    bias = quantity(0.0, normal(0.03, 0.0, 0.06), "stage index", "sees the programme further along than it is",
                    "bas-coe-2016", "L099", low=-0.5, high=0.5)
    reading_spread = number(0.14, 0.11, 0.2, "stage index", "error of one assessment with full access", "bas-coe-2016",
                            least=0.01)
    blindness = number(0.9, 0.6, 1.4, "factor", "extra error variance where inspectors have no access", "fig-access",
                       "bas-coe-2016")
    missile_trigger = quantity(0.70, triangular(0.62, 0.70, 0.80), "share of the pre-war stock",
                               "missiles at which it calls the rebuild intolerable", "L081", "L070", "fig-missile-trigger",
                               low=0.1, high=3.0)
    missile_error = number(0.12, 0.06, 0.2, "log units", "error of an estimate of Iran's missiles", "L070",
                           "fig-missile-stock")
    expected_growth = number(80, 45, 130, "missiles a month", "rebuild that it reckons with", "L070", "L107",
                             "fig-missile-production")

    arrow_at_start = number(200, 110, 350, "rounds", "Arrow rounds at the start; secret", "fig-arrow")
    sling_at_start = number(90, 50, 150, "rounds", "David's Sling rounds of use against ballistic missiles",
                            "fig-davids-sling")
    arrow_production = number(12, 6, 22, "rounds a month", "Arrow production", "fig-arrow")
    sling_production = number(6, 3, 12, "rounds a month", "David's Sling production of use here", "fig-davids-sling")

    lone_strike_rate = rate(0.00055, 1.8, "prepares to strike alone when the urge is nil", "L053", "debs-monteiro-2014")
    by_urge = weight(0.8, "shifting power and closing windows, per June war of gain", "L099", "L107", "fearon-1995",
                     "krainin-2017", factor=1.8)
    by_verdict = weight(0.9, "its verdict that Iran reconstitutes, nuclear or missiles", "L081", "L099", "L112")
    missile_loss = number(2.0, 1.0, 4.0, "wars like June 2025", "loss that 2,000 missiles threaten", "L081", "L111")
    nuclear_loss = number(8.0, 4.0, 14.0, "wars like June 2025", "loss that a nuclear Iran threatens", "L111", "L099")
    patience = share(0.9, 0.8, 0.96, "weight of half a year ahead", "krainin-2017")
    light_red = weight(2.5, "a red light holds a lone strike back", "L080", "fig-light-effect",
                       short="a red light from Washington")
    light_amber = weight(0.5, "an amber light holds a little", "L079", "fig-light-effect",
                         short="an amber light from Washington")
    light_green = weight(1.1, "a green light frees", "L003", "L074", "fig-light-effect", short="a green light from Washington")
    by_restraint = weight(1.5, "arms made conditional hold back", "L024", "snyder-1997", short="US arms made conditional")
    by_assurance = weight(0.8, "a US assurance calms: it need not act now", "L086")
    by_weariness = weight(2.5, "a war just ended: forces tired, stocks low, goals met", "fig-icb-gaps", "L028")
    joint_strike_rate = rate(0.008, 1.6, "strikes together with the US once the light is JOINT", "L051")

    lobby_rate = rate(1 / 55, 1.3, "leaders' meetings: seven in 387 days", "L065", "L026", "fig-lobby-rate")
    lobby_on_progress = weight(1.1, "talks that progress bring the next visit forward", "L045", "L114",
                               "fig-lobby-rate", short="progress in the talks")
    lobby_strength = share(0.3, 0.15, 0.5, "what one meeting adds to lobbying", "L001", "L043", "L050")
    lobby_half_life = days(30, 1.6, "how fast lobbying wears off", "L047")
    intelligence_weight = share(0.1, 0.03, 0.2, "share of Israel's belief that the US takes over at a meeting", "L050",
                                "L004")
    lobby_hawks = share(0.02, 0.01, 0.04, "hawk share in Washington that one meeting adds", "L001", "L049")
    warn_rate = rate(1 / 90, 1.6, "warns Washington of an attack under cover of an exercise", "L004", "L033")
    covert_rate = rate(0.008, 1.6, "covert actions against Iran's programmes", "fig-spoilers", "stedman-1997")
    covert_setback = days(20, 2.0, "days that a covert action costs Iran's nuclear programme", "fig-spoilers")
    covert_alarm = number(0.8, 0.4, 1.5, "log-odds", "alarm that a covert action causes in Tehran")
    spoil_rate = rate(0.004, 1.8, "acts to spoil talks", "fig-spoilers", "L083")
    spoil_on_progress = weight(1.6, "spoilers act when a deal is near", "L083", "L114", "stedman-1997",
                               "kydd-walter-2002", short="progress in the talks")
    leak_rate = rate(0.08, 1.6, "Washington learns, a day, of a lone preparation", "L048", "L053")
    punish_rate = rate(0.0008, 1.8, "answers a partner's fire by striking Iran", "L107")
    request_rate = rate(0.3, 1.5, "asks Washington to join its war", "L031")

    missiles_seen = stock("Iran's missiles as it estimates them", 1650, "missiles", 4000, record=True,
                          evidence=["L070"], of="iran.missiles")
    missile_slip = level("standardised error of that estimate", 0.0, -8, 8)
    air_defence_seen = level("Iran's air defence as it estimates it", 0.15, evidence=["L072"])
    arrow = stock("Arrow rounds", "arrow_at_start", "rounds", 1200, record=True, title="Israel's Arrow interceptors", drawn=2)
    sling = stock("David's Sling rounds", "sling_at_start", "rounds", 600, record=True)
    lobbying = level("its lobbying in Washington, not worn off", 0.0, evidence=["L026"])
    assured = level("US assurances that it trusts", 0.0, evidence=["L086", "L047"])
    trust_in_talks = level("its trust that talks will do", 0.3, evidence=["L110", "L085"])
    urge = level("what striking now is worth beyond striking in half a year", 0.0, -5, 10, limits=ANYTHING,
                 unit="wars like June 2025", record=True, evidence=["L099", "L112"])
    asked = flag("has asked Washington to join its war")
    gap_days = count("days on which it sees reconstitution and Washington does not", unit="days", high=LONGEST)
    meetings = count("leaders' meetings", high=50)

    missile_reading = normals("error of the missile estimate")

    def rival(self) -> Fearful:
        """It fears Iran."""
        return self.iran

    def being_prepared(self) -> Array:
        """Where Iran prepares to strike."""
        return self.iran.preparing > 0

    def peace_over_first(self) -> Array:
        """Peace is worth more where Washington would punish a first strike."""
        return self.peace_value + self.us.restraint + (self.us.light == Light.RED)

    def first_over_second(self) -> Array:
        """Few interceptors make waiting to be hit worse; also why they make starting a war worse."""
        usual = self.ref.arrow + self.ref.sling + self.us.ref.thaad + self.us.ref.sm3
        return self.first_strike_value * np.maximum(0.1, 2 - self.rounds() / usual)

    # what it has and sees

    def layers(self, worlds: WorldIndex) -> list[tuple[Array, Array]]:
        """Its interceptor stocks, each with what is there in these worlds."""
        return [(self.arrow, self.arrow[worlds]), (self.sling, self.sling[worlds])]

    def rounds(self) -> Array:
        """Usable upper-tier rounds, own and US in theatre."""
        return self.arrow + self.sling + self.us.thaad + self.us.sm3

    def rounds_needed(self, launchers: Array | None = None) -> Array:
        """Rounds that a campaign by Iran's launchers (as it reckons them from missiles, unless given) asks of the defence."""
        war = self.war
        launchers = self.missiles_seen * np.float32(0.14) if launchers is None else launchers
        return salvo.rounds_needed(launchers, *map(collapse, (
            war.launches_per_launcher, war.launch_fading, war.launcher_attrition, war.engaged_share, war.shots_per_target)))

    def missile_verdict(self) -> Array:
        """Iran's missiles, as it sees them, pass its trigger."""
        return self.missiles_seen > self.missile_trigger * PREWAR_MISSILES

    def judge(self) -> None:
        """Its verdict counts nuclear steps or missiles; days on which Washington does not share it are counted."""
        super().judge()
        self.verdict = self.nuclear_verdict | self.missile_verdict()
        self.gap_days += self.verdict & ~self.us.verdict
        if self.model.weekly:
            self.weigh_war()

    def also_assess(self, worlds: WorldIndex) -> None:
        """Estimates Iran's missiles and air defence and Hezbollah's long-range stock with one slip of the pen."""
        slip = assessment.persistent(self.missile_slip[worlds], self.error_memory[worlds], self.missile_reading(worlds))
        factor = np.exp(self.missile_error[worlds] * slip)
        self.missile_slip[worlds] = slip
        self.missiles_seen[worlds] = self.iran.missiles[worlds] * factor
        self.hezbollah_seen[worlds] = self.hezbollah.long_range[worlds] * factor
        self.air_defence_seen[worlds] = bounded(self.iran.air_defence[worlds] * factor, 0, 1)

    def live(self) -> None:
        """Production, and moods that wear off."""
        self.arrow += self.arrow_production / 30
        self.sling += self.sling_production / 30
        self.missiles_seen += self.expected_growth / 30
        for mood, half_life in ((self.lobbying, self.lobby_half_life), (self.friction, self.friction_half_life),
                                (self.assured, self.lobby_half_life)):
            mood *= kept_a_day(half_life)
        self.trust_in_talks += 0.02 * (0.3 + 0.4 * self.talks.progress - self.trust_in_talks)
        self.hawks += (self.ref.hawks - self.hawks) / np.maximum(3 * self.rally_half_life, 1)
        self.calm_down()

    def weigh_war(self) -> None:
        """Staff work, once a week: what striking now is worth beyond striking in half a year."""
        later = self.missiles_seen + 6 * self.expected_growth
        threat = (prevention.missile_threat(later, self.missile_loss)
                  + self.nuclear_loss * assessment.at_least(self.belief, Stage.CASCADES))
        rounds, needed = self.rounds(), self.rounds_needed()
        more = 6 * (self.arrow_production + self.sling_production)
        self.urge = prevention.urge(
            threat, 1 - self.air_defence_seen, 0.9 * (1 - np.minimum(self.air_defence_seen + 0.06, 1)),
            prevention.war_cost(self.missiles_seen, rounds, needed),
            prevention.war_cost(later, rounds + more, needed * later / np.maximum(self.missiles_seen, 1)), self.patience)

    def signalled_backing(self) -> Array:
        """What Washington's light does to a lone strike, in log-odds."""
        light = self.us.light
        return (self.light_green * (light == Light.GREEN) - self.light_amber * (light == Light.AMBER)
                - self.light_red * (light == Light.RED))

    # deciding on Iran

    @hazard_event(rate="lone_strike_rate", paced=True, group="first strike",
                  evidence=["L053", "L081", "L099", "L107", "L111", "L112"],
                  when=lambda il: (il.preparing == 0) & ~il.war.on & (il.us.light < Light.JOINT),
                  then=lambda il, worlds: il.prepare(worlds, Cause.PREVENTIVE),
                  story=chapter("decision", "Israel prepares to strike alone", short="prepares alone"),
                  shows=["missiles_seen", "confidence"])
    def prepare_alone(self) -> Array:
        """Prepares to strike Iran without Washington."""
        return (self.by_urge * self.urge
                + self.by_verdict * self.verdict
                + self.by_coalition * (self.coalition - self.ref.coalition)
                + self.temptation()
                + self.signalled_backing()
                - self.by_restraint * self.us.restraint
                - self.by_assurance * self.assured
                - self.by_gaza_front * self.gaza.at_war
                - self.by_weariness * self.war.weariness())

    @hazard_event(rate="joint_strike_rate", paced=True, group="first strike", evidence=["L051", "L031"],
            when=lambda il: (il.preparing == 0) & ~il.war.on & (il.us.light == Light.JOINT),
            then=lambda il, worlds: il.prepare(worlds, Cause.JOINT, il.us.readiness()),
            story=chapter("decision", "Israel and the United States prepare to strike together", short="prepares with the US"),
            shows=["missiles_seen", "confidence"])
    def prepare_jointly(self) -> Array:
        """Prepares to strike Iran together with the United States."""
        return (self.by_urge * self.urge
                + self.by_verdict * self.verdict
                + self.temptation()
                - self.by_weariness * self.war.weariness())

    @hazard_event(rate="leak_rate", tempo=DAILY, evidence=["L048"],
                  when=lambda il: (il.preparing > 0) & (il.reason != Cause.JOINT) & ~il.us.warned, sets={"us.warned": True},
                  story=turn(), shows=["missiles_seen"])
    def plan_leaks(self) -> Array:
        """Washington learns that Israel prepares to strike alone."""
        return self.by_restraint * self.us.restraint

    def carry_out_strike(self, worlds: WorldIndex) -> None:
        """A lone strike opens a war; a joint one brings the US in on the same day."""
        joint = self.reason[worlds] == Cause.JOINT
        together, alone = worlds[joint], worlds[~joint]
        self.war.attack(alone, Initiator.ISRAEL, self.reason[alone], self.war.alone_campaign[alone])
        self.war.attack(together, Initiator.BOTH, Cause.JOINT, self.war.joint_campaign[together])
        self.iran.sites_struck(worlds, by_us=joint)
        self.us.warned[worlds] = False
        self.rally(worlds)

    def strike_first(self, worlds: WorldIndex, cause: Array) -> None:
        """Pre-empts: at once, alone, at what threatens most."""
        self.war.attack(worlds, Initiator.ISRAEL, cause, self.war.alone_campaign[worlds])
        self.rally(worlds)

    def stand_down(self, worlds: WorldIndex) -> None:
        """After a war: forces recover, claims to US help lapse."""
        self.preparing[worlds], self.asked[worlds], self.alert[worlds] = 0, False, False
        self.also_assess(worlds)
        self.alarm[worlds] = self.resting_alarm()[worlds]

    @hazard_event(rate="request_rate", tempo=DAILY, evidence=["L031"],
                  when=lambda il: il.war.israel_in & ~il.war.us_in & ~il.asked, sets={"asked": True}, story=turn())
    def ask_us_in(self) -> Array:
        """Asks Washington to join its war."""
        return self.by_urge * self.war.pain

    @hazard_event(rate="punish_rate", paced=True, group="first strike", evidence=["L107", "L035"],
            when=lambda il: ~il.war.on & (il.hezbollah.fighting | il.houthis.fighting),
            then=lambda il, worlds: il.war.attack(worlds, Initiator.ISRAEL, Cause.PARTNERS, il.war.alone_campaign[worlds]),
            story=turn())
    def punish_sponsor(self) -> Array:
        """Answers a partner's fire by striking Iran."""
        return self.temptation() + self.signalled_backing() - self.by_restraint * self.us.restraint

    # working on Washington

    @hazard_event(rate="lobby_rate", evidence=["L001", "L045", "L065", "L114", "L043", "L044", "L049", "L050", "L007"],
                  story=routine("visit by Israel's leaders to Washington", "visits by Israel's leaders to Washington"))
    def lobby(self) -> Array:
        """Meets the US president: presses its case and shares intelligence."""
        return self.lobby_on_progress * self.talks.progress

    @lobby.effect
    def _(self, worlds: WorldIndex) -> None:
        self.meetings[worlds] += 1
        self.lobbying[worlds] = np.minimum(self.lobbying[worlds] + self.lobby_strength[worlds], 1)
        self.us.hear(worlds, self.belief[:, worlds], self.intelligence_weight[worlds])
        self.us.hawks[worlds] = np.minimum(self.us.hawks[worlds] + self.lobby_hawks[worlds], 1)

    @hazard_event(rate="warn_rate", paced=True, when=lambda il: ~il.war.on & (il.iran.exercising > 0),
                  evidence=["L004", "L033"],
                  story=routine("Israeli warning of an attack under cover", "Israeli warnings of an attack under cover"),
                  shows=["alarm"])
    def warn_of_cover(self) -> Array:
        """Warns Washington that an exercise may be cover for an attack."""
        return self.by_alarm * (self.alarm - self.alert_threshold) / 4

    @warn_of_cover.effect
    def _(self, worlds: WorldIndex) -> None:
        self.lobbying[worlds] = np.minimum(self.lobbying[worlds] + self.lobby_strength[worlds] / 3, 1)
        self.war.raise_tension(worlds, self.war.alert_step[worlds])

    # in the shadows

    @hazard_event(rate="covert_rate", paced=True, when=lambda il: ~il.war.on, evidence=["L099"],
                  then=lambda il, worlds: il.iran.sabotaged(worlds, il.covert_setback[worlds], il.covert_alarm[worlds]),
                  story=routine("Israeli covert action"), shows=["confidence"])
    def act_covertly(self) -> Array:
        """Acts covertly against Iran's programmes."""
        return (self.by_verdict * self.verdict
                + self.by_own_hawks * (self.hawks - self.ref.hawks)
                - self.light_red * (self.us.light == Light.RED) / 2)

    @hazard_event(rate="spoil_rate", when=lambda il: il.talks.open, evidence=["L083", "L110"],
                  story=routine("Israeli act to spoil the talks", "Israeli acts to spoil the talks"))
    def spoil_talks(self) -> Array:
        """Acts to spoil the talks: a leak, a sabotage, a killing that nobody claims."""
        return (self.spoil_on_progress * self.talks.progress
                - self.by_assurance * self.assured
                - self.trust_in_talks + self.ref.trust_in_talks)

    @spoil_talks.effect
    def _(self, worlds: WorldIndex) -> None:
        self.talks.spoiled(worlds)
        self.iran.sabotaged(worlds, self.covert_setback[worlds] / 4, self.covert_alarm[worlds] / 2)
