"""US posture and coercion: carriers, interceptors in theatre, threats, ultimatums and what they cost to drop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.engine import DAILY, LONGEST, MONTHLY, count, event, flag, hazard_event, kept_a_day, level, moment, stock, uniforms
from sim.engine.fields import Field
from sim.engine.parameters import Parameter
from sim.engine.priors import triangular
from sim.engine.types import Array, WorldIndex, record_first, worlds_where
from sim.model.cast import Member
from sim.model.codes import Cause, Talks
from sim.model.declare import days, number, quantity, rate, share, weight
from sim.model.entities import chapter, routine, turn
from sim.model.mechanisms.quantiles import gamma


class MilitaryPosture(Member):
    """What the United States has in theatre and what it has said it would do."""

    hawks: Field
    verdict: Field
    claim: Field
    by_own_hawks: Parameter
    by_verdict: Parameter
    by_carriers: Parameter
    by_progress: Parameter
    by_claim: Parameter
    by_weariness: Parameter
    prepare: Callable[..., None]
    restraint_at_home: Callable[[], Array]

    carrier_rate = rate(0.016, 1.6, "orders a carrier to the theatre", "L042", "fig-carriers-t0")
    carrier_on_threat = weight(2.0, "a threat outstanding, per unit of audience cost", "L040", "L041", "L042",
                               "fearon-1994")
    carrier_on_crackdown = weight(2.6, "a crackdown that it has threatened over", "L036", "L042")
    carrier_on_tension = weight(1.5, "tension", "L042")
    carriers_enough = weight(1.0, "each carrier there or on its way makes the next less needed", "L041",
                             short="carriers already there or on their way")
    carrier_transit = days(11, 1.25, "from order to arrival, 8 to 14 days", "fig-carrier-transit")
    carrier_home_rate = rate(0.008, 1.5, "brings a carrier home", "fig-carriers-t0")
    surge_rate = rate(0.008, 1.5, "moves interceptors into theatre", "fig-defensive-surge")
    surge_rounds = number(24, 12, 48, "rounds", "interceptors that such a move brings", "fig-thaad",
                          "fig-defensive-surge")
    thaad_at_start = number(150, 90, 220, "rounds", "THAAD rounds in theatre", "fig-thaad", "fig-upper-tier-total")
    sm3_at_start = number(80, 40, 150, "rounds", "SM-3 rounds of use in theatre", "fig-sm3", "fig-upper-tier-total")
    resupply = number(2, 1, 3, "rounds a month", "THAAD deliveries of use in theatre", "fig-thaad-resupply")
    penetrators_at_start = quantity(10, triangular(4, 10, 20), "bombs", "deep-penetration bombs", "fig-penetrators",
                                    high=60)
    penetrator_supply = number(0.5, 0.2, 1.0, "bombs a month", "deliveries of such bombs", "fig-penetrators")

    threat_rate = rate(0.008, 1.6, "threatens Iran in public", "L040", "L096", "L076")
    threat_on_crackdown = weight(4.5, "a crackdown draws threats", "L036", short="a crackdown")
    threat_on_stall = weight(1.0, "stalled or failed talks draw threats", "L096", "L098", "L108",
                             short="stalled or failed talks")
    audience_step = number(0.25, 0.12, 0.45, "wars like June 2025", "audience cost of one explicit threat",
                           "fearon-1994", "crisman-cox-gibilisco-2018")
    audience_half_life = days(31, 1.5, "how fast an audience forgets", "fearon-1994", "fig-threat-credibility")
    ultimatum_rate = rate(0.0025, 1.7, "sets an ultimatum", "L096", "L040", "fig-talks-2025")
    deadline_mean = days(45, 1.5, "days that an ultimatum gives; 60 in 2025", "fig-talks-2025")
    carry_out_rate = rate(0.035, 1.6, "carries an ultimatum out, a day, once it has run out", "L098",
                          "fig-talks-broken-by-force")
    extend_rate = rate(0.2, 1.5, "extends an ultimatum", "fig-talks-2013")
    drop_rate = rate(0.12, 1.5, "drops an ultimatum", "L113", "fig-threat-credibility")
    by_audience = weight(2.0, "the cost of backing down, per June war", "fearon-1994", "crisman-cox-gibilisco-2018",
                         "L113")
    credibility_gain = share(0.25, 0.15, 0.4, "how much one executed or dropped threat moves credibility",
                             "fig-threat-credibility", "L113")

    carriers = count("carriers in theatre", 0, "carriers", high=4, record=True, evidence=["L042"])
    sailing = count("days until each ordered carrier arrives, 0 if none", [0, 0, 0], unit="days", high=30)
    thaad = stock("THAAD rounds in theatre", "thaad_at_start", "rounds", 600)
    sm3 = stock("SM-3 rounds in theatre", "sm3_at_start", "rounds", 400)
    reserve = stock("THAAD rounds elsewhere", 330, "rounds", 600, evidence=["fig-thaad"])
    penetrators = stock("deep-penetration bombs", "penetrators_at_start", "bombs", 60)
    audience = level("audience cost of its threats", 0.25, 0, 3, record=True, evidence=["L076"])
    credibility = level("credibility of its threats in others' eyes", 0.55, record=True,
                        evidence=["L113", "fig-threat-credibility"])
    ultimatum = flag("an ultimatum stands")
    deadline = count("days until the ultimatum runs out", 0, unit="days", high=200)
    threatened_over_crackdown = flag("has threatened to intervene over a crackdown")
    threatened_day = moment("day it first threatened to intervene over a crackdown")
    threats = count("threats made", high=100)
    ultimatums = count("ultimatums set", high=20)
    executed = count("threats carried out", high=20)
    carrier_days = count("carrier days in theatre", unit="days", high=4 * LONGEST)

    demand = uniforms("demands at the start")
    transit = uniforms("days at sea")
    term = uniforms("days that an ultimatum gives")

    def sail(self) -> None:
        """Carriers near and arrive; deadlines near; threats fade from memory; rounds are delivered."""
        arriving = worlds_where(np.logical_or.reduce(self.sailing == 1, axis=0))
        self.carrier_arrives(arriving)
        self.sailing -= self.sailing > 0
        self.carrier_days += self.carriers
        self.deadline -= self.ultimatum & (self.deadline > 0)
        self.audience *= kept_a_day(self.audience_half_life)
        self.thaad += self.resupply / 30
        self.penetrators += self.penetrator_supply / 30
        self.crackdown_threat_lapses(worlds_where(self.threatened_over_crackdown & (self.street.repression < 0.5)))

    def under_way(self) -> Array:
        """Carriers in theatre or on their way."""
        return np.add.reduce(self.sailing > 0, axis=0, dtype=np.float32) + self.carriers

    @event(evidence=["L036", "L113"], story=turn())
    def crackdown_threat_lapses(self, worlds: WorldIndex) -> None:
        """The crackdown is over and the threat to intervene was not carried out."""
        self.threatened_over_crackdown[worlds] = False
        self.believed(worlds, 0)

    def layers(self, worlds: WorldIndex, committed: Array) -> list[tuple[Array, Array]]:
        """Its interceptor stocks in theatre, each with the part that covers Israel in these worlds."""
        return [(self.thaad, self.thaad[worlds] * committed), (self.sm3, self.sm3[worlds] * committed)]

    @hazard_event(rate="carrier_rate", paced=True, evidence=["L041", "L042"],
            when=lambda us: us.under_way() < 3, story=routine("carrier ordered", "carriers ordered", short="orders a carrier"))
    def order_carrier(self) -> Array:
        """Orders a carrier group to the theatre."""
        return (self.carrier_on_threat * (self.audience - self.ref.audience)
                + self.carrier_on_crackdown * self.threatened_over_crackdown
                + self.carrier_on_tension * (self.war.tension - self.war.ref.tension)
                + self.by_verdict * self.verdict
                - self.carriers_enough * self.under_way()
                - self.by_progress * self.talks.progress)

    @order_carrier.effect
    def _(self, worlds: WorldIndex) -> None:
        days_at_sea = np.rint(self.carrier_transit[worlds] * (0.75 + 0.5 * self.transit(worlds)))
        free = np.argmin(self.sailing[:, worlds] > 0, axis=0)
        self.sailing[free, worlds] = np.maximum(days_at_sea, 2)
        self.war.raise_tension(worlds, self.war.tension_step[worlds])

    @event(evidence=["L042"], story=chapter("pressure", "a carrier arrives", 0.5, short="carrier arrives"))
    def carrier_arrives(self, worlds: WorldIndex) -> None:
        """A carrier group arrives in theatre."""
        self.carriers[worlds] += (self.sailing[:, worlds] == 1).sum(axis=0)

    @hazard_event(rate="carrier_home_rate", when=lambda us: (us.carriers > 0) & ~us.war.on, evidence=["L042"],
                  story=routine("carrier brought home", "carriers brought home"))
    def bring_carrier_home(self) -> Array:
        """Brings a carrier group home."""
        return (self.by_progress * self.talks.progress
                - self.carrier_on_threat * (self.audience - self.ref.audience)
                - self.carrier_on_tension * (self.war.tension - self.war.ref.tension))

    @bring_carrier_home.effect
    def _(self, worlds: WorldIndex) -> None:
        self.carriers[worlds] -= 1

    @hazard_event(rate="surge_rate", tempo=MONTHLY, paced=True, when=lambda us: us.reserve > 50, evidence=["L042", "L100"],
                  story=routine("move of US interceptors into theatre", "moves of US interceptors into theatre"))
    def reinforce_defence(self) -> Array:
        """Moves interceptors into theatre."""
        return self.carrier_on_tension * (self.war.tension - self.war.ref.tension)

    @reinforce_defence.effect
    def _(self, worlds: WorldIndex) -> None:
        moved = np.minimum(self.surge_rounds[worlds], self.reserve[worlds])
        self.reserve[worlds] -= moved
        self.thaad[worlds] += moved

    # threats

    @hazard_event(rate="threat_rate", paced=True, when=lambda us: ~us.war.on,
                  evidence=["L036", "L040", "L076", "L096", "L097", "L002"], story=routine("US threat", short="threat"))
    def threaten(self) -> Array:
        """Threatens Iran in public."""
        return (self.threat_on_crackdown * self.street.repression
                + self.threat_on_stall * (self.talks.stalled() + self.talks.failure)
                + self.by_verdict * self.verdict / 2
                + self.by_own_hawks * (self.hawks - self.ref.hawks)
                - self.by_progress * self.talks.progress)

    @threaten.effect
    def _(self, worlds: WorldIndex) -> None:
        self.threats[worlds] += 1
        self.commit(worlds, self.audience_step[worlds])
        bloody = worlds[self.street.repression[worlds] > 0.5]
        self.threatened_over_crackdown[bloody] = True
        record_first(self.threatened_day, bloody, self.model.day)

    def commit(self, worlds: WorldIndex, cost: Array) -> None:
        """Tie its hands: backing down will cost more, and everybody is tenser."""
        self.audience[worlds] = np.minimum(self.audience[worlds] + cost, 3)
        self.war.raise_tension(worlds, self.war.tension_step[worlds])

    @hazard_event(rate="ultimatum_rate", paced=True,
            when=lambda us: ~us.ultimatum & ~us.war.on & (us.talks.state < Talks.SIGNED),
            evidence=["L040", "L096", "L098"], story=chapter("pressure", "Washington sets an ultimatum", 2, short="ultimatum"),
            shows=["confidence"])
    def set_ultimatum(self) -> Array:
        """Sets an ultimatum: a deal by a date, or force."""
        return (self.by_audience * (self.audience - self.ref.audience)
                + self.by_carriers * self.carriers
                + self.threat_on_stall * (self.talks.stalled() + self.talks.failure)
                + self.by_verdict * self.verdict
                - self.by_progress * self.talks.progress)

    @set_ultimatum.effect
    def _(self, worlds: WorldIndex) -> None:
        self.ultimatums[worlds] += 1
        self.ultimatum[worlds] = True
        self.deadline[worlds] = np.maximum(gamma(self.term(worlds), self.deadline_mean[worlds],
                                                 self.deadline_mean[worlds] / 3), 5)
        self.commit(worlds, 2 * self.audience_step[worlds])

    @hazard_event(rate="carry_out_rate", tempo=DAILY, group="deadline", evidence=["L036", "L098", "L113", "L115"],
                  when=lambda us: us.ultimatum & (us.deadline <= 0) & (us.preparing == 0) & ~us.war.on,
                  sets={"ultimatum": False}, then=lambda us, worlds: us.prepare(worlds, Cause.ULTIMATUM),
                  story=chapter("decision", "Washington decides to carry out its ultimatum", short="decides to carry it out"),
                  shows=["confidence"])
    def carry_out_ultimatum(self) -> Array:
        """Carries out its ultimatum."""
        return (self.by_audience * (self.audience - self.ref.audience)
                + self.by_carriers * (self.carriers - 1)
                + self.by_verdict * self.verdict
                + self.by_own_hawks * (self.hawks - self.ref.hawks)
                - self.by_claim * (self.claim - self.ref.claim)
                - self.restraint_at_home()
                - self.by_weariness * self.war.weariness())

    @hazard_event(rate="extend_rate", tempo=DAILY, group="deadline", evidence=["L046", "L078"],
                  when=lambda us: us.ultimatum & (us.deadline <= 0) & ~us.war.on, story=turn())
    def extend_ultimatum(self) -> Array:
        """Extends its ultimatum."""
        return self.by_progress * self.talks.progress - self.by_audience * (self.audience - self.ref.audience) / 2

    @extend_ultimatum.effect
    def _(self, worlds: WorldIndex) -> None:
        self.deadline[worlds] = 21
        self.audience[worlds] *= 0.85

    @hazard_event(rate="drop_rate", tempo=DAILY, group="deadline", evidence=["L113"],
                  when=lambda us: us.ultimatum & (us.deadline <= 0) & ~us.war.on, sets={"ultimatum": False},
                  then=lambda us, worlds: us.believed(worlds, 0),
                  story=chapter("pressure", "the ultimatum lapses", short="ultimatum lapses"))
    def drop_ultimatum(self) -> Array:
        """Lets its ultimatum lapse."""
        return self.restraint_at_home() - self.by_audience * (self.audience - self.ref.audience)

    def threat_executed(self, worlds: WorldIndex) -> None:
        """A threat has been carried out; others will believe the next one more."""
        self.executed[worlds] += 1
        self.audience[worlds] = 0
        self.believed(worlds, 1)

    def believed(self, worlds: WorldIndex, outcome: float) -> None:
        """Credibility moves toward what was done about the last threat: 1 executed, 0 dropped."""
        self.credibility[worlds] += self.credibility_gain[worlds] * (outcome - self.credibility[worlds])
