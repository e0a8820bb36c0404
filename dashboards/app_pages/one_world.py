"""One world day by day: what happened, who decided it and why, who believed what, and what else could have come."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pandas as pd
import streamlit as st

from dashboards import cached_analyses, charts, charts_worlds, link, page, world_html
from dashboards.cached_analyses import done
from sim.analysis.explain import fork as forks
from sim.analysis.explain.chronicle import Chronicle, Entry
from sim.analysis.explain.necessity import necessity
from sim.analysis.pathways.typical import KINDS
from sim.ensemble.results import Run
from sim.model import codes, outcomes, registry
from sim.report.html.render import render
from sim.report.text import explain, worlds
from sim.words import count, date, sentence_case, two_digits

MOST = 8
"""Events of a day that can be tested for whether they were needed, and that can be looked up."""
FUTURES, ASKED = 1000, 300
"""Futures of a fork, which have errors of at most 1.6 points and take about two seconds; and those that show whether a decision
was needed, with it and without."""


def main() -> None:
    """One world."""
    view = page.opening("One world", "Each simulated world is a whole history. Walk through one of them, see what weighed in "
                        "each decision, and what would have come without it.")
    page.controls(view)
    run = page.simulated(view.chosen(), view.worlds, view.seed)
    if view.world >= run.size:
        st.warning(f"There is no world {view.world:,} among {run.size:,}; this is world 0.")
        view = view.with_(world=0, day=0, futures=0)
    choose(run, view)
    story = cached_analyses.chronicle(run, view.world)
    st.header(story.title)
    st.write(" ".join(story.summary))
    day = min(view.day, run.days) or max(  # else that of the decision with which its headline began, or of its greatest tension
        story.chain[0].day if story.chain else int(story.replay.series["war.tension"].argmax()) - 1, 1)
    lanes(story, day)
    walk(story, day)
    on_the_day(story, day)
    fork(run, story, day, view)
    turning_points(story)
    with st.expander("The whole chronicle in words"):
        st.markdown(explain.markdown(story).replace("$", "\\$").partition("\n\n")[2])
    page.footer(run)


def look_at(world: int) -> None:
    """Change the world."""
    page.change(world=world, day=0, futures=0)


def choose(run: Run, view: link.Link) -> None:
    """Which world."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        page.steered(st.number_input, "one.world", view.world, look_at, "World", 0, run.size - 1, step=1, width=150,
                     help="Its number. A world of one number has the same luck in every scenario.")
        st.button("Another world", on_click=lambda: look_at(random.randrange(run.size)), help="Any of them, by chance.")
    page.folded("Typical worlds to start from", "typical", partial(typical, run))


@page.section
def typical(run: Run) -> None:
    """Buttons for the middle worlds of the stories, and for the most typical of each kind."""
    found = done(cached_analyses.SORTING, cached_analyses.stories, run)
    st.write("The most typical world with:")
    with st.container(horizontal=True):
        for kind, world in found.by_kind.items():
            st.button(sentence_case(KINDS[kind]), key=f"kind-{kind}", on_click=look_at, args=(world,))
    st.write(f"All worlds in {count(len(found.stories), 'story', 'stories')}, each shown by the world in its middle:")
    for story in found.stories:
        st.button(f"{100 * story.share:.0f} of 100 ± {100 * story.se:.1f}: {story.title}", key=f"story-{story.world}",
                  on_click=look_at, args=(story.world,), type="tertiary", wrap=True)


@page.section
def lanes(story: Chronicle, day: int) -> None:
    """Its timeline; a click on a mark goes to its day."""
    def picked() -> None:
        if chosen := st.session_state["lanes"].selection.get(charts_worlds.PICK):
            page.change(day=int(chosen[0]["day"]))

    charts_worlds.timeline(story, day).draw("lanes", on_select=picked)
    st.caption("A mark is an event; a full one is part of how it came out. Click a mark to go to its day, hover to read it. "
               "Shaded: days of war with Iran. Below: tension, how close to fire everybody thinks it is, from 0 to 1.5. The "
               "dashed line is the day that is shown below.")


def stops(story: Chronicle) -> list[int]:
    """The days with an entry in the chronicle."""
    return sorted({entry.day for entry in story.entries if entry.event and entry.day > 0})


def walk(story: Chronicle, day: int) -> None:
    """The day, and buttons to the last and the next on which something happened."""
    first, days = story.run.scenario.date, stops(story)
    before, after = days[:bisect_left(days, day)], days[bisect_right(days, day):]
    page.steered(st.slider, "one.day", first + timedelta(days=day), lambda on: page.change(day=(on - first).days), "Day",
                 first + timedelta(days=1), first + timedelta(days=story.run.days), format="D MMM YYYY",
                 step=timedelta(days=1), help="The day that is shown.")
    with st.container(horizontal=True):
        st.button("Previous event", disabled=not before, on_click=lambda: page.change(day=before[-1]))
        st.button("Next event", disabled=not after, on_click=lambda: page.change(day=after[0]), type="primary")


@page.section
def on_the_day(story: Chronicle, day: int) -> None:
    """What happened, why, and who believed what."""
    series, on = story.replay.series, date(day, story.run.scenario.date)
    st.header(f"{on}, day {day}")
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("What happened, and why")
        happened = sorted((entry for entry in story.everything if entry.day == day),
                          key=lambda entry: (not entry.central, entry.event.endswith(".assess")))
        if happened:
            st.html(render("together", map(world_html.entry, happened)))
            st.caption("Bars: what made the decision more likely on that day, to the right, and what less, to the left; the "
                       "factor is on its odds. A rate is the chance that it happens within a day.")
            tested(story, happened)
            st.markdown("**Look up in Parameters and sources:**")
            shown_events = list(dict.fromkeys(entry.event for entry in happened))[:MOST]
            for event, name in worlds.event_names(shown_events).items():
                page.way("parameters", name, st.session_state["view"].elsewhere().with_(item=event))
        else:
            later = next((stop for stop in stops(story) if stop > day), None)
            st.write("Nothing happened that the log keeps. " + (
                "Nothing more happens." if later is None else
                f"The next event is on {date(later, story.run.scenario.date)}."))
    with right:
        st.subheader("How far things have gone")
        rungs = series["war.rung"][:day + 2].astype(int)
        st.html(render("ladder", codes.RUNGS, int(rungs[-1]), int(rungs.max())))
        st.caption(f"The ladder of escalation after Kahn (1965): rung {rungs[-1]} of 10, {codes.RUNGS[rungs[-1]]}. Tension: "
                   f"{two_digits(float(series['war.tension'][min(day + 1, story.run.days)]))} of at most 1.5.")
    st.subheader("What each side believed, and what was true")
    caption = f"On the morning of {on}. Nobody in the model acts on the truth, only on what they believe."
    st.html(world_html.beliefs(story.replay.seen[day], caption))
    believed(story, day)


def tested(story: Chronicle, happened: Sequence[Entry]) -> None:
    """Switches that test whether the outcome needed a decision of that day, over futures with fresh luck."""
    outcome = "round_two" if story.verdict.war >= 0 or story.verdict.deal < 0 else "deal"
    for entry in happened[:MOST]:
        if not entry.without or not registry.events()[entry.event].declaration.clocked:
            continue
        decision = f"{registry.called(entry.who)}: {entry.says.partition('.')[0]}"
        if st.toggle(f"Was it needed for {outcomes.shown(outcome).noun}? {decision}",
                     key=f"needed-{story.world}-{entry.day}-{entry.event}",
                     help=f"Simulates {ASKED} futures from that morning with this decision and without it, "
                          "each pair on the same fresh luck."):
            says = f"Simulating {ASKED} futures with that decision, and {ASKED} without"
            st.write(explain.needed(done(says, necessity, story.run, story.world, (entry.day, entry.event), outcome, ASKED)))


@page.section
def believed(story: Chronicle, day: int) -> None:
    """Two beliefs over time."""
    left, right = st.columns(2)
    charts_worlds.belief(story, "Iran's missiles", day).draw(
        "missiles", "Iran's missiles: what Israel believed, and the truth", at=left)
    charts_worlds.belief(story, "Iran's nuclear programme", day, share=True).draw(
        "programme", "How sure each was that Iran's nuclear programme is back", at=right)
    st.caption("The dashed line is the day that is shown. Each calls the programme back from a stage of its own, as the table "
               "says: Israel earlier than Washington and the inspectors.")


@page.section
def fork(run: Run, story: Chronicle, day: int, view: link.Link) -> None:
    """A thousand futures from that morning, on request."""
    on = date(day, run.scenario.date)
    st.header("Fork from here")
    st.write(f"This world shares its past up to the morning of {on} with all futures that could follow it. Each of them gets "
             "luck of its own, which shows how much was settled by then.")
    if day >= run.days:
        st.info("It is the last day; nothing can follow. Choose an earlier one.")
        return
    if not view.futures:
        st.button(f"Simulate {FUTURES:,} futures from {on}", type="primary", key="fork",
                  on_click=lambda: page.change(day=day, futures=FUTURES), help="Takes a few seconds.")
        return
    made = done(f"Simulating {view.futures:,} futures from that morning", forks.fork, run, view.world, day, view.futures)
    st.html(world_html.futures(run, made, outcomes.ON_CARDS))
    st.caption(f"Shares of {made.size:,} futures with their Monte Carlo error, and those of all {run.size:,} worlds. What "
               "came in this world is one future of the many.")
    charts.first_strike(made).draw("fork-strike", "When the first strike comes in these futures")
    st.button("Close", on_click=lambda: page.change(futures=0))


@page.section
def turning_points(story: Chronicle) -> None:
    """What this outcome depended on."""
    st.header("What this outcome depended on")
    if not story.hinges:
        st.write("On this world's luck, no single decision that was taken away makes a notable difference.")
        return
    sentences = {entry.event: entry.says for entry in story.everything}
    first = story.run.scenario.date
    table = pd.DataFrame([{"date": first + timedelta(days=point.occurrence[0]),
                           "without": f"{registry.called(point.occurrence[1])}: {sentences[point.occurrence[1]]}",
                           "then": sentence_case(point.instead)} for point in reversed(story.hinges)])
    st.write(f"Of {story.asked} decisions that were taken away one by one, on the same luck, {len(story.hinges)} make a "
             "difference; the latest stand first. Tick a row to go to its day.")
    page.rows(table, "hinges", lambda row: page.change(day=(table["date"][row] - first).days), height="auto",
              column_config={"date": st.column_config.DateColumn("on", format="D MMM YYYY", width="small"),
                             "without": st.column_config.TextColumn("without this", width="medium"),
                             "then": st.column_config.TextColumn("there is", width="large")})
    st.caption("One decision is prevented for 30 days and everything else simulated again. Small causes move the timing of all "
               "that follows, so that many decisions can turn one history; whether they matter in general is what a fork, or "
               "a comparison under What if, can tell.")


main()
