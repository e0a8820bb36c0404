"""Iran's nuclear programme and what inspectors may see of it: stages with durations, no arithmetic."""

from __future__ import annotations

import numpy as np

from sim.engine import (
    DAILY,
    LONGEST,
    MONTHLY,
    WEEKLY,
    count,
    event,
    flag,
    hazard_event,
    level,
    moment,
    normals,
    stock,
    uniforms,
)
from sim.engine.fields import Field
from sim.engine.parameters import Parameter
from sim.engine.priors import triangular
from sim.engine.types import Array, WorldIndex, bounded, record_first, worlds_where
from sim.model.cast import Member
from sim.model.codes import Deal, Stage
from sim.model.declare import days, number, quantity, rate, share, table, weight
from sim.model.entities import chapter, routine, turn
from sim.model.mechanisms.quantiles import gamma

SLOWER = table(np.log(np.array([1, 0.5, 1e-9, 0.3, 1, 1e-9], np.float32)))
"""Log rate of leaving each stage relative to leaving stage 0; stage 2 is left by a dash only, stage 5 not at all."""


class NuclearProgramme(Member):
    """True stage, effort, sites by depth class, and the access that inspectors have."""

    memory: Field
    hawks: Field
    by_own_hawks: Parameter

    stage_rate = rate(1 / 60, 1.4, "from no work to salvage at full effort, a day; later stages take longer",
                      "fig-stage-times", "fig-setback-estimates")
    effort_at_start = quantity(0.25, triangular(0.1, 0.25, 0.6), "effort", "share of a full effort on day 0", "L066",
                               "L069", "fig-enrichment-state", high=2.0)
    effort_rate = rate(0.004, 1.6, "raises or lowers its nuclear effort", "fig-dash-rate", "bas-coe-2016")
    effort_step = number(0.2, 0.1, 0.35, "effort", "by how much")
    dash_rate = rate(0.0002, 1.8, "decides to dash for weapon-grade material", "fig-dash-rate", "L069", "L093")
    dash_after_attack = weight(1.6, "five times as likely after a major attack", "fig-dash-rate", "debs-monteiro-2014",
                               short="an attack still remembered")
    dash_under_deal = weight(1.6, "a fifth as likely under a deal", "fig-dash-rate", short="a deal in force")
    by_access = weight(1.5, "fear of detection where inspectors have access, per unit", "fig-detection", "bas-coe-2016")
    dash_days = days(150, 1.5, "from the decision to weapon-grade material", "fig-dash-time")
    dash_days_ready = days(40, 1.5, "the same where cascades already stand", "fig-dash-time")
    detection_rate = rate(0.006, 1.6, "covert work is found, a day, without access", "fig-detection")
    detection_with_access = weight(1.9, "so much more with full access: .025 a day", "fig-detection",
                                   short="the access that inspectors have")
    surface_kill = share(0.85, 0.77, 0.93, "share of surface sites that Israel puts out of use", "fig-site-effects")
    deep_kill_israel = share(0.12, 0.03, 0.25, "share of deep sites that Israel alone puts out of use",
                             "fig-site-effects")
    deep_kill_us = share(0.80, 0.65, 0.90, "share of deep sites that US penetrators put out of use",
                         "fig-site-effects", "L029")
    deepest_kill_us = share(0.30, 0.1, 0.5, "share of very deep sites that they put out of use", "fig-site-effects")
    bombs_a_strike = number(10, 6, 14, "bombs", "penetrators that a full US strike takes", "fig-penetrators",
                            least=1)
    setback_joint = days(420, 1.5, "reconstitution time after US and Israeli strikes", "fig-reconstitution",
                         "fig-setback-estimates")
    setback_alone = days(180, 1.6, "reconstitution time after Israeli strikes alone", "fig-reconstitution")
    new_site_days = days(400, 1.5, "until a new very deep site can be used", "fig-new-deep-site")
    stock_destroyed = share(0.10, 0.02, 0.30, "share of the highly enriched stock destroyed by a campaign",
                            "fig-highly-enriched-share")
    stock_retrievable = quantity(0.68, triangular(0.23, 0.73, 0.98), "share", "of the June 2025 stock within reach",
                                 "fig-highly-enriched-share", high=1.0)
    access_rate = rate(0.006, 1.6, "admits or bars inspectors", "fig-access")
    access_on_talks = weight(2.0, "talks and relief open doors", "L092", "fig-access", short="progress in the talks, or a deal")
    access_after_attack = weight(1.5, "attack and pressure close them", "fig-access", short="an attack still remembered")
    access_step = share(0.2, 0.1, 0.35, "by how much access changes", "fig-access")

    stage = count("nuclear stage: none, salvage, cascades, weapon-grade, weaponising, device", 1, high=5, hidden=True,
                  record=True, evidence=["L066", "L069", "fig-stage-beliefs"], short="the stage at which it is")
    effort = stock("nuclear effort", "effort_at_start", "", 2, hidden=True)
    dashing = flag("dashes for weapon-grade material", hidden=True)
    dash_left = count("days left of the dash", unit="days", high=LONGEST, hidden=True)
    setback = stock("days of work that strikes and sabotage have cost, left", 0, "days", LONGEST, hidden=True)
    sites = level("share of sites in use by depth class", [0.25, 0.3, 0.0], hidden=True,
                  evidence=["fig-setback-estimates"])
    site_left = count("days until a very deep site can be used", 400, unit="days", high=LONGEST, hidden=True)
    retrievable = level("share of the highly enriched stock within reach", "stock_retrievable", hidden=True)
    access = level("inspectors' access", 0.25, record=True, evidence=["fig-access", "L085"],
                   title="Inspectors' access to Iran's sites", drawn=5)
    detected = flag("covert work was found")
    detected_day = moment("day it was found")
    top_stage = count("furthest stage reached", 1, high=5)
    weapon_day = moment("day of weapon-grade material")
    device_day = moment("day of a device")
    cascades_day = moment("day covert cascades first stood")

    where = uniforms("true stage at the start, day of a new site")
    how_long = uniforms("length of a dash")
    how_hard = normals("effect of strikes on sites")
    how_far = uniforms("length of a setback")

    def begin(self) -> None:
        """Draw the true stage (.25, .70, .05 for the first three) and the day of the new deep site."""
        super().begin()
        every = np.arange(self.model.n)
        drawn = self.where(every)
        self.stage = (drawn >= 0.25).astype(np.int32) + (drawn >= 0.95)
        self.site_left = np.minimum(np.rint(gamma(self.where(every), self.new_site_days, self.new_site_days / 2)), LONGEST)
        self.top_stage = self.stage

    def work(self) -> None:
        """A day of the programme: setbacks are worked off, a dash nears its end, a new site its completion."""
        self.setback = bounded(self.setback - 1, 0, LONGEST)
        self.site_left -= self.site_left > 0
        done = self.sites[2]
        done += (self.site_left == 1) * np.float32(0.5)
        if self.dashing.any():
            running = self.dashing & (self.setback == 0) & (self.dash_left > 0)
            self.dash_left -= running
            self.material_made(worlds_where(running & (self.dash_left == 0)))

    def capacity(self) -> Array:
        """Work that sites still allow, relative to day 0; some goes on outside declared sites."""
        return (0.3 + self.sites[0] + self.sites[1] + self.sites[2]) / 0.85

    @hazard_event(rate="stage_rate", tempo=DAILY, evidence=["L066", "L069", "L074"],
                  when=lambda iran: (iran.setback <= 0) & (iran.stage != Stage.CASCADES) & (iran.stage != Stage.DEVICE),
                  then=lambda iran, worlds: iran.reach(worlds, iran.stage[worlds] + 1), story=turn())
    def advance(self) -> Array:
        """Its nuclear programme reaches the next stage."""
        return SLOWER[self.stage] + np.log(self.effort + 1e-6) + np.log(self.capacity())

    def reach(self, worlds: WorldIndex, stage: Array | int) -> None:
        """Stand at this stage now."""
        self.stage[worlds] = stage
        self.top_stage[worlds] = np.maximum(self.top_stage[worlds], stage)
        for day, reached in ((self.cascades_day, Stage.CASCADES), (self.weapon_day, Stage.WEAPON_GRADE),
                             (self.device_day, Stage.DEVICE)):
            record_first(day, worlds[self.stage[worlds] >= reached], self.model.day)

    @hazard_event(rate="dash_rate", tempo=MONTHLY,
                  when=lambda iran: ~iran.dashing & (iran.stage <= Stage.CASCADES) & iran.regime_stands,
                  evidence=["L069", "L093", "L094"],
                  story=chapter("nuclear", "Iran dashes for weapon-grade material", short="dash for material"))
    def dash(self) -> Array:
        """Decides to dash for weapon-grade material."""
        return (self.dash_after_attack * (self.memory - self.ref.memory)
                + self.by_own_hawks * (self.hawks - self.ref.hawks)
                + self.talks.failure
                - self.dash_under_deal * (self.talks.deal > Deal.NONE)
                - self.by_access * (self.access - self.ref.access))

    @dash.effect
    def _(self, worlds: WorldIndex) -> None:
        self.dashing[worlds], self.effort[worlds] = True, 1
        mean = np.where(self.stage[worlds] >= Stage.CASCADES, self.dash_days_ready[worlds], self.dash_days[worlds])
        length = gamma(self.how_long(worlds), mean,
                       mean * np.float32(0.53)) / np.maximum(self.retrievable[worlds] / 0.68, 0.3)
        self.dash_left[worlds] = bounded(length, 5, LONGEST)
        self.reach(worlds, np.maximum(self.stage[worlds], Stage.CASCADES))

    @event(evidence=["L069"], story=chapter("nuclear", "Iran has weapon-grade material", 2, short="weapon-grade material"))
    def material_made(self, worlds: WorldIndex) -> None:
        """Has weapon-grade material."""
        self.dashing[worlds] = False
        self.reach(worlds, Stage.WEAPON_GRADE)

    @hazard_event(rate="effort_rate", group="effort", when=lambda iran: iran.effort < 1, evidence=["L069", "L093"],
                  story=routine("step up in Iran's nuclear effort", "steps up in Iran's nuclear effort"))
    def raise_effort(self) -> Array:
        """Raises its nuclear effort."""
        return (self.dash_after_attack * (self.memory - self.ref.memory)
                + self.by_own_hawks * (self.hawks - self.ref.hawks)
                + self.talks.failure
                - self.by_access * (self.access - self.ref.access)
                - self.dash_under_deal * (self.talks.deal > Deal.NONE))

    @raise_effort.effect
    def _(self, worlds: WorldIndex) -> None:
        self.effort[worlds] += self.effort_step[worlds]

    @hazard_event(rate="effort_rate", group="effort", when=lambda iran: (iran.effort > 0.05) & ~iran.dashing,
                  evidence=["L092", "L094"],
                  story=routine("step down in Iran's nuclear effort", "steps down in Iran's nuclear effort"))
    def lower_effort(self) -> Array:
        """Lowers its nuclear effort."""
        return (self.dash_under_deal * (self.talks.deal > Deal.NONE)
                + self.access_on_talks * self.talks.progress
                - self.by_own_hawks * (self.hawks - self.ref.hawks))

    @lower_effort.effect
    def _(self, worlds: WorldIndex) -> None:
        self.effort[worlds] = np.maximum(self.effort[worlds] - self.effort_step[worlds], 0.02)

    @hazard_event(rate="detection_rate", tempo=DAILY, when=lambda iran: (iran.stage >= Stage.CASCADES) & ~iran.detected,
            evidence=["L074", "L093"], story=chapter("nuclear", "Iran's covert work is found", 0.5, short="covert work found"))
    def found_out(self) -> Array:
        """Its covert work is found."""
        return self.detection_with_access * (self.access - self.ref.access)

    @found_out.effect
    def _(self, worlds: WorldIndex) -> None:
        self.detected[worlds], self.detected_day[worlds] = True, self.model.day
        for observer in (self.us, self.israel, self.talks):
            observer.believe(worlds, 0.7, 0.1)

    @hazard_event(rate="access_rate", tempo=WEEKLY, group="access", when=lambda iran: iran.access < 1,
                  evidence=["L073", "L085", "L092"], story=routine("door opened to inspectors", "doors opened to inspectors"))
    def admit_inspectors(self) -> Array:
        """Gives inspectors more access."""
        return (self.access_on_talks * (self.talks.progress + (self.talks.deal > Deal.NONE))
                - self.access_after_attack * (self.memory - self.ref.memory)
                - self.by_own_hawks * (self.hawks - self.ref.hawks))

    @admit_inspectors.effect
    def _(self, worlds: WorldIndex) -> None:
        self.access[worlds] = np.minimum(self.access[worlds] + self.access_step[worlds], 1)

    @hazard_event(rate="access_rate", tempo=WEEKLY, group="access", when=lambda iran: iran.access > 0, evidence=["L073"],
                  story=routine("door closed to inspectors", "doors closed to inspectors"))
    def bar_inspectors(self) -> Array:
        """Bars inspectors."""
        return (self.access_after_attack * (self.memory - self.ref.memory)
                + self.by_own_hawks * (self.hawks - self.ref.hawks)
                - self.access_on_talks * (self.talks.progress + (self.talks.deal > Deal.NONE)))

    @bar_inspectors.effect
    def _(self, worlds: WorldIndex) -> None:
        self.access[worlds] = np.maximum(self.access[worlds] - self.access_step[worlds], 0)

    def sites_struck(self, worlds: WorldIndex, *, by_us: Array | bool) -> None:
        """Strikes put sites out of use by depth class, and cost the programme time and stages.

        by_us : whether the United States takes part, in all of these worlds or one a world
        """
        if not worlds.size:
            return
        skill = bounded(1 + 0.15 * self.how_hard(worlds), 0.5, 1.3)
        armed = self.drop_penetrators(worlds, by_us)
        deep = np.maximum(self.deep_kill_israel[worlds], armed * self.deep_kill_us[worlds]) * skill
        for depth, lost in enumerate((self.surface_kill[worlds] * skill, deep, armed * self.deepest_kill_us[worlds] * skill)):
            self.sites[depth, worlds] *= np.maximum(1 - lost, 0)
        mean = np.where(armed > 0.3, self.setback_joint[worlds], self.setback_alone[worlds])
        lost = gamma(self.how_far(worlds), mean, mean * np.float32(0.57)) * np.minimum(deep + 0.2, 1)
        self.setback[worlds] = np.maximum(self.setback[worlds], lost)
        self.retrievable[worlds] *= 1 - self.stock_destroyed[worlds]
        built, razed = self.stage[worlds], deep > 0.5
        self.stage[worlds] = np.where(built >= Stage.WEAPON_GRADE, built, np.minimum(built, Stage.SALVAGE) * ~razed)
        self.dashing[worlds] &= ~razed
        for observer in (self.us, self.israel, self.talks):
            observer.see_damage(worlds, np.minimum(deep + 0.1, 1))

    def drop_penetrators(self, worlds: WorldIndex, by_us: Array | bool) -> Array:
        """Use penetrators; returns the share of a full strike that the stock allowed."""
        wanted = self.bombs_a_strike[worlds]
        dropped = np.minimum(wanted, self.us.penetrators[worlds]) * by_us
        self.us.penetrators[worlds] -= dropped
        return dropped / wanted
