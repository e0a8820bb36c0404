"""Key events: of all that can happen, the few that make a story. Declared here once, for pathways, stories and chronicles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KeyEvent:
    """What an event is to a story.

    Parameters
    ----------
    name : what happens, as a clause in the present that can follow "then"
    stage : the chapter it belongs to: talks, pressure, decision, war, nuclear, region or home
    weight : how much of a difference it makes between two stories whether, and when, it first happens
    """

    name: str
    stage: str
    weight: float = 1.0


KEY_EVENTS: dict[str, KeyEvent] = {
    "talks.convene": KeyEvent("formal talks begin", "talks"),
    "talks.breaks_off": KeyEvent("talks break down", "talks", 1.5),
    "talks.agree_narrowly": KeyEvent("a nuclear deal is signed", "talks", 4),
    "talks.agree_broadly": KeyEvent("a broad deal is signed", "talks", 4),
    "talks.deal_fails": KeyEvent("the deal dies", "talks", 2),
    "us.carrier_arrives": KeyEvent("a carrier arrives", "pressure", 0.5),
    "us.set_ultimatum": KeyEvent("Washington sets an ultimatum", "pressure", 2),
    "us.drop_ultimatum": KeyEvent("the ultimatum lapses", "pressure"),
    "us.carry_out_ultimatum": KeyEvent("Washington decides to carry out its ultimatum", "decision"),
    "us.intervene": KeyEvent("Washington prepares to strike over the crackdown", "decision"),
    "us.strike_nuclear_sites": KeyEvent("Washington prepares to strike nuclear sites", "decision"),
    "israel.prepare_alone": KeyEvent("Israel prepares to strike alone", "decision"),
    "israel.prepare_jointly": KeyEvent("Israel and the United States prepare to strike together", "decision"),
    "us.hold_israel_back": KeyEvent("Washington holds Israel back", "decision"),
    "israel.preempt": KeyEvent("Israel pre-empts", "decision", 2),
    "iran.preempt": KeyEvent("Iran pre-empts", "decision", 2),
    "iran.avenge": KeyEvent("Iran prepares to strike back from its own soil", "decision"),
    "war.begins": KeyEvent("war begins", "war", 5),
    "us.strikes": KeyEvent("the United States strikes", "war", 1.5),
    "israel.strikes": KeyEvent("Israel strikes", "war", 1.5),
    "iran.strikes": KeyEvent("Iran strikes", "war", 1.5),
    "us.join_war": KeyEvent("the United States joins the war", "war"),
    "war.escalate": KeyEvent("the exchange grows into a campaign", "war"),
    "war.regional_starts": KeyEvent("three fronts are under fire", "war", 1.5),
    "war.ends": KeyEvent("fire stops", "war", 1.5),
    "war.relapse": KeyEvent("the ceasefire breaks", "war", 1.5),
    "iran.found_out": KeyEvent("Iran's covert work is found", "nuclear", 0.5),
    "iran.dash": KeyEvent("Iran dashes for weapon-grade material", "nuclear"),
    "iran.material_made": KeyEvent("Iran has weapon-grade material", "nuclear", 2),
    "israel.campaign_in_lebanon": KeyEvent("Israel opens a campaign in Lebanon", "region", 0.5),
    "gaza.resumes": KeyEvent("war returns to Gaza", "region"),
    "iran.close_hormuz": KeyEvent("shipping through Hormuz is disrupted", "region"),
    "iran.leader_lost": KeyEvent("Iran loses its leader", "home", 2),
    "iran.regime_falls": KeyEvent("Iran's regime falls", "home", 4),
    "israel.government_changes": KeyEvent("Israel's government changes", "home", 0.5),
}
"""By event, in the order of a story's chapters."""
