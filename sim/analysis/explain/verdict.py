"""How a world came out, in a sentence: the first war and who fired first and why, the first deal, or neither."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.model.codes import Cause, Deal, Initiator
from sim.words import date, sentence_case

FIRST = {
    Initiator.ISRAEL: "Israel strikes first", Initiator.BOTH: "Israel and the United States strike first together",
    Initiator.UNITED_STATES: "the United States strikes first", Initiator.IRAN: "Iran strikes first",
}
BECAUSE = {
    Cause.PREVENTIVE: "to stop Iran's rebuild", Cause.JOINT: "to stop Iran's rebuild", Cause.FALSE_ALARM: "on a false alarm",
    Cause.TRUE_ALARM: "to forestall an attack that was really coming", Cause.ULTIMATUM: "carrying out an ultimatum",
    Cause.CRACKDOWN: "over a crackdown on protest", Cause.PARTNERS: "in answer to the fire of Iran's partners",
    Cause.REPRISAL: "in reprisal for covert action or a blow to Hezbollah", Cause.RELAPSE: "as a ceasefire breaks",
}
DEALS = {Deal.INTERIM: "an interim nuclear deal", Deal.NUCLEAR: "a comprehensive nuclear deal",
         Deal.BROAD: "a broad deal"}

SOON = 7
"""Days by which a war may move and still be the same war."""


@dataclass(frozen=True)
class Verdict:
    """How one world came out.

    Parameters
    ----------
    war, deal : day of the first war and of the first deal, -1 if there is none
    cause, initiator, kind : codes of `Cause`, `Initiator`, `Deal`
    """

    war: int
    cause: int
    initiator: int
    deal: int
    kind: int
    days: int
    day_0: datetime.date

    @classmethod
    def of(cls, columns: Mapping[str, Any], column: int, days: int, day_0: datetime.date) -> Verdict:
        """That of one column of the outcomes of a model."""
        war, cause, initiator, deal, kind = (int(columns[name][column]) for name in (
            "round_two", "first_cause", "first_initiator", "deal", "deal_kind"))
        return cls(war, cause, initiator, deal, kind, days, day_0)

    @property
    def headline(self) -> int:
        """The day on which it was decided: the first war, else the first deal, else -1."""
        return self.war if self.war >= 0 else self.deal

    def on(self, day: int) -> str:
        """A day as a date."""
        return date(day, self.day_0)

    @property
    def end(self) -> str:
        """The date of the horizon."""
        return self.on(self.days)

    @property
    def war_in_words(self) -> str:
        """The first war, like "war on 14 May 2026: Israel strikes first, on a false alarm"."""
        return f"war on {self.on(self.war)}: {FIRST[self.initiator]}, {BECAUSE[self.cause]}"

    @property
    def deal_in_words(self) -> str:
        """The first deal, like "a broad deal on 14 May 2026"."""
        return f"{DEALS.get(self.kind, 'a deal')} on {self.on(self.deal)}"

    @property
    def title(self) -> str:
        """The whole in a sentence."""
        deal = self.deal_in_words
        if self.war < 0:
            text = f"{deal}, and no war" if self.deal >= 0 else f"no war and no deal by {self.end}"
        elif self.deal < 0:
            text = self.war_in_words
        else:
            text = f"{deal}, then {self.war_in_words}" if self.deal < self.war else f"{self.war_in_words}; {deal}"
        return sentence_case(text)

    def flips(self, other: Verdict) -> bool:
        """Whether the headline turns: a war comes or goes, or in a world without war a deal."""
        return (self.war < 0) != (other.war < 0) or (self.war < 0 and (self.deal < 0) != (other.deal < 0))

    def instead(self, other: Verdict) -> str:
        """What another world has in place of what happened in this one; "" if about the same."""
        no_war, no_deal = f"no war by {self.end}" if self.war >= 0 else "", "no deal" if self.deal >= 0 else ""
        same = (self.war >= 0 and abs(self.war - other.war) <= SOON
                and (self.cause, self.initiator) == (other.cause, other.initiator))
        war = no_war if other.war < 0 else "" if same else other.war_in_words
        deal = no_deal if other.deal < 0 else "" if self.deal >= 0 else other.deal_in_words
        return ", ".join(filter(None, (war, deal)))
