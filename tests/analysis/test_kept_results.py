"""Runs and comparisons that were kept know who they are: foreign, exchanged and edited files are refused by all readers."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.library import Library
from sim.cli import app
from sim.ensemble.files import json_text
from sim.errors import BrinkError


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Two runs and their comparison."""
    folder = tmp_path_factory.mktemp("kept")
    pair = sim.compare(worlds=64, days=30, set={"israel.lone_strike_rate": 0.5})
    pair.a.save(folder / "one")
    pair.b.save(folder / "other")
    pair.save(folder / "both")
    pair.save(folder / "bare", runs=False)
    return folder


@pytest.fixture
def kept(shelf, tmp_path):
    """The same, of its own."""
    shutil.copytree(shelf, tmp_path / "runs")
    return tmp_path / "runs"


def mistake(*arguments: object) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line.removeprefix("brink: ")


def edited(path: Path, **more: object) -> None:
    path.write_text(json_text({**json.loads(path.read_text()), **more}), "utf-8")


def exchange(a: Path, b: Path) -> None:
    for x, y in ((a, a.with_name("aside")), (b, a), (a.with_name("aside"), b)):
        x.rename(y)


def rewritten(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)


FAULTS = {
    "worlds of another run": (lambda kept: shutil.copy(kept / "other/worlds.parquet", kept / "one"),
                              "worlds.parquet: was changed since the run was made, or is of another run"),
    "events of another run": (lambda kept: exchange(kept / "one/events.parquet", kept / "other/events.parquet"),
                              "events.parquet: was changed"),
    "another description": (lambda kept: exchange(kept / "one/run.json", kept / "other/run.json"), "parquet: was changed"),
    "an edited table": (lambda kept: rewritten(kept / "one/daily.parquet"), "daily.parquet: was changed"),
    "an edited seed": (lambda kept: edited(kept / "one/run.json", seed=2), "run.json: was changed since the run was made"),
    "a hash left out": (lambda kept: edited(kept / "one/run.json", hashes={}), "run.json: was changed since the run was made"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_run_of_which_a_file_is_not_its_own_is_refused_by_all_that_read_it(kept, case):
    fault, says = FAULTS[case]
    fault(kept)
    place = kept / "one"
    for ask in (("pathways", place, "--out", kept / "paths"), ("report", place, "--out", kept / "page.html"),
                ("explain", place, "--world", 3), ("why", place), ("fork", place, "--world", 3, "--day", 4),
                ("compare", place, kept / "other")):
        assert says in mistake(*ask), ask
    assert not (kept / "paths").exists() and not (kept / "page.html").exists()
    with pytest.raises(BrinkError, match=says):
        Library(kept).open("one")
    with pytest.raises(BrinkError, match=says):
        sim.load(place)


COMPARED = {
    "exchanged sides": (lambda kept: exchange(kept / "both/a", kept / "both/b"), "is not the run that was compared"),
    "another run in place of one": (lambda kept: exchange(kept / "one", kept / "both/b"),
                                    "b: is not the run that was compared"),
    "a foreign table": (lambda kept: shutil.copy(kept / "other/worlds.parquet", kept / "both/a"),
                        "worlds.parquet: was changed"),
    "edited words": (lambda kept: edited(kept / "both/comparison.json", same=True), "comparison.json: was changed"),
}


@pytest.mark.parametrize("case", COMPARED)
def test_a_comparison_of_which_a_file_is_not_its_own_is_refused(kept, case):
    fault, says = COMPARED[case]
    fault(kept)
    assert says in mistake("report", kept / "both", "--out", kept / "page.html")
    with pytest.raises(BrinkError, match=says):
        sim.Comparison.load(kept / "both")
    with pytest.raises(BrinkError, match=says):
        [Library(kept).open(f"both/{side}") for side in "ab"]


def test_what_was_kept_before_descriptions_had_hashes_opens_as_it_is(kept):
    before = sim.load(kept / "one"), sim.Comparison.load(kept / "both")
    for path in kept.rglob("*.json"):
        old = {name: value for name, value in json.loads(path.read_text()).items() if name not in ("hashes", "seal", "runs")}
        path.write_text(json_text(old), "utf-8")
    assert sim.load(kept / "one").about == before[0].about
    assert sim.Comparison.load(kept / "both").outcomes.equals(before[1].outcomes)
    assert Library(kept).open("both/a").about == before[1].a.about
    assert not any(entry.problem for entry in Library(kept).entries())


def test_the_library_lists_what_was_edited_with_its_problem(kept):
    edited(kept / "one/run.json", seed=2)
    edited(kept / "bare/comparison.json", worlds=65)
    problems = {entry.name: entry.problem for entry in Library(kept).entries()}
    assert problems == {"one": "cannot be read (run.json was changed)", "bare": "cannot be read (comparison.json was changed)",
                        "other": "", "both": ""}


def test_the_order_of_the_library_is_that_of_what_was_begun_whatever_became_of_its_files(kept):
    for year, name in ((2024, "one"), (2026, "other"), (2025, "both/a")):
        edited(kept / name / "timing.json", began=f"{year}-01-01T00:00:00+00:00")
    for path in kept.rglob("*"):
        os.utime(path, (1e9, 1e9))
    assert Library(kept).names() == ["other", "both", "one", "bare"]


def test_what_is_kept_is_known_by_its_content_and_not_by_its_time(kept):
    stamps = {Library(kept).stamp("one")}
    path = kept / "one/run.json"
    found, text = path.stat(), path.read_text()
    path.write_text(text.replace('"seed": 1', '"seed": 2'), "utf-8")
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert path.stat().st_size == found.st_size
    stamps |= {Library(kept).stamp("one")}
    rewritten(kept / "one/daily.parquet")
    stamps |= {Library(kept).stamp("one"), Library(kept).stamp("both")}
    assert len(stamps) == 4
