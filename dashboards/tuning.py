"""Tuning: every parameter as a slider, what was changed and where it lies in its prior, a set of one's own kept in a file."""

from __future__ import annotations

from functools import partial

import streamlit as st
from markupsafe import Markup

from dashboards import desk
from dashboards.view import LONGEST_NOTE, View, default
from sim.engine.parameters import Parameter
from sim.errors import BrinkError
from sim.model import ranges, registry
from sim.model.registry import Entry
from sim.report.html.render import render
from sim.scenario.scenario import Scenario, read_view
from sim.scenario.write import view_yaml
from sim.words import count, two_digits

A_PAGE = 16
"""Sliders that are shown at a time."""

HEIGHT = 560
"""Pixels of the box of sliders, so that what they change stays in sight."""

IN_SIGHT, MANY = 2, 300
"""Changes that are shown in full, and the pixels of the box that holds more."""

UPLOAD_MB = 1

def name(key: str) -> str:
    """A parameter as people say it: "missile trigger"."""
    return key.partition(".")[2].replace("_", " ")


def actors(now: View) -> dict[str, str]:
    """Each actor that has parameters, with how many of them are changed."""
    changed = [key.partition(".")[0] for key in now.changes]
    found = dict.fromkeys(key.partition(".")[0] for key in registry.catalogue())
    return {actor: f"{registry.called(actor)} · {changed.count(actor)} changed" if actor in changed else registry.called(actor)
            for actor in registry.cards() if actor in found}


def sliders(now: View, base: Scenario) -> None:
    """The parameters of one actor, or those that a search finds, as sliders."""
    titles = actors(now)
    wanted = st.text_input("Search all parameters", key="find", type="search", max_chars=60,
                           placeholder="a word of the name or the meaning, like missile or sanctions")
    if not wanted:
        desk.bound(st.pills, "Whose parameters", list(titles), "tune", required=True, format_func=titles.get,
                   wrap=True)
    found = registry.search(wanted) if wanted else of_actor(now.tune)
    if not found:
        st.info(f"No parameter has “{desk.literal(wanted)}” in its name, meaning, unit or evidence. Try a shorter word.")
        return
    pages = -(-len(found) // A_PAGE)
    with st.container(height=HEIGHT, key="sliders"):
        shown = st.pagination(pages, key=f"page.{wanted or now.tune}") if pages > 1 else 1
        st.caption(f"{count(len(found), 'parameter')}{f', {A_PAGE} at a time' if pages > 1 else ''}. Let go of a slider, and "
                   "both versions are compared anew.")
        for entry in found[(shown - 1) * A_PAGE:shown * A_PAGE]:
            slider(entry, now, base)


def of_actor(actor: str) -> list[Entry[Parameter]]:
    """The parameters of an actor, in the order of the model."""
    return [entry for entry in registry.catalogue().values() if entry.key.partition(".")[0] == actor]


def slider(entry: Entry[Parameter], now: View, base: Scenario) -> None:
    """One parameter, with stops over its prior."""
    key, declared = entry.key, entry.declaration
    before = ranges.rounded(default(key, base))
    value = ranges.rounded(now.changes.get(key, before))
    changed = value != before
    st.session_state[f"tune.{key}"] = value
    unit = f" ({declared.unit})" if declared.unit else ""
    label = f"{'● ' if changed else ''}{name(key).capitalize()}: {declared.why}{unit}"
    st.select_slider(label, ranges.stops(key, value, before), key=f"tune.{key}", help=meaning(entry),
                     format_func=lambda stop: f"{stop:g}" + (" (unchanged)" if stop == before else ""),
                     on_change=partial(turned, key, before))


def turned(key: str, before: float) -> None:
    """Take over what a slider was turned to; the unchanged value is no change."""
    value = float(st.session_state[f"tune.{key}"])
    try:
        registry.check(key, value)
    except BrinkError as error:
        st.session_state["tuning.wrong"] = str(error)
        return
    desk.setting(key, None if value == before else value)


def meaning(entry: Entry[Parameter]) -> str:
    """What a tooltip says: unit, default, prior, bounds and evidence."""
    declared = entry.declaration
    rests = ", ".join(declared.evidence)
    return (f"`{entry.key}`  \n{desk.literal(declared.why)}  \n\n**Unit** {desk.literal(declared.unit or 'none')}  \n"
            f"**Default** {declared.default:g}  \n**Prior** {desk.literal(str(declared.prior))}  \n"
            f"**Hard bounds** {registry.bounds(declared.low, declared.high)}  \n**Rests on** {desk.literal(rests)} "
            f"(see Parameters and sources)")


def changes(now: View, base: Scenario) -> None:
    """All that is changed: value, what it was, where it lies in its prior, who says so; each can be put back."""
    changed = len(now.set) + len(now.do)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**Your changes: {changed}**" if changed else "**Your changes: none yet**")
        if changed:
            st.button("Undo all changes", key="undo", on_click=lambda: desk.change(set=(), do=(), notes=()))
    if not changed:
        st.markdown("Turn a slider, and what it changes stands here.")
    if message := st.session_state.pop("tuning.wrong", ""):
        st.error(desk.literal(message))
    if now.do:
        st.caption(f"{len(now.do)} of them {'stands' if len(now.do) == 1 else 'stand'} under “What is done and when”.")
    many = len(now.set) > IN_SIGHT
    with st.container(height=MANY if many else "content", border=many, key="changes"):
        for key, value in now.set:
            change(key, value, now, base)


def change(key: str, value: float, now: View, base: Scenario) -> None:
    """One changed value."""
    with st.container(border=True, gap="xsmall", key=f"change-{key.replace('.', '-')}"):
        st.html(described(key, value, base))
        with st.container(horizontal=True, vertical_alignment="center"):
            if now.tune and key in registry.catalogue():
                held = f"note.{key}"
                st.session_state[held] = dict(now.notes).get(key, "")
                st.text_input(f"Where {name(key)} = {value:g} comes from", key=held, max_chars=LONGEST_NOTE,
                              label_visibility="collapsed", placeholder="a note: source or reason",
                              on_change=partial(noted, key))
            st.button("Put back", key=f"back.{key}", help=f"{name(key).capitalize()} as it was",
                      on_click=partial(desk.setting, key, None))


def noted(key: str) -> None:
    """Keep the note of one value in the link."""
    note = " ".join(str(st.session_state[f"note.{key}"]).split())[:LONGEST_NOTE]
    notes = {**dict(st.session_state["view"].notes), key: note}
    desk.change(notes=tuple(sorted((key, note) for key, note in notes.items() if note)))


def described(key: str, value: float, base: Scenario) -> Markup:
    """A change in words, with a picture of where it lies in its prior."""
    if key not in registry.catalogue():
        return render("change", key, "starts at", f"{value:g}")
    entry, before = registry.find(key), default(key, base)
    was, now = ranges.place(key, before), ranges.place(key, value)
    mistrust = ": far out, so mistrust what follows" if registry.check(key, value) else ""
    return (render("change", desk.name_of(key), f"{before:g} →", f"{value:g}", entry.declaration.unit)
            + render("place", was, now, f"in its prior: before at {two_digits(100 * was)} %, now at {two_digits(100 * now)} %")
            + render("paragraphs", [f"{entry.declaration.why}; {ranges.place_in_words(key, value)}{mistrust}"],
                     "brink-change note"))


def files(now: View) -> None:
    """Keep the set as a file, or take one from a file."""
    left, right = st.columns(2)
    with left:
        title = st.text_input("Name of your set", key="set.name", max_chars=80, placeholder="My reading of the press")
        said = st.text_input("Where its values come from", key="set.note", max_chars=LONGEST_NOTE,
                             placeholder="for all values without a note of their own")
        own = {key: value for key, value in now.set if key in registry.catalogue()}
        st.download_button("Save the set as a file", view_yaml(title or "My set", said or "", own, dict(now.notes)),
                           file_name="my-set.yaml", mime="application/yaml", disabled=not own, on_click="ignore",
                           key="save.set", help="A view file of YAML: name, note, and each value with its unit and note. At "
                                                "a terminal, brink run --with my-set.yaml runs it.")
        if len(own) < len(now.set) or now.do:
            st.caption("The file holds parameters. Starting values and events stand in the link of this page.")
    with right:
        st.file_uploader("Load a set from a file", type=["yaml", "yml"], key="load.set", max_upload_size=UPLOAD_MB,
                         on_change=loaded, help="A view file as saved here. It is read strictly and nothing in it is run.")
        for line in st.session_state.get("load.wrong", ()):
            st.error(desk.literal(line))
        if message := st.session_state.get("load.done"):
            st.success(desk.literal(message))


def loaded() -> None:
    """Take over an uploaded set, or say what is wrong with it."""
    given = st.session_state["load.set"]
    st.session_state["load.wrong"], st.session_state["load.done"] = (), ""
    if given is None:
        return
    try:
        view = read_view(given.getvalue().decode("utf-8"), given.name[:60])
    except UnicodeDecodeError:
        st.session_state["load.wrong"] = (f"{given.name[:60]}: is not UTF-8 text",)
        return
    except BrinkError as error:
        st.session_state["load.wrong"] = tuple(str(error).splitlines()[:10])
        return
    notes = tuple((key, note[:LONGEST_NOTE]) for key, note in sorted(view.layer.notes.items()) if note)
    desk.change(set=tuple(sorted((key, ranges.rounded(value)) for key, value in view.layer.parameters.items())), notes=notes)
    st.session_state["set.name"], st.session_state["set.note"] = view.name[:80], view.note[:LONGEST_NOTE]
    st.session_state["load.done"] = f"{view.name}: {count(len(view.layer.parameters), 'value')} taken over."
