"""Parameters and sources: from a number to its evidence, to the document and paragraph, and back to all that it feeds."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import charts_evidence, link, page
from dashboards.glossary import note, term
from dashboards.plain import code, literal
from sim.ensemble.files import csv_text
from sim.errors import BrinkError
from sim.model import evidence, lookup, ranges, registry
from sim.report.docs import causal
from sim.words import count, sentence_case

KINDS = {"": "everything", "parameter": "parameters", "starting value": "state variables", "event": "events",
         "claim": "claims of the documents", "figure": "figures", "work": "works of the literature", "document": "documents"}
SUPPORTS = {"": "anything", "claim": "a claim of a document", "figure": "a figure", "work": "a work of the literature",
            "assumption": "an assumption"}
COLUMNS = {"key": "Name", "meaning": "Meaning", "value": "Value", "unit": "Unit", "rests on": "Rests on", "prior": "Prior",
           "evidence": "Evidence", "kind": "Kind"}
WIDE = {"Meaning": st.column_config.TextColumn(width="large")}
SIGNS = {"+": "makes it likelier by", "-": "makes it less likely by"}


def main() -> None:
    """The table, the same choice by a list, and the item that is chosen."""
    view = page.opening("Parameters and sources", f"Every number of the model, its {term('prior')}, and what it rests on: "
                        f"{term('claim', 'claims')} of the five news reports (told in our words, with the paragraph), figures, "
                        f"works of the literature, or an {term('assumption')} that says that it is one.")
    note("parameter", "prior", "claim", "assumption")
    if found := {row["key"]: row["meaning"] for row in table()}:
        page.bound(st.selectbox, "Look up", ["", *dict.fromkeys([view.item, *found] if view.item else found)], "item",
                   format_func=lambda key: f"{key}: {found[key]}" if key in found else key or "choose one",
                   help="Type a part of a name or of its meaning.")
    if view.item:
        try:
            shown(lookup.find(view.item), view)
        except BrinkError as error:
            page.tell(error)
    page.footer()


def table() -> list[dict[str, Any]]:
    """The filters and the table; the rows that are left."""
    columns = st.columns([2.2, 1.4, 1.4, 1.4])
    text = columns[0].text_input("Search", key="look-text", placeholder="missile, oil, L101, per day …", max_chars=60,
                                 help="Looks in names, meanings, units, priors and evidence.")
    kind = columns[1].selectbox("Show", list(KINDS), format_func=KINDS.__getitem__, key="look-kind", index=1,
                                help="Parameters can be tuned under What if.")
    who = columns[2].selectbox("Of whom", ["", *registry.cards()], format_func=lambda key: registry.called(key) or "anybody",
                               key="look-who", help="The actor or arena that a name begins with.")
    rests = columns[3].selectbox("Rests on", list(SUPPORTS), format_func=SUPPORTS.__getitem__, key="look-rests",
                                 help="A figure that was itself assumed counts as an assumption.")
    found = lookup.search(text, kind, who, rests)
    if not found:
        st.info("Nothing is like that. Try a shorter text, or “everything” and “anybody”.")
        return found
    page.rows(pd.DataFrame(found)[list(COLUMNS)].rename(columns=COLUMNS), "look-table",
              lambda row: page.change(item=found[row]["key"]), height=290, column_config=WIDE,
              alt=f"{count(len(found), 'entry', 'entries')} with name, meaning, value, unit and evidence.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{count(len(found), 'entry', 'entries')}. Choose a row by the box at its left, or below.")
        st.download_button("Download as CSV", data=lambda: csv_text(found), mime="text/csv",
                           file_name="brink-parameters.csv", on_click="ignore")
    return found


def shown(item: lookup.Item, view: link.Link) -> None:
    """One thing in full."""
    st.header(item.key, divider="gray")
    st.markdown(f"{item.kind.capitalize()}. **{literal(sentence_case(item.says))}**")
    if item.kind == "parameter":
        tuned(item, view)
    elif item.piece is not None:
        details(item.piece)
    else:
        st.markdown("  \n".join([f"{literal(item.headline)}.",
                                 *(f"{name}: {code(value)}" for name, value in item.facts)]))
    if item.rests_on or item.piece is None:
        st.subheader("What it rests on")
        if not item.rests_on:
            st.write("It names no evidence: a variable that the rules change, or that starts at nothing.")
        for piece in item.rests_on:
            support(piece)
    if item.piece is not None:
        fed(item)
    if item.kind in ("parameter", "starting value"):
        page.folded("Which rules use it", f"users-{item.key}", partial(users, item.key))


def tuned(item: lookup.Item, view: link.Link) -> None:
    """A parameter's numbers, and its prior as a picture."""
    declared = registry.find(item.key).declaration
    here = link.default(item.key, view.chosen())
    left, right = st.columns([1, 1.6])
    with left:
        own = "" if here == declared.default else f"  \n**Here** {here:g}, {ranges.place_in_words(item.key, here)}"
        st.markdown(f"**Default** {declared.default:g} {literal(declared.unit)}{own}  \n**Prior** {declared.prior}  \n"
                    f"**Must be** {registry.bounds(declared.low, declared.high)}")
        page.way("what_if", "Change it in What if →", view.elsewhere().with_(tune=item.key.partition(".")[0]))
    with right:
        charts_evidence.prior(item.key, here).draw(f"prior-{item.key}", caption=(
            "Higher means more plausible, before anything is simulated. Solid line: the default; dashed: the value here, if it "
            "was changed. Dark: the middle 80 %."))


def details(piece: lookup.Piece) -> None:
    """The place of a piece of evidence, and how sure it is."""
    st.markdown("  \n".join([*(f":gray[{literal(sentence_case(detail))}]" for detail in piece.details),
                             *(f"<{url}>" for url in piece.urls)]))


def support(piece: lookup.Piece) -> None:
    """A piece of evidence, with a link."""
    with st.container(border=True):
        st.markdown(f"**{piece.id}**, {piece.kind}. {literal(sentence_case(piece.says))}")
        details(piece)
        if piece.id in lookup.kinds():
            st.button(f"What else {piece.id} feeds", key=f"go-{piece.id}", on_click=page.change, kwargs={"item": piece.id},
                      type="tertiary")


@page.section
def fed(item: lookup.Item) -> None:
    """What a piece of evidence feeds, and of a claim its documents."""
    if item.kind == "claim":
        with st.container(horizontal=True):
            for document in dict.fromkeys(place.document for place in evidence.load().claims[item.key].at):
                st.button(f"Document {document}: {evidence.load().documents[document].outlet}", key=f"document-{document}",
                          on_click=page.change, kwargs={"item": document})
    st.subheader("What stands in it" if item.kind == "document" else "What it feeds")
    if not item.feeds:
        st.write("Nothing in the model names it.")
        return
    keys = [use.key for use in item.feeds]
    page.rows(pd.DataFrame(item.feeds, columns=["Kind", "Name", "Meaning"]), f"feeds-{item.key}",
              lambda row: page.change(item=keys[row]) if lookup.kinds().keys() >= {*keys} else None,
              column_config=WIDE, alt="What names it as evidence.")


def users(key: str) -> None:
    """The rules that read a parameter or a variable, on request, as they are traced in the code."""
    rules = page.waited_for("rules", page.in_a_worker(causal.rules), "Reading the rules")
    found = [(rule, term) for rule in rules for term in rule.terms if key in term.reads]
    paced = [event for event, entry in registry.events().items()
             if entry.declaration.clocked and f"{entry.owner.key}.{entry.declaration.rate}" == key]
    st.markdown("\n".join([
        *(f"- base rate of `{event}`: {literal(lookup.find(event).says)}" for event in paced),
        *(f"- `{rule.key}` ({literal(rule.meaning)}): {SIGNS.get(term.sign, term.sign)} `{term.text}`"
          for rule, term in found)]) or "No term of a clocked rule reads it by name; it works through other rules.")


main()
