"""Study files: what they may say, and a line for everything that is wrong."""

import time
from pathlib import Path

import numpy as np
import pytest
from sweep_helpers import written

from sim.ensemble.design import fixed
from sim.ensemble.recorder import variables
from sim.ensemble.study import study as studies
from sim.errors import BrinkError
from sim.model import outcomes

WHOLE = """\
title: What drives a second round
says: Two
  lines.
scenarios: [baseline, mine.yaml]
design:
  kind: list
  rows:
    - {us.bias: 0.2, israel.missile_trigger: 0.8}
    - {israel.missile_trigger: 0.7, us.bias: 0.1}
worlds: 64
days: 90
seed: 5
budget: 1000
keep:
  outcomes: [round_two, deal]
  daily: [iran.hidden]
  every: 10
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written(tmp_path, "extends: baseline\ntitle: Mine\nparameters:\n  us.bias: 0.3\n", "mine.yaml")
    return tmp_path


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(BrinkError) as caught:
        studies.read(written(folder, text))
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]


def test_a_whole_study_is_read(folder):
    from sim.ensemble.recorder import variables
    from sim.model.crisis import Crisis

    daily = variables(Crisis.states)[3].name
    study = studies.read(written(folder, WHOLE.replace("iran.hidden", daily)))
    assert (study.title, study.says) == ("What drives a second round", "Two lines.")
    assert [one.name for one in study.scenarios] == ["baseline", "mine"]
    assert [one.days for one in study.scenarios] == [90, 90]
    assert study.scenarios[1].parameters["us.bias"] == 0.3
    assert study.design.table.names == ("us.bias", "israel.missile_trigger")
    assert study.design.table.values.tolist() == np.array([[0.2, 0.8], [0.1, 0.7]], np.float32).tolist()
    assert {"round_two", "deal"} <= set(study.outcomes)
    assert study.daily == (daily,)
    assert (study.worlds, study.seed, study.budget, study.every, study.total) == (64, 5, 1000, 10, 2 * 2 * 64)


def test_little_need_be_said(folder):
    study = studies.read(written(folder, "worlds: 8\n"))
    assert study.title == "study"
    assert [one.name for one in study.scenarios] == ["baseline"]
    assert (study.design.size(), study.total) == (1, 8)
    assert study.outcomes == tuple(outcome.id for outcome in outcomes.OUTCOMES)


def test_an_outcome_brings_its_condition_along(folder):
    conditional = next(outcome for outcome in outcomes.OUTCOMES if outcome.given)
    study = studies.read(written(folder, f"keep: {{outcomes: {conditional.id}}}\n"))
    assert set(study.outcomes) == {conditional.id, conditional.given}


@pytest.mark.parametrize(("text", "says"), [
    ("wrlds: 5", "study.yaml:1: unknown key 'wrlds'; did you mean 'worlds'?"),
    ("title: A\nworlds: 0", "study.yaml:2: worlds must be a whole number from 1 to 2,147,483,647"),
    ("worlds: 1.5", "study.yaml:1: worlds must be a whole number from 1 to 2,147,483,647"),
    ("worlds: 1e999", "study.yaml:1: worlds must be a whole number from 1 to 2,147,483,647"),
    ("worlds: yes please", "study.yaml:1: worlds must be a whole number from 1 to 2,147,483,647"),
    ("seed: -1", "study.yaml:1: seed must be a whole number from 0 to 9,007,199,254,740,992"),
    ("days: 5000", "study.yaml:1: days must be a whole number from 1 to 3,650"),
    ("title: [a]", "study.yaml:1: title must be text"),
    ("scenarios: [baseline, basline]", "study.yaml:1: no scenario 'basline'; did you mean 'baseline'?"),
    ("scenarios:\n  - baseline\n  - ../mine.yaml",
     "study.yaml:3: scenarios takes names, or files beside this one, not '../mine.yaml'"),
    ("scenarios: []", "study.yaml:1: scenarios must be a name, or a list of names"),
    ("scenarios:", "study.yaml:1: scenarios must be a name, or a list of names"),
    ("scenarios: [baseline, baseline]", "study.yaml:1: a scenario is named twice"),
    ("scenarios: [gone.yaml, gone.yaml]", "study.yaml:1: a scenario is named twice"),
    (f"scenarios: [{', '.join(f'gone{i}.yaml' for i in range(1000))}]",
     "study.yaml:1: 1,000 scenarios are named; a study has at most 100"),
    ("keep:\n  outcomes: [round_to]", "study.yaml:2: no outcome 'round_to'; did you mean 'round_two'?"),
    ("keep:\n  outcomes: []", "study.yaml:2: outcomes must be a name, or a list of names"),
    ("keep:\n  daily: [oil.prize]", "study.yaml:2: no recorded variable 'oil.prize'; did you mean 'oil.price'?"),
    ("keep:\n  evry: 5", "study.yaml:2: unknown key 'evry'; did you mean 'every'?"),
    ("keep:\n  every: 0", "study.yaml:2: every must be a whole number from 1 to 3,650"),
    ("worlds: 100\nbudget: 99", "study.yaml: asks for 100 worlds, more than its budget of 99"),
    ("design: latin", "study.yaml:1: design must hold 'kind' and more, like {kind: latin, parameters: [us.*], sets: 64}"),
    ("design: {kind: latn}", "study.yaml:1: design: kind 'latn' is none of none, grid, latin, sobol, morris, list, csv; "
                             "did you mean 'latin'?"),
    ("design:\n  kind: latin\n  parameters: us.bias", "study.yaml:1: a design of kind 'latin' must say 'sets'"),
    ("design:\n  kind: latin\n  parameters: us.bias\n  sets: 5\n  levels: 4", "study.yaml:5: unknown key 'levels'"),
    ("design:\n  kind: latin\n  parameters: us.bais\n  sets: 5",
     "study.yaml:3: no parameter 'us.bais'; did you mean 'us.bias'?"),
    ("design:\n  kind: latin\n  sets: 5\n  parameters:\n    - us.bias\n    - us.b*", "study.yaml:6: us.bias is named twice"),
    ("design:\n  kind: latin\n  sets: 5\n  parameters:\n    - {key: us.bias, low: 0.2}",
     "study.yaml:5: us.bias: give both low and high, the lower first, or neither"),
    ("design:\n  kind: latin\n  sets: 5\n  parameters:\n    - {key: us.bias, low: 0.2, high: 0.1}",
     "study.yaml:5: us.bias: give both low and high, the lower first, or neither"),
    ("design:\n  kind: latin\n  sets: 5\n  parameters: []", "study.yaml:4: parameters: none is named"),
    ("design:\n  kind: latin\n  sets: 99999999\n  parameters: us.bias",
     "study.yaml:3: sets must be a whole number from 1 to 10,000,000"),
    ("design:\n  kind: sobol\n  samples: 100\n  parameters: us.bias", "study.yaml:3: samples: 100 must be a power of two"),
    ("design:\n  kind: sobol\n  samples: 64\n  second_order: 2\n  parameters: us.bias",
     "study.yaml:4: second_order must be true or false"),
    ("design:\n  kind: morris\n  trajectories: 4\n  levels: 3\n  parameters: us.bias", "study.yaml:4: levels: 3 must be even"),
    ("design:\n  kind: grid\n  values: {}", "study.yaml:1: values must name parameters with a list of numbers each"),
    ("design:\n  kind: grid\n  values:\n    us.bais: [1]", "study.yaml:4: no parameter 'us.bais'; did you mean 'us.bias'?"),
    ("design:\n  kind: grid\n  values:\n    us.bias: [0.1, [2]]", "study.yaml:4: us.bias: a list is not a number"),
    ("design:\n  kind: grid\n  values:\n    us.bias: [0.1, true]", "study.yaml:4: us.bias: true is not a number"),
    ("design:\n  kind: grid\n  values:\n    us.bias: [0.1, -50]", "study.yaml:4: us.bias: -50 must be"),
    ("design:\n  kind: grid\n  values:\n    us.bias: []",
     "study.yaml:1: this grid has 0 sets; a study has from 1 to 10,000,000"),
    ("design:\n  kind: list\n  rows:\n    - {us.bias: 0.1}\n    - {israel.bias: 0.1}",
     "study.yaml:5: every row must name the same parameters: us.bias"),
    ("design:\n  kind: list\n  rows:\n    - {us.bias: 0.1}\n    - {us.bias: much}",
     "study.yaml:5: us.bias: 'much' is not a number"),
    ("design:\n  kind: list\n  rows: 5", "study.yaml:1: rows must be a list of sets"),
    ("design: {kind: csv, file: gone.csv}",
     "study.yaml:1: gone.csv: no such file"),
    ("design: {kind: csv, file: \"a\\0.csv\"}",
     "study.yaml:1: file takes the name of a file beside this one, not 'a\\x00.csv'"),
    ("scenarios: [\"a\\0.yaml\"]", "study.yaml:1: scenarios takes names, or files beside this one, not 'a\\x00.yaml'"),
    ("design:\n  kind: 5", "study.yaml:1: design: kind 5 is none of none, grid, latin"),
    ("design:\n  kind: latin\n  sets: 5\n  parameters: [us.bias, 5]",
     "study.yaml:4: a parameter is a name, a pattern, or {key: ..., low: ..., high: ...}"),
    ("design: {kind: csv, file: ../x.csv}", "study.yaml:1: file takes the name of a file beside this one, not '../x.csv'"),
])
def test_every_mistake_is_one_line_that_says_where(folder, text, says):
    (line,) = mistakes(folder, text)
    assert line.startswith(says)


def test_all_mistakes_are_told_at_once(folder):
    lines = mistakes(folder, "worlds: none\nscenarios: basline\ndesign: {kind: grid}\nkeep: {outcomes: x}\n")
    assert [line.split(":")[1] for line in lines] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(("content", "says"), [
    ("us.bias,us.bias\n1,2\n", "sets.csv:1: a parameter is named twice"),
    ("us.bias,us.bais\n0.1,0.2\n", "sets.csv:1: no parameter 'us.bais'; did you mean 'us.bias'?"),
    ("us.bias\n", "sets.csv: needs a head of parameter names, and at least one row below it"),
    ("", "sets.csv:1: the file is empty; it needs a head of parameter names, and rows"),
    ("0.1,0.2\n0.2,0.3\n", "sets.csv:1: is a row of numbers, where the first line must name the parameters, like us.bias"),
    ("set,us.bias\nlow,much\n", "sets.csv:1: column 'set' is no parameter; remove it, or call it 'label', or name"),
    (",us.bias\n0,0.1\n", "sets.csv:1: column 1, which has no name, is no parameter; remove it, or call it 'label'"),
    ("label\na\n", "sets.csv:1: names no parameter"),
    ("bias,us.bias\n1,0.1\n", "sets.csv:1: no parameter 'bias'; did you mean"),
    ("us.bias,israel.bias\n0,1,0,2\n", "sets.csv:2: has 4 cells, and the head 2; where commas separate cells, numbers take a"),
    ("us.bias,israel.bias\n\"0,1\",0.2\n", "sets.csv:2: '0,1' is not a number; write 0.1, with a point"),
    ("us.bias,israel.bias\n0.1,\n", "sets.csv:2: israel.bias has no value"),
    ("us.bias;israel.bias\n1,250;0,2\n", "sets.csv:2: '1,250' can be read in two ways"),
    ("us.bias\n0.1\n\"a\n" + 200_000 * "b", "sets.csv: cannot be read as a CSV file with a head and rows (field larger than"),
    ("us.bias\n" + 300_000 * "\n", "sets.csv: is too long; a table has at most 250,000 lines"),
    ("us.bias,israel.bias\n0.1,9\n", "sets.csv:2: israel.bias: 9 must be"),
    ("us.bias\n0.1\n\n0.1,0.2\n", "sets.csv:4: has 2 cells, and the head 1"),
    ("us.bias\n0.1\nmuch\n", "sets.csv:3: 'much' is not a number"),
    ("us.bias\n0.1\nnan\n", "sets.csv:3: nan is not a finite number"),
    ("us.bias\n0.1\n\n-50\n", "sets.csv:4: us.bias: -50 must be"),
])
def test_mistakes_of_a_table_name_its_line(folder, content, says):
    written(folder, content, "sets.csv")
    (line,) = mistakes(folder, "design: {kind: csv, file: sets.csv}")
    assert line.startswith(f"study.yaml:1: {says}")


@pytest.mark.parametrize(("cell", "says"), [
    ("1e200", "israel.by_urge: 1e+200 must be between 0 and 9 (log-odds)"), ("nan", "nan is not a finite number"),
    ("1e400", "1e400 is not a finite number"), ("-inf", "-inf is not a finite number")])
def test_a_number_beyond_all_bounds_is_refused(folder, cell, says):
    written(folder, f"israel.by_urge\n{cell}\n", "sets.csv")
    assert mistakes(folder, "design: {kind: csv, file: sets.csv}") == [f"study.yaml:1: sets.csv:2: {says}"]


def test_a_table_as_a_spreadsheet_writes_it(folder):
    (folder / "sets.csv").write_bytes("\ufeffus.bias,israel.bias\r\n0.1, 0.2\r\n\r\n0.3,1e-1\r\n".encode())
    design = studies.read(written(folder, "design: {kind: csv, file: sets.csv}")).design
    assert design.table.names == ("us.bias", "israel.bias")
    assert design.table.values.ravel().tolist() == pytest.approx([0.1, 0.2, 0.3, 0.1])


@pytest.mark.parametrize("text", [
    "us.bias;israel.bias\n0,1;0,2\n0,3;0,25\n", "\ufeffus.bias\tisrael.bias\r\n0.1\t0.2\r\n0.3\t0.25\r\n",
    "sep=;\nus.bias;israel.bias\n0,1;0.2\n3e-1;,25\n", "sep=,\r\nus.bias,israel.bias\r\n0.1,0.2\r\n0.3,0.25\r\n",
    "us.bias,israel.bias,\n0.1,0.2,\n,,\n\n0.3,0.25,\n,,\n", "label,us.bias,israel.bias\nlow,0.1,0.2\n,0.3,0.25\n",
    "us.bias,Name,israel.bias\n0.1,\"a, b\",0.2\n0.3,c,0.25\n", "us.bias,israel.bias\r0.1,0.2\r0.3,0.25\r"])
def test_a_table_as_programs_of_other_countries_write_it(folder, text):
    written(folder, text, "sets.csv")
    found = studies.read(written(folder, "design: {kind: csv, file: sets.csv}")).design.table
    assert found.names == ("us.bias", "israel.bias")
    assert found.values.ravel().tolist() == pytest.approx([0.1, 0.2, 0.3, 0.25])


def test_a_study_can_name_the_column_of_labels(folder):
    written(folder, "us.bias,Which one\n0.1,low\n0.3,high\n", "sets.csv")
    design = studies.read(written(folder, "design: {kind: csv, file: sets.csv, label: Which one}")).design
    assert (design.table.names, design.labels) == (("us.bias",), ("low", "high"))
    (line,) = mistakes(folder, "design: {kind: csv, file: sets.csv, label: Which}")
    assert line.endswith("sets.csv:1: has no column 'Which'; did you mean 'Which one'?")
    (line,) = mistakes(folder, "design: {kind: csv, file: sets.csv}")
    assert line.endswith("column 'Which one' is no parameter; remove it, or call it 'label', or name it in the study, as "
                         "{kind: csv, file: ..., label: Which one}, if it names the sets")


def test_all_mistakes_of_a_table_are_told_up_to_twenty(folder):
    written(folder, "us.bias\n" + "much\n" * 30, "sets.csv")
    lines = mistakes(folder, "design: {kind: csv, file: sets.csv}")
    assert lines[:2] == [f"study.yaml:1: sets.csv:{i}: 'much' is not a number" for i in (2, 3)] and len(lines) == 21


@pytest.mark.parametrize("text", ["us.bias\n" + 240_000 * "0.1\n", "us.bias;israel.bias\n" + 100_000 * "0,1;0,2\n",
                                  "".join(f"us.biasx{i}," for i in range(900)) + "\n1\n", "us.bias\n" + 2_400_000 * "x\n",
                                  2_500_000 * "\n", "us.bias" + 4_900_000 * ",", "us.bias\n" + 10_000 * (240 * "1," + "\n")])
def test_the_largest_table_is_read_in_a_bounded_time(folder, text):
    from contextlib import suppress

    written(folder, text, "sets.csv")
    path = written(folder, "design: {kind: csv, file: sets.csv}")
    began = time.process_time()
    with suppress(BrinkError):
        studies.read(path)
    assert time.process_time() - began < 2  # a second where nothing else runs


def test_too_many_worlds_are_refused_before_anything_is_made(folder):
    (line,) = mistakes(folder, "worlds: 1000000\ndesign: {kind: latin, parameters: us.bias, sets: 1000000}")
    assert line == ("study.yaml: asks for 1,000,000,000,000 worlds, 1,000,000 a set; a study may have 10,000,000,000, and "
                    "2,147,483,647 a set")


def test_identity_depends_on_what_decides_the_results_alone(folder):
    def identity(text: str) -> str:
        return studies.read(written(folder, text)).identity(fixed())

    base = identity("worlds: 8\n")
    assert identity("title: Another\nsays: More\nworlds: 80\nbudget: 100\n") == base
    others = ["seed: 2\n", "days: 30\n", "keep: {every: 5}\n", "keep: {outcomes: deal}\n", "scenarios: mine.yaml\n"]
    assert len({base, *map(identity, others)}) == 1 + len(others)


def test_a_list_of_thousands_of_names_is_held_against_the_known_ones_once(monkeypatch, folder):
    called = []
    monkeypatch.setattr(studies, "variables", lambda states: called.append(1) or variables(states))
    studies.read(written(folder, f"keep: {{daily: [{', '.join(['war.tension'] * 5000)}]}}"))
    assert len(called) < 3
