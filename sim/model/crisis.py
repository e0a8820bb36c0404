"""The crisis: all actors and arenas as one Mesa model. A day reads from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from sim.engine import Array, Ensemble
from sim.model.actors.hamas import Hamas
from sim.model.actors.hezbollah import Hezbollah
from sim.model.actors.houthis import Houthis
from sim.model.actors.iran import Iran
from sim.model.actors.israel import Israel
from sim.model.actors.militias import Militias
from sim.model.actors.united_states import UnitedStates
from sim.model.arenas.gaza import Gaza
from sim.model.arenas.oil import Oil
from sim.model.arenas.street import Street
from sim.model.arenas.talks import NuclearTalks
from sim.model.arenas.war import War
from sim.model.cast import Cast
from sim.model.entities import Entity


class Crisis(Cast, Ensemble):
    """n worlds of the confrontation from 30 December 2025 on."""

    states: ClassVar[Sequence[type[Entity]]] = (
        UnitedStates, Israel, Iran, Hezbollah, Hamas, Houthis, Militias, NuclearTalks, Gaza, War, Oil, Street)

    def pace(self) -> Array:
        """Crises quicken decisions: weekly in quiet, daily at war or at the highest tension."""
        return self.war.pace()

    def live(self) -> None:
        """One day."""
        self.keep_calendar()
        self.agents.do("live")
        self.exchange_signals()
        self.judge()
        self.decide()
        self.carry_out()
        self.fight()
        self.oil.trade()

    def keep_calendar(self) -> None:
        """Promised dates, elections."""
        self.gaza.keep_promises()
        self.israel.keep_calendar()

    def exchange_signals(self) -> None:
        """Israel and Iran read each other's exercises, alerts and preparations."""
        self.israel.listen()
        self.iran.listen()

    def judge(self) -> None:
        """Washington, Jerusalem and the inspectors say whether Iran reconstitutes."""
        self.us.judge()
        self.talks.judge()
        self.israel.judge()

    def carry_out(self) -> None:
        """Preparations near their day; strikes that are ready are carried out."""
        for striker in (self.us, self.israel, self.iran):
            striker.count_down()

    def fight(self) -> None:
        """Fire on every front."""
        self.war.fight()
        for partner in (self.hezbollah, self.hamas, self.houthis, self.militias):
            partner.fire()
        self.talks.notice_war()
        self.war.count_fronts()
