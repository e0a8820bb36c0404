"""Pathways and typical stories, as text for a terminal."""

from __future__ import annotations

from pathlib import Path

from sim.analysis.pathways.pathways import Pathways
from sim.analysis.pathways.typical import Typical
from sim.ensemble.results import Run
from sim.report.text.tables import show_table, wrapped
from sim.words import LIMITS, error_points, of_hundred

PATHS = 8
"""The commonest paths that are shown."""


def show_pathways(run: Run, place: Path, paths: Pathways, typical: Typical, out: Path | None) -> None:
    """Shares of the answers, the commonest paths, and the stories.

    `place` is where the run is kept, and `out` where tables and picture are, if they are.
    """
    print(f"{run.scenario.title}: pathways of {paths.worlds:,} worlds (those whose events are kept), {run.days} days\n")
    show_answers(paths)
    shown = paths.paths.head(PATHS)
    print(f"\nThe commonest {len(shown)} of {len(paths.paths):,} whole paths, {of_hundred(shown['share'].sum())} of 100 "
          "worlds:")
    for row in shown.itertuples():
        print(*wrapped(f"{row.says} (world {row.world})", f"{_share(row.share, row.se)}  "), sep="\n")
    print(f"\n{len(typical.stories)} stories that stand for all worlds, each told by the world in its middle.")
    print(f"They shade into one another: their mean silhouette is {typical.clusters.silhouette:.2f}, where 1 would be sharply "
          "apart.")
    for i, story in enumerate(typical.stories, 1):
        print(*wrapped(f"{_share(story.share, story.se).strip()} worlds: {story.title}", f"  {i}. "),
              f"     Of these worlds {of_hundred(story.war)} of 100 see a war, {of_hundred(story.deal)} a deal.",
              f"     See it: brink explain {place} --world {story.world}", sep="\n")
    print("\nThe most typical world by how it goes:")
    for kind, world in typical.by_kind().items():
        print(f"  {kind:<15} brink explain {place} --world {world}")
    print(LIMITS)
    if out is not None:
        print(f"Tables and picture are in {out}")


def show_answers(paths: Pathways) -> None:
    """One row per question: its answers with their shares."""
    show_table(("question", "answers, of 100 worlds"), (
        (question.label, "; ".join(f"{row.label} {of_hundred(row.share)} ± {error_points(row.se)}"
                                   for row in paths.nodes[paths.nodes["question"] == question.id].itertuples()))
        for question in paths.questions), whole=True)


def _share(share: float, error: float) -> str:
    return f"{of_hundred(share):>3} of 100 ± {error_points(error)}"
