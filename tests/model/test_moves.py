"""Tables of moves: how fast an action comes on a day on which this and that is the case."""

from __future__ import annotations

import pytest
from crisis_helpers import daily_rate

MOVES = [
    ("houthis.attack_ships", {"houthis.fighting": 1}, 0.02),                                      # nothing pushes
    ("houthis.attack_ships", {"houthis.fighting": 1, "gaza.at_war": 1}, 0.0603),                  # a war in Gaza
    ("houthis.attack_ships", {"houthis.fighting": 1, "houthis.at_ships": 1}, 0.0),                # it does so already
    ("israel.prepare_alone", {"us.light": 0}, 4.53e-5),                                           # a red light
    ("israel.prepare_alone", {"us.light": 2}, 0.00164),                                           # a green light
    ("israel.prepare_alone", {"war.on": 1}, 0.0),                                                 # a war is on
    ("iran.crack_down", {"street.protest": 0.2}, 0.0163),                                         # protest below the threshold
    ("iran.crack_down", {"street.protest": 0.5}, 0.87),                                           # and above it
    ("us.carry_out_ultimatum", {}, 0.0),                                                          # there is none
    ("us.carry_out_ultimatum", {"us.ultimatum": 1}, 0.0177),                                      # it has run out
    ("us.carry_out_ultimatum", {"us.ultimatum": 1, "us.carriers": 2}, 0.0681),                    # with two carriers there
    ("us.carry_out_ultimatum", {"us.ultimatum": 1, "us.deadline": 5}, 0.0),                       # five days are left
    ("war.end_campaign", {"war.on": 1, "war.rung": 7, "war.day_of_war": 3}, 0.00337),             # a campaign
    ("war.end_campaign", {"war.on": 1, "war.rung": 7, "war.day_of_war": 3, "us.pressing": 1}, 0.0091),  # Washington presses
    ("war.relapse", {"war.wars": 1, "war.quiet_days": 3}, 0.0200),                                # a young ceasefire
    ("war.relapse", {"war.wars": 1, "war.quiet_days": 10}, 0.0041),                             # one past its first week
    ("war.relapse", {"war.wars": 1, "war.quiet_days": 31}, 0.0),                                  # an old one
    ("gaza.withdraw", {"gaza.phase": 2}, 0.006),                                                  # phase two
    ("gaza.withdraw", {"gaza.phase": 2, "hamas.disarmed": 0.5}, 0.0235),                          # and Hamas disarms
    ("gaza.withdraw", {"gaza.phase": 2, "gaza.at_war": 1}, 0.0),                                  # nobody withdraws in war
]


@pytest.mark.parametrize(("event", "where", "rate"), MOVES)
def test_an_action_comes_as_fast_as_its_reasons_say(event, where, rate):
    assert daily_rate(event, where) == pytest.approx(rate, rel=0.02, abs=1e-6)
