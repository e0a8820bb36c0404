"""Shocks: what may strike from outside the model's own rules, by name, each a few changes in the model's own terms.

A shock is a thought experiment, not a forecast: nothing here says how likely it is. `needs` says where it can strike at
all, `size` how hard it strikes unless an intervention gives a size of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim.engine import Array, WorldIndex
from sim.model.codes import Talks
from sim.model.mechanisms.assessment import INDEX

if TYPE_CHECKING:
    from sim.model.crisis import Crisis

Strikes: TypeAlias = "Callable[[Crisis, WorldIndex, float], None]"
Where: TypeAlias = "Callable[[Crisis], Array]"


@dataclass(frozen=True)
class Size:
    """How hard a shock strikes: the usual size, what it is measured in, and hard bounds."""

    usual: float
    unit: str
    low: float
    high: float


@dataclass(frozen=True)
class Shock:
    """One named shock.

    Parameters
    ----------
    name : what a scenario calls it
    says : what happens, in a sentence
    does : what that changes in the model
    strikes : the change itself, in given worlds
    where : in which worlds it can strike, shape (n,), bool; None for all
    needs : the same in words
    size : how hard; None if it has no size
    evidence : ids of the evidence ledger, or "assumption"
    """

    name: str
    says: str
    does: str
    strikes: Strikes
    where: Where | None
    needs: str
    size: Size | None
    evidence: tuple[str, ...]


SHOCKS: dict[str, Shock] = {}
"""All shocks by name, in the order of this file."""


def shock(*evidence: str, size: Size | None = None, where: Where | None = None,
          needs: str = "") -> Callable[[Strikes], Strikes]:
    """Declare a shock: the first paragraph of its docstring is what happens, the second what that changes."""
    def declare(strikes: Strikes) -> Strikes:
        says, _, does = (strikes.__doc__ or "").partition("\n\n")
        name = getattr(strikes, "__name__", "")
        SHOCKS[name] = Shock(name, " ".join(says.split()), " ".join(does.split()), strikes, where, needs, size,
                             evidence or ("assumption",))
        return strikes
    return declare


@shock("fig-leader-loss", "L011", where=lambda m: m.iran.leader_in_place & m.iran.regime_stands, needs="a leader in place")
def leader_loss(model: Crisis, worlds: WorldIndex, _: float) -> None:
    """Iran's leader is lost, by any cause, on a day that each world's own luck draws from the window that is given.

    Until a succession is settled more is at stake, forces defect more easily, and people have an occasion to take to the
    street.
    """
    model.iran.leader_lost(worlds)


@shock("assumption", "fig-ally-entry", size=Size(3, "US deaths", 0, 20), where=lambda m: ~m.war.on, needs="no war with Iran")
def accident_at_sea(model: Crisis, worlds: WorldIndex, deaths: float) -> None:
    """US and Iranian vessels collide or fire in error in the Gulf; lives are lost on both sides and nobody ordered it.

    US deaths are felt as after any other attack; Washington is expected to answer (audience cost, tension); Iran is
    provoked and alarmed as after a covert action.
    """
    model.us.casualties[worlds] += np.float32(deaths)
    model.us.commit(worlds, model.us.audience_step[worlds])
    model.war.raise_tension(worlds, model.war.tension_step[worlds])
    model.iran.sabotaged(worlds, 0, model.israel.covert_alarm[worlds])


@shock("fig-air-defence", "L072", size=Size(0.2, "share of strikes stopped", 0.1, 0.6),
       where=lambda m: m.iran.air_defence < 0.9, needs="air defence below its limit of 0.9")
def air_defence_delivery(model: Crisis, worlds: WorldIndex, share: float) -> None:
    """Air-defence systems arrive in Iran from abroad, several at once.

    Israeli strikes get through less from that day on; Israel learns of it with its next estimate, and reckons with a
    window that closes.
    """
    model.iran.import_air_defence(worlds)  # an event of the model, so that it stands in the log; it adds a tenth
    model.iran.air_defence[worlds] = np.minimum(model.iran.air_defence[worlds] + np.float32(share - 0.1), 0.9)


@shock("fig-israel-election", "L020", where=lambda m: m.israel.election_day > m.day + 90,
       needs="no election within 90 days")
def snap_election(model: Crisis, worlds: WorldIndex, _: float) -> None:
    """The coalition in Jerusalem breaks, and Israel votes in 90 days.

    The vote may change the government; until then an election is near, which makes force more tempting.
    """
    model.israel.call_election(worlds)


@shock("assumption", "fig-oil-fit", "fig-oil-volatility", size=Size(50, "% of the price", 5, 200))
def oil_shock(model: Crisis, worlds: WorldIndex, percent: float) -> None:
    """The price of oil jumps for reasons outside the model.

    It falls back with the half-life oil.reversion. As long as it is high, war is dearer to Washington, which holds back
    its strikes and its light to Israel.
    """
    model.oil.shock[worlds] = np.minimum(model.oil.shock[worlds] + np.float32(np.log1p(percent / 100)), 2)


@shock("assumption", "L050", "bas-coe-2016", size=Size(0.1, "stage index of error", 0.03, 0.5))
def leaked_intelligence(model: Crisis, worlds: WorldIndex, error: float) -> None:
    """Papers leak that show Washington how far Iran's nuclear programme has really come.

    Its belief moves toward the true stage, the more the smaller the error. (A leak that misleads is an event of the model:
    force us.receive_false_report.)
    """
    model.us.believe(worlds, INDEX[model.iran.stage[worlds]], error)


@shock("fig-reassurance", "fig-mediation", "L094", "L021", size=Size(2, "rounds of talks' worth of calm", 0, 10),
       where=lambda m: ~m.war.on & m.iran.regime_stands, needs="no war with Iran, and a regime that stands")
def mediation(model: Crisis, worlds: WorldIndex, rounds: float) -> None:
    """A third party carries word between Israel and Iran that neither will strike first, and opens a door to Washington.

    Both are reassured, tension falls, dormant talks get a channel, and suspended talks resume.
    """
    model.israel.reassure(worlds)
    model.iran.reassure(worlds)
    model.war.raise_tension(worlds, -np.float32(rounds) * model.war.round_step[worlds])
    state = model.talks.state[worlds]
    model.talks.open_channel(worlds[state == Talks.DORMANT])
    model.talks.resume(worlds[state == Talks.SUSPENDED])


def rows() -> list[dict[str, Any]]:
    """One row of plain values per shock: name, what happens, what it changes, size, what it needs, evidence."""
    return [{"name": one.name, "says": one.says, "does": one.does, "needs": one.needs,
             "size": one.size.usual if one.size else None, "unit": one.size.unit if one.size else "",
             "low": one.size.low if one.size else None, "high": one.size.high if one.size else None,
             "evidence": list(one.evidence)} for one in SHOCKS.values()]
