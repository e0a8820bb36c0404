"""The findings of a study, as text for a terminal: plain sentences and tables, and what to make of them."""

from __future__ import annotations

import math
from pathlib import Path

from sim.analysis.sensitivity.breakeven import BreakEven, Frontier
from sim.analysis.sensitivity.prim import Box, Discovery, Region, number
from sim.analysis.sensitivity.sobol_morris import Sensitivity
from sim.analysis.sensitivity.table import Answers
from sim.analysis.sensitivity.variance import GroupShare, Variance
from sim.report.text.outcomes import signed
from sim.report.text.tables import show_table, wrapped
from sim.words import LIMITS, error_points, listed, of_hundred, percent, points, say, two_digits

MOST = 15
"""Parameters that are shown."""
PAIRS = 6
WIDE = 0.5
"""With an error above this, a share could be anything."""
MOSTLY = 0.9
"""The share from which more worlds a set would not help."""


def value(answers: Answers, at: float, error: float | None = None) -> str:
    """An outcome's mean, with its error: a share in percent, else a number with its unit."""
    if answers.share:
        return percent(at) + ("" if error is None else f" ± {error_points(error)}")
    unit = f" {answers.outcome.unit}".rstrip()
    return two_digits(at) + ("" if error is None else f" ± {two_digits(error)}") + unit


def change(answers: Answers, by: float, error: float | None = None) -> str:
    """A difference: of a share in points."""
    size = points(by) if answers.share else signed(by)
    if error is None:
        return size
    return f"{size} ± {f'{100 * error:.1f}' if answers.share else two_digits(error)}"


def _paragraph(text: str) -> None:
    say(*wrapped(text))


COVERED = ("Errors (±) and intervals of 90 % cover which sets were drawn and the luck that all sets share",
           "Errors (±) and intervals of 90 % cover which sets were drawn, not the luck that all sets share")


def _head(answers: Answers, notes: tuple[str, ...] | None = None) -> None:
    """What it is about, and what a reader must know before any number of it."""
    for note in answers.remarks if notes is None else notes:
        _paragraph(f"Note: {note}.")
    error = answers.error if answers.has_luck else None
    say(f"{answers.outcome.says}, in {answers.scenario}: {value(answers, answers.mean, error)} on average over "
        f"{len(answers):,} parameter sets ({int(answers.worlds.sum()):,} worlds)")


def _foot(answers: Answers, out: Path | None) -> None:
    _paragraph(f"{COVERED[not answers.has_luck]}. This is what the model's parameters do within the ranges of the study, most "
               f"of which are our priors. {LIMITS}")
    if out is not None:
        say(f"Tables and picture are in {out}")


def show_sensitivity(found: Sensitivity, out: Path | None = None) -> None:
    """The parameters that matter most, and how much they explain."""
    _head(found.answers, found.notes)
    {"sobol": _sobol, "morris": _morris, "curves": _curves}[found.method](found)
    clear = int(found.table["clear"].sum())
    say(f"{clear} of {len(found.table)} parameters stand clear of chance." + (
        f" The rest are not shown; --csv has all {len(found.table)}." if len(found.table) > MOST else ""))
    _foot(found.answers, out)


def _sobol(found: Sensitivity) -> None:
    show_table(("parameter", "alone", "90 % interval", "with others", "90 % interval", ""), (
        (row.parameter, f"{row.first:.3f}", f"{row.first_low:.3f} to {row.first_high:.3f}", f"{row.total:.3f}",
         f"{row.total_low:.3f} to {row.total_high:.3f}", "" if row.clear else "within chance")
        for row in found.table.head(MOST).itertuples()), whole=True)
    _paragraph("In words: were a parameter known, the variance of the outcome's mean from set to set would fall by the share "
               "in the first column; the second adds what it does only together with others (Sobol's first and total index, "
               f"Saltelli and others 2010). {_explained(found)}.")
    if found.second is not None:
        say("\nPairs that do most together, beyond what each does alone:")
        for row in found.second.head(PAIRS).itertuples():
            say(f"  {row.parameter} with {row.other}: {row.second:.3f} ({row.second_low:.3f} to {row.second_high:.3f})")


def _morris(found: Sensitivity) -> None:
    here = found.answers
    scale = (lambda x: f"{100 * x:.1f}") if here.share else two_digits
    show_table(("parameter", "mean size", "90 % interval", "mean", "varies by", "luck", ""), (
        (row.parameter, scale(row.mu_star), f"{scale(row.low)} to {scale(row.high)}", scale(row.mu), scale(row.sigma),
         scale(row.luck), "" if row.clear else "within chance")
        for row in found.table.head(MOST).itertuples()), whole=True)
    _paragraph(f"In words: how far the outcome moves if a parameter alone crosses its whole range, in {_unit(here)}: the mean "
               "size of the effect (Morris's mu*), the mean with its sign (mu), and by how much it differs with what the "
               "others are (sigma). What luck alone would show stands beside it.")


def _curves(found: Sensitivity) -> None:
    here = found.answers
    show_table(("parameter", "share", "90 % interval", "low to high end", ""), (
        (row.parameter, *(("-", "too few to tell") if found.doubt else
                          (f"{row.first:.3f}", f"{row.first_low:.3f} to {row.first_high:.3f}")),
         change(here, row.effect, row.effect_se), "" if row.clear else "within chance")
        for row in found.table.head(MOST).itertuples()), whole=True)
    shares = "" if found.doubt else (
        "In words: were a parameter known, the variance of the outcome's mean from set to set would fall by about this share "
        "(its first-order index, from curves through the sets). ")
    _paragraph(f"{shares}\"Low to high end\" is by how much the outcome differs, in {_unit(here)}, between the 5 % and the "
               f"95 % point of a parameter's range.{_floor(found)}")


def _floor(found: Sensitivity) -> str:
    return "" if found.doubt else (
        f" The strongest of idle parameters would show a share of {found.floor:.3f}, and more where luck that all "
        f"sets share bends with one. {_explained(found)}; the rest is what they do together.")


def _explained(found: Sensitivity) -> str:
    if found.explained_error > WIDE:
        return "How much all of them alone explain is too uncertain to tell"
    return f"All of them alone explain {found.explained:.2f} ± {found.explained_error:.2f} of 1"


def _unit(answers: Answers) -> str:
    return "points of a hundred" if answers.share else answers.outcome.unit or "its own unit"


def show_variance(found: Variance, out: Path | None = None) -> None:
    """Shares of luck and of parameters, and which ones it would help to know."""
    here = found.answers
    _head(here)
    say("\nWhere uncertainty comes from:")
    say(f"  what happens in one world       {_share(found.of_world)} parameters, the rest luck")
    say(f"  how the sets' means differ      {_share(found.of_means)} parameters, the rest luck that more worlds take away\n")
    _paragraph(verdict(found))
    _paragraph(_mean(found))
    if len(found.groups):
        _groups(found)
    _foot(here, out)


def _share(part: GroupShare) -> str:
    return f"{100 * part.value:5.1f} % ± {100 * part.error:.1f}"


def verdict(found: Variance) -> str:
    """Whether more worlds or better knowledge would help."""
    here, each = found.answers, round(float(found.answers.worlds.mean()))
    noun = _noun(here)
    spread = value(here, found.deviation) if not here.share else f"{100 * found.deviation:.1f} points"
    known = f"{100 * found.of_means.value:.0f} % of the uncertainty about the {noun} of a set is about parameters"
    more = "would not help" if found.of_means.value >= MOSTLY else f"than {each} would help a little"
    return (f"More worlds a set {more}: {known}. With luck taken out, the {noun} has a standard deviation of {spread} from set "
            "to set, and only knowing the parameters better makes that less. Even then luck decides: "
            f"{100 - 100 * found.of_world.value:.0f} % of the variance of what happens in one world would stay.")


def _mean(found: Variance) -> str:
    here = found.answers
    more = "more worlds a set (brink sweep --extend)" if found.luck_error > found.sets_error else "more parameter sets"
    return (f"The mean over all sets, {value(here, here.mean)}, is off by about {_off(here, found.luck_error)} for want of "
            f"more luck, which all sets share, and by {_off(here, found.sets_error)} for want of more sets: to know it better "
            f"takes {more}.")


def _noun(answers: Answers) -> str:
    return "probability" if answers.share else "mean"


def _off(answers: Answers, error: float) -> str:
    return f"{max(100 * error, 0.05):.1f} points" if answers.share else value(answers, error)


def _groups(found: Variance) -> None:
    say(f"\nExpected fall in the variance of the {_noun(found.answers)}, if all parameters of one were known:")
    show_table(("whose", "parameters", "fall", "90 % interval"), (
        (row.people, str(row.parameters), f"{100 * row.fall:.1f} %", f"{100 * row.low:.1f} to {100 * row.high:.1f}")
        for row in found.groups.itertuples()), whole=True)
    say(f"What they do only together, or by turns too sharp for a curve: {_share(found.rest).strip()}")


def show_breakeven(found: BreakEven, out: Path | None = None) -> None:
    """Where the answer flips."""
    here, other = found.answers, found.other
    _head(here)
    against = f"the level {value(here, other)}" if isinstance(other, float) else f"{other}"
    say(f"It lies {change(here, found.gap, found.error)} {_points(here)} {'above' if found.gap > 0 else 'from'} {against} "
        "on average.\n")
    flips = found.table[found.table["flips"]]
    if len(flips):
        say(f"{here.outcome.id} and {against} change places where:")
        for row in flips.itertuples():
            side = "above" if row.top > row.bottom else "below"
            say(f"  {row.parameter} passes {number(row.value)} ({number(row.low)} to {number(row.high)}); it is the greater "
                f"{side} that")
    else:
        say("No parameter flips it alone within the range of the study, the others averaged.")
    say()
    _nearest(found)
    if found.frontier is not None:
        _frontier(found.frontier, here.outcome.id, against)
    elif len(found.table[found.table["clear"]]) > 1:
        say("No two of the strongest parameters have a frontier within their ranges either.")
    _foot(here, out)


def _points(answers: Answers) -> str:
    return "points" if answers.share else answers.outcome.unit


def _nearest(found: BreakEven) -> None:
    """How far the gap goes along what moves it most."""
    clear = found.table[found.table["clear"]].head(MOST)
    if not len(clear):
        say("No parameter moves the gap clearly.")
        return
    say(f"What moves the gap most (in {_points(found.answers)}):")
    show_table(("parameter", "from", "gap there", "to", "gap there", "flips at"), (
        (row.parameter, number(row.start), change(found.answers, row.bottom, row.bottom_se), number(row.end),
         change(found.answers, row.top, row.top_se), number(row.value) if row.flips else "does not flip")
        for row in clear.itertuples()), whole=True)


def _frontier(found: Frontier, name: str, against: str) -> None:
    say()
    _paragraph(f"The clearest frontier of two: {found.first} and {found.second}. {name} is the greater in "
               f"{100 * found.above:.0f} % of their plane; the frontier puts {100 * found.right:.0f} of 100 sets on their side "
               f"({100 * found.guess:.0f} of 100 without it). It flips:")
    for row in found.table.itertuples():
        where = "nowhere in its range" if math.isnan(row.second) else \
            f"at {number(row.second)} ({number(row.low)} to {number(row.high)})"
        say(f"  with {found.first} at {number(row.first)}: {found.second} {where}")


def show_discovery(found: Discovery, out: Path | None = None) -> None:
    """The boxes and the tree, in words."""
    _head(found.answers)
    _paragraph(f"Looked at: {', '.join(found.looked_at)} (the strongest of {len(found.answers.names)}). Conditions were found "
             "in one half of the sets; the numbers are those of the other half.")
    for title, box in (("Where it is common", found.high), ("Where it is rare", found.low)):
        say(f"\n{title} (PRIM):")
        _box(found.answers, box)
    say("\nThe whole space, parted by a tree:")
    for leaf in found.leaves:
        _paragraph(f"- {sentence(found.answers, leaf)}")
    say()
    if found.answers.shared_luck:
        _paragraph("All sets share their luck, so that part of these errors, about "
                   f"{_off(found.answers, found.answers.shared_luck)}, moves all numbers together; what a part of the space is "
                   "above or below the rest is surer, and has an error of its own.")
    _foot(found.answers, out)


def _box(answers: Answers, box: Box | None) -> None:
    if box is None:
        say("  no box holds up in the other half of the sets")
        return
    _paragraph(sentence(answers, box.region))
    for limit in box.region.limits:
        say(f"  {limit.parameter:<34} limited again in {100 * limit.stable:.0f} of 100 halves drawn anew, on other luck")


def sentence(answers: Answers, region: Region) -> str:
    """A region in words."""
    when = f"When {listed([str(limit) for limit in region.limits])}" if region.limits else "Everywhere"
    if region.sets < 2:
        return f"{when}: too few sets to tell by."
    rest = f"; {change(answers, region.apart, region.apart_error)} against the rest" if region.limits else ""
    if answers.share:
        what = f"it comes in {of_hundred(region.density)} of 100 worlds (± {error_points(region.error)}{rest})"
        holds = f"; there lie {100 * region.coverage:.0f} % of all worlds with it"
    else:
        what, holds = f"it is {value(answers, region.density, region.error)}{rest and f' ({rest[2:]})'}", ""
    return f"{when}: {what}, {100 * region.mass:.0f} % of the sets ({region.sets:,}){holds}."
