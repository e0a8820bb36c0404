"""How crises open, turn and end: the paths of all worlds or of a part of them, and what precedes an outcome."""

from __future__ import annotations

import streamlit as st

from dashboards import cached_analyses, charts_paths, link, page, world_html
from sim.analysis.pathways import association, conditional, pathways
from sim.ensemble.results import Run
from sim.model import outcomes, registry
from sim.report.figures import data
from sim.report.html.stories import answers
from sim.report.text.worlds import event_names, sentence
from sim.words import count, date, error_points, of_hundred, phrase

SHOWN = 8
"""Worlds of a path with a link."""
COMMON = 12
"""Whole paths in the list."""
ASKABLE = tuple(outcome.id for outcome in outcomes.OUTCOMES if outcome.kind == "day")


def main() -> None:
    """The pathways."""
    view = page.opening("Pathways", "Each world answers five questions, from how the year opens to how it stands at the end. "
                        "Where do most of them go, and which turns lead to war?")
    page.controls(view)
    run = page.simulated(view.chosen(), view.worlds, view.seed)
    paths = cached_analyses.pathways(run)
    diagram(run, paths, view)
    chosen_path(run, paths, view)
    typical(run, view)
    given_that(run, view)
    goes_before(run)
    page.footer(run)


@page.section
def diagram(run: Run, paths: pathways.Pathways, view: link.Link) -> None:
    """The Sankey diagram; a click on a block or a stream chooses its worlds."""
    option, blocks, streams = charts_paths.sankey(paths, view.path.split(",") if view.path else ())

    def picked() -> None:
        groups = st.session_state["sankey"].selection.selected
        found = [(streams if group.get("data_type") == "edge" else blocks)[i]
                 for group in groups for i in group["data_indices"]]
        if found:
            page.change(path=",".join(found[-1]))

    st.echarts_chart(option, height=520, key="sankey", on_select=picked, alt=" ".join(answers(paths)))
    st.caption("Read from left to right: what flows into a block flows out of it. A stream has the colour of who strikes "
               f"first; grey is nobody. Click a block or a stream to see its worlds. "
               f"{paths.worlds:,} worlds whose events are kept.")


@page.section
def chosen_path(run: Run, paths: pathways.Pathways, view: link.Link) -> None:
    """The worlds of what was clicked, or chosen from a list."""
    labels = {row.node: (row.question, row.label) for row in paths.nodes.itertuples()}
    asks = {question.id: question.label for question in paths.questions}
    nodes = tuple(node for node in view.path.split(",") if node in labels)

    def in_words(path: str) -> str:
        return "; ".join(f"{asks[labels[node][0]]}: {labels[node][1]}" for node in path.split(",")) if path else "All worlds"

    whole = [",".join(row.path) for row in paths.paths.head(COMMON).itertuples()]
    options = list(dict.fromkeys(["", *([view.path] if view.path == ",".join(nodes) else []), *labels, *whole]))
    page.bound(st.selectbox, "Worlds that go through", options, "path", format_func=in_words,
               help="The blocks of the diagram, and its commonest whole paths.")
    if not view.path:
        return
    worlds = paths.worlds_through(*nodes)
    if view.path != ",".join(nodes) or not worlds.size:
        st.info("No world of this run goes through all of that.")
        return
    share = paths.share_of(worlds)
    st.subheader(in_words(view.path))
    st.write(f"**{of_hundred(share.value)} of 100 worlds** ± {error_points(share.error)} ({worlds.size:,} of "
             f"{paths.worlds:,}); {phrase(share.word)}.")
    middle, course = cached_analyses.done("Finding the world in their middle", cached_analyses.in_the_middle, run, nodes)
    st.write(f"The world in their middle: {course}")
    with st.container(horizontal=True):
        read(view, middle, f"Read world {middle:,}, the one in their middle")
        for world in [int(world) for world in worlds[:SHOWN] if world != middle]:
            read(view, world, f"World {world:,}")


def read(view: link.Link, world: int, label: str) -> None:
    """A link to a world on its page."""
    page.way("one_world", label, view.elsewhere().with_(world=world, day=0, futures=0, path="", given="", given_by=0))


@page.section
def typical(run: Run, view: link.Link) -> None:
    """The few stories that represent all worlds."""
    st.header("Typical stories")
    found = cached_analyses.done(cached_analyses.SORTING, cached_analyses.stories, run)
    st.write(f"All worlds in {count(len(found.stories), 'story', 'stories')}. Each is shown by the world in the middle of its "
             "group: the group is what counts, the months are those of one world.")
    columns = st.columns(min(3, len(found.stories)))
    for i, story in enumerate(found.stories):
        with columns[i % len(columns)], st.container(border=True):
            st.markdown(f"**{of_hundred(story.share)} of 100 worlds** ± {100 * story.se:.1f}")
            st.write(story.title)
            st.caption(story.ends)
            read(view, story.world, "Read it")
    if len(found.stories) > 1:
        st.caption("The stories shade into one another: their mean silhouette, a measure of how well worlds sit with their own "
                   f"group rather than the next, is {found.silhouette:.2f}, where 1 would be sharply apart.")


@page.section
def given_that(run: Run, view: link.Link) -> None:
    """Outcomes in the worlds in which something happens, compared with all worlds."""
    st.header("Given that …")
    st.write("Set aside all worlds but those in which something happens, and count again. Nothing is simulated again.")
    known = conditional.conditions(run)
    options = ["", *known, *(f"{conditional.NOT}{event}" for event in known)]

    def in_words(event: str) -> str:
        if not event:
            return "choose an event"
        name = known[event.removeprefix(conditional.NOT)]
        return f"it does not happen that {name}" if event.startswith(conditional.NOT) else name

    with st.container(horizontal=True, vertical_alignment="bottom"):
        page.bound(st.selectbox, "Given that", options, "given", format_func=in_words)
        days = sorted(day for day in {0, *run.deadlines, view.given_by} if day < run.days)
        by = page.bound(st.selectbox, "When", days, "given_by", format_func=lambda day: "at any time" if not day else
                        f"before {date(day, run.scenario.date)}", width=240)
    if not view.given:
        return
    if view.given not in options:
        clause = registry.story(view.given.removeprefix(conditional.NOT)).clause
        st.info(f"In this run, {clause} in nearly all worlds or in hardly any, so that there is nothing to compare. "
                "Choose another event.")
        return
    when = "" if not by else f" before {date(by, run.scenario.date)}"
    found = conditional.given(run, conditional.happened(run, view.given, by or None), outcomes.ON_CARDS)
    name = f"{in_words(view.given)}{when}"
    st.write(f"Given that **{name}**: {found.count:,} of {len(found.here):,} worlds.")
    charts_paths.dumbbells(found.table, ("All worlds", "Worlds given that"), f"Given that {name}").draw("given")
    st.html(world_html.given(found, name))
    st.caption("This is what goes with an event, not what it does: worlds in which it happens differ in other things too, and "
               "outcomes that came before it count as well. To see its effect, make it happen or forbid it under What if.")


@page.section
def goes_before(run: Run) -> None:
    """What distinguishes the worlds with an outcome from those without."""
    st.header("What went before it")
    outcome = page.bound(st.selectbox, "Outcome", ASKABLE, "outcome", format_func=lambda id: run.question(id).says)
    found = cached_analyses.done("Comparing worlds on the same dates", association.why, run, outcome)
    names = event_names({*found.events["event"], *found.last_steps["event"]})
    st.write(f"It comes in {found.cases:,} of {found.worlds:,} worlds." + world_html.last_steps(found, names))
    clear = found.events[found.events["clear"]]
    if not len(clear):
        st.info("No kind of event stands out from chance.")
        return
    more = clear[clear["ratio"] > 1]
    if len(more):
        st.write(sentence(found, more.iloc[0], names))
    charts_paths.before(found, names).draw("before")
    drawn = data.before(found, names, charts_paths.MOST)
    st.caption(f"{drawn.measure}. {drawn.words.reading}")
    with st.expander("As a table, in words"):
        st.html(world_html.before(found, names))


main()
