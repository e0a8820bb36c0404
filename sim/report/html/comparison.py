"""The report of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from sim.analysis.compare.gist import Difference, differences
from sim.model.outcomes import ON_CARDS, shown
from sim.report.figures import comparison as drawn
from sim.report.figures import data
from sim.report.html import inputs, outcomes, sources
from sim.report.html.events import meaning
from sim.report.html.markup import Html, Part, breakable, bullets, html, paragraphs, table, tag, terms
from sim.report.html.page import Section, page
from sim.report.html.pictures import icons, picture
from sim.report.html.run import LIMITATIONS, has_strikes, uses
from sim.report.text import compare as told
from sim.report.text.outcomes import number
from sim.words import LIMITS, of_hundred

if TYPE_CHECKING:
    from sim.analysis.compare.compare import Comparison
    from sim.analysis.compare.paired import Flips
    from sim.analysis.compare.scenario_diff import Change
    from sim.ensemble.results import Run

PARTINGS = 10
"""Kinds of event shown of those by which histories part."""

ROW = (0.3, 0.42)
"""Inches that a row of the picture of differences takes in a page, and on a telephone."""

CURVES = (5.0, 4.6)
"""Inches of the picture of the two curves and their difference, in a page and on a telephone."""

READING = (
    "World 17 of one side and world 17 of the other share all their luck. What differs between them is the effect of the "
    "change.",
    "A paired error is smaller than one of two runs with luck of their own, because the luck that both sides share cancels. "
    "\"Narrower\" says how many times.",
    "A difference of three errors or more is called higher or lower, one of less than 1.6 cannot be told apart from none.",
)


def report(comparison: Comparison) -> str:
    """The page; the same bytes for the same comparison."""
    a = comparison.a
    title = " against ".join(told.titles(comparison))
    return page(title, top(comparison), list(sections(comparison)), bottom(comparison),
                running=f"brink: {title}, {a.size:,} worlds, {a.days} days, seed {a.seed}")


def top(comparison: Comparison) -> Html:
    """Titles, findings and limits."""
    here, there = told.titles(comparison)
    a = comparison.a
    facts = f"Report of a comparison by brink · {a.size:,} worlds on the same luck · {a.days} days · seed {a.seed}"
    return html(tag("p", facts, class_="kicker"), tag("h1", here, tag("small", " against "), there),
                bullets(told.gist(comparison), class_="lede"), tag("p", LIMITS, class_="aside"))


def sections(comparison: Comparison) -> Iterator[Section]:
    """The parts of the report that this comparison has something for."""
    yield Section("headlines", "Headlines", cards(comparison))
    yield Section("changes", "What differs", changes(comparison))
    yield Section("differences", "What the change does", html(forest(comparison), difference_table(comparison)))
    if has_strikes(comparison.a):
        yield Section("strike", "The first strike", picture(
            drawn.first_strike_difference(comparison), "strike", heights=CURVES))
    yield Section("flips", "Worlds that flip", flips(comparison))
    yield Section("parting", "Where histories part", parting(comparison))
    yield Section("evidence", "Evidence", sources.section(uses(comparison.b, [])))
    yield Section("reading", "How to read it", html(
        bullets([*READING, *told.CAVEATS, *told.limits(comparison)]), outcomes.scale()))
    yield Section("limits", "Limits", html(tag("p", LIMITS), bullets(LIMITATIONS)))
    yield Section("again", "How to get the same numbers", again(comparison))


def cards(comparison: Comparison) -> Html:
    """The outcomes that a reader meets first, as worlds of a hundred on either side."""
    rows = {one.id: one for one in differences(comparison) if one.happens and one.exists}
    chosen = [rows[id] for id in ON_CARDS if id in rows] or list(rows.values())[:3]
    return tag("div", (_card(one, comparison.names) for one in chosen), class_="cards")


def _card(one: Difference, names: tuple[str, str]) -> Html:
    sides = (tag("div", icons(share, shown(one.id).colour, f"{of_hundred(share)} of 100 squares are filled"),
                 tag("p", of_hundred(share), tag("small", name), class_="number words"))
             for share, name in zip((one.a, one.b), names, strict=True))
    return tag("div", tag("h3", one.says), tag("div", sides, class_="body"), paragraphs(told.verdict(one).capitalize()),
               class_="card pair", id=f"card-{one.id}")


def changes(comparison: Comparison) -> Html:
    """What is not the same on both sides, and who set it."""
    if not comparison.changes:
        return tag("p", "Nothing differs between the two scenarios.")
    return html(table("Everything else is the same on both sides.", ("what", *_heads(comparison), "set by"),
                      map(_change, comparison.changes)),
                paragraphs(*(f"{run.scenario.title}: {run.scenario.says}" for run in _sides(comparison) if run.scenario.says)))


def _change(change: Change) -> Sequence[Part]:
    if change.kind == "intervention":
        return change.key, change.a, change.b, change.by_b or change.by_a
    return inputs.named(change.key), change.a, change.b, "; ".join(dict.fromkeys(filter(None, (change.by_a, change.by_b))))


def _sides(comparison: Comparison) -> list[Run]:
    runs = {run.scenario.title: run for run in (comparison.a, comparison.b)}
    return list(runs.values())


def forest(comparison: Comparison) -> Html:
    """The picture of differences."""
    rows = data.main(comparison)
    return picture(drawn.differences(comparison), "forest", told.clear_ones(rows),
                   heights=tuple(0.9 + each * len(rows) for each in ROW))


def difference_table(comparison: Comparison) -> Html:
    """All outcomes on either side, with the difference and its paired error."""
    return table("Shares differ in percentage points; the error (±) is that of the difference on shared luck.",
                 ("outcome", *_heads(comparison), "difference", "narrower"), _differences(comparison), numbers=(1, 2, 3, 4),
                 wide=(4,), class_="differences")


def _heads(comparison: Comparison) -> list[Html]:
    """The names of the sides as they can stand over a narrow column."""
    return [breakable(name) for name in comparison.names]


def _differences(comparison: Comparison) -> Iterator[Sequence[Part]]:
    for theme, rows in outcomes.by_theme(comparison.rows):
        yield (theme,)
        yield from (_difference(Difference.of(row)) for row in rows if row["a"] or row["b"])


def _difference(one: Difference) -> Sequence[Part]:
    says: list[Part] = [f"{one.says}: {one.label}" if one.label else one.says]
    if one.given:
        says.append(tag("small", f"counted in {one.n_a:,} and {one.n_b:,} worlds"))
    deaths = one.unit == "deaths"
    sides = (told.estimate(one, side) if deaths else number(asdict(one), side) for side in "ab")
    gap = "" if deaths or not one.exists else outcomes.kept(f"{told.difference(one)} ± {told.error(one)}")
    return says, *sides, [gap, tag("small", one.verdict)], told.times(one.narrower)


def flips(comparison: Comparison) -> Html:
    """Worlds in which something happens on one side only."""
    found = told.main_flips(comparison)
    return html(paragraphs(*(told.tell_flips(one, comparison.names) for one in found)),
                (_four(one, comparison.names) for one in found))


def _four(one: Flips, names: tuple[str, str]) -> Html:
    here, there = names
    return table(one.says, ("worlds", f"in {there}", f"not in {there}"),
                 ((f"in {here}", f"{one.both:,}", f"{one.here:,}"), (f"not in {here}", f"{one.there:,}", f"{one.neither:,}")),
                 numbers=(1, 2))


def parting(comparison: Comparison) -> Html:
    """What is the first thing to happen on one side only."""
    rows = [(_event(event), *cells) for event, *cells in told.partings(comparison, PARTINGS)]
    shown = table("What is first to happen on one side and not on the other; of the worlds that part.",
                  ("event", *(["only in ", name] for name in _heads(comparison)), "share", "middle day"), rows,
                  numbers=(1, 2, 3, 4), wide=(4,)) if rows else ""
    return html(paragraphs(*told.told_parting(comparison)), shown)


def _event(key: str) -> list[Part]:
    return [meaning(key), tag("small", tag("code", breakable(key)))]


def again(comparison: Comparison) -> Html:
    """How to get the same numbers again."""
    a, b = comparison.a, comparison.b
    names = (a.scenario.name, f"{b.scenario.name}-changed" if b.scenario.name == a.scenario.name else b.scenario.name)
    (first, _, file), (second, _, other) = (inputs.recipe(run, name) for run, name in zip((a, b), names, strict=True))
    hashes = ", ".join(run.about["scenario_hash"] for run in (a, b))
    versions = ", ".join(f"{name} {version}" for name, version in b.about["versions"].items())
    return html(map(inputs.to_save, names, (file, other)), tag("p", "At a terminal:"),
                tag("pre", f"{first} --out a\n{second} --out b\nbrink compare {_made(a, 'a')} {_made(b, 'b')}"),
                paragraphs(*dict.fromkeys((*inputs.needs(a), *inputs.needs(b)))),
                terms([("Scenario hashes", tag("code", hashes)), ("Versions", versions)]))


def _made(run: Run, out: str) -> str:
    """Where the command that makes a run puts it: a fork under a change stands beside the same without."""
    where = run.about.get("fork", {})
    return f"{out}/changed" if where.get("set") or where.get("do") else out


def bottom(comparison: Comparison) -> Html:
    """What made the page."""
    return html(tag("p", f"Made by brink {comparison.b.about['versions']['brink']}."), tag("p", LIMITS))
