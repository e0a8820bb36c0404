"""Those who judge Iran's nuclear programme from outside: each with its own noise, bias and bar."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.engine import DAILY, LONGEST, Array, Field, WorldIndex, count, event, flag, hazard_event, level, normals, worlds_where
from sim.engine.priors import normal
from sim.model.cast import Member
from sim.model.declare import days, number, quantity, rate, share, weight
from sim.model.entities import aside, routine
from sim.model.mechanisms import assessment


class Observer(Member):
    """A government or agency that assesses, about monthly, at which stage Iran's programme is."""

    counts_from: ClassVar[int] = 2
    """The stage from which this observer speaks of reconstitution."""

    assessment_days = days(30, 1.5, "between assessments; half as long where access is above a half", "L066",
                           "fig-access", "fig-timeliness")
    reading_spread = number(0.19, 0.13, 0.28, "stage index", "error of one assessment with full access", "bas-coe-2016",
                            least=0.01)
    blindness = number(1.5, 0.8, 2.5, "factor", "extra error variance without any access", "fig-access", "bas-coe-2016")
    bias = quantity(0.0, normal(0.0, -0.03, 0.03), "stage index", "sees the programme further along than it is",
                    "bas-coe-2016", low=-0.5, high=0.5)
    error_memory = share(0.8, 0.6, 0.9, "an analyst's error comes back in the next assessment", "bas-coe-2016")
    bar = share(0.75, 0.6, 0.9, "confidence needed for the verdict that Iran reconstitutes", "L074", "L075")
    false_report_rate = rate(0.0015, 1.8, "reports of nuclear work that is not there", "fig-false-nuclear-alarm")
    rumours = weight(1.0, "the less access, the more false reports", "fig-false-nuclear-alarm",
                     short="how little inspectors see")
    false_report_size = number(0.35, 0.2, 0.5, "stage index", "how much such a report adds to a reading",
                               "fig-false-nuclear-alarm")

    belief = level("probability of each nuclear stage, as it sees it", [0.4, 0.55, 0.05, 0.0, 0.0, 0.0],
                   evidence=["L093"])
    confidence = level("its confidence that Iran reconstitutes", 0.05, record=True, evidence=["L075"], of="iran.stage")
    verdict: Field = flag("its verdict: Iran reconstitutes", record=True, evidence=["L075"])
    nuclear_verdict = flag("what it says of the nuclear programme alone", evidence=["L074"])
    error = level("standardised error of its last assessment", 0.0, -8, 8)
    since = count("days since its last reading", 15, unit="days", high=LONGEST)
    next_look = count("days until its next assessment", 15, unit="days", high=60)

    reading = normals("error of an assessment")

    def threshold(self) -> Array:
        """Confidence at which its verdict falls."""
        return self.bar

    def begin(self) -> None:
        """Start from confidence that follows from the belief."""
        self.confidence = assessment.at_least(self.belief, self.counts_from)

    def judge(self) -> None:
        """Its verdict of today, from the confidence of its last assessment; a tenth less confidence lifts it."""
        self.next_look -= self.next_look > 0
        self.assess(worlds_where(self.next_look <= 0))
        self.since += 1
        self.nuclear_verdict = self.confidence > self.threshold() - np.float32(0.1) * self.nuclear_verdict
        self.verdict = self.nuclear_verdict

    @event(evidence=["L066", "L075"], story=aside())
    def assess(self, worlds: WorldIndex) -> None:
        """Assesses how far Iran's nuclear programme has come."""
        self.read(worlds, 0)
        self.next_look[worlds] = self.assessment_days[worlds] * (1 - np.float32(0.5) * (self.iran.access[worlds] > 0.5))
        self.also_assess(worlds)

    @hazard_event(rate="false_report_rate", tempo=DAILY, evidence=["L075"],
                  story=routine("{adjective} false report of nuclear work", "{adjective} false reports of nuclear work"))
    def receive_false_report(self) -> Array:
        """Receives a report of nuclear work that is not there."""
        return self.rumours * (self.iran.ref.access - self.iran.access)

    @receive_false_report.effect
    def _(self, worlds: WorldIndex) -> None:
        self.read(worlds, self.false_report_size[worlds])

    def read(self, worlds: WorldIndex, excess: Array | float) -> None:
        """One assessment: the true stage through noise that persists, read by Bayes' rule."""
        access = self.iran.access[worlds]
        spread = self.reading_spread[worlds] * np.sqrt(1 + self.blindness[worlds] * (1 - access))
        error = assessment.persistent(self.error[worlds], self.error_memory[worlds], self.reading(worlds))
        looks = assessment.INDEX[self.iran.stage[worlds]] + self.bias[worlds] + excess + spread * error
        self.error[worlds] = error
        self.believe(worlds, looks, spread)

    def believe(self, worlds: WorldIndex, looks: Array | float, spread: Array | float) -> None:
        """Update the belief by one reading."""
        prior = assessment.expected_drift(self.belief.take(worlds, axis=1), self.since[worlds])
        posterior = assessment.learned(prior, looks, spread)
        self.belief[:, worlds] = posterior
        self.confidence[worlds] = assessment.at_least(posterior, self.counts_from)
        self.since[worlds] = 0

    def see_damage(self, worlds: WorldIndex, share_lost: Array) -> None:
        """Strikes on sites: belief in early stages moves to none by the share that seems lost."""
        belief = self.belief.take(worlds, axis=1)
        belief[0] += share_lost * (belief[1] + belief[2])
        belief[1:3] *= 1 - share_lost
        self.belief[:, worlds] = belief
        self.confidence[worlds] = assessment.at_least(belief, self.counts_from)

    def also_assess(self, worlds: WorldIndex) -> None:
        """What else an assessment covers."""
