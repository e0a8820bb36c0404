"""The contents of charts for all that draw them: numbers, words and colours.

Files and reports have it drawn by Matplotlib (this folder), pages by Vega-Lite (`dashboards/charts*.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.compare.compare import Comparison
from sim.analysis.compare.gist import Difference, differences
from sim.analysis.pathways.association import Separation
from sim.engine import Array
from sim.ensemble import survival
from sim.ensemble.estimates import Z90
from sim.ensemble.recorder import Variable
from sim.ensemble.results import Run
from sim.model.outcomes import HEADLINES
from sim.report.figures import look
from sim.report.text import compare as told
from sim.words import date, percent, points, two_digits, typeset

FIRST, INITIATOR = "round_two", "first_initiator"


@dataclass(frozen=True)
class Words:
    """The title of a chart, a sentence on what it shows, and how to read it."""

    title: str
    summary: str
    reading: str


@dataclass(frozen=True)
class FirstStrikes:
    """The share of worlds with a first strike before each day from 0 to the horizon.

    `curve` is that of `survival.curve`; `labels` are those of its columns that occur, in the order of the outcome, with their
    `names` in words and their `colours`.
    """

    words: Words
    curve: Mapping[str, Array]
    labels: list[str]
    names: list[str]
    colours: list[str]


def first_strikes(run: Run, by: str = INITIATOR) -> FirstStrikes:
    """First strikes by date, in the parts that the labels of the outcome `by` make of them."""
    curve = survival.curve(run.column(FIRST), run.column(by), run.days, run.set_of_world)
    split = "who struck first" if by == INITIATOR else "why the first shot was fired"
    words = Words("When the first strike comes",
                  f"Share of simulated worlds with a US, Israeli or Iranian strike so far: {percent(curve['share'][-1])} by "
                  f"{date(run.days, run.scenario.date)}",
                  f"Areas: {split}. Line: all of them, with the 90 % error of simulating a limited number of worlds as a band.")
    question, present = run.question(by), survival.by_label(curve)
    codes = {label: question.shown.code(label) for label in question.labels if label in present}
    return FirstStrikes(words, curve, list(codes), [code.says for code in codes.values()],
                        [code.colour for code in codes.values()])


FAN = ("Line: median. Bands: the middle half of worlds and nine of ten, each day taken for itself; no single world follows "
       "their edges.")
"""How to read a fan."""
QUANTILES = {"q05": "5 %", "q25": "25 %", "q50": "median", "q75": "75 %", "q95": "95 %"}
BANDS = (("q05", "q95"), ("q25", "q75"))
"""The bands of a fan, the widest first."""
MIDDLE, LOW, HIGH = "q50", "q25", "q75"


@dataclass(frozen=True)
class Fan:
    """A recorded variable by day: its quantiles over worlds, and the last of each in words."""

    variable: Variable
    series: Mapping[str, Array]
    ends: Mapping[str, str]

    @property
    def colour(self) -> str:
        """The colour of the variable's owner."""
        return look.colour_of(self.variable.name)

    @property
    def from_zero(self) -> bool:
        """Whether its axis begins at zero: where the values come near it."""
        return bool(0 <= self.series["q05"].min() < 0.5 * self.series["q95"].max())

    @property
    def at_the_end(self) -> str:
        """The last quantiles, in words."""
        unit = f" {self.variable.unit}" if self.variable.unit else ""
        return f"{self.ends['q50']}{unit} in the middle world, {self.ends['q05']} to {self.ends['q95']} in nine of ten"


def fan(run: Run, name: str) -> Fan:
    """A recorded variable by date. Raises BrinkError if the run has none of that name."""
    variable, series = run.variable(name), run.series(name)
    return Fan(variable, series, {q: f"{series[q][-1]:,.0f}" if variable.whole else two_digits(float(series[q][-1]))
                                  for q in QUANTILES})


LEAST = 0.2
"""Points that a chart of a difference spans to either side of zero at least."""


def in_points(table: pd.DataFrame) -> pd.DataFrame:
    """The difference of two curves, with its band, in points of a hundred."""
    return table.assign(**{name: 100 * table[name] for name in ("difference", "low", "high")})


def span(gap: pd.DataFrame) -> tuple[float, float]:
    """The lowest and the highest value of the band."""
    return min(float(gap["low"].min()), -LEAST), max(float(gap["high"].max()), LEAST)


def curves(comparison: Comparison, names: tuple[str, str]) -> Words:
    """The words for both sides' curves of first strikes and their difference; `names` are those of the sides."""
    return Words("What the change does to the first strike", told.curve_ends(comparison, names),
                 "Above: share of worlds with a US, Israeli or Iranian strike so far. Below: the difference, with its 90 % "
                 "band, each day taken for itself.")


def signed(share: float) -> str:
    """A difference of shares in points, as a page has it."""
    return typeset(points(share))


DOTS = ("Dots: difference, filled where it is clear (3 standard errors), open where it is a hint, grey where it cannot be told "
        "from zero. Bars: its 90 % band on shared luck. Pale bars: what that would be if each side had luck of its own.")
"""How to read the differences of the main outcomes."""
WAYS = {"more": look.RISES, "fewer": look.FALLS, "not clear": look.GREY}
"""Directions of a difference, with their colours."""


def main(comparison: Comparison) -> list[Difference]:
    """Those of the headline outcomes, always in one order, so that two charts can be laid side by side.

    Of another model they are those of all that happen or do not.
    """
    plain = [one for one in differences(comparison) if one.happens and not one.given]
    chosen = [one for one in plain if one.id in HEADLINES]
    return chosen if len(chosen) == len(HEADLINES) else plain


def dots(rows: Sequence[Difference]) -> pd.DataFrame:
    """One row per difference, in points of a hundred, with the band on shared luck (low, high) and on separate luck.

    "way" is one of `WAYS`, "open" whether its dot is.
    """
    value, se, wide = 100 * np.array([(one.difference, one.se, one.se_unpaired) for one in rows]).reshape(-1, 3).T
    told = np.array([one.clear or one.hint for one in rows], bool)
    return pd.DataFrame({
        "difference": value, "low": value - Z90 * se, "high": value + Z90 * se, "wide_low": value - Z90 * wide,
        "wide_high": value + Z90 * wide, "way": np.where(told, np.where(value > 0, "more", "fewer"), "not clear"),
        "open": [one.hint for one in rows], "verdict": [one.verdict for one in rows]})


@dataclass(frozen=True)
class Before:
    """Kinds of event that stand out before an outcome, by their ratio, the lowest first; `measure` says what of."""

    words: Words
    measure: str
    rows: pd.DataFrame
    times: str

    @property
    def span(self) -> tuple[float, float]:
        """The ends of the axis of ratios."""
        low, high = (self.rows["low"].min(), self.rows["high"].max()) if len(self.rows) else (0.5, 2)
        return min(0.45, 0.9 * low), max(2.2, 1.1 * high)


def before(found: Separation, names: Mapping[str, str], most: int) -> Before:
    """At most so many kinds of event, those that go with most of the outcome; `names` is what each is called.

    The rows are those of `Separation.events`, with "name" and "colour".
    """
    clear = found.events[found.events["clear"]]
    rows = clear.reindex(clear["share"].abs().sort_values(ascending=False, kind="stable").index).head(most)
    rows = rows.assign(name=[names.get(event, event) for event in rows["event"]], colour=rows["event"].map(look.colour_of))
    came, measure = _compared(found)
    words = Words(f"What goes before: {found.question.says}", f"{came} {measure}",
                  "Dots: ratios, with their 90 % intervals. Shown are the kinds of event that go with most of it, of "
                  f"{len(found.events)} that were compared and {len(clear)} that stand out from chance. This is association "
                  "within the model, not effect.")
    return Before(words, measure, rows.sort_values("ratio", kind="stable"),
                  "times the rate" if found.before else "times as often")


def _compared(found: Separation) -> tuple[str, str]:
    """A sentence on how often the outcome came, and one on what is compared."""
    worlds = f"in {found.cases:,} of {found.worlds:,} worlds."
    if found.before is None:
        return (f"It came true {worlds}", "Shown is how many times as often where an event happened\nat some time as where it "
                                          "did not")
    rate = "the rate of the last step towards it" if len(found.last_steps) else "its rate"
    return (f"It came {worlds}", f"Shown is {rate} where an event happened in the {found.before} days\nbefore, in multiples of "
                                 "the rate in other worlds on the same date")
