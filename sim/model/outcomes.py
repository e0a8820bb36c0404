"""What a run answers: each outcome with its question in plain words, how it is read off a finished run, and base rates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.engine import Array
from sim.model import palette
from sim.model.codes import Cause, Code, Codes, Deal, Ending, Initiator, Stage

Kind = Literal["probability", "mean", "day", "code"]

FIRST_WAR, IN_WAR = "War with Iran: whether, by whom, why", "How a war goes, and how it ends"
REGION, TALKS, WASHINGTON = "Beyond Iran: the region and the oil market", "Talks and deals", "Washington"
PROGRAMME, REGIME = "Iran's nuclear programme, and what others know of it", "Iran's regime"
GAZA, LIVES, ELSE = "Gaza", "Lives and costs", "Other outcomes"
THEMES = (FIRST_WAR, IN_WAR, REGION, TALKS, WASHINGTON, PROGRAMME, REGIME, GAZA, LIVES, ELSE)
"""What outcomes are about, in the order in which tables show them."""


@dataclass(frozen=True)
class Outcome:
    """One outcome.

    Parameters
    ----------
    id, catalogue : its name, and its number in the catalogue of outcomes
    says : the question or quantity in plain words
    kind : "probability" (bool per world), "mean" (a number), "day" (day of the first time, -1 never) or "code" (a label)
    unit : of the values
    resolve : reads the column off a finished run, shape (n,)
    given : id of the outcome that must hold for this one to count
    base, base_note : base rate to compare the model's number with, and where it comes from
    codes : what the numbers of a "code" stand for
    evidence : claims that the outcome puts to the test, and figures behind the base rate
    theme : what it is about, one of `THEMES`
    headline : its place among the outcomes that people meet first, from 1; 0 for the others
    title : how it is headed, if not by the question
    noun : how it is named within a sentence, if not by the question
    colour : its ink in every picture, of `palette`
    """

    id: str
    catalogue: str
    says: str
    kind: Kind
    unit: str
    resolve: Callable[[Any], Array]
    given: str | None = None
    base: float | None = None
    base_note: str = ""
    codes: type[Codes] | None = None
    evidence: tuple[str, ...] = ()
    theme: str = ELSE
    headline: int = 0
    title: str = ""
    noun: str = ""
    colour: str = palette.GREY

    def __post_init__(self) -> None:
        for name in ("title", "noun"):
            object.__setattr__(self, name, getattr(self, name) or self.says)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the codes in columns."""
        return tuple(self.codes.names()) if self.codes else ()

    def code(self, label: str) -> Code:
        """The code of that name, with its words and colour; one that is not declared is grey."""
        known = self.codes.members if self.codes else {}
        return known.get(label) or Code(label.capitalize())


def later(after: Array, event: Array, within: int) -> Array:
    """Whether `event` (a day, -1 never) came at most `within` days after `after` (likewise)."""
    return (after >= 0) & (event >= after) & (event <= after + within)


def first_caused_by(*causes: int) -> Callable[[Any], Array]:
    """The day of the first strike where one of these was its cause, else -1."""
    return lambda m: np.where(np.isin(m.war.first_cause, causes), m.war.first_day, -1)


def first_fired_by(initiator: int) -> Callable[[Any], Array]:
    """The day of the first strike where this side fired it, else -1."""
    return lambda m: np.where(m.war.first_initiator == initiator, m.war.first_day, -1)


def deal_of_kind(kind: int) -> Callable[[Any], Array]:
    """The day of the first signature where it was a deal of this kind, else -1."""
    return lambda m: np.where(m.talks.deal_kind == kind, m.talks.deal_day, -1)


def lead_time(m: Any) -> Array:
    """Days from covert cascades to their detection, up to now if they were not found; 0 where there were none."""
    end = np.where(m.iran.detected_day >= 0, m.iran.detected_day, m.day)
    return np.where(m.iran.cascades_day >= 0, np.maximum(end - m.iran.cascades_day, 0), 0)


def still_at_war(m: Any) -> Array:
    """Length of the first war, as far as it has gone."""
    return np.where(m.war.first_length > 0, m.war.first_length, np.where(m.war.wars == 1, m.war.day_of_war, 0))


POOL = "judgement, between the ICB gaps (.33) and the dyad's own rate (.68)"

OUTCOMES: tuple[Outcome, ...] = (
    Outcome("round_two", "O1", "Direct fire between Iran and Israel or the United States", "day", "day",
            lambda m: m.war.first_day, base=0.55, base_note=POOL,
            evidence=("L067", "L109", "fig-icb-gaps", "fig-dyad-rate", "fig-aggregate-priors"), theme=FIRST_WAR, headline=1,
            title="War: Iran and Israel or the US exchange fire", noun="a war with Iran", colour=palette.CRIMSON),
    Outcome("first_by_israel", "O3", "Israel alone fires first", "day", "day", first_fired_by(Initiator.ISRAEL),
            theme=FIRST_WAR, headline=8, colour=palette.CORNFLOWER),
    Outcome("first_by_both", "O3", "Israel and the United States fire first together", "day", "day",
            first_fired_by(Initiator.BOTH), theme=FIRST_WAR, headline=9, colour=palette.INDIGO),
    Outcome("first_by_us", "O3", "The United States alone fires first", "day", "day", first_fired_by(Initiator.UNITED_STATES),
            theme=FIRST_WAR, headline=10, colour=palette.COBALT),
    Outcome("first_by_iran", "O3", "Iran fires first", "day", "day", first_fired_by(Initiator.IRAN), theme=FIRST_WAR,
            headline=11, colour=palette.TANGERINE),
    Outcome("preventive_war", "O3", "The first war is preventive: the rebuild passed somebody's threshold", "day", "day",
            first_caused_by(Cause.PREVENTIVE, Cause.JOINT), evidence=("L099", "L107"), theme=FIRST_WAR, headline=12,
            colour=palette.LAGOON),
    Outcome("coercion_war", "O3", "The first war comes of a threat: an ultimatum or a crackdown", "day", "day",
            first_caused_by(Cause.ULTIMATUM, Cause.CRACKDOWN), evidence=("L052", "L108", "L115"), theme=FIRST_WAR, headline=13,
            colour=palette.BRICK),
    Outcome("partner_war", "O3", "The first war grows out of partners' fire or a reprisal", "day", "day",
            first_caused_by(Cause.PARTNERS, Cause.REPRISAL), theme=FIRST_WAR, headline=14, colour=palette.UMBER),
    Outcome("true_alarm_war", "O3", "The first war is pre-emption of an attack that was really coming", "day", "day",
            first_caused_by(Cause.TRUE_ALARM), theme=FIRST_WAR),
    Outcome("miscalculation", "O4", "A war begins by pre-emption on a false alarm", "day", "day",
            lambda m: m.war.false_alarm_day, base=0.06, base_note="judgement for a year; compared, never tuned to",
            evidence=("L101", "L102", "fig-aggregate-false-alarm"), theme=FIRST_WAR, headline=3,
            title="A war by mistake, on a false alarm", noun="a war by pre-emption on a false alarm", colour=palette.MAGENTA),
    Outcome("miscalculation_share", "O4", "The first war begins on a false alarm, given that there is one", "probability", "",
            lambda m: m.war.first_cause == Cause.FALSE_ALARM, given="round_two", evidence=("L101",), theme=FIRST_WAR),
    Outcome("first_cause", "O3", "Cause of the first war", "code", "", lambda m: m.war.first_cause, codes=Cause,
            theme=FIRST_WAR),
    Outcome("first_initiator", "O3", "Who fired first", "code", "", lambda m: m.war.first_initiator, codes=Initiator,
            theme=FIRST_WAR),
    Outcome("deal", "O5", "The United States and Iran sign a deal", "day", "day", lambda m: m.talks.deal_day, base=0.22,
            base_note="judgement for a year, from 4.5 deals in 73 months of talks 2003 to 2025",
            evidence=("L068", "fig-deal-hazard", "fig-aggregate-priors"), theme=TALKS, headline=2,
            title="A deal between Washington and Tehran", noun="a deal", colour=palette.TEAL),
    Outcome("deal_interim", "O5", "The first deal is interim or a freeze", "day", "day", deal_of_kind(Deal.INTERIM),
            theme=TALKS),
    Outcome("deal_nuclear", "O5", "The first deal is comprehensive and nuclear only", "day", "day", deal_of_kind(Deal.NUCLEAR),
            theme=TALKS),
    Outcome("deal_broad", "O5", "The first deal covers missiles and partners too", "day", "day", deal_of_kind(Deal.BROAD),
            base=0.03, base_note="judgement for a year", evidence=("L087", "fig-aggregate-priors"), theme=TALKS),
    Outcome("deal_lasts", "O5", "The deal is alive at the end, given that one was signed", "probability", "",
            lambda m: (m.talks.deal_day >= 0) & (m.talks.deal_end < 0), given="deal", theme=TALKS),
    Outcome("deal_kind", "O5", "Kind of the first deal", "code", "", lambda m: m.talks.deal_kind, codes=Deal, theme=TALKS),
    Outcome("top_stage", "O6", "Furthest stage of Iran's nuclear programme", "code", "", lambda m: m.iran.top_stage,
            codes=Stage, theme=PROGRAMME),
    Outcome("cascades", "O6", "Iran has covert cascades", "day", "day", lambda m: m.iran.cascades_day, theme=PROGRAMME),
    Outcome("weapon_grade", "O6", "Iran has weapon-grade material", "day", "day", lambda m: m.iran.weapon_day, base=0.04,
            base_note="judgement for a year", evidence=("L069", "fig-aggregate-nuclear"), theme=PROGRAMME, headline=5,
            colour=palette.LAVENDER),
    Outcome("device", "O6", "Iran has a nuclear device", "day", "day", lambda m: m.iran.device_day, base=0.01,
            base_note="judgement for a year", evidence=("fig-aggregate-nuclear",), theme=PROGRAMME),
    Outcome("detected", "O6", "Covert work is found, given that there is any", "probability", "", lambda m: m.iran.detected,
            given="cascades", theme=PROGRAMME),
    Outcome("hidden_days", "O6", "Days that covert cascades stay hidden, given that there are any", "mean", "days", lead_time,
            given="cascades", theme=PROGRAMME),
    Outcome("verdict_gap", "O7", "Days on which Israel sees reconstitution and the United States does not", "mean", "days",
            lambda m: m.israel.gap_days, evidence=("L075", "L105"), theme=PROGRAMME),
    Outcome("green_light", "O8", "Washington gives a green light or better", "day", "day", lambda m: m.us.green_day,
            evidence=("L046",), theme=WASHINGTON, headline=15, colour=palette.LEAF),
    Outcome("strike_after_green", "O8", "A strike within 14 days of the first green light, given one", "probability", "",
            lambda m: later(m.us.green_day, m.war.first_day, 14), given="green_light", theme=WASHINGTON),
    Outcome("war_length", "O9", "Days of the first war, given one", "mean", "days", still_at_war, given="round_two",
            theme=IN_WAR),
    Outcome("long_war", "O9", "The first war lasts more than 30 days, given one", "probability", "",
            lambda m: still_at_war(m) > 30, given="round_two", base=0.1, base_note="ICB-type mixture of exchanges and wars",
            evidence=("fig-war-length",), theme=IN_WAR),
    Outcome("war_ending", "O9", "How the last war ended", "code", "", lambda m: m.war.ending, codes=Ending, theme=IN_WAR),
    Outcome("missiles_fired", "O10", "Missiles that Iran fires, given a war", "mean", "missiles",
            lambda m: m.war.launched_total, given="round_two", base=550, base_note="June 2025",
            evidence=("fig-june-2025-fired",), theme=IN_WAR),
    Outcome("missiles_peak", "O10", "Most missiles fired on one day, given a war", "mean", "missiles",
            lambda m: m.war.launched_peak, given="round_two", theme=IN_WAR),
    Outcome("intercepted", "O10", "Missiles stopped, given a war", "mean", "missiles", lambda m: m.war.intercepted_total,
            given="round_two", base=258, base_note="June 2025, of about 300 engaged", evidence=("fig-june-2025-salvos",),
            theme=IN_WAR),
    Outcome("impacts", "O10", "Impacts in Israel, given a war", "mean", "impacts", lambda m: m.war.impacts_total,
            given="round_two", base=44, base_note="June 2025: 36 to 55, 31 in populated areas",
            evidence=("fig-june-2025-salvos",), theme=IN_WAR),
    Outcome("rounds_left", "O11", "Upper-tier interceptors left at the end of the last war, given one", "mean", "rounds",
            lambda m: np.where(m.war.rounds_left >= 0, m.war.rounds_left, m.israel.rounds()), given="round_two", theme=IN_WAR),
    Outcome("depleted", "O11", "A war leaves fewer rounds than a campaign would ask for, given one", "probability", "",
            lambda m: m.war.depleted, given="round_two", theme=IN_WAR),
    Outcome("days_short", "O11", "Days with fewer rounds than a campaign by Iran's launchers would ask for", "mean", "days",
            lambda m: m.war.days_short, theme=IN_WAR),
    Outcome("deaths_israel", "O12", "Deaths in Israel, given a war", "mean", "deaths", lambda m: m.war.dead_israel,
            given="round_two", base=28, base_note="June 2025", evidence=("fig-deaths-israel",), theme=LIVES),
    Outcome("deaths_iran", "O12", "Deaths in Iran by strikes, given a war", "mean", "deaths", lambda m: m.war.dead_iran,
            given="round_two", base=1100, base_note="June 2025: 1,062 to 1,190", evidence=("fig-deaths-iran",), theme=LIVES),
    Outcome("deaths_us", "O12", "Deaths of US personnel", "mean", "deaths", lambda m: m.war.dead_us, theme=LIVES),
    Outcome("deaths_gaza", "O12", "Deaths in Gaza", "mean", "deaths", lambda m: m.gaza.deaths, theme=LIVES),
    Outcome("deaths_protest", "O12", "Deaths in Iran's protests", "mean", "deaths", lambda m: m.street.deaths, theme=LIVES),
    Outcome("cost_israel", "O12", "Cost to Israel, given a war", "mean", "billion dollars", lambda m: m.war.cost,
            given="round_two", base=6, base_note="June 2025: 6 to 12", evidence=("fig-war-cost",), theme=LIVES),
    Outcome("oil_top", "O13", "Highest price of Brent", "mean", "dollars", lambda m: m.oil.top_price, theme=REGION),
    Outcome("oil_mean", "O13", "Mean price of Brent", "mean", "dollars", lambda m: m.oil.price_sum / max(m.day, 1),
            theme=REGION),
    Outcome("oil_over_100", "O13", "Days with Brent above 100 dollars", "mean", "days", lambda m: m.oil.days_over_100,
            theme=REGION),
    Outcome("hormuz", "O14", "A quarter of the flow through Hormuz is lost for three days", "probability", "",
            lambda m: m.oil.longest_loss >= 3, theme=REGION, headline=16, colour=palette.SLATE),
    Outcome("regional_war", "O15", "Fire on three fronts within a week", "day", "day", lambda m: m.war.regional_day,
            evidence=("L104", "L095"), theme=REGION, headline=4, colour=palette.PLUM),
    Outcome("regional_given_war", "O15", "Fire on three fronts within a week, given a war with Iran", "probability", "",
            lambda m: m.war.regional_day >= 0, given="round_two", base=0.35, base_note="judgement",
            evidence=("L104", "fig-aggregate-priors"), theme=REGION),
    Outcome("top_rung", "O16", "Highest rung of the escalation ladder (0 to 10)", "mean", "rung", lambda m: m.war.top_rung,
            theme=IN_WAR),
    Outcome("days_at_seven", "O16", "Days at rung 7, a sustained campaign, or above", "mean", "days",
            lambda m: m.war.days_at_seven, theme=IN_WAR),
    Outcome("regime_change", "O17", "Iran's regime falls", "day", "day", lambda m: m.iran.regime_end_day, theme=REGIME,
            headline=6, colour=palette.ROSE),
    Outcome("leader_lost", "O17", "Iran loses a leader, by any cause", "day", "day", lambda m: m.iran.leader_lost_day,
            theme=REGIME),
    Outcome("gaza_phase_two", "O18", "Phase two of the Gaza plan is announced", "day", "day", lambda m: m.gaza.phase_two,
            evidence=("L058",), theme=GAZA),
    Outcome("gaza_war", "O18", "War returns to Gaza", "day", "day", lambda m: m.gaza.war_day, base=0.35,
            base_note="judgement: .0012 a day", evidence=("fig-gaza-collapse",), theme=GAZA, headline=7, colour=palette.OCHRE),
    Outcome("hamas_disarmed", "O18", "Share of Hamas's arms given up", "mean", "share", lambda m: m.hamas.disarmed, theme=GAZA),
    Outcome("hamas_disarms", "O18", "Hamas is nine tenths disarmed", "probability", "", lambda m: m.hamas.disarmed >= 0.9,
            base=0.10, base_note="judgement for a year", evidence=("L060", "fig-hamas-disarmament"), theme=GAZA),
    Outcome("first_round", "O19", "A formal round of US-Iran talks", "day", "day", lambda m: m.talks.first_round,
            evidence=("L037",), theme=TALKS),
    Outcome("rounds", "O19", "Rounds of talks held", "mean", "rounds", lambda m: m.talks.rounds, theme=TALKS),
    Outcome("breakdowns", "O19", "Times that talks broke down", "mean", "times", lambda m: m.talks.breakdowns, theme=TALKS),
    Outcome("carrier_days", "O20", "Carrier days in theatre", "mean", "days", lambda m: m.us.carrier_days, evidence=("L042",),
            theme=WASHINGTON),
    Outcome("ultimatums", "O20", "Ultimatums set", "mean", "times", lambda m: m.us.ultimatums, theme=WASHINGTON),
    Outcome("threats_executed", "O20", "Threats carried out", "mean", "times", lambda m: m.us.executed, evidence=("L113",),
            theme=WASHINGTON),
    Outcome("relapse_30", "O21", "Fire within 30 days of the first ceasefire, given one", "probability", "",
            lambda m: (m.war.first_relapse >= 0) & (m.war.first_relapse <= 30), given="ceasefire", theme=IN_WAR),
    Outcome("relapse_90", "O21", "Fire within 90 days of the first ceasefire, given one", "probability", "",
            lambda m: (m.war.first_relapse >= 0) & (m.war.first_relapse <= 90), given="ceasefire", theme=IN_WAR),
    Outcome("relapse_180", "O21", "Fire within 180 days of the first ceasefire, given one", "probability", "",
            lambda m: (m.war.first_relapse >= 0) & (m.war.first_relapse <= 180), given="ceasefire", theme=IN_WAR),
    Outcome("ceasefire", "O21", "A war with Iran has ended", "probability", "", lambda m: m.war.first_length > 0, theme=IN_WAR),
)

BY_ID = {outcome.id: outcome for outcome in OUTCOMES}

HEADLINES = tuple(outcome.id for outcome in sorted(OUTCOMES, key=lambda outcome: outcome.headline) if outcome.headline)
"""Ids of the outcomes that people meet first, in their order: pictures of what a change does show them all."""

TOLD, ON_CARDS = HEADLINES[:3], HEADLINES[:7]
"""Those that sentences name, and those that have a card."""


def shown(id: str, says: str = "") -> Outcome:
    """How an outcome is shown to people: as it is declared; one of another model in grey, by its question `says`."""
    return BY_ID.get(id) or Outcome(id, "", says or id, "probability", "", _not_here)


def _not_here(_: Any) -> Array:
    raise LookupError("an outcome of another model is not read off this one")


def columns(model: Any) -> dict[str, Array]:
    """Every outcome's column, by id, read off a finished run."""
    return {outcome.id: outcome.resolve(model) for outcome in OUTCOMES}
