"""The dashboard on a free port, for tests and benchmarks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds that anything may take, on a machine that does other work too."""


class Server:
    """A dashboard that runs: where, as which process, and what it has written."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], log: Path, base: str = "") -> None:
        self.port, self.process, self.log = port, process, log
        self.host, self.address = f"127.0.0.1:{port}", f"http://127.0.0.1:{port}{base}"

    def link(self, page: str = "", **query: object) -> str:
        """The address of a page under a view."""
        return f"{self.address}/{page}?{urlencode(query, doseq=True)}"

    @property
    def healthy(self) -> bool:
        """Whether it answers."""
        try:
            with urlopen(f"{self.address}/_stcore/health", timeout=1) as answer:
                return bool(answer.read() == b"ok")
        except (URLError, OSError):
            return False


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Server]:
    """A dashboard whose library and log are in `folder`, with these options of `brink dashboard`; it is ended at the end."""
    port, log = free_port(), folder / "server.log"
    library = folder / "runs"
    library.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "sim", "dashboard", "--no-browser", f"--port={port}", f"--library={library}", *options]
    with log.open("wb") as sink:
        process = subprocess.Popen(command, cwd=folder, stdout=sink, stderr=subprocess.STDOUT,
                                   env={**os.environ, "PYTHONPATH": str(ROOT), "STREAMLIT_LOGGER_ENABLE_RICH": "false",
                                        "OMP_NUM_THREADS": "1"})
    server = Server(port, process, log, next((one.partition("=")[2] for one in options if one.startswith("--base-path=")), ""))
    try:
        end = time.monotonic() + PATIENCE
        while not server.healthy:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the dashboard did not start:\n{log.read_text()}")
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
