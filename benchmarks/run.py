"""Measure everything that has a target: speed, start-up, memory, cores. One command: python benchmarks/run.py [--quick]

Prints a table; with --write it also goes into benchmarks/README.md. --quick takes a tenth of the worlds, and each time
once instead of the best of three.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
DAYS = 365


class Row(NamedTuple):
    """A line of the table: what was measured, what came of it, what it must be, and what it should become."""

    what: str
    measured: str
    must: str
    aim: str


def best(action: Callable[[], object], times: int) -> float:
    """Seconds of the fastest of several tries."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return min(taken)


def child(*arguments: str) -> tuple[float, float]:
    """Seconds and peak memory in MB of a process of its own, with one thread."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parent)}
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed with exit code {process.returncode}")
    kilo = 1024 if sys.platform != "darwin" else 1024**2
    return time.perf_counter() - began, usage.ru_maxrss / kilo


def speed(quick: bool) -> Iterator[Row]:
    """Whole runs with recording and log, import not counted, and a plain Mesa model in the same sitting."""
    import plain_mesa

    import sim

    times = 1 if quick else 3
    sim.run(worlds=1, days=2)
    student = best(lambda: sim.run(worlds=1000, days=DAYS), times)
    usual = best(lambda: sim.run(worlds=4096, days=DAYS), times)
    single = best(lambda: sim.run(worlds=1, days=DAYS), times)
    yield Row(f"4,096 worlds x {DAYS} days, one core", f"{usual:.2f} s", "1.5 s", "1 s")
    yield Row(f"1,000 worlds x {DAYS} days", f"{student:.2f} s", "0.7 s", "0.4 s")
    yield Row("one world, a day", f"{1000 * single / DAYS:.2f} ms", "1 ms", "")
    plain_worlds, bulk_worlds = (20, 8192) if quick else (100, 32768)
    plain_mesa.simulate(1, DAYS)
    plain = plain_worlds / best(lambda: plain_mesa.simulate(plain_worlds, DAYS), times)
    bulk = bulk_worlds / best(lambda: sim.run(worlds=bulk_worlds, days=DAYS), times)
    yield Row("plain one-world Mesa model, a fifth of the rules", f"{plain:,.0f} worlds/s", "", "")
    yield Row(f"in bulk ({bulk_worlds:,} worlds)", f"{bulk:,.0f} worlds/s, {bulk / plain:.0f} times the plain model",
              "60 times", "100 times")


def start_up(quick: bool) -> Iterator[Row]:
    """From the shell's prompt to the end."""
    times = 2 if quick else 5
    with tempfile.TemporaryDirectory() as folder:
        places = (str(Path(folder, str(i))) for i in range(times))
        seconds = best(lambda: child("-m", "sim", "--help"), times)
        yield Row("`brink --help`", f"{seconds:.2f} s", "0.3 s", "")
        seconds = best(lambda: child("-m", "sim", "run", "--worlds", "1", "--out", next(places)), times)
        yield Row("`brink run --worlds 1`, pictures included", f"{seconds:.2f} s", "2.5 s", "")


def memory(quick: bool) -> Iterator[Row]:
    """Peak resident memory of a large run that is also summed up and saved."""
    worlds = 100_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        code = f"import sim; run = sim.run(worlds={worlds}, days={DAYS}); run.outcomes; run.save({folder + '/run'!r})"
        seconds, peak = child("-c", code)
        size = sum(path.stat().st_size for path in Path(folder, "run").iterdir()) / 1e6
    yield Row(f"{worlds:,} worlds x {DAYS} days: memory",
              f"{peak / 1024:.2f} GB ({seconds:.0f} s, {size:.0f} MB on disk)", "2 GB", "flat in worlds")


def cores(quick: bool) -> Iterator[Row]:
    """One process against two, start-up of the workers included."""
    import sim

    worlds = 20_000 if quick else 200_000
    one, two = (best(partial(sim.run, worlds=worlds, days=DAYS, jobs=jobs), 1) for jobs in (1, 2))
    yield Row(f"{worlds:,} worlds: two processes against one", f"{one / two:.2f} times ({one:.0f} s, {two:.0f} s)",
              "1.7 times", "")


def comparison(quick: bool) -> Iterator[Row]:
    """Two scenarios on the same luck, on two processes: in a session where the model is imported, and from the prompt."""
    import sim
    from sim.ensemble.results import load

    worlds, times = (1000, 2) if quick else (10_000, 4)
    sim.compare("baseline", "inspectors_back", worlds=1, days=2, jobs=2)
    seconds = best(lambda: sim.compare("baseline", "inspectors_back", worlds=worlds, days=DAYS, jobs=2), times)
    yield Row(f"two scenarios of {worlds:,} worlds compared, two processes", f"{seconds:.1f} s", "6 s", "")
    with tempfile.TemporaryDirectory() as folder:
        places = (str(Path(folder, str(i))) for i in range(times))
        words = ["-m", "sim", "compare", "baseline", "inspectors_back", "--worlds", str(worlds), "--jobs", "2", "--out"]
        seconds = best(lambda: child(*words, next(places)), times)
        yield Row("`brink compare` of the same, imports, tables and pictures included", f"{seconds:.1f} s", "", "")
        run = load(Path(folder, "0", "a"))
        seconds = best(lambda: run.explain(7), times)
        yield Row("one world of it explained, once Python has started", f"{seconds:.2f} s", "1 s", "")


PARTS = {"speed": speed, "start-up": start_up, "memory": memory, "cores": cores, "comparison": comparison}


def table(rows: list[Row]) -> str:
    """The rows in Markdown."""
    lines = ["| what | measured | must | aim |", "|---|---|---|---|"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def sitting(command: str) -> str:
    """When, where and how this was measured."""
    from importlib.metadata import version

    packages = ", ".join(f"{name} {version(name)}" for name in ("mesa", "numpy"))
    return (f"Measured on {datetime.date.today():%d %B %Y} by `{command}`: {os.cpu_count()} cores, "
            f"{platform.machine()}, Python {platform.python_version()}, {packages}.")


def main() -> None:
    """Measure, print and, if asked to, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the worlds, each once")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    parser.add_argument("--only", choices=PARTS, help="one part")
    options = parser.parse_args()
    rows = []
    for name, part in PARTS.items():
        if options.only in (None, name):
            for row in part(options.quick):
                print(f"{row.what}: {row.measured}" + (f" (must {row.must})" if row.must else ""), flush=True)
                rows.append(row)
    if options.write:
        readme = HERE / "README.md"
        command = " ".join(["python benchmarks/run.py", *sys.argv[1:]])
        text = f"<!-- figures -->\n{sitting(command)}\n\n{table(rows)}\n<!-- end -->"
        content = readme.read_text("utf-8")
        readme.write_text(re.sub(r"<!-- figures -->.*<!-- end -->", lambda _: text, content, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    main()
