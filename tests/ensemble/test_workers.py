"""Worker processes: how they are started, and what they leave as it was."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.ensemble import workers
from sim.ensemble.run import pool
from sim.model.crisis import Crisis

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers start anew")


@linux
def test_getting_ready_leaves_the_environment_as_it_was(monkeypatch):
    monkeypatch.setenv(workers.THREADS[0], "3")
    monkeypatch.delenv(workers.THREADS[1], raising=False)
    before = dict(os.environ)
    workers.get_ready()
    assert dict(os.environ) == before


@linux
def test_workers_are_copies_of_a_process_that_has_imported_the_model(monkeypatch):
    monkeypatch.setenv("BRINK_ENGINE", "numpy")
    with pool(1, Crisis) as processes:
        known = processes.submit(eval, "set(__import__('sys').modules)").result()
    assert known >= set(workers.IMPORTED)


@linux
def test_nothing_is_left_of_workers_when_their_parent_ends():
    code = ("import os\n"
            "from multiprocessing import forkserver\n"
            "from sim.ensemble import workers\n"
            "workers.get_ready()\n"
            "print(forkserver._forkserver._forkserver_pid)\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    place, end = Path("/proc", done.stdout.strip()), time.monotonic() + 20
    while place.exists():
        assert time.monotonic() < end, "the process of which workers are copies is still there"
        time.sleep(0.05)


def test_workers_run_nothing_that_lies_where_they_are_started(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "sim").mkdir(parents=True)
    (here / "sim" / "__init__.py").write_text("open('ran', 'w').close()\n", "utf-8")
    there.mkdir()
    script = there / "command.py"
    script.write_text("from sim.cli import main\nif __name__ == '__main__':\n    main()\n", "utf-8")
    done = subprocess.run([sys.executable, str(script), "run", "--worlds", "1100", "--days", "3", "--jobs", "2", "--json"],
                          cwd=here, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not (here / "ran").exists()
