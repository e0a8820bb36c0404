"""The overview of the causal diagram as SVG, written by hand so that the same model gives the same bytes everywhere."""

from __future__ import annotations

from collections.abc import Mapping

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
    """One arrow, from edge to edge, with its number; points of the plane are complex numbers."""
    first, last = (complex(*cards()[key].place) for key in (source, target))
    middle = (first + last) / 2 + (last - first) * 1j * BEND * 2
    start, end = edge(first, middle), edge(last, middle)
    ink, width = cards()[source].colour, 0.8 + 0.32 * terms
    line = (f'<path d="M{start.real:.0f} {start.imag:.0f}Q{middle.real:.0f} {middle.imag:.0f} {end.real:.0f} {end.imag:.0f}" '
            f'fill="none" stroke="{ink}" stroke-opacity="0.75" stroke-width="{width:.1f}"/>')
    at = (start + 2 * middle + end) / 4
    return line + head(end - middle, end, ink, 5 + width / 2) + (
        text(at.real, at.imag + 4, str(terms), 12) if terms > 3 else "")


def head(way: complex, tip: complex, ink: str, half: float) -> str:
    """The head of an arrow that goes this way and ends at the tip."""
    along = half * way / abs(way)
    corners = (tip, tip - 2 * along + 1j * along, tip - 2 * along - 1j * along)
    return f'<polygon points="{" ".join(f"{corner.real:.1f},{corner.imag:.1f}" for corner in corners)}" fill="{ink}"/>'


def edge(centre: complex, toward: complex) -> complex:
    """The point on the edge of the box with this centre on the way to another point."""
    way = toward - centre
    return centre + way * min(HALF_WIDTH / max(abs(way.real), 1e-9), HALF_HEIGHT / max(abs(way.imag), 1e-9), 1.0)


def box(state: type[Entity]) -> str:
    """An entity: actors are boxes, arenas are rounded and grey."""
    (x, y), card = state.card.place, state.card
    corner, fill = (20, "#eeeeee") if issubclass(state, Arena) else (5, "#fff7e0")
    frame = (f'<rect x="{x - HALF_WIDTH}" y="{y - HALF_HEIGHT}" width="{2 * HALF_WIDTH}" height="{2 * HALF_HEIGHT}" '
             f'rx="{corner}" fill="{fill}" stroke="{card.colour}" stroke-width="2"/>')
    return frame + text(x, y + 5, card.name)
