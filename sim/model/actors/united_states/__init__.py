"""The United States: threatens and prefers a deal, wants proof, backs Israel within limits it does not tell."""

from __future__ import annotations

import numpy as np

from sim.engine import DAILY, MONTHLY, WEEKLY, count, flag, hazard_event, kept_a_day, level, moment, stock
from sim.engine.priors import normal
from sim.engine.types import Array, WorldIndex, record_first
from sim.model.actors.decider import Striker
from sim.model.actors.observer import Observer
from sim.model.actors.united_states.posture import MilitaryPosture
from sim.model.codes import Cause, Deal, Initiator, Light, Scope, Stage
from sim.model.declare import days, number, quantity, rate, share, weight
from sim.model.entities import Card, chapter, routine, turn
from sim.model.mechanisms import assessment


class UnitedStates(MilitaryPosture, Striker, Observer):
    """The swing decision-maker: its verdict, its light to Israel, its demands, its own strikes."""

    key = "us"
    card = Card("United States", "#0072b2", "us", (250, 110), adjective="US", subject="the United States",
                looks_as="Washington")
    counts_from = Stage.CASCADES

    bar = share(0.70, 0.6, 0.8, "confidence in a real and verifiable stage 2 that its verdict needs", "L074", "L003")
    reading_spread = number(0.20, 0.14, 0.28, "stage index", "error of one assessment with full access", "bas-coe-2016",
                            least=0.01)
    obliterated_claim = quantity(1.0, normal(1.0, 0.6, 1.4), "claims",
                                 "weight of the claim that the programme was obliterated",
                                 "L080", "fig-claim-cost", high=3.0)
    claim_raises_bar = quantity(0.12, normal(0.12, 0.05, 0.19), "share", "confidence that the claim adds to the bar",
                                "L080", "fig-claim-cost", high=0.3)
    claim_half_life = days(69, 1.6, "how fast the claim fades: 1 % a week", "fig-claim-cost", "assumption")
    by_claim = weight(0.5, "the claim makes an ultimatum harder to carry out", "L080", "fig-claim-cost",
                      short="the claim that the programme was obliterated")

    light_rate = rate(1 / 28, 1.4, "turns the light a step when the score stands at the cut", "L079")
    light_sharpness = weight(4.0, "how sharply that rate turns at the cut", "fig-light-effect",
                             short="what speaks for backing Israel, against the score at which the light turns")
    score_at_start = quantity(-0.3, normal(-0.3, -0.7, 0.1), "score", "score of the light on day 0: amber", "L079",
                              "L047", low=-3, high=3)
    score_verdict = weight(1.6, "its own verdict turns the light up", "L074", "L003", "zagare-kilgour-2006")
    score_failure = weight(0.8, "failed talks turn it up", "L108", "L052", "L098", short="failed talks")
    score_posture = weight(0.35, "carriers in theatre turn it up, each", "L042")
    score_lobby = weight(0.4, "Israel's lobbying turns it up", "L001", "L043", short="Israel's lobbying")
    score_progress = weight(1.2, "talks that progress turn it down", "L077", "L078", "L046")
    score_cost = weight(0.6, "oil and elections turn it down", "fig-midterms")
    score_friction = weight(0.6, "friction with Israel turns it down", "L062", "L063", "L105")
    restraint_half_life = days(45, 1.6, "how long arms stay conditional", "L024")
    condition_rate = rate(0.004, 1.7, "makes arms conditional", "L024")
    condition_on_friction = weight(2.5, "friction makes arms conditional", "L105", "L062", short="friction with Israel")
    assure_rate = rate(0.005, 1.6, "gives Israel an assurance", "L086", "L100")
    hold_rate = rate(0.08, 1.6, "holds Israel back, a day, once it knows of a lone preparation", "L047", "L080")
    join_plan_rate = rate(0.02, 1.6, "joins a lone preparation that it knows of", "L051")
    ready_rate = rate(0.006, 1.6, "readies the joint plan", "L051")

    scope_rate = rate(0.01, 1.5, "widens or narrows its demands", "fig-scope-share", "L088")
    widen_on_lobby = weight(2.0, "Israel's lobbying widens the demands", "L084", "L009", short="Israel's lobbying")
    narrow_on_stall = weight(1.5, "a stall, and the wish for a deal, narrow them", "L077", "L078",
                             short="a stall in the talks, and what oil and elections cost")
    with_missiles_share = share(0.30, 0.15, 0.45, "starts with missiles among its demands", "L089", "L090",
                                "fig-scope-share")
    all_issues_share = share(0.15, 0.05, 0.3, "starts with all four issues", "L087", "fig-scope-share")

    strike_rate = rate(0.0005, 1.8, "prepares to strike nuclear sites on its own verdict or a joint light", "L074",
                       "L076")
    by_verdict = weight(2.0, "its verdict that Iran reconstitutes", "L074", "L076")
    by_carriers = weight(0.7, "each carrier in theatre doubles the rate of strikes", "fig-posture-hazard", factor=1.6,
                         short="US carriers in theatre")
    by_progress = weight(1.5, "talks that progress hold back", "L077", "L078", short="progress in the talks")
    by_cost = weight(1.0, "oil and elections hold back, per unit of cost", "fig-midterms", "L034")
    by_own_hawks = weight(2.0, "hawks against doves at home, per unit of share", "jackson-morelli-2007", "L009")
    by_weariness = weight(2.5, "a war just ended holds the next strike back", "fig-icb-gaps", "L028")
    join_rate = rate(0.07, 1.5, "joins Israel's war, a day: June 2025 on day 9", "L031", "fig-ally-entry")
    join_on_request = weight(0.7, "when Israel asks", "L031")
    join_on_casualties = weight(1.5, "when US personnel die", "fig-ally-entry")
    join_on_light = weight(0.8, "each step of the light above amber", "L074", short="how far Washington backs Israel")
    sobering = share(0.001, 0.0005, 0.002, "hawk share lost a day for each recent US death", "mueller-1970", "fig-rally")
    war_fatigue = weight(0.5, "a second war of its own in a year is harder", "L034", "schultz-2001")
    intervene_rate = rate(0.0067, 1.6, "intervenes over a crackdown, a day", "L036", "fig-january-restraint")
    intervene_on_deaths = weight(1.2, "per factor of 1,000 in deaths", "L036", "fig-january-restraint", "kuperman-2008",
                                 short="the deaths in the crackdown")
    gulf_holds_back = weight(0.5, "Gulf states and Israel ask for delay", "fig-january-restraint", "L034")
    press_rate = rate(0.05, 1.5, "presses for a ceasefire, a day", "fig-war-endings")
    press_on_cost = weight(1.0, "cost of the war, oil included", "fig-war-endings")
    sponsor_rate = rate(0.0005, 1.8, "answers militia or Houthi fire by striking Iran", "fig-militia-lethality")
    sponsor_on_deaths = weight(1.5, "per US death at partners' hands", "fig-militia-lethality")
    ease_rate = rate(0.004, 1.6, "eases sanctions", "L092", "fig-talks-2013")
    tighten_rate = rate(0.01, 1.5, "tightens sanctions", "L073", "L054")
    sanctions_on_talks = weight(2.0, "talks that progress ease sanctions and keep them from tightening", "L092",
                                short="progress in the talks, or a deal")
    midterm_factor = number(1.5, 1.2, 2.0, "factor", "oil counts more from June 2026, before the midterms",
                            "fig-midterms")

    claim = level("the claim that the programme was obliterated, not yet faded", "obliterated_claim", 0, 3,
                  evidence=["L080"])
    light = count("light to Israel: red, amber, green, joint", Light.AMBER, high=3, record=True,
                  evidence=["L079", "L003"])
    scope = count("demands: nuclear, with missiles, all issues", high=2, evidence=["L088"], short="how much Washington demands")
    hawks = level("hawk share of the administration", 0.5, evidence=["L002", "L009"])
    restraint = level("arms made conditional", 0.0, evidence=["L024"])
    joint_plan = level("readiness of the joint plan", 0.0, evidence=["L048", "L051"])
    warned = flag("knows that Israel prepares alone")
    sanctions = level("sanctions on Iran", 1.0, 0, 1.5, record=True, evidence=["L073", "L054"])
    casualties = stock("US deaths of the last months, fading", 0, "deaths", 50)
    wars_joined = count("wars with Iran it fought", high=100)
    pressing = flag("presses for a ceasefire")
    green_day = moment("first day of a green light or better")

    def threshold(self) -> Array:
        """It wants proof, and more of it while it says that the programme is gone."""
        return self.bar + self.claim_raises_bar * self.claim

    def begin(self) -> None:
        """Draw the demands with which it starts."""
        super().begin()
        first = self.demand(np.arange(self.model.n))
        self.scope = np.where(first < self.all_issues_share, Scope.ALL_ISSUES,
                              np.where(first < self.all_issues_share + self.with_missiles_share, Scope.WITH_MISSILES,
                                       Scope.NUCLEAR))

    def live(self) -> None:
        """Claims, costs of backing down and moods fade; ships sail."""
        self.claim *= kept_a_day(self.claim_half_life)
        self.restraint *= kept_a_day(self.restraint_half_life)
        self.casualties *= np.float32(0.985)
        sobered = (self.ref.hawks - self.hawks) / 180 - self.sobering * np.minimum(self.casualties, 10)
        self.hawks = np.maximum(self.hawks + sobered, 0)
        self.sail()

    def hear(self, worlds: WorldIndex, belief: Array, share_taken: Array) -> None:
        """Take over a little of what Israel believes; the confidence follows."""
        own = self.belief.take(worlds, axis=1)
        own += share_taken * (belief - own)
        self.belief[:, worlds] = own
        self.confidence[worlds] = assessment.at_least(own, self.counts_from)

    def burden(self) -> Array:
        """What oil and elections make of a war: log price above the start, dearer before the midterms."""
        before_midterms = (self.model.day >= 153) & (self.model.day < 308)
        return self.oil.above_start() * (1 + (self.midterm_factor - 1) * before_midterms)

    def readiness(self) -> Array:
        """Factor on the length of a joint preparation: a ready plan takes a third of the time."""
        return 1 - 0.67 * self.joint_plan

    # the light to Israel

    def score(self) -> Array:
        """How much speaks for backing an Israeli strike; cuts at -1, 1 and 2 part red, amber, green and joint."""
        return (self.score_at_start
                + self.score_verdict * self.verdict
                + self.score_failure * self.talks.failure
                + self.score_posture * self.carriers
                + self.score_lobby * self.israel.lobbying
                - self.score_progress * self.talks.progress
                - self.score_cost * self.burden()
                - self.score_friction * self.israel.friction)

    @staticmethod
    def cut(light: Array) -> Array:
        """The score that parts this light from the next one: -1, 1, 2."""
        return np.float32(2) * light - 1 - (light == Light.GREEN)

    @hazard_event(rate="light_rate", tempo=1 / 14, when=lambda us: us.light < Light.JOINT, group="light",
                  evidence=["L003", "L074", "L079", "L080", "L047", "L048"],
                  story=routine("step up in US backing of Israel", "steps up in US backing of Israel", short="light turns up"),
                  shows=["confidence"])
    def turn_light_up(self) -> Array:
        """Backs an Israeli strike a step more."""
        return self.light_sharpness * (self.score() - self.cut(self.light))

    @turn_light_up.effect
    def _(self, worlds: WorldIndex) -> None:
        self.light[worlds] += 1
        record_first(self.green_day, worlds[self.light[worlds] == Light.GREEN], self.model.day)

    @hazard_event(rate="light_rate", tempo=1 / 14, when=lambda us: us.light > Light.RED, group="light",
            evidence=["L046", "L047", "L105"],
            story=routine("step down in US backing of Israel", "steps down in US backing of Israel", short="light turns down"),
            shows=["confidence"])
    def turn_light_down(self) -> Array:
        """Backs an Israeli strike a step less."""
        return self.light_sharpness * (self.cut(self.light - 1) - self.score())

    @turn_light_down.effect
    def _(self, worlds: WorldIndex) -> None:
        self.light[worlds] -= 1

    @hazard_event(rate="condition_rate", when=lambda us: us.restraint < 0.5, evidence=["L024", "L105"], sets={"restraint": 1},
                  story=routine("delivery of US arms made conditional", "deliveries of US arms made conditional"))
    def condition_arms(self) -> Array:
        """Makes arms for Israel conditional."""
        return self.condition_on_friction * self.israel.friction - self.by_own_hawks * (self.hawks - self.ref.hawks)

    @hazard_event(rate="assure_rate", when=lambda us: us.israel.assured < 0.5, evidence=["L086", "L100"],
                  sets={"israel.assured": 1}, story=routine("US assurance to Israel", "US assurances to Israel"))
    def assure_israel(self) -> Array:
        """Assures Israel that no deal will harm its security."""
        return self.widen_on_lobby * self.israel.lobbying + self.sanctions_on_talks * self.talks.progress

    @hazard_event(rate="ready_rate", when=lambda us: us.joint_plan < 1, evidence=["L048", "L051"],
                  story=routine("step to ready a joint plan with Israel", "steps to ready a joint plan with Israel"))
    def ready_joint_plan(self) -> Array:
        """Readies a joint plan with Israel in case talks fail."""
        return self.score_failure * self.talks.failure + self.score_lobby * self.israel.lobbying

    @ready_joint_plan.effect
    def _(self, worlds: WorldIndex) -> None:
        self.joint_plan[worlds] = np.minimum(self.joint_plan[worlds] + 0.5, 1)

    @hazard_event(rate="hold_rate", tempo=DAILY, when=lambda us: us.warned, group="plan", evidence=["L047", "L080"],
                  sets={"warned": False}, then=lambda us, worlds: us.israel.call_off(worlds),
                  story=chapter("decision", "Washington holds Israel back", short="holds Israel back"), shows=["confidence"])
    def hold_israel_back(self) -> Array:
        """Makes Israel call off a strike that it prepares alone."""
        return (self.israel.light_red * (self.light == Light.RED)
                - self.israel.light_green * (self.light >= Light.GREEN)
                - self.by_verdict * self.verdict)

    @hazard_event(rate="join_plan_rate", tempo=DAILY, group="plan", evidence=["L051"],
                  when=lambda us: us.warned & (us.light >= Light.GREEN), sets={"warned": False, "israel.reason": Cause.JOINT},
                  story=turn(), shows=["confidence"])
    def join_plan(self) -> Array:
        """Joins the strike that Israel prepares."""
        return self.by_verdict * self.verdict + self.by_own_hawks * (self.hawks - self.ref.hawks)

    # what it demands and offers

    @hazard_event(rate="scope_rate", tempo=MONTHLY, when=lambda us: us.scope < Scope.ALL_ISSUES, group="scope",
                  evidence=["L087", "L088", "L009"], story=routine("widening of US demands", "widenings of US demands"))
    def widen_scope(self) -> Array:
        """Widens its demands: missiles, then partners and rights."""
        return self.widen_on_lobby * self.israel.lobbying + self.by_own_hawks * (self.hawks - self.ref.hawks)

    @widen_scope.effect
    def _(self, worlds: WorldIndex) -> None:
        self.scope[worlds] += 1

    @hazard_event(rate="scope_rate", tempo=MONTHLY, when=lambda us: us.scope > Scope.NUCLEAR, group="scope",
            evidence=["L088", "L089", "L090", "L077"], story=routine("narrowing of US demands", "narrowings of US demands"))
    def narrow_scope(self) -> Array:
        """Narrows its demands toward the nuclear file."""
        return self.narrow_on_stall * (self.talks.stalled() + self.burden())

    @narrow_scope.effect
    def _(self, worlds: WorldIndex) -> None:
        self.scope[worlds] -= 1

    @hazard_event(rate="ease_rate", when=lambda us: us.sanctions > 0.3, evidence=["L092"],
                  story=routine("easing of sanctions", "easings of sanctions"))
    def ease_sanctions(self) -> Array:
        """Eases sanctions."""
        return self.sanctions_on_talks * (self.talks.progress + (self.talks.deal > Deal.NONE))

    @ease_sanctions.effect
    def _(self, worlds: WorldIndex) -> None:
        self.sanctions[worlds] -= 0.15

    @hazard_event(rate="tighten_rate", when=lambda us: us.sanctions < 1.2, evidence=["L073"],
                  story=routine("tightening of sanctions", "tightenings of sanctions"))
    def tighten_sanctions(self) -> Array:
        """Tightens sanctions."""
        return (self.by_own_hawks * (self.hawks - self.ref.hawks)
                - self.sanctions_on_talks * (self.talks.progress + (self.talks.deal > Deal.NONE)))

    @tighten_sanctions.effect
    def _(self, worlds: WorldIndex) -> None:
        self.sanctions[worlds] = np.minimum(self.sanctions[worlds] + 0.05, 1.3)

    # force

    def restraint_at_home(self) -> Array:
        """What holds a strike back: talks that progress, oil and elections."""
        return self.by_progress * self.talks.progress + self.by_cost * self.burden()

    @hazard_event(rate="strike_rate", paced=True, group="us strike", evidence=["L009", "L029", "L074", "L076", "L093"],
            when=lambda us: (us.preparing == 0) & ~us.war.on & ((us.light == Light.JOINT) | (us.verdict & (us.carriers > 0))),
            then=lambda us, worlds: us.prepare(worlds, Cause.PREVENTIVE),
            story=chapter("decision", "Washington prepares to strike nuclear sites", short="prepares to strike"),
            shows=["confidence"])
    def strike_nuclear_sites(self) -> Array:
        """Prepares to strike nuclear sites."""
        return (self.by_verdict * self.verdict
                + self.by_carriers * self.carriers
                + self.by_own_hawks * (self.hawks - self.ref.hawks)
                - self.restraint_at_home()
                - self.by_weariness * self.war.weariness())

    @hazard_event(rate="join_rate", tempo=DAILY, evidence=["L031", "L029", "L098"],
                  when=lambda us: us.war.on & us.war.israel_in & ~us.war.us_in,
                  then=lambda us, worlds: us.strike_sites(worlds, Cause.PREVENTIVE),
                  story=chapter("war", "the United States joins the war", short="joins the war"))
    def join_war(self) -> Array:
        """Joins Israel's war against Iran."""
        return (self.join_on_request * self.israel.asked
                + self.join_on_casualties * np.minimum(self.casualties, 3)
                + self.join_on_light * (self.light - 1)
                + self.by_own_hawks * (self.hawks - self.ref.hawks)
                - self.war_fatigue * self.wars_joined)

    @hazard_event(rate="intervene_rate", tempo=WEEKLY, paced=True, group="us strike", evidence=["L036", "L113"],
            when=lambda us: us.threatened_over_crackdown & (us.street.repression > 0.3) & (us.preparing == 0) & ~us.war.on,
            then=lambda us, worlds: us.prepare(worlds, Cause.CRACKDOWN),
            story=chapter("decision", "Washington prepares to strike over the crackdown", short="prepares to intervene"))
    def intervene(self) -> Array:
        """Prepares to intervene over a bloody crackdown."""
        return (self.intervene_on_deaths * self.street.toll_scale()
                + self.by_carriers * self.carriers
                - self.gulf_holds_back * (self.war.tension - self.war.ref.tension)
                - self.by_cost * self.burden())

    @hazard_event(rate="sponsor_rate", paced=True, group="us strike", evidence=["L016", "L015"],
                  when=lambda us: ~us.war.on & (us.militias.fighting | us.houthis.fighting),
                  then=lambda us, worlds: us.prepare(worlds, Cause.PARTNERS), story=turn())
    def punish_sponsor(self) -> Array:
        """Answers militia or Houthi fire by striking Iran."""
        return (self.sponsor_on_deaths * np.minimum(self.casualties, 3)
                + self.by_own_hawks * (self.hawks - self.ref.hawks)
                - self.restraint_at_home())

    def carry_out_strike(self, worlds: WorldIndex) -> None:
        """Nuclear sites, except after a crackdown, when the forces of repression are struck."""
        nuclear = self.reason[worlds] != Cause.CRACKDOWN
        self.strike_sites(worlds[nuclear], self.reason[worlds[nuclear]])
        other = worlds[~nuclear]
        self.war.attack(other, Initiator.UNITED_STATES, Cause.CRACKDOWN, self.war.us_campaign[other])
        self.wars_joined[other] += 1
        self.threatened_over_crackdown[other] = False
        reason = self.reason[worlds]
        self.threat_executed(worlds[(reason == Cause.ULTIMATUM) | (reason == Cause.CRACKDOWN)])

    def strike_sites(self, worlds: WorldIndex, cause: Array | int) -> None:
        """Strike nuclear sites, alone or in Israel's war."""
        self.war.attack(worlds, Initiator.UNITED_STATES, cause, self.war.us_campaign[worlds])
        self.wars_joined[worlds] += 1
        self.iran.sites_struck(worlds, by_us=True)

    @hazard_event(rate="press_rate", tempo=DAILY, when=lambda us: us.war.on & ~us.pressing, evidence=["L034", "L077"],
                  sets={"pressing": True}, story=turn())
    def press_for_ceasefire(self) -> Array:
        """Presses for a ceasefire."""
        return (self.press_on_cost * (self.war.pain / self.war.tolerance + self.burden())
                - self.by_own_hawks * (self.hawks - self.ref.hawks))

    def stand_down(self, worlds: WorldIndex) -> None:
        """After a war."""
        self.preparing[worlds], self.pressing[worlds] = 0, False
        self.light[worlds] = np.minimum(self.light[worlds], Light.AMBER)
