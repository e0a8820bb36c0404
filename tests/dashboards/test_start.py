"""Start, Parameters and sources, Trust: the questions hold what they claim, and each page shows what it should."""

from __future__ import annotations

import pytest

pytest.importorskip("streamlit")

from made_differences import made_difference
from streamlit.testing.v1 import AppTest

import sim
from dashboards import glossary, quiz
from dashboards.link import Link, read
from dashboards.quiz import QUESTIONS, borne_out, shown
from sim.analysis.compare.compare import Comparison
from sim.analysis.compare.gist import difference
from sim.model import evidence, outcomes, registry
from sim.scenario import scenario

KNOWN = {outcome.id: outcome for outcome in outcomes.OUTCOMES}


def text(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in ("markdown", "caption", "title", "header", "subheader", "info", "warning",
                                                     "error") for element in getattr(app, kind))


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.id)
def test_a_question_names_only_what_there_is(question):
    assert question.scenario in scenario.names() and (not question.next or question.next in scenario.names())
    assert KNOWN[question.outcome].kind in ("day", "probability") and KNOWN[question.parts].kind == "code"
    assert {reason.outcome for reason in question.reasons} <= set(KNOWN)
    assert set(question.claims) <= evidence.load().ids
    assert {reason.way for reason in question.reasons} <= {-1, 0, 1}


def compared(worlds: int) -> dict[str, Comparison]:
    base = sim.run("baseline", worlds=worlds, keep_events=0)
    return {id: Comparison.of(base, sim.run(question.scenario, worlds=worlds, keep_events=0))
            for id, question in QUESTIONS.items()}


def test_the_numbers_speak_against_no_reason():
    for id, comparison in compared(512).items():
        for reason in QUESTIONS[id].reasons:
            one = difference(comparison, reason.outcome)
            assert "opposite" not in borne_out(reason, one), shown(reason, one)
            assert "does move" not in borne_out(reason, one), shown(reason, one)


@pytest.mark.slow
def test_the_numbers_bear_every_reason_out():
    doubts = {shown(reason, one): doubt for id, comparison in compared(8192).items() for reason in QUESTIONS[id].reasons
              for one in [difference(comparison, reason.outcome)] if (doubt := borne_out(reason, one))}
    assert doubts == {}


def test_a_doubt_is_told():
    up = QUESTIONS["carrier"].reasons[0]
    still = QUESTIONS["carrier"].reasons[-1]
    one = made_difference(verdict="lower", difference=-0.1)
    assert "opposite" in borne_out(up, one) and "does move" in borne_out(still, one)
    assert "Too close" in borne_out(up, made_difference(verdict="not told apart"))
    assert borne_out(up, made_difference(verdict="perhaps higher", difference=0.1)) == ""
    assert borne_out(still, made_difference(verdict="higher", difference=0.004)) == ""


@pytest.mark.parametrize(("guess", "says"), [(60, "60 too low"), (90, "30 too low"), (120, "as near")])
def test_a_guess_is_held_against_the_answer(guess, says):
    question, one = QUESTIONS["channel"], made_difference(difference=0.02, se=0.002, verdict="higher", b=0.12)
    assert f"You guessed **{guess}**: {says}" in quiz.verdict(question, one, guess)
    assert "20.0 worlds of 1,000 (± 2.0) more" in quiz.verdict(question, one, guess)


def test_the_start_offers_six_questions_and_a_glossary(opened):
    app = opened("start")
    assert [button.label for button in app.button].count("Guess") == len(QUESTIONS) == 6
    app.text_input(key="find-word").input("hazard").run()
    assert app.expander[0].label.startswith("Words found: ")
    app.text_input(key="find-word").input("no such word").run()
    assert any("No word" in info.value for info in app.info)


def test_guess_see_why(opened):
    app = opened("start", question="agenda", days="60")
    assert "Without the change" in text(app) and "With the change" not in text(app)
    app.slider(key="guess-agenda").set_value(7)
    next(button for button in app.button if button.label == "See the answer").click().run()
    assert not app.exception
    assert "7" in app.query_params["guess"]
    said = text(app)
    assert "You guessed **7**" in said and "Why" in said and "without the change" in said
    assert len(app.get("vega_lite_chart")) == 1


def test_flips_are_a_hundred_worlds():
    base = sim.run("baseline", worlds=64, days=60, keep_events=0)
    same = Comparison.of(base, base)
    drawn = quiz.flips(QUESTIONS["carrier"], same.flips("round_two"))
    assert drawn.count("<i") == 100 + 4
    assert "only with the change: 0" in drawn.striptags()


@pytest.mark.parametrize("link", [{"question": "../etc"}, {"guess": "-5"}, {"term": "<script>"}, {"item": "nobody.nothing"}])
def test_a_bad_link_is_left_out_and_told(link):
    view, wrong = read(link)
    assert view == Link() and len(wrong) == 1


def test_every_word_has_a_meaning_and_known_sources():
    for id, entry in glossary.TERMS.items():
        assert entry.says.endswith(".") and entry.group and set(entry.sources) <= evidence.load().ids
        assert f"(./?term={id} " in glossary.term(id) and '"' not in entry.says
    assert len(glossary.TERMS) >= 30


def test_a_parameter_is_shown_with_its_prior_and_evidence(opened):
    app = opened("parameters", item="israel.missile_trigger")
    said = text(app)
    assert "triangular, 0.62 to 0.8, mode 0.7" in said and "L081" in said
    assert len(app.get("vega_lite_chart")) == 1
    next(button for button in app.button if button.key == "go-L081").click().run()
    assert not app.exception
    assert "L081" in app.query_params["item"] and "What it feeds" in text(app)


def test_the_table_is_filtered(opened):
    app = opened("parameters")
    assert len(app.dataframe[0].value) == len(registry.catalogue())
    app.selectbox(key="look-rests").select("work").run()
    assert 0 < len(app.dataframe[0].value) < 200
    app.text_input(key="look-text").input("zzzz").run()
    assert any("Nothing is like that" in info.value for info in app.info)


def test_trust_says_how_the_model_fares_and_where_it_ends(opened):
    app = opened("trust")
    said = text(app)
    assert "checks pass" in said and "In-sample" in said and "What would prove it wrong" in said
    assert len(app.get("vega_lite_chart")) == 2
