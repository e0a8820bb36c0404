"""What a plain Mesa model costs: one world, seven agents, ten state variables and three decisions each.

It is written as Mesa's tutorials teach, with about a fifth of the rules of `sim.model.crisis`. It stands for what a modeller
would do without an ensemble engine, and means nothing beyond that.
"""

from __future__ import annotations

import math

import mesa


class Country(mesa.Agent):
    """An agent with ten numbers, which arms, threatens and strikes."""

    arms: float
    hawks: float
    fear: float
    trust: float
    wealth: float
    unrest: float
    resolve: float
    pressure: float
    readiness: float
    losses: float

    def __init__(self, model: World) -> None:
        super().__init__(model)
        for name in STATE:
            setattr(self, name, self.random.random())
        self.rival: Country = self

    def step(self) -> None:
        """A day: drift, look at the rival, decide three times."""
        self.arms += 0.001 * self.wealth
        self.fear += 0.05 * (self.rival.arms - self.arms - self.fear) + self.random.gauss(0, 0.01)
        self.trust += 0.02 * (0.5 - self.trust)
        self.unrest = max(0.0, self.unrest + self.random.gauss(0, 0.01) - 0.01 * self.wealth)
        self.pressure = 0.9 * self.pressure + 0.1 * self.unrest
        self.readiness = min(1.0, self.readiness + 0.002 * self.resolve)
        if self.decides(-4 + 2 * self.fear + self.hawks - self.trust):
            self.arm()
        if self.decides(-4 + 2 * self.resolve + self.pressure - self.losses):
            self.threaten()
        if self.decides(-7 + 3 * self.fear + 2 * self.hawks + self.readiness - 2 * self.trust):
            self.strike()

    def decides(self, log_odds: float) -> bool:
        """Whether it acts today."""
        return self.random.random() < 1 - math.exp(-1 / (1 + math.exp(-log_odds)))

    def arm(self) -> None:
        """Buys arms."""
        self.arms += 0.05
        self.wealth *= 0.99
        self.model.log.append((self.model.day, "arm", self.unique_id))

    def threaten(self) -> None:
        """Frightens the rival."""
        self.rival.fear += 0.1
        self.resolve *= 0.95
        self.model.log.append((self.model.day, "threaten", self.unique_id))

    def strike(self) -> None:
        """Destroys arms of the rival."""
        self.rival.arms *= 0.8
        self.rival.losses += 0.1
        self.rival.hawks = min(1.0, self.rival.hawks + 0.1)
        self.readiness = 0.0
        self.model.log.append((self.model.day, "strike", self.unique_id))


STATE = tuple(name for name in Country.__annotations__ if name != "rival")
"""The ten numbers."""


class World(mesa.Model):
    """One world of seven countries, with a weekly record as Mesa keeps it."""

    def __init__(self, seed: int) -> None:
        super().__init__(rng=seed)
        self.day = 0
        self.log: list[tuple[int, str, int]] = []
        countries = [Country(self) for _ in range(7)]
        for country, rival in zip(countries, countries[1:] + countries[:1], strict=True):
            country.rival = rival
        self.collector = mesa.DataCollector(agent_reporters={name: name for name in STATE})

    def step(self) -> None:
        """A day of all countries."""
        self.agents.shuffle_do("step")
        self.day += 1
        if self.day % 7 == 0:
            self.collector.collect(self)


def simulate(worlds: int, days: int) -> None:
    """Run this many worlds one after the other."""
    for seed in range(worlds):
        model = World(seed)
        for _ in range(days):
            model.step()
        getattr(mesa.Agent, "_ids", {}).pop(model, None)
