"""The page on adding an actor, followed to the letter: what it says works, and the new actor is in no way second class."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from crisis_helpers import crisis, fields, live

from sim.model.crisis import Crisis

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/how-to/add-an-actor.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(kind, path, text) for kind, path, text in BLOCK.findall(PAGE)]
EDITED_BY_HAND = {"sim/model/actors/syria.py", "sim/model/crisis.py"}

LOOK = """
import json
from sim.analysis.explain.chronicle import explain
from sim.model.registry import tell_event
from sim.analysis.pathways.conditional import conditions
from sim.ensemble.results import load
from sim.report.figures.timeline import by_lane
from sim.report.figures import fan
run = load("run")
world = int((run.column("corridor_shut") >= 0).argmax())
told = explain(run, world, everything=True)
lanes = by_lane(told)
fan(run, "syria.shut")
print(json.dumps({
    "told": [entry.says for entry in told.entries if entry.who == "syria"],
    "marks": [mark.event for lane in lanes for mark in lane if mark.event.startswith("syria")],
    "condition": conditions(run)["syria.close"], "event": tell_event("syria.close")}))
"""


def test_no_other_world_changes(tmp_path):
    """An actor at whom nobody looks leaves every field and every event of the others as they were, to the last bit."""
    (_, _, text), *_ = BLOCKS
    file = tmp_path / "page.py"
    file.write_text(text, "utf-8")
    spec = spec_from_file_location("page", file)
    page = module_from_spec(spec)
    sys.modules["page"] = page
    spec.loader.exec_module(page)

    class Wider(Crisis):
        states = (*Crisis.states, page.Syria)

    before, after = live(crisis(512), 90), live(crisis(512, model=Wider), 90)
    assert after.syria.shut.any()
    wider = fields(after)
    for name, values in fields(before).items():
        assert values.tobytes() == wider[name].tobytes(), name
    old, new = before.log.table(), after.log.table()
    others = np.array([not name.startswith("syria.") for name in after.event_names])[new["event"]]
    for column in ("day", "world", "event", "because"):
        assert np.array_equal(old[column], new[column][others])


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """The project after all that the page says has been done."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("sim", "scenarios", "dashboards", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests/model").mkdir(parents=True)
    for name in ("conftest.py", "crisis_helpers.py"):
        shutil.copy(ROOT / "tests/model" / name, folder / "tests/model")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for kind, path, text in BLOCKS:
        if kind == "diff":
            edit(folder / path, text)
        else:
            (folder / path).write_text(text, "utf-8")
    python(folder, "-m", "sim", "docs", "--out", "docs")
    return folder


def edit(file: Path, diff: str) -> None:
    """Replace the lines before by the lines after."""
    before, after = ("".join(f"{line[1:]}\n" for line in diff.splitlines() if line[0] in signs) for signs in (" -", " +"))
    assert file.read_text("utf-8").count(before) == 1, f"{file.name} holds this no more, or twice:\n{before}"
    file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")


def python(folder: Path, *command: str) -> str:
    """What a command says in the clone."""
    done = subprocess.run([sys.executable, *command], cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)},
                          capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr or done.stdout
    return done.stdout


def test_the_first_two_steps_touch_one_new_file_and_one_old():
    steps = PAGE.partition("## 3.")[0]
    assert {path for _, path, _ in BLOCK.findall(steps)} == EDITED_BY_HAND
    added = [line for kind, _, text in BLOCK.findall(steps) if kind == "diff" for line in text.splitlines() if line[0] == "+"]
    assert len(added) == 2


@pytest.mark.slow
def test_the_types_the_documentation_and_the_diagram_know_it(clone):
    assert "    syria: Syria\n" in (clone / "sim/model/cast.pyi").read_text()
    assert "| `syria` | actor |" in (clone / "docs/odd.md").read_text()
    drawing = (clone / "docs/causal.svg").read_text()
    assert ">Syria</text>" in drawing
    assert drawing.count('stroke="#4f9a94" stroke-opacity') >= 1


@pytest.mark.slow
def test_it_is_told_like_any_other(clone):
    python(clone, "-m", "sim", "run", "baseline", "--worlds", "64", "--days", "120", "--out", "run")
    found = json.loads(python(clone, "-c", LOOK))
    assert found["told"] == ["Closes the corridor to Lebanon."]
    assert found["marks"] == ["syria.close"]
    assert found["condition"] == "Syria closes the corridor"
    assert found["event"] == "Syria: closes the corridor to Lebanon"
    assert "syria.shut_rate" in python(clone, "-m", "sim", "parameters", "syria")
    assert "Syria" in python(clone, "-m", "sim", "why", "run", "--outcome", "corridor_shut")
    python(clone, "-m", "sim", "report", "run", "--out", "run.html")
    assert "Syria closes the corridor to Lebanon" in (clone / "run.html").read_text("utf-8")


@pytest.mark.slow
def test_the_dashboard_lists_it(clone):
    pytest.importorskip("streamlit")
    assert python(clone, "-c", "from dashboards import page; from sim.model.registry import cards; "
                               "print(page.name_of('syria.shut_rate'), list(cards())[-1])") == "Syria: shut rate syria\n"


@pytest.mark.slow
def test_its_own_test_passes(clone):
    python(clone, "-m", "pytest", "-q", "-n", "0", "tests/model/test_syria.py")
