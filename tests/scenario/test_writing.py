"""Scenarios written as files: what is written reads back to the same scenario."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model import registry
from sim.scenario import scenario
from sim.scenario.scenario import Scenario
from sim.scenario.write import apart, view_yaml, written

DONE = ("{on: 2026-03-01, shock: accident_at_sea, note: \"it: happens # {so}, 'twice'\"}",
        "{on: 40, set: us.obliterated_claim, to: 0.12345678901234, until: 90}",
        "{when: {variable: war.tension, is: above, value: 1}, force: us.set_ultimatum, for: 14}",
        "{on: 9, when: [{event: talks.convene, happened: true}, {variable: talks.open, is: true}], push: israel.preempt, "
        "by: -1.5}")
PRINTED = st.text(st.characters(exclude_categories=["C"], exclude_characters="\ufffe\uffff"))


def back(what: Scenario, folder) -> Scenario:
    path = folder / "written.yaml"
    path.write_text(what.as_yaml(), encoding="utf-8")
    return scenario.load(path)


@pytest.mark.parametrize("name", scenario.names())
def test_a_scenario_of_the_library_reads_back_and_does_not_lean_on_itself(name, tmp_path):
    what = scenario.load(name)
    again = back(what, tmp_path)
    assert again.hash == what.hash and (again.title, again.says, again.date) == (what.title, what.says, what.date)
    assert name not in again.lineage
    assert {key: source.note for key, source in again.sources.items()} == {
        key: source.note for key, source in what.sources.items()}


def test_changes_are_said_as_differences_from_the_scenario_that_was_changed(tmp_path):
    what = scenario.load("inspectors_back").changed(set={"israel.missile_trigger": 1 / 3}, days=200, do=DONE)
    again = back(what, tmp_path)
    assert again.hash == what.hash and again.interventions == what.interventions
    assert again.lineage == ["baseline", "inspectors_back", "written"]
    text = what.as_yaml()
    assert "extends: inspectors_back" in text and "- {on: 2026-03-01, shock: accident_at_sea, note:" in text
    assert "iran.access" not in text


@given(st.dictionaries(st.sampled_from(sorted(registry.catalogue())[:60]), st.floats(0.01, 0.99), max_size=5),
       PRINTED.filter(lambda text: text.strip()), PRINTED)
def test_any_values_title_and_description_read_back(values, title, says):
    import tempfile
    from pathlib import Path

    mended = {key: min(max(value, registry.find(key).declaration.low), registry.find(key).declaration.high)
              for key, value in values.items()}
    what = dataclasses.replace(scenario.load("baseline").changed(set=mended), title=" ".join(title.split()),
                               says=" ".join(says.split()))
    with tempfile.TemporaryDirectory() as folder:
        again = back(what, Path(folder))
    assert again.hash == what.hash
    assert (again.title, again.says) == (what.title, what.says)


def test_several_numbers_notes_and_another_date_are_kept(tmp_path):
    key = next(key for key, entry in registry.fields().items() if entry.declaration.entries)
    start = registry.fields()[key].declaration.start
    numbers = [float(number) for number in start] if isinstance(start, list | tuple) else [
        float(start)] * registry.fields()[key].declaration.entries
    path = tmp_path / "own.yaml"
    path.write_text(f"title: Mine\ndate: 2026-01-10\ndays: 90\nstart:\n  {key}: {numbers}\nparameters:\n"
                    '  israel.missile_trigger: {value: 0.7, note: "the press: \\"soon\\""}\n')
    what = scenario.load(path)
    own = apart(what)
    assert own.parent == "" and own.several == [key] and own.single == {"israel.missile_trigger": 0.7}
    again = back(what, tmp_path)
    assert again.hash == what.hash and again.date == date(2026, 1, 10)
    assert again.sources["israel.missile_trigger"].note == 'the press: "soon"'


def test_what_differs_from_a_parent_is_all_that_differs():
    what = scenario.load("ultimatum_when_tense")
    assert apart(what).nothing and apart(what).parent == what.name
    own = apart(what.changed(set={"iran.access": 0.5}, do=[DONE[0]]))
    assert own.parent == what.name and own.start == {"iran.access": 0.5} and len(own.interventions) == 1
    assert "2026-03-01" in written(own.interventions[0], what.date)
    renamed = dataclasses.replace(what, interventions=())
    assert apart(renamed).parent == "baseline"


@pytest.mark.parametrize("title", ["Null", "True", "no", "2026-03-01", "1e5", "Word"])
def test_titles_that_yaml_would_take_for_something_else_read_back(title, tmp_path):
    assert back(dataclasses.replace(scenario.load("baseline"), title=title), tmp_path).title == title


def test_a_view_keeps_all_digits_of_a_value():
    value = 0.12345678901234
    text = view_yaml("Mine", "", {"us.obliterated_claim": value}, {})
    assert scenario.read_view(text, "mine.yaml").layer.parameters == {"us.obliterated_claim": value}
