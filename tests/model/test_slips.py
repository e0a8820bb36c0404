"""Declarations stand in one order for good, and a class with a slip in them is not made."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.engine import DeclarationError, Event, Field, Parameter, Stream, flag
from sim.engine.declarations import declared
from sim.model import evidence
from sim.model.actors.decider import Striker
from sim.model.actors.israel import Israel
from sim.model.actors.partner import Partner
from sim.model.codes import Front
from sim.model.crisis import Crisis
from sim.model.declare import rate
from sim.model.entities import Actor, Arena, Card, aside, chapter, turn
from sim.model.ledger import ids

ORDER = Path(__file__).parent / "declaration_order.txt"
CARD = Card("Syria", "#4f9a94", "partners", (905, 640))


def test_the_order_of_declarations_stays():
    """It gives the ids of events, the columns of results and the order of effects on one day: append, never move."""
    lines = [" ".join((state.key, kind.__name__.lower(), *declared(state, kind)))
             for state in Crisis.states for kind in (Parameter, Field, Stream, Event)]
    pinned = ORDER.read_text().splitlines()
    assert [line for line, start in zip(lines, pinned, strict=False) if not f"{line} ".startswith(f"{start} ")] == []
    assert len(lines) >= len(pinned)


def test_every_id_of_the_ledger_is_known_without_reading_it():
    assert ids() == evidence.load().ids


def made(*bases: type, **members: object) -> type:
    """A class like one that is written down."""
    return type("Syria", bases, {"__doc__": "Syria.", "__module__": __name__, "key": "syria", "card": CARD, **members})


def close(self):
    """Closes the corridor."""
    return 0


def closing(**words: object) -> dict[str, object]:
    """An action and the rate that it needs."""
    from sim.engine import hazard_event

    event = hazard_event(rate="shut_rate", **words)(close)
    return {"shut_rate": rate(0.01, 1.8, "closes the corridor"), "close": event.effect(lambda syria, worlds: None)}


def test_a_class_without_slips_is_made():
    assert made(Actor, shut=flag("closed"), **closing(story=turn("closed"), evidence=["L017"])).card is CARD


@pytest.mark.parametrize(("bases", "members", "message"), [
    ((Actor,), {"card": None}, "syria: has no card; give card = Card(name, colour, lane, place)"),
    ((Arena,), {"card": Card("Syria", "#4f9a94", "partner", (0, 0))},
     "syria: its card has no lane 'partner'; there is us, israel, talks, iran, partners, war; did you mean 'partners'?"),
    ((Actor,), closing(), "syria: close: has no story; give chapter(), turn(), routine() or aside()"),
    ((Actor,), closing(story=chapter("wars", "it closes")),
     "syria: close: no stage 'wars'; there is talks, pressure, decision, war, nuclear, region, home; did you mean 'war'?"),
    ((Actor,), closing(story=aside(), shows=["seen"]),
     "syria: close: shows 'seen', which is no field of it that says of= what"),
    ((Actor,), closing(story=aside(), evidence=["L0177"]),
     "syria: close: no evidence has the id 'L0177'; did you mean 'L077'?"),
    ((Actor,), {"shut_rate": rate(0.01, 1.8, "closes", "fig-corridor")},
     "syria: shut_rate: no evidence has the id 'fig-corridor'; did you mean 'fig-syria-corridor'?"),
    ((Actor,), {"shut": flag("closed", evidence=["L0177"])},
     "syria: shut: no evidence has the id 'L0177'; did you mean 'L077'?"),
    ((Partner,), {}, "syria: its part Partner needs 'front', which nothing declares"),
    ((next(part for part in Israel.__bases__ if part.__name__ == "AtHome"), Actor), {},
     "syria: its part AtHome needs 'by_restraint', which nothing declares"),
    ((Actor,), {"price": Parameter(1, (2.0,), "dollars", "a price")},
     "syria: price: has no bounds between which the model runs; give low= and high="),
    ((Striker,), {}, "syria: has no carry_out_strike(), which its bases leave to it"),
])
def test_a_class_with_a_slip_is_not_made(bases, members, message):
    with pytest.raises(DeclarationError) as error:
        made(*bases, **members)
    assert message in str(error.value).splitlines()


def test_all_slips_are_told_at_once():
    with pytest.raises(DeclarationError) as error:
        made(Partner, card=None, front=Front.LEBANON, **closing(evidence=["L0177"]))
    assert len([line for line in str(error.value).splitlines() if line.startswith("syria: ")]) == 3
