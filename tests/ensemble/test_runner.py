"""The runner: the same bytes whoever makes the parts, and whatever is killed meanwhile."""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import pytest
from sweep_helpers import begun, results, study, tree

from sim.ensemble.study import executors
from sim.ensemble.study.executors import Executors, Processes
from sim.ensemble.study.runner import Progress, run, sweep
from sim.ensemble.study.store import Store
from sim.ensemble.study.work import make
from sim.errors import BrinkError
from sim.report.text import study_progress

posix = pytest.mark.skipif(os.name == "nt", reason="signals differ")


@pytest.fixture(scope="module")
def what(tmp_path_factory):
    return study(tmp_path_factory.mktemp("study"), more="keep: {daily: [oil.price], every: 15}\n")


@pytest.fixture(scope="module")
def undisturbed(what, tmp_path_factory):
    store = begun(tmp_path_factory.mktemp("undisturbed") / "s", what)
    run(store, Processes(1))
    return tree(store.path)


def test_two_processes_make_the_same_bytes(what, undisturbed, tmp_path):
    store = begun(tmp_path / "s", what)
    run(store, Processes(2))
    assert tree(store.path) == undisturbed


def test_shards_together_make_the_same_bytes(what, undisturbed, tmp_path):
    begun(tmp_path / "s", what)
    for number in (2, 3, 1):
        assert not (tmp_path / "s" / "manifest.json").exists()
        assert run(Store(tmp_path / "s"), Processes(1), (number, 3)).parts == 2
    assert tree(tmp_path / "s") == undisturbed


def test_from_python_it_is_one_call(tmp_path):
    store = sweep(study(tmp_path, worlds=4, days=3), tmp_path / "s")
    assert store.done() == set(store.parts)
    assert sweep(tmp_path / "study.yaml", tmp_path / "s").id == store.id


def test_progress_counts_parts_and_worlds(what, tmp_path):
    seen = []
    run(begun(tmp_path / "s", what), Processes(1), told=lambda now: seen.append((now.done_parts, now.done_worlds, now.parts)))
    assert seen == [(i, 20 * i, 6) for i in range(7)]


def test_a_part_fails_and_the_study_goes_on(what, tmp_path, monkeypatch):
    from sim.model.crisis import Crisis

    monkeypatch.setenv("BRINK_ENGINE", "numpy")
    live, store = Crisis.live, begun(tmp_path / "s", what)
    worst = store.sets.values[:, 0].max()

    def brittle(model):
        if model.us.bias.max() >= worst:
            raise ValueError("too biased")
        live(model)
    monkeypatch.setattr(Crisis, "live", brittle)
    assert run(store, Processes(1)).failed == 1
    assert run(store, Processes(1)).parts == 0, "a set that failed is done"
    (row,) = study_progress.status(store)["failed"]
    assert row == {"scenario": "baseline", "set": int(store.sets.values[:, 0].argmax()), "low": 0, "high": 20,
                   "reason": "ValueError: too biased"}
    assert study_progress.status(store)["complete"]
    (path,) = store.files("failed")
    for damaged in ("{", "[" * 100_000, '{"all": false, "sets": [1]}', '{"sets": 3}', '{"all": false, "sets": [{"set": 1}]}'):
        path.write_text(damaged, encoding="utf-8")
        assert store.failures() == [], "one that is damaged hides no other"


def test_an_intervention_that_takes_hold_nowhere_is_told(tmp_path):
    (tmp_path / "cannot.yaml").write_text("extends: baseline\ntitle: Cannot\ninterventions:\n"
                                          "  - {on: 2, force: iran.free_shipping}\n", encoding="utf-8")
    store = begun(tmp_path / "s", study(tmp_path, "{kind: none}", worlds=8, days=4, more="scenarios: [cannot.yaml]\n"), 4)
    run(store, Processes(1))
    (warning,) = study_progress.status(store)["warnings"]
    assert warning.startswith("cannot: interventions: ")
    assert "could not happen in any world on day 2: it needs " in warning


# What breaks

class Scripted(Executor):
    """Does the work, or raises what the script says."""

    def __init__(self, script):
        self.script = script

    def submit(self, function, /, *arguments):
        trouble = self.script.pop(0) if self.script else None
        if trouble == "at once":
            raise BrokenProcessPool
        future = Future()
        if trouble:
            future.set_exception(trouble)
        else:
            future.set_result(function(*arguments))
        return future


def scripted(script, far=False):
    """Workers that are lost as the script says."""
    class Source(Processes):
        @contextmanager
        def __call__(self):
            executor = Scripted(script)
            if far:
                yield Executors(lambda: 3, lambda store, part: executor.submit(make, store.work(part)), far=True)
            else:
                yield Executors(lambda: 3, lambda store, part: executor.submit(executors.make_and_keep, str(store.path), part,
                                                                          store.work(part)))
    return Source(1)


@pytest.mark.parametrize("far", [False, True])
def test_no_part_is_forgotten_however_workers_are_lost(what, undisturbed, tmp_path, far, capsys):
    script = [None, "at once", BrokenProcessPool("gone"), None, None, ConnectionError("cut"), "at once", "at once", None,
              TimeoutError()]
    store = begun(tmp_path / "s", what)
    progress = run(store, scripted(script, far), told=None)
    assert tree(store.path) == undisturbed
    assert progress.done_parts == progress.parts == 6
    assert script == []
    assert capsys.readouterr().err.count("starting again") >= 4


@pytest.mark.parametrize(("trouble", "says"), [
    (BrokenProcessPool("gone"), r"workers are lost again and again \(BrokenProcessPool: gone\), for want of memory perhaps"),
    (MemoryError(), r"workers are lost again and again \(MemoryError\)"),
    (ImportError("no numpy"), r"a worker cannot run the model \(no numpy\); install the same brink on all workers"),
])
def test_trouble_without_end_is_a_clear_error(what, tmp_path, trouble, says):
    store = begun(tmp_path / "s", what)
    with pytest.raises(BrinkError, match=says):
        run(store, scripted([None, *[trouble] * 100]))
    assert len(store.done()) == 1


def test_workers_are_at_least_one():
    with pytest.raises(BrinkError, match="jobs: 0 must be a whole number from 1 to 1,024"):
        Processes(0)


# Kills

def heed_interrupts():
    signal.signal(signal.SIGINT, signal.default_int_handler)


def resumed(path: Path, *options: str, engine: str = "numpy") -> subprocess.Popen:
    """The command that goes on with a study; its workers are processes, or threads where the day is compiled."""
    return subprocess.Popen([sys.executable, "-m", "sim", "sweep", "--resume", str(path), *options], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts, start_new_session=True,
                            env={**os.environ, "BRINK_ENGINE": engine})


def children(pid: int) -> list[int]:
    """The worker processes of a runner: copies of a process that it started for that."""
    return [worker for server in born_of(pid) if b"forkserver" in command_of(server) for worker in born_of(server)]


def born_of(pid: int) -> list[int]:
    """The processes that a process started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def command_of(pid: int) -> bytes:
    """How a process was started; nothing if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def until(true, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


@posix
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_kills_at_random_moments_change_nothing(tmp_path):
    what = study(tmp_path, "{kind: latin, parameters: [us.bias], sets: 40}", worlds=60, days=240,
                 more="keep: {daily: [oil.price], every: 15}\n")
    calm, stormy = begun(tmp_path / "calm", what, 60), begun(tmp_path / "stormy", what, 60)
    run(calm, Processes(1))
    dice = random.Random(4)
    kills = 0
    victims = ("worker", "numpy"), ("runner", "auto"), ("worker", "numpy"), ("runner", "numpy"), ("runner", "auto")
    for target, engine in (*victims, ("worker", "numpy")):
        process = resumed(stormy.path, "--jobs", "2", engine=engine)
        before = len(list(stormy.files("worlds")))
        until(lambda process=process, before=before: process.poll() is not None or len(list(stormy.files("worlds"))) > before)
        time.sleep(dice.random() * 0.2)
        workers = children(process.pid)
        if target == "runner":
            process.kill()
            kills += 1
        elif workers:
            os.kill(dice.choice(workers), signal.SIGKILL)
            kills += 1
            time.sleep(1)
            process.kill()
        process.communicate()
    assert kills >= 4
    out, error = resumed(stormy.path, "--jobs", "2", engine="auto").communicate()
    assert "40 of 40 parts" in out, error
    assert tree(stormy.path) == tree(calm.path)


@posix
@pytest.mark.slow
def test_a_worker_that_is_killed_is_replaced(tmp_path):
    store = begun(tmp_path / "s", study(tmp_path, "{kind: latin, parameters: [us.bias], sets: 16}", worlds=40, days=240), 40)
    process = resumed(store.path, "--jobs", "2")
    until(lambda: len(list(store.files("worlds"))) >= 2)
    workers = children(process.pid)
    os.kill(workers[0], signal.SIGKILL)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "workers were lost (BrokenProcessPool" in error
    assert store.done() == set(store.parts)


@posix
@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("engine", ["auto", "numpy"])
def test_an_interrupt_stops_and_says_what_is_kept(tmp_path, jobs, engine):
    store = begun(tmp_path / "s", study(tmp_path, "{kind: latin, parameters: [us.bias], sets: 400}", worlds=100, days=365), 400)
    process = resumed(store.path, "--jobs", jobs, engine=engine)
    until(lambda: len(list(store.files("worlds"))) >= 1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    out, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert error == (f"brink: interrupted; what is done is kept, and brink sweep --resume {store.path} goes on from there\n")
    with store.locked():
        assert results(store.path)


# What is said

def test_lines_for_a_log_come_now_and_then(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    progress = Progress(4, 4000, began=100.0)
    with study_progress.reporting() as say:
        for done in range(1, 5):
            clock[0] += 20
            progress.done_parts, progress.done_worlds = done, 1000 * done
            say(progress)
    assert capsys.readouterr().err.splitlines() == ["brink: 2 of 4 parts, 50 worlds a second, 40 s left",
                                                    "brink: 4 of 4 parts, 50 worlds a second, 0 s left"]


@pytest.mark.parametrize(("seconds", "says"), [(5.4, "5 s"), (300, "5 min"), (7200, "2.0 h"),
                                               (float("nan"), "an unknown time")])
def test_times_as_people_say_them(seconds, says):
    assert study_progress.span(seconds) == says


@pytest.mark.parametrize(("count", "says"), [(12, "12 bytes"), (25_300, "25.3 kB"), (4.2e13, "42 TB")])
def test_sizes_as_people_say_them(count, says):
    assert study_progress.size(count) == says
