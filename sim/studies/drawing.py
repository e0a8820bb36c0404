"""The overview of the causal diagram as SVG, written by hand so that the same model gives the same bytes everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import NamedTuple

WIDTH, HEIGHT = 1000, 760

PLACES = {
    "us": (250, 110, "United States"), "israel": (750, 110, "Israel"), "iran": (500, 640, "Iran"),
    "talks": (300, 400, "Nuclear talks"), "war": (560, 340, "War with Iran"), "oil": (90, 300, "Oil"),
    "street": (240, 620, "Iranian street"), "gaza": (890, 300, "Gaza"), "hamas": (905, 450, "Hamas"),
    "hezbollah": (800, 560, "Hezbollah"), "houthis": (690, 690, "Houthis"), "militias": (110, 480, "Iraqi militias"),
}
"""Where each entity stands, and what it is called."""

ARENAS = {"talks", "war", "oil", "street", "gaza"}
HALF_WIDTH, HALF_HEIGHT = 68, 22
BEND = 0.12
"""How far an arrow bows out, as a share of its length, so that two that go opposite ways part."""


class Arrow(NamedTuple):
    """So many terms of the target's rules read the source's state."""

    source: str
    target: str
    count: int


def diagram(arrows: Sequence[Arrow]) -> str:
    """The picture."""
    style = ("text{font:14px sans-serif;fill:#222;text-anchor:middle} .few{font-size:11px;fill:#666} "
             "path{fill:none;stroke-opacity:.75}")
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
             "<title>Who looks at whom when deciding</title>", f"<style>{style}</style>",
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', "<defs>",
             *(marker(source) for source in PLACES), "</defs>"]
    lines += [curve(arrow) for arrow in sorted(arrows, key=lambda arrow: arrow.count)]
    lines += [box(key) for key in PLACES]
    lines += [f'<text x="{WIDTH // 2}" y="{HEIGHT - 14}" class="few">An arrow leads from an entity to one whose decisions look at '
              "it; its width, and the number at its middle, say in how many terms.</text>", "</svg>", ""]
    return "\n".join(lines)


def colour(key: str) -> str:
    """Of the arrows that leave an entity."""
    return {"us": "#1f5fa8", "israel": "#3aa0c9", "iran": "#b3402a", "war": "#5c5c5c", "talks": "#6a8f2f", "oil": "#8a6d3b",
            "street": "#c77f2a", "gaza": "#8b5aa8"}.get(key, "#9a8f6a")


def marker(source: str) -> str:
    """The head of arrows from a source."""
    return (f'<marker id="{source}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" markerHeight="11" '
            f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" style="fill:{colour(source)};stroke:none"/></marker>')


def curve(arrow: Arrow) -> str:
    """One arrow, from edge to edge, with its number."""
    (x0, y0, _), (x1, y1, _) = PLACES[arrow.source], PLACES[arrow.target]
    mx, my = (x0 + x1) / 2 - (y1 - y0) * BEND * 2, (y0 + y1) / 2 + (x1 - x0) * BEND * 2
    (sx, sy), (tx, ty) = edge(x0, y0, mx, my), edge(x1, y1, mx, my)
    lx, ly = (sx + 2 * mx + tx) / 4, (sy + 2 * my + ty) / 4
    width = 0.8 + 0.32 * arrow.count
    return (f'<path d="M{sx:.0f} {sy:.0f}Q{mx:.0f} {my:.0f} {tx:.0f} {ty:.0f}" stroke="{colour(arrow.source)}" '
            f'stroke-width="{width:.1f}" marker-end="url(#{arrow.source})"/>'
            + (f'<text x="{lx:.0f}" y="{ly:.0f}" class="few">{arrow.count}</text>' if arrow.count > 2 else ""))


def edge(x: float, y: float, toward_x: float, toward_y: float) -> tuple[float, float]:
    """The point on the edge of the box at (x, y) on the way to another point."""
    dx, dy = toward_x - x, toward_y - y
    scale = min(HALF_WIDTH / abs(dx) if dx else 1e9, HALF_HEIGHT / abs(dy) if dy else 1e9, 1.0)
    return x + dx * scale, y + dy * scale + (0 if hypot(dx, dy) else 1)


def box(key: str) -> str:
    """An entity: actors are boxes, arenas are rounded and grey."""
    x, y, says = PLACES[key]
    round_, fill = (20, "#eeeeee") if key in ARENAS else (5, "#fff7e0")
    return (f'<rect x="{x - HALF_WIDTH}" y="{y - HALF_HEIGHT}" width="{2 * HALF_WIDTH}" height="{2 * HALF_HEIGHT}" rx="{round_}" '
            f'fill="{fill}" stroke="{colour(key)}" stroke-width="2"/><text x="{x}" y="{y + 5}">{says}</text>')
