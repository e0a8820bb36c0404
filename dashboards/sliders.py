"""Tuning: every parameter as a slider, the changes and their places in the priors, and files of changes."""

from __future__ import annotations

from functools import partial

import streamlit as st
from markupsafe import Markup

from dashboards import link, mishap, page
from dashboards.plain import literal
from sim.engine.parameters import Parameter
from sim.errors import BrinkError
from sim.model import ranges, registry
from sim.report.html.render import render
from sim.scenario import scenario, write
from sim.words import count, two_digits

A_PAGE, HEIGHT = 16, 560
"""Sliders that are shown at a time, and the pixels of their box."""

IN_SIGHT, MANY = 2, 300
"""Changes that are shown in full, and the pixels of the box of more."""

UPLOAD_MB = 1


def name(key: str) -> str:
    """The name of a parameter in words: "missile trigger"."""
    return key.partition(".")[2].replace("_", " ")


def sliders(now: link.Link, base: scenario.Scenario) -> None:
    """The parameters of one actor, or those that a search finds, as sliders."""
    changed, owners = ([key.partition(".")[0] for key in keys] for keys in (dict(now.set), registry.catalogue()))
    titles = {actor: registry.called(actor) + (f" · {changed.count(actor)} changed" if actor in changed else "")
              for actor in registry.cards() if actor in owners}
    wanted = st.text_input("Search all parameters", key="find", type="search", max_chars=60,
                           placeholder="a word of the name or the meaning, like missile or sanctions")
    if not wanted:
        page.bound(st.pills, "Whose parameters", list(titles), "tune", required=True, format_func=titles.get, wrap=True)
    found = registry.search(wanted) if wanted else [
        entry for entry in registry.catalogue().values() if entry.key.partition(".")[0] == now.tune]
    if not found:
        st.info(f"No parameter has “{literal(wanted)}” in its name, meaning, unit or evidence. Try a shorter word.")
        return
    pages = -(-len(found) // A_PAGE)
    with st.container(height=HEIGHT, key="sliders"):
        shown = st.pagination(pages, key=f"page.{wanted or now.tune}") if pages > 1 else 1
        st.caption(f"{count(len(found), 'parameter')}{f', {A_PAGE} at a time' if pages > 1 else ''}. Let go of a slider, and "
                   "both versions are compared again.")
        for entry in found[(shown - 1) * A_PAGE:shown * A_PAGE]:
            slider(entry, now, base)


def slider(entry: registry.Declared[Parameter], now: link.Link, base: scenario.Scenario) -> None:
    """One parameter, with stops over its prior."""
    key, declared = entry.key, entry.declaration
    before = ranges.rounded(link.default(key, base))
    value = ranges.rounded(dict(now.set).get(key, before))
    unit = f" ({declared.unit})" if declared.unit else ""
    label = f"{'● ' if value != before else ''}{name(key).capitalize()}: {declared.why}{unit}"
    page.steered(st.select_slider, f"tune.{key}", value, partial(turned, key, before), label,
                 ranges.stops(key, value, before), help=meaning(entry),
                 format_func=lambda stop: f"{stop:g}" + (" (unchanged)" if stop == before else ""))


def turned(key: str, before: float, value: float) -> None:
    """Put the value of a slider into the link; the unchanged value is no change."""
    try:
        registry.check(key, value)
    except BrinkError as error:
        st.session_state["tuning.wrong"] = str(error)
        return
    page.show(st.session_state["view"].setting(key, None if value == before else value))


def meaning(entry: registry.Declared[Parameter]) -> str:
    """The tooltip of a slider: unit, default, prior, bounds and evidence."""
    declared = entry.declaration
    rests = ", ".join(declared.evidence)
    return (f"`{entry.key}`  \n{literal(declared.why)}  \n\n**Unit** {literal(declared.unit or 'none')}  \n"
            f"**Default** {declared.default:g}  \n**Prior** {literal(str(declared.prior))}  \n"
            f"**Hard bounds** {registry.bounds(declared.low, declared.high)}  \n**Rests on** {literal(rests)} "
            f"(see Parameters and sources)")


def changes(now: link.Link, base: scenario.Scenario) -> None:
    """All changes: each value, the unchanged one, their places in the prior and a note; each can be put back."""
    changed = len(now.set) + len(now.do)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**Your changes: {changed}**" if changed else "**Your changes: none yet**")
        if changed:
            st.button("Undo all changes", key="undo", on_click=lambda: page.change(set=(), do=(), notes=()))
    if not changed:
        st.markdown("Turn a slider, and its change is shown here.")
    if message := st.session_state.pop("tuning.wrong", ""):
        st.error(literal(message))
    if now.do:
        st.caption(f"{len(now.do)} of them {'is' if len(now.do) == 1 else 'are'} under “What is done and when”.")
    many = len(now.set) > IN_SIGHT
    with st.container(height=MANY if many else "content", border=many, key="changes"):
        for key, value in now.set:
            change(key, value, now, base)


def change(key: str, value: float, now: link.Link, base: scenario.Scenario) -> None:
    """One changed value."""
    with st.container(border=True, gap="xsmall", key=f"change-{key.replace('.', '-')}"):
        st.html(described(key, value, base))
        with st.container(horizontal=True, vertical_alignment="center"):
            if now.tune and key in registry.catalogue():
                page.steered(st.text_input, f"note.{key}", dict(now.notes).get(key, ""), partial(noted, key),
                             f"Where {name(key)} = {value:g} comes from", max_chars=link.LONGEST_NOTE,
                             label_visibility="collapsed", placeholder="a note: source or reason")
            st.button("Put back", key=f"back.{key}", help=f"{name(key).capitalize()} as it was",
                      on_click=lambda: page.show(now.setting(key, None)))


def noted(key: str, text: str) -> None:
    """Put the note of one value into the link."""
    notes = {**dict(st.session_state["view"].notes), key: " ".join(text.split())[:link.LONGEST_NOTE]}
    page.change(notes=tuple(sorted((key, note) for key, note in notes.items() if note)))


def described(key: str, value: float, base: scenario.Scenario) -> Markup:
    """A change in words, with a picture of its place in the prior."""
    if key not in registry.catalogue():
        return render("change", key, "starts at", f"{value:g}")
    entry, before = registry.find(key), link.default(key, base)
    was, now = ranges.place(key, before), ranges.place(key, value)
    mistrust = ": far out, so mistrust what follows" if registry.check(key, value) else ""
    return (render("change", page.name_of(key), f"{before:g} →", f"{value:g}", entry.declaration.unit)
            + render("place", was, now, f"in its prior: before at {two_digits(100 * was)} %, now at {two_digits(100 * now)} %")
            + render("paragraphs", [f"{entry.declaration.why}; {ranges.place_in_words(key, value)}{mistrust}"],
                     "brink-change note"))


def files(now: link.Link) -> None:
    """The download of the changes as a file, and the upload of one."""
    left, right = st.columns(2)
    with left:
        title = st.text_input("Name of your set", key="set.name", max_chars=80, placeholder="My reading of the press")
        source = st.text_input("Where its values come from", key="set.note", max_chars=link.LONGEST_NOTE,
                             placeholder="for all values without a note of their own")
        own = {key: value for key, value in now.set if key in registry.catalogue()}
        st.download_button("Save the set as a file", write.view_yaml(title or "My set", source or "", own, dict(now.notes)),
                           file_name="my-set.yaml", mime="application/yaml", disabled=not own, on_click="ignore",
                           key="save.set", help="A view file of YAML: name, note, and each value with its unit and note. At "
                                                "a terminal, brink run --with my-set.yaml runs it.")
        if len(own) < len(now.set) or now.do:
            st.caption("The file contains parameters. Starting values and events are in the link of this page.")
    with right:
        st.file_uploader("Load a set from a file", type=["yaml", "yml"], key="load.set", max_upload_size=UPLOAD_MB,
                         on_change=loaded, help="A view file as saved here. It is read strictly and nothing in it is run.")
        page.tell(*st.session_state.get("load.told", ("",)))


def loaded() -> None:
    """Put an uploaded set into the link, or show what is wrong with it."""
    given = st.session_state["load.set"]
    st.session_state["load.told"] = ("",)
    if given is None:
        return
    try:
        view = scenario.read_view(given.getvalue().decode("utf-8"), given.name[:60])
    except UnicodeDecodeError:
        st.session_state["load.told"] = f"{given.name[:60]}: is not UTF-8 text", st.error
        return
    except Exception as error:  # whatever a file holds
        st.session_state["load.told"] = "\n".join(mishap.line(error).splitlines()[:10]), st.error
        return
    notes = tuple((key, note[:link.LONGEST_NOTE]) for key, note in sorted(view.layer.notes.items()) if note)
    page.change(set=tuple(sorted((key, ranges.rounded(value)) for key, value in view.layer.parameters.items())), notes=notes)
    st.session_state["set.name"], st.session_state["set.note"] = view.name[:80], view.note[:link.LONGEST_NOTE]
    st.session_state["load.told"] = f"{view.name}: {count(len(view.layer.parameters), 'value')} taken over.", st.success
