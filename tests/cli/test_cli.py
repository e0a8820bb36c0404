"""The command: what it prints, where, and with which exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sim.cli import app

SMALL = ("--worlds", "8", "--days", "5")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def brink(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def mistake(*arguments: str) -> str:
    """The error that a command ends with, which must be one line, with exit code 2 and nothing on standard output."""
    result = brink(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line.removeprefix("brink: ")


def test_version() -> None:
    assert brink("--version").stdout.startswith("brink ")


def test_scenarios_are_listed_with_a_line_each() -> None:
    from sim.scenario import scenario

    lines = brink("scenarios").stdout.splitlines()
    assert [line.split()[0] for line in lines] == scenario.names()


# Running

def test_a_run_prints_outcomes_limits_and_place_and_keeps_results_and_pictures() -> None:
    result = brink("run", *SMALL)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    assert "Baseline: 8 worlds, 5 days, seed 1" in result.stdout
    assert "not a forecast of the world" in result.stdout
    assert "runs/baseline-1" in result.stdout
    kept = {path.name for path in Path("runs/baseline-1").iterdir()}
    assert {"worlds.parquet", "daily.parquet", "events.parquet", "run.json", "outcomes.csv"} <= kept
    assert any(name.endswith(".png") for name in kept)
    assert any(name.endswith(".svg") for name in kept)


def test_runs_are_numbered_after_the_highest() -> None:
    Path("runs/baseline-7/kept").mkdir(parents=True)
    Path("runs/baseline-mine").mkdir()
    brink("run", *SMALL)
    assert Path("runs/baseline-8/run.json").is_file()


def test_json_is_alone_on_standard_output_and_keeps_nothing() -> None:
    result = brink("run", *SMALL, "--json")
    content = json.loads(result.stdout)
    assert content["worlds"] == 8
    assert content["outcomes"]
    assert not Path("runs").exists()


def test_json_with_out_keeps_results() -> None:
    content = json.loads(brink("run", *SMALL, "--json", "--out", "mine").stdout)
    assert content["results"] == "mine"
    assert Path("mine/run.json").is_file()


def test_options_reach_the_run() -> None:
    Path("view.yaml").write_text("note: a hunch\nparameters: {israel.bias: 0.1}")
    result = brink("run", *SMALL, "--seed", "7", "--with", "view.yaml", "--set", "israel.missile_trigger=0.75",
                   "--set", "iran.access=1", "--every", "5", "--out", "mine")
    assert "israel.bias = 0.1 (view.yaml: a hunch)" in result.stdout
    about = json.loads(Path("mine/run.json").read_text())
    assert about["seed"] == 7
    assert about["every"] == 5
    assert about["scenario"]["parameters"] == {"israel.bias": 0.1, "israel.missile_trigger": 0.75}
    assert about["scenario"]["start"] == {"iran.access": 1.0}


def test_priors_show_their_band_apart() -> None:
    result = brink("run", "--worlds", "16", "--days", "3", "--uncertainty", "priors", "--sets", "4", "--out", "mine")
    assert "90 % over parameters" in result.stdout
    assert Path("mine/parameters.parquet").is_file()


def test_a_value_outside_its_prior_warns_and_runs() -> None:
    result = brink("run", *SMALL, "--set", "israel.missile_trigger=2")
    assert result.exit_code == 0
    assert result.stderr.startswith("brink: warning: israel.missile_trigger: 2 is outside the central 98 %")


# Mistakes

@pytest.mark.parametrize(("arguments", "says"), [
    (["basline"], "no scenario 'basline'; did you mean 'baseline'?"),
    (["mine.yaml"], "mine.yaml: no such file"),
    (["--with", "mine.yaml"], "mine.yaml: no such file"),
    (["--set", "israel.bias"], "'israel.bias' is not of the form key=value, like israel.missile_trigger=0.75"),
    (["--set", "israel.biass=0"], "no parameter 'israel.biass'; did you mean 'israel.bias'?"),
    (["--set", "israel.bias=9"], "israel.bias: 9 must be between -0.5 and 0.5 (stage index)"),
    (["--set", "israel.bias=0.1 days"], "israel.bias is in 'stage index', not 'days'"),
    (["--days", "0"], "days: 0 must be a whole number from 1 to 3,650"),
    (["--worlds", "0"], "worlds: 0 must be a whole number from 1 to 10,000,000"),
    (["--worlds", "10000001"], "worlds: 10000001 must be a whole number from 1 to 10,000,000"),
    (["--out", "."], ".: exists already; name another directory or remove it"),
])
def test_mistakes_get_one_line_and_leave_nothing(arguments: list[str], says: str) -> None:
    assert mistake("run", *arguments) == says
    assert list(Path().iterdir()) == []


def test_a_place_that_cannot_be_written_is_found_before_the_run() -> None:
    Path("file").write_text("")
    assert mistake("run", "--out", "file/mine").startswith("file/mine: cannot be written, for ")


def test_every_mistake_of_a_file_has_its_line() -> None:
    Path("mine.yaml").write_text("titel: x\ndays: 0")
    result = brink("run", "mine.yaml")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == ["brink: mine.yaml:1: unknown key 'titel'; did you mean 'title'?",
                                          "brink: mine.yaml:2: days: 0 must be a whole number from 1 to 3,650"]


def test_a_wrong_command_or_option_is_a_usage_error() -> None:
    assert brink("rum").exit_code == 2
    assert "Did you mean 'run'?" in brink("rum").stderr
    assert brink("run", "--wolrds", "3").exit_code == 2


# Parameters and evidence

def test_parameters_in_three_forms() -> None:
    assert brink("parameters", "missile_trigger").stdout.splitlines()[1].startswith("israel.missile_trigger")
    (row,) = json.loads(brink("parameters", "israel.missile_trigger", "--json").stdout)
    assert row["default"] == 0.7
    assert "L081" in row["evidence"]
    assert brink("parameters", "missile_trigger", "--markdown").stdout.splitlines()[2].startswith("| `israel.")


def test_no_parameter_of_that_name() -> None:
    assert mistake("parameters", "israel.bais") == "no parameter matches 'israel.bais'; did you mean 'israel.bias'?"


def test_evidence_lists_every_claim_on_a_line() -> None:
    lines = brink("evidence").stdout.splitlines()
    assert len(lines) == 116
    assert lines[100].startswith("L101  ")


def test_from_a_claim_to_its_paragraph_and_what_it_feeds() -> None:
    said = brink("evidence", "L101").stdout
    assert "Axios, 29 Dec 2025, paragraph" in said
    assert "status: belief" in said
    assert "israel.fear_at_rest" in said


def test_a_disputed_claim_says_how_it_was_resolved() -> None:
    assert "disputed (X1): " in brink("evidence", "L036").stdout


def test_from_a_parameter_to_what_it_rests_on() -> None:
    said = brink("evidence", "israel.missile_trigger").stdout
    assert "israel.missile_trigger = 0.7 share of the pre-war stock" in said
    assert "prior: triangular, 0.62 to 0.8, mode 0.7" in said
    assert "must be between 0.1 and 3" in said
    assert "L081: " in said


@pytest.mark.parametrize(("item", "says"), [
    ("iran.access", "iran.access starts at 0.25"), ("israel.preempt", "israel.preempt, an event"),
    ("fig-missile-stock", "fig-missile-stock: "), ("X1", "X1: "), ("H1", "H1: "), ("000", "000: "),
    ("schelling-1960", "Strategy of Conflict"),
])
def test_everything_that_has_a_name_can_be_asked_about(item: str, says: str) -> None:
    assert says in brink("evidence", item).stdout


def test_nothing_of_that_name() -> None:
    assert mistake("evidence", "iran.acess") == "nothing is called 'iran.acess'; did you mean 'iran.access'?"


# The process

def test_help_loads_nothing_heavy() -> None:
    code = "import sys, sim.cli; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split())
    assert "typer" in loaded
    assert not loaded & {"numpy", "mesa", "pandas", "pyarrow", "matplotlib", "scipy", "streamlit", "rich", "sim.engine"}


def heed_interrupts() -> None:
    """A suite that runs in the background of a shell hands down that interrupts are to be ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_an_interrupted_run_leaves_nothing_and_says_130(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-m", "sim", "run", "--worlds", "2000000", "--days", "3000"],
                               cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=heed_interrupts)
    time.sleep(6)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert error == "brink: interrupted; nothing was kept\n"
    assert list(tmp_path.iterdir()) == []


# The last net

def test_a_rule_that_somebody_wrote_without_meaning_for_one_world_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.engine.nodes import Untraceable
    from sim.scenario import scenario

    def refused() -> None:
        raise Untraceable("oil.replace_supply (sim/model/arenas/oil.py:68: a branch on a value; use &, | or np.where)")
    monkeypatch.setattr(scenario, "names", refused)
    assert mistake("scenarios") == "oil.replace_supply (sim/model/arenas/oil.py:68: a branch on a value; use &, | or np.where)"


def test_what_nothing_expects_is_one_line_that_says_whose_mistake_it_is(monkeypatch: pytest.MonkeyPatch,
                                                                        tmp_path: Path) -> None:
    from sim.scenario import scenario

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(scenario, "names", lambda: 1 / 0)
    result = brink("scenarios")
    (line,), (file,) = result.stderr.splitlines(), tmp_path.glob("brink-mistake-*.txt")
    assert result.exit_code == 1
    assert "this is a mistake of brink's own, not of yours (ZeroDivisionError: division by zero); please send" in line
    assert str(file) in line and "Traceback" in file.read_text("utf-8")


@pytest.mark.parametrize("command", [
    "status {}", "explain {} --typical war", "report {}", "compare {}", "run {}", "run {}.yaml", "run --with {}",
    "sweep {}.yaml", "score {} {}", "forecast --out {}", "dashboard --library {}", "sensitivity {}", "sweep --resume {}",
    "run --out {}"])
def test_a_name_that_is_too_long_is_one_line(command: str) -> None:
    assert len(mistake(*command.format(*(["n" * 300] * 2)).split())) < 700


def test_want_of_memory_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.scenario import scenario

    def hungry() -> list[str]:
        raise MemoryError

    monkeypatch.setattr(scenario, "names", hungry)
    assert mistake("scenarios") == "there is too little memory for this; try fewer worlds, or fewer --jobs"


@pytest.mark.skipif(os.name == "nt", reason="needs a shell of Unix")
@pytest.mark.parametrize(("command", "code", "says"), [
    ("scenarios >&-", 0, ""), ("scenarios <&- >&- 2>&-", 0, ""), ("nothing 2>&-", 2, ""),
    ("scenarios >/dev/full", 2, "brink: the output cannot be written ([Errno 28] No space left on device)\n"),
    ("evidence | sh -c 'exec <&-; sleep 3'", 0, "")])
def test_closed_and_full_outputs(command: str, code: int, says: str) -> None:
    if "/dev/full" in command and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    script = f"'{sys.executable}' -m sim {command}; echo ${{PIPESTATUS[0]}} >code"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert (int(Path("code").read_text()), done.stderr) == (code, says)


def test_a_scenario_that_cannot_be_read_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from sim.scenario import scenario

    (tmp_path / "baseline.yaml").write_text("title: Fine\nsays: as it is\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_bytes(b"title: [\xff")
    monkeypatch.setattr(scenario, "LIBRARY", tmp_path)
    lines = brink("scenarios").stdout.splitlines()
    assert [" ".join(line.split()[:2]) for line in lines] == ["baseline Fine:", "broken cannot"]
