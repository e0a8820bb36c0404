"""Locks on the directory of a study: whole and shards, also when many begin at the same moment."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sim.ensemble.study.locks import locked
from sim.errors import BrinkError


def test_the_whole_keeps_out_whole_and_shards_and_a_shard_only_its_own(tmp_path: Path) -> None:
    with locked(tmp_path):
        for shard in ("", "1-2"):
            with pytest.raises(BrinkError, match=r"another process is at work on this study; wait for it, or stop it$"):
                locked(tmp_path, shard).__enter__()
    with locked(tmp_path, "1-2"), locked(tmp_path, "2-2"):
        with pytest.raises(BrinkError, match="another process is at work on this study"):
            locked(tmp_path).__enter__()
        with pytest.raises(BrinkError, match=r"another process is at work on shard 2/2$"):
            locked(tmp_path, "2-2").__enter__()
    with locked(tmp_path):
        pass


def test_a_runner_that_is_refused_or_fails_leaves_nothing_held(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(BrinkError):
        locked(tmp_path, "1-2").__enter__()
    with pytest.raises(ZeroDivisionError), locked(tmp_path, "1-2"):
        raise ZeroDivisionError
    with locked(tmp_path):
        pass


def test_shards_that_begin_at_once_do_not_take_each_other_for_the_whole(tmp_path: Path) -> None:
    ready, refused = threading.Barrier(8), []

    def work(shard: str) -> None:
        ready.wait()
        try:
            with locked(tmp_path, shard):
                ready.wait()
        except BrinkError as error:
            refused.append(error)
            ready.abort()

    threads = [threading.Thread(target=work, args=(f"{number}-8",)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []


def test_of_a_whole_and_a_shard_that_begin_at_once_at_most_one_goes_on(tmp_path: Path) -> None:
    code = ("import sys, time; from pathlib import Path; from sim.ensemble.study.locks import locked\n"
            "sys.stdin.readline()\nwith locked(Path(sys.argv[1]), sys.argv[2]):\n    print('in', flush=True); time.sleep(1)")
    runners = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), shard], stdin=subprocess.PIPE, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for shard in ("", "3-16")]
    for runner in runners:
        assert runner.stdin
        runner.stdin.write("\n")
        runner.stdin.flush()
    assert sum("in" in runner.communicate()[0] for runner in runners) <= 1


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BrinkError, match=r"lock: cannot be written \("):
        locked(tmp_path / "file").__enter__()
