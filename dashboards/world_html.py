"""One world in HTML: reasons of decisions, beliefs and the truth, futures, shares in a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from dashboards import cards, theme
from sim.analysis.explain import chronicle, reasons
from sim.analysis.explain.beliefs import Belief, wrong
from sim.analysis.pathways import association, conditional
from sim.ensemble.results import Run
from sim.model import evidence, registry
from sim.report.figures import look
from sim.report.html.render import render
from sim.report.text import explain, fork
from sim.words import date, error_points, of_hundred, percent, phrase, points, sentence_case, two_digits

TIMES, OVER = "odds \N{MULTIPLICATION SIGN}", "odds \N{DIVISION SIGN}"
WEIGHED = 3
"""Reasons that are shown of a decision."""


def entry(one: chronicle.Entry) -> Markup:
    """One event: who, what, and of a decision its reasons."""
    return render("entry", registry.called(one.who), one.says, theme.css(look.ACTORS.get(one.who, look.GREY)), list(why(one)))


def why(one: chronicle.Entry) -> Iterator[Markup]:
    """The reasons of a decision, its rate, and the beliefs; nothing if it was none."""
    if one.rate == one.rate:
        most = max((abs(reason.value) for reason in one.reasons), default=1.0)
        yield from (bar(reason, most) for reason in one.reasons[:WEIGHED])
        if not one.reasons:
            yield notes("Nothing notable pushed or held back.")
        pace = f"Decisions were {one.pace:.1f} times as quick as in quiet days. " if one.pace > 1.05 else ""
        yield render("rate", explain.chance(one.base), explain.chance(one.rate), pace + explain.luck(one.luck))
    yield notes(*(belief.says for belief in one.sights))
    if one.without:
        yield render("paragraphs", [render("led", "Without it, on the same luck: ", f"{one.without}.")])
    if one.evidence:
        yield render("fold", "What the rule rests on", render("bullets", list(map(_source, one.evidence))))


def notes(*texts: str) -> Markup:
    """Paragraphs in the style of notes."""
    return render("paragraphs", texts, "note")


def _source(id: str) -> Markup:
    """A claim with its place in the documents; of other evidence, what it is."""
    ledger = evidence.load()
    if id in ledger.claims:
        return render("led", id, f" ({chronicle.where(id)}): {ledger.claims[id].says}")
    found = ledger.references.get(id)
    return render("led", id, f": {found.says or found.cite}" if found else "")


def bar(reason: reasons.Reason, most: float) -> Markup:
    """A reason with its factor on the odds, and a bar to the right for the decision or to the left against it."""
    length, pushed = 0.5 * abs(reason.value) / most, reason.value > 0
    detail = f" ({reason.detail})" if reason.detail else ""
    piece = (0.5, length, look.ACTORS["iran"]) if pushed else (0.5 - length, length, look.ACTORS["us"])
    return render("reason", f"{'For it' if pushed else 'Against it'}: {reason.says}{detail}", [piece],
                  reasons.times(reason.value).replace("x", TIMES).replace("/", OVER))


def beliefs(seen: Sequence[Belief], caption: str) -> Markup:
    """Who believed what, and what was true; false beliefs are marked."""
    rows = [(sentence_case(registry.cards()[one.who].looks_as), one.about,
             render("wrong", f"{believed}, misled") if wrong(one) else believed, true)
            for one in seen for believed, true in [one.in_words]]
    return render("table", caption, ("who", "about", "believed", "true"), rows)


def futures(run: Run, made: Run, ids: Sequence[str]) -> Markup:
    """One card per outcome: its share of the futures of a world, its share of all worlds, and what came."""
    world, day = (int(made.about["fork"][name]) for name in ("world", "day"))
    return render("cards", [_future(run, made, id, world, day) for id in ids])


@cards.safely
def _future(run: Run, made: Run, id: str, world: int, day: int) -> Markup:
    question, answer, before = run.question(id), made.by(id, made.days), run.by(id, run.days)
    all_worlds = f"in all worlds: {of_hundred(before.value)} of 100 ± {error_points(before.error)}"
    if fork.is_settled(run, question, world, day):
        on = date(int(run.column(id)[world]), run.scenario.date)
        return cards.titled(question.shown, cards.squares(question.shown, 1.0, "futures: settled"), "It has come",
                            lines=[f"on {on}, before the fork"], asides=[all_worlds])
    row = next(row for row in made.rows if row["id"] == id)
    return cards.titled(question.shown, cards.squares(question.shown, answer.value, "futures"), of_hundred(answer.value),
                        "of 100 futures", [phrase(answer.word)],
                        [f"{percent(answer.value)} ± {error_points(answer.error)}", all_worlds,
                         f"in this world: {fork.came(run, row, world)}"])


def given(found: conditional.Conditional, name: str) -> Markup:
    """Outcomes in all worlds, in those given something, and the difference, each with its error."""
    rows = [(row.says, f"{percent(row.all)} ± {error_points(row.all_se)}",
             (f"{percent(row.part)} ± {error_points(row.part_se)}", phrase(row.word)),
             f"{points(row.difference)} ± {error_points(row.se)}")
            for row in found.table.itertuples()]
    caption = f"{found.count:,} worlds given that {name}, and all {len(found.here):,}; differences in points of 100."
    return render("table", caption, ("outcome", "all worlds", "given that", "difference"), rows, numbers=(1, 3))


def last_steps(found: association.Separation, names: Mapping[str, str]) -> str:
    """What the log names as the last step towards an outcome; "" if nothing."""
    if not len(found.last_steps):
        return ""
    when = f"on average {two_digits(found.lead)} days before" if found.lead else "on the same day"
    steps = "; ".join(f"{names[row.event]} in {of_hundred(row.share)} of 100 (± {error_points(row.se)})"
                      for row in found.last_steps.head(WEIGHED + 1).itertuples())
    return f" The last step towards it by the log, {when}: {steps}."


def before(found: association.Separation, names: Mapping[str, str]) -> Markup:
    """One row per kind of event that stands out before an outcome, in worlds of 100."""
    rows = [(names[row.event], of_hundred(row.cases), of_hundred(row.others), two_digits(row.ratio),
             f"{two_digits(row.low)} to {two_digits(row.high)}", f"{100 * row.share:.0f} ± {100 * row.se:.1f}")
            for row in found.events[found.events["clear"]].itertuples()]
    caption = (f"In 100 worlds: how many had the event in the {found.before} days before the outcome (or the last step towards "
               "it), how many others on the same date, how many times the rate that is, and how many of 100 cases go with it.")
    return render("table", caption, ("event", "before it", "others", "times the rate", "90 % interval", "goes with"), rows,
                  numbers=(1, 2, 3, 4, 5), wide=(2, 4, 5))
