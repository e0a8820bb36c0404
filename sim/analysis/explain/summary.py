"""The paragraph above a chronicle: how it came, what it depended on, how the war went, how common such a world is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sim.analysis.explain.necessity import MOST_PREVENTED, TurningPoint
from sim.analysis.explain.replay import Happening, Replay
from sim.analysis.explain.verdict import Verdict
from sim.engine import Array
from sim.ensemble.estimates import FEWEST
from sim.ensemble.results import Run
from sim.model import registry
from sim.model.codes import Cause, Ending, Initiator, Stage
from sim.words import band, of_hundred, sentence_case, two_digits

ENDINGS = {Ending.FADED: "it fades out", Ending.IMPOSED: "Washington imposes a ceasefire",
           Ending.MEDIATED: "a mediated text ends it", Ending.COLLAPSE: "it ends with the fall of the regime"}
NEAR = {"us.hold_israel_back": "Washington makes Israel call off a strike", "us.drop_ultimatum": "an ultimatum lapses"}


def paragraph(run: Run, verdict: Verdict, replayed: Replay, chain: Sequence[Happening], hinges: Sequence[TurningPoint],
              prevented: int) -> Iterator[str]:
    """The sentences, in order."""
    if len(chain) > 1:
        yield f"Sequence: {'; '.join(step(one, verdict) for one in chain)}."
    if verdict.war >= 0:
        yield from war(replayed, verdict)
    else:
        yield from quiet(replayed, verdict)
    yield from turned(verdict, hinges, prevented)
    yield common(run, verdict)


def step(one: Happening, verdict: Verdict) -> str:
    """A happening as a step of a chain."""
    return f"{registry.story(one.event).clause or registry.tell_event(one.event)} ({verdict.on(one.day)})"


def war(replayed: Replay, verdict: Verdict) -> Iterator[str]:
    """How the first war went, and all wars together."""
    read = {name: column[0] for name, column in replayed.columns.items()}
    wars = int(replayed.final["war.wars"])
    over = read["war_length"] and not (wars == 1 and replayed.final["war.on"])
    first = f"The war lasts {_count(int(read['war_length']), 'day')}" if over else "The war is still on at the end"
    ending = ENDINGS.get(int(read["war_ending"]), "") if wars == 1 and over else ""
    yield f"{first}{f'; {ending}' if ending else ''}." + (f" There are {wars} wars in all." if wars > 1 else "")
    yield from salvoes(float(read["missiles_fired"]), float(read["impacts"]), replayed)
    dead = {"Israel": read["deaths_israel"], "Iran": read["deaths_iran"], "US forces": read["deaths_us"]}
    yield f"Deaths, in bands: {', '.join(f'{who} {band(float(number))}' for who, number in dead.items())}."


def salvoes(fired: float, landed: float, replayed: Replay) -> Iterator[str]:
    """What Iran fired, what landed, and what each side had expected of it."""
    if fired < 1:
        return
    if landed < 1:
        yield f"Iran fires about {two_digits(fired)} missiles; none lands in Israel."
        return
    israel, iran = (100 * replayed.final[f"war.{side}_expects"] for side in ("israel", "iran"))
    yield (f"Iran fires about {two_digits(fired)} missiles, and Israel is hit about {landed:,.0f} times, drones "
           f"counted: {two_digits(100 * landed / fired)} for 100 missiles, where Israel had expected {israel:.0f} and Iran "
           f"{iran:.0f}.")


def quiet(replayed: Replay, verdict: Verdict) -> Iterator[str]:
    """How near a world without war came to one."""
    tension = replayed.series["war.tension"]
    day = int(tension.argmax())  # as that day begins, so that the day before made it so
    start = two_digits(float(tension[0]))
    yield (f"Tension is highest on {verdict.on(day - 1)}, at {two_digits(float(tension[day]))} (day 0: {start}; at most 1.5)."
           if tension[day] > tension[0] else f"Tension never passes that of day 0 ({start}; at most 1.5).")
    counts = Counter(one.event for one in replayed.happenings)
    if near := [f"{_count(counts[event], 'time')} {what}" for event, what in NEAR.items() if counts[event]]:
        yield f"{sentence_case('; '.join(near))}."
    yield f"Iran's nuclear programme reaches at most the stage {Stage.names()[int(replayed.columns['top_stage'][0])]}."


def _count(number: int, noun: str) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return f"{words[number] if number < len(words) else number} {noun}{'s' if number != 1 else ''}"


def turned(verdict: Verdict, hinges: Sequence[TurningPoint], prevented: int) -> Iterator[str]:
    """What the outcome of the world depended on, on its own luck."""
    if not prevented:
        return
    flips = sum(hinge.flips for hinge in hinges)
    tried = f"the last {prevented}" if prevented == MOST_PREVENTED else f"all {prevented}"
    where = "before it" if verdict.headline >= 0 else "of this world"
    if not flips:
        yield f"It depended on no single decision: {tried} {where} were taken away one by one, and none of them turns it."
        return
    then = "is a war or a deal" if verdict.headline < 0 else "is no war" if verdict.war >= 0 else "is no deal, or a war"
    any_one = "without it" if flips == 1 else "without any one of them"
    yield (f"It depended on {_count(flips, 'decision')}: {any_one}, on the same luck, there {then} by {verdict.end} ({tried} "
           f"{where} were taken away one by one).")


def common(run: Run, verdict: Verdict) -> str:
    """How common such a world is in the run."""
    war = run.happened("round_two")
    if verdict.war < 0:
        such = ~war & (run.happened("deal") == (verdict.deal >= 0))
        kind = "no war but a deal" if verdict.deal >= 0 else "neither war nor deal"
        return f"{_whole(run)}, {_part(such)} see {kind}."
    cause, side = Cause.names()[verdict.cause], Initiator.names()[verdict.initiator]
    such = war & (run.column("first_cause") == cause) & (run.column("first_initiator") == side)
    return f"{_whole(run)}, {_part(war)} see a war; in {_part(such)} it begins this way."


def _whole(run: Run) -> str:
    """Of how many worlds is told: of a hundred, or of all where they are few."""
    return f"Of {100 if run.size >= FEWEST else f'the {run.size}'} worlds of this run"


def _part(such: Array) -> str:
    return of_hundred(float(such.mean())) if such.size >= FEWEST else str(int(such.sum()))

