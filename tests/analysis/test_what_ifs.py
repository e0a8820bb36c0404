"""The page of what-ifs: its commands run as they stand, it names only what there is, and its figures agree with each other."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.model import evidence, outcomes, registry
from sim.scenario import scenario

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "what-ifs.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
PROSE = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
NUMBER = "[+\N{MINUS SIGN}]?[0-9.]+"


def small(command: str) -> list[str]:
    """The arguments of a command, for fewer worlds and days, without pictures."""
    name, *arguments = shlex.split(command)[1:]
    for option in ("--worlds", "--futures", "--sets"):
        if option in arguments:
            arguments[arguments.index(option) + 1] = {"--worlds": "128", "--futures": "20", "--sets": "8"}[option]
    if "--worlds" in arguments:
        arguments += ["--days", "75"]
    if "--typical" in arguments:
        arguments[arguments.index("--typical") + 1] = "war"  # so few worlds hold no false alarm
    return [name, *arguments, "--json"]


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    table = re.search(rf"## {heading}.*?\n(\|.*?)\n\n", PAGE, re.DOTALL)
    assert table is not None, heading
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()[2:]]


def value(text: str) -> float:
    """The first number of a cell."""
    return float(re.findall(NUMBER, text)[0].replace("\N{MINUS SIGN}", "-"))


@pytest.mark.slow
def test_every_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) > 30
    for command in COMMANDS:
        result = CliRunner().invoke(app, small(command))
        assert result.exit_code == 0, f"{command}\n{result.stderr}"


def made(command: str) -> str:
    """The directory that a command makes, "" if none."""
    words = shlex.split(command)
    return words[words.index("--out") + 1] if "--out" in words else ""


def changes(command: str) -> list[str]:
    """What a command sets, and what it does, in order."""
    return re.findall(r"--(?:set|do) ('[^']+'|\S+)", command)


def test_a_run_is_made_before_it_is_used() -> None:
    for number, command in enumerate(COMMANDS):
        used = set(re.findall(r"runs/[\w-]+", command)) - {made(command)}
        assert used <= {made(earlier) for earlier in COMMANDS[:number]}, command


def test_a_cut_is_made_on_both_sides() -> None:
    cuts = {made(command): command for command in COMMANDS if made(command) not in ("", "runs/base")}
    assert len(cuts) >= 10
    for place, cut in cuts.items():
        users = [command for command in COMMANDS if place in shlex.split(command) and command != cut]
        assert users, f"nothing uses {place}"
        for command in users:
            if f"compare {place} " in command:
                assert changes(command) == changes(cut), command


def test_it_names_only_what_there_is() -> None:
    known = {outcome.id for outcome in outcomes.OUTCOMES} | set(scenario.names()) | set(registry.catalogue())
    known |= set(registry.fields()) | set(registry.events())
    named = set(re.findall(r"`(\w+(?:\.\w+)?)`", PROSE))
    assert named - known == {"brink", "comparison.csv", "why"}
    assert any(name in {outcome.id for outcome in outcomes.OUTCOMES} for name in named)


def test_its_claims_stand_in_the_ledger() -> None:
    cited = set(re.findall(r"\bL\d{3}\b", PAGE))
    assert len(cited) >= 10
    assert cited <= set(evidence.load().claims)


def test_its_pictures_are_there_and_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", PAGE)
    assert pictures
    for picture in pictures:
        assert 10_000 < (DOCS / picture).stat().st_size < 150_000


def test_ten_changes_each_with_its_section_and_no_figure_without_an_error() -> None:
    table = rows("How to read a comparison")
    assert [int(row[0]) for row in table] == list(range(1, 11))
    assert re.findall(r"^## (\d+)\. ", PAGE, re.MULTILINE) == [str(number) for number in range(1, 11)]
    for row in table:
        assert all(re.fullmatch(rf"{NUMBER} ± {NUMBER}", row[column]) for column in (2, 4)), row


def test_flips_add_up_to_the_difference() -> None:
    for _, change, war, flips, _ in rows("How to read a comparison"):
        gained, lost = (int(count.replace(",", "")) for count in flips.split(", "))
        assert value(war) == pytest.approx((gained - lost) / 200, abs=0.0051), change


def test_each_section_warns_of_a_false_conclusion() -> None:
    sections = re.split(r"^## \d+\. ", PAGE, flags=re.MULTILINE)[1:]
    assert [" ".join(section.split()).count("**Do not conclude**") for section in sections] == [1] * 10


def test_a_student_can_read_it_in_one_sitting() -> None:
    words = re.sub(r"^\|.*$|!\[.*", "", PROSE, flags=re.MULTILINE).split()
    assert 1500 <= len(words) <= 2500, len(words)


def test_one_key_of_two_opens_nothing() -> None:
    import sim

    assert sim.compare("baseline", set={"talks.iran_missiles": 0.3}, worlds=128, days=120).same


@pytest.mark.slow
def test_a_figure_comes_out_again() -> None:
    import sim

    row = sim.compare("baseline", set={"israel.expected_growth": 0}, worlds=8192).row("round_two")
    figure = f"{100 * row['difference']:+.2f} ± {100 * row['se']:.2f}".replace("-", "\N{MINUS SIGN}")
    assert figure in " ".join(PROSE.split()), f"the model has changed: it gives {figure} now; make the page anew"
