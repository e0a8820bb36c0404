"""What deciders have in common: noisy choice, strikes that take days to prepare, and fear of the other's strike."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from sim.engine import (
    ANYTHING,
    DAILY,
    MONTHLY,
    Field,
    Parameter,
    count,
    event,
    flag,
    hazard_event,
    kept_a_day,
    level,
    normals,
    uniforms,
)
from sim.engine.priors import normal
from sim.engine.types import Array, WorldIndex, worlds_where
from sim.model.codes import Cause
from sim.model.declare import days, number, quantity, rate, weight
from sim.model.entities import Actor, chapter, routine
from sim.model.mechanisms import alarm


class Decider(Actor):
    """An actor whose choices are noisy best replies."""

    decisiveness = weight(1.0, "0 decides at base rates whatever happens, 1 by the weights, large like a best reply",
                          "mckelvey-palfrey-1998", "signorino-1999", factor=1.2)


class Striker(Decider):
    """An actor that can strike: deciding starts a preparation of some days, which leaks."""

    preparation = days(7.5, 1.5, "mean days from the decision to the strike; a ready plan takes a third", "L051",
                       "fig-strike-readiness")

    preparing = count("days until the strike that is being prepared, 0 if none", unit="days", high=30, hidden=True)
    reason = count("why it is being prepared", high=9, hidden=True)
    ordered_by = count("event that ordered it", -1, low=-1, high=400, hidden=True)

    lead = uniforms("days a preparation takes")

    def prepare(self, worlds: WorldIndex, cause: int, haste: Array | None = None) -> None:
        """Start preparing a strike; `haste`, shape (n,), scales its length."""
        fresh = worlds[self.preparing[worlds] == 0]
        length = self.preparation[fresh] * (0.67 + 0.66 * self.lead(fresh))
        if haste is not None:
            length *= haste[fresh]
        self.preparing[fresh] = np.maximum(np.rint(length), 1)
        self.reason[fresh], self.ordered_by[fresh] = cause, self.model.cause

    def count_down(self) -> None:
        """A day nearer; strike where the preparation is complete."""
        if not self.preparing.any():
            return
        ready = worlds_where(self.preparing == 1)
        self.preparing -= self.preparing > 0
        self.strikes(ready, self.ordered_by[ready])

    @event(evidence=["L029", "L052"], story=chapter("war", "{subject} strikes", 1.5, short="strikes"))
    def strikes(self, worlds: WorldIndex) -> None:
        """The prepared strike is carried out."""
        self.carry_out_strike(worlds)

    @abstractmethod
    def carry_out_strike(self, worlds: WorldIndex) -> None:
        """What the strike of this actor does."""

    def call_off(self, worlds: WorldIndex) -> None:
        """Stop preparing."""
        self.preparing[worlds] = 0


class Fearful(Striker):
    """An actor that fears to be struck first: Israel and Iran. It reads the other's signals and may pre-empt."""

    fear_at_rest = quantity(-5.1, normal(-5.2, -5.7, -4.7), "log-odds",
                            "belief in an imminent attack on a calm day: .006", "L101", "chassang-padro-2010", low=-12,
                            high=3)
    fear_memory = quantity(0.6, normal(0.6, 0.52, 0.68), "share", "what is left of yesterday's alarm", "green-swets-1966",
                           high=0.99)
    discriminability = quantity(1.5, normal(1.5, 1.3, 1.7), "standard deviations",
                                "how far a real preparation stands out of the noise on a day", "green-swets-1966", high=4.0)
    resemblance = quantity(1.0, normal(1.0, 0.8, 1.15), "standard deviations",
                           "how much an exercise or alert looks like the real thing", "L103", "L033", high=4.0)
    fear_of_tension = weight(0.8, "tension makes every signal worse", "L101", "baliga-sjostrom-2012")
    trust_in_reassurance = weight(1.0, "a no-first-strike message through a third party calms", "fig-reassurance")
    reassurance_half_life = days(30, 1.7, "how fast such a message wears off", "fig-reassurance")
    peace_value = number(4.0, 2.5, 6.0, "wars like June 2025", "what peace is worth beyond striking first alone",
                         "chassang-padro-2010")
    first_strike_value = number(3.0, 1.8, 5.0, "wars like June 2025",
                                "what striking first is worth beyond being struck",
                                "chassang-padro-2010", "schelling-1960", least=0.01)
    preempt_rate = rate(0.25, 1.6, "acts, a day, when its belief just reaches the threshold", "chassang-padro-2010")
    preempt_sharpness = weight(3.3, "how sharply that rate turns at the threshold", "signorino-1999", factor=1.3,
                               short="its fear of an attack, against the fear at which striking first pays")
    alert_rate = rate(0.25, 1.6, "raises its alert, a day, at the alarm that calls for it")
    alert_threshold = quantity(-1.5, normal(-1.5, -2.5, -0.5), "log-odds", "alarm that calls for an alert", low=-12,
                               high=3)
    by_alarm = weight(1.5, "alarm against its threshold, for alerts and warnings", "L004", "schelling-1960",
                      short="its fear of an attack, against the fear that calls for an alert")
    relaxation_rate = rate(0.1, 1.6, "an alert ends when alarm is at its threshold")
    exercise_rate = rate(1 / 40, 1.4, "exercises that look like preparations", "L012")
    exercise_on_tension = weight(0.6, "exercises when tension rises", "L012", "L033", short="tension")
    reassure_rate = rate(0.004, 1.6, "sends a no-first-strike message through a third party", "fig-reassurance")
    reassure_on_fear = weight(1.0, "messages are sent when tension is high", "fig-reassurance", short="tension")
    break_rate = rate(0.006, 1.6, "takes such a message back", "fig-reassurance")
    by_own_hawks: Parameter = weight(2.0, "hawks against doves at home, per unit of share", "jackson-morelli-2007", "L020")

    alarm = level("log-odds that the other is about to strike, as it believes", -8.4, -14, 8, limits=ANYTHING, record=True,
                  of="being_prepared")
    alert = flag("forces on alert", record=True)
    exercising = count("days left of an exercise", unit="days", high=10)
    reassured = level("reassurance received and not worn off", 1.0, evidence=["L094"])
    hawks: Field = level("share of hawks in the decision", 0.6)

    signal = normals("a day's signal about the other")

    def begin(self) -> None:
        """Alarm is where a calm day leaves it."""
        super().begin()
        self.alarm = self.resting_alarm() - 2.8

    @abstractmethod
    def rival(self) -> Fearful:
        """Whom it fears and calms."""

    @abstractmethod
    def being_prepared(self) -> Array:
        """Where somebody really prepares to strike it: what signals come from, not what it knows."""

    def extra_fear(self) -> Array | float:
        """What else makes it expect an attack."""
        return 0.0

    def resting_alarm(self) -> Array:
        """Alarm to which it returns without news."""
        return (self.fear_at_rest + self.fear_of_tension * self.war.tension - self.trust_in_reassurance * self.reassured
                + self.extra_fear())

    def listen(self) -> None:
        """Take in a day's signal; exercises and alerts look a little like the real thing."""
        rival = self.rival()
        look_alike = self.resemblance * ((rival.exercising > 0) | rival.alert)
        mean = np.maximum(look_alike, self.discriminability * self.being_prepared())
        news = alarm.evidence(mean + self.signal.on(self.model.day), self.discriminability)
        self.alarm = alarm.updated(self.alarm, self.resting_alarm(), self.fear_memory, news)

    def calm_down(self) -> None:
        """Reassurance wears off; exercises end."""
        self.reassured *= kept_a_day(self.reassurance_half_life)
        self.exercising -= self.exercising > 0

    def peace_over_first(self) -> Array:
        """V-F: what peace is worth beyond striking first alone."""
        return self.peace_value

    def first_over_second(self) -> Array:
        """W-S: what striking first is worth beyond being struck."""
        return self.first_strike_value

    @hazard_event(rate="preempt_rate", tempo=0.5, when=lambda side: ~side.war.on & (side.preparing == 0),
                  group="first strike", evidence=["L101", "L102", "L103"],
                  story=chapter("decision", "{subject} pre-empts", 2, short="pre-empts"), shows=["alarm"])
    def preempt(self) -> Array:
        """Strikes first because it believes that the other is about to."""
        return self.preempt_sharpness * (self.alarm - alarm.threshold(self.peace_over_first(),
                                                                      self.first_over_second()))

    @preempt.effect
    def _(self, worlds: WorldIndex) -> None:
        truly = self.being_prepared()[worlds]
        self.strike_first(worlds, np.where(truly, Cause.TRUE_ALARM, Cause.FALSE_ALARM))

    @abstractmethod
    def strike_first(self, worlds: WorldIndex, cause: Array) -> None:
        """Strike without waiting for a preparation."""

    @hazard_event(rate="alert_rate", tempo=DAILY, when=lambda side: ~side.alert & ~side.war.on, evidence=["L101", "L033"],
                  story=routine("{adjective} alert"), shows=["alarm"])
    def raise_alert(self) -> Array:
        """Puts forces on alert, which looks like a preparation to the other side."""
        return self.by_alarm * (self.alarm - self.alert_threshold)

    @raise_alert.effect
    def _(self, worlds: WorldIndex) -> None:
        self.alert[worlds] = True
        self.war.raise_tension(worlds, self.war.alert_step[worlds])

    @hazard_event(rate="relaxation_rate", tempo=DAILY, when=lambda side: side.alert, evidence=["L094"], sets={"alert": False},
                  story=routine("{adjective} alert ended", "{adjective} alerts ended"))
    def end_alert(self) -> Array:
        """Ends the alert."""
        return self.by_alarm * (self.alert_threshold - self.alarm) / 4

    @hazard_event(rate="exercise_rate", when=lambda side: ~side.war.on, evidence=["L012", "L103"],
                  story=routine("{adjective} exercise"))
    def hold_exercise(self) -> Array:
        """Holds an exercise of three days that resembles a preparation."""
        return self.exercise_on_tension * (self.war.tension - self.war.ref.tension)

    @hold_exercise.effect
    def _(self, worlds: WorldIndex) -> None:
        self.exercising[worlds] = 3
        self.war.raise_tension(worlds, self.war.alert_step[worlds])

    @hazard_event(rate="reassure_rate", tempo=MONTHLY, when=lambda side: ~side.war.on, evidence=["L094"],
                  story=routine("{adjective} no-first-strike message"))
    def reassure(self) -> Array:
        """Sends word through a third party that it will not strike first."""
        return (self.reassure_on_fear * (self.war.tension - self.war.ref.tension)
                - self.by_own_hawks * (self.hawks - self.ref.hawks))

    @reassure.effect
    def _(self, worlds: WorldIndex) -> None:
        self.rival().reassured[worlds] = 1

    @hazard_event(rate="break_rate", tempo=MONTHLY, paced=True, when=lambda side: side.rival().reassured > 0.2,
            evidence=["L099", "L094"],
            story=routine("{adjective} no-first-strike message taken back", "{adjective} no-first-strike messages taken back"))
    def break_reassurance(self) -> Array:
        """Takes back, or belies, its word not to strike first."""
        return (self.by_own_hawks * (self.hawks - self.ref.hawks)
                + self.reassure_on_fear * (self.war.tension - self.war.ref.tension))

    @break_reassurance.effect
    def _(self, worlds: WorldIndex) -> None:
        self.rival().reassured[worlds] = 0
