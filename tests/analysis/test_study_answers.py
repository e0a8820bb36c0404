"""A small real study as tables, at the terminal, from Python, and in other tools."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import sim
from sim.analysis.sensitivity.open_study import open_study
from sim.analysis.sensitivity.table import table
from sim.cli import app
from sim.ensemble.study import runner, study
from sim.ensemble.study import store as stores
from sim.ensemble.study.executors import Processes
from sim.ensemble.study.store import Store
from sim.ensemble.study.work import make
from sim.errors import BrinkError

FILE = """title: small
scenarios: [baseline, inspectors_back]
design:
  kind: latin
  sets: 128
  parameters: [us.score_at_start, iran.by_protest, street.repression_days, {key: israel.lone_strike_rate, low: 0, high: 0.1}]
worlds: 16
days: 40
keep: {outcomes: [round_two, deal, war_length, war_ending, verdict_gap, device]}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studies")
    (folder / "small.yaml").write_text(FILE)
    runner.run(Store.create(folder / "small", study.read(folder / "small.yaml")), Processes())
    return folder / "small"


@pytest.fixture(scope="module")
def worlds(place: Path) -> pd.DataFrame:
    return pd.read_parquet(place / "worlds")


def brink(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def mistake(*arguments: object) -> str:
    result = brink(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line.removeprefix("brink: ")


# tables

def test_the_table_has_a_row_a_scenario_and_set_with_means_and_errors(place, worlds):
    found = table(Store(place))
    assert len(found) == 2 * 128
    assert {"israel.lone_strike_rate", "round_two", "round_two.se", "war_length.worlds"} <= set(found.columns)
    assert "war_ending" not in found
    came = (worlds["round_two"] >= 0).groupby([worlds["scenario"].astype(str), worlds["set"]]).mean()
    ours = found.set_index(["scenario", "set"])["round_two"].sort_index()
    assert ours.to_numpy() == pytest.approx(came.sort_index().to_numpy())


def test_conditional_outcomes_count_only_where_their_condition_holds(place, worlds):
    found = table(Store(place), "baseline").set_index("set")
    here = worlds[worlds["scenario"].astype(str) == "baseline"]
    wars = here[here["round_two"] >= 0].groupby("set")["war_length"]
    counted = wars.count().reindex(found.index, fill_value=0)
    assert found["war_length.worlds"].tolist() == counted.tolist()
    assert found["war_length"].to_numpy() == pytest.approx(wars.mean().reindex(found.index).to_numpy(), nan_ok=True)


def test_sets_without_a_value_are_left_out_and_said(place):
    one = open_study(place).answers("war_length")
    assert np.isfinite(one.means).all()
    if len(one) < 128:
        assert any("have round_two" in note for note in one.notes)


def test_the_luck_of_a_share_is_near_that_of_its_tosses(place):
    one = open_study(place).answers("round_two")
    assert (one.luck ** 2).sum(axis=1).mean() == pytest.approx((one.within / one.worlds).mean(), rel=0.05)


def test_an_incomplete_study_is_told_of_with_a_warning(place, tmp_path):
    with mock.patch.object(stores, "width", return_value=1600):
        part = Store.create(tmp_path / "part", study.read(place.with_name("small.yaml")))
    for one in (one for one in part.parts if one.scenario == 0):
        part.keep(one, make(part.work(one)))
    with pytest.raises(BrinkError, match="no results yet for inspectors_back; run brink sweep --resume"):
        open_study(part.path).answers("round_two", "inspectors_back")
    path = next(part.files("worlds"))
    path.rename(tmp_path / path.name)
    one = open_study(part.path).answers("round_two")
    assert len(one) == 64
    assert "64 of 128 sets" in one.notes[0]
    path.write_bytes(b"not a table")
    with pytest.raises(BrinkError, match=r"is damaged, or was changed .*; brink sweep --resume .* makes it again"):
        open_study(part.path).answers("round_two")


def test_other_tools_open_it_as_one_table(place, worlds):
    duckdb = pytest.importorskip("duckdb")
    query = f"select scenario, count(round_two) / count(*) as war from '{place}/worlds/*/*.parquet' group by all order by all"
    theirs = duckdb.sql(query).fetchall()
    ours = (worlds["round_two"] >= 0).groupby(worlds["scenario"].astype(str)).mean().sort_index()
    assert [name for name, _ in theirs] == list(ours.index)
    assert [war for _, war in theirs] == pytest.approx(list(ours))


# at the terminal

@pytest.mark.parametrize("command", ["sensitivity", "variance"])
def test_a_question_is_answered_in_words_json_and_csv(place, command, tmp_path):
    said = brink(command, place, "--outcome", "round_two", "--out", tmp_path / "kept")
    assert said.exit_code == 0, said.output
    assert "not a forecast of the world" in said.stdout
    assert "nan" not in said.stdout.split()
    assert {path.suffix for path in (tmp_path / "kept").iterdir()} == {".csv", ".png", ".svg"}
    content = json.loads(brink(command, place, "--json").stdout)
    assert (content["outcome"], content["scenario"], content["sets"]) == ("round_two", "baseline", 128)
    rows = brink(command, place, "--csv").stdout.splitlines()
    assert len(rows) == 1 + 4, "parameters, or whose they are"


def test_breakeven_and_discover_answer(place, tmp_path):
    pytest.importorskip("ema_workbench")
    said = brink("breakeven", place, "--at", "0.2", "--out", tmp_path / "even")
    assert said.exit_code == 0, said.output
    assert "What moves the gap most" in said.stdout or "No parameter moves the gap" in said.stdout
    assert json.loads(brink("breakeven", place, "--vs", "deal", "--json").stdout)["against"] == "deal"
    said = brink("discover", place, "--outcome", "round_two", "--out", tmp_path / "found")
    if said.exit_code:
        assert "no parameter stands above chance" in said.stderr
    else:
        assert "When " in said.stdout
        assert (tmp_path / "found" / "regions.png").exists()


def test_another_scenario_is_another_answer(place):
    here, there = (json.loads(brink("variance", place, "--json", "--scenario", name).stdout)
                   for name in ("baseline", "inspectors_back"))
    assert there["scenario"] == "inspectors_back"
    assert here["mean"] != there["mean"]


@pytest.mark.parametrize(("arguments", "said"), [
    (("--outcome", "round_tow"), "did you mean"),
    (("--outcome", "hormuz"), "not kept in this study"),
    (("--outcome", "war_ending"), "comes in labels; name an outcome that is a share or a number"),
    (("--outcome", "device"), "never comes; what does not vary has no causes to find"),
    (("--scenario", "calm"), "has no scenario 'calm'; it has baseline, inspectors_back"),
])
def test_mistakes_are_said_in_a_line(place, arguments, said):
    assert said in mistake("sensitivity", place, *arguments)


def test_break_even_needs_one_thing_to_be_held_against(place):
    assert "name one of another outcome (--vs) and a level (--at)" in mistake("breakeven", place)
    assert "name one of another outcome (--vs) and a level (--at)" in mistake("breakeven", place, "--vs", "deal", "--at", "0.5")
    assert "not of one unit" in mistake("breakeven", place, "--vs", "verdict_gap")


def test_what_is_no_study_is_said(tmp_path, place):
    assert "is not the directory of a study" in mistake("variance", tmp_path)
    assert "exists already" in mistake("variance", place, "--out", place)


# from Python

def test_python_has_the_same_questions(place):
    one = sim.open_study(place)
    assert one.scenarios == ["baseline", "inspectors_back"]
    assert len(one.table("baseline")) == 128
    assert set(one.sensitivity("round_two").table["parameter"]) == set(one.store.sets.names)
    assert one.variance("round_two").answers.mean == pytest.approx(one.answers("round_two").mean)
    assert one.breakeven("round_two", vs="deal").other == "deal"


def test_the_studies_that_come_with_it_can_be_read_and_are_no_scenarios():
    from sim.scenario import scenario

    files = sorted((scenario.LIBRARY / "studies").glob("*.yaml"))
    assert [path.stem for path in files] == ["the_few_that_matter", "what_drives"]
    assert [study.read(path).design.kind for path in files] == ["sobol", "latin"]
    assert not set(scenario.names()) & {path.stem for path in files}
