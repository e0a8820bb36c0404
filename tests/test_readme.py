"""What the README shows works as it stands."""

import re
from pathlib import Path

import pytest

from sim.scenario import scenario

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_scenario_and_the_view_load(tmp_path: Path) -> None:
    what_if, view = blocks("yaml")
    path = tmp_path / "mine.yaml"
    path.write_text(what_if, encoding="utf-8")
    assert scenario.load(path).lineage == ["baseline", "mine"]
    path.write_text(view, encoding="utf-8")
    assert scenario.load("baseline").changed(view=scenario.load_view(path)).warnings() == []


def test_the_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = (re.sub(r"(worlds|futures)=\d{3,}", r"\1=64", code) for code in blocks("python"))
    exec(first.replace("days=365", "days=5"), names := {})
    assert names["again"].outcomes.equals(names["run"].outcomes)
    exec(second, names)
    assert Path("mine.html").stat().st_size > 100_000


def test_every_command_exists() -> None:
    from typer.main import get_command

    from sim.cli import app

    commands = get_command(app).commands
    named = set(re.findall(r"^brink (\w+)", "\n".join(blocks("bash")), re.MULTILINE))
    assert named == set(commands)
