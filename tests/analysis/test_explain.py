"""One world lived again and told: it is the world of the run, its reasons are the engine's, and what is said of it is so."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy import started
from typer.testing import CliRunner, Result

import sim
from sim.analysis.explain.beliefs import Belief, off, sights
from sim.analysis.explain.chronicle import Chronicle, explain
from sim.analysis.explain.necessity import estimated, necessity
from sim.analysis.explain.reasons import reasons, times
from sim.analysis.explain.replay import PREVENTED_FOR, known, replay
from sim.analysis.explain.verdict import Verdict
from sim.cli import app
from sim.engine import RandomStreams
from sim.engine.attribution import contributions
from sim.ensemble import workers
from sim.ensemble.results import Run
from sim.errors import BrinkError
from sim.model import registry
from sim.model.crisis import Crisis
from sim.report.text import explain as display_explain

WORLDS, DAYS, KEPT = 96, 120, 64


@pytest.fixture(scope="module")
def run() -> Run:
    return sim.run("baseline", worlds=WORLDS, days=DAYS, seed=3, keep_events=KEPT)


@pytest.fixture(scope="module")
def at_war(run: Run) -> int:
    """A kept world with a war some weeks into the run."""
    return int(np.flatnonzero(run.column("round_two")[:KEPT] > 20)[0])


@pytest.fixture(scope="module")
def chronicle(run: Run, at_war: int) -> Chronicle:
    return explain(run, at_war)


def brink(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


# The world itself

@pytest.mark.parametrize("world", [0, 7, KEPT - 1])
def test_a_world_lived_again_is_the_world_of_the_run(run: Run, world: int) -> None:
    kept = run.events[run.events.world == world]
    lived = replay(run, world)
    assert [(one.day, one.event, one.because) for one in lived.happenings] == list(
        zip(kept.day, kept.event, kept.because, strict=True))
    for question in run.questions:
        if not question.labels and run.counts(question)[world]:
            np.testing.assert_array_equal(lived.columns[question.id][0], run.column(question.id)[world])


def test_what_the_run_did_not_keep_is_found_by_living_it_again(run: Run) -> None:
    whole = sim.run("baseline", worlds=WORLDS, days=DAYS, seed=3, keep_events=WORLDS)
    assert [one.occurrence for one in known(run, WORLDS - 1)] == [one.occurrence for one in known(whole, WORLDS - 1)]


def test_a_world_keeps_the_parameters_that_were_drawn_for_it() -> None:
    drawn = sim.run("baseline", worlds=64, days=60, seed=5, uncertainty="priors", sets=8)
    lived = replay(drawn, 37)
    assert [one.occurrence for one in lived.happenings] == [one.occurrence for one in known(drawn, 37)]
    assert lived.columns["oil_top"][0] == drawn.column("oil_top")[37]


def test_a_run_of_another_model_is_refused_in_a_line(run: Run) -> None:
    other = Run({**run.about, "seed": run.seed + 1}, run.tables, run.timing)
    with pytest.raises(BrinkError, match="no longer happens as the run recorded it"):
        explain(other, 0)


def test_a_run_whose_luck_was_drawn_in_another_way_is_read_but_not_lived_again(run: Run) -> None:
    old = Run({**run.about, "luck": {"generator": "SFC64", "block": 2048}}, run.tables, run.timing)
    assert old.outcomes.equals(run.outcomes)
    assert known(old, 0) == known(run, 0)
    for ask in (lambda: explain(old, 0), lambda: old.fork(0, 3, futures=8),
                lambda: sim.compare(old, set={"us.obliterated_claim": 0.0})):
        with pytest.raises(BrinkError, match=r"^baseline: its luck was drawn in another way \(SFC64; [^\n]*$"):
            ask()


def test_columns_beside_a_world_do_not_change_it(run: Run, at_war: int) -> None:
    decisions = [one.occurrence for one in known(run, at_war) if registry.events()[one.event].declaration.clocked][:5]
    assert replay(run, at_war, decisions).happenings == replay(run, at_war).happenings


# Reasons

def test_the_terms_add_up_to_the_log_odds_that_the_engine_used() -> None:
    model, _ = started(Crisis, sim.scenario.load("baseline"), np.arange(64), RandomStreams(11))
    weighed: dict[str, Any] = {}
    seen = []

    def capture(crisis: Crisis) -> None:
        clocks = crisis.clocks
        decisiveness = np.broadcast_to(clocks.decisiveness, clocks.rates.shape)
        weighed["log_odds"] = decisiveness * clocks.rates - clocks.minus_baseline

    def compare(crisis: Crisis, fired: Any) -> None:
        for i, worlds, _ in fired:
            row = crisis.clocks.names.index(crisis.event_names[i])
            for world in worlds[:2]:
                found = sum(term.value for term in contributions(crisis, crisis.event_names[i], int(world)))
                seen.append(abs(found - weighed["log_odds"][row, world]))

    model.constraints.append(capture)
    model.observers.append(compare)
    for _ in range(90):
        model.step()
    assert len(seen) > 500
    assert max(seen) < 1e-4


def test_the_rate_follows_from_the_terms(run: Run, at_war: int) -> None:
    """rate = tempo x pace / (1 + exp(-log-odds)), as the engine says of itself."""
    for one in replay(run, at_war).happenings:
        made = one.decision
        if made is not None:
            tempo = registry.events()[one.event].declaration.tempo
            log_odds = sum(term.value for term in made.terms)
            assert made.rate == pytest.approx(tempo * made.pace / (1 + np.exp(-log_odds)), rel=1e-3)
            assert made.base == pytest.approx(tempo / (1 + np.exp(-made.terms[0].value)), rel=1e-3)
            assert 0 < made.luck <= 1


def test_every_happening_with_a_clock_has_its_decision_and_no_other(run: Run, at_war: int) -> None:
    for one in replay(run, at_war).happenings:
        clocked = registry.events()[one.event].declaration.clocked
        assert (one.decision is not None) == clocked


def test_what_a_scenario_forces_or_pushes_is_said(run: Run) -> None:
    """What is forced is no decision; what is pushed by hand is one of its reasons."""
    done = sim.run("baseline", worlds=8, days=60, seed=3,
                   do=["{on: 1, force: us.set_ultimatum}", "{on: 0, push: israel.lobby, by: 3}"])
    chronicles = [explain(done, world, everything=True) for world in range(4)]
    for chronicle in chronicles:
        forced, = (entry for entry in chronicle.entries if (entry.day, entry.event) == (1, "us.set_ultimatum"))
        assert forced.says.endswith("(The scenario makes it happen.)")
        assert (1, "us.set_ultimatum") not in chronicle.replay.without
    visits = [entry for chronicle in chronicles for entry in chronicle.entries if entry.event == "israel.lobby"]
    assert visits
    for visit in visits:
        assert max(visit.reasons, key=lambda reason: reason.value).value == pytest.approx(3.0)


def test_reasons_are_the_terms_in_other_words(run: Run, at_war: int) -> None:
    for one in replay(run, at_war).happenings:
        if one.decision is not None:
            said = reasons(one.decision.terms, one.decision.inputs)
            told_of = sum(reason.value for reason in said)
            assert abs(told_of - sum(term.value for term in one.decision.terms[1:])) < 0.05 * len(one.decision.terms) + 1e-6
            assert [abs(reason.value) for reason in said] == sorted((abs(reason.value) for reason in said), reverse=True)


def test_every_term_of_every_rule_has_words() -> None:
    """No label of the code reaches a reader."""
    model, _ = started(Crisis, sim.scenario.load("baseline"), np.arange(4), RandomStreams(1))
    for name in model.clocks.names:
        for reason in reasons(contributions(model, name, 0), {}):
            assert not re.search(r"_|\bref\b|^f\(|[<>=]", reason.says), (name, reason.says)


def test_factors() -> None:
    assert times(np.log(2.0)) == "x 2.0"
    assert times(-np.log(12.0)) == "/ 12"


# What is told

def test_every_event_has_a_story_in_the_words_of_its_owner() -> None:
    stories = registry.stories()
    assert list(stories) == list(registry.events())
    assert not any(sign in text for one in stories.values() for text in (one.short, one.clause, one.one, one.many)
                   for sign in "{}")
    assert {name: stories[name].clause for name in ("us.strikes", "iran.strikes")} == {
        "us.strikes": "the United States strikes", "iran.strikes": "Iran strikes"}
    assert stories["talks.receive_false_report"].many == "inspectors' false reports of nuclear work"


def test_a_chapter_is_told_and_an_unknown_event_is_not() -> None:
    assert registry.story("war.begins").told
    assert next(iter(registry.chapters())) == "talks.convene"
    assert registry.story("north.shoot").kind == "aside"


@pytest.mark.parametrize(("event", "says"), [
    ("israel.votes", "Israel: Israel votes"), ("us.carrier_arrives", "United States: a carrier group arrives in theatre"),
    ("israel.plan_leaks", "Israel: Washington learns that Israel prepares to strike alone"), ("north.shoot", "north.shoot"),
])
def test_an_event_is_told_within_a_sentence(event: str, says: str) -> None:
    assert registry.tell_event(event) == says


def test_all_means_all(run: Run, at_war: int) -> None:
    full = explain(run, at_war, everything=True)
    assert [entry.event for entry in full.entries] == [one.event for one in full.replay.happenings]
    assert full.untold == 0


def test_nothing_is_lost_between_entries_and_what_is_untold(chronicle: Chronicle) -> None:
    short = len(chronicle.entries) + chronicle.untold
    assert short < len(chronicle.replay.happenings)
    assert [entry.day for entry in chronicle.entries if entry.event] == sorted(entry.day for entry in chronicle.entries
                                                                              if entry.event)


def test_the_title_says_when_the_war_began_and_the_chain_leads_to_it(run: Run, at_war: int, chronicle: Chronicle) -> None:
    day = int(run.column("round_two")[at_war])
    assert sim.words.date(day, run.scenario.date) in chronicle.title
    assert chronicle.chain[-1].event == "war.begins"
    assert chronicle.chain[-1].day == day
    assert chronicle.chain[0].because == "calendar"
    for before, after in zip(chronicle.chain, chronicle.chain[1:], strict=False):
        assert after.because == before.event


def test_each_hinge_is_a_world_that_comes_out_as_it_says(run: Run, at_war: int, chronicle: Chronicle) -> None:
    """Asked one at a time, the answer is that of all side by side."""
    for hinge in chronicle.hinges[:2]:
        lived = replay(run, at_war, [hinge.occurrence])
        other = Verdict.of(lived.columns, 1, run.days, run.scenario.date)
        assert chronicle.verdict.instead(other) == hinge.instead
        assert chronicle.verdict.flips(other) == hinge.flips


def test_what_is_prevented_does_not_happen_for_a_month_and_the_past_is_untouched(run: Run, at_war: int) -> None:
    day, event = next(one.occurrence for one in known(run, at_war) if one.event == "israel.lobby")
    without = sim.run("baseline", worlds=at_war + 1, days=DAYS, seed=3,
                      do=[f"{{on: {day}, forbid: {event}, for: {PREVENTED_FOR}}}"]).events
    there = without[(without.world == at_war) & (without.event == event)].day
    assert not there.between(day, day + PREVENTED_FOR - 1).any()
    lived = replay(run, at_war, [(day, event)])
    assert lived.happenings == replay(run, at_war).happenings


def test_beliefs_are_those_of_the_model() -> None:
    model, _ = started(Crisis, sim.scenario.load("baseline"), np.arange(1), RandomStreams(1))
    for _ in range(30):
        model.step()
    missiles, programme = sights(model, "israel.prepare_alone")
    assert (missiles.believed, missiles.true) == (float(model.israel.missiles_seen[0]), float(model.iran.missiles[0]))
    assert programme.believed == float(model.israel.confidence[0])
    model.israel.alarm[:], model.iran.preparing[:] = 0.0, 0
    alarm, = sights(model, "israel.preempt")
    assert (alarm.believed, alarm.true) == (0.5, 0.0)
    assert alarm.says.startswith("Israel gave 50 % to an attack about to come; nobody was preparing one")
    model.iran.preparing[:] = 3
    assert sights(model, "israel.preempt")[0].says.endswith("one was really being prepared.")


@pytest.mark.parametrize(("seen", "true", "says"), [
    (0, 0, "about right"), (104, 100, "about right"), (60, 0, "there were none"), (130, 100, "30 % too many"),
    (400, 100, "4.0 times as many"), (25, 100, "75 % too few"),
])
def test_an_estimate_is_set_beside_the_truth(seen: float, true: float, says: str) -> None:
    assert off(seen, true) == says


def test_a_number_is_not_taken_for_a_chance() -> None:
    assert Belief("israel", "Hezbollah's long-range missiles", 0.0, 0.0, "").in_words == ("about 0", "0")
    assert Belief("israel", "an attack that is coming", 0.0, 0.0, "", likely=True).in_words == ("0 % sure", "not so")


def test_plain_words_reach_the_reader(chronicle: Chronicle) -> None:
    page = "\n".join(display_explain.lines(chronicle, 100))
    assert all(len(line) <= 100 for line in page.splitlines())
    assert not re.search(r"\bnan\b|None|_", page)
    assert page.startswith(chronicle.title[:40])
    assert "not a forecast" in page


# Necessity

def test_the_probability_of_necessity_of_what_decides_all_and_of_what_decides_nothing() -> None:
    came = np.arange(400) % 2 == 0
    all_of_it = estimated((1, "x"), "round_two", came, np.zeros(400, bool))
    assert (all_of_it.needed, all_of_it.excess) == (1.0, 1.0)
    nothing = estimated((1, "x"), "round_two", came, came)
    assert (nothing.needed, nothing.excess, nothing.excess_se) == (0.0, 0.0, 0.0)
    assert nothing.needed_se > 0


def test_living_futures_ends_when_its_pool_closes_down(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    stop.set()
    monkeypatch.setattr(workers.AT_WORK, "stop", stop.is_set, raising=False)
    with pytest.raises(workers.Stopped):
        necessity(run, 0, (5, "us.threaten"), futures=2)


def test_necessity_counted_on_shared_luck_is_at_least_the_excess() -> None:
    draws = np.random.default_rng(0).random((2, 5000))
    found = estimated((1, "x"), "round_two", draws[0] < 0.6, draws[1] < 0.3)
    assert found.excess == pytest.approx(0.5, abs=4 * found.excess_se)
    assert found.needed >= found.excess
    assert found.needed == pytest.approx(0.7, abs=4 * found.needed_se)


def test_a_war_needs_the_order_to_strike(run: Run) -> None:
    """Without the preparation the strike of that day does not come; the chain's first decision matters."""
    world = next(w for w in range(KEPT) for one in [explain(run, w).chain] if len(one) == 3)
    chain = explain(run, world).chain
    found = necessity(run, world, chain[0].occurrence, futures=64)
    assert found.given > 0.9
    assert found.without < found.given
    assert found.needed > 0


# The command

@pytest.fixture(scope="module")
def kept(run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(run.save(tmp_path_factory.mktemp("runs") / "mine"))


def test_the_command_tells_a_world(kept: str, at_war: int, chronicle: Chronicle) -> None:
    result = brink("explain", kept, "--world", str(at_war))
    assert result.exit_code == 0, result.stderr
    assert " ".join(result.stdout.split()).startswith(chronicle.title)


def test_json_is_the_chronicle_and_nothing_else(kept: str, at_war: int, chronicle: Chronicle) -> None:
    content = json.loads(brink("explain", kept, "--world", str(at_war), "--json").stdout)
    assert content["title"] == chronicle.title
    assert len(content["entries"]) == len(chronicle.entries)


def test_markdown_and_the_picture_are_kept(kept: str, at_war: int, tmp_path: Path) -> None:
    result = brink("explain", kept, "--world", str(at_war), "--markdown", "--out", str(tmp_path / "told"))
    assert result.stdout.startswith("# ")
    assert {path.name for path in (tmp_path / "told").iterdir()} == {"chronicle.json", "chronicle.md", "timeline.png",
                                                                     "timeline.svg"}


@pytest.mark.parametrize(("arguments", "says"), [
    (("--world", "5000"), "world: 5000 must be a number from 0 to 95: the run has 96 worlds"),
    ((), "say which world: --world NUMBER, or --typical war, deal, miscalculation or quiet"),
    (("--world", "1", "--typical", "war"), "say which world: --world NUMBER, or --typical war, deal, miscalculation or quiet"),
    (("--world", "1", "--futures", "1"), "futures: 1 must be a whole number from 2 to 20,000"),
])
def test_mistakes_get_a_line(kept: str, arguments: tuple[str, ...], says: str) -> None:
    result = brink("explain", kept, *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"brink: {says}\n")


def test_the_most_typical_war_is_a_war(kept: str) -> None:
    content = json.loads(brink("explain", kept, "--typical", "war", "--json").stdout)
    assert "ar on" in content["title"]


@pytest.mark.parametrize("world", [None, "war", [1], True, 1.5, -1])
def test_a_world_that_is_none_is_one_line(run: Run, world: Any) -> None:
    with pytest.raises(BrinkError, match="world"):
        explain(run, world)


def test_a_handful_of_worlds_is_counted_and_not_told_of_a_hundred() -> None:
    few = sim.run("baseline", worlds=3, days=5)
    assert "Of the 3 worlds of this run, 3 see neither war nor deal." in str(explain(few, 0))
