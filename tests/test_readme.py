"""What the README shows works as it stands: files load, and commands and Python run in their order, on few worlds."""

import io
import re
import shlex
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.model import registry
from sim.scenario import scenario

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


SEEN, CALM, VIEW, STUDY = blocks("yaml")

COMMANDS = [shlex.split(line, comments=True)[1:] for block in blocks("bash") for line in block.splitlines()
            if line.startswith("brink")]
STUDIES = ("sweep", "status", "sensitivity", "variance", "discover", "breakeven")
ELSEWHERE = ("validate", "calibrate", "docs", "dashboard")
"""Commands that take long or do not end; tests of their own run them."""

SMALL = {"run": "--worlds 96 --days 90 --jobs 1", "compare": "--worlds 64 --days 40", "hindcast": "--worlds 64 --jobs 1",
         "forecast": "--worlds 512", "explain": "--futures 10", "fork": "--futures 16"}
"""Options that keep a command small; the last of two counts."""


def small(arguments: list[str]) -> list[str]:
    """The arguments of a command, for fewer worlds and days."""
    name, *rest = arguments
    if "--sets" in rest:
        rest[rest.index("--sets") + 1] = "8"
    more = "" if name == "explain" and "--futures" not in rest else SMALL.get(name, "")
    return [name, *rest, *more.split()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the README shows."""
    monkeypatch.chdir(tmp_path)
    files = {"seen.yaml": SEEN, "calm.yaml": CALM.replace("days: 365", "days: 250"), "mine.yaml": VIEW, "study.yaml": STUDY}
    for name, text in files.items():
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def run_all(commands: list[list[str]]) -> None:
    for arguments in commands:
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, f"{arguments}: {result.stderr}"
        assert "warning" not in result.stderr, f"{arguments}: {result.stderr}"
        assert result.stderr == "" or arguments[0] == "sweep", arguments
        assert result.stdout, arguments


@pytest.mark.slow
def test_commands_run_in_their_order(folder: Path) -> None:
    commands = [small(one) for one in COMMANDS if one[0] not in (*STUDIES, *ELSEWHERE)]
    assert len(commands) > 20
    run_all([*commands, ["run", "calm.yaml", "--worlds", "8", "--days", "5"],
             ["run", "--with", "mine.yaml", "--worlds", "8", "--days", "5"]])


@pytest.mark.slow
def test_commands_of_studies_run_in_their_order(folder: Path) -> None:
    commands = [arguments for arguments in COMMANDS if arguments[0] in STUDIES]
    assert {arguments[0] for arguments in commands} == set(STUDIES)
    run_all(commands)


def test_the_python_runs_without_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = (re.sub(r"(worlds|futures)=\d{3,}", r"\1=64", code) for code in blocks("python"))
    with redirect_stderr(io.StringIO()) as error:
        exec(first.replace("days=365", "days=5"), names := {})
        assert names["again"].outcomes.equals(names["run"].outcomes)
        assert names["run"].warnings == []
        exec(second, names)
    assert error.getvalue() == ""
    assert names["c"].b.warnings == []
    assert Path("mine.html").stat().st_size > 100_000


def test_every_command_is_shown_and_has_its_help() -> None:
    from typer.main import get_command

    commands = get_command(app).commands
    assert {arguments[0] for arguments in COMMANDS} == set(commands)
    for name in commands:
        assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0


def test_the_format_of_resolutions_is_in_the_help() -> None:
    said = CliRunner().invoke(app, ["score", "--help"]).stdout
    assert "  round_two: {happened: 2026-05-04, as_of: 2026-05-06" in said
    assert "  deal: {happened: null, as_of: 2026-05-06}\n    hamas_disarms: annulled\n" in said


def _shown() -> list[Path]:
    """Files whose examples people copy; docs/what-ifs.md goes to the ends of priors and says so."""
    return [ROOT / "README.md", *(ROOT / "docs" / "how-to").glob("*.md"), *(ROOT / "dashboards").rglob("*.py"),
            *(path for room in ("cli", "scenario", "ensemble", "analysis", "report/text") for path in
              (ROOT / "sim" / room).rglob("*.py")), ROOT / "sim" / "__init__.py"]


def test_no_example_warns_against_itself() -> None:
    found, catalogue = [], registry.catalogue()
    for path in _shown():
        text = path.read_text(encoding="utf-8")
        for key, value in re.findall(r"\b([a-z_]+\.[a-z_]+)['\"]?(?:=|: ?\[?|, )(?:\{value: )?(-?\d+\.?\d*)", text):
            if key in catalogue:
                found.append((path.name, key))
                assert scenario.load("baseline").changed(set={key: float(value)}).warnings() == [], (path, key, value)
    assert len(found) > 12
