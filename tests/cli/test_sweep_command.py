"""`brink sweep` and `brink status`: what they say, where, and with which exit code."""

import json
from pathlib import Path

import pytest
from sweep_helpers import results
from typer.testing import CliRunner, Result

from sim.cli import app

STUDY = """\
title: A small study
worlds: 8
days: 5
scenarios: [baseline, reassurance_kept]
design: {kind: latin, parameters: [us.bias, israel.bias], sets: 4}
"""


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("study.yaml").write_text(STUDY, encoding="utf-8")


def brink(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def mistake(*arguments: str) -> str:
    result = brink(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line.removeprefix("brink: ")


def test_a_dry_run_says_what_it_takes_and_makes_nothing() -> None:
    result = brink("sweep", "study.yaml", "--dry-run", "--jobs", "2")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first == "A small study: 2 scenarios x 4 sets of 2 parameters x 8 worlds = 64 worlds in 2 parts"
    assert "with 2 processes on this machine, and " in second
    cost = json.loads(brink("sweep", "study.yaml", "--dry-run", "--json").stdout)
    assert (cost["worlds"], cost["parts"], cost["sets"]) == (64, 2, 4)
    assert cost["seconds"] > 0 and cost["bytes"] > 0
    assert sorted(path.name for path in Path().iterdir()) == ["study.yaml"]


def test_a_study_is_run_resumed_extended_and_told() -> None:
    result = brink("sweep", "study.yaml")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("A small study: 2 of 2 parts, 64 of 64 worlds, ")
    assert result.stdout.endswith("in studies/study\n")
    before = results(Path("studies/study"))
    assert brink("sweep", "study.yaml").exit_code == 0, "the same command again"
    assert brink("sweep", "--resume", "studies/study").exit_code == 0
    assert results(Path("studies/study")) == before
    result = brink("sweep", "--extend", "studies/study", "--worlds", "+4", "--json")
    state = json.loads(result.stdout)
    assert (state["worlds_a_set"], state["worlds"], state["complete"], state["directory"]) == (12, 96, True, "studies/study")
    after = results(Path("studies/study"))
    assert {name: after[name] for name in before} == before


def test_status_tells_what_is_left() -> None:
    assert brink("sweep", "study.yaml", "--out", "s", "--shard", "2/2").exit_code == 0
    result = brink("status", "s")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].startswith("A small study: 1 of 2 parts, 32 of 64 worlds")
    assert result.stdout.splitlines()[-1] == "1 part is left: brink sweep --resume s"
    state = json.loads(brink("status", "s", "--json").stdout)
    assert (state["done"], state["left"], state["complete"], state["failed"]) == (1, 1, False, [])
    assert brink("sweep", "study.yaml", "--out", "s", "--shard", "1/2").exit_code == 0
    assert json.loads(brink("status", "s", "--json").stdout)["complete"]


def test_sets_that_fail_are_exit_code_one_with_their_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.model.crisis import Crisis

    def live(model: Crisis) -> None:
        raise ValueError("cannot live")
    monkeypatch.setenv("BRINK_ENGINE", "numpy")  # to compile it is to find out before
    monkeypatch.setattr(Crisis, "live", live)
    result = brink("sweep", "study.yaml", "--out", "s")
    assert result.exit_code == 1
    assert "  failed: set 0 of baseline, worlds 0 to 7: ValueError: cannot live\n" in result.stdout
    assert brink("status", "s").exit_code == 0


@pytest.mark.parametrize(("arguments", "says"), [
    ((), "name one of: a study file, --resume DIR, --extend DIR"),
    (("study.yaml", "--resume", "s"), "name one of: a study file, --resume DIR, --extend DIR"),
    (("gone.yaml",), "gone.yaml: no such file"),
    (("stud.yaml",), "stud.yaml: no such file; did you mean 'study.yaml'?"),
    (("study.yaml", "--worlds", "+5"), "--worlds goes with --extend; a new study's worlds stand in its file"),
    (("--resume", "s", "--out", "t"), "--out goes with a study file; --resume and --extend name the directory themselves"),
    (("--resume", "s"), "s: is not the directory of a study, for it holds no study.json"),
    (("study.yaml", "--jobs", "0"), "jobs: 0 must be a whole number from 1 to 1,024"),
    (("study.yaml", "--shard", "5/4"), "--shard: '5/4' is not of the form 3/16, with the first number from 1 to the second"),
    (("study.yaml", "--shard", "a"), "--shard: 'a' is not of the form 3/16, with the first number from 1 to the second"),
    (("--resume", "s", "--dry-run"), "--dry-run needs a study file"),
])
def test_mistakes_are_one_line_and_nothing_is_made(arguments: tuple[str, ...], says: str) -> None:
    assert mistake("sweep", *arguments) == says
    assert sorted(path.name for path in Path().iterdir()) == ["study.yaml"]


@pytest.mark.parametrize("worlds", [(), ("--worlds", "5"), ("--worlds", "+"), ("--worlds", "+5.5")])
def test_an_extension_says_by_how_much(worlds: tuple[str, ...]) -> None:
    brink("sweep", "study.yaml", "--out", "s")
    assert mistake("sweep", "--extend", "s", *worlds).startswith("--extend needs --worlds +N, like --worlds +4096")


def test_names_with_odd_characters() -> None:
    Path("Öl & Gas #1.yaml").write_text("extends: baseline\ntitle: Odd\n", encoding="utf-8")
    odd = STUDY.replace("[baseline, reassurance_kept]", "[baseline, 'Öl & Gas #1.yaml']")
    Path("study.yaml").write_text(odd, encoding="utf-8")
    assert brink("sweep", "study.yaml", "--out", "Stüdy one").exit_code == 0
    import pyarrow.dataset as ds

    table = ds.dataset("Stüdy one/worlds", partitioning="hive").to_table()
    assert set(table["scenario"].to_pylist()) == {"baseline", "Öl & Gas #1"}
    assert len(table) == 64
