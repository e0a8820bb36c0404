"""Pathways of worlds as an alluvial chart: columns are questions, blocks their answers, streams the worlds between them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from sim.analysis.pathways.pathways import Pathways
from sim.ensemble.results import Run
from sim.model.codes import Initiator
from sim.report.figures import look
from sim.words import date, percent

BY = "turn"
"""The question whose answers colour the streams."""
CALM = "turn:nobody"
"""Where no war comes: in a column, answers that seldom lead here stand on top."""
INK_OF_BLOCKS = "#4a4a4a"
READING = ("Read from left to right: what flows into a block flows out of it. In each column the answers that war follows most "
           "often stand on top.")
COLOURS = {name: Initiator.members[name.replace("_", " ")].colour
           for name in ("united_states", "both", "israel", "iran", "nobody")}
SIZE = (11.0, 6.6)
BAR, GAP = 0.06, 0.045
"""Width of a block, in columns, and space between blocks as a share of the height."""
SMALL = 0.015
"""Answers of a smaller share of worlds are merged as "Other"."""
OTHER = "other"


@dataclass
class Block:
    """An answer on the chart: its share of worlds, where it lies, and how far streams fill it from the top on either side."""

    label: str
    share: float
    calm: float
    column: int
    top: float = 0.0
    height: float = 0.0
    filled_in: float = 0.0
    filled_out: float = 0.0


def pathways(run: Run, paths: Pathways) -> Figure:
    """From how the year opens to how it stands at the end; streams have the colour of who strikes first."""
    with look.style():
        figure = look.Picture(figsize=SIZE)
        axes = figure.add_axes((0.02, 0.105, 0.83, 0.72))
        subtitle = (f"Shares of {paths.worlds:,} simulated worlds from {date(0, run.scenario.date)} to "
                    f"{date(run.days, run.scenario.date)}. A stream has the colour of who strikes first.")
        caption = textwrap.fill(look.caption(run, READING), 200)
        look.put_words(figure, ("How worlds go, from the opening to the end", subtitle, caption), (0.965, 0.918, 0.02),
                       (14, 9.5), (None, 1.5))
        _draw(axes, paths)
    return figure


def _draw(axes: Axes, paths: Pathways) -> None:
    blocks, merged = _blocks(paths)
    scale = _place(blocks)
    for source, target, kind, share in _streams(paths, blocks, merged):
        _stream(axes, blocks[source], blocks[target], share * scale, COLOURS[kind])
    for x, question in enumerate(paths.questions):
        axes.text(x, 1.04, question.label, size=9.5, weight="bold", ha="left", va="bottom")
    for node, block in blocks.items():
        _block(axes, block, COLOURS.get(node.removeprefix(f"{BY}:"), INK_OF_BLOCKS))
    axes.set(xlim=(-0.01, len(paths.questions) - 1 + BAR), ylim=(0, 1))
    axes.axis("off")


def _blocks(paths: Pathways) -> tuple[dict[str, Block], dict[str, str]]:
    """The blocks by node, the small ones of a column in one; and the block's node of every node."""
    ids = [question.id for question in paths.questions]
    blocks: dict[str, Block] = {}
    merged = {}
    small = paths.nodes[paths.nodes["share"] < SMALL].groupby("question").size()
    for row in paths.nodes.itertuples():
        node = f"{row.question}:{OTHER}" if row.share < SMALL and small[row.question] > 1 else row.node
        merged[row.node] = node
        block = blocks.setdefault(node, Block(row.label if node == row.node else "Other", 0.0, 0.0, ids.index(row.question)))
        block.share += row.share
        block.calm += len(paths.worlds_through(row.node, CALM)) / paths.worlds
    return blocks, merged


def _place(blocks: dict[str, Block]) -> float:
    """Stack the blocks of each column, those with the least calm on top; the height of all worlds."""
    last = max(block.column for block in blocks.values())
    columns = [[block for block in blocks.values() if block.column == x] for x in range(last + 1)]
    scale = 1 - GAP * (max(map(len, columns)) - 1)
    for column in columns:
        top = 1 - (1 - scale - GAP * (len(column) - 1)) / 2
        for block in sorted(column, key=lambda block: block.calm / block.share):
            block.top, block.height = top, block.share * scale
            top -= block.height + GAP
    return scale


def _streams(paths: Pathways, blocks: dict[str, Block], merged: dict[str, str]) -> Iterator[tuple[str, str, str, float]]:
    """Each stream with its share of worlds, in the order in which blocks are filled from the top: source, target, colour."""
    table = paths.streams(BY).replace({"source": merged, "target": merged})
    table = table.groupby(["source", "target", BY], as_index=False)["count"].sum()
    colours = list(COLOURS)
    for source, target, kind, count in sorted(table.itertuples(index=False), key=lambda row: (
            -blocks[row[0]].top, -blocks[row[1]].top, colours.index(row[2].removeprefix(f"{BY}:")))):
        yield source, target, kind.removeprefix(f"{BY}:"), count / paths.worlds


def _stream(axes: Axes, source: Block, target: Block, height: float, colour: str) -> None:
    """A ribbon that is level at both ends."""
    left, right = source.column + BAR, target.column
    y0, y1 = source.top - source.filled_out, target.top - target.filled_in
    source.filled_out += height
    target.filled_in += height
    middle = (left + right) / 2
    corners = [(left, y0), (middle, y0), (middle, y1), (right, y1), (right, y1 - height), (middle, y1 - height),
               (middle, y0 - height), (left, y0 - height), (left, y0)]
    curve = [Path.CURVE4] * 3
    path = Path(corners, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
    axes.add_patch(PathPatch(path, facecolor=colour, alpha=0.6, linewidth=0))


def _block(axes: Axes, block: Block, colour: str) -> None:
    """A block with its label at the right."""
    axes.add_patch(Rectangle((block.column, block.top - block.height), BAR, block.height, facecolor=colour, linewidth=0))
    axes.text(block.column + BAR + 0.02, block.top - block.height / 2, f"{block.label}\n{percent(block.share)}", size=8.2,
              va="center", ha="left", linespacing=1.15, path_effects=[withStroke(linewidth=2.4, foreground=look.PAPER)])
