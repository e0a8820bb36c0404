"""The view of a visitor, as a value: it is read from the link, checked, and written back into it.

The link is the state. A page reads the view, and a widget that is changed writes a new one; so a shared link shows the same to
everybody, and the browser's back button works.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Container, Mapping, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any

import sim
from dashboards import glossary, mishap, quiz
from sim.analysis.pathways import conditional, pathways
from sim.errors import BrinkError
from sim.model import lookup, outcomes, registry
from sim.scenario import interventions, scenario

MOST_WORLDS, MOST_DAYS, MOST_SETS = 20_000, 730, 256
"""Limits of a request, whatever the link says; sets are draws of the priors."""

WORLDS, LIVE = 1000, (1000, 4000, 10_000)
"""Worlds at first, and those to choose from: at once, in a few seconds, in some more."""

MOST_LINES, LONGEST_LINE, LONGEST_NOTE = 20, 500, 200
"""Interventions in a link, letters of one, and letters of a note."""


@dataclasses.dataclass(frozen=True)
class Link:
    """The view of a visitor.

    Parameters
    ----------
    scenario : name in the library
    set : changed parameters and starting values, by key
    do : interventions, each a line of YAML
    against : the scenario it is compared with, or "" for its origin: the same one unchanged, or if it is unchanged its parent
    worlds, seed, days : what is simulated; days 0 means the scenario's own horizon
    by : the day up to which the outlook is given; 0 means the horizon
    world, day : the world that is shown, and the day in it
    outcome : the outcome that is shown
    futures : how many futures are simulated from that day of that world; 0 none
    path : nodes of the pathways through which the worlds that are shown went, separated by commas
    given : the key event in whose worlds outcomes are counted, after "not " where it did not happen; "" none
    given_by : the day before which it must have happened; 0 means the horizon
    tune : the actor whose parameters are open to be tuned, or "" for none
    notes : where changed values come from, in the visitor's words, by key
    question, guess : the question for students that is open, and the visitor's guess; -1 while there is none
    term : the word of the glossary that is shown, or "all"
    item : the parameter, starting value, event or piece of evidence that is looked up
    run, beside : what is open in the library, and what it is compared with there; a name, or "name/a" and "name/b"
    sets : draws of the priors by which parameters are ranked
    driver, other_driver : the parameters that are shown there; "" for the strongest
    """

    scenario: str = "baseline"
    set: tuple[tuple[str, float], ...] = ()
    do: tuple[str, ...] = ()
    against: str = ""
    worlds: int = WORLDS
    seed: int = 1
    days: int = 0
    by: int = 0
    world: int = 0
    day: int = 0
    outcome: str = "round_two"
    run: str = ""
    futures: int = 0
    path: str = ""
    given: str = ""
    given_by: int = 0
    tune: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    question: str = ""
    guess: int = -1
    term: str = ""
    item: str = ""
    beside: str = ""
    sets: int = 256
    driver: str = ""
    other_driver: str = ""

    def with_(self, **changes: Any) -> Link:
        """This view but for some fields."""
        return dataclasses.replace(self, **changes)

    def elsewhere(self) -> Link:
        """This view for another page, without what matters on one page only."""
        return self.with_(question="", guess=-1, term="", item="")

    def setting(self, key: str, value: float | None) -> Link:
        """This view with one value changed, or with None put back to what the scenario says, without its note."""
        kept = {name: number for name, number in self.set if name != key}
        if value is None:
            return self.with_(set=tuple(kept.items()), notes=tuple(note for note in self.notes if note[0] != key))
        return self.with_(set=tuple(sorted({**kept, key: value}.items())))

    def link(self) -> dict[str, str | list[str]]:
        """The query parameters of this view: only what differs from the default."""
        link: dict[str, str | list[str]] = {
            field.name: str(getattr(self, field.name)) for field in dataclasses.fields(self)
            if field.name not in ("set", "do", "notes") and getattr(self, field.name) != field.default}
        lists: dict[str, str | list[str]] = {
            "set": ",".join(f"{key}:{value:.6g}" for key, value in self.set), "do": list(self.do),
            "notes": [f"{key}: {note}" for key, note in self.notes]}
        return link | {name: value for name, value in lists.items() if value}

    def base(self) -> sim.Scenario:
        """The scenario without the visitor's changes, but with his horizon."""
        return loaded(self.scenario).changed(days=self.days or None)

    def chosen(self) -> sim.Scenario:
        """The scenario with the visitor's changes."""
        return self.base().changed(set=dict(self.set), do=self.do)

    def other(self) -> sim.Scenario:
        """What it is compared with."""
        mine, theirs = self.base(), loaded(self.rival)
        return theirs if theirs.days == mine.days else theirs.changed(days=mine.days)

    @property
    def rival(self) -> str:
        """The name of the scenario that it is compared with."""
        return self.against or (self.scenario if self.set or self.do else self.parent())

    def parent(self) -> str:
        """The nearest scenario that this one extends and that begins on the same day; itself if there is none."""
        mine = loaded(self.scenario)
        return next((name for name in mine.lineage[-2::-1] if loaded(name).date == mine.date), self.scenario)


loaded = lru_cache(maxsize=64)(scenario.load)
"""A scenario of the library by its name, read once: its files do not change while a server runs."""


def read(query: Mapping[str, Any]) -> tuple[Link, list[str]]:
    """The view of query parameters, and what was wrong with them; what is wrong is left out."""
    fields: dict[str, Any] = {}
    wrong: list[str] = []
    for name, text in query.items():
        try:
            if name in READERS:
                fields[name] = READERS[name](text)
        except Exception as error:  # whatever a link says
            told = text if isinstance(text, str) else ", ".join(text)
            wrong += [f"The link says {name}={told:.60}, which is left out: {line}" for line in mishap.line(error).splitlines()]
    return Link(**fields), wrong


def _one_of(known: Callable[[], Container[str]], wrong: str, text: str) -> str:
    """A name that must be among those that are known."""
    if text not in known():
        raise BrinkError(wrong)
    return text


def _between(low: int, high: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise BrinkError("it must be a whole number") from None
    if not low <= number <= high:
        raise BrinkError(f"it must lie between {low:,} and {high:,}")
    return number


def _settings(text: str) -> tuple[tuple[str, float], ...]:
    pairs = [part.partition(":") for part in text.split(",") if part][:600]
    return tuple(sorted(dict(scenario.parse_setting(f"{key}={number}") for key, _, number in pairs).items()))


def _lines(given: Sequence[str]) -> tuple[str, ...]:
    lines = tuple(given)
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        raise BrinkError(f"at most {MOST_LINES} interventions of at most {LONGEST_LINE} letters each")
    interventions.read_given(lines, None, 0)
    return lines


def _notes(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    pairs = [line.partition(": ") for line in given][:600]
    return tuple(sorted({registry.find(key).key: note[:LONGEST_NOTE] for key, _, note in pairs}.items()))


def _path(text: str) -> str:
    known = {f"{question.id}:{answer.id}" for question in pathways.QUESTIONS for answer in question.answers}
    nodes = text.split(",")[:len(pathways.QUESTIONS)]
    if unknown := [node for node in nodes if node not in known]:
        raise BrinkError(f"the pathways have no {unknown[0]:.60}")
    return ",".join(nodes)


SCENARIO = partial(_one_of, scenario.names, "there is no such scenario")
SHORT, PARAMETER, DAY = itemgetter(slice(120)), lambda text: registry.find(text) and text, partial(_between, 1, MOST_DAYS)
READERS: dict[str, Callable[[Any], Any]] = {
    "scenario": SCENARIO, "against": SCENARIO, "set": _settings, "do": _lines, "notes": _notes, "path": _path, "by": DAY,
    "given_by": DAY, "worlds": partial(_between, 100, MOST_WORLDS), "seed": partial(_between, 0, 10**6),
    "days": partial(_between, 30, MOST_DAYS), "day": partial(_between, 0, MOST_DAYS), "guess": partial(_between, 0, 1000),
    "world": partial(_between, 0, MOST_WORLDS), "futures": partial(_between, 100, 2000),
    "sets": partial(_between, 32, MOST_SETS), "run": SHORT, "beside": SHORT, "driver": PARAMETER, "other_driver": PARAMETER,
    "outcome": partial(_one_of, lambda: {one.id for one in outcomes.OUTCOMES if one.kind != "code"},
                       "there is no such outcome"),
    "given": partial(_one_of, lambda: {f"{no}{event}" for event in registry.chapters() for no in ("", conditional.NOT)},
                     "there is no such key event"),
    "tune": partial(_one_of, registry.cards, "there is no such actor"),
    "question": partial(_one_of, lambda: quiz.QUESTIONS, "there is no such question"),
    "term": partial(_one_of, lambda: {glossary.ALL, *glossary.TERMS}, "the glossary has no such word"),
    "item": partial(_one_of, lookup.kinds, "nothing is called that in the model or in the ledger"),
}


def default(key: str, of: sim.Scenario) -> float:
    """The value of a parameter in a scenario."""
    return of.parameters.get(key, registry.catalogue()[key].declaration.default)
