"""The nuclear talks: two tracks at once, positions on six issues, a zone that opens or not, deals and how they die."""

from __future__ import annotations

import numpy as np

from sim.engine import DAILY, LONGEST, count, event, flag, hazard_event, kept_a_day, level, moment, uniforms
from sim.engine.priors import normal
from sim.engine.types import Array, WorldIndex, bounded, record_first, worlds_where
from sim.model.actors.observer import Observer
from sim.model.arenas.talks.positions import BargainingPositions
from sim.model.codes import Deal, Stage, Talks
from sim.model.declare import days, number, quantity, rate, share, weight
from sim.model.entities import Arena, Card, aside, chapter, routine, turn
from sim.model.mechanisms.bargaining import MISSILES
from sim.model.mechanisms.quantiles import gamma


class NuclearTalks(BargainingPositions, Observer, Arena):
    """Talks between the United States and Iran through Oman, and the inspectors who would verify a deal."""

    key = "talks"
    card = Card("Nuclear talks", "#5f8f2f", "talks", (300, 400), adjective="inspectors'", looks_as="the inspectors")
    counts_from = Stage.CASCADES

    reading_spread = number(0.12, 0.08, 0.18, "stage index", "inspectors' error with full access", "fig-access",
                            "fig-timeliness", least=0.01)
    blindness = number(4.0, 2.0, 8.0, "factor", "extra error variance of inspectors without access", "fig-access")

    contact_rate = rate(0.025, 1.5, "envoys open a channel", "L032", "L006", "L021", "fig-talks-restart")
    contact_on_threat = weight(0.8, "a threat that is believed, or carriers, bring Iran to the table",
                               "fig-talks-restart", "L096", "L042", short="US threats that are believed, and carriers")
    contact_after_attack = weight(1.5, "an attack keeps it away, per unit of memory above day 0", "L115", "L031",
                                  short="an attack still remembered")
    first_round_rate = rate(0.04, 1.5, "a channel becomes a formal round", "L037", "fig-talks-restart")
    lapse_rate = rate(0.006, 1.6, "a channel falls silent", "L032")
    mediation = weight(0.26, "Oman hosts and carries messages: a factor of 1.3", "L021", "fig-mediation",
                       short="Oman's mediation")
    round_gap = days(11, 1.3, "mean days between rounds", "fig-round-spacing", "L038")
    break_share = share(0.06, 0.02, 0.12, "a round breaks the talks", "fig-round-spacing", "fig-talks-2025")
    approach = share(0.08, 0.04, 0.15, "share of the gap that a round in good faith closes", "fig-round-spacing",
                     "L038")

    deal_rate = rate(0.00043, 1.45, "a deal, a day of talks with a bare zone and the first round's gap",
                     "fig-deal-hazard")
    by_zone = weight(3.0, "width of the zone of agreement", "fig-deal-target", "raiffa-1982", factor=1.6)
    by_gap = weight(3.0, "distance between positions, against the start", "fig-deal-target")
    by_deadline = weight(1.1, "a deadline near: a factor of 3 on the last day", "roth-murnighan-schoumaker-1988",
                         "fig-deal-target")
    deadline_pull = days(5, 1.6, "days before a deadline over which it pulls", "roth-murnighan-schoumaker-1988")
    interim_share = share(0.8, 0.65, 0.92, "a nuclear deal is interim or a freeze", "fig-talks-interim-share")
    ratify_days = days(30, 1.5, "until a comprehensive deal is ratified or rejected", "putnam-1988")
    ratify_bar = quantity(0.0, normal(0.0, -0.15, 0.15), "utility", "zone at which ratification is a coin toss",
                          "putnam-1988", low=-1, high=1)

    suspend_rate = rate(0.006, 1.6, "talks are suspended", "fig-talks-2025")
    by_tension = weight(1.0, "tension and provocation suspend talks", "stedman-1997", "fig-talks-broken-by-force",
                        short="tension and provocation")
    resume_rate = rate(0.02, 1.5, "suspended talks resume", "fig-talks-2013")
    collapse_rate = rate(0.003, 1.6, "talks collapse", "fig-talks-2025", "L115")
    by_stall = weight(1.5, "a track that goes nowhere collapses", "L108", "L052", short="a track that goes nowhere")
    spoiling_works = share(0.2, 0.1, 0.3, "an act of spoiling suspends the talks", "kydd-walter-2002", "fig-spoilers")
    failure_half_life = days(45, 1.6, "how long a failure of talks is felt", "L108", "L098")
    progress_half_life = days(60, 1.5, "how fast progress is lost without rounds")
    snapback_rate = rate(0.02, 1.6, "Washington snaps sanctions back on a violation that inspectors report", "L073",
                         "L085", "fig-snapback")
    report_rate = rate(0.01, 1.6, "inspectors report a violation, a day, at the access of day 0", "L085", "fig-detection")
    report_with_access = weight(1.9, "so much sooner with full access", "fig-detection",
                                short="the access that inspectors have")
    expiry_days = days(180, 1.4, "an interim deal runs", "fig-talks-2013")
    renewal = share(0.6, 0.4, 0.8, "an interim deal is renewed", "fig-talks-2013")
    us_leaves_rate = rate(0.0004, 1.8, "Washington leaves a deal, as in 2018", "L054")

    state = count("dormant, exploratory, rounds, suspended, signed, in force", high=5, record=True, evidence=["L032"])
    deal = count("none, interim, nuclear, broad", high=3)
    progress = level("progress of the talks, 0 none to 1 agreed", 0.0, record=True, evidence=["L032", "L038"])
    failure = level("a failure of talks, as it is felt", 0.0, evidence=["L031", "L108"])
    next_round = count("days until the next round", unit="days", high=60)
    rounds = count("rounds held", high=60)
    breakdowns = count("times that talks broke down", high=30)
    first_round = moment("day of the first round")
    deal_day = moment("day of the first signature")
    deal_kind = count("first deal signed: none, interim, nuclear, broad", high=3)
    deal_end = moment("day that deal died")
    pending = count("days until ratification or expiry", unit="days", high=400)
    violation_reported = flag("inspectors have reported a violation")
    idle_days = count("days since the last serious talks", 100, unit="days", high=LONGEST, evidence=["L032"])

    spacing = uniforms("days between rounds")
    faith = uniforms("good faith of a round")
    breaking = uniforms("whether a round or an act of spoiling breaks the talks")
    parliament = uniforms("ratification and renewal")
    choice = uniforms("interim or comprehensive")

    @property
    def open(self) -> Array:
        """Where talks are under way."""
        return (self.state > Talks.DORMANT) & (self.state < Talks.SUSPENDED)

    def begin(self) -> None:
        """Find the zones of day 0."""
        super().begin()
        self.weigh_packages(np.arange(self.model.n))

    def stalled(self) -> Array:
        """How far the talks are from moving: 1 where there are none for months, 0 where they progress or a deal holds."""
        idle = np.minimum(self.idle_days * np.float32(1 / 200), 1) * (self.state < Talks.SIGNED)
        return idle * (1 - self.progress) - 0.5

    def live(self) -> None:
        """Progress and failure fade; rounds come due; deals are ratified or expire."""
        talking = self.state == Talks.ROUNDS
        self.progress *= np.where(talking | (self.state >= Talks.SIGNED), 1, kept_a_day(self.progress_half_life))
        self.failure *= kept_a_day(self.failure_half_life)
        self.idle_days += 1
        self.idle_days *= self.state < Talks.SIGNED
        self.next_round -= talking & (self.next_round > 0)
        self.pending -= self.pending > 0
        self.round_held(worlds_where(talking & (self.next_round <= 0)))
        due = (self.pending == 0) & (self.state >= Talks.SIGNED)
        self.comes_to_a_vote(worlds_where(due & (self.state == Talks.SIGNED)))
        self.comes_up_for_renewal(worlds_where(due & (self.state == Talks.IN_FORCE) & (self.deal == Deal.INTERIM)))

    # getting to the table

    @hazard_event(rate="contact_rate", paced=True, when=lambda t: (t.state == Talks.DORMANT) & ~t.war.on & t.iran.regime_stands,
                  evidence=["L006", "L007", "L021", "L032", "L037", "L097"], sets={"state": Talks.EXPLORATORY},
                  story=turn("channel opens"))
    def open_channel(self) -> Array:
        """Envoys open a channel through Oman."""
        return (self.mediation
                + self.contact_on_threat * self.us.credibility * (self.us.audience - self.us.ref.audience)
                + self.contact_on_threat * np.minimum(self.us.under_way(), 1)
                - self.contact_after_attack * (self.iran.memory - self.iran.ref.memory)
                - self.fallback_hawks * (self.iran.hawks - self.iran.ref.hawks))

    @hazard_event(rate="first_round_rate", paced=True, group="talks", when=lambda t: (t.state == Talks.EXPLORATORY) & ~t.war.on,
                  evidence=["L021", "L037", "L007"], sets={"state": Talks.ROUNDS, "next_round": 0},
                  story=chapter("talks", "formal talks begin", short="formal talks"))
    def convene(self) -> Array:
        """A channel becomes formal talks."""
        return self.mediation + self.contact_on_threat * self.us.credibility * (self.us.audience - self.us.ref.audience)

    @hazard_event(rate="lapse_rate", group="talks", when=lambda t: t.state == Talks.EXPLORATORY, evidence=["L032"],
                  sets={"state": Talks.DORMANT}, story=turn())
    def fall_silent(self) -> Array:
        """A channel falls silent."""
        return self.by_tension * self.iran.provoked + self.contact_after_attack * (self.iran.memory - self.iran.ref.memory)

    @event(evidence=["L037", "L038"], story=routine("round of talks", "rounds of talks"))
    def round_held(self, worlds: WorldIndex) -> None:
        """A round of talks is held."""
        self.rounds[worlds] += 1
        record_first(self.first_round, worlds, self.model.day)
        good = 0.3 + 1.4 * self.faith(worlds)
        step = np.minimum(self.approach[worlds] * good, 1) * (self.iran_position[:, worlds] - self.us_position[:, worlds])
        self.us_position[:, worlds] += step * 0.7
        self.iran_position[:, worlds] -= step
        self.iran_position[MISSILES, worlds] = np.minimum(self.iran_position[MISSILES, worlds], self.red_line[worlds])
        self.progress[worlds] = bounded(self.progress[worlds] + 0.08 * good, 0, 0.9)
        self.idle_days[worlds] = 0
        self.next_round[worlds] = np.maximum(np.rint(gamma(self.spacing(worlds), self.round_gap[worlds],
                                                           self.round_gap[worlds] * np.float32(0.45))), 2)
        self.war.raise_tension(worlds, -self.war.round_step[worlds])
        self.weigh_packages(worlds)
        self.breaks_off(worlds[self.breaking(worlds) < self.break_share[worlds]])

    # a deal

    def nearness(self, zone: Array, gap: Array, at_start: float) -> Array:
        """What brings a deal on a track: a zone, positions that have come near, a deadline, a mediator."""
        due = self.us.ultimatum & (self.us.deadline > 0)
        return (self.by_zone * zone
                - self.by_gap * (gap - at_start)
                + self.by_deadline * due * np.exp(-self.us.deadline / self.deadline_pull)
                + self.mediation)

    @hazard_event(rate="deal_rate", tempo=DAILY, group="deal",
                  when=lambda t: (t.state == Talks.ROUNDS) & (t.zone_narrow > -0.1) & ~t.war.on,
                  evidence=["L068", "L077", "L078", "L092", "L097"],
                  story=chapter("talks", "a nuclear deal is signed", 4, short="nuclear deal"))
    def agree_narrowly(self) -> Array:
        """Agree on the nuclear track."""
        return self.nearness(self.zone_narrow, self.gap_narrow, self.ref.gap_narrow)

    @agree_narrowly.effect
    def _(self, worlds: WorldIndex) -> None:
        interim = self.choice(worlds) < self.interim_share[worlds]
        self.sign(worlds, np.where(interim, Deal.INTERIM, Deal.NUCLEAR))

    @hazard_event(rate="deal_rate", tempo=DAILY, group="deal",
                  when=lambda t: (t.state == Talks.ROUNDS) & (t.zone_broad > -0.1) & ~t.war.on,
                  evidence=["L084", "L087", "L089"], then=lambda t, worlds: t.sign(worlds, Deal.BROAD),
                  story=chapter("talks", "a broad deal is signed", 4, short="broad deal"))
    def agree_broadly(self) -> Array:
        """Agree on the broad agenda of four issues."""
        return self.nearness(self.zone_broad, self.gap_broad, self.ref.gap_broad)

    def sign(self, worlds: WorldIndex, kind: Array | int) -> None:
        """Sign: an interim deal enters into force, others go home for ratification."""
        self.deal[worlds], self.state[worlds], self.progress[worlds] = kind, Talks.SIGNED, 1
        first = worlds[self.deal_day[worlds] < 0]
        self.deal_day[first], self.deal_kind[first] = self.model.day, self.deal[first]
        self.pending[worlds] = np.rint(self.ratify_days[worlds])
        self.us.ultimatum[worlds], self.us.audience[worlds] = False, 0
        self.war.raise_tension(worlds, -3 * self.war.round_step[worlds])
        self.enters_into_force(worlds[self.deal[worlds] == Deal.INTERIM])

    @event(evidence=["L092"], story=turn())
    def enters_into_force(self, worlds: WorldIndex) -> None:
        """The deal enters into force: relief against limits and access."""
        self.state[worlds] = Talks.IN_FORCE
        self.pending[worlds] = np.where(self.deal[worlds] == Deal.INTERIM, self.expiry_days[worlds], 400)
        self.us.sanctions[worlds] = np.maximum(self.us.sanctions[worlds] - 0.3, 0)
        self.iran.access[worlds] = np.maximum(self.iran.access[worlds], 0.7)
        self.iran.effort[worlds] *= 0.4

    def comes_to_a_vote(self, worlds: WorldIndex) -> None:
        """Ratification at home on both sides: the wider the zone, the surer."""
        if not worlds.size:
            return
        zone = np.where(self.deal[worlds] == Deal.BROAD, self.zone_broad[worlds], self.zone_narrow[worlds])
        chance = 1 / (1 + np.exp(-(zone - self.ratify_bar[worlds]) / 0.1))
        passed = self.parliament(worlds) < chance
        self.enters_into_force(worlds[passed])
        self.deal_fails(worlds[~passed])

    def comes_up_for_renewal(self, worlds: WorldIndex) -> None:
        """An interim deal is renewed or expires."""
        if not worlds.size:
            return
        renewed = self.parliament(worlds) < self.renewal[worlds]
        self.pending[worlds[renewed]] = np.rint(self.expiry_days[worlds[renewed]])
        self.deal_fails(worlds[~renewed])

    @event(evidence=["L054", "L073"], story=chapter("talks", "the deal dies", 2, short="deal dies"))
    def deal_fails(self, worlds: WorldIndex) -> None:
        """The deal dies: rejected, expired, left or snapped back."""
        record_first(self.deal_end, worlds, self.model.day)
        self.state[worlds], self.deal[worlds], self.pending[worlds] = Talks.DORMANT, Deal.NONE, 0
        self.us.sanctions[worlds] = np.minimum(self.us.sanctions[worlds] + 0.3, 1.2)
        self.iran.violating[worlds], self.violation_reported[worlds] = False, False
        self.felt(worlds)

    @hazard_event(rate="report_rate", tempo=DAILY, evidence=["L085", "L073"],
                  when=lambda t: (t.state == Talks.IN_FORCE) & t.iran.violating & ~t.violation_reported,
                  sets={"violation_reported": True}, story=turn())
    def report_violation(self) -> Array:
        """Inspectors report that Iran violates the deal."""
        return self.report_with_access * (self.iran.access - self.iran.ref.access)

    @hazard_event(rate="snapback_rate", tempo=DAILY, evidence=["L073", "L085"],
                  when=lambda t: (t.state == Talks.IN_FORCE) & (t.verdict | t.violation_reported),
                  then=lambda t, worlds: t.deal_fails(worlds), story=turn(), shows=["confidence"])
    def snap_back(self) -> Array:
        """Sanctions snap back on a violation that inspectors report."""
        return self.us.by_own_hawks * (self.us.hawks - self.us.ref.hawks)

    @hazard_event(rate="us_leaves_rate", when=lambda t: t.state == Talks.IN_FORCE, evidence=["L054"],
                  then=lambda t, worlds: t.deal_fails(worlds), story=turn())
    def us_leaves(self) -> Array:
        """Washington leaves the deal."""
        return self.us.by_own_hawks * (self.us.hawks - self.us.ref.hawks) + self.us.widen_on_lobby * self.israel.lobbying

    # breaking up

    @hazard_event(rate="suspend_rate", paced=True, group="break", when=lambda t: t.state == Talks.ROUNDS,
                  evidence=["L109", "L115"], sets={"state": Talks.SUSPENDED}, story=turn("suspended"))
    def suspend(self) -> Array:
        """Talks are suspended."""
        return self.by_tension * (self.war.tension - self.war.ref.tension + self.iran.provoked) - self.mediation

    @hazard_event(rate="resume_rate", when=lambda t: (t.state == Talks.SUSPENDED) & ~t.war.on, evidence=["L038", "L021"],
                  story=turn("resume"))
    def resume(self) -> Array:
        """Suspended talks resume."""
        return (self.mediation
                - self.by_tension * (self.war.tension - self.war.ref.tension)
                - self.contact_after_attack * (self.iran.memory - self.iran.ref.memory))

    @resume.effect
    def _(self, worlds: WorldIndex) -> None:
        self.state[worlds], self.next_round[worlds] = Talks.ROUNDS, 3

    @hazard_event(rate="collapse_rate", group="break", evidence=["L108", "L115", "L052"],
                  when=lambda t: (t.state == Talks.ROUNDS) | (t.state == Talks.SUSPENDED),
                  then=lambda t, worlds: t.breaks_off(worlds), story=turn())
    def collapse(self) -> Array:
        """Talks collapse."""
        return (self.by_stall * (self.gap_narrow - 0.4 + np.float32(0.3) * self.us.scope - self.zone_narrow)
                + self.by_tension * (self.war.tension - self.war.ref.tension)
                - self.mediation)

    @event(evidence=["L108", "L115"], story=chapter("talks", "talks break down", 1.5, short="break down"))
    def breaks_off(self, worlds: WorldIndex) -> None:
        """Talks break down."""
        self.state[worlds] = Talks.DORMANT
        self.breakdowns[worlds] += 1
        self.felt(worlds)

    def felt(self, worlds: WorldIndex) -> None:
        """A failure is felt: progress gone, tension up."""
        self.progress[worlds], self.failure[worlds], self.idle_days[worlds] = 0, 1, 0
        self.war.raise_tension(worlds, self.war.tension_step[worlds])

    @event(evidence=["L083"], story=aside())
    def spoiled(self, worlds: WorldIndex) -> None:
        """An act of spoiling hits the talks."""
        self.progress[worlds] = np.maximum(self.progress[worlds] - 0.1, 0)
        hurt = worlds[(self.breaking(worlds) < self.spoiling_works[worlds]) & (self.state[worlds] == Talks.ROUNDS)]
        self.state[hurt] = Talks.SUSPENDED

    def in_touch(self) -> Array:
        """Where the two sides still have a channel, be it suspended: a ceasefire can be mediated."""
        return (self.state >= Talks.EXPLORATORY) & (self.state <= Talks.SUSPENDED)

    @event(evidence=["L031", "L115"], story=turn("war suspends them"))
    def war_interrupts(self, worlds: WorldIndex) -> None:
        """War suspends the talks."""
        self.state[worlds] = Talks.SUSPENDED

    def notice_war(self) -> None:
        """Talks that were open when war came are suspended."""
        self.war_interrupts(worlds_where(self.war.on & self.open))
