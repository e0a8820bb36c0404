"""The overview of the causal diagram as SVG, written by hand so that the same model gives the same bytes everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot

from sim.model.crisis import Crisis
from sim.model.entities import Arena, Entity
from sim.model.registry import cards

WIDTH, HEIGHT = 1000, 760

HALF_WIDTH, HALF_HEIGHT = 68, 22
BEND = 0.12
"""How far an arrow bows out, as a share of its length, so that two that go opposite ways part."""


LEGEND = ("An arrow leads from an entity to one whose decisions look at it; its width, and the number at its middle, say in "
          "how many terms.")


def diagram(looks: Mapping[tuple[str, str], int]) -> str:
    """The picture, given how many terms of the second one's rules read the first one's state, by pairs of entities."""
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
             "<title>Who looks at whom when deciding</title>", f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    lines += [curve(source, target, terms) for terms, source, target in sorted((count, *pair) for pair, count in looks.items())
              if source != target]
    lines += [box(state) for state in Crisis.states]
    lines += [text(WIDTH / 2, HEIGHT - 14, LEGEND, 12), "</svg>", ""]
    return "\n".join(lines)


def text(x: float, y: float, says: str, size: int = 14) -> str:
    """Words, centred."""
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-family="sans-serif" font-size="{size}" fill="#222">'
            f"{says}</text>")


def curve(source: str, target: str, terms: int) -> str:
    """One arrow, from edge to edge, with its number."""
    (x0, y0), (x1, y1) = cards()[source].place, cards()[target].place
    mx, my = (x0 + x1) / 2 - (y1 - y0) * BEND * 2, (y0 + y1) / 2 + (x1 - x0) * BEND * 2
    (sx, sy), (tx, ty) = edge(x0, y0, mx, my), edge(x1, y1, mx, my)
    ink, width = cards()[source].colour, 0.8 + 0.32 * terms
    line = (f'<path d="M{sx:.0f} {sy:.0f}Q{mx:.0f} {my:.0f} {tx:.0f} {ty:.0f}" fill="none" stroke="{ink}" '
            f'stroke-opacity="0.75" stroke-width="{width:.1f}"/>')
    number = text((sx + 2 * mx + tx) / 4, (sy + 2 * my + ty) / 4 + 4, str(terms), 12) if terms > 3 else ""
    return line + head(tx - mx, ty - my, tx, ty, ink, 5 + width / 2) + number


def head(dx: float, dy: float, x: float, y: float, ink: str, half: float) -> str:
    """The head of an arrow that comes from direction (dx, dy) and ends at (x, y)."""
    length = hypot(dx, dy)
    ux, uy = dx / length, dy / length
    bx, by = x - 2 * half * ux, y - 2 * half * uy
    corners = ((x, y), (bx - half * uy, by + half * ux), (bx + half * uy, by - half * ux))
    return f'<polygon points="{" ".join(f"{cx:.1f},{cy:.1f}" for cx, cy in corners)}" fill="{ink}"/>'


def edge(x: float, y: float, toward_x: float, toward_y: float) -> tuple[float, float]:
    """The point on the edge of the box at (x, y) on the way to another point."""
    dx, dy = toward_x - x, toward_y - y
    scale = min(HALF_WIDTH / abs(dx) if dx else 1e9, HALF_HEIGHT / abs(dy) if dy else 1e9, 1.0)
    return x + dx * scale, y + dy * scale


def box(state: type[Entity]) -> str:
    """An entity: actors are boxes, arenas are rounded and grey."""
    (x, y), card = state.card.place, state.card
    corner, fill = (20, "#eeeeee") if issubclass(state, Arena) else (5, "#fff7e0")
    frame = (f'<rect x="{x - HALF_WIDTH}" y="{y - HALF_HEIGHT}" width="{2 * HALF_WIDTH}" height="{2 * HALF_HEIGHT}" '
             f'rx="{corner}" fill="{fill}" stroke="{card.colour}" stroke-width="2"/>')
    return frame + text(x, y + 5, card.name)
