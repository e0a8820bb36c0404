"""What a message advises works: a table of mistakes, each with the command that its message leads to, which ends well."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sim.cli import app

SMALL = ["--worlds", "24", "--days", "40"]
LARGE = ["--worlds", "128", "--days", "100"]
STUDY = "{{worlds: {worlds}, days: 5, design: {{kind: latin, parameters: [us.bias, israel.bias], sets: 4}}}}"
RUN, STUDIED = "my runs/h100", "my studies/s"


def brink(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with runs, a study and files, in directories whose names have to be quoted."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("study.yaml").write_text(STUDY.format(worlds=8))
        Path("larger.yaml").write_text(STUDY.format(worlds=99))
        for arguments in (["run", *LARGE, "--out", RUN], ["run", "--worlds", "128", "--days", "60", "--out", "h60"],
                          ["run", "--worlds", "128", "--days", "60", "--seed", "2", "--out", "luck2"],
                          ["run", *SMALL, "--out", "few"],
                          ["sweep", "study.yaml", "--out", STUDIED]):
            assert brink(*arguments).exit_code == 0, arguments
    return folder


@pytest.mark.parametrize(("wrong", "says", "advised"), [
    (["run", "basline", *SMALL], "did you mean 'baseline'?", ["run", "baseline", *SMALL]),
    (["run", "nowhere", *SMALL], "see brink scenarios", ["scenarios"]),
    (["run", "--set", "israel.bias", *SMALL], "like israel.missile_trigger=0.75",
     ["run", "--set", "israel.missile_trigger=0.75", *SMALL]),
    (["run", "--do", "oil", *SMALL], "like {on: 2026-02-14, force: israel.strikes}",
     ["run", "--do", "{on: 2026-02-14, force: israel.strikes}", "--worlds", "24"]),
    (["run", "--worlds", "many"], "like 4096, 100,000 or 1e5", ["run", "--worlds", "1e1", "--days", "3"]),
    (["run", "--out", "h60", *SMALL], "exists already; name another directory", ["run", "--out", "other", *SMALL]),
    (["rum"], "Did you mean 'run'?", ["run", *SMALL]),
    (["run", "--wolrds", "3"], "see brink run --help", ["run", "--help"]),
    (["parameters", "israel.bais"], "did you mean 'israel.bias'?", ["parameters", "israel.bias"]),
    (["evidence", "qqq"], "see brink evidence and brink parameters", ["evidence"]),
    (["compare", "baseline", *SMALL], "say what to change with --set",
     ["compare", "baseline", *SMALL, "--set", "israel.bias=0.05"]),
    (["compare", "h60", RUN], "h60 has 60 and my runs/h100 100; give both the same with --days 60",
     ["compare", "h60", RUN, "--days", "60"]),
    (["compare", RUN, "h60"], "with --days 60", ["compare", RUN, "h60", "--days", "60"]),
    (["compare", "h60", "luck2"], "with --seed 1", ["compare", "h60", "luck2", "--seed", "1"]),
    (["compare", "h60", "inspectors_back", "--set", "us.bia=0"], "did you mean 'us.bias'?",
     ["compare", "h60", "inspectors_back", "--set", "us.bias=0.01"]),
    (["explain", RUN], "--world NUMBER", ["explain", RUN, "--world", "3"]),
    (["explain", RUN], "--typical war", ["explain", RUN, "--typical", "war"]),
    (["fork", RUN, "--world", "3", "--day", "soon"], "a date like 2026-03-01",
     ["fork", RUN, "--world", "3", "--day", "2026-03-01", "--futures", "4"]),
    (["why", "few"], "run more worlds, or more days", ["why", RUN]),
    (["why", RUN, "--outcome", "rond_two"], "did you mean 'round_two'?", ["why", RUN, "--outcome", "round_two"]),
    (["sweep"], "a study file", ["sweep", "study.yaml", "--out", "another"]),
    (["sweep", "--extend", STUDIED], "like --worlds +4096", ["sweep", "--extend", STUDIED, "--worlds", "+4"]),
    (["breakeven", STUDIED], "a level (--at)", ["breakeven", "--help"]),
])
def test_what_a_message_advises_works(kept: Path, monkeypatch: pytest.MonkeyPatch, wrong: list[str], says: str,
                                      advised: list[str]) -> None:
    monkeypatch.chdir(kept)
    before = sorted(Path().iterdir())
    made = brink(*wrong)
    assert (made.exit_code, made.stdout) == (2, "")
    assert says in made.stderr
    assert sorted(Path().iterdir()) == before
    result = brink(*advised)
    assert result.exit_code == 0, result.stderr


def test_commands_that_are_told_run_as_they_stand(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for directories whose names have to be quoted."""
    monkeypatch.chdir(kept)
    told = [brink("sweep", "larger.yaml", "--out", STUDIED).stderr, brink("why", RUN, "--outcome", "round_two").stdout,
            brink("pathways", RUN).stdout, brink("run", *SMALL, "--set", "us.bias=0.01").stdout]
    commands = [command for text in told for command in re.findall(r"brink ((?:sweep|compare|explain) [^\n]*)", text)]
    assert {command.split()[0] for command in commands} == {"sweep", "compare", "explain"}
    for command in commands:
        result = brink(*shlex.split(command))
        assert result.exit_code == 0, (command, result.stderr)


def test_a_program_without_a_file_can_have_workers() -> None:
    code = "import sim; print(sim.run(worlds=24, days=2, jobs=2))"
    made = subprocess.run([sys.executable, "-"], input=code, capture_output=True, text=True, check=False,
                          cwd=Path(__file__).parents[2])
    assert made.returncode == 0, made.stderr
    assert made.stdout == "<Run of baseline: 24 worlds, 2 days, seed 1>\n"
