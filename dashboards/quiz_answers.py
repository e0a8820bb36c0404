"""The answer to a question for students: in words, in squares of worlds that flip or do not, and by whose war it is."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from dashboards.quiz import Quiz
from dashboards.theme import css
from dashboards.vega import SHARE, Chart, amount, chart, colour, kind, layer, mark, tip
from sim.analysis.compare.compare import Comparison
from sim.analysis.compare.gist import Difference, difference
from sim.analysis.compare.paired import Discordant
from sim.ensemble.estimates import Estimate
from sim.model.outcomes import shown as outcome
from sim.report.html.render import render
from sim.report.text import compare
from sim.words import error_points, percent, phrase

WAYS = {"both": "either way", "here": "only without the change", "there": "only with the change", "": "neither way"}
"""What the squares mean."""


def likely(answer: Estimate) -> str:
    """The probability word with its range, the estimate and its error."""
    return f"{phrase(answer.value).capitalize()}: {percent(answer.value)} ± {error_points(answer.error)}."


def verdict(question: Quiz, one: Difference, guess: int) -> str:
    """The difference in words, and how far the guess was from it."""
    off = guess - question.out_of * one.b
    close = abs(off) <= max(0.5, 2 * question.out_of * one.se)
    mine = "as near as this many worlds can tell" if close else f"{abs(off):.0f} too {'high' if off > 0 else 'low'}"
    return f"{compare.moves_by(one, question.out_of)} You guessed **{guess}**: {mine}."


def flips(question: Quiz, counts: Discordant) -> Markup:
    """One square per world: where it happens either way, only without the change, only with it, and not at all."""
    shared = compare.squares(counts, question.out_of)
    kinds, shade = tuple(zip(WAYS, shared, strict=True)), css(outcome(question.outcome).colour)
    says = f"{question.happens}. {compare.in_squares(shared, tuple(WAYS.values()), question.out_of)}"
    return (render("icons", kinds, says, shade, "large" if question.out_of == 100 else "large thousand")
            + render("legend", [(kind, f"{WAYS[kind]}: {count}") for kind, count in kinds], shade))


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
    shares = "; ".join(f"{codes[label].says} {percent(rows[label].a)} without and {percent(rows[label].b)} with the change"
                       for label in labels)
    return chart(data, f"Shares of all worlds: {shares}.", layer(
        mark("bar"), order={"field": "order"},
        x=amount("share", axis={**SHARE, "tickCount": 6}, scale={"domain": [0, 1 if top > 0.5 else max(0.05, 1.1 * top)]}),
        y=kind("side", title=None, axis={"ticks": False, "domain": False, "labelPadding": 8}),
        color=colour("what", [code.says for code in codes.values()], [code.colour for code in codes.values()], 2),
        tooltip=[tip("what", "What"), tip("side", "Side"), tip("share", "Share of worlds", ".1%")]), height={"step": 56})
