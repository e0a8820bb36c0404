"""The data of a forecast: reported facts with which its worlds must agree, and dated questions that the news settles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine import Array
from sim.model.codes import Initiator, Light, Talks

BRENT, BRENT_ERROR = 68.2, 4.0
"""Brent on 9 February (fig-brent-path), and how far a world's price on the 11th may lie from it: one standard error, which
covers two days' news and that the model's oil market knows nothing of the rest of the world (a judgement)."""


@dataclass(frozen=True)
class ReportedFact:
    """Something reported.

    Parameters
    ----------
    id : name of the condition
    says : what is reported, in plain words
    evidence : claims, figures and hindcast targets behind it
    holds : in which worlds it is true at the end of 11 February, shape (n,)
    """

    id: str
    says: str
    evidence: tuple[str, ...]
    holds: Callable[[Any], Array]


def no_partner_fights(m: Any) -> Array:
    """Where Hezbollah, the Houthis and the militias have not opened fire."""
    return (m.hezbollah.first_fight < 0) & (m.houthis.first_fight < 0) & (m.militias.first_fight < 0)


CONDITIONS = (
    ReportedFact("no exchange", "No direct strike between Iran and Israel or the United States", ("L067", "H1"),
                 lambda m: m.war.first_day < 0),
    ReportedFact("round held", "A formal round of US-Iran talks was held", ("L037", "H2"), lambda m: m.talks.first_round >= 0),
    ReportedFact("talks go on", "Talks have not been broken off", ("L046",),
                 lambda m: (m.talks.state == Talks.ROUNDS) & (m.talks.breakdowns == 0)),
    ReportedFact("no deal", "No deal was signed", ("L068", "H3"), lambda m: m.talks.deal_day < 0),
    ReportedFact("phase two", "Phase two of the Gaza ceasefire was declared by 31 January", ("L058", "H4"),
                 lambda m: (m.gaza.phase_two >= 0) & (m.gaza.phase_two <= 32)),
    ReportedFact("board", "The Board of Peace came together by 23 January", ("L059", "H5"),
                 lambda m: (m.gaza.board_met >= 0) & (m.gaza.board_met <= 24)),
    ReportedFact("no war in Gaza", "War has not returned to Gaza", ("L057",), lambda m: m.gaza.war_day < 0),
    ReportedFact("Hamas armed", "Hamas has not begun to disarm", ("L060", "H6"), lambda m: m.hamas.disarmed == 0),
    ReportedFact("crackdown", "Iran put protests down with many deaths, and the regime stands", ("L036", "H7"),
                 lambda m: (m.street.crackdown_day >= 0) & m.iran.regime_stands & m.iran.leader_in_place),
    ReportedFact("threat not carried out", "Washington threatened force over it and did not use it", ("L036", "L113", "H8"),
                 lambda m: (m.us.threatened_day >= 0) & (m.us.executed == 0)),
    ReportedFact("carrier", "A carrier group is in theatre", ("L042", "H9"), lambda m: m.us.carriers >= 1),
    ReportedFact("light", "Washington has not given Israel a green light", ("L046", "L047", "H10"),
                 lambda m: (m.us.green_day < 0) & (m.us.light < Light.GREEN)),
    ReportedFact("no enrichment found", "No renewed enrichment was detected", ("L069", "H12"), lambda m: ~m.iran.detected),
    ReportedFact("partners quiet", "Hezbollah, the Houthis and Iraqi militias have not joined in", ("L067", "H14"),
                 no_partner_fights),
    ReportedFact("leaders met", "The US president and Israel's prime minister met", ("L044", "L065", "H15"),
                 lambda m: m.israel.meetings > 0),
)


def agreement(model: Any) -> tuple[dict[str, Array], Array]:
    """Where each condition holds, and the weight of each world, shape (n,).

    A world that meets all conditions weighs as much as its price of Brent is likely (see `BRENT_ERROR`); others weigh 0.
    """
    holds = {condition.id: np.array(condition.holds(model)) for condition in CONDITIONS}
    likely = np.exp(-0.5 * ((model.oil.price.astype(np.float64) - BRENT) / BRENT_ERROR) ** 2)
    return holds, likely * np.logical_and.reduce(list(holds.values()))


@dataclass(frozen=True)
class ForecastQuestion:
    """One question, asked for several deadlines.

    Parameters
    ----------
    id : name of the question
    says : the question; "by the deadline" is to be read after it
    settled : what counts
    yet : in which worlds it has happened since the forecast was made, shape (n,); once true it counts for good
    """

    id: str
    says: str
    settled: str
    yet: Callable[[Any], Array]


QUESTIONS = (
    ForecastQuestion("round_two", "Direct fire between Iran and Israel or the United States",
                     "A strike by Israel or the United States on Iranian soil, or a launch by Iran at Israel or US forces, "
                     "acknowledged by a government; covert action does not count", lambda m: m.war.wars > 0),
    ForecastQuestion("first_by_us", "The United States alone fires first",
                     "As round_two, and the first strike is by US forces without Israel's on the same day",
                     lambda m: m.war.first_initiator == Initiator.UNITED_STATES),
    ForecastQuestion("first_by_israel", "Israel alone fires first",
                     "As round_two, and the first strike is by Israel without US forces on the same day",
                     lambda m: m.war.first_initiator == Initiator.ISRAEL),
    ForecastQuestion("us_strike", "The United States strikes Iran", "A US strike on Iranian soil, alone or with Israel",
                     lambda m: m.war.us_in),
    ForecastQuestion("deal", "The United States and Iran sign a deal",
                     "A written agreement that both governments acknowledge, interim or comprehensive",
                     lambda m: m.talks.deal_day >= 0),
    ForecastQuestion("round_of_talks", "Another formal round of US-Iran talks",
                     "Delegations meet for announced talks, also through a mediator", lambda m: m.talks.rounds > 0),
    ForecastQuestion("talks_break_down", "The talks break down", "Either government declares the talks over",
                     lambda m: m.talks.breakdowns > 0),
    ForecastQuestion("regional_war", "Fire on three fronts within a week",
                     "Within seven days, fire on three of: Iran-Israel, Iran-US, Lebanon, Gaza, Yemen, Iraq, each in a "
                     "campaign or an exchange and not a single incident", lambda m: m.war.regional_day >= 0),
    ForecastQuestion("hormuz", "A quarter of the flow through Hormuz is lost for three days",
                     "Tanker traffic at three quarters of the usual or less on three consecutive days",
                     lambda m: m.oil.longest_loss >= 3),
    ForecastQuestion("weapon_grade", "Iran has weapon-grade material",
             "Reported by the inspectors, or stated by the United States as its finding", lambda m: m.iran.weapon_day >= 0),
    ForecastQuestion("second_carrier", "Two US carrier groups in theatre at once",
                     "Both in the area of the Central Command or the eastern Mediterranean", lambda m: m.us.carriers >= 2),
    ForecastQuestion("ultimatum", "The United States sets Iran an ultimatum",
                     "A demand with a date and a threat of force, by the president or in his name",
                     lambda m: m.us.ultimatums > 0),
    ForecastQuestion("gaza_war", "War returns to Gaza",
                     "Israel or Hamas declares the ceasefire over, or a week of major operations",
                     lambda m: m.gaza.war_day >= 0),
    ForecastQuestion("partners", "Hezbollah, the Houthis or Iraqi militias open fire",
                     "Any of them resumes attacks on Israel, US forces or shipping and claims them",
                     lambda m: ~no_partner_fights(m)),
    ForecastQuestion("hamas_disarms", "Hamas begins to disarm", "A first handover of arms, confirmed by a mediator",
                     lambda m: m.hamas.disarmed > 0),
    ForecastQuestion("regime_change", "Iran's regime falls", "The Islamic Republic's institutions no longer govern in Tehran",
                     lambda m: ~m.iran.regime_stands),
    ForecastQuestion("brent_over_100", "Brent closes above 100 dollars", "Front-month settlement", lambda m: m.oil.price > 100),
)
