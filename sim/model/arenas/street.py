"""The Iranian street: protest that spreads, is put down, comes back, and may bring the regime down."""

from __future__ import annotations

import numpy as np

from sim.engine import DAILY, MONTHLY, collapse, count, hazard_event, kept_a_day, level, moment, normals, stock
from sim.engine.arithmetic import log10
from sim.engine.types import Array, WorldIndex, record_first, worlds_where
from sim.model.declare import days, number, rate, share, weight
from sim.model.entities import Arena, Card, routine, turn
from sim.model.mechanisms import protest
from sim.model.mechanisms.quantiles import lognormal


class Street(Arena):
    """Protest in Iran, from the wave that began two days before day 0."""

    key = "street"
    card = Card("Iran's street", "#cf5078", "iran", (240, 620))

    spread = number(0.45, 0.35, 0.58, "per day", "how fast protest spreads by imitation", "epstein-2002",
                    "fig-protest-fit")
    fatigue = number(0.10, 0.06, 0.16, "per day", "how fast people go home", "fig-protest-fit")
    fear = number(1.1, 0.7, 1.6, "per day", "how fast repression empties the street", "epstein-2002", "fig-protest-fit")
    hope = number(0.03, 0.01, 0.08, "per day", "backing from abroad that people believe in", "kuperman-2008", "L036")
    roughness = number(0.05, 0.02, 0.1, "log units a day", "chance in a day's turnout", "fig-protest-fit")
    spark_half_life = days(17, 1.4, "how long an occasion stays fresh", "fig-protest-fit", "fig-protest-2026")
    spark_rate = rate(0.0008, 1.5, "a new occasion: a fall of the rial, a lost war, a scandal", "fig-protest-fit",
                      "fig-rial")
    spark_on_hardship = weight(2.0, "hardship makes occasions", "fig-rial", "fig-iran-economy")
    spark_on_defeat = weight(0.8, "a war remembered makes occasions", "ritter-conrad-2016")
    rally = share(0.6, 0.4, 0.8, "turnout left in the first ten days of an attack from abroad", "mueller-1970",
                  "fig-protest-fit")
    repression_days = days(20, 1.5, "how fast repression is relaxed", "fig-protest-2026")
    deaths_a_day = number(13000, 7000, 22000, "deaths a day",
                          "deaths at full repression and turnout, fitted to a wave like that of January 2026",
                          "fig-protest-deaths", "fig-protest-fit")
    defection_rate = rate(0.00008, 2.0, "the regime falls by defection in an ordinary crackdown", "fig-regime-change",
                          "lohmann-1994")
    by_turnout = weight(4.0, "turnout brings defection", "kuran-1989", "fig-regime-change")
    by_leader = weight(4.5, "no leader in place brings defection", "fig-regime-change", "fig-leader-loss")
    by_stake = weight(2.0, "a regime under attack for its life", "fig-regime-change")

    protest = level("share of those who would who are in the street", 0.025, record=True,
                    evidence=["L036", "fig-protest-2026"])
    spark = level("how fresh the occasion is", 1.0, evidence=["fig-protest-2026", "fig-rial"])
    legitimacy = level("legitimacy of the regime", 0.7, evidence=["fig-protest-2026"])
    repression = level("repression", 0.0, record=True)
    deaths = stock("deaths in protests", 0, "deaths", 100000)
    crackdowns = count("crackdowns", high=20)
    crackdown_day = moment("day of the first crackdown")
    crowd = normals("a day's turnout")
    toll = normals("deaths in protests")

    def toll_scale(self) -> Array:
        """Deaths on a log scale: 0 at ten, 1 at ten thousand."""
        return log10(np.maximum(self.deaths, 10)) / 3 - 1 / 3

    def live(self) -> None:
        """A day in the street."""
        self.spark *= kept_a_day(self.spark_half_life)
        self.repression *= np.exp(-1 / collapse(self.repression_days))
        day = self.model.day
        self.protest = protest.participation(
            self.protest, self.spark, self.iran.hardship - self.legitimacy, self.repression,
            self.hope * self.us.credibility * self.us.threatened_over_crackdown,
            spread=self.spread, fatigue=self.fatigue, fear=self.fear, noise=self.roughness * self.crowd.on(day))
        early = self.war.on & (self.war.day_of_war <= 10)
        self.protest *= 1 - early * (1 - self.rally) / 5
        self.legitimacy += (self.ref.legitimacy - self.legitimacy) / 200
        bloody = worlds_where(self.repression > 0.05)
        if bloody.size:
            self.deaths[bloody] += np.rint(lognormal(
                self.toll(bloody), self.deaths_a_day[bloody] * self.repression[bloody] * self.protest[bloody], 0.6))

    def repressed(self, worlds: WorldIndex) -> None:
        """The regime cracks down."""
        self.repression[worlds] = 1
        self.crackdowns[worlds] += 1
        record_first(self.crackdown_day, worlds, self.model.day)
        self.legitimacy[worlds] = np.maximum(self.legitimacy[worlds] - 0.05, 0)
        self.war.raise_tension(worlds, self.war.tension_step[worlds] * 4 / 3)

    @hazard_event(rate="spark_rate", evidence=["L036"], tempo=MONTHLY, when=lambda street: street.iran.regime_stands,
                  sets={"spark": 1}, story=routine("new occasion for protest", "new occasions for protest"))
    def find_occasion(self) -> Array:
        """A new occasion brings people into the street."""
        return (self.spark_on_hardship * (self.iran.hardship - self.iran.ref.hardship)
                + self.spark_on_defeat * (self.iran.memory - self.iran.ref.memory))

    @hazard_event(rate="defection_rate", tempo=DAILY, evidence=["L036"],
                  when=lambda street: street.iran.regime_stands & ((street.protest > 0.1) | ~street.iran.leader_in_place),
                  then=lambda street, worlds: street.iran.regime_falls(worlds), story=turn())
    def defect(self) -> Array:
        """Forces defect and the regime falls."""
        return (self.by_turnout * (self.protest - 0.2)
                + self.by_leader * ~self.iran.leader_in_place
                + self.by_stake * self.war.stake)
