"""The answer to a question for students: in words, as a hundred worlds that flip or do not, and by whose war it is."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from dashboards.paint import css
from dashboards.questions import Question, borne_out, shown
from dashboards.vega import SHARE, Chart
from sim.analysis.compare.compare import Comparison
from sim.analysis.compare.gist import Difference, difference
from sim.analysis.compare.paired import Flips
from sim.ensemble.estimates import Estimate
from sim.model.outcomes import shown as outcome
from sim.report.html.markup import Html, tag
from sim.report.text import compare
from sim.words import percent, phrase, shared_out

STYLE = """
<style>
.brink-flips { display: grid; gap: 2px; max-width: 23rem; }
.brink-flips i, .brink-legend i { box-sizing: border-box; }
.brink-flips i { aspect-ratio: 1; border-radius: 2px; background: rgba(128,128,128,.22); }
.brink-legend { display: grid; grid-template-columns: 0.9rem 1fr; gap: 0.25rem 0.5rem; margin-top: 0.7rem; font-size: 0.9rem;
  align-items: baseline; max-width: 30rem; }
.brink-legend i { width: 0.8rem; height: 0.8rem; border-radius: 2px; background: rgba(128,128,128,.22); }
</style>
"""


def headline(question: Question, one: Difference) -> str:
    """The answer in worlds."""
    return f"With the change: {compare.counted(one.b, question.of)} of {question.of:,} worlds"


def likely(answer: Estimate) -> str:
    """The probability word with its range, the estimate and its error."""
    return f"{phrase(answer.value).capitalize()}: {percent(answer.value)} ± {max(100 * answer.error, 0.1):.1f}."


def verdict(question: Question, one: Difference, guess: int) -> str:
    """What to make of the difference, and how far the guess was from it."""
    off = guess - question.of * one.b
    close = abs(off) <= max(0.5, 2 * question.of * one.se)
    mine = "as near as this many worlds can tell" if close else f"{abs(off):.0f} too {'high' if off > 0 else 'low'}"
    return f"{compare.moves_by(one, question.of)} You guessed **{guess}**: {mine}."


def flips(question: Question, counts: Flips) -> Html:
    """A square a world: where it happens either way, only with the change, only without, and not at all."""
    colour = css(outcome(question.outcome).colour)
    stripes = f"repeating-linear-gradient(45deg, {colour} 0 25%, transparent 25% 45%)"
    kinds = ((counts.both, f"background: {colour}", "either way"),
             (counts.there, f"background: {stripes}; border: 2px solid {colour}", "only with the change"),
             (counts.here, f"background: none; border: 2px solid {colour}", "only without the change"),
             (counts.neither, None, "neither way"))
    shares = shared_out([count for count, _, _ in kinds], question.of)
    squares = [tag("i", style=style) for share, (_, style, _) in zip(shares, kinds, strict=True) for _ in range(share)]
    said = "; ".join(f"{share} {says}" for share, (_, _, says) in zip(shares, kinds, strict=True))
    legend = [part for share, (_, style, says) in zip(shares, kinds, strict=True)
              for part in (tag("i", style=style), tag("span", f"{says}: {share}"))]
    wide = 10 if question.of == 100 else 40
    grid = tag("div", squares, class_="brink-flips", role="img", style=f"grid-template-columns: repeat({wide}, 1fr)",
               aria_label=f"Of {question.of:,} worlds, {question.happens}: {said}.")
    return tag("div", grid, tag("div", legend, class_="brink-legend"))


def parts(comparison: Comparison, id: str) -> Chart:
    """The labels of an outcome as one bar without the change and one with it."""
    labels = [label for label in comparison.a.question(id).labels if label not in ("none", "nobody")]
    rows = {label: difference(comparison, id, label) for label in labels}
    labels = [label for label in labels if rows[label].a or rows[label].b]
    codes = {label: outcome(id).code(label) for label in labels}
    sides = {"a": "without the change", "b": "with the change"}
    data = pd.DataFrame([{"side": says, "what": codes[label].says, "share": getattr(rows[label], side), "order": i}
                         for side, says in sides.items() for i, label in enumerate(labels)])
    top = max(data.groupby("side")["share"].sum(), default=0) if len(data) else 0
    spec = {"mark": {"type": "bar"}, "height": {"step": 56}, "config": {"view": {"stroke": None}}, "encoding": {
        "x": {"field": "share", "type": "quantitative", "axis": {**SHARE, "tickCount": 6},
              "scale": {"domain": [0, 1 if top > 0.5 else max(0.05, 1.1 * top)]}},
        "y": {"field": "side", "type": "nominal", "sort": list(sides.values()), "title": None,
              "axis": {"ticks": False, "domain": False, "labelPadding": 8}},
        "color": {"field": "what", "type": "nominal", "title": None, "legend": {"orient": "top", "columns": 2},
                  "scale": {"domain": [code.says for code in codes.values()],
                            "range": [code.colour for code in codes.values()]}},
        "order": {"field": "order"},
        "tooltip": [{"field": "what", "title": "What"}, {"field": "side", "title": "Side"},
                    {"field": "share", "type": "quantitative", "format": ".1%", "title": "Share of worlds"}]}}
    said = "; ".join(f"{codes[label].says} {percent(rows[label].a)} without and {percent(rows[label].b)} with the change"
                     for label in labels)
    return Chart(data, spec, f"Shares of all worlds: {said}.")


def reasons(question: Question, comparison: Comparison) -> Iterator[tuple[str, str, str]]:
    """Each reason: the mechanism, what the numbers say, and what to doubt about it, if anything."""
    for reason in question.reasons:
        one = difference(comparison, reason.outcome)
        yield reason.says, shown(reason, one), borne_out(reason, one)
