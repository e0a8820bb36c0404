"""Cards: colours that can be told apart on any paper, and boxes of the diagram that stand apart."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from sim.model.crisis import Crisis
from sim.model.entities import LANES, Actor, Arena, Card, routine
from sim.model.outcomes import OUTCOMES
from sim.model.registry import called, cards, ordered, within
from sim.report.docs.drawing import HALF_HEIGHT, HALF_WIDTH, HEIGHT, WIDTH
from sim.report.html.colours import SHAPE, contrast

PAPERS = ("#ffffff", "#0e1117")


@pytest.mark.parametrize("key", cards())
def test_a_colour_stands_out_from_light_and_from_dark_paper(key):
    colour = cards()[key].colour
    assert re.fullmatch("#[0-9a-f]{6}", colour)
    assert {paper: contrast(colour, paper) for paper in PAPERS if contrast(colour, paper) < SHAPE} == {}


def test_no_two_entities_share_a_colour_and_none_has_that_of_an_outcome():
    colours = [card.colour for card in cards().values()]
    assert len(set(colours)) == len(colours)
    assert set(colours) & {getattr(outcome, "colour", None) for outcome in OUTCOMES} == set()


def test_boxes_of_the_diagram_lie_within_it_and_do_not_overlap():
    for card in cards().values():
        assert HALF_WIDTH <= card.place[0] <= WIDTH - HALF_WIDTH, card.name
        assert HALF_HEIGHT <= card.place[1] <= HEIGHT - HALF_HEIGHT, card.name
    for one, other in combinations(cards().values(), 2):
        apart = abs(one.place[0] - other.place[0]), abs(one.place[1] - other.place[1])
        assert apart[0] > 2 * HALF_WIDTH or apart[1] > 2 * HALF_HEIGHT, (one.name, other.name)


def test_every_lane_is_used_and_every_entity_is_either_actor_or_arena():
    assert {card.lane for card in cards().values()} == set(LANES)
    assert all(issubclass(state, Actor) != issubclass(state, Arena) for state in Crisis.states)


def test_words_of_a_story_are_those_of_its_owner():
    card = Card("Iraqi militias", "#8c6d31", "partners", (110, 480), subject="the militias")
    assert routine("{adjective} attack", short="{subject} attack").of(card).many == "Iraqi militias attacks"
    assert card.looks_as == "Iraqi militias"


@pytest.mark.parametrize(("says", "then"), [
    ("A carrier group arrives.", "a carrier group arrives"), ("US carriers in theatre", "US carriers in theatre"),
    ("Hezbollah's rebuild", "Hezbollah's rebuild"), ("Iraqi bases", "Iraqi bases"), ("Votes.", "votes"), ("", ""),
])
def test_a_meaning_within_a_sentence(says, then):
    assert within(says) == then


def test_names_of_keys():
    assert called("iran.missiles") == called("iran") == "Iran"
    assert called("north.arms") == "north"
    assert ordered("iran.strikes")
    assert not any(map(ordered, ("iran.leader_lost", "war.leader_loss_rate", "iran.leader_in_place")))
