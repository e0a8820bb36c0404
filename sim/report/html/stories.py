"""The section on pathways: how worlds go, as a chart and as the few stories that stand for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.analysis.pathways.pathways import pathways
from sim.analysis.pathways.typical import typical
from sim.report.figures import pathways as drawn
from sim.report.html.markup import Html, Part, html, table, tag
from sim.report.html.outcomes import kept
from sim.report.html.pictures import chart
from sim.words import of_hundred, percent

if TYPE_CHECKING:
    from sim.analysis.pathways.pathways import Pathways
    from sim.analysis.pathways.typical import Story
    from sim.ensemble.results import Run

PATHS = 3
"""Of the commonest paths, those told to a reader who does not see the chart."""

COLUMNS = ("story", "share of worlds", "of these, with a war", "with a deal")

ABOUT = ("Each story is that of the world in the middle of a group of worlds that go much the same way. The group is what "
         "counts; the dates and details are those of one world.")


def section(run: Run) -> Html:
    """Both, from the worlds whose events are kept."""
    paths = pathways(run)
    return html(chart(drawn.pathways(run, paths), "pathways", _finding(paths)), tag("p", ABOUT),
                table("Typical worlds, the commonest first.", COLUMNS, map(_story, typical(run).stories), numbers=(1, 2, 3),
                      wide=(2, 3)))


def _finding(paths: Pathways) -> str:
    """The commonest answers to each question, and the commonest paths, in words."""
    return " ".join((*answers(paths), *(f"{of_hundred(row.share)} of 100 worlds: {row.says}"
                                         for row in paths.paths.head(PATHS).itertuples())))


def answers(paths: Pathways) -> Iterator[str]:
    """Each question with the shares of its answers, as a sentence."""
    for question in paths.questions:
        rows = paths.nodes[paths.nodes["question"] == question.id]
        yield f"{question.label}: {', '.join(f'{row.label} {percent(row.share)}' for row in rows.itertuples())}."


def _story(story: Story) -> Sequence[Part]:
    share = kept(f"{percent(story.share)} ± {100 * story.se:.1f}")
    return [story.title, tag("small", f"world {story.world}")], share, percent(story.war), percent(story.deal)
