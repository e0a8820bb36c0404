"""What a change does: cards of a hundred worlds that turn or do not, tables of worlds that flip, where histories part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboards import desk
from dashboards.paint import css
from dashboards.view import View
from sim.analysis.compare import gist
from sim.analysis.compare.compare import Comparison
from sim.analysis.explain.story import tell_event
from sim.report.html.markup import Html, tag
from sim.report.text import compare as told

PLACE = {"both": "happens in both", "here": "only unchanged", "there": "only in yours", "neither": "in neither"}

STYLE = """
<style>
.brink-pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17.5rem), 1fr)); gap: 0.8rem; }
.brink-pair { border: 1px solid rgba(128,128,128,.35); border-radius: 0.5rem; padding: 0.75rem 0.85rem; display: grid;
  grid-template-columns: 5.2rem 1fr; gap: 0.2rem 0.9rem; align-items: start; }
.brink-pair h4 { grid-column: 1 / -1; margin: 0 0 0.3rem; padding: 0; font-size: 0.95rem; font-weight: 600; line-height: 1.3; }
.brink-turns { display: grid; grid-template-columns: repeat(10, 1fr); gap: 1px; width: 5.2rem; }
.brink-turns i, .brink-key i { aspect-ratio: 1; border-radius: 1px; background: rgba(128,128,128,.2); box-sizing: border-box; }
.brink-turns i.both, .brink-key i.both { background: var(--c); }
.brink-turns i.here, .brink-key i.here { background: transparent; border: 2px solid var(--c); }
.brink-turns i.there, .brink-key i.there { background: repeating-linear-gradient(45deg, var(--c) 0 2px, #ffd24d 2px 4px); }
.brink-pair p { margin: 0; font-size: 0.88rem; line-height: 1.4; }
.brink-pair .big { font-size: 1.15rem; font-weight: 650; line-height: 1.25; margin-bottom: 0.15rem; }
.brink-pair .soft { opacity: .8; font-size: 0.8rem; grid-column: 1 / -1; margin-top: 0.35rem; }
.brink-key { display: flex; flex-wrap: wrap; gap: 0.3rem 1.1rem; font-size: 0.84rem; margin-top: 0.6rem; --c: #7f8790; }
.brink-key span { display: inline-flex; align-items: center; gap: 0.4rem; }
.brink-key i { width: 0.8rem; height: 0.8rem; display: inline-block; }
</style>
"""


def cards(comparison: Comparison, ids: Sequence[str], key: bool = True) -> None:
    """A card an outcome: what it was, what it becomes, and in which of a hundred worlds; `key` says what squares mean."""
    shown = [card(comparison, id) for id in ids]
    st.html(STYLE + tag("div", *shown, class_="brink-pairs") + (legend() if key else ""))


def card(comparison: Comparison, id: str) -> Html:
    """One outcome on both sides."""
    one, counts, shown = gist.difference(comparison, id), told.squares(comparison.flips(id)), comparison.a.question(id).shown
    return tag("article", tag("h4", shown.title),
               turns(counts, css(shown.colour), told.in_squares(counts, tuple(PLACE.values()))),
               tag("div", tag("p", told.headline(one), class_="big"), tag("p", told.sides(one)), tag("p", told.becomes(one))),
               tag("p", "; ".join(filter(None, (told.in_points(one), told.pairing(one)))), class_="soft"), class_="brink-pair")


def turns(counts: tuple[int, int, int, int], colour: str, says: str) -> Html:
    """A hundred squares from the lower left: in both, only here, only there, in neither."""
    kinds = [kind for kind, count in zip(PLACE, counts, strict=True) for _ in range(count)]
    squares = (tag("i", class_=kinds[10 * (9 - i // 10) + i % 10]) for i in range(100))
    return tag("div", squares, class_="brink-turns", role="img", aria_label=says, style=f"--c: {colour}")


def legend() -> Html:
    """What the squares mean."""
    return tag("div", *(tag("span", tag("i", class_=kind), says) for kind, says in PLACE.items()), class_="brink-key")


def flips(comparison: Comparison, view: View, id: str, names: tuple[str, str]) -> None:
    """Worlds in which something happens on one side only, in words, with a way to look at each."""
    st.markdown(told.tell_flips(comparison.flips(id), names))
    found = gist.turned(comparison, id)
    if not found:
        st.info("No world turns: whatever the change does, it is not enough to bring this about or to prevent it.")
        return
    day_0 = comparison.a.scenario.date
    columns = st.columns(2)
    for i, one in enumerate(found):
        with columns[i % 2], st.container(border=True, key=f"turned-{one.world}"):
            st.markdown(in_words(one, names, day_0))
            look_at(view, one.world, one.parts, names)


def in_words(one: gist.Turned, names: tuple[str, str], day_0: date) -> str:
    """What comes of a world on either side, and where its histories part if that is known."""
    return "  \n".join(filter(None, (f"**World {one.world}**: {told.turns(one, names, day_0)}",
                                     told.parts_on(one, names, day_0))))


def look_at(view: View, world: int, day: int, names: tuple[str, str]) -> None:
    """Links to one world on either side, opened a day before its histories part."""
    yours = view.with_(world=world, day=max(day - 1, 0), tune="")
    theirs = yours.with_(set=(), do=(), notes=(), scenario=view.rival, against="")
    with st.container(horizontal=True, key=f"links-{world}"):
        for name, there in zip(names, (theirs, yours), strict=True):
            desk.way("one_world", f"See {name}", there)


def parting(comparison: Comparison, names: tuple[str, str], most: int = 8) -> None:
    """What is first to happen on one side and not on the other."""
    for line in told.told_parting(comparison):
        st.markdown(line)
    heads = "What happens first on one side only", *(f"only in {name}" for name in names), "of all that part", "middle day"
    rows = [dict(zip(heads, (tell_event(event), *cells), strict=True)) for event, *cells in told.partings(comparison, most)]
    if rows:
        st.table(rows, border="horizontal", hide_index=True,
                 alt="Kinds of events by which histories part, the most frequent first")


def note() -> None:
    """How to read the cards."""
    st.caption("A square is one world of a hundred. World 17 of one version and world 17 of the other share all their luck, so "
               "what differs between them is the effect of the change. ± is the standard error of the difference; one of three "
               "errors or more is called clear. Words of probability are those of ICD 203.")
