"""A Dask cluster makes the same bytes, whatever is killed and whatever connection is cut."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress

import pytest
from sweep_helpers import begun, study, tree
from typer.testing import CliRunner

from sim.cli import app
from sim.ensemble.study.executors import Cluster, Processes
from sim.ensemble.study.runner import run
from sim.ensemble.study.store import Store

pytest.importorskip("distributed")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals differ")]

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "10"}


class Place:
    """Where a worker runs: in a network namespace of its own where that is allowed, else on a loopback address of its own."""

    def __init__(self, number: int) -> None:
        self.name, self.link = f"brink{os.getpid()}w{number}", f"bk{os.getpid() % 100000}w{number}"
        self.net = f"10.{64 + os.getpid() // 100 % 128}.{os.getpid() % 100 * 2 + number}"  # not that of another suite
        self.spaced = self._make()
        self.scheduler = f"{self.net}.1" if self.spaced else "127.0.0.1"
        self.host = f"{self.net}.2" if self.spaced else f"127.0.0.{number + 1}"
        self.prefix = ["ip", "netns", "exec", self.name] if self.spaced else []

    def _make(self) -> bool:
        inside = ["ip", "netns", "exec", self.name]
        steps = [["ip", "netns", "add", self.name],
                 ["ip", "link", "add", self.link, "type", "veth", "peer", "name", "eth0", "netns", self.name],
                 ["ip", "address", "add", f"{self.net}.1/24", "dev", self.link], ["ip", "link", "set", self.link, "up"],
                 [*inside, "ip", "address", "add", f"{self.net}.2/24", "dev", "eth0"],
                 [*inside, "ip", "link", "set", "eth0", "up"], [*inside, "ip", "link", "set", "lo", "up"]]
        try:
            for step in steps:
                subprocess.run(step, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            self.close()
            return False
        return True

    def close(self) -> None:
        with suppress(OSError):
            subprocess.run(["ip", "netns", "delete", self.name], capture_output=True)


class Dask:
    """A scheduler and two workers, each a process of its own."""

    def __init__(self, places: list[Place]) -> None:
        self.places, self.port = places, free_port()
        self.scheduler = self._start([], "scheduler", "--host", "0.0.0.0", "--port", str(self.port), "--no-dashboard")
        self.workers = [self.worker(place) for place in places]

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def worker(self, place: Place) -> subprocess.Popen:
        return self._start(place.prefix, "worker", f"tcp://{place.scheduler}:{self.port}", "--host", place.host, "--nthreads",
                           "1", "--no-nanny", "--no-dashboard", "--death-timeout", "120")

    @staticmethod
    def _start(prefix: list[str], what: str, *options: str) -> subprocess.Popen:
        return subprocess.Popen([*prefix, sys.executable, "-m", f"distributed.cli.dask_{what}", *options], env=ENVIRONMENT,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Wire:
    """Forwards a port to another until it is cut; then nobody answers until it is mended."""

    def __init__(self, port: int) -> None:
        self.target, self.port, self.whole, self.sockets = port, free_port(), True, []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with closing(socket.create_server(("127.0.0.1", self.port))) as server:
            while True:
                near, _ = server.accept()
                if not self.whole:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.target))
                self.sockets += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    @staticmethod
    def _pump(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while content := one.recv(65536):
                other.sendall(content)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        self.whole = False
        for one in self.sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.sockets.clear()


@pytest.fixture(scope="module")
def places():
    made = [Place(1), Place(2)]
    yield made
    for place in made:
        place.close()


@pytest.fixture
def dask(places):
    cluster = Dask(places)
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def what(tmp_path_factory):
    return study(tmp_path_factory.mktemp("study"), "{kind: latin, parameters: [us.bias, israel.bias], sets: 24}", worlds=50,
                 days=100, more="keep: {daily: [oil.price], every: 50}\n")


@pytest.fixture(scope="module")
def undisturbed(what, tmp_path_factory):
    store = begun(tmp_path_factory.mktemp("undisturbed") / "s", what, 100)
    run(store, Processes(1))
    return tree(store.path)


def resumed(store: Store, address: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "sim", "sweep", "--resume", str(store.path), "--on", address],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until_there_are(store: Store, parts: int) -> None:
    end = time.monotonic() + 90
    while len(list(store.files("worlds"))) < parts:
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.02)


def test_a_cluster_makes_the_same_bytes(dask, what, undisturbed, tmp_path):
    store = begun(tmp_path / "s", what, 100)
    run(store, Cluster(dask.address))
    assert tree(store.path) == undisturbed


def test_a_worker_is_killed_in_the_middle_of_a_part(dask, what, undisturbed, tmp_path):
    store = begun(tmp_path / "s", what, 100)
    process = resumed(store, dask.address)
    until_there_are(store, 2)
    dask.workers[0].kill()
    until_there_are(store, 4)
    dask.workers[0].wait()
    dask.workers[0] = dask.worker(dask.places[0])
    dask.workers[1].kill()
    _, error = process.communicate(timeout=180)
    assert process.returncode == 0, error
    assert tree(store.path) == undisturbed


def test_the_connection_to_the_scheduler_is_cut_and_restored(dask, what, undisturbed, tmp_path):
    wire, store = Wire(dask.port), begun(tmp_path / "s", what, 100)
    process = resumed(store, f"tcp://127.0.0.1:{wire.port}")
    until_there_are(store, 2)
    wire.cut()
    time.sleep(15)  # longer than the client itself tries again
    there = len(list(store.files("worlds")))
    assert there < 12
    wire.whole = True
    _, error = process.communicate(timeout=180)
    assert process.returncode == 0, error
    assert tree(store.path) == undisturbed


def test_the_scheduler_stands_still_and_is_started_anew(dask, what, undisturbed, tmp_path):
    store = begun(tmp_path / "s", what, 100)
    process = resumed(store, dask.address)
    until_there_are(store, 1)
    dask.scheduler.send_signal(signal.SIGSTOP)
    time.sleep(3)
    dask.scheduler.send_signal(signal.SIGCONT)
    until_there_are(store, 2)
    port = dask.port
    dask.close()
    fresh = Dask.__new__(Dask)
    fresh.places, fresh.port = dask.places, port
    fresh.scheduler = fresh._start([], "scheduler", "--host", "0.0.0.0", "--port", str(port), "--no-dashboard")
    fresh.workers = [fresh.worker(place) for place in dask.places]
    try:
        _, error = process.communicate(timeout=180)
    finally:
        fresh.close()
    assert process.returncode == 0, error
    assert "workers were lost" in error
    assert tree(store.path) == undisturbed


def test_no_scheduler_is_one_clear_line(what, tmp_path):
    store = begun(tmp_path / "s", what, 100)
    result = CliRunner().invoke(app, ["sweep", "--resume", str(store.path), "--on", f"tcp://127.0.0.1:{free_port()}"])
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("brink: --on: no Dask scheduler answers at tcp://127.0.0.1:")
