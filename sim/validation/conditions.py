"""What the documents report up to 11 February 2026, as conditions that a world meets or does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine import Array
from sim.model.codes import Light, Talks

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
    evidence : claims, figures and hindcast targets that say so
    holds : in which worlds it is so at the end of 11 February, shape (n,)
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
