"""A comparison in words, one function per sentence: what differs, what moved, which worlds flip, where histories part."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sim.analysis.compare.compare import Comparison
from sim.analysis.compare.gist import Difference, Turned, differences
from sim.analysis.compare.paired import Discordant
from sim.analysis.compare.scenario_diff import Change
from sim.ensemble.files import plain
from sim.model.outcomes import TOLD
from sim.model.registry import tell_event
from sim.report.text.outcomes import error as plus_minus
from sim.report.text.outcomes import signed
from sim.report.text.tables import show_table, wrapped
from sim.words import (
    LIMITS,
    TOO_FEW,
    band,
    count,
    date,
    listed,
    of_hundred,
    percent,
    phrase,
    points,
    say,
    shared_out,
    two_digits,
    typeset,
)

FIRST = "round_two"
MOST_PARTINGS = 6
MOST_MOVED = 10

SAME = "Nothing differs: every outcome is the same in every world."
CAVEATS = (
    "A difference is the effect of the change within the model: both sides live through the same luck. The error says how "
    "far it may be off because few worlds were run, not whether the model is right.",
    "Of this many outcomes some move by luck: one that is nowhere near 3 errors from zero is no finding.",
)
GIVEN = ("An outcome that is given something else compares the worlds in which that holds on each side, and these are not "
         "all the same worlds.")
UNPAIRED_SETS = "What is fixed on one side and drawn on the other counts as a change of the whole prior to that value."


def titles(comparison: Comparison) -> tuple[str, str]:
    """The titles of both sides."""
    a, b = comparison.a, comparison.b
    if b.scenario.title != a.scenario.title:
        return a.scenario.title, b.scenario.title
    alike = b.scenario.hash == a.scenario.hash and b.about.get("fork") == a.about.get("fork")
    return a.scenario.title, "itself" if alike else "the same, changed"


def header(comparison: Comparison) -> str:
    """What was compared, in a line."""
    a = comparison.a
    sets = f" in {a.sets:,} parameter sets" if a.uncertainty == "priors" else ""
    size = f"{count(a.size, 'world')}{sets} on the same luck, {count(a.days, 'day')}, seed {a.seed}"
    return f"{', against '.join(titles(comparison))}: {size}"


def tell_change(change: Change) -> str:
    """A change as a line."""
    if change.kind == "intervention":
        return f"only {'there' if change.b else 'here'}, {change.key}; it {change.b or change.a}"
    by = f" ({change.by_b})" if change.by_b else ""
    return f"{change.key}: {change.a} here, {change.b} there{by}"


def limits(comparison: Comparison) -> list[str]:
    """Caveats of this comparison in particular."""
    drawn = any("prior" in change.a + change.b for change in comparison.changes if change.kind == "parameter")
    return [GIVEN] * any(one.given for one in moved(comparison)) + [UNPAIRED_SETS] * drawn


def estimate(one: Difference, side: str) -> str:
    """An estimate with digits down to the first of the error of the difference, so that a difference can be seen.

    Of deaths it is their band.
    """
    value = getattr(one, side)
    if math.isnan(value):
        return "-"
    if one.unit == "deaths":
        return band(value)
    if one.kind != "mean":
        return f"{100 * value:.1f} %"
    decimals = max(0, -math.floor(math.log10(one.se))) if one.se > 0 else 1
    return f"{value:,.{decimals}f} {one.unit}".rstrip()


def difference(one: Difference, column: str = "difference") -> str:
    """A difference with its sign, in points or in the outcome's unit; of deaths only its 90 % band."""
    value = getattr(one, column)
    if one.kind != "mean":
        return points(value)
    if one.unit == "deaths" and column == "difference":
        return f"{signed(one.low)} to {signed(one.high)}"
    return signed(value)


def error(one: Difference, column: str = "se") -> str:
    """A standard error, in points or in the outcome's unit; nothing for deaths, which are given in bands."""
    value = getattr(one, column)
    if one.unit == "deaths":
        return ""
    return two_digits(value) if one.kind == "mean" or math.isnan(value) else f"{100 * value:.2f}"


def over_parameters(one: Difference) -> str:
    """The 90 % band of a difference over parameters, or that it cannot be told."""
    if not one.exists:
        return ""
    return TOO_FEW if math.isnan(one.sets_low) else f"{difference(one, 'sets_low')} to {difference(one, 'sets_high')}"


def gap(one: Difference) -> str:
    """A difference with its paired error, like "-8.3 ± 1.1"; of deaths only its 90 % band."""
    return difference(one) if one.unit == "deaths" else f"{difference(one)}{plus_minus(vars(one))}"


def in_points(one: Difference) -> str:
    """A difference of shares as a page has it, like "\N{MINUS SIGN}8.3 ± 1.1 points"; nothing for NaN."""
    return f"{typeset(points(one.difference))}{plus_minus(vars(one))} points" if one.exists else ""


def times(ratio: float) -> str:
    """How many times, like "4.1 times"; nothing for NaN."""
    return "" if math.isnan(ratio) else f"{two_digits(ratio)} times"


def counted(share: float, of: int) -> str:
    """Worlds of a hundred, or of another number."""
    return of_hundred(share) if of == 100 else f"{of * share:.0f}"


def headline(one: Difference) -> str:
    """The verdict on a difference of shares, with its size where one is found."""
    nothing = {"": "Nothing to compare", "equal": "No difference", "not told apart": "No clear difference"}
    return nothing.get(one.verdict) or (f"Perhaps {_amount(one)}" if one.hint else _amount(one))


def _amount(one: Difference) -> str:
    """A difference of shares in worlds, like "8 fewer of 100 worlds"."""
    size = abs(100 * one.difference)
    if not size:
        return "no more and no fewer"
    number = f"{size:.0f}" if size >= 9.95 else f"{size:.1f}" if size >= 0.05 else "less than 0.1"
    return f"{number} {'more' if one.difference > 0 else 'fewer'} of 100 worlds"


def sides(one: Difference, now: str) -> tuple[str, str]:
    """Both sides as worlds of a hundred, "67 of 100 worlds unchanged, 59 with the change", and the word for the second."""
    return (f"{of_hundred(one.a)} of 100 worlds unchanged, {of_hundred(one.b)} with the change", f"now {phrase(now)}")


def pairing(one: Difference) -> str:
    """How much larger the error would be without shared luck; "" where that is not known."""
    if math.isnan(one.narrower) or one.narrower < 1.05:
        return ""
    return f"without shared luck the error would be {two_digits(one.narrower)} times as large"


def verdict(one: Difference) -> str:
    """The verdict on a difference, with its error, like "higher: +9.1 ± 1.05 points"."""
    unit = one.unit if one.kind == "mean" else "points"
    return f"{one.verdict}: {difference(one)} ± {error(one)} {unit}".rstrip()


def sentence(one: Difference, names: tuple[str, str]) -> str:
    """Both sides and the difference, as a sentence."""
    says = one.says.rstrip(".")
    if not one.exists:
        return f"{says}: there is nothing to compare."
    return (f"{says}: {of_hundred(one.a)} of 100 worlds in {names[0]}, {of_hundred(one.b)} in {names[1]} ({verdict(one)}).")


def moves_by(one: Difference, of: int) -> str:
    """What a change does in a number of worlds, as a sentence."""
    moved, off = of * one.difference, f"± {max(of * one.se, 0.1):.1f}"
    size = f"{abs(moved):.1f} worlds of {of:,} ({off})"
    says = {"higher": f"That is {size} more than without it.", "lower": f"That is {size} fewer than without it.",
            "perhaps higher": f"That is perhaps {size} more; the error is too large to be sure.",
            "perhaps lower": f"That is perhaps {size} fewer; the error is too large to be sure.",
            "equal": "That is the same as without it."}
    return says.get(one.verdict, f"The difference, {moved:+.1f} {off}, cannot be told from none.")


def gist(comparison: Comparison) -> list[str]:
    """Effects of the change on the main outcomes, one sentence each."""
    if comparison.same:
        return [SAME]
    return [sentence(one, comparison.names) for one in differences(comparison) if one.id in TOLD]


def clear_ones(shown: Iterable[Difference]) -> str:
    """The clear differences among some, in a sentence."""
    found = [f"{one.says} {in_points(one)}" for one in shown if one.clear]
    return f"Differences in points of 100 worlds. Clear ones: {'; '.join(found) or 'none'}."


def moved(comparison: Comparison) -> list[Difference]:
    """Outcomes that clearly move, and those whose flips are shown; labels have a place of their own."""
    return [one for one in differences(comparison) if one.id in TOLD or (one.clear and not one.label)]


def others(comparison: Comparison) -> str:
    """How many of the other outcomes perhaps move."""
    rest = [one for one in differences(comparison) if not (one.id in TOLD or one.clear or one.label)]
    return (f"Shares differ in points. Of the {len(rest)} other outcomes {sum(one.hint for one in rest)} perhaps move; the "
            "rest cannot be told apart.")


def told_curve(comparison: Comparison) -> list[str]:
    """When the curves of first strikes are farthest apart, if that is not at the end."""
    if all(question.id != FIRST for question in comparison.a.questions):
        return []
    table = comparison.curve()
    peak = table.loc[table["difference"].abs().idxmax()]
    if abs(peak["difference"] - table["difference"].iloc[-1]) < 3 * peak["se"] or peak["se"] == 0:
        return []
    on = date(int(peak["day"]), comparison.a.scenario.date)
    return [f"First strikes differ most by {on}: {points(peak['difference'])} points ({points(peak['low'])} to "
            f"{points(peak['high'])}, nine of ten), against {points(table['difference'].iloc[-1])} at the end."]


def curve_ends(comparison: Comparison, names: tuple[str, str]) -> str:
    """Where the curves of first strikes end."""
    last = comparison.curve().iloc[-1]
    here, there = (f"{100 * last[side]:.1f} % in {name}" for side, name in zip("ab", names, strict=True))
    return (f"By {date(comparison.a.days, comparison.a.scenario.date)}: {here}, {there}; a difference of "
            f"{typeset(points(last['difference']))} points")


def gap_ends(comparison: Comparison) -> str:
    """Where the difference of those curves ends, with its band, as a sentence."""
    last = comparison.curve().iloc[-1]
    return (f"Difference in points: {points(last['difference'])} at the end, nine of ten between {points(last['low'])} and "
            f"{points(last['high'])}.")


def main_flips(comparison: Comparison) -> list[Discordant]:
    """The flips of the main outcomes."""
    known = {question.id for question in comparison.a.questions}
    return [comparison.flips(id) for id in TOLD if id in known]


def tell_flips(flips: Discordant, names: tuple[str, str]) -> str:
    """How many worlds flip either way, with some to look at, and how timing shifts in the rest."""
    here, there = names
    said = (f"{flips.says}: only in {here} in {flips.here:,} of "
            f"{count(flips.n, 'world')}{_such_as(flips.here_worlds)}, only in {there} "
            f"in {flips.there:,}{_such_as(flips.there_worlds)}.")
    if flips.here + flips.there and flips.p < 0.1:
        cases = "fewer than one of 1,000 cases" if flips.p < 0.001 else f"{percent(flips.p)} of cases"
        said += f" A split as lopsided comes by luck in {cases}."
    if flips.sooner + flips.later:
        said += (f" Of the {flips.both:,} worlds with it on both sides it comes sooner in {there} in {flips.sooner:,} and "
                 f"later in {flips.later:,}.")
    return said


def _such_as(worlds: tuple[int, ...]) -> str:
    return f" (such as {listed([str(world) for world in worlds[:3]])})" if worlds else ""


def squares(flips: Discordant, of: int = 100) -> tuple[int, ...]:
    """Of so many worlds those in which it happens on both sides, only here, only there, on neither; they add up."""
    return tuple(shared_out((flips.both, flips.here, flips.there, flips.neither), of))


def in_squares(counts: Sequence[int], places: Sequence[str], of: int = 100) -> str:
    """How many of so many worlds are of each kind; `places` says what the kinds are."""
    return f"Of {of:,} worlds: {', '.join(f'{many} {place}' for many, place in zip(counts, places, strict=True))}"


def turns(one: Turned, names: tuple[str, str], day_0: datetime.date) -> str:
    """The outcome of a world on either side, as a sentence."""
    comes = ("not at all" if day < 0 else f"on {date(day, day_0)}" if day else "it happens" for day in (one.here, one.there))
    return f"{'; '.join(f'in {name} {when}' for name, when in zip(names, comes, strict=True))}."


def parts_on(one: Turned, names: tuple[str, str], day_0: datetime.date) -> str:
    """Where a world's histories part, as a sentence; "" if that is not known."""
    if one.parts < 0:
        return ""
    firsts = [f"{tell_event(event)} (only in {name})"
              for event, name in zip((one.first_here, one.first_there), names, strict=True) if event]
    return f"They part on {date(one.parts, day_0)}: {'; '.join(firsts)}."


def told_parting(comparison: Comparison) -> list[str]:
    """Where histories part, in sentences."""
    parting = comparison.parting()
    said = [f"In {parting.never:,} of the {parting.kept:,} worlds whose events are kept, the same happens on the same "
            "days on both sides." if parting.never else
            f"In each of the {parting.kept:,} worlds whose events are kept, something happens on one side and not on the "
            "other."]
    if len(parting.worlds):
        on = date(math.ceil(parting.median_day), comparison.a.scenario.date)
        said.append(f"Half of {'the others' if parting.never else 'them'} have parted by {on}. What is first to happen on one "
                    "side and not on the other, on that day:")
    return said


def partings(comparison: Comparison, most: int) -> list[tuple[str, str, str, str, str]]:
    """The events by which most histories part: key, worlds with it here and there only, share of all that part, middle day."""
    day_0 = comparison.a.scenario.date
    return [(row["event"], f"{row['here']:,}", f"{row['there']:,}", percent(row["share"]),
             date(math.ceil(row["median_day"]), day_0))
            for row in comparison.parting().kinds.head(most).to_dict("records")]


def show_comparison(comparison: Comparison, place: Path | None = None, everything: bool = False) -> None:
    """What moved and how surely, for a terminal; or all of it, with flips, where histories part and caveats."""
    say(*wrapped(header(comparison), rest="  "), *(f"  {tell_change(change)}" for change in comparison.changes))
    for sentence in gist(comparison):
        say(*wrapped(sentence, rest="  "))
    if not comparison.same:
        say()
        _show_moved(comparison, everything)
        say("", *wrapped(others(comparison)))
        if everything:
            _show_rest(comparison)
        else:
            say("--all shows which worlds flip, where histories part, and how sharp errors are.")
    say(*wrapped(LIMITS))
    if place is not None:
        kept = "Tables, pictures and both runs" if (place / "a").exists() else "Tables and pictures"
        say(f"{kept} are in {place}")


def _show_moved(comparison: Comparison, everything: bool) -> None:
    """The outcomes that moved; with everything, also the errors of runs that are not paired, and bands over parameters."""
    rows = moved(comparison)
    show_table(heads(comparison, everything),
               (cells(comparison, one, everything) for one in (rows if everything else rows[:MOST_MOVED])))
    if len(rows) > MOST_MOVED and not everything:
        say(f"{MOST_MOVED} of {len(rows)} outcomes that move; --all shows every one of them.")


def heads(comparison: Comparison, everything: bool = False) -> tuple[str, ...]:
    """The heads of a table of differences."""
    bands = everything and comparison.a.uncertainty == "priors"
    return ("outcome", *comparison.names, "difference", *["unpaired error", "narrower"] * everything, "verdict",
            *["90 % over parameters"] * bands)


def cells(comparison: Comparison, one: Difference, everything: bool = False) -> tuple[str, ...]:
    """A difference as a row of that table."""
    bands = everything and comparison.a.uncertainty == "priors"
    return (f"{one.says} ({one.n_a:,} and {one.n_b:,} worlds)" if one.given else one.says,
            estimate(one, "a"), estimate(one, "b"), gap(one),
            *[error(one, "se_unpaired"), times(one.narrower)] * everything, one.verdict, *[over_parameters(one)] * bands)


def _show_rest(comparison: Comparison) -> None:
    """Curves, flips, where histories part, and how far all this carries."""
    flips = (tell_flips(one, comparison.names) for one in main_flips(comparison))
    for text in (*told_curve(comparison), *flips, *told_parting(comparison)):
        say(*wrapped(text, rest="  "))
    heads = ("event", "what it is", *(f"only in {name}" for name in comparison.names), "share", "middle day")
    if rows := [(event, tell_event(event), *cells) for event, *cells in partings(comparison, MOST_PARTINGS)]:
        show_table(heads, rows)
    for text in ("", *CAVEATS, *limits(comparison)):
        say(*wrapped(text) or [""])


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """Plain values for JSON, null where there is nothing to say."""
    a, b, parting = comparison.a, comparison.b, comparison.parting()
    happen = [question.id for question in a.questions if question.kind in ("day", "probability")]
    return {
        "a": a.scenario.as_dict(), "b": b.scenario.as_dict(), "worlds": a.size, "days": a.days, "seed": a.seed,
        "uncertainty": a.uncertainty, "sets": a.sets, "changes": [change.as_dict() for change in comparison.changes],
        "same": comparison.same, "outcomes": plain(comparison.rows),
        "flips": [_flips(comparison.flips(id)) for id in happen],
        "parting": {"kept": parting.kept, "never": parting.never, "median_day": plain(parting.median_day),
                    "events": parting.kinds.to_dict("records")},
        "limits": [*CAVEATS, GIVEN, LIMITS],
    }


def _flips(flips: Discordant) -> dict[str, Any]:
    """A row of the table of flips."""
    return {"id": flips.id, "says": flips.says, "n": flips.n, "both": flips.both, "only_a": flips.here, "only_b": flips.there,
            "neither": flips.neither, "p": plain(flips.p), "worlds_only_a": list(flips.here_worlds),
            "worlds_only_b": list(flips.there_worlds), "sooner_in_b": flips.sooner, "later_in_b": flips.later}
