"""A border between two countries: the smallest subject on which ensembles can be tested."""

from __future__ import annotations

from contextlib import ExitStack
from typing import NamedTuple

import numpy as np

from sim.engine import DAILY, Ensemble, State, count, event, field, flag, hazard_event, level, normals, parameter, stock
from sim.ensemble.live import begun
from sim.ensemble.tasks import ModelSpec
from sim.scenario.scenario import Scenario


class North(State):
    """Arms, fears, and now and then shoots."""

    key = "north"

    arming = parameter(0.4, (1.5,), "a day", "how fast it arms")
    shot_rate = parameter(0.01, (2.0,), "per day", "shoots when calm", high=10.0)
    by_fear = parameter(1.5, (2.0,), "log-odds", "fear of the other's arms")

    arms = stock("tanks", 10, "tanks", high=100, record=True)
    fear = level("fear of the other side", 0.2, record=True)
    mood = field("moods", [0.5, 0.25, 0.25], record=True)
    shots = count("shots so far", high=10, record=True)
    armed = flag("more arms than at the start", record=True)
    first = count("day of the first shot", -1, low=-1, high=400)

    whim = normals("the day's whim")

    def live(self) -> None:
        self.arms += self.arming * np.exp(np.float32(0.3) * self.whim.on(self.model.day))
        self.fear = np.minimum(self.south.arms / 100, 1)
        self.mood[0] = self.fear
        self.armed = self.arms > 12

    @hazard_event(rate="shot_rate", tempo=DAILY)
    def shoot(self):
        """Shoots across the border."""
        return self.by_fear * (self.fear - self.ref.fear)

    @shoot.effect
    def _(self, worlds):
        self.shots[worlds] += 1
        self.first[worlds] = np.where(self.first[worlds] < 0, self.model.day, self.first[worlds])
        self.south.protest(worlds)


class South(State):
    """Arms by chance, and protests."""

    key = "south"

    arms = stock("tanks", 20, "tanks", high=60, record=True)
    protests = count("protests", high=1000)

    luck = normals("a shipment")

    def live(self) -> None:
        self.arms += np.maximum(self.luck.on(self.model.day), 0)

    @event()
    def protest(self, worlds):
        """Protests against a shot."""
        self.protests[worlds] += 1


class Border(Ensemble):
    """Both sides."""

    states = (North, South)


class Outcome(NamedTuple):
    id: str
    catalogue: str
    says: str
    kind: str
    unit: str = ""
    given: str | None = None
    base: float | None = None
    base_note: str = ""
    labels: tuple[str, ...] = ()


OUTCOMES = (
    Outcome("shot", "T1", "A shot is fired", "day", "day", base=0.5),
    Outcome("many", "T2", "Three shots or more are fired", "probability"),
    Outcome("shots", "T3", "Shots, if any is fired", "mean", "shots", given="shot"),
    Outcome("never", "T4", "Something that never happens", "probability"),
    Outcome("moot", "T5", "Shots, given what never happens", "mean", "shots", given="never"),
    Outcome("mood", "T6", "The mood at the end", "code", labels=("calm", "tense")),
)


def columns(model):
    north = model.north
    return {"shot": north.first, "many": north.shots >= 3, "shots": north.shots, "never": north.shots < 0,
            "moot": north.shots.astype(np.float64), "mood": (north.fear > 0.5).astype(np.int8)}


BORDER = ModelSpec(Border, columns, OUTCOMES)
CALM = Scenario("calm", "A calm border", days=40)


OPEN = ExitStack()


def started(*what, **more):
    """A model on day 0 and its interventions at work, which are never released; see `live.begun`."""
    return OPEN.enter_context(begun(*what, **more))
