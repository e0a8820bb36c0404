"""The dated questions of a forecast: each can be settled by anybody who reads the news."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.engine import Array
from sim.model.codes import Initiator
from sim.validation.conditions import no_partner_fights


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
