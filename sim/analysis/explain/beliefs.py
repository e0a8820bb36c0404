"""Who believed what against what was true, at the moment of a decision that rested on it.

Iran's missiles, its programme and everybody's preparations are hidden: others decide on estimates. Each kind of sight
pairs such an estimate with the truth that only the model knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.model.codes import PEOPLE, Stage
from sim.words import percent, two_digits

RIGHT = 0.05
"""Share by which an estimate may be off and still be called about right."""
MANY = 1.95
"""From how many times the truth an estimate is told as so many times as many."""


@dataclass(frozen=True)
class Sight:
    """What somebody believed, and what was true.

    Parameters
    ----------
    who : key of who believed it
    about : what it is about
    believed, true : the numbers; for what is or is not, a probability and 0 or 1
    says : both in a sentence
    likely : whether it is about what is or is not
    """

    who: str
    about: str
    believed: float
    true: float
    says: str
    likely: bool = False

    @property
    def in_words(self) -> tuple[str, str]:
        """What was believed and what was true, each in a few words."""
        if self.likely:
            return f"{percent(min(max(self.believed, 0.0), 1.0))} sure", "so" if self.true else "not so"
        return f"about {_hundreds(self.believed)}", _hundreds(self.true)


def alarm(model: Any, who: str) -> Sight:
    """Whether the other side is about to strike, as Israel or Iran fears."""
    side = getattr(model, who)
    chance = 1 / (1 + math.exp(-float(side.alarm[0])))
    true = bool(side.being_prepared()[0])
    fact = "one was really being prepared" if true else f"nobody was preparing one{_mistaken(side.rival())}"
    return Sight(who, "an attack that is coming", chance, float(true),
                 f"{PEOPLE[who]} gave {percent(chance)} to an attack about to come; {fact}.", likely=True)


def _mistaken(rival: Any) -> str:
    """What may have been mistaken for a preparation."""
    seen = [what for what, there in (("held an exercise", rival.exercising[0] > 0), ("was on alert", rival.alert[0])) if there]
    return f", but {PEOPLE[rival.key]} {' and '.join(seen)}" if seen else ""


def missiles(model: Any, who: str) -> Sight:
    """Iran's missiles, as Israel estimates them."""
    seen, true = float(getattr(model, who).missiles_seen[0]), float(model.iran.missiles[0])
    return Sight(who, "Iran's missiles", seen, true,
                 f"{PEOPLE[who]} reckoned with {_hundreds(seen)} missiles; Iran had {_hundreds(true)} ({off(seen, true)}).")


def rockets(model: Any, who: str) -> Sight:
    """Hezbollah's long-range missiles, as Israel estimates them."""
    seen, true = float(getattr(model, who).hezbollah_seen[0]), float(model.hezbollah.long_range[0])
    return Sight(who, "Hezbollah's long-range missiles", seen, true,
                 f"{PEOPLE[who]} reckoned with {_hundreds(seen)} long-range missiles; Hezbollah had {_hundreds(true)} "
                 f"({off(seen, true)}).")


def programme(model: Any, who: str) -> Sight:
    """Whether Iran's nuclear programme has come as far as the observer calls reconstitution."""
    observer, stage = getattr(model, who), int(model.iran.stage[0])
    since, sure = int(observer.counts_from), float(observer.confidence[0])
    name = PEOPLE[who] if who != "talks" else "The inspectors"
    return Sight(who, f"Iran's nuclear programme at {Stage.names()[since]} or beyond", sure, float(stage >= since),
                 f"{'Washington' if who == 'us' else name} gave {percent(sure)} to a programme at {Stage.names()[since]} or "
                 f"beyond; it stood at {Stage.names()[stage]}.", likely=True)


def off(seen: float, true: float) -> str:
    """How far an estimate lies from the truth, in words."""
    if abs(seen - true) <= RIGHT * true:
        return "about right"
    if true <= 0:
        return "there were none"
    times = seen / true
    if times >= MANY:
        return f"{two_digits(times)} times as many"
    return f"{percent(abs(times - 1))} too {'many' if times > 1 else 'few'}"


def _hundreds(value: float) -> str:
    return f"{round(value, -1):,.0f}" if value >= 100 else two_digits(value)


Look = Callable[[Any, str], Sight]

SIGHTS: Mapping[str, tuple[Look, ...]] = {
    "israel.preempt": (alarm,), "israel.raise_alert": (alarm,), "israel.warn_of_cover": (alarm,),
    "iran.preempt": (alarm,), "iran.raise_alert": (alarm,),
    "israel.prepare_alone": (missiles, programme), "israel.prepare_jointly": (missiles, programme),
    "israel.act_covertly": (programme,), "israel.campaign_in_lebanon": (rockets,), "israel.plan_leaks": (missiles,),
    "us.strike_nuclear_sites": (programme,), "us.carry_out_ultimatum": (programme,), "us.set_ultimatum": (programme,),
    "us.turn_light_up": (programme,), "us.turn_light_down": (programme,), "us.hold_israel_back": (programme,),
    "us.join_plan": (programme,), "talks.snap_back": (programme,),
}
"""What bears on which decision."""


def sights(model: Any, event: str) -> tuple[Sight, ...]:
    """What was believed and what was true, in the first column of the model, where it bears on this decision."""
    who = event.partition(".")[0]
    return tuple(look(model, who) for look in SIGHTS.get(event, ()))


STANDING: tuple[tuple[Look, str], ...] = (
    (alarm, "israel"), (alarm, "iran"), (missiles, "israel"), (rockets, "israel"), (programme, "israel"), (programme, "us"),
    (programme, "talks"))
"""What is hidden, and who has an opinion of it, on any day."""


def standing(model: Any) -> tuple[Sight, ...]:
    """What everybody believed and what was true, in the first column of the model, as its day begins."""
    return tuple(look(model, who) for look, who in STANDING)


def wrong(sight: Sight) -> bool:
    """Whether what was believed leads astray: more than even odds on what is not so, or an estimate a tenth off."""
    if sight.likely:
        return abs(sight.believed - sight.true) > 0.5
    return abs(math.log(max(sight.believed, 1e-9) / max(sight.true, 1e-9))) > 0.1
