"""How one world is told in HTML: why a decision was made, what was believed and what was true, the ladder of escalation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from dashboards import cards
from dashboards.paint import css
from sim.analysis.explain.beliefs import Sight, wrong
from sim.analysis.explain.chronicle import Entry, where
from sim.analysis.explain.reasons import Reason, times
from sim.ensemble.results import Run
from sim.model import evidence
from sim.model.codes import PEOPLE, RUNGS
from sim.report.figures import look
from sim.report.html.markup import Html, bullets, folded, html, table, tag
from sim.report.text.explain import chance, luck
from sim.report.text.fork import came, is_settled
from sim.words import date, of_hundred, percent, phrase, points, two_digits

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.pathways.association import Separation
    from sim.analysis.pathways.conditional import Given

TIMES, OVER = "odds \N{MULTIPLICATION SIGN}", "odds \N{DIVISION SIGN}"
WEIGHED = 3
"""Reasons that are shown of a decision."""

STYLE = """
<style>
.brink-entry { border-left: 4px solid var(--who, rgba(128,128,128,.6)); padding: 0.1rem 0 0.1rem 0.8rem; margin: 0 0 1rem;
  overflow-wrap: anywhere; }
.brink-entry p { margin: 0 0 0.35rem; line-height: 1.45; }
.brink-entry .who { font-weight: 650; }
.brink-entry .soft, .brink-soft { opacity: .82; font-size: 0.86rem; }
.brink-reason { display: grid; grid-template-columns: minmax(0, 1fr) minmax(4rem, 8rem) 4.9rem; gap: 0.1rem 0.7rem;
  align-items: center; font-size: 0.9rem; line-height: 1.3; margin: 0 0 0.3rem; }
.brink-bar { position: relative; height: 0.7rem; background: linear-gradient(rgba(128,128,128,.7), rgba(128,128,128,.7)) 50% 0
  / 1px 100% no-repeat; }
.brink-bar i { position: absolute; top: 0.08rem; bottom: 0.08rem; border-radius: 2px; }
.brink-reason .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.brink-ladder { list-style: none; margin: 0 !important; padding: 0 !important; font-size: 0.88rem; }
.brink-ladder li { display: grid; grid-template-columns: 1.7rem minmax(0, 1fr); padding: 0.12rem 0.4rem; margin: 0 !important;
  border-radius: 3px; line-height: 1.35; }
.brink-ladder li.under { background: rgba(127,42,22,.14); }
.brink-ladder li.now { background: #7f2a16; color: #fff; font-weight: 600; }
.brink-entry summary { cursor: pointer; font-size: 0.86rem; } .brink-entry ul { margin: 0.2rem 0 0.4rem; font-size: 0.86rem; }
.brink-told { overflow-x: auto; }
.brink-told table { border-collapse: collapse; width: 100%; font-size: 0.88rem; }
.brink-told caption { text-align: left; opacity: .82; font-size: 0.86rem; padding: 0 0 0.4rem; }
.brink-told th, .brink-told td { text-align: left; padding: 0.35rem 0.6rem 0.35rem 0; vertical-align: top; font-weight: 400;
  border-top: 1px solid rgba(128,128,128,.3); overflow-wrap: break-word; }
.brink-told thead th { border-top: 0; font-weight: 600; white-space: nowrap; }
.brink-told tbody th { font-weight: 550; }
.brink-told td:last-child { white-space: nowrap; padding-right: 0; }
.brink-told .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.brink-wrong { font-weight: 650; border-bottom: 2px solid #d55e00; }
@media (max-width: 640px) { .brink-told .wide { display: none; } .brink-reason { grid-template-columns: minmax(0, 1fr) 4.9rem; }
  .brink-reason .brink-bar { display: none; } }
</style>
"""


def told(*parts: Html) -> Html:
    """Parts with the style that they need."""
    return html(Html(STYLE), *parts)


def entry(one: Entry) -> Html:
    """What happened: who, what, and if it was decided, what weighed."""
    who = PEOPLE.get(one.who, "")
    return tag("div", tag("p", tag("span", f"{who}: ", class_="who"), one.says), *why(one), class_="brink-entry",
               style=f"--who: {css(look.ACTORS.get(one.who, look.GREY))}")


def why(one: Entry) -> Iterator[Html]:
    """What weighed in a decision, what rate that made, and what was believed; nothing if it was none."""
    if one.rate == one.rate:
        most = max((abs(reason.value) for reason in one.reasons), default=1.0)
        yield html(*(bar(reason, most) for reason in one.reasons[:WEIGHED]))
        if not one.reasons:
            yield tag("p", "Nothing pushed and nothing held back that is worth a word.", class_="soft")
        pace = f" Decisions were {one.pace:.1f} times as quick as in quiet days." if one.pace > 1.05 else ""
        yield tag("p", f"Base rate, if nothing pushed or held back: {chance(one.base)} a day. As things stood: ",
                  tag("b", f"{chance(one.rate)} a day"), f".{pace} {luck(one.luck)}", class_="soft")
    for sight in one.sights:
        yield tag("p", sight.says, class_="soft")
    if one.without:
        yield tag("p", tag("b", "Without it, on the same luck: "), f"{one.without}.")
    if one.evidence:
        yield folded("What the rule rests on", bullets(_source(id) for id in one.evidence))


def _source(id: str) -> Html:
    """A claim with its place in the documents; of other evidence, what it is."""
    ledger = evidence.load()
    if id in ledger.claims:
        return html(tag("b", id), f" ({where(id)}): {ledger.claims[id].says}")
    found = ledger.references.get(id)
    return html(tag("b", id), f": {found.says or found.cite}" if found else "")


def bar(reason: Reason, most: float) -> Html:
    """A reason with a bar to the right if it pushed and to the left if it held back, and its factor on the odds."""
    length, pushed = 50 * abs(reason.value) / most, reason.value > 0
    side = "left" if pushed else "right"
    colour = look.ACTORS["iran"] if pushed else look.ACTORS["us"]
    detail = f" ({reason.detail})" if reason.detail else ""
    return tag("div", tag("span", f"{'For it' if pushed else 'Against it'}: {reason.says}{detail}"),
               tag("span", tag("i", style=f"{side}: 50%; width: {length:.1f}%; background: {colour}"), class_="brink-bar",
                   aria_hidden="true"),
               tag("span", times(reason.value).replace("x", TIMES).replace("/", OVER), class_="n"), class_="brink-reason")


def ladder(rung: int, highest: int) -> Html:
    """The rungs of escalation from the top, the one of today marked."""
    rungs = (tag("li", tag("span", str(i)), tag("span", name, " (today)" if i == rung else "",
                                                " (highest so far)" if i == highest > rung else ""),
                 class_="now" if i == rung else "under" if i < rung else None,
                 aria_current="true" if i == rung else None)
             for i, name in reversed(list(enumerate(RUNGS))))
    return tag("ol", *rungs, class_="brink-ladder", aria_label=f"Ladder of escalation: today on rung {rung}, {RUNGS[rung]}")


def beliefs(seen: Sequence[Sight], caption: str) -> Html:
    """Who believed what, and what was true; what led astray is marked."""
    return _framed(table(caption, ("who", "about", "believed", "true"), map(_belief, seen)))


def _belief(sight: Sight) -> tuple[str, str, str | Html, str]:
    believed, true = sight.in_words
    shown = tag("span", f"{believed}, misled", class_="brink-wrong") if wrong(sight) else believed
    return PEOPLE[sight.who] if sight.who != "talks" else "Inspectors", sight.about, shown, true


def _framed(inside: Html) -> Html:
    return tag("div", inside, class_="brink-told")


def futures(run: Run, made: Run, ids: Sequence[str]) -> Html:
    """A card an outcome: its share of the futures of a world beside its share of all worlds, and what came."""
    where = made.about["fork"]
    world, day = int(where["world"]), int(where["day"])
    return tag("div", *(_future(run, made, id, world, day) for id in ids), class_="brink-cards")


def _future(run: Run, made: Run, id: str, world: int, day: int) -> Html:
    question, answer, before = run.question(id), made.by(id, made.days), run.by(id, run.days)
    heading, colour = tag("h4", question.shown.title), css(question.shown.colour)
    all_worlds = tag("p", f"in all worlds: {of_hundred(before.value)} of 100 ± {_points(before.error)}", class_="soft")
    if is_settled(run, question, world, day):
        on = date(int(run.column(id)[world]), run.scenario.date)
        settled = (tag("p", "It has come", class_="big"), tag("p", f"on {on}, before the fork"))
        return tag("article", heading, cards.icons(1.0, colour, "settled"),
                   tag("div", *settled, all_worlds), class_="brink-card")
    says = f"{of_hundred(answer.value)} of 100 futures"
    row = next(row for row in made.rows if row["id"] == id)
    words = (tag("p", says, class_="big"), tag("p", phrase(answer.value)),
             tag("p", f"{percent(answer.value)} ± {_points(answer.error)}", class_="soft"), all_worlds,
             tag("p", f"in this world: {came(run, row, world)}", class_="soft"))
    return tag("article", heading, cards.icons(answer.value, colour, says), tag("div", *words), class_="brink-card")


def _points(error: float) -> str:
    return f"{max(100 * error, 0.1):.1f}"


def changes_in_words(rows: pd.DataFrame) -> str:
    """Each outcome given something, beside all worlds, in a line."""
    return "; ".join(f"{row.says} {of_hundred(row.part)} of 100 instead of {of_hundred(row.all)}" for row in rows.itertuples())


def given(found: Given, name: str) -> Html:
    """Outcomes in all worlds, in those given something, and the difference, each with its error."""
    rows = [(row.says, f"{percent(row.all)} ± {_points(row.all_se)}", html(f"{percent(row.part)} ± {_points(row.part_se)} ",
             tag("span", phrase(row.part), class_="brink-soft wide")), f"{points(row.difference)} ± {_points(row.se)}")
            for row in found.table.itertuples()]
    caption = f"{found.count:,} worlds given that {name}, beside all {len(found.here):,}; differences in points of 100."
    return _framed(table(caption, ("outcome", "all worlds", "given that", "difference"), rows, numbers=(1, 3)))


def last_steps(found: Separation, names: Mapping[str, str]) -> str:
    """What the log names as the last step towards an outcome; "" if nothing."""
    if not len(found.last_steps):
        return ""
    when = f"on average {two_digits(found.lead)} days before" if found.lead else "on the same day"
    steps = "; ".join(f"{names[row.event]} in {of_hundred(row.share)} of 100 (± {_points(row.se)})"
                      for row in found.last_steps.head(WEIGHED + 1).itertuples())
    return f" The last step towards it by the log, {when}: {steps}."


def before(found: Separation, names: Mapping[str, str]) -> Html:
    """A row a kind of event that stands out before an outcome, in worlds of 100."""
    rows = [(names[row.event], of_hundred(row.cases), of_hundred(row.others), two_digits(row.ratio),
             f"{two_digits(row.low)} to {two_digits(row.high)}", f"{100 * row.share:.0f} ± {100 * row.se:.1f}")
            for row in found.events[found.events["clear"]].itertuples()]
    caption = (f"In 100 worlds: how many had the event in the {found.before} days before the outcome (or the last step towards "
               "it), how many others on the same date, how many times the rate that is, and how many of 100 cases go with it.")
    return _framed(table(caption, ("event", "before it", "others", "times the rate", "90 % interval", "goes with"), rows,
                         numbers=(1, 2, 3, 4, 5), wide=(2, 4, 5)))
