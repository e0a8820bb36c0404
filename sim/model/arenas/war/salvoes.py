"""A day of the Iran war: salvoes, interception, strikes on Iran, casualties, and what each side learns from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine import LONGEST, Array, Field, WorldIndex, bounded, level, normals, stock, uniforms, worlds_where
from sim.engine.priors import beta, lognormal, triangular
from sim.model.cast import Member
from sim.model.codes import Front
from sim.model.declare import days, number, quantity, share, table
from sim.model.mechanisms import salvo, termination
from sim.model.mechanisms.quantiles import lognormal as log_normal
from sim.model.mechanisms.quantiles import overdispersed

ZEAL = table([0, 0, 0, 0, 0, 0.15, 0.8, 1, 1, 1.1, 1.2])
"""Share of a full salvo that Iran fires, by rung: token at a limited strike (14 missiles at a US base in June 2025)."""

EFFORT = table([0, 0, 0, 0, 0, 0.25, 0.5, 1, 1, 1.1, 1.2])
"""Share of a full air campaign that Israel flies, by rung (assumption)."""


class Salvoes(Member):
    """The fighting half of the war: what is fired, stopped, hit and suffered."""

    on: Field
    day_of_war: Field
    rung: Field
    israel_in: Field
    us_in: Field
    iran_answers: Field

    launches_per_launcher = quantity(0.41, beta(0.41, 0.3, 0.55), "launches a launcher, first day",
                                     "fit to 550 launches in June 2025", "L027", "fig-launch-rate", low=0.01, high=3.0)
    launch_fading = number(0.21, 0.14, 0.32, "per day",
                           "fall of the launch rate beyond lost launchers, fitted to June 2025", "fig-launch-rate",
                           least=0.001)
    launcher_attrition = quantity(0.09, beta(0.09, 0.06, 0.13), "per day", "a third of 360 launchers lost in 3.5 days",
                                  "L029", "fig-launchers", high=1.0)
    engaged_share = share(0.55, 0.45, 0.65, "launched missiles on a course worth a shot", "fig-engaged-share")
    kill_probability = share(0.70, 0.58, 0.80, "one round against one missile: .86 with 1.6 shots",
                             "fig-kill-probability")
    shots_per_target = quantity(1.6, triangular(1.3, 1.6, 2.0), "rounds", "doctrine when rounds are plenty",
                                "fig-shots-per-target", low=0.1, high=4.0)
    base_share = share(0.10, 0.04, 0.18, "share of the launches that go to US bases when both are in the war", "L095",
                       "fig-us-base-hits")
    drone_leak = quantity(0.002, lognormal(0.002, 0.0007, 0.005), "share", "drones launched that hit something",
                          "fig-drones", high=1.0)
    drones_a_day = number(85, 50, 150, "drones", "1,000 in twelve days of June 2025", "fig-drones")
    ground_losses = number(0.023, 0.014, 0.034, "per day", "missiles destroyed on the ground: a quarter in twelve days",
                           "L030", "fig-stock-destroyed")
    works_damage = quantity(0.06, beta(0.06, 0.03, 0.10), "per day", "loss of production capacity a campaign day",
                            "fig-production-damage", high=1.0)
    air_defence_losses = share(0.10, 0.05, 0.16, "loss of air defence a campaign day", "L030", "fig-air-defence")
    deaths_per_impact = number(0.63, 0.35, 1.1, "deaths", ".9 in populated areas, .7 of impacts there",
                               "fig-deaths-israel")
    iranian_deaths = number(95, 50, 200, "deaths a day", "1,062 to 1,190 in twelve days", "fig-deaths-iran")
    us_deaths_per_leak = number(0.15, 0.05, 0.3, "deaths", "a missile that gets through to a US base",
                                "fig-us-base-hits")
    cost_per_impact = number(0.095, 0.05, 0.15, "billion dollars", "direct damage of an impact", "fig-war-cost")
    cost_per_day = number(0.7, 0.4, 1.0, "billion dollars", "a day of war for Israel's budget", "fig-war-cost")
    israel_expects = share(0.06, 0.03, 0.12, "share of launches that Israel expects to land before the war",
                           "slantchev-2003")
    iran_expects = share(0.35, 0.2, 0.5, "share of launches that Iran expects to land before the war", "slantchev-2003")
    experience = days(3.0, 1.7, "days of fighting that prior beliefs are worth", "slantchev-2003")
    tolerance = number(1.0, 0.5, 2.0, "wars like June 2025", "cost that Israel bears before it wants to stop",
                       "fig-war-cost", "goemans-2000", least=0.01)
    defended = share(0.7, 0.4, 0.9, "share of the US rounds in theatre that cover Israel", "L100", "fig-thaad")

    launched_total = stock("missiles fired by Iran", 0, "missiles", 3000)
    launched_peak = stock("most missiles fired on a day", 0, "missiles", 500)
    intercepted_total = stock("missiles stopped", 0, "missiles", 2000)
    impacts_total = stock("impacts in Israel", 0, "impacts", 1000)
    rounds_used = stock("interceptor rounds used", 0, "rounds", 2000)
    dead_israel = stock("deaths in Israel", 0, "deaths", 1000)
    dead_iran = stock("deaths in Iran", 0, "deaths", 200000)
    dead_us = stock("deaths of US personnel", 0, "deaths", 200)
    cost = stock("cost to Israel", 0, "billion dollars", 1000)
    israel_belief = level("share of launches that Israel now expects to land", "israel_expects")
    iran_belief = level("share of launches that Iran now expects to land", "iran_expects")
    learned_days = stock("days of experience behind these beliefs", "experience", "days", LONGEST)
    pain = stock("cost of this war so far, to Israel", 0, "wars like June 2025", 20)
    launchers_at_outset = stock("Iran's launchers when this war began", 1, "launchers", 1000)
    last_fire = level("day of the last fire on each front", [-99.0] * 6, -99, LONGEST)

    chance = uniforms("a day's intensity, drone hits, deaths in Israel, deaths at US bases", slots=4)
    noise = normals("a day's missiles fired, engaged, leaking, deaths in Iran", slots=4)

    def fight(self) -> None:
        """A day of fire in the worlds at war."""
        worlds = worlds_where(self.on)
        if not worlds.size:
            return
        self.day_of_war[worlds] += 1
        (burst, drift, victims, at_risk), (firing, engaging, leaking, toll) = self.chance(worlds), self.noise(worlds)
        fired = self.iran_fires(worlds, burst, firing)
        at_bases = np.rint(fired * np.where(self.us_in[worlds],
                                            np.where(self.israel_in[worlds], self.base_share[worlds], 1), 0))
        impacts = self.israel_defends(worlds, fired - at_bases, (engaging, leaking)) + self.drones_land(worlds, drift)
        self.israel_suffers(worlds, impacts, victims)
        self.bases_are_hit(worlds, at_bases, at_risk)
        self.iran_is_hit(worlds, toll)
        self.lessons(worlds, fired - at_bases, impacts)
        self.fire_on(Front.IRAN_ISRAEL, worlds[self.israel_in[worlds]])
        self.fire_on(Front.IRAN_US, worlds[self.us_in[worlds]])

    def fire_on(self, front: int, worlds: WorldIndex) -> None:
        """Note that fire was exchanged on this front today."""
        self.last_fire[front, worlds] = self.model.day

    def iran_fires(self, worlds: WorldIndex, burst: Array, normal: Array) -> Array:
        """Iran's salvo of the day, if it answers at all."""
        iran = self.iran
        fired = salvo.launched(
            iran.launchers[worlds], iran.missiles[worlds], self.launches_per_launcher[worlds], self.launch_fading[worlds],
            self.day_of_war[worlds] - 1, ZEAL[self.rung[worlds]] * self.iran_answers[worlds],
            burst, normal)
        iran.missiles[worlds] -= fired
        self.launched_total[worlds] += fired
        self.launched_peak[worlds] = np.maximum(self.launched_peak[worlds], fired)
        return fired

    def israel_defends(self, worlds: WorldIndex, fired: Array, normals: tuple[Array, Array]) -> Array:
        """Interception by every layer that is there; returns impacts."""
        stocks = self.israel.layers(worlds) + self.us.layers(worlds, self.defended[worlds])
        total: Any = sum(rounds for _, rounds in stocks)
        engaged, used, impacts = salvo.intercept(
            fired, total, self.engaged_share[worlds], self.shots_per_target[worlds], self.kill_probability[worlds], normals)
        spent = used / np.maximum(total, 1e-6)
        for rounds, available in stocks:
            rounds[worlds] -= available * spent
        self.intercepted_total[worlds] += engaged - impacts
        self.rounds_used[worlds] += used
        return impacts

    def israel_suffers(self, worlds: WorldIndex, impacts: Array, victims: Array) -> None:
        """Impacts, deaths and cost."""
        self.impacts_total[worlds] += impacts
        self.dead_israel[worlds] += overdispersed(victims, self.deaths_per_impact[worlds] * impacts, 0.4)
        self.cost[worlds] += self.cost_per_impact[worlds] * impacts + self.cost_per_day[worlds] * self.israel_in[worlds]

    def drones_land(self, worlds: WorldIndex, drift: Array) -> Array:
        """Hits by long-range drones: few."""
        flown = np.minimum(self.drones_a_day[worlds] * ZEAL[self.rung[worlds]] * self.iran_answers[worlds],
                           self.iran.drones[worlds]) * self.israel_in[worlds]
        self.iran.drones[worlds] -= flown
        return np.floor(flown * self.drone_leak[worlds] + drift)

    def bases_are_hit(self, worlds: WorldIndex, fired: Array, at_risk: Array) -> None:
        """Missiles at US bases meet the same defence with enough rounds; few get through."""
        through = fired * self.engaged_share[worlds] * salvo.leak(self.shots_per_target[worlds],
                                                                  self.kill_probability[worlds])
        deaths = overdispersed(at_risk, through * self.us_deaths_per_leak[worlds], 0.4)
        self.dead_us[worlds] += deaths
        self.us.casualties[worlds] += deaths

    def iran_is_hit(self, worlds: WorldIndex, toll: Array) -> None:
        """Israel strikes launchers, stocks, works and air defence; what the US strikes is nuclear (L029)."""
        iran, effort = self.iran, EFFORT[self.rung[worlds]]
        reach = effort * self.israel_in[worlds] * (1 - iran.air_defence[worlds])
        iran.launchers[worlds] *= np.exp(-self.launcher_attrition[worlds] * reach)
        iran.missiles[worlds] *= np.exp(-self.ground_losses[worlds] * reach)
        iran.works[worlds] = np.maximum(iran.works[worlds] * (1 - self.works_damage[worlds] * reach), 0.25)
        iran.air_defence[worlds] *= np.maximum(1 - self.air_defence_losses[worlds] * effort * self.israel_in[worlds], 0)
        struck = np.maximum(self.israel_in[worlds], self.us_in[worlds] * np.float32(0.3)) * effort
        self.dead_iran[worlds] += np.rint(log_normal(toll, self.iranian_deaths[worlds], 0.6) * struck)

    def lessons(self, worlds: WorldIndex, fired: Array, impacts: Array) -> None:
        """Both sides update what they expect of the next day, and count the cost."""
        landed = np.minimum(impacts / np.maximum(fired, 1), 1)
        lesson = np.float32(0.3) + np.float32(0.7) * (fired >= 5)
        for belief in (self.israel_belief, self.iran_belief):
            belief[worlds] = termination.learned(belief[worlds], self.learned_days[worlds], landed, lesson)
        self.learned_days[worlds] += lesson
        self.pain[worlds] += 0.5 * impacts / 44 + 0.5 / 12

    def goals_met(self) -> Array:
        """How much of the attacker's work is done: launchers destroyed since the outset, 0 to 1."""
        return bounded(1 - self.iran.launchers / np.maximum(self.launchers_at_outset, 1), 0, 1)
