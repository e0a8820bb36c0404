"""Numbers that are not finite, or out of all bounds, at every door where text becomes a number: one line, before anything is
done. And none leaves by the doors where numbers become text.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.analysis.sensitivity.open_study import OpenStudy
from sim.ensemble.files import json_text, parsed, read_json
from sim.ensemble.study import study as studies
from sim.errors import BrinkError, number
from sim.scenario import scenario
from sim.validation import scoring

ROOT = Path(sim.__file__).parent
FORECAST = {"kind": "brink forecast", "format": 1, "from": "2026-02-11"}

NO_NUMBERS = ("nan", ".nan", "-.inf", "Infinity", "1e400", "-1e400", "1e308", "1" + 400 * "0")
"""What nothing may be. The last but one is finite, but larger than anything that the model knows."""


def scenario_file(line: str) -> Callable[[Path, str], object]:
    return lambda folder, bad: scenario.load(written(folder, f"extends: baseline\n{line.replace('BAD', bad)}\n"))


def study_file(line: str, table: str = "") -> Callable[[Path, str], object]:
    def read(folder: Path, bad: str) -> object:
        written(folder, table.replace("BAD", bad), "sets.csv")
        return studies.read(written(folder, f"title: A study\nscenarios: [baseline]\nworlds: 64\n{line.replace('BAD', bad)}\n"))

    return read


def done(text: str) -> Callable[[Path, str], object]:
    return lambda _, bad: scenario.load("baseline").changed(do=[text.replace("BAD", bad)])


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def forecast(folder: Path, bad: str) -> object:
    questions = json.dumps([{"id": "war", "deadlines": [{"by": "2026-03-13", "probability": "BAD"}]}]).replace('"BAD"', bad)
    text = json.dumps(FORECAST)[:-1] + f', "questions": {questions}}}'
    return scoring.read_forecast(written(folder, text, "made.json"))


def resolution(folder: Path, bad: str) -> object:
    made = {**FORECAST, "questions": [{"id": "war", "deadlines": []}]}
    return scoring.read_resolutions(written(folder, f"war: {{happened: {bad}, as_of: 2026-05-06}}"), made)


def run_file(folder: Path, bad: str) -> object:
    return read_json(written(folder, f'{{"seed": {bad.replace("1e308", "1e309")}}}', "run.json").parent, "run")


DOORS = {
    "parameter": scenario_file("parameters: {oil.premium: BAD}"),
    "parameter with a note": scenario_file("parameters: {oil.premium: {value: BAD, note: too much}}"),
    "start": scenario_file("start: {war.tension: BAD}"),
    "start of several": scenario_file("start: {iran.sites: [0, BAD, 0]}"),
    "days": scenario_file("days: BAD"),
    "push": scenario_file("interventions: [{on: 1, push: israel.preempt, by: BAD}]"),
    "shift of a state": scenario_file("interventions: [{on: 1, shift: war.tension, by: BAD}]"),
    "shift of a whole number": scenario_file("interventions: [{on: 1, shift: talks.rounds, by: BAD}]"),
    "shift of a parameter": scenario_file("interventions: [{on: 1, shift: oil.premium, by: BAD}]"),
    "set": scenario_file("interventions: [{on: 1, set: oil.premium, to: BAD}]"),
    "size": scenario_file("interventions: [{on: 1, shock: oil_shock, size: BAD}]"),
    "on": scenario_file("interventions: [{on: BAD, shock: oil_shock}]"),
    "until": scenario_file("interventions: [{on: 1, forbid: israel.preempt, until: BAD}]"),
    "for": scenario_file("interventions: [{on: 1, forbid: israel.preempt, for: BAD}]"),
    "condition": scenario_file("interventions: [{when: {variable: war.tension, is: above, value: BAD}, shock: oil_shock}]"),
    "view": lambda folder, bad: scenario.load_view(written(folder, f"parameters: {{oil.premium: {bad}}}")),
    "range": study_file("design: {kind: latin, parameters: [{key: oil.premium, low: 0.1, high: BAD}], sets: 4}"),
    "sets": study_file("design: {kind: latin, parameters: [oil.premium], sets: BAD}"),
    "grid": study_file("design: {kind: grid, values: {oil.premium: [0.1, BAD]}}"),
    "rows": study_file("design: {kind: list, rows: [{oil.premium: BAD}]}"),
    "seed": study_file("design: {kind: latin, parameters: [oil.premium], sets: 4}\nseed: BAD"),
    "table": study_file("design: {kind: csv, file: sets.csv}", "oil.premium\n0.1\nBAD\n"),
    "--set": lambda _, bad: scenario.parse_setting(f"oil.premium={bad}"),
    "--do": done("{on: 1, shift: war.tension, by: BAD}"),
    "--do with JSON": done('{"on": 1, "push": "israel.preempt", "by": BAD}'),
    "forecast": forecast,
    "resolution": resolution,
    "run": run_file,
}


@pytest.mark.parametrize("bad", NO_NUMBERS)
@pytest.mark.parametrize("door", DOORS)
def test_no_door_lets_pass_what_is_no_number(door: str, bad: str, tmp_path: Path) -> None:
    with pytest.raises(BrinkError) as told:
        DOORS[door](tmp_path, bad)
    assert len(str(told.value).splitlines()) == 1, str(told.value)
    assert len(str(told.value)) < 500


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e308, 10**400])
def test_values_from_python_are_checked_likewise(value: float) -> None:
    baseline = scenario.load("baseline")
    for change in ({"set": {"oil.premium": value}}, {"set": {"war.tension": value}},
                   {"do": [{"on": 1, "shift": "war.tension", "by": value}]}):
        with pytest.raises(BrinkError):
            baseline.changed(**change)


@pytest.mark.parametrize("level", [float("nan"), float("inf")])
def test_the_level_of_a_break_even_is_a_number(level: float) -> None:
    with pytest.raises(BrinkError, match="the level \\(--at\\) must be a finite number"):
        OpenStudy.breakeven(object.__new__(OpenStudy), "deal", at=level)


def test_no_number_that_is_not_finite_becomes_json() -> None:
    for value in (float("nan"), float("inf")):
        with pytest.raises(BrinkError, match="a number that is not finite cannot be written as JSON"):
            json_text({"a": [value]})
    assert parsed(json_text({"a": [1, 0.5]})) == {"a": [1, 0.5]}


def test_every_place_that_writes_json_refuses_them() -> None:
    loose = [f"{path.name}:{node.lineno}" for room in (ROOT, ROOT.parent / "dashboards") for path in room.rglob("*.py")
             for node in ast.walk(ast.parse(path.read_text("utf-8")))
             if isinstance(node, ast.Call) and ast.unparse(node.func) in ("json.dumps", "json.dump")
             and not any(word.arg == "allow_nan" for word in node.keywords)]
    assert loose == []


def test_every_place_that_reads_json_refuses_them() -> None:
    direct = [path.name for room in (ROOT, ROOT.parent / "dashboards") for path in room.rglob("*.py")
              if "json.load" in path.read_text("utf-8")]
    assert direct == ["files.py"]


def test_a_run_that_an_earlier_version_kept_with_nan_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"format": 1, "by": NaN}')
    with pytest.raises(BrinkError) as caught:
        sim.load(tmp_path)
    assert str(caught.value) == (f"{tmp_path / 'run.json'}: cannot be read (NaN is not a finite number; earlier versions wrote "
                                 "such, so make it again with this one)")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' * 100_000, "NaN", "1e400", "9" * 5000])
def test_a_json_text_that_is_none_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"deep|finite"):
        parsed(text)


@pytest.mark.parametrize("text", ["\uff17e-1", "\u0663", "\u22121", "1\u00a0000"])
def test_digits_are_those_that_everybody_reads(text: str) -> None:
    with pytest.raises(BrinkError, match="is not a number"):
        number(text)
