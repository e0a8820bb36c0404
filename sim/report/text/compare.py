"""How a comparison is told: what differs, what moved, which worlds flip, where histories part; as text and as JSON."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.compare.scenario_diff import Change
from sim.analysis.explain.story import tell_event
from sim.ensemble.files import plain
from sim.model.outcomes import TOLD
from sim.report.text.tables import empty, show
from sim.words import LIMITS, band, date, percent, points, two_digits

if TYPE_CHECKING:
    from sim.analysis.compare.compare import Comparison
    from sim.analysis.compare.divergence import Parting
    from sim.analysis.compare.paired import Flips

FIRST = "round_two"
MOVED = ("higher", "lower")
MOST_PARTINGS = 6

CAVEATS = (
    "A difference is the effect of the change within the model: both sides live through the same luck. The error says how "
    "far it may be off because few worlds were run, not whether the model is right.",
    "Of this many outcomes some move by luck: one that is nowhere near 3 errors from zero is no finding.",
)
GIVEN = ("An outcome that is given something else compares the worlds in which that holds on each side, and these are not "
         "all the same worlds.")
UNPAIRED_SETS = "What is fixed on one side and drawn on the other counts as a change of the whole prior to that value."


def show_comparison(comparison: Comparison, place: Path | None = None) -> None:
    """All of it, for a terminal."""
    print(header(comparison), *(f"  {tell_change(change)}" for change in comparison.changes), "", sep="\n")
    if comparison.same:
        print("Nothing differs: every outcome is the same in every world.", LIMITS, sep="\n")
    else:
        _show_moved(comparison)
        flips = (tell_flips(one, comparison.names) for one in main_flips(comparison))
        print("", *told_curve(comparison), *flips, "", *told_parting(comparison), sep="\n")
        _show_kinds(comparison, comparison.parting())
        print("", *CAVEATS, *limits(comparison), LIMITS, sep="\n")
    if place is not None:
        kept = "Tables, pictures and both runs" if (place / "a").exists() else "Tables and pictures"
        print(f"{kept} are in {place}")


def header(comparison: Comparison) -> str:
    """What was compared, in a line."""
    a, b = comparison.a, comparison.b
    titles = f"{a.scenario.title}, against {'the same, changed' if b.scenario.name == a.scenario.name else b.scenario.title}"
    sets = f" in {a.sets:,} parameter sets" if a.uncertainty == "priors" else ""
    return f"{titles}: {a.size:,} worlds{sets} on the same luck, {a.days} days, seed {a.seed}"


def tell_change(change: Change) -> str:
    """A change as a line."""
    if change.kind == "intervention":
        return f"only {'there' if change.b else 'here'}, {change.key}; it {change.b or change.a}"
    by = f" ({change.by_b})" if change.by_b else ""
    return f"{change.key}: {change.a} here, {change.b} there{by}"


def moved(comparison: Comparison) -> list[dict[str, Any]]:
    """The rows of outcomes that clearly move, and of those whose flips are told; labels stay out, being told elsewhere."""
    return [row for row in comparison.rows if row["id"] in TOLD or (row["verdict"] in MOVED and not row["label"])]


def estimate(row: dict[str, Any], side: str) -> str:
    """An estimate with digits down to the first of the error of the difference, so that a difference can be seen.

    Deaths are told as their band.
    """
    value, error = row[side], row["se"]
    if math.isnan(value):
        return "-"
    if row["unit"] == "deaths":
        return band(value)
    if row["kind"] != "mean":
        return f"{100 * value:.1f} %"
    decimals = max(0, -math.floor(math.log10(error))) if error > 0 else 1
    return f"{value:,.{decimals}f} {row['unit']}".rstrip()


def difference(row: dict[str, Any], column: str = "difference") -> str:
    """A difference with its sign, in points or in the outcome's unit; of deaths only its 90 % band."""
    value = row[column]
    if row["kind"] != "mean":
        return points(value)
    if row["unit"] == "deaths" and column == "difference":
        return f"{_signed(row['low'])} to {_signed(row['high'])}"
    return _signed(value)


def _signed(value: float) -> str:
    return "-" if math.isnan(value) else f"{'+' if value > 0 else ''}{two_digits(value)}"


def error(row: dict[str, Any], column: str = "se") -> str:
    """A standard error, in points or in the outcome's unit; nothing for deaths, which are told in bands."""
    if row["unit"] == "deaths":
        return ""
    if row["kind"] == "mean" or math.isnan(row[column]):
        return two_digits(row[column])
    return f"{100 * row[column]:.2f}"


def _show_moved(comparison: Comparison) -> None:
    bands = comparison.a.uncertainty == "priors"
    table = empty("outcome", *comparison.names, "difference", "error", "unpaired error", "narrower", "verdict",
                  *(["90 % over parameters"] if bands else []))
    rows = moved(comparison)
    for row in rows:
        says = f"{row['says']} ({row['n_a']:,} and {row['n_b']:,} worlds)" if row["given"] else row["says"]
        table.add_row(says, estimate(row, "a"), estimate(row, "b"), difference(row), error(row), error(row, "se_unpaired"),
                      times(row["narrower"]), row["verdict"],
                      *([f"{difference(row, 'sets_low')} to {difference(row, 'sets_high')}"] if bands else []))
    show(table)
    others = [row for row in comparison.rows if row not in rows and not row["label"]]
    hints = sum(row["verdict"].startswith("perhaps") for row in others)
    print(f"\nShares differ in points. Of the {len(others)} other outcomes {hints} perhaps move; the rest cannot be told "
          "apart.")


def times(ratio: float) -> str:
    """How many times, like "4.1 times"; nothing for NaN."""
    return "" if math.isnan(ratio) else f"{two_digits(ratio)} times"


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


def main_flips(comparison: Comparison) -> list[Flips]:
    """The flips of the main outcomes."""
    known = {question.id for question in comparison.a.questions}
    return [comparison.flips(id) for id in TOLD if id in known]


def tell_flips(flips: Flips, names: tuple[str, str]) -> str:
    """How many worlds flip either way, with some to look at, and how timing shifts in the rest."""
    here, there = names
    said = (f"{flips.says}: only in {here} in {flips.here:,} of {flips.n:,} worlds{_such_as(flips.here_worlds)}, only in "
            f"{there} in {flips.there:,}{_such_as(flips.there_worlds)}.")
    if flips.here + flips.there and flips.p < 0.1:
        said += f" A split as lopsided comes by luck in {chance(flips.p)}."
    if flips.sooner + flips.later:
        said += (f" Of the {flips.both:,} worlds with it on both sides it comes sooner in {there} in {flips.sooner:,} and "
                 f"later in {flips.later:,}.")
    return said


def chance(p: float) -> str:
    """A small probability as one in so many."""
    return "fewer than one of 1,000 cases" if p < 0.001 else f"{percent(p)} of cases"


def _such_as(worlds: tuple[int, ...]) -> str:
    return f" (such as {listed([str(world) for world in worlds[:3]])})" if worlds else ""


def listed(names: list[str]) -> str:
    """Names in a sentence: "7, 12 and 40"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def told_parting(comparison: Comparison) -> list[str]:
    """Where histories part, in sentences."""
    parting = comparison.parting()
    said = [f"In {parting.never:,} of the {parting.kept:,} worlds whose events are kept, the same happens on the same "
            "days on both sides." if parting.never else
            f"In each of the {parting.kept:,} worlds whose events are kept, something happens on one side and not on the "
            "other."]
    if len(parting.world):
        on = date(math.ceil(parting.median_day), comparison.a.scenario.date)
        said.append(f"Half of {'the others' if parting.never else 'them'} have parted by {on}. What is first to happen on one "
                    "side and not on the other, on that day:")
    return said


def _show_kinds(comparison: Comparison, parting: Parting) -> None:
    table = empty("", "event", "what it is", *(f"only in {name}" for name in comparison.names), "share", "middle day")
    for row in parting.kinds.head(MOST_PARTINGS).to_dict("records"):
        table.add_row("", row["event"], tell_event(row["event"]), f"{row['here']:,}", f"{row['there']:,}",
                      percent(row["share"]), date(math.ceil(row["median_day"]), comparison.a.scenario.date))
    if len(parting.world):
        show(table)


def limits(comparison: Comparison) -> list[str]:
    """What to bear in mind about this comparison in particular."""
    drawn = any("prior" in change.a + change.b for change in comparison.changes if change.kind == "parameter")
    given = any(row["given"] for row in moved(comparison))
    return [*([GIVEN] if given else []), *([UNPAIRED_SETS] if drawn else [])]


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


def _flips(flips: Flips) -> dict[str, Any]:
    """A row of the table of flips."""
    return {"id": flips.id, "says": flips.says, "n": flips.n, "both": flips.both, "only_a": flips.here, "only_b": flips.there,
            "neither": flips.neither, "p": plain(flips.p), "worlds_only_a": list(flips.here_worlds),
            "worlds_only_b": list(flips.there_worlds), "sooner_in_b": flips.sooner, "later_in_b": flips.later}
