"""Interventions: a form that adds one, the list of them, and a chart by date."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import streamlit as st

import sim
from dashboards import charts_compare, link, page
from dashboards.plain import literal
from sim.model import registry, shocks
from sim.model.registry import tell_event
from sim.scenario.interventions import Intervention, read_given
from sim.scenario.interventions.declared import BY_LOT, SHORTEST_WINDOW, TESTS
from sim.scenario.interventions.write import choices, line

DOES = {
    "shock": "a shock strikes", "force": "something is made to happen", "forbid": "something is forbidden",
    "push": "something becomes more or less likely", "set": "a value is set", "shift": "a value is shifted",
}
FIRST = {"shock": "mediation", "force": "us.set_ultimatum", "forbid": "us.set_ultimatum", "push": "israel.prepare_alone",
         "set": "israel.missile_trigger", "shift": "war.tension"}
"""The first choice of the form."""

STARTS = ("on a date", "once something holds")


def title(one: Intervention) -> str:
    """What an intervention does, in words."""
    by = "" if one.amount is None else f"{one.amount:g}"
    if one.does == "shock":
        unit = shocks.SHOCKS[one.name].size
        return shocks.SHOCKS[one.name].name.replace("_", " ").capitalize() + (f" ({by} {unit.unit})" if by and unit else "")
    if one.does in ("set", "shift"):
        return f"{page.name_of(one.name)} {'set to' if one.does == 'set' else 'shifted by'} {by}"
    ends = {"force": "made to happen", "forbid": "forbidden", "push": f"pushed by {by} log-odds"}
    return f"{tell_event(one.name)} ({ends[one.does]})"


def choice(does: str, name: str) -> str:
    """An option of the list of names."""
    if does == "shock":
        return f"{name.replace('_', ' ').capitalize()}: {shocks.SHOCKS[name].says}"
    return tell_event(name) if does in ("force", "forbid", "push") else page.name_of(name)


def fill(now: link.Link, scenario: sim.Scenario | None, base: sim.Scenario) -> None:
    """The chart and the list of interventions, each of the visitor's own with a button that removes it, and the form."""
    if scenario is not None and scenario.interventions:
        charts_compare.strip(scenario, list(map(title, scenario.interventions))).draw("strip")
        st.caption("A diamond strikes once on that day; a bar lasts, and a pale bar waits until its condition holds.")
    elif not now.do:
        st.markdown("Nothing is forced, forbidden or pushed: all that happens follows from the rules and from luck.")
    own = now.do if scenario is None else [one.in_words(scenario.date, title(one))
                                           for one in scenario.interventions[len(scenario.interventions) - len(now.do):]]
    for i, (text, words) in enumerate(zip(now.do, own, strict=True)):
        says, button = st.columns([6, 1], vertical_alignment="center")
        says.markdown(literal(words))
        button.button("Remove", key=f"remove.{i}", help=f"Take away {literal(text)}",
                      on_click=partial(page.change, do=now.do[:i] + now.do[i + 1:]))
    st.divider()
    form(base)


@st.fragment
@page.section
def form(base: sim.Scenario) -> None:
    """The choices for an intervention; a button adds it to the view."""
    st.markdown("**Add something**")
    left, right = st.columns(2)
    with left:
        does = st.selectbox("What is done", list(DOES), format_func=DOES.__getitem__, key="do.does")
        offered = choices(does)
        name = st.selectbox("To what", offered, index=offered.index(FIRST[does]),
                            format_func=partial(choice, does), key=f"do.name.{does}",
                            help="Type to search. What nobody may order, like the loss of a leader for a day, is not here.")
        how = amount(does, name)
    with right:
        lot = does == "shock" and name == BY_LOT
        when = "on a date" if lot else st.segmented_control("When", STARTS, default=STARTS[0], required=True, key="do.start")
        start = a_date(base) if when == STARTS[0] else {"when": condition()}
        span = duration(does, name, base)
        note = st.text_input("Note", key="do.note", max_chars=120, placeholder="why, or from where")
    adding({**start, does: name, **how, **span, "note": note}, base)


def amount(does: str, name: str) -> dict[str, Any]:
    """By how much, or to what; nothing where it has no amount."""
    size = shocks.SHOCKS[name].size if does == "shock" else None
    if does in ("force", "forbid") or (does == "shock" and size is None):
        return {}
    if size is not None:
        return {"size": st.number_input(f"Size ({size.unit}, {size.low:g} to {size.high:g})", size.low * 1.0, size.high * 1.0,
                                        size.usual * 1.0, key=f"do.size.{name}", help=shocks.SHOCKS[name].does)}
    if does == "push":
        return {"by": st.number_input("By how much (log-odds)", -20.0, 20.0, 1.0, 0.5, key="do.push",
                                      help="+1 makes what is rare about 2.7 times as likely on a day; below 0 less likely.")}
    parameter = registry.catalogue().get(name)
    known = parameter.declaration if parameter else registry.fields()[name].declaration
    now = parameter.declaration.default if parameter and does == "set" else 0.0
    word = "to" if does == "set" else "by"
    return {word: st.number_input(f"{word.capitalize()} ({known.unit or 'no unit'})", value=float(now), format="%g",
                                  key=f"do.{does}.{name}")}


def a_date(base: sim.Scenario) -> dict[str, Any]:
    """The day on which it begins."""
    last = base.date + timedelta(days=base.days - 1)
    start = min(base.date + timedelta(days=61), last)
    return {"on": st.date_input("From", start, min_value=base.date, max_value=last, key=f"do.on.{base.date}.{base.days}",
                                format="YYYY-MM-DD").isoformat()}


def condition() -> dict[str, Any]:
    """The condition for which it waits."""
    events, numbers = registry.events(), {key: entry for key, entry in registry.fields().items()
                                            if entry.declaration.entries is None}
    kind = st.selectbox("Once", ["an event has happened", "a value is"], key="do.kind")
    if kind.startswith("an event"):
        return {"event": st.selectbox("Which event", list(events), format_func=tell_event, key="do.event"), "happened": True}
    name = st.selectbox("Which value", list(numbers), index=list(numbers).index("war.tension"), format_func=page.name_of,
                        key="do.variable")
    declared = numbers[name].declaration
    if declared.dtype == bool:
        return {"variable": name, "is": st.selectbox("is", ["true", "false"], key="do.flag") == "true"}
    test = st.selectbox("is", list(TESTS), key="do.test")
    return {"variable": name, "is": test,
            "value": st.number_input(f"this ({declared.unit or 'no unit'})", value=1.0, format="%g", key=f"do.value.{name}",
                                     help=declared.meaning)}


def duration(does: str, name: str, base: sim.Scenario) -> dict[str, Any]:
    """For how many days, where that can be said."""
    if does == "shock" and name == BY_LOT:
        most = max(base.days, SHORTEST_WINDOW)  # `adding` shows that a shorter horizon is too short
        return {"for": st.number_input("On a day that luck picks from this many", SHORTEST_WINDOW, most, min(180, most),
                                       key="do.window", help="Nobody orders the day: each world's own luck draws it.")}
    if does == "shock" or (does in ("set", "shift") and name in registry.fields()):
        return {}
    days = st.number_input("For how many days", 0, base.days, 14 if does == "force" else 0, key=f"do.for.{does}",
                           help="0 means to the end; for what is made to happen, on that one day or not at all.")
    return {"for": days or None}


def adding(plain: dict[str, Any], base: sim.Scenario) -> None:
    """The intervention in words, or what is wrong with it, and the button."""
    text = line(plain)
    try:
        made = read_given([text], base.date, base.days)[0]
    except sim.BrinkError as error:
        for mistake in str(error).splitlines():
            st.error(literal(mistake.rpartition("': ")[2]))
        return
    now: link.Link = st.session_state["view"]
    st.markdown(f"Adds {literal(made.in_words(base.date, title(made)))}.")
    st.caption(f"As a line of a scenario file: {literal(text)}")
    full = len(now.do) >= link.MOST_LINES
    if st.button("Add to the timeline", key="do.add", type="primary", disabled=full,
                 help=f"At most {link.MOST_LINES}." if full else None):
        page.change(do=(*now.do, text))
        st.rerun()
