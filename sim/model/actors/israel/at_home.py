"""Israel at home and on its other fronts: coalition, elections, settlements, Lebanon, Gaza."""

from __future__ import annotations

import numpy as np

from sim.engine import Array, Parameter, WorldIndex, count, event, flag, hazard_event, level, stock, uniforms, worlds_where
from sim.engine.arithmetic import log2
from sim.model.cast import Member
from sim.model.codes import Light
from sim.model.declare import days, number, rate, share, weight
from sim.model.entities import chapter, routine, turn


class AtHome(Member):
    """What holds an Israeli government together, and the fronts on which it fights besides."""

    by_own_hawks: Parameter
    by_restraint: Parameter
    light_green: Parameter

    lebanon_rate = rate(0.0017, 1.7, "a major campaign in Lebanon", "fig-lebanon-campaign")
    lebanon_on_rebuild = weight(1.5, "Hezbollah's long-range rebuild, as Israel sees it, per doubling", "L082", "L014")
    gaza_rate = rate(0.0002, 1.8, "goes back to war in Gaza", "L057", "fig-gaza-collapse")
    gaza_on_permission = weight(1.5, "the US allows it because Hamas does not disarm", "L057")
    snap_rate = rate(0.0015, 1.45, "calls a snap election", "fig-israel-election")
    change_probability = share(0.5, 0.3, 0.7, "an election changes the government", "fig-israel-election")
    change_of_hawks = number(0.15, 0.05, 0.25, "share", "fall of the hawk share when the government changes",
                             "fig-israel-election")
    settlement_rate = rate(1 / 70, 1.5, "a settlement or annexation step", "L039", "L025")
    settlement_friction = share(0.2, 0.1, 0.4, "friction with Washington that such a step adds", "L062", "L063", "L064")
    friction_half_life = days(40, 1.6, "how fast friction heals", "L105", "L100")
    diversion = weight(0.3, "an election near makes force more tempting", "levy-1989", "fig-rally")
    rally_half_life = days(60, 1.5, "how long a rally round the flag lasts", "fig-rally", "mueller-1970")
    by_coalition = weight(0.8, "the coalition's pull toward force, per unit", "L020", "levy-1989")
    by_gaza_front = weight(0.6, "a war in Gaza ties forces down", "L035")

    hezbollah_seen = stock("Hezbollah's long-range missiles as it estimates them", 1000, "missiles", 6000,
                           evidence=["L082"], of="hezbollah.long_range")
    hawks = level("hawk share of the government", 0.75, record=True, evidence=["L001", "L028"])
    coalition = level("the coalition's pull toward force and settlement", 0.5, evidence=["L020"])
    friction = level("friction with Washington", 0.0, evidence=["L105"])
    election_day = count("day of the next election", 301, unit="day", high=6000, evidence=["L020"])
    lebanon_campaign = flag("a major campaign in Lebanon is under way")
    ballot = uniforms("elections")

    def temptation(self) -> Array:
        """Hawks and an election near."""
        return (self.by_own_hawks * (self.hawks - self.ref.hawks)
                + self.diversion * ((self.election_day > self.model.day) & (self.election_day < self.model.day + 270)) * 0.5)

    def rally(self, worlds: WorldIndex) -> None:
        """A war rallies people round the government; the hawks gain for a while."""
        self.hawks[worlds] = np.minimum(self.hawks[worlds] + 0.05, 1)

    @hazard_event(rate="settlement_rate", evidence=["L039", "L025", "L062", "L063", "L064"], story=routine("settlement step"))
    def settle(self) -> Array:
        """Takes a settlement or annexation step."""
        return self.by_coalition * (self.coalition - self.ref.coalition) - self.by_restraint * self.us.restraint

    @settle.effect
    def _(self, worlds: WorldIndex) -> None:
        self.friction[worlds] = np.minimum(self.friction[worlds] + self.settlement_friction[worlds], 1)
        self.coalition[worlds] = np.maximum(self.coalition[worlds] - 0.05, 0)

    # other fronts

    @hazard_event(rate="lebanon_rate", when=lambda il: ~il.lebanon_campaign, evidence=["L082", "L013"],
                  sets={"lebanon_campaign": True}, then=lambda il, worlds: il.hezbollah.attacked(worlds),
                  story=chapter("region", "Israel opens a campaign in Lebanon", 0.5, short="campaign in Lebanon"),
                  shows=["hezbollah_seen"])
    def campaign_in_lebanon(self) -> Array:
        """Opens a major campaign against Hezbollah."""
        return (self.lebanon_on_rebuild * log2(np.maximum(self.hezbollah_seen, 50) / self.ref.hezbollah_seen)
                + self.temptation()
                + self.light_green * (self.us.light >= Light.GREEN) / 2
                - self.by_gaza_front * self.gaza.at_war)

    @hazard_event(rate="gaza_rate", when=lambda il: ~il.gaza.at_war & ~il.gaza.frozen, evidence=["L057"],
                  then=lambda il, worlds: il.gaza.resumes(worlds), story=turn())
    def return_to_gaza(self) -> Array:
        """Goes back to war in Gaza."""
        return self.gaza_on_permission * self.gaza.permission() + self.temptation()

    # at home

    @hazard_event(rate="snap_rate", evidence=["L020"], when=lambda il: il.election_day > il.model.day + 90, story=turn())
    def call_election(self) -> Array:
        """A snap election is called."""
        return self.by_coalition * (self.ref.coalition - self.coalition)

    @call_election.effect
    def _(self, worlds: WorldIndex) -> None:
        self.election_day[worlds] = self.model.day + 90

    @event(evidence=["L020"], story=turn())
    def votes(self, worlds: WorldIndex) -> None:
        """Israel votes."""
        changed = worlds[self.ballot(worlds) < self.change_probability[worlds]]
        self.government_changes(changed)
        self.election_day[worlds] = self.model.day + 1400

    @event(evidence=["L020"], story=chapter("home", "Israel's government changes", 0.5, short="new government"))
    def government_changes(self, worlds: WorldIndex) -> None:
        """A new government, less hawkish, takes over."""
        self.hawks[worlds] = np.maximum(self.hawks[worlds] - self.change_of_hawks[worlds], 0)
        self.coalition[worlds] /= 2

    def keep_calendar(self) -> None:
        """Elections on their date."""
        self.votes(worlds_where(self.election_day == self.model.day))
