"""The arrows of the model, each with the direction in which the literature says that it points.

An arrow is tested by setting its strength, or a start value, to the 10, 50 and 90 % points of its prior in three groups of
worlds that share their luck. The outcome must move the right way from the first to the last group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial

import numpy as np

from sim.model.codes import Stage
from sim.model.registry import catalogue
from sim.validation.experiments import NO_BREAK, PEACE, TALKING, Experiment, WatchOutcomes

LEVELS = ("low", "middle", "high")

TALKS_GO_ON = PEACE | NO_BREAK | TALKING
NO_REASSURANCE = {f"{side}.{what}": 0.0 for side in ("israel", "iran") for what in ("reassure_rate", "reassured")}
NO_FEAR = {"israel.preempt_rate": 0.0, "iran.preempt_rate": 0.0}
NO_PLANS = {"israel.lone_strike_rate": 0.0, "israel.joint_strike_rate": 0.0}


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
    given : parameters and start values under which the arrow is at work
    days : horizon
    levels : values to which it is set; by default the 10, 50 and 90 % points of the parameter's prior
    """

    id: str
    says: str
    push: str
    outcome: str
    sign: int
    evidence: tuple[str, ...]
    given: Mapping[str, float] = field(default_factory=dict)
    days: int = 180
    levels: tuple[float, float, float] | None = None

    def strengths(self) -> tuple[float, ...]:
        """The three values to which it is set."""
        if self.levels is not None:
            return self.levels
        parameter = catalogue()[self.push].declaration
        points = parameter.prior.distribution.ppf([0.1, 0.5, 0.9])
        return tuple(float(point) for point in np.clip(points, parameter.low, parameter.high))


NEAR = {"us.carriers": 1}
FEW_ROUNDS = {"us.thaad_at_start": 90.0, "us.sm3_at_start": 40.0, "israel.sling_at_start": 50.0}
"""Other layers at the 10 % points of their priors, so that Arrow rounds decide on which side of the knee the defence is."""

AT_WAR_IN_GAZA = {"gaza.at_war": 1}
CASCADES = {"iran.stage": Stage.CASCADES}

ARROWS = (
    CausalArrow("carriers, strikes", "Carriers in theatre make US strikes likelier.", "us.by_carriers",
                "US decisions to strike", 1, ("fig-posture-hazard", "L042"), {"us.carriers": 2}),
    CausalArrow("carriers, weight of threats", "Carriers give weight to US threats in Tehran.", "us.carriers",
                "weight of US threats in Tehran", 1, ("L042", "L096"), levels=(0, 1, 2)),
    CausalArrow("carriers, talks", "Carriers and threats that are believed bring Iran to the table.", "talks.contact_on_threat",
                "channels opened", 1, ("fig-talks-restart", "L096"), PEACE | NEAR),
    CausalArrow("carriers, fear", "Carriers raise Iran's alarm.", "iran.fear_of_carriers", "Iran's alarm, in log-odds", 1,
                ("L042", "L101"), NEAR),
    CausalArrow("production, prevention", "A faster rebuild brings Israeli strikes.", "iran.production_at_start",
                "Israeli decisions to strike alone", 1, ("L107", "fearon-1995", "krainin-2017")),
    CausalArrow("shifting power, prevention", "Israel strikes when power shifts and a window closes.", "israel.by_urge",
                "Israeli decisions to strike alone", 1, ("L099", "fearon-1995")),
    CausalArrow("trigger, prevention", "The more missiles Israel tolerates, the fewer strikes.", "israel.missile_trigger",
                "Israeli decisions to strike alone", -1, ("L081", "fig-missile-trigger")),
    CausalArrow("Israel's verdict, prevention", "Its verdict makes Israel strike.", "israel.by_verdict",
                "Israeli decisions to strike alone", 1, ("L081", "L112")),
    CausalArrow("US verdict, strikes", "Its verdict makes Washington strike.", "us.by_verdict", "US decisions to strike", 1,
                ("L074", "L076"), CASCADES),
    CausalArrow("rounds, deal", "Rounds that close the gap bring a deal.", "talks.approach", "deals signed", 1,
                ("fig-round-spacing", "L038"), TALKS_GO_ON),
    CausalArrow("zone, deal", "A wide zone of agreement brings a deal.", "talks.by_zone", "deals signed", 1,
                ("raiffa-1982", "fig-deal-target"), TALKS_GO_ON),
    CausalArrow("progress, lobbying", "Talks that progress bring Israel's leaders to Washington.", "israel.lobby_on_progress",
                "leaders' meetings", 1, ("L045", "L114"), TALKS_GO_ON),
    CausalArrow("progress, spoilers", "Talks that progress draw spoilers.", "israel.spoil_on_progress", "acts that spoil talks",
                1, ("L083", "stedman-1997"), TALKS_GO_ON | {"israel.spoil_rate": 0.004}),
    CausalArrow("progress, light", "Talks that progress dim the light to Israel.", "us.score_progress",
                "share of days with a green light", -1, ("L046", "L078"), TALKS_GO_ON | {"us.score_at_start": 0.8}),
    CausalArrow("interceptors, cost", "Near the knee more interceptors make a war cheaper: Israel strikes more (no fear).",
                "israel.arrow_at_start", "Israeli decisions to strike alone", 1, ("fig-depletion-knee", "L111"),
                FEW_ROUNDS | NO_FEAR),
    CausalArrow("interceptors, cost on day 0", "Above the knee, as on day 0, the same channel: later shortage counts as well.",
                "israel.arrow_at_start", "Israeli decisions to strike alone", 0, ("fig-depletion-knee", "L111"), NO_FEAR),
    CausalArrow("interceptors, fear", "More interceptors make waiting safer: Israel pre-empts less (no planned strikes).",
                "israel.arrow_at_start", "Israeli pre-emptions", -1, ("schelling-1960", "fig-alarm-thresholds"),
                NO_PLANS | NO_REASSURANCE, days=300),
    CausalArrow("interceptors, wars", "What more interceptors do to the number of wars is open.", "israel.arrow_at_start",
                "wars", 0, ("schelling-1960", "L111"), days=300),
    CausalArrow("crackdown, threats", "A crackdown draws US threats.", "us.threat_on_crackdown", "US threats", 1, ("L036",),
                days=60),
    CausalArrow("protest, hawks", "Protest hardens Tehran.", "street.spread", "hawk share in Tehran", 1, ("L036",), days=60),
    CausalArrow("Gaza, Houthis", "A war in Gaza brings the Houthis back.", "houthis.solidarity",
                "share of days on which the Houthis fight", 1, ("L035", "fig-houthi-pause"), AT_WAR_IN_GAZA),
    CausalArrow("Gaza, Hezbollah", "A war in Gaza draws Hezbollah in.", "hezbollah.solidarity",
                "share of days on which Hezbollah fights", 1, ("L035",), {"hezbollah.act_alone_rate": 0.006} | AT_WAR_IN_GAZA),
    CausalArrow("Gaza, ships", "A war in Gaza costs the Gulf: ships are attacked.", "houthis.solidarity",
                "share of days on which ships are attacked", 1, ("L035", "L015"), AT_WAR_IN_GAZA),
    CausalArrow("Gaza, tension", "A war in Gaza raises tension with Iran.", "gaza.strain", "tension", 1, ("L035",),
                {"israel.gaza_rate": 0.02, "gaza.end_rate": 0.1}),
    CausalArrow("claim, US verdict", "Who says that the programme is gone asks for more proof that it is back.",
                "us.obliterated_claim", "share of days with a US verdict", -1, ("L080", "fig-claim-cost"), PEACE | CASCADES),
    CausalArrow("resemblance, alarm", "Exercises that look like the real thing bring pre-emption.", "israel.resemblance",
                "Israeli pre-emptions", 1, ("L103", "fig-alarm-fit"), NO_REASSURANCE),
    CausalArrow("reassurance, alarm", "A message through a third party calms.", "israel.trust_in_reassurance",
                "Israel's alarm, in log-odds", -1, ("L094", "fig-reassurance")),
    CausalArrow("light, prevention", "An amber light holds Israel back.", "israel.light_amber",
                "Israeli decisions to strike alone", -1, ("L079", "fig-light-effect")),
)


@lru_cache
def pushes() -> dict[str, Experiment]:
    """An experiment per arrow, by its name: three values in three groups of worlds with the same luck."""
    return {f"arrow: {arrow.id}": Experiment(
        arrow.days, arrow.given, partial(WatchOutcomes, {"outcome": arrow.outcome}),
        {level: {arrow.push: strength} for level, strength in zip(LEVELS, arrow.strengths(), strict=True)})
        for arrow in ARROWS}
