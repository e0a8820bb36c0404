"""The section on pathways: how worlds go, as a chart and as the few stories that stand for all."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from sim.analysis.pathways.pathways import Pathways, pathways
from sim.analysis.pathways.typical import typical
from sim.ensemble.results import Run
from sim.report.figures import pathways as drawn
from sim.report.html.pictures import chart
from sim.report.html.render import Row, render
from sim.words import of_hundred, percent

PATHS = 3
"""Of the commonest paths, those told to a reader who does not see the chart."""

def chart_of(run: Run) -> Markup:
    """How worlds go, as a chart."""
    paths = pathways(run)
    return chart(drawn.pathways(run, paths), "pathways", _finding(paths))


def _finding(paths: Pathways) -> str:
    """The commonest answers to each question, and the commonest paths, in words."""
    return " ".join((*answers(paths), *(f"{of_hundred(row.share)} of 100 worlds: {row.says}"
                                         for row in paths.paths.head(PATHS).itertuples())))


def answers(paths: Pathways) -> Iterator[str]:
    """Each question with the shares of its answers, as a sentence."""
    for question in paths.questions:
        rows = paths.nodes[paths.nodes["question"] == question.id]
        yield f"{question.label}: {', '.join(f'{row.label} {percent(row.share)}' for row in rows.itertuples())}."


def rows(run: Run) -> Iterator[Row]:
    """The few stories that stand for all, the commonest first: rows of a table."""
    for story in typical(run).stories:
        share = render("kept", f"{percent(story.share)} ± {100 * story.se:.1f}")
        yield (story.title, f"world {story.world}"), share, percent(story.war), percent(story.deal)
