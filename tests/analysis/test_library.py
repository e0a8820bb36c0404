"""The library folder: what is listed and opened, what is refused, and large runs read in part."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import sim
from sim.analysis import library
from sim.analysis.library import Library, tidy
from sim.errors import BrinkError
from sim.report.html.inputs import recipe


@pytest.fixture(scope="module")
def run():
    return sim.run("inspectors_back", worlds=96, days=20, seed=4)


@pytest.fixture(scope="module")
def shelf(run, tmp_path_factory):
    place = Library(tmp_path_factory.mktemp("library") / "runs")
    assert place.entries() == []
    place.keep(run, "First")
    sim.compare("baseline", run.scenario.changed(days=20), worlds=64, days=20).save(place.folder / "both")
    return place


def test_what_is_kept_is_listed_and_opens_as_it_was(shelf, run):
    entries = {entry.name: entry for entry in shelf.entries()}
    one = entries["first"]
    assert (one.kind, one.title, one.worlds, one.days, one.sets, one.problem) == (
        "run", run.scenario.title, 96, 20, 1, "")
    assert one.date == run.timing["began"]
    assert entries["both"].kind == "comparison" and entries["both"].title.startswith("Baseline against ")
    again = shelf.open("first")
    assert again.about == run.about and all(again.tables[name].equals(table) for name, table in run.tables.items())
    assert shelf.open("both/b").scenario.name == "inspectors_back"


@pytest.mark.parametrize("name", ["..", ".", "", "../runs", "first/..", "first/../../etc", "/etc", "first/c", "/", "no\0pe",
                                  "x" * 5000, ".hidden", "fist"])
def test_no_name_reaches_outside_the_folder(shelf, name):
    with pytest.raises(BrinkError, match="the library"):
        shelf.open(name)


def test_links_that_lead_out_are_neither_listed_nor_opened(run, tmp_path):
    run.save(tmp_path / "elsewhere")
    shelf = Library(tmp_path / "runs")
    shelf.keep(run, "inside")
    (shelf.folder / "out").symlink_to(tmp_path / "elsewhere")
    (shelf.folder / "half").mkdir()
    for file in (shelf.folder / "inside").iterdir():
        os.link(file, shelf.folder / "half" / file.name)
    (shelf.folder / "half" / "worlds.parquet").unlink()
    (shelf.folder / "half" / "worlds.parquet").symlink_to(tmp_path / "elsewhere" / "worlds.parquet")
    (shelf.folder / "alias").symlink_to(shelf.folder / "inside")
    assert set(shelf.names()) == {"inside", "alias"}
    for name in ("out", "half"):
        with pytest.raises(BrinkError, match="the library has no"):
            shelf.open(name)


@pytest.mark.parametrize(("given", "kept"), [("My Run, no. 3!", "my-run-no-3"), ("../../etc/passwd", "etc-passwd"),
                                             ("__a__", "a"), ("CON", "con"), ("b" * 99, "b" * library.LONGEST), ("…", "")])
def test_names_are_made_plain(given, kept):
    assert tidy(given) == kept


def test_keeping_refuses_what_is_taken_empty_or_too_much(run, tmp_path, monkeypatch):
    shelf = Library(tmp_path)
    assert shelf.keep(run, "A run") == "a-run"
    with pytest.raises(BrinkError, match="choose another name, like 'a-run-1'"):
        shelf.keep(run, "a RUN")
    with pytest.raises(BrinkError, match="letters or digits"):
        shelf.keep(run, "../..")
    monkeypatch.setattr(library, "LISTED", 1)
    with pytest.raises(BrinkError, match="full"):
        shelf.keep(run, "another")
    assert shelf.names() == ["a-run"]


@pytest.mark.parametrize("name", ["b" * 99, "b" * (library.LONGEST - 3) + "-c", "my run-1"])
def test_a_name_that_is_free_is_kept_as_it_is(name, tmp_path):
    shelf = Library(tmp_path)
    for _ in range(11):
        free = shelf.free(name)
        assert tidy(free) == free
        (tmp_path / free).mkdir()


def test_what_is_damaged_is_listed_with_its_problem_and_refused_in_words(run, tmp_path):
    shelf = Library(tmp_path)
    for name in ("text", "list", "cut", "future"):
        shelf.keep(run, name)
    (tmp_path / "text" / "run.json").write_text("{")
    (tmp_path / "list" / "run.json").write_text("[]")
    (tmp_path / "cut" / "worlds.parquet").write_bytes(b"PAR1")
    (tmp_path / "future" / "run.json").write_text(json.dumps({**run.about, "format": 99}))
    problems = {entry.name: entry.problem for entry in shelf.entries()}
    assert "cannot be read" in problems["text"] and "cannot be read" in problems["list"]
    assert str(tmp_path) not in "".join(problems.values())
    for name, says in (("cut", "damaged"), ("future", "format 99"), ("text", "cannot be read")):
        with pytest.raises(BrinkError, match=says):
            shelf.open(name)


def test_what_cannot_be_read_or_opened_by_its_name_hides_no_other(run, tmp_path, monkeypatch):
    shelf = Library(tmp_path)
    for name in ("good", "shut", "shut-too"):
        shelf.keep(run, name)
    shutil.copytree(tmp_path / "good", tmp_path / "good (copy)")
    shutil.copytree(tmp_path / "good", tmp_path / "bad\x1b[31m")
    (tmp_path / "away").symlink_to(tmp_path.parent, target_is_directory=True)
    usual, stat, no = Path.is_file, library._content, {"shut", "away"}
    monkeypatch.setattr(Path, "is_file", lambda path: usual(path) if path.parent.name not in no else refused(path))
    monkeypatch.setattr(library, "_content", lambda path: stat(path) if path.parent.name != "shut-too" else refused(path))
    problems = {entry.name: entry.problem for entry in shelf.entries()}
    assert "away" not in problems, "it leads out of the folder"
    assert problems["good"] == problems["good (copy)"] == ""
    assert shelf.open("good (copy)").size == run.size
    assert problems["bad\\x1b[31m"] == "has a name with signs that are not opened; rename its folder"
    for name in ("shut", "shut-too"):
        assert problems[name].startswith("cannot be read (") and str(tmp_path) not in problems[name]


def refused(path):
    raise PermissionError(13, "Permission denied", str(path))


def test_what_a_description_gets_wrong_is_told_without_the_place_of_the_folder(run, tmp_path):
    shelf = Library(tmp_path)
    for name, wrong in (("seed", {"seed": "x"}), ("sources", {"scenario": {**run.about["scenario"], "sources": []}})):
        shelf.keep(run, name)
        (tmp_path / name / "run.json").write_text(json.dumps({**run.about, **wrong}))
        for read, place in ((shelf.open, ""), (lambda name: sim.load(tmp_path / name), f"{tmp_path}/")):
            with pytest.raises(BrinkError, match=f"^{place}{name}/run.json: does not describe a run"):
                read(name)
    shelf.keep(run, "less")
    (tmp_path / "less" / "daily.parquet").unlink()
    with pytest.raises(BrinkError, match=r"^less/daily.parquet: is missing$"):
        shelf.open("less")


def test_of_a_large_run_whole_worlds_and_whole_sets_are_read(tmp_path, monkeypatch):
    drawn = sim.run(worlds=96, days=20, uncertainty="priors", sets=12)
    shelf = Library(tmp_path)
    shelf.keep(drawn, "drawn")
    monkeypatch.setattr(library, "MOST_WORLDS", 45)
    monkeypatch.setattr(library, "BATCH", 7)
    part = shelf.open("drawn")
    assert (part.size, part.sets, part.about["of_worlds"]) == (40, 5, 96)
    assert part.column("round_two").tolist() == drawn.column("round_two")[:40].tolist()
    assert part.parameters.equals(drawn.parameters[:5])
    assert part.events["world"].max() == 39
    assert len(part.rows) == len(drawn.rows)
    assert recipe(part) == recipe(drawn)


def test_of_many_events_those_of_whole_worlds_are_read(run, tmp_path, monkeypatch):
    shelf = Library(tmp_path)
    shelf.keep(run, "run")
    monkeypatch.setattr(library, "MOST_EVENTS", 200)
    part = shelf.open("run")
    kept = part.about["kept_events"]
    assert 0 < kept < run.about["kept_events"]
    assert part.events.equals(run.events[run.events["world"] < kept])
