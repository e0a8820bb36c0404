"""The report of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from sim.analysis.compare.compare import Comparison
from sim.analysis.compare.gist import Difference, differences
from sim.analysis.compare.scenario_diff import Change
from sim.ensemble.results import Run
from sim.report.figures import comparison as drawn
from sim.report.figures import data
from sim.report.html import inputs, outcomes, sources
from sim.report.html.pictures import picture
from sim.report.html.render import Row, page, render
from sim.report.html.run import has_strikes, uses
from sim.report.html.stories import meaning
from sim.report.text import compare as told
from sim.report.text.outcomes import number
from sim.words import count, of_hundred

PARTINGS = 10
"""How many kinds of event that come first on one side only are shown."""

ROW = (0.3, 0.42)
"""Height of a row in the picture of differences, in inches, in a page, and on a telephone."""

CURVES = (5.0, 4.6)
"""Height of the picture of the two curves and their difference, in inches, in a page and on a telephone."""


def report(comparison: Comparison) -> str:
    """The page; the same bytes for the same comparison."""
    a, b, names = comparison.a, comparison.b, comparison.names
    title, flips = " against ".join(told.titles(comparison)), told.main_flips(comparison)
    strike = picture(drawn.first_strike_difference(comparison), "strike", heights=CURVES) if has_strikes(a) else ""
    main = data.main(comparison)
    forest = picture(drawn.differences(comparison), "forest", told.clear_ones(main), [0.9 + each * len(main) for each in ROW])
    return page(
        "comparison.html", title, f"brink: {title}, {count(a.size, 'world')}, {count(a.days, 'day')}, seed {a.seed}",
        a=a, b=b, names=names, heads=tuple(render("breaks", name) for name in names), titles=told.titles(comparison),
        gist=told.gist(comparison), cards=list(cards(comparison)), changes=[_change(change) for change in comparison.changes],
        says=dict.fromkeys(f"{run.scenario.title}: {run.scenario.says}" for run in (a, b) if run.scenario.says),
        forest=forest, differences=list(rows(comparison)), strike=strike, flips=flips,
        told_flips=[told.tell_flips(one, names) for one in flips], told_parting=told.told_parting(comparison),
        partings=[((meaning(key), render("code", key)), *cells) for key, *cells in told.partings(comparison, PARTINGS)],
        evidence=sources.section(uses(b, [])), caveats=[*told.CAVEATS, *told.limits(comparison)], **again(a, b))


def cards(comparison: Comparison) -> Iterator[Markup]:
    """The headline outcomes, as worlds of a hundred on either side."""
    for one in outcomes.headlines({one.id: one for one in differences(comparison) if one.happens and one.exists}):
        sides = [(outcomes.squares(share, one.id), of_hundred(share), name)
                 for share, name in zip((one.a, one.b), comparison.names, strict=True)]
        yield render("pair", one.says, sides, [told.verdict(one).capitalize()], f"card-{one.id}")


def _change(change: Change) -> Row:
    """A row on one change: the values of both sides, and who set them."""
    if change.kind == "intervention":
        return change.key, change.a, change.b, change.by_b or change.by_a
    return inputs.named(change.key), change.a, change.b, "; ".join(dict.fromkeys(filter(None, (change.by_a, change.by_b))))


def rows(comparison: Comparison) -> Iterator[Row]:
    """All outcomes on either side, with the difference and its paired error: rows of a table."""
    for theme, found in outcomes.by_theme(comparison.rows):
        yield (theme,)
        yield from (_row(Difference.of(row)) for row in found if row["a"] or row["b"])


def _row(one: Difference) -> Row:
    given = [f"counted in {one.n_a:,} and {one.n_b:,} worlds"] if one.given else []
    deaths = one.unit == "deaths"
    sides = (told.estimate(one, side) if deaths else number(vars(one), side) for side in "ab")
    gap = "" if deaths or not one.exists else render("kept", f"{told.difference(one)} ± {told.error(one)}")
    return (f"{one.says}: {one.label}" if one.label else one.says, *given), *sides, (gap, one.verdict), told.times(one.narrower)


def again(a: Run, b: Run) -> dict[str, Any]:
    """How to get the same numbers again: scenario files by name, commands, and notes on them."""
    names = (a.scenario.name, f"{b.scenario.name}-changed" if b.scenario.name == a.scenario.name else b.scenario.name)
    (first, _, file), (second, _, other) = (inputs.recipe(run, name) for run, name in zip((a, b), names, strict=True))
    commands = (f"{first} --out a", f"{second} --out b", f"brink compare {_made(a, 'a')} {_made(b, 'b')}")
    return {"files": tuple(zip(names, (file, other), strict=True)), "commands": commands,
            "needs": dict.fromkeys((*inputs.needs(a), *inputs.needs(b)))}


def _made(run: Run, out: str) -> str:
    """Where the command that makes a run puts it: a fork under a change is in a folder next to the same without."""
    where = run.about.get("fork", {})
    return f"{out}/changed" if where.get("set") or where.get("do") else out
