"""The arrows of the model, each with the direction in which the literature says that it points.

An arrow is tested by setting its strength, or a start value, to the 10, 50 and 90 % points of its prior in three groups of
worlds that share their luck. The outcome must move the right way from the first to the last group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import numpy as np

from sim.engine import Array
from sim.engine.log import Log
from sim.model.codes import Light, Stage, Talks
from sim.model.registry import catalogue
from sim.validation.experiments import NO_BREAK, PEACE, Experiment, Measured

TALKS_GO_ON = PEACE | NO_BREAK

LEVELS = ("low", "middle", "high")

TALKING = {"talks.state": Talks.ROUNDS}
NO_REASSURANCE = {"israel.reassure_rate": 0.0, "iran.reassure_rate": 0.0}
UNREASSURED = {"israel.reassured": 0.0, "iran.reassured": 0.0}


@dataclass(frozen=True)
class CausalArrow:
    """An arrow of the coupling map.

    Parameters
    ----------
    id : its name
    says : what moves what, in a sentence
    push : the parameter or start value that is raised
    outcome : what is measured, a key of `DAILY_MEANS` or `COUNTS`
    sign : +1 if the outcome should rise, -1 if it should fall, 0 if the literature leaves it open
    evidence : where the direction comes from
    levels : values to which it is set; by default the 10, 50 and 90 % points of the parameter's prior
    values, start : conditions under which the arrow is at work
    """

    id: str
    says: str
    push: str
    outcome: str
    sign: int
    evidence: tuple[str, ...]
    levels: tuple[float, float, float] | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    start: Mapping[str, float] = field(default_factory=dict)
    days: int = 180

    def strengths(self) -> tuple[float, ...]:
        """The three values to which it is set."""
        if self.levels is not None:
            return self.levels
        parameter = catalogue()[self.push].declaration
        points = parameter.prior.distribution.ppf([0.1, 0.5, 0.9])
        return tuple(float(point) for point in np.clip(points, parameter.low, parameter.high))


DAILY_MEANS: dict[str, Callable[[Any], Array]] = {
    "credibility of US threats": lambda m: m.us.credibility,
    "weight of US threats in Tehran": lambda m: m.iran.pressure(),
    "Iran's alarm, in log-odds": lambda m: m.iran.alarm,
    "Israel's alarm, in log-odds": lambda m: m.israel.alarm,
    "share of days with a green light": lambda m: m.us.light >= Light.GREEN,
    "share of days with a US verdict": lambda m: m.us.verdict,
    "hawk share in Tehran": lambda m: m.iran.hawks,
    "share of days on which the Houthis fight": lambda m: m.houthis.fighting,
    "share of days on which Hezbollah fights": lambda m: m.hezbollah.fighting,
    "share of days on which ships are attacked": lambda m: m.houthis.at_ships,
    "tension": lambda m: m.war.tension,
}

COUNTS: dict[str, tuple[str, ...]] = {
    "US decisions to strike": ("us.strike_nuclear_sites", "us.carry_out_ultimatum", "us.intervene", "us.punish_sponsor"),
    "Israeli decisions to strike alone": ("israel.prepare_alone",),
    "Israeli pre-emptions": ("israel.preempt",),
    "wars": ("war.begins",),
    "channels opened": ("talks.open_channel",),
    "leaders' meetings": ("israel.lobby",),
    "acts that spoil talks": ("israel.spoil_talks",),
    "US threats": ("us.threaten",),
    "deals signed": ("talks.agree_narrowly", "talks.agree_broadly"),
}

NEAR = {"us.carriers": 1}
FEW_ROUNDS = {"us.thaad_at_start": 90.0, "us.sm3_at_start": 40.0, "israel.sling_at_start": 50.0}
"""Other layers at the 10 % points of their priors, so that Arrow rounds decide on which side of the knee the defence is."""

AT_WAR_IN_GAZA = {"gaza.at_war": 1}
CASCADES = {"iran.stage": Stage.CASCADES}

ARROWS = (
    CausalArrow("carriers, strikes", "Carriers in theatre make US strikes likelier.", "us.by_carriers",
                "US decisions to strike", 1, ("fig-posture-hazard", "L042"), start={"us.carriers": 2}),
    CausalArrow("carriers, weight of threats", "Carriers give weight to US threats in Tehran.", "us.carriers",
                "weight of US threats in Tehran", 1, ("L042", "L096"), (0, 1, 2)),
    CausalArrow("carriers, talks", "Carriers and threats that are believed bring Iran to the table.",
                "talks.contact_on_threat", "channels opened", 1, ("fig-talks-restart", "L096"), values=PEACE, start=NEAR),
    CausalArrow("carriers, fear", "Carriers raise Iran's alarm.", "iran.fear_of_carriers", "Iran's alarm, in log-odds", 1,
                ("L042", "L101"), start=NEAR),
    CausalArrow("production, prevention", "A faster rebuild brings Israeli strikes.", "iran.production_at_start",
                "Israeli decisions to strike alone", 1, ("L107", "fearon-1995", "krainin-2017")),
    CausalArrow("shifting power, prevention", "Israel strikes when power shifts and a window closes.", "israel.by_urge",
                "Israeli decisions to strike alone", 1, ("L099", "fearon-1995")),
    CausalArrow("trigger, prevention", "The more missiles Israel tolerates, the fewer strikes.", "israel.missile_trigger",
                "Israeli decisions to strike alone", -1, ("L081", "fig-missile-trigger")),
    CausalArrow("Israel's verdict, prevention", "Its verdict makes Israel strike.", "israel.by_verdict",
                "Israeli decisions to strike alone", 1, ("L081", "L112")),
    CausalArrow("US verdict, strikes", "Its verdict makes Washington strike.", "us.by_verdict", "US decisions to strike", 1,
                ("L074", "L076"), start=CASCADES),
    CausalArrow("rounds, deal", "Rounds that close the gap bring a deal.", "talks.approach", "deals signed", 1,
                ("fig-round-spacing", "L038"), values=TALKS_GO_ON, start=TALKING),
    CausalArrow("zone, deal", "A wide zone of agreement brings a deal.", "talks.by_zone", "deals signed", 1,
                ("raiffa-1982", "fig-deal-target"), values=TALKS_GO_ON, start=TALKING),
    CausalArrow("progress, lobbying", "Talks that progress bring Israel's leaders to Washington.", "israel.lobby_on_progress",
                "leaders' meetings", 1, ("L045", "L114"), values=TALKS_GO_ON, start=TALKING),
    CausalArrow("progress, spoilers", "Talks that progress draw spoilers.", "israel.spoil_on_progress",
                "acts that spoil talks", 1, ("L083", "stedman-1997"), values=TALKS_GO_ON | {"israel.spoil_rate": 0.004},
                start=TALKING),
    CausalArrow("progress, light", "Talks that progress dim the light to Israel.", "us.score_progress",
                "share of days with a green light", -1, ("L046", "L078"), values=TALKS_GO_ON | {"us.score_at_start": 0.8},
                start=TALKING),
    CausalArrow("interceptors, cost", "Near the knee more interceptors make a war cheaper: Israel strikes more (no fear).",
                "israel.arrow_at_start", "Israeli decisions to strike alone", 1, ("fig-depletion-knee", "L111"),
                values=FEW_ROUNDS | {"israel.preempt_rate": 0.0, "iran.preempt_rate": 0.0}),
    CausalArrow("interceptors, cost on day 0", "Above the knee, as on day 0, the same channel: later shortage counts as well.",
                "israel.arrow_at_start", "Israeli decisions to strike alone", 0, ("fig-depletion-knee", "L111"),
                values={"israel.preempt_rate": 0.0, "iran.preempt_rate": 0.0}),
    CausalArrow("interceptors, fear", "More interceptors make waiting safer: Israel pre-empts less (no planned strikes).",
                "israel.arrow_at_start", "Israeli pre-emptions", -1, ("schelling-1960", "fig-alarm-thresholds"),
                values={"israel.lone_strike_rate": 0.0, "israel.joint_strike_rate": 0.0} | NO_REASSURANCE, start=UNREASSURED,
                days=300),
    CausalArrow("interceptors, wars", "What more interceptors do to the number of wars is open.", "israel.arrow_at_start",
                "wars", 0, ("schelling-1960", "L111"), days=300),
    CausalArrow("crackdown, threats", "A crackdown draws US threats.", "us.threat_on_crackdown", "US threats", 1, ("L036",),
                days=60),
    CausalArrow("protest, hawks", "Protest hardens Tehran.", "street.spread", "hawk share in Tehran", 1, ("L036",), days=60),
    CausalArrow("Gaza, Houthis", "A war in Gaza brings the Houthis back.", "houthis.solidarity",
                "share of days on which the Houthis fight", 1, ("L035", "fig-houthi-pause"), start=AT_WAR_IN_GAZA),
    CausalArrow("Gaza, Hezbollah", "A war in Gaza draws Hezbollah in.", "hezbollah.solidarity",
                "share of days on which Hezbollah fights", 1, ("L035",), values={"hezbollah.act_alone_rate": 0.006},
                start=AT_WAR_IN_GAZA),
    CausalArrow("Gaza, ships", "A war in Gaza costs the Gulf: ships are attacked.", "houthis.solidarity",
                "share of days on which ships are attacked", 1, ("L035", "L015"), start=AT_WAR_IN_GAZA),
    CausalArrow("Gaza, tension", "A war in Gaza raises tension with Iran.", "gaza.strain", "tension", 1, ("L035",),
                values={"israel.gaza_rate": 0.02, "gaza.end_rate": 0.1}),
    CausalArrow("claim, US verdict", "Who says that the programme is gone asks for more proof that it is back.",
                "us.obliterated_claim", "share of days with a US verdict", -1, ("L080", "fig-claim-cost"), values=PEACE,
                start=CASCADES),
    CausalArrow("resemblance, alarm", "Exercises that look like the real thing bring pre-emption.", "israel.resemblance",
                "Israeli pre-emptions", 1, ("L103", "fig-alarm-fit"), values=NO_REASSURANCE, start=UNREASSURED),
    CausalArrow("reassurance, alarm", "A message through a third party calms.", "israel.trust_in_reassurance",
                "Israel's alarm, in log-odds", -1, ("L094", "fig-reassurance")),
    CausalArrow("light, prevention", "An amber light holds Israel back.", "israel.light_amber",
                "Israeli decisions to strike alone", -1, ("L079", "fig-light-effect")),
)


class WatchOutcome:
    """The outcome of one arrow."""

    def __init__(self, outcome: str, talking: bool, model: Any) -> None:
        self.outcome, self.model, self.total = outcome, model, np.zeros(model.n)
        if outcome in COUNTS:
            model.log = Log()
        if talking:
            model.talks.weigh_packages(np.arange(model.n))

    def __call__(self, model: Any) -> None:
        """Add today's value, where the outcome is a mean over days."""
        if self.outcome in DAILY_MEANS:
            self.total += DAILY_MEANS[self.outcome](model)

    def measured(self) -> Measured:
        """The mean over days, or the count: one number per world."""
        if self.outcome in DAILY_MEANS:
            return {"outcome": self.total / self.model.day}
        events = [self.model.event_names.index(name) for name in COUNTS[self.outcome]]
        table = self.model.log.table()
        return {"outcome": np.bincount(table["world"][np.isin(table["event"], events)], minlength=self.model.n)}


@lru_cache
def pushes() -> dict[str, Experiment]:
    """An experiment per arrow, by its name: three values in three groups of worlds with the same luck."""
    return {f"arrow: {arrow.id}": Experiment(
        arrow.days, arrow.values, arrow.start, partial(WatchOutcome, arrow.outcome, "talks.state" in arrow.start),
        {level: {arrow.push: strength} for level, strength in zip(LEVELS, arrow.strengths(), strict=True)})
        for arrow in ARROWS}
