"""Positions on six issues, and whether a package lies between them that both sides prefer to no deal."""

from __future__ import annotations

import numpy as np

from sim.engine import ANYTHING, Array, WorldIndex, bounded, level
from sim.engine.priors import normal
from sim.model.cast import Member
from sim.model.codes import Scope
from sim.model.declare import number, quantity, share, weight
from sim.model.mechanisms import bargaining
from sim.model.mechanisms.bargaining import MISSILES, NARROW, NUCLEAR, PARTNERS, RELIEF, RIGHTS, VERIFICATION

ALL = (NUCLEAR, MISSILES, PARTNERS, RIGHTS, RELIEF, VERIFICATION)
GAP_WEIGHTS = np.array([0.5, 0.3, 0.2, 0.1, 0.5, 0.3], np.float32)
"""How much each issue counts in the distance between positions (assumption)."""


class BargainingPositions(Member):
    """What each side wants, fears, has put on the table and could fall back on."""

    us_limits = number(0.50, 0.3, 0.7, "utility", "US weight of nuclear limits", "L074", "L089", "L090")
    us_relief = number(0.35, 0.2, 0.5, "utility", "US dislike of sanctions relief", "L073", "L054")
    us_verification = number(0.22, 0.1, 0.35, "utility", "US weight of verification", "L085", "L074")
    us_missiles = number(0.35, 0.2, 0.5, "utility", "US dislike of a deal without missiles, when it demands them",
                         "L089", "L090")
    us_others = number(0.2, 0.1, 0.35, "utility", "the same for partners and rights", "L087", "L009", "L084")
    us_fallback = quantity(0.22, normal(0.22, 0.12, 0.32), "utility", "worth of no deal to the US on day 0", "L077",
                           "L078", "L098", low=-1, high=1)
    iran_limits = number(0.35, 0.2, 0.5, "utility", "Iran's cost of nuclear limits: the right to enrich", "L092",
                         "L093")
    iran_relief = number(0.55, 0.4, 0.75, "utility", "Iran's weight of sanctions relief", "L092", "L073")
    iran_verification = number(0.15, 0.07, 0.3, "utility", "Iran's cost of verification", "L085")
    iran_missiles = number(1.5, 0.8, 3.0, "utility", "Iran's cost of missile limits", "L010", "L011", "L055")
    iran_others = number(0.4, 0.2, 0.7, "utility", "Iran's cost of giving up partners and of rights", "L013", "L087")
    iran_fallback = quantity(0.08, normal(0.08, 0.0, 0.16), "utility", "worth of no deal to Iran on day 0", "L091",
                             "L094", low=-1, high=1)
    fallback_pressure = weight(0.2, "pressure lowers Iran's fallback", "L092", "L096", "rubinstein-1982")
    fallback_hawks = weight(0.5, "hawks raise each side's fallback", "putnam-1988")
    red_line = share(0.10, 0.02, 0.2, "missile limits that Iran could accept at most", "L010", "L091")

    us_position = level("US position on each issue", [1.0, 0.6, 0.5, 0.3, 0.2, 1.0], evidence=["L087", "L089"])
    iran_position = level("Iran's position on each issue", [0.3, 0.0, 0.0, 0.0, 1.0, 0.3],
                          evidence=["L091", "L092", "L010"])
    zone_narrow = level("width of the zone on the nuclear track", -0.1, -1, 1, limits=ANYTHING, record=True)
    zone_broad = level("width of the zone on the broad track", -0.8, -3, 1, limits=ANYTHING)
    gap_narrow = level("distance on the nuclear track", 0.72)
    gap_broad = level("distance on the broad track", 0.6)

    def weigh_packages(self, worlds: WorldIndex) -> None:
        """Find the zone of agreement of both tracks from what each side wants, fears and could fall back on."""
        wants = np.stack([self.us_limits[worlds], self.us_relief[worlds], self.us_verification[worlds]])
        fears = np.stack([self.iran_limits[worlds], self.iran_relief[worlds], self.iran_verification[worlds]])
        fears[1] *= self.us.sanctions[worlds]
        us, iran = self.fallbacks(worlds)
        scope = self.us.scope[worlds]
        missed = (self.us_missiles[worlds] * (scope >= Scope.WITH_MISSILES)
                  + self.us_others[worlds] * (scope == Scope.ALL_ISSUES))
        frontier = bargaining.frontier(wants, fears)
        self.zone_narrow[worlds] = bargaining.zone(frontier, -missed - us, -iran)
        asked = self.us_position.take(worlds, axis=1)
        others = asked[PARTNERS] + asked[RIGHTS]
        gain = self.us_missiles[worlds] * asked[MISSILES] + self.us_others[worlds] * others / 2
        loss = self.iran_missiles[worlds] * asked[MISSILES] + self.iran_others[worlds] * others / 2
        beyond = asked[MISSILES] > self.red_line[worlds]
        self.zone_broad[worlds] = np.where(beyond, np.float32(-1), bargaining.zone(frontier, gain - us, -loss - iran))
        offered = self.iran_position.take(worlds, axis=1)
        self.gap_narrow[worlds] = bargaining.distance(asked, offered, GAP_WEIGHTS, NARROW)
        self.gap_broad[worlds] = bargaining.distance(asked, offered, GAP_WEIGHTS, ALL)

    def fallbacks(self, worlds: WorldIndex) -> tuple[Array, Array]:
        """What no deal is worth to Washington and to Tehran today."""
        us = (self.us_fallback + self.fallback_hawks * (self.us.hawks - self.us.ref.hawks)
              - self.fallback_pressure * self.us.burden())
        iran = (self.iran_fallback + self.fallback_hawks * (self.iran.hawks - self.iran.ref.hawks)
                - self.fallback_pressure * (self.iran.pressure() - 0.2))
        return us[worlds], iran[worlds]

    def iran_moves(self, worlds: WorldIndex, step: Array) -> None:
        """Iran moves on nuclear limits and verification, toward (+) or away from (-) the other side."""
        for issue in (NUCLEAR, VERIFICATION):
            self.iran_position[issue, worlds] = bounded(self.iran_position[issue, worlds] + step, 0, 1)
