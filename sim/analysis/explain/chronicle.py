"""The chronicle of one world: what happened day by day in plain words, why, who believed what, and what it depended on.

Nothing in it is made up afterwards: events are the log's, causes are the log's, reasons are the terms of the log-odds that
the engine used, and "without it" is the same world simulated again without that one decision.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from sim.analysis.explain import summary
from sim.analysis.explain.beliefs import Belief, sights, standing
from sim.analysis.explain.necessity import MOST_PREVENTED, Necessity, TurningPoint, check_futures, necessity
from sim.analysis.explain.reasons import Reason, reasons
from sim.analysis.explain.replay import Happening, Occurrence, Replay, known, replay
from sim.analysis.explain.verdict import Verdict
from sim.ensemble.files import plain
from sim.ensemble.results import Run
from sim.errors import BrinkError
from sim.model import evidence, registry
from sim.model.codes import Light
from sim.model.evidence import Claim
from sim.scenario.slots import Slot
from sim.words import LIMITS

WORTH_A_LINE = 4
"""Routine happenings that make a line between two entries; fewer are added to the next line."""
MOST_KINDS = 5
"""Kinds of routine that a line names."""
MOST_WEIGHED = 3
"""Decisions whose necessity is estimated over futures."""


@dataclass(frozen=True)
class Entry:
    """One entry of a chronicle.

    Parameters
    ----------
    day, last : its first and last day, the same but for folded routine
    who, event : key of the actor or arena, and the event; "" for folded routine
    says : what happened
    reasons : the terms of the decision, the largest first; empty if it was none
    rate, base, pace, luck : as of a `Decision`; NaN if it was none
    sights : what was believed and what was true
    evidence : ids behind the rule
    without : what would have been without it, on the same luck; "" if about the same or not simulated
    needed : the same over futures with fresh luck, if that was estimated
    central : whether it is shown in full: it led to the headline or changes it, or it is a decision to use force
    """

    day: int
    last: int
    who: str
    event: str
    says: str
    reasons: tuple[Reason, ...] = ()
    rate: float = float("nan")
    base: float = float("nan")
    pace: float = 1.0
    luck: float = float("nan")
    sights: tuple[Belief, ...] = ()
    evidence: tuple[str, ...] = ()
    without: str = ""
    needed: Necessity | None = None
    central: bool = False


@dataclass(frozen=True)
class Chronicle:
    """What happened in one world, and why.

    Parameters
    ----------
    title : the verdict in a sentence
    summary : a paragraph, sentence by sentence
    chain : how the headline came about, from the first decision to the event itself
    hinges : decisions that made a difference on the same luck
    asked : how many decisions were prevented one by one
    untold : number of happenings without an entry
    """

    run: Run = field(repr=False)
    world: int
    verdict: Verdict
    title: str
    summary: tuple[str, ...]
    entries: tuple[Entry, ...]
    chain: tuple[Happening, ...]
    hinges: tuple[TurningPoint, ...]
    asked: int
    untold: int
    replay: Replay = field(repr=False)

    @cached_property
    def everything(self) -> tuple[Entry, ...]:
        """An entry for all that happened, in the order of time."""
        return tuple(Narrator(self.replay, self.hinges, self.chain, everything=True).entries())

    text = Slot("The chronicle in lines for a terminal.", "take the chronicle from run.explain")
    _repr_html_ = Slot("What a notebook shows.", "take the chronicle from run.explain")

    def __str__(self) -> str:
        return str(self.text()) if hasattr(self, "text") else "\n".join([self.title, *self.summary])

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with null where there is nothing to say."""
        return plain({
            "scenario": self.run.scenario.name, "seed": self.run.seed, "world": self.world, "title": self.title,
            "summary": list(self.summary), "entries": [self._entry(entry) for entry in self.entries],
            "chain": [{"day": one.day, "event": one.event} for one in self.chain],
            "hinges": [asdict(hinge) for hinge in self.hinges], "decisions_prevented": self.asked, "untold": self.untold,
            "limits": LIMITS})

    def _entry(self, entry: Entry) -> dict[str, Any]:
        day_0 = self.run.scenario.date
        return {**asdict(entry), "date": (day_0 + datetime.timedelta(days=entry.day)).isoformat(),
                "places": {id: place for id in entry.evidence if (place := where(id))}}


def where(id: str) -> str:
    """Where a claim stands in the documents; "" for other evidence."""
    ledger = evidence.load()
    return ledger.where(ledger.claims[id]) if id in ledger.claims else ""


def claim(entry: Entry) -> Claim | None:
    """The first claim of the documents behind an entry's rule."""
    claims = evidence.load().claims
    return next((claims[id] for id in entry.evidence if id in claims), None)


def explain(run: Run, world: int, *, everything: bool = False, futures: int = 0) -> Chronicle:
    """The chronicle of a world of a run.

    Parameters
    ----------
    world : its number, from 0; of a run also "war", "deal", "miscalculation" or "quiet", for the most typical one
    everything : an entry for all that happened, not only for what makes the story
    futures : over how many futures with fresh luck to estimate whether the headline needed its latest hinges; 0 for none

    Raises BrinkError if there is no such world, or if the run is of another model.
    """
    if not isinstance(futures, int) or futures:
        check_futures(futures)
    past = known(run, world)
    war, deal = (int(run.column(id)[world]) for id in ("round_two", "deal"))
    forced = {one.name for one in run.scenario.interventions if one.does == "force"}
    candidates = _decisions([one for one in past if one.event not in forced], war if war >= 0 else deal)
    replayed = replay(run, world, candidates, sights, watch=standing)
    if [replace(one, decision=None) for one in replayed.happenings] != past:
        raise BrinkError(f"world {world} no longer happens as the run recorded it: the run is of another version of the "
                         "model or another processor; run it again")
    verdict, *others = (Verdict.of(replayed.columns, i, run.days, run.scenario.date) for i in range(1 + len(candidates)))
    turned = [TurningPoint(one, instead, verdict.flips(other)) for one, other in zip(candidates, others, strict=True)
              if (instead := verdict.instead(other))]
    found = _weighed(run, world, turned, verdict, futures)
    chain = chain_of(replayed.happenings, verdict)
    narrator = Narrator(replayed, found, chain, everything)
    entries = tuple(narrator.entries())
    sentences = summary.paragraph(run, verdict, replayed, chain, found, len(candidates))
    return Chronicle(run, world, verdict, verdict.title, tuple(sentences), entries, tuple(chain), tuple(found),
                     len(candidates), narrator.untold, replayed)


def _decisions(past: Sequence[Happening], until: int) -> list[Occurrence]:
    """The decisions to prevent one by one: up to the headline, the last ones if there are too many."""
    known_events = registry.events()
    found = [one.occurrence for one in past if (until < 0 or one.day <= until) and one.event in known_events
             and known_events[one.event].declaration.clocked and registry.story(one.event).kind != "aside"]
    return list(dict.fromkeys(found))[-MOST_PREVENTED:]


def _weighed(run: Run, world: int, found: list[TurningPoint], verdict: Verdict, futures: int) -> list[TurningPoint]:
    """The hinges, the latest of which with their necessity over futures."""
    outcome = "round_two" if verdict.war >= 0 or verdict.deal < 0 else "deal"
    latest = [hinge for hinge in found if hinge.flips][-MOST_WEIGHED:] if futures else []
    return [replace(hinge, necessity=necessity(run, world, hinge.occurrence, outcome, futures)) if hinge in latest else hinge
            for hinge in found]


def chain_of(happenings: Sequence[Happening], verdict: Verdict) -> list[Happening]:
    """How the headline, the first war or else the first deal, came about: the chain of its causes as the log has them, from the
    first to itself; empty if there is neither.
    """
    events = ("war.begins",) if verdict.war >= 0 else ("talks.agree_narrowly", "talks.agree_broadly")
    at = next((i for i, one in enumerate(happenings) if one.event in events), -1)
    chain: list[Happening] = []
    for one in reversed(happenings[:at + 1]):
        if not chain or one.event == chain[0].because:
            chain.insert(0, one)
    return chain


class Narrator:
    """Makes entries of happenings: turning points each by itself, what follows on the same day with them, routine folded.

    Once the headline is past, only key events have entries.
    """

    def __init__(self, replayed: Replay, found: Sequence[TurningPoint], chain: Sequence[Happening], everything: bool) -> None:
        self.happenings, self.everything, self.untold = replayed.happenings, everything, 0
        self.hinges = {hinge.occurrence: hinge for hinge in found}
        self.turns = {hinge.occurrence for hinge in found if hinge.flips}
        self.central = {*(one.occurrence for one in chain), *sorted(self.turns)[-MOST_WEIGHED:]}
        self.headline = chain[-1].day if chain else self.happenings[-1].day if self.happenings else 0

    def entries(self) -> Iterator[Entry]:
        """All entries in the order of time."""
        routine: list[Happening] = []
        pending: Entry | None = None
        for one in self.happenings:
            if pending and self._belongs(one, pending):
                pending = replace(pending, says=f"{pending.says} {sentence(one)}")
            elif self._has_entry(one):
                yield from filter(None, (pending, self._fold(routine, WORTH_A_LINE)))
                routine, pending = [] if len(routine) >= WORTH_A_LINE else routine, self._entry(one)
            elif registry.story(one.event).kind == "routine":
                routine.append(one)
            else:
                self.untold += 1
        yield from filter(None, (pending, self._fold(routine)))

    def _has_entry(self, one: Happening) -> bool:
        late = one.day > self.headline and one.event not in registry.chapters()
        return self.everything or (registry.story(one.event).told and not late) or one.occurrence in self.turns

    def _belongs(self, one: Happening, entry: Entry) -> bool:
        """Whether it is but a consequence of the entry on the same day."""
        return not self.everything and one.day == entry.day and one.because == entry.event and registry.story(one.event).told

    def _entry(self, one: Happening) -> Entry:
        declared, made = registry.events()[one.event].declaration, one.decision
        forced = " (The scenario makes it happen.)" if declared.clocked and made is None else ""
        central = one.occurrence in self.central or registry.story(one.event).stage == "decision"
        entry = Entry(one.day, one.day, one.event.partition(".")[0], one.event, f"{sentence(one)}{forced}",
                      evidence=declared.evidence, central=central)
        if hinge := self.hinges.get(one.occurrence):
            entry = replace(entry, without=hinge.instead, needed=hinge.necessity)
        return entry if made is None else replace(
            entry, reasons=tuple(reasons(made.terms, made.inputs)), rate=made.rate, base=made.base, pace=made.pace,
            luck=made.luck, sights=made.sight)

    @staticmethod
    def _fold(routine: Sequence[Happening], least: int = 1) -> Entry | None:
        """One entry for all that was routine since the last one, if there is enough of it."""
        if len(routine) < least:
            return None
        counts = Counter(registry.story(one.event) for one in routine).most_common()
        parts = [f"{count} {story.many if count > 1 else story.one}" for story, count in counts[:MOST_KINDS]]
        more = sum(count for _, count in counts[MOST_KINDS:])
        parts += [f"{more} more of other kinds"] * (more > 0)
        return Entry(routine[0].day, routine[-1].day, "", "", f"{', '.join(parts)}.")


def sentence(one: Happening) -> str:
    """The meaning of the event as declared; for a turn of the light, from which to which."""
    meaning = registry.events()[one.event].declaration.meaning
    light = one.decision.inputs.get("us.light") if one.decision else None
    if light is None or not one.event.startswith("us.turn_light"):
        return meaning
    step, names = 1 if one.event.endswith("up") else -1, Light.names()
    return f"{meaning.rstrip('.')}: its light turns from {names[int(light)]} to {names[int(light) + step]}."
