"""The report of a comparison."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.report.figures import comparison as drawn
from sim.report.figures import data
from sim.report.html import inputs, outcomes, sources
from sim.report.html.events import meaning
from sim.report.html.markup import Html, Part, breakable, bullets, html, paragraphs, table, tag, terms
from sim.report.html.page import Section, page
from sim.report.html.pictures import icons, picture
from sim.report.html.run import LIMITATIONS, has_strikes, uses
from sim.report.text import compare as told
from sim.report.text.outcomes import LIMITS, Row, number, of_hundred
from sim.words import date, percent

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
    title = " against ".join(titles(comparison))
    return page(title, top(comparison), list(sections(comparison)), bottom(comparison),
                running=f"brink: {title}, {a.size:,} worlds, {a.days} days, seed {a.seed}")


def titles(comparison: Comparison) -> tuple[str, str]:
    """What the two sides are called at the head of the page."""
    a, b = comparison.a.scenario.title, comparison.b.scenario.title
    return a, b if b != a else "the same, changed"


def top(comparison: Comparison) -> Html:
    """Titles, findings and limits."""
    here, there = titles(comparison)
    a = comparison.a
    facts = f"Report of a comparison by brink · {a.size:,} worlds on the same luck · {a.days} days · seed {a.seed}"
    return html(tag("p", facts, class_="kicker"), tag("h1", here, tag("small", " against "), there),
                bullets(gist(comparison), class_="lede"), tag("p", LIMITS, class_="aside"))


def gist(comparison: Comparison) -> list[str]:
    """What the change does to the main outcomes, a sentence each."""
    if comparison.same:
        return ["Nothing differs: every outcome is the same in every world."]
    return [sentence(row, comparison.names) for row in comparison.rows if row["id"] in told.TOLD]


def sentence(row: Row, names: tuple[str, str]) -> str:
    """One difference in words."""
    if math.isnan(row["difference"]):
        return f"{row['says'].rstrip('.')}: there is nothing to compare."
    return (f"{row['says'].rstrip('.')}: {of_hundred(row['a'])} of 100 worlds in {names[0]}, {of_hundred(row['b'])} in "
            f"{names[1]} ({verdict(row)}).")


def verdict(row: Row) -> str:
    """A difference with its error and what to make of it."""
    unit = row["unit"] if row["kind"] == "mean" else "points"
    return f"{row['verdict']}: {told.difference(row)} ± {told.error(row)} {unit}".rstrip()


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
    rows = {row["id"]: row for row in comparison.rows
            if row["kind"] in ("day", "probability") and not math.isnan(row["difference"])}
    chosen = [rows[id] for id in outcomes.CARDS if id in rows] or list(rows.values())[:3]
    return tag("div", (_card(row, comparison.names) for row in chosen), class_="cards")


def _card(row: Row, names: tuple[str, str]) -> Html:
    sides = (tag("div", icons(row[side], outcomes.colour(row["id"]), f"{of_hundred(row[side])} of 100 squares are filled"),
                 tag("p", of_hundred(row[side]), tag("small", name), class_="number words"))
             for side, name in zip("ab", names, strict=True))
    return tag("div", tag("h3", row["says"]), tag("div", sides, class_="body"), paragraphs(verdict(row).capitalize()),
               class_="card pair", id=f"card-{row['id']}")


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
    moved = [f"{row['says']} {told.difference(row)} points" for row in rows if row["verdict"] in told.MOVED]
    finding = f"Differences in points of 100 worlds. Clear ones: {'; '.join(moved) or 'none'}."
    return picture(drawn.differences(comparison), "forest", finding, heights=tuple(0.9 + each * len(rows) for each in ROW))


def difference_table(comparison: Comparison) -> Html:
    """All outcomes on either side, with the difference and its paired error."""
    return table("Shares differ in percentage points; the error (±) is that of the difference on shared luck.",
                 ("outcome", *_heads(comparison), "difference", "narrower"), _differences(comparison), numbers=(1, 2, 3, 4),
                 wide=(4,), class_="differences")


def _heads(comparison: Comparison) -> list[Html]:
    """The names of the sides as they can stand over a narrow column."""
    return [breakable(name) for name in comparison.names]


def _differences(comparison: Comparison) -> Iterator[Sequence[Part]]:
    for theme, ids in outcomes.themes(comparison.rows).items():
        yield (theme,)
        found = (row for row in comparison.rows if row["catalogue"] in ids and (row["a"] or row["b"]))
        yield from map(_difference, sorted(found, key=lambda row: ids.index(row["catalogue"])))


def _difference(row: Row) -> Sequence[Part]:
    says: list[Part] = [f"{row['says']}: {row['label']}" if row["label"] else row["says"]]
    if row["given"]:
        says.append(tag("small", f"counted in {row['n_a']:,} and {row['n_b']:,} worlds"))
    deaths = row["unit"] == "deaths"
    sides = (told.estimate(row, side) if deaths else number(row, side) for side in "ab")
    gap = "" if deaths or math.isnan(row["difference"]) else outcomes.kept(f"{told.difference(row)} ± {told.error(row)}")
    return says, *sides, [gap, tag("small", row["verdict"])], told.times(row["narrower"])


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
    found = comparison.parting()
    rows = ((_event(row["event"]), f"{row['here']:,}", f"{row['there']:,}", percent(row["share"]),
             date(math.ceil(row["median_day"]), comparison.a.scenario.date))
            for row in found.kinds.head(PARTINGS).to_dict("records"))
    shown = table("What is first to happen on one side and not on the other; of the worlds that part.",
                  ("event", *(["only in ", name] for name in _heads(comparison)), "share", "middle day"), rows,
                  numbers=(1, 2, 3, 4), wide=(4,)) if len(found.world) else ""
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
