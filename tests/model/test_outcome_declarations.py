"""What outcomes, codes and drawn variables declare for people: colours that mean one thing and are seen, names that exist."""

from __future__ import annotations

import ast
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sim.ensemble.recorder import variables
from sim.model import codes, evidence, outcomes, palette, registry
from sim.model.codes import Cause, Code, Codes, Deal, Initiator
from sim.model.crisis import Crisis
from sim.model.outcomes import BY_ID, HEADLINES, ON_CARDS, OUTCOMES, THEMES, TOLD
from sim.report.figures import look
from sim.report.html.colours import SHAPE, contrast

ROOT = Path(__file__).parents[2]
PAPERS = ("#ffffff", "#0e1117", "#14171c", "#1b1f25")
"""Paper of pages and pictures, and the dark ones of Streamlit, of the dashboard and of reports."""

WARS = {id for id in BY_ID if id.endswith("_war") or id.startswith("first_by")} | {"round_two", "miscalculation"}
KINDS = [kind for kind in vars(codes).values() if isinstance(kind, type) and issubclass(kind, Codes) and kind is not Codes]


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:], 16)


# Colours

def test_headlines_have_places_of_their_own_and_some_speak_first():
    assert sorted(BY_ID[id].headline for id in HEADLINES) == list(range(1, len(HEADLINES) + 1))
    assert (len(TOLD), len(ON_CARDS)) == (3, 7)
    assert set(TOLD) < set(ON_CARDS) < set(HEADLINES)
    assert all(BY_ID[id].kind in ("day", "probability") and not BY_ID[id].given for id in HEADLINES)


def test_headlines_never_share_a_colour_and_none_is_an_actors():
    colours = [BY_ID[id].colour for id in HEADLINES]
    actors = {look.ACTORS[state.key] for state in Crisis.states if ".actors." in state.__module__}
    assert len(set(colours)) == len(colours)
    assert palette.GREY not in colours
    assert not actors & set(colours)


def test_inks_differ_and_stand_out_from_every_paper():
    assert len(set(palette.INKS.values())) == len(palette.INKS)
    for (one, ink), (other, second) in combinations(palette.INKS.items(), 2):
        assert np.abs(np.subtract(channels(ink), channels(second))).sum() > 30, f"{one} looks like {other}"
    assert {(name, paper) for name, ink in palette.INKS.items() for paper in PAPERS if contrast(ink, paper) < SHAPE} == set()


def test_colours_are_declared_inks():
    inks = set(palette.INKS.values())
    assert {outcome.colour for outcome in OUTCOMES} <= inks
    assert {code.colour for kind in KINDS for code in kind.members.values()} <= inks


def test_war_is_never_green():
    red, green, blue = channels(palette.LEAF)
    assert green > red and green > blue
    shown = [BY_ID[id].colour for id in WARS if BY_ID[id].headline]
    shown += [code.colour for kind in (Initiator, Cause) for code in kind.members.values() if code]
    assert not [colour for colour in shown if channels(colour)[1] > max(channels(colour)[0], channels(colour)[2])]


@pytest.mark.parametrize("kind", [Initiator, Cause, Deal])
def test_codes_of_one_kind_never_share_a_colour(kind):
    colours = [code.colour for code in kind.members.values()]
    assert len(set(colours)) == len(colours)


def test_an_outcome_has_the_colour_of_the_code_that_means_the_same():
    same = {"first_by_israel": Initiator.members["israel"], "first_by_both": Initiator.members["both"],
            "first_by_us": Initiator.members["united states"], "first_by_iran": Initiator.members["iran"],
            "miscalculation": Cause.members["false alarm"]}
    assert {id: BY_ID[id].colour for id in same} == {id: code.colour for id, code in same.items()}


# Codes and outcomes

@pytest.mark.parametrize("kind", KINDS)
def test_rules_read_codes_as_plain_numbers(kind):
    numbers = [getattr(kind, name) for name in vars(kind) if name.isupper()]
    assert numbers == list(range(len(kind.names()))) == [int(code) for code in kind.members.values()]
    assert {type(number) for number in numbers} == {int}
    assert (np.zeros(2, np.int16) + numbers[-1]).dtype == np.int16


def test_codes_have_words():
    assert Initiator.members["united states"].says == "US alone"
    assert Cause.members["false alarm"].says == "False alarm"
    assert BY_ID["top_stage"].code("weapon grade").says == "Weapon grade"
    assert BY_ID["deal_kind"].code("unheard of") == Code("Unheard of")


def test_outcomes_say_what_they_are_about():
    assert len(BY_ID) == len(OUTCOMES)
    assert {outcome.theme for outcome in OUTCOMES} == set(THEMES) - {outcomes.ELSE}
    assert BY_ID["deal_kind"].labels == tuple(Deal.names())
    assert BY_ID["gaza_war"].title == BY_ID["gaza_war"].says
    assert {outcome.given for outcome in OUTCOMES if outcome.given} <= set(BY_ID)


def test_an_outcome_of_another_model_is_shown_by_its_question():
    foreign = outcomes.shown("shot", "A shot is fired")
    assert (foreign.title, foreign.noun, foreign.colour) == ("A shot is fired", "A shot is fired", palette.GREY)
    assert (foreign.theme, foreign.headline, foreign.evidence) == (outcomes.ELSE, 0, ())
    assert foreign.code("tense").says == "Tense"
    with pytest.raises(LookupError, match="another model"):
        foreign.resolve(None)


# Variables that are drawn

def test_drawn_variables_are_recorded_and_have_titles():
    recorded = {variable.name for variable in variables(Crisis.states)}
    declared = {key: entry.declaration for key, entry in registry.fields().items()}
    assert [declared[key].drawn for key in registry.drawn()] == list(range(1, len(registry.drawn()) + 1))
    for key in registry.drawn():
        assert key in recorded, f"{key} is drawn, but not recorded"
        assert declared[key].title


# Names in tables that are kept by hand

def _named() -> list[tuple[str, str]]:
    """Where a key like "us.light" of an entity stands in a string, and the key."""
    entity = re.compile(rf"(?:{'|'.join(state.key for state in Crisis.states)})\.[a-z_\d]+")
    return [(f"{path.relative_to(ROOT)}:{node.lineno}", node.value)
            for folder in ("sim", "dashboards") for path in sorted((ROOT / folder).rglob("*.py"))
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and entity.fullmatch(node.value)]


def test_every_key_that_the_code_names_exists():
    known = {*registry.catalogue(), *registry.fields(), *registry.events(), *registry.properties()}
    begun = {key[:i] for key in known for i, letter in enumerate(key) if letter == "_"}
    assert [f"{place}: {key}" for place, key in _named() if key not in known | begun] == []
    files = {place.rpartition(":")[0] for place, _ in _named()}
    assert {"sim/analysis/pathways/pathways.py", "sim/validation/arrows.py", "dashboards/interventions_form.py"} <= files


def test_pathways_ask_who_fires_first_by_the_names_of_codes():
    from sim.analysis.pathways.pathways import QUESTIONS

    turn = next(question for question in QUESTIONS if question.id == "turn")
    assert {answer.id for answer in turn.answers} == {label.replace(" ", "_") for label in Initiator.names()}


def test_validation_names_what_exists():
    from sim.validation.arrows import ARROWS
    from sim.validation.calibration_targets import TARGETS
    from sim.validation.checks_crisis import CRISIS
    from sim.validation.experiments import COUNTS, DAILY_MEANS, MOMENTS, WARS
    from sim.validation.hindcast import ANSWERS, STARTS

    assert {target.column for target in TARGETS if target.column} <= {*MOMENTS, *WARS}
    assert set(ANSWERS) == set(evidence.load().hindcast) >= set(STARTS)
    assert {arrow.outcome for arrow in ARROWS} <= {*DAILY_MEANS, *COUNTS}
    assert {arrow.push for arrow in ARROWS} <= {*registry.catalogue(), *registry.fields()}
    assert {key for check in CRISIS for key in check.moved_by} <= set(registry.catalogue())


def test_questions_for_students_name_what_exists():
    pytest.importorskip("streamlit")
    from dashboards.quiz import QUESTIONS
    from sim.scenario import scenario

    ledger = evidence.load()
    for question in QUESTIONS.values():
        assert {question.outcome, question.parts, *(reason.outcome for reason in question.reasons)} <= set(BY_ID)
        assert BY_ID[question.parts].codes
        assert BY_ID[question.outcome].headline
        assert {question.scenario, *filter(None, [question.next])} <= set(scenario.names())
        assert set(question.claims) <= ledger.ids


def test_the_form_starts_with_what_can_be_chosen():
    pytest.importorskip("streamlit")
    from dashboards.interventions_form import DOES, FIRST
    from sim.scenario.interventions.write import choices

    assert set(FIRST) == set(DOES)
    assert [(does, name) for does, name in FIRST.items() if name not in choices(does)] == []
