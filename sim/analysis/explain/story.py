"""What a chronicle tells: key events each by itself, turning points beside them, and routine folded into a line.

The key events are those of `sim.analysis.explain.key_events`. What is neither here nor
there, like a monthly assessment, is told only if all is asked for.
"""

from __future__ import annotations

from sim.analysis.explain.key_events import KEY_EVENTS
from sim.model import registry
from sim.model.codes import PEOPLE

NAMES = ("US", "Washington", "Israel", "Iran", "Hezbollah", "Hamas", "Board")
"""Words that keep their capital within a sentence."""

TURNS = frozenset({
    "talks.open_channel", "talks.fall_silent", "talks.suspend", "talks.resume", "talks.collapse", "iran.walk_out",
    "talks.snap_back", "talks.us_leaves", "talks.report_violation", "talks.enters_into_force",
    "us.extend_ultimatum", "us.join_plan", "us.punish_sponsor", "us.press_for_ceasefire",
    "israel.plan_leaks", "israel.punish_sponsor", "israel.ask_us_in", "israel.votes", "israel.call_election",
    "israel.return_to_gaza",
    "iran.call_on_partners", "iran.crack_down", "iran.free_shipping", "iran.advance", "iran.settle_succession",
    "iran.import_air_defence", "iran.violate_deal", "street.defect",
    "hezbollah.join_iran", "hamas.join_iran", "houthis.join_iran", "militias.join_iran",
    "hezbollah.act_alone", "hamas.act_alone", "houthis.act_alone", "militias.act_alone", "houthis.attack_ships",
    "hamas.break_ceasefire", "gaza.phase_two_announced", "gaza.ceasefire_returns",
    "war.stop", "war.end_campaign", "war.aim_at_regime", "war.lose_leader", "us.crackdown_threat_lapses",
})
"""Told each by itself although they are no key events."""

ROUTINE = {
    "round_held": ("round of talks", "rounds of talks"),
    "threaten": ("US threat", "US threats"),
    "order_carrier": ("carrier ordered", "carriers ordered"),
    "bring_carrier_home": ("carrier brought home", "carriers brought home"),
    "reinforce_defence": ("move of US interceptors into theatre", "moves of US interceptors into theatre"),
    "lobby": ("visit by Israel's leaders to Washington", "visits by Israel's leaders to Washington"),
    "turn_light_up": ("step up in US backing of Israel", "steps up in US backing of Israel"),
    "turn_light_down": ("step down in US backing of Israel", "steps down in US backing of Israel"),
    "condition_arms": ("delivery of US arms made conditional", "deliveries of US arms made conditional"),
    "assure_israel": ("US assurance to Israel", "US assurances to Israel"),
    "warn_of_cover": ("Israeli warning of an attack under cover", "Israeli warnings of an attack under cover"),
    "act_covertly": ("Israeli covert action", "Israeli covert actions"),
    "spoil_talks": ("Israeli act to spoil the talks", "Israeli acts to spoil the talks"),
    "guards_spoil": ("act of the Guards to spoil the talks", "acts of the Guards to spoil the talks"),
    "settle": ("settlement step", "settlement steps"),
    "hold_exercise": ("exercise", "exercises"),
    "raise_alert": ("alert", "alerts"),
    "reassure": ("no-first-strike message", "no-first-strike messages"),
    "break_reassurance": ("no-first-strike message taken back", "no-first-strike messages taken back"),
    "widen_scope": ("widening of US demands", "widenings of US demands"),
    "narrow_scope": ("narrowing of US demands", "narrowings of US demands"),
    "tighten_sanctions": ("tightening of sanctions", "tightenings of sanctions"),
    "ease_sanctions": ("easing of sanctions", "easings of sanctions"),
    "concede": ("Iranian concession", "Iranian concessions"),
    "harden": ("hardening of Iran's position", "hardenings of Iran's position"),
    "harass_shipping": ("harassment of shipping", "cases of harassment of shipping"),
    "rebuild_faster": ("step up in Iran's missile effort", "steps up in Iran's missile effort"),
    "raise_effort": ("step up in Iran's nuclear effort", "steps up in Iran's nuclear effort"),
    "bar_inspectors": ("door closed to inspectors", "doors closed to inspectors"),
    "admit_inspectors": ("door opened to inspectors", "doors opened to inspectors"),
    "receive_false_report": ("false report of nuclear work", "false reports of nuclear work"),
    "find_occasion": ("new occasion for protest", "new occasions for protest"),
}
"""Folded into a line between two entries: one of it, and several. By the name of the event, whoever's it is."""


def told(event: str) -> bool:
    """Whether an event has an entry of its own."""
    return event in KEY_EVENTS or event in TURNS


def folded(event: str) -> tuple[str, str] | None:
    """What a routine event is called, one of it and several; None for others."""
    return ROUTINE.get(event.partition(".")[2])


def tell_event(name: str) -> str:
    """A kind of event in words with who does it, "Israel: sends word ..."; its own name if this model does not know it."""
    known = registry.events().get(name)
    return f"{PEOPLE[known.owner.key]}: {_lower(known.declaration.meaning)}" if known else name


def _lower(meaning: str) -> str:
    """A meaning as it stands within a sentence: without its full stop, and small where it begins with a common word."""
    first, _, rest = meaning.rstrip(".").partition(" ")
    return f"{first if first.startswith(NAMES) else first.lower()} {rest}".rstrip()
