"""Places for results: names are taken before the work begins, what cannot be written is found then, nothing made is lost."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

import sim
from sim.analysis.library import Library
from sim.cli import app
from sim.ensemble import files, results
from sim.errors import BrinkError

SMALL = ("--worlds", "8", "--days", "3")
RUN = ("run", "baseline", *SMALL)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def brink(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def mistake(*arguments: object) -> str:
    result = brink(*arguments)
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    return line.removeprefix("brink: ")


def at_once(count: int, do) -> list:
    """What each of so many threads made, or its error."""
    made, ready = [], threading.Barrier(count)

    def one(number: int) -> None:
        ready.wait()
        try:
            made.append(do(number))
        except BrinkError as error:
            made.append(error)
    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return made


# Names

def test_runs_that_begin_at_once_get_names_of_their_own_and_keep_all():
    code = "from sim.cli import app; app()"
    running = [subprocess.Popen([sys.executable, "-c", code, *RUN, "--seed", str(seed)], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
               for seed in (1, 2, 3)]
    told = [(one.communicate()[1], one.returncode) for one in running]
    assert [code for _, code in told] == [0, 0, 0], told
    assert sorted(path.name for path in Path("runs").iterdir()) == ["baseline-1", "baseline-2", "baseline-3"]
    assert {sim.load(path).seed for path in Path("runs").iterdir()} == {1, 2, 3}


def test_of_eight_that_want_the_next_name_each_gets_one():
    with files.ExitStack() as stack:
        made = at_once(8, lambda _: stack.enter_context(files.taken_next(Path("runs"), "baseline")))
        assert sorted(path.name for path in made) == [f"baseline-{i}" for i in range(1, 9)]
        assert all(path.is_dir() for path in made)
    assert list(Path().glob("runs/*")) == [], "what was not filled goes"


@pytest.mark.skipif(sys.platform == "win32", reason="nobody can tell there whose an empty directory is")
def test_the_name_of_a_process_that_was_killed_is_used_again_and_that_of_one_at_work_is_not():
    code = ("from pathlib import Path; from sim.ensemble.files import taken_next\n"
            "with taken_next(Path('runs'), 'baseline') as place:\n    print(place, flush=True); input()")
    others = []
    try:
        for number in (1, 2):
            others.append(subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            assert others[-1].stdout.readline() == f"runs/baseline-{number}\n".encode()
        with files.taken_next(Path("runs"), "baseline") as place:
            assert place.name == "baseline-3"
        others[1].kill()
        others[1].wait()
        assert {path.name for path in Path("runs").iterdir()} == {"baseline-1", "baseline-2"}
        with files.taken_next(Path("runs"), "baseline") as place:
            assert place.name == "baseline-2"
        kept = Path("runs", "baseline-7")
        kept.mkdir()
        (kept / "file").touch()
        with files.taken_next(Path("runs"), "baseline") as place:
            assert place.name == "baseline-8"
    finally:
        for other in others:
            other.kill()
            other.communicate()


def test_of_eight_that_want_one_name_one_gets_it_and_the_others_are_told_before_they_work():
    run, shelf = sim.run(worlds=4, days=2), Library("runs")
    made = at_once(8, lambda _: shelf.keep(run, "mine"))
    assert sorted(map(str, made), key=len) == ["mine", *["'mine' is taken; choose another name, like 'mine-1'"] * 7]
    assert sim.load("runs/mine").size == 4
    with files.taken(Path("theirs")), files.taken_file(Path("page.html")), files.taken_file(Path("f.json")):
        for arguments in ((*RUN, "--out", "theirs"), ("compare", "baseline", "inspectors_back", *SMALL, "--out", "theirs"),
                          ("pathways", "runs/mine", "--out", "theirs"), ("forecast", "--out", "f.json"),
                          ("explain", "runs/mine", "--world", 1, "--out", "theirs"),
                          ("report", "runs/mine", "--out", "page.html")):
            assert "exists already" in mistake(*arguments)
    assert not Path("theirs").exists() and not Path("page.html").exists()


def test_a_name_is_taken_while_the_worlds_are_simulated(monkeypatch):
    from sim.ensemble import run as ensemble

    seen, simulate = [], ensemble.run
    monkeypatch.setattr(ensemble, "run", lambda *args, **more: (seen.append(list(Path("runs").iterdir())),
                                                                 simulate(*args, **more))[1])
    assert brink(*RUN).exit_code == 0
    assert seen == [[Path("runs/baseline-1")]]


@pytest.mark.parametrize("arguments", [
    ("run", "--worlds", 0), (*RUN, "--worlds", 0, "--out", "deep/er/mine"), (*RUN, "--set", "israel.bias=9"),
    ("compare", "baseline", "inspectors_back", "--worlds", 0), ("report", "nowhere", "--out", "page.html"),
    ("explain", "nowhere", "--world", 1, "--out", "mine"), ("forecast", "--out", "f.json", "--from", "2026-02-12"),
])
def test_a_mistake_leaves_nothing_behind(arguments):
    mistake(*arguments)
    assert list(Path().iterdir()) == []


# What cannot be written is found before

@pytest.fixture
def no_worlds(monkeypatch):
    """Whoever simulates fails."""
    monkeypatch.setattr("sim.ensemble.run.execute", lambda *args: pytest.fail("worlds were simulated"))


@pytest.mark.parametrize(("text", "says"), [
    ('title: "\\ud800"\nextends: baseline', r"mine.yaml:1: '\ud800' is no Unicode text"),
    ('title: A\nextends: baseline\nsays: "a\\udfffb"', r"mine.yaml:3: 'a\udfffb' is no Unicode text"),
    ("extends: baseline\ndate: 9999-12-30", "mine.yaml:2: date: 9999-12-30 must be from 1700-01-01 to 2200-12-31"),
    ("extends: baseline\ndate: 0001-01-01", "mine.yaml:2: date: 0001-01-01 must be from 1700-01-01 to 2200-12-31"),
])
def test_a_file_with_what_no_file_can_hold(no_worlds, text, says):
    Path("mine.yaml").write_text(text)
    assert mistake("run", "mine.yaml", *SMALL) == says
    assert [path.name for path in Path().iterdir()] == ["mine.yaml"]


def test_a_scenario_from_python_with_what_no_file_can_hold(no_worlds):
    import datetime

    from sim.scenario.scenario import Scenario

    with pytest.raises(BrinkError, match="text with a lone surrogate cannot be written as JSON"):
        sim.run(Scenario("mine", "\ud800"), worlds=4, days=2)
    with pytest.raises(BrinkError, match="date: 9999-12-30 must be from"):
        Scenario("mine", "Mine", date=datetime.date(9999, 12, 30))


def test_the_last_day_that_a_run_may_have_can_be_written_and_drawn():
    Path("late.yaml").write_text("extends: baseline\ndate: 2200-12-31")
    assert brink("run", "late.yaml", "--worlds", 4, "--days", 3, "--out", "late").exit_code == 0


def full(handle: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_found_before_the_worlds_are_simulated(no_worlds, monkeypatch):
    monkeypatch.setattr(os, "fsync", full)
    assert mistake(*RUN, "--out", "mine") == "mine: cannot be written (No space left on device)"
    assert list(Path().iterdir()) == []


def test_a_cluster_that_is_none_is_found_before_a_study_is_begun():
    Path("study.yaml").write_text("worlds: 4\ndays: 2\n")
    says = mistake("sweep", "study.yaml", "--on", "evidence")
    assert says == "--on: 'evidence' is not the address of a scheduler, like tcp://scheduler:8786"
    assert [path.name for path in Path().iterdir()] == ["study.yaml"]


# Nothing made is lost

def test_a_disk_that_is_full_after_the_worlds_were_simulated_loses_nothing(monkeypatch, tmp_path):
    def no_room(table, path):
        if Path(path).is_relative_to(Path("mine").parent.absolute()) or not Path(path).is_absolute():
            full(path)
        write(table, path)
    write = results.write_parquet
    monkeypatch.setattr(results, "write_parquet", no_room)
    monkeypatch.setattr("sim.cli.places.mkdtemp", lambda prefix: str(tmp_path.with_name(f"{tmp_path.name}-refuge")))
    tmp_path.with_name(f"{tmp_path.name}-refuge").mkdir()
    result = brink(*RUN, "--out", "mine")
    assert result.exit_code == 2
    said, last = result.stderr.splitlines()
    assert said == "brink: mine: cannot be written (No space left on device)"
    place = Path(last.removeprefix("brink: the results are in "))
    assert sim.load(place).size == 8
    assert not Path("mine").exists()


@pytest.mark.parametrize(("command", "shown"), [
    (RUN, "run.show_run"), (("compare", "baseline", "inspectors_back", *SMALL), "compare.show_comparison"),
    (("fork", "kept", "--world", 1, "--day", 1, "--futures", 8), "fork.show_fork")])
@pytest.mark.parametrize("drawing", [True, False])
def test_if_drawing_or_telling_fails_results_are_there_and_the_last_line_says_where(monkeypatch, command, shown, drawing):
    sim.run(worlds=8, days=3).save("kept")

    def fail(*args, **more):
        raise BrinkError("the pen is dry")
    monkeypatch.setattr("sim.report.figures.look.write" if drawing else f"sim.report.text.{shown}", fail)
    result = brink(*command, "--out", "mine")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-2:] == ["brink: the pen is dry", "brink: the results are in mine"]
    assert sim.Comparison.load("mine") if command[0] == "compare" else sim.load("mine")


def test_who_interrupts_while_it_is_told_hears_that_results_are_there(monkeypatch):
    def interrupt(*args, **more):
        raise KeyboardInterrupt
    monkeypatch.setattr("sim.report.text.run.show_run", interrupt)
    result = brink(*RUN)
    assert result.exit_code == 130
    assert result.stderr.splitlines() == ["brink: interrupted; what was made is kept",
                                          "brink: the results are in runs/baseline-1"]


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that is in use stays there")
def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    command = f"cd gone && rmdir ../gone && exec {sys.executable} -m sim run --worlds 4 --days 2"
    made = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, cwd=tmp_path,
                          env={**os.environ, "PYTHONPATH": str(Path(sim.__file__).parents[1])})
    assert (made.returncode, made.stdout) == (2, "")
    assert made.stderr == "brink: the folder in which this was called is gone; go to one that is there\n"


def test_pictures_are_files_whatever_windows_other_programs_open(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim", "run", "--worlds", "4", "--days", "2", "--out", "r", "--quiet"]
    made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path,
                          env={**os.environ, "MPLBACKEND": "nonsense"})
    assert (made.returncode, made.stderr) == (0, "")
    assert list((tmp_path / "r").glob("*.png"))


def test_signs_that_no_letter_of_a_picture_shows_are_told_to_nobody(tmp_path: Path) -> None:
    names = ("\u4e2d\u6587.yaml", "q\x01.yaml")
    for name in names:
        (tmp_path / name).write_text("extends: baseline\ntitle: T\n", "utf-8")
    for number, name in enumerate(names):
        command = [sys.executable, "-m", "sim", "compare", *SMALL, "--no-runs", "--quiet", "--out", f"c{number}", "--"]
        made = subprocess.run([*command, "baseline", name], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert (made.returncode, made.stderr) == (0, "")
        for picture in (tmp_path / f"c{number}").glob("*.svg"):
            ElementTree.parse(picture)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
def test_a_place_whose_name_is_no_text_is_refused_before_the_work(tmp_path: Path) -> None:
    made = subprocess.run([os.fsencode(sys.executable), b"-m", b"sim", b"run", b"--worlds", b"100000", b"--out", b"a\xff/b"],
                          capture_output=True, check=False, cwd=tmp_path)
    assert (made.returncode, made.stdout) == (2, b"")
    assert made.stderr == b"brink: 'a\\udcff/b': a path must be UTF-8 text\n"
    assert not any(tmp_path.iterdir())
