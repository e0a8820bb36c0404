"""Words for people: numbers with their nouns, and capitals."""

import pytest

from sim.report.text.outcomes import error
from sim.words import count, sentence_case


@pytest.mark.parametrize(("number", "noun", "told"), [
    (0, ("parameter",), "0 parameters"), (1, ("parameter",), "1 parameter"), (1200, ("world",), "1,200 worlds"),
    (1, ("story", "stories"), "1 story"), (3, ("story", "stories"), "3 stories")])
def test_a_number_has_its_noun(number, noun, told):
    assert count(number, *noun) == told


@pytest.mark.parametrize(("text", "told"), [("a war with Iran", "A war with Iran"), ("", ""), ("US strikes", "US strikes")])
def test_only_the_first_letter_becomes_a_capital(text, told):
    assert sentence_case(text) == told


def test_a_difference_of_means_that_is_the_same_in_every_world_is_told_so_and_not_as_sure():
    assert error({"difference": 0.0, "kind": "mean", "se": 0.0}) == " in every world"
    assert error({"difference": 0.0, "kind": "mean", "se": 0.5}) == " ± 0.50"
