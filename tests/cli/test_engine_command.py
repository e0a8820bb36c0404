"""`brink engine`: which engine simulates here and why, and the rules as it was told them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from sim.cli import app
from sim.engine import RandomStreams, builds
from sim.engine.told import rules_told
from sim.model.crisis import Crisis

COMPILER = pytest.mark.skipif(not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler")


@pytest.fixture(autouse=True)
def cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRINK_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("BRINK_ENGINE", raising=False)
    if "engine_known" in vars(Crisis):
        monkeypatch.delattr(Crisis, "engine_known")


def brink(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_without_the_compiled_engine_it_says_why_and_what_would_be_faster(monkeypatch):
    monkeypatch.setenv("BRINK_ENGINE", "numpy")
    told = json.loads(brink("engine", "--json").stdout)
    assert (told["engine"], told["why"], told["faster"]) == ("numpy", "BRINK_ENGINE says numpy", "leave BRINK_ENGINE=numpy out")
    assert told["build"] == told["built"] == ""
    assert told["model"]["states"] == len(Crisis.states)


def test_a_machine_without_a_compiler_gets_one_line_and_the_extra(monkeypatch):
    def none() -> tuple[str, ...]:
        raise builds.NoBuild("there is no C compiler")

    monkeypatch.setattr(builds, "compiler", none)
    result = brink("engine")
    assert "brink: simulating with NumPy, five to twenty times slower: there is no C compiler\n" in result.stderr
    assert "pip install 'brink[fast]'" in result.stdout
    refused = brink("engine", "--build")
    assert (refused.exit_code, refused.stdout, refused.stderr) == (2, "", "brink: --build: there is no C compiler\n")
    monkeypatch.setenv("BRINK_ENGINE", "compiled")
    refused = brink("engine")
    assert refused.exit_code == 2
    assert refused.stderr == "brink: BRINK_ENGINE: there is no compiled engine here: there is no C compiler\n"


@COMPILER
@pytest.mark.slow
def test_the_better_build_is_made_when_asked_for_and_is_at_work_then(tmp_path):
    result = brink("engine", "--build", "--json")
    told = json.loads(result.stdout)
    assert (told["engine"], told["quick"], told["why"], told["faster"], result.stderr) == ("compiled", False, "", "", "")
    assert Path(told["build"]).parent == tmp_path / "cache" == Path(told["cache"])
    assert " -O3 " in told["flags"]
    screen = brink("engine").stdout
    assert told["build"] in screen and told["built"] in screen and len(screen.splitlines()) < 20


def test_the_rules_are_those_of_the_model():
    told = json.loads(brink("engine", "--rules", "--json").stdout)
    assert {rule["name"] for rule in told} == set(Crisis(np.arange(1), RandomStreams(1)).clocks.names)
    (carrier,) = (rule for rule in told if rule["name"] == "us.order_carrier")
    assert carrier["possible_where"] == ["under_way < 3"]
    assert "- by_progress x talks.progress" in carrier["terms"]
    assert {"talks.progress", "us.sailing"} <= set(carrier["state_variables"])
    assert {"us.by_progress"} <= set(carrier["parameters"])
    text = brink("engine", "us.turn").stdout
    assert "us.turn_light_up\n" in text and "us.turn_light_down\n" in text and "2 rules." in text
    assert brink("engine", "gaza.*").stdout.count("possible where") >= 5


def test_a_pattern_that_fits_no_rule_is_an_error():
    result = brink("engine", "--rules", "us.turn_light_upp")
    assert result.exit_code == 2
    assert "no action matches 'us.turn_light_upp'; did you mean 'us.turn_light_up'" in result.stderr


def test_what_depends_on_the_day_is_told_for_any_day():
    (rule,) = rules_told(Crisis(np.arange(1), RandomStreams(1)), "gaza.announce_late")
    assert "phase_two_day < day" in [one.text for one in rule.conditions]
