"""The words of this model in plain language, which `glossary.yaml` explains, and links to them from any page.

    st.markdown(f"How dangerous each day is ({term('hazard')})")   # a link; its meaning shows when one points at it
    note("world", "luck", "error")                                 # "Words on this page", which opens in place
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from sim.model import evidence
from sim.model.strict_yaml import Schema, Text, each, read
from sim.report.html.render import render

ALL = "all"
"""Stands for the whole glossary in a link."""


class GlossaryTerm(Schema):
    """A word, its meaning, and ids of its sources in the ledger, if it has any."""

    name: Text
    says: Text
    sources: tuple[str, ...] = ()
    group: str


GROUPS = read(Path(__file__).with_name("glossary.yaml"), lambda content: each(content, lambda group, words: each(
    words, lambda id, one: GlossaryTerm.of({**one, "group": group}))))
TERMS: dict[str, GlossaryTerm] = {id: entry for words in GROUPS.values() for id, entry in words.items()}
"""Every word that is explained, by id."""


def term(id: str, text: str = "") -> str:
    """Markdown for a word, or for `text` in its place: a link to its entry on the page Start, with its meaning as tooltip."""
    entry = TERMS[id]
    name = entry.name if entry.name.startswith(("Monte", "Brier")) else entry.name[0].lower() + entry.name[1:]
    return f'[{text or name}](./?term={id} "{entry.name}: {entry.says}")'


def note(*ids: str) -> None:
    """A button that opens the meanings of these words in place, for touch and keyboard."""
    with st.popover("Words on this page", type="tertiary"):
        for id in ids:
            st.markdown(f"**{TERMS[id].name}.** {TERMS[id].says}")
        st.markdown(f"[All words](./?term={ALL})")


def found(search: str = "") -> dict[str, GlossaryTerm]:
    """The words whose name or meaning contains the text."""
    wanted = search.strip().lower()
    return {id: entry for id, entry in TERMS.items() if wanted in f"{entry.name} {entry.says}".lower()}


def listed(terms: dict[str, GlossaryTerm]) -> Markup:
    """The words by group, in columns that fold on a narrow screen."""
    groups = groupby(terms.items(), key=lambda found: found[1].group)
    return render("glossary", [(group, [(id, entry.name, entry.says, "; ".join(map(cited, entry.sources)))
                                        for id, entry in words]) for group, words in groups])


def cited(id: str) -> str:
    """A source in a few words: author and year of a work, else the id of a claim or figure."""
    entry = evidence.load().find(id)
    if isinstance(entry, evidence.Reference) and not entry.provenance and entry.cite:
        return entry.cite.split(".,")[0].split(",")[0] + f" {id.rpartition('-')[2]}"
    return id
