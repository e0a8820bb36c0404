"""The documentation says what the model is: its generated parts are up to date, and they say what they should."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from sim.engine import Field, RandomStreams
from sim.engine.declarations import declared
from sim.errors import BrinkError
from sim.model.crisis import Crisis
from sim.model.registry import catalogue, events, fields
from sim.report.docs import causal, documents, odd
from sim.report.html.calibration import page

DOCS = Path(__file__).parents[2] / "docs"


PAGES = documents.PAGES | documents.AROUND


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_up_to_date(name):
    text = (DOCS / name).read_text()
    assert odd.filled(text, PAGES[name]) == text, "run: brink docs --out docs"


def test_the_diagram_is_up_to_date_and_well_formed():
    drawn = (DOCS / "causal.svg").read_text()
    assert drawn == causal.picture(), "run: brink docs --out docs"
    ElementTree.fromstring(drawn)


def test_every_block_is_used():
    for name, makers in PAGES.items():
        assert {block["name"] for block in odd.BLOCK.finditer((DOCS / name).read_text())} == set(makers)


RECORDS = {"calibration.md", "findings.md", "scale.md", "validation.md"}
"""Pages of docs/ that record what was measured, and keep the numbers of their day."""

COUNT = re.compile(r"\b\d{2,}\b (?:\w+ ){0,2}(?:parameters|events|kinds of event|state variables|outcomes|entities|clocks)\b"
                   r"(?! a (?:day|year))")


def test_no_count_of_declarations_is_written_by_hand():
    assert COUNT.search("as sliders, all 490 parameters of the model") and COUNT.search("151 kinds of event")
    pages = [DOCS.parent / "README.md", DOCS.parent / "benchmarks" / "README.md",
             *(page for page in DOCS.rglob("*.md") if page.name not in RECORDS)]
    code = [path for folder in ("dashboards", "sim") for path in (DOCS.parent / folder).rglob("*.py")]
    found = {path.as_posix(): COUNT.findall(odd.BLOCK.sub("", path.read_text())) for path in pages + code}
    assert {path: counts for path, counts in found.items() if counts} == {}


def test_counts_in_words_are_right():
    from sim.analysis.pathways.pathways import QUESTIONS as STAGES

    written = {"dashboards/app_pages/pathways.py": "five questions", "sim/analysis/pathways/pathways.py": "five questions"}
    assert all(words in (DOCS.parent / path).read_text() for path, words in written.items())
    assert len(STAGES) == 5
    pytest.importorskip("streamlit")
    from dashboards.quiz import QUESTIONS

    written = {"README.md": "six questions", "docs/dashboard/README.md": "six questions",
               "dashboards/app.py": "Six questions", "dashboards/app_pages/start.py": "Six questions"}
    assert all(words in (DOCS.parent / path).read_text() for path, words in written.items())
    assert len(QUESTIONS) == 6


def test_the_pages_around_are_filled_where_they_stand(tmp_path):
    folder = tmp_path / "docs"
    shutil.copytree(DOCS, folder)
    (tmp_path / "README.md").write_text("Mine.\n<!-- table: counts -->\nold\n<!-- end -->\n")
    assert documents.write(folder) == [tmp_path / "README.md"]
    assert odd.counts() in (tmp_path / "README.md").read_text()
    assert documents.write(folder) == []


def test_the_protocol_is_whole():
    text = (DOCS / "odd.md").read_text()
    for heading in ("1. Purpose and patterns", "2. Entities, state variables and scales", "3. Process overview and scheduling",
                    "4. Design concepts", "5. Initialization", "6. Input data", "7. Submodels"):
        assert f"## {heading}" in text
    for concept in ("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing",
                    "Interaction", "Stochasticity", "Collectives", "Observation"):
        assert f"**{concept}.**" in text
    assert text.count("\n| `") >= len(catalogue()) + len(fields()) + len(events())


def test_links_between_pages_lead_somewhere():
    for file in (*(DOCS / name for name in ("odd.md", "causal.md", "calibration.md")), *(DOCS / "how-to").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", file.read_text()):
            assert (file.parent / target).is_file(), f"{file.name} -> {target}"


def test_every_action_has_terms_that_read_what_the_rule_reads():
    rules = {rule.key: rule for rule in causal.rules()}
    assert set(rules) == set(events())
    lone = rules["israel.prepare_alone"]
    signs = {term.text: term.sign for term in lone.terms}
    assert signs["by_urge x urge"] == "+"
    assert signs["by_assurance x assured"] == "-"
    (backing,) = (term for term in lone.terms if term.text == "light_red x (us.light == 0)")
    assert set(backing.reads) == {"us.light", "israel.light_red"}
    assert {"israel.preparing", "war.on", "us.light"} <= set(lone.needs)
    assert {"israel.preparing", "israel.reason"} <= set(lone.changes)
    assert "war.begins" in rules["israel.strikes"].leads_to
    assert {"us.sanctions", "iran.access"} <= set(rules["talks.agree_broadly"].changes), "with what it brings about"
    assert "war.us_in" not in rules["iran.preempt"].changes, "x |= False changes nothing"
    assert [rule.key for rule in rules.values() if not rule.changes] == []


@pytest.mark.parametrize(("start", "values"), [
    ({}, {}), ({}, {"israel.lone_strike_rate": 0.02, "war.end_rate": 0.002, "us.join_rate": 0.5}),
    ({"iran.leader_in_place": 0}, {})])
def test_no_event_changes_or_brings_about_more_than_its_effect_says(start, values):
    """Let happen in every world of an ensemble that has lived for a while."""
    told = {rule.key: rule for rule in causal.rules()}
    model = Crisis(np.arange(64), RandomStreams(1), values, start)
    for _ in range(80):
        model.step()
    held = {f"{state.key}.{name}": vars(state)[name] for state in model.members for name in declared(type(state), Field)}
    before = {key: array.copy() for key, array in held.items()}
    for i, name in enumerate(model.event_names):
        model.log.entries.clear()
        with np.errstate(all="ignore"):
            model.happen(i, np.arange(model.n))
        changed = {key for key, array in held.items() if not np.array_equal(array, before[key])}
        assert changed <= set(told[name].changes), name
        made = {model.event_names[event] for _, event, _, because in model.log.entries if np.array_equal(because, i)}
        assert made - {name} <= set(told[name].leads_to), name
        for key, array in held.items():
            array[...] = before[key]


def test_the_types_of_the_cast_are_up_to_date():
    assert documents.CAST.read_text() == documents.types_of_the_cast(), "run: brink docs --out docs"


def test_unknown_blocks_and_folders_are_errors(tmp_path):
    with pytest.raises(BrinkError, match="no table 'outcome'; did you mean 'outcomes'"):
        odd.filled("<!-- table: outcome -->\n<!-- end -->", odd.ODD)
    with pytest.raises(BrinkError, match=r"has no odd\.md"):
        documents.write(tmp_path)


def test_the_calibration_page_says_what_its_result_says():
    result = json.loads((DOCS / "calibration.json").read_text())
    assert (DOCS / "calibration.md").read_text() == page(result) + "\n"
