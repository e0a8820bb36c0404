"""Start: what this is, six questions to guess at, see and understand, how to read the numbers, and a glossary."""

from __future__ import annotations

import streamlit as st

from dashboards import glossary, link, page, quiz
from dashboards.plain import literal
from sim.analysis.compare.compare import Comparison
from sim.analysis.compare.gist import difference
from sim.model import lookup
from sim.report.html.render import render
from sim.report.text import compare

FEW, MANY = 4000, 10_000
"""Worlds behind an answer, at first and on request."""

STRIP = {
    "Worlds": "The computer simulates the same year thousands of times. “74 of 100 worlds” is how likely the model takes a "
              "thing to be, not how likely it is.",
    "Luck": "World 17 rolls the same dice with and without a change. So a difference between two scenarios is made by the "
            "change, and not by luck.",
    "Base rate": "How often such things happened in the past. If a model is far from it, ask the model why.",
    "Error": "± says how far a number would move with other luck. It says nothing about whether the rules are right.",
}


def main() -> None:
    """The start, or the question that is open."""
    view = page.view()
    if view.question:
        opened(quiz.QUESTIONS[view.question], view)
        page.footer()
        return
    st.title("What could happen between the United States, Israel and Iran?")
    st.write("This model simulates the time from 30 December 2025 thousands of times, day by day. In it, governments and "
             "armed groups see only part of the truth and act on what they believe. It shows what could happen, how likely, "
             "and what would change it; every number leads back to a source, or says that it is a judgement.")
    if view.term and view.term != glossary.ALL:
        with st.container(border=True):
            st.markdown(f"**{glossary.TERMS[view.term].name}**: {glossary.TERMS[view.term].says}")
            st.button("Close", on_click=page.change, kwargs={"term": ""}, key="close-term")
    if view.term == glossary.ALL:
        words(view)
    st.header("Six questions: guess, see, understand")
    st.write("Guess first. People who commit to a guess remember the answer better, and find out what they believed.")
    columns = [column for _ in range(0, len(quiz.QUESTIONS), 3) for column in st.columns(3)]
    for column, question in zip(columns, quiz.QUESTIONS.values(), strict=True):
        with column.container(border=True, height="stretch"):
            st.subheader(question.title)
            st.write(question.asks)
            st.space("stretch")
            st.button("Guess", key=f"open-{question.id}", on_click=page.change, width="stretch",
                      kwargs={"question": question.id, "guess": -1, "term": ""},
                      help=f"Opens the question “{question.title}”.")
    with st.container(horizontal=True):
        st.page_link("app_pages/outlook.py", label="Or look first at what could happen: Outlook →")
        st.page_link("app_pages/what_if.py", label="Change anything yourself: What if →")
        st.page_link("app_pages/trust.py", label="Should you believe any of it? Trust →")
    st.header("How to read the numbers")
    st.html(render("principles", tuple(STRIP.items())))
    if view.term != glossary.ALL:
        words(view)
    page.footer()


def opened(question: quiz.Quiz, view: link.Link) -> None:
    """A question: the guess, and once there is one, the answer."""
    st.button("All six questions", on_click=page.change, kwargs={"question": "", "guess": -1}, type="tertiary",
              help="Back to the start.")
    st.title(question.title)
    st.write(question.asks)
    worlds = max(view.worlds, FEW)
    plain = link.Link(worlds=worlds, seed=view.seed, days=view.days)
    before = page.simulated(plain.base(), worlds, view.seed)
    usual = before.by(question.outcome, before.days)
    st.markdown(f"**Without the change**, {question.happens} in **{compare.counted(usual.value, question.out_of)} of "
                f"{question.out_of:,}** {glossary.term('world', 'worlds')} within {before.days} days.  \n"
                f":gray[{quiz.likely(usual)}]")
    guessed(question, view, usual.value)
    if view.guess >= 0:
        with_change = plain.with_(scenario=question.scenario)
        answer(question, view, page.side_by_side(plain.base(), with_change.base(), worlds, view.seed))


def guessed(question: quiz.Quiz, view: link.Link, share: float) -> None:
    """The slider for the guess; it starts at the number without the change, so as to give nothing away."""
    key = f"guess-{question.id}"
    start = view.guess if view.guess >= 0 else round(question.out_of * share)
    st.session_state.setdefault(key, min(start, question.most))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.slider(f"And with the change? In how many of {question.out_of:,} worlds?", 0, question.most, key=key,
                  help=f"Your guess: in how many of {question.out_of:,} simulated worlds {question.happens}.")
        st.button("See the answer" if view.guess < 0 else "Guess again", type="primary", width="content",
                  on_click=lambda: page.change(guess=int(st.session_state[key])))


def answer(question: quiz.Quiz, view: link.Link, comparison: Comparison) -> None:
    """What the model says, world by world, and why."""
    one, after = difference(comparison, question.outcome), comparison.b.by(question.outcome, comparison.b.days)
    st.header(f"With the change: {compare.counted(one.b, question.out_of)} of {question.out_of:,} worlds")
    st.markdown(f"{quiz.verdict(question, one, view.guess)}  \n:gray[{quiz.likely(after)}]")
    left, right = st.columns(2)
    with left:
        st.markdown("**The same worlds, with and without the change**")
        st.html(quiz.flips(question, comparison.flips(question.outcome)))
        st.caption(f"A square is one of {question.out_of:,} worlds, on the same {glossary.term('luck')} with and without the "
                   f"change. Where the two differ, the world {glossary.term('flip', 'flips')}.")
    with right:
        st.markdown("**Whose war?**" if question.parts == "first_initiator" else "**What kind of deal?**")
        quiz.parts(comparison, question.parts).draw(f"parts-{question.id}")
        st.caption("Shares of all worlds; the remaining worlds have none.")
    st.subheader("Why")
    for reason in question.reasons:
        moved = difference(comparison, reason.outcome)
        doubt = quiz.borne_out(reason, moved)
        st.markdown(f"{reason.says}  \n:gray[{quiz.shown(reason, moved)}]" + (f"  \n*{doubt}*" if doubt else ""))
    st.info(question.lesson)
    st.caption(f"{comparison.a.size:,} worlds on each side. ± is the error of this difference, a "
               f"{glossary.term('paired', 'paired')} one: both sides share their luck. A share falls or rises by points of a "
               "hundred.")
    onward(question, view, comparison.a.size)


def onward(question: quiz.Quiz, view: link.Link, worlds: int) -> None:
    """The sources, and where to go on."""
    with st.expander("What the sources say about it"):
        for piece in map(lookup.piece, question.claims):
            st.markdown(f"**{piece.id}** ({piece.kind}). {literal(piece.says)}  \n:gray[{literal('; '.join(piece.details))}]")
            st.page_link("app_pages/parameters.py", label=f"What {piece.id} feeds", query_params={"item": piece.id})
    order = list(quiz.QUESTIONS)
    after = quiz.QUESTIONS[order[(order.index(question.id) + 1) % len(order)]]
    there = link.Link(scenario=question.scenario, seed=view.seed, days=view.days, outcome=question.outcome)
    with st.container(horizontal=True):
        if worlds < MANY:
            st.button(f"Ask {MANY:,} worlds", on_click=page.change, kwargs={"worlds": MANY},
                      help="Smaller errors, a few seconds more.")
        st.button(f"Next question: {after.title}", on_click=page.change, kwargs={"question": after.id, "guess": -1})
    page.way("what_if", "Go on in What if, with everything set →", there)
    if question.next:
        st.markdown(question.next_says)
        page.way("what_if", f"{literal(page.title_of(question.next))} →", there.with_(scenario=question.next))


def words(view: link.Link) -> None:
    """The glossary."""
    st.header("Glossary", anchor="glossary")
    search = st.text_input("Find a word", placeholder="hazard, red line, interceptor …", key="find-word",
                           help="Shows the words whose name or meaning contains this text.")
    found = glossary.found(search)
    if not found:
        st.info("No word contains this text. Try a shorter part of it.")
        return
    title = f"Words found: {len(found)}" if search else f"All {len(found)} words"
    with st.expander(title, expanded=bool(search) or view.term == glossary.ALL):
        st.html(glossary.listed(found))


main()
