"""Six questions for students: guess, see, understand. Each is a scenario of the library held against the baseline.

A reason is a mechanism in plain words with the outcome in which it shows and the way in which that should move. Whether it
does is worked out anew each time, so that no sentence claims what the numbers do not show.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis.compare.gist import Difference
from sim.report.text.compare import difference, error, estimate


@dataclass(frozen=True)
class QuizReason:
    """A mechanism, and how it shows.

    Parameters
    ----------
    says : the mechanism, in a sentence
    measure : what is counted, in a few words
    outcome : id of the outcome in which it shows
    way : +1 or -1 if the outcome should rise or fall, 0 if it should hardly move
    """

    says: str
    measure: str
    outcome: str
    way: int


@dataclass(frozen=True)
class Quiz:
    """A question for students.

    Parameters
    ----------
    id, title, asks : its name, for links and for people, and the question
    scenario : what is held against the baseline
    outcome, happens : what is guessed at, and how it reads after "in so many worlds"
    reasons : why, in the order of the argument
    claims : what the sources say that bears on it
    parts : the outcome whose labels show whose war, or what kind of deal
    lesson : what to take home, true whatever the numbers
    of : out of how many worlds a guess counts; 1,000 for what is rare
    most : the largest guess
    next, next_says : a scenario to go on with, and why
    """

    id: str
    title: str
    asks: str
    scenario: str
    outcome: str
    happens: str
    reasons: tuple[QuizReason, ...]
    claims: tuple[str, ...]
    lesson: str
    parts: str = "first_initiator"
    of: int = 100
    most: int = 100
    next: str = ""
    next_says: str = ""


WAR = "Iran and Israel or the United States exchange fire"

QUESTIONS: dict[str, Quiz] = {question.id: question for question in (
    Quiz(
        "inspectors", "Eyes on the ground",
        "Inspectors get nearly full access to Iran's nuclear sites from the first day. Does that make a war less likely, and "
        "whose war?",
        "inspectors_back", "round_two", WAR, (
            QuizReason("Where inspectors look, secret work is riskier, so Tehran does less of it.",
                       "Worlds with covert cascades", "cascades", -1),
            QuizReason("What is hidden all the same stays hidden for a shorter time.",
                       "Days that covert cascades stay hidden", "hidden_days", -1),
            QuizReason("So fewer worlds come near a bomb.", "Worlds with weapon-grade material", "weapon_grade", -1),
            QuizReason("But wars that grow out of a threat, an ultimatum or a crackdown have nothing to do with inspectors.",
                       "Wars that come of a threat", "coercion_war", 0)),
        ("fig-access", "fig-detection", "bas-coe-2016"),
        "A measure can work well against the danger that it is made for, and still change little about war, if war has "
        "several causes."),
    Quiz(
        "carrier", "Two carriers",
        "A second US aircraft carrier stands off Iran from the first day. Does it deter a war, or does it bring one on?",
        "second_carrier", "round_two", WAR, (
            QuizReason("Force that is at hand is used more readily: threats are carried out more often.",
                       "Wars that come of a threat", "coercion_war", 1),
            QuizReason("So Washington is more often the one that opens fire.", "Worlds in which the US alone fires first",
                       "first_by_us", 1),
            QuizReason("Israel opens fire alone in fewer worlds: in some of them Washington is there before it.",
                       "Worlds in which Israel alone fires first", "first_by_israel", -1),
            QuizReason("Iran is more afraid, and fear can make it strike first.", "Worlds in which Iran fires first",
                       "first_by_iran", 1),
            QuizReason("At the table, the threat buys little.", "Worlds with a deal", "deal", 0)),
        ("L042", "L041", "fig-posture-hazard"),
        "A threat can frighten the other side into caution, and it can put the means of war in reach. Which of the two is "
        "stronger is a question of numbers. Here it hangs on a judgement: that each carrier doubles the readiness to strike."),
    Quiz(
        "interceptors", "Half the shield",
        "Israel and the US forces near it start with half of their interceptors. Is a war less likely, because it would cost "
        "more, or more likely, because waiting is more dangerous?",
        "interceptors_halved", "round_two", WAR, (
            QuizReason("A war would cost Israel more, so that it begins fewer wars in cold blood.", "Preventive wars",
                       "preventive_war", -1),
            QuizReason("But a first blow by Iran would hurt more, so that Israel is quicker to forestall an attack that it "
                       "only suspects.", "Worlds with a war on a false alarm", "miscalculation", 1),
            QuizReason("And when a war comes, more gets through.", "Impacts in Israel, given a war", "impacts", 1)),
        ("fig-depletion-knee", "fig-june-2025-salvos", "L101"),
        "Two effects can cancel out in the total and still change what kind of war it is. Look at the parts as well as at "
        "the sum."),
    Quiz(
        "agenda", "Everything or nothing",
        "Washington puts missiles, partners and citizens' rights on the table along with the nuclear file, and narrows "
        "nothing. Can that end in a deal?",
        "broad_agenda_only", "deal", "Washington and Tehran sign a deal", (
            QuizReason("Tehran's red line is its missiles. An agenda that includes them leaves nothing that both can sign.",
                       "Worlds with a deal", "deal", -1),
            QuizReason("Without a deal, ultimatums follow one another.", "Ultimatums, on average", "ultimatums", 1),
            QuizReason("And some of them are carried out.", "Worlds with a war", "round_two", 1),
            QuizReason("Meanwhile more secret work goes on.", "Worlds with covert cascades", "cascades", 1)),
        ("L087", "L088", "L090", "L010", "L011", "fig-deal-target"),
        "Asking for more can get less, if the other side would rather have no deal than that one.",
        parts="deal_kind", next="missiles_on_the_table",
        next_says="Is it the agenda or the red line? See what happens if Tehran lets missiles be part of a deal."),
    Quiz(
        "channel", "A quiet promise",
        "Through third parties, Israel and Iran tell each other that neither will strike first. In most worlds the message "
        "wears off. What if it is kept up and believed? How many wars by mistake, on a false alarm, are left?",
        "reassurance_kept", "miscalculation", "a war begins by mistake, on a false alarm", (
            QuizReason("Whoever trusts that the other will not strike first does not take a drill for an attack.",
                       "Worlds with a war on a false alarm", "miscalculation", -1),
            QuizReason("Nor does Iran strike in a panic.", "Worlds in which Iran fires first", "first_by_iran", -1),
            QuizReason("But most wars are not panics. Somebody chooses them, or they are threats carried out, and a promise "
                       "about first strikes hardly touches those.", "Worlds with a war, of any cause", "round_two", 0)),
        ("fig-reassurance", "L094", "L101", "L102"),
        "Some officials hold that war would most likely begin by error (L101). The model takes this as a belief to be tested: "
        "compare wars by mistake with wars of all causes.",
        of=1000, most=100),
    Quiz(
        "missiles", "Only nuclear steps count",
        "Israel no longer takes the rebuilding of missiles for a reason to strike: only nuclear steps count. In how many "
        "worlds does Israel, alone, still fire first?",
        "nuclear_steps_only", "first_by_israel", "Israel alone fires first", (
            QuizReason("Israel and Washington now look at the same thing, and disagree less about it.",
                       "Days on which Israel sees Iran rebuild and Washington does not", "verdict_gap", -1),
            QuizReason("A reason for a preventive strike is gone, and somewhat fewer wars are preventive.", "Preventive wars",
                       "preventive_war", -1),
            QuizReason("Yet much stays as it was: Israel's nuclear verdict can ask for a strike just as well.",
                       "Worlds with a war, of any cause", "round_two", 0)),
        ("L075", "L099", "L107", "L105", "fig-missile-stock"),
        "If several reasons each suffice, taking one away changes little. That is why the question 'what caused it?' is so "
        "often hard."),
)}
"""The questions, in the order of the page."""

SMALL = 0.02
"""A share that moves by less than this hardly moves."""


def shown(reason: QuizReason, one: Difference) -> str:
    """What the numbers say to a reason: what is counted, on both sides, and the difference with its error."""
    points = "" if one.kind == "mean" else " points"
    return (f"{reason.measure}: {estimate(one, 'a')} without the change, {estimate(one, 'b')} with it: "
            f"{difference(one)} ± {error(one)}{points}.")


def borne_out(reason: QuizReason, one: Difference) -> str:
    """Whether the numbers bear a reason out: "" if they do, else what is to be said about it."""
    way = {1: "higher", -1: "lower", 0: ""}[reason.way]
    if not reason.way:
        return "In this run it does move." if one.clear and abs(one.difference) > SMALL else ""
    if one.verdict in (way, f"perhaps {way}"):
        return ""
    if one.clear:
        return "This run says the opposite: do not rely on the sentence."
    return "Too close to tell with so few worlds: ask for more."
