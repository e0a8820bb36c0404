"""First use, cache and fall-back of the compiled engine: whatever is missing or broken, a run comes out."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from arms_race import ArmsRace

from sim.engine import RandomStreams, builds, engines
from sim.engine.about import about
from sim.engine.emit import source
from sim.errors import BrinkError

needs_compiler = pytest.mark.skipif(not engines.may_be_compiled(), reason="there is no C compiler here")


class Own(ArmsRace):
    """A class of models that no other test has an engine for."""


def fresh() -> Own:
    """A model whose class knows no engine yet."""
    for name in ("engine_known", "day_traced"):
        if name in vars(Own):
            delattr(Own, name)
    return Own(np.arange(3), RandomStreams(1))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of builds of its own, and what was told."""
    told: list[str] = []
    monkeypatch.setenv("BRINK_CACHE", str(tmp_path / "kernels"))
    monkeypatch.delenv("BRINK_ENGINE", raising=False)
    monkeypatch.setattr(builds, "tell", told.append)
    return tmp_path / "kernels", told


@needs_compiler
def test_a_first_use_leaves_a_build_that_the_next_finds(cache, monkeypatch):
    place, _ = cache
    first = engines.engine_of(fresh()).kernel
    assert first.path.parent == place
    assert stat.S_IMODE(place.stat().st_mode) & 0o022 == 0
    monkeypatch.setattr(builds, "build", lambda *_: pytest.fail("it is there"))
    assert engines.engine_of(fresh()).kernel.path == first.path


def test_without_a_compiler_numpy_simulates_and_one_line_says_why(cache, monkeypatch):
    _, told = cache
    monkeypatch.setattr(builds.shutil, "which", lambda _: None)
    monkeypatch.setattr(builds.importlib.util, "find_spec", lambda _: None)
    monkeypatch.delenv("CC", raising=False)
    engine = engines.engine_of(fresh())
    assert (engine.name, engine.kernel) == ("numpy", None)
    assert engine.why == "there is no C compiler; install one, or the extra brink[fast]"
    assert len(told) == 1
    assert engine.why in told[0]
    assert not engines.may_be_compiled()


@pytest.mark.parametrize("compiler", ["false", "/nowhere/cc", "{tmp}/broken", "'", 'cc "', "{tmp}/strange", "{tmp}/other"])
def test_a_broken_compiler_means_numpy_and_one_line(cache, monkeypatch, tmp_path, compiler):
    _, told = cache
    script = tmp_path / "broken"
    script.write_text("#!/bin/sh\n"
                      "[ \"$1\" = --version ] && echo broken 1.0 && exit 0\necho 'day.c:1: error' >&2\nexit 1\n", "utf-8")
    (tmp_path / "strange").write_text("#!/bin/sh\nprintf 'Pr\\351paration\\n'; exit 1\n", "utf-8")
    library = builds.importlib.util.find_spec("_ctypes").origin
    (tmp_path / "other").write_text(
        f"#!/bin/sh\n[ \"$1\" = --version ] && printf 'Pr\\351paration 1.0\\n' && exit 0\n"
        f"while [ $# -gt 0 ]; do [ \"$1\" = -o ] && cp {library} \"$2\"; shift; done\n", "utf-8")
    for script in tmp_path.glob("[a-z]*"):
        script.chmod(0o755)
    monkeypatch.setenv("CC", compiler.format(tmp=tmp_path))
    engine = engines.engine_of(fresh())
    assert engine.kernel is None
    assert "the C compiler" in engine.why or engine.why.startswith(f"CC={compiler} names no command (")
    assert [line.count("\n") for line in told] == [0]


@needs_compiler
@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="everything can be written")
def test_a_cache_that_cannot_be_written_means_a_build_for_this_process(cache):
    place, _ = cache
    place.mkdir()
    place.chmod(0o500)
    assert engines.engine_of(fresh()).kernel.path.parent != place


@needs_compiler
def test_a_cache_that_others_can_write_to_is_not_trusted(cache):
    place, _ = cache
    place.mkdir()
    place.chmod(0o777)
    assert engines.engine_of(fresh()).kernel.path.parent != place


@needs_compiler
def test_a_cache_that_is_a_file_means_a_build_for_this_process(cache):
    place, _ = cache
    place.write_text("", "utf-8")
    assert engines.engine_of(fresh()).kernel.path.exists()


@needs_compiler
def test_a_cache_that_cannot_be_used_is_told_and_is_no_place_for_a_better_build(cache, monkeypatch, tmp_path):
    place, told = cache
    place.write_text("", "utf-8")
    (tmp_path / "alone").mkdir()
    monkeypatch.setattr(builds, "_temporary", lambda: tmp_path / "alone")
    monkeypatch.setattr(builds, "SMALL", 0)
    assert engines.engine_of(fresh()).kernel.path.stem.endswith(builds.QUICK)
    assert told == [f"compiling the model for this command alone, a few seconds, as no builds can be kept in {place}"]
    with pytest.raises(builds.NoBuild, match=r"no builds can be kept in .*; BRINK_CACHE may name another folder"):
        about(Own, build=True)
    found = about(Own)
    assert found.cache == f"nowhere: {place} cannot be used; BRINK_CACHE may name another folder"
    assert found.faster == ""


@needs_compiler
def test_a_cache_may_be_named_from_where_one_is(cache, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("kernels", "."):
        monkeypatch.setenv("BRINK_CACHE", name)
        assert engines.engine_of(fresh()).kernel.path.parent == (tmp_path / name).absolute()


@needs_compiler
def test_what_killed_processes_left_in_the_cache_goes(cache):
    place, _ = cache
    (place / "building-1").mkdir(parents=True)
    old = time.time() - 2 * builds.PATIENCE
    for path in (place / "a.c", place / "a.begun", place / "building-1" / "day.c"):
        path.write_text("", "utf-8")
    for path in place.iterdir():
        os.utime(path, (old, old))
    (place / "b.begun").write_text("", "utf-8")
    made = engines.engine_of(fresh()).kernel.path
    assert {path.name for path in place.iterdir()} == {made.name, made.with_suffix(".sha256").name, "b.begun"}


ASKS = ("import sys; sys.path[:0] = ['tests/engine', 'tests']\n"
        "import numpy as np\n"
        "from arms_race import ArmsRace\n"
        "from sim.engine import RandomStreams, engines\n"
        "print(engines.engine_of(ArmsRace(np.arange(3), RandomStreams(1))).kernel.path)\n")
"""Another process that prints which build it uses."""


@needs_compiler
@pytest.mark.parametrize("damage", [lambda whole: b"this is no library", lambda whole: whole[:5000], lambda whole: whole[:-1],
                                    lambda whole: Path(builds.importlib.util.find_spec("_ctypes").origin).read_bytes()])
def test_a_damaged_build_is_made_again(tmp_path, damage):
    environment = {**os.environ, "BRINK_CACHE": str(tmp_path / "kernels"), "BRINK_ENGINE": "compiled"}

    def asked():
        return subprocess.run([sys.executable, "-c", ASKS], env=environment, capture_output=True, text=True, check=True).stdout

    path = Path(asked().strip())
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert Path(asked().strip()) == path
    assert path.read_bytes() == whole


@needs_compiler
def test_an_edited_rule_has_a_build_of_its_own(cache):
    first = engines.engine_of(fresh()).kernel
    event = next(event for _, event in fresh().events if event.name == "attack")
    usual, event.odds = event.odds, lambda state: state.fear * 2
    try:
        assert engines.engine_of(Own(np.arange(3), RandomStreams(1))).kernel.path != first.path
    finally:
        event.odds = usual
    assert engines.engine_of(Own(np.arange(3), RandomStreams(1))).kernel.path == first.path


@needs_compiler
@pytest.mark.slow
def test_a_large_model_gets_a_quick_build_and_a_better_one_in_the_background(cache, monkeypatch):
    place, told = cache
    monkeypatch.setattr(builds, "SMALL", 0)
    quick = engines.engine_of(fresh()).kernel
    assert quick.path.stem.endswith(builds.QUICK)
    assert told == ["compiling the model for this machine, once: a few seconds"]
    end = time.monotonic() + 120
    while not builds.better_of(quick.path).exists():
        assert time.monotonic() < end, list(place.iterdir())
        time.sleep(0.2)
    assert engines.engine_of(Own(np.arange(3), RandomStreams(1))).kernel.path == builds.better_of(quick.path)


@needs_compiler
@pytest.mark.slow
def test_many_first_uses_at_once_do_not_harm_each_other(tmp_path):
    environment = {**os.environ, "BRINK_CACHE": str(tmp_path / "kernels"), "BRINK_ENGINE": "compiled"}
    all_at_once = [subprocess.Popen([sys.executable, "-c", ASKS], env=environment, stdout=subprocess.PIPE, text=True)
                   for _ in range(4)]
    assert len({process.communicate(timeout=200)[0] for process in all_at_once}) == 1
    assert [process.returncode for process in all_at_once] == [0] * 4
    assert sorted(path.suffix for path in (tmp_path / "kernels").iterdir()) == [".sha256", ".so"]


def test_what_brink_engine_says_counts(monkeypatch):
    monkeypatch.setenv("BRINK_ENGINE", "numpy")
    assert engines.engine_of(fresh()).name == "numpy"
    monkeypatch.setenv("BRINK_ENGINE", "compield")
    with pytest.raises(BrinkError, match=r"BRINK_ENGINE: 'compield' must be auto, compiled or numpy.*'compiled'"):
        engines.engine_of(fresh())
    monkeypatch.setenv("BRINK_ENGINE", "compiled")
    monkeypatch.setenv("CC", "false")
    with pytest.raises(BrinkError, match="BRINK_ENGINE: there is no compiled engine here: the C compiler false"):
        engines.engine_of(fresh())


def test_the_same_model_gives_the_same_source():
    assert len({source(engines.traced_day(fresh()), fresh()) for _ in range(2)}) == 1
