"""Measure everything that has a target: speed, start-up, memory, cores. One command: python benchmarks/run.py [--quick]

Prints a table; with --write it also goes into benchmarks/README.md. --quick takes a tenth of the worlds, and each time
once instead of the best of several.
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
from contextlib import contextmanager
from functools import partial
from itertools import count
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
    return in_turns(times, action)[0]


def in_turns(times: int, *actions: Callable[[], object]) -> list[float]:
    """Seconds of the fastest try of each, one try of each after the other, so that all meet the same moods of the machine."""
    taken: list[list[float]] = [[] for _ in actions]
    for _ in range(times):
        for action, seconds in zip(actions, taken, strict=True):
            began = time.perf_counter()
            action()
            seconds.append(time.perf_counter() - began)
    return [min(seconds) for seconds in taken]


@contextmanager
def engine(name: str) -> Iterator[None]:
    """Meanwhile this engine is at work."""
    before = os.environ.get("BRINK_ENGINE")
    os.environ["BRINK_ENGINE"] = name
    try:
        yield
    finally:
        del os.environ["BRINK_ENGINE"]
        if before is not None:
            os.environ["BRINK_ENGINE"] = before


def run_under(name: str, worlds: int) -> None:
    """A whole run of a year under an engine."""
    import sim

    with engine(name):
        sim.run(worlds=worlds, days=DAYS)


def child(*arguments: str, **variables: str) -> tuple[float, float]:
    """Seconds and peak memory in MB of a process of its own, with one thread and these variables in its environment."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parent), **variables}
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed with exit code {process.returncode}")
    kilo = 1024 if sys.platform != "darwin" else 1024**2
    return time.perf_counter() - began, usage.ru_maxrss / kilo


def speed(quick: bool) -> Iterator[Row]:
    """Whole runs with recording and log, import not counted: both engines, and a plain Mesa model in the same sitting."""
    import plain_mesa

    import sim

    times = 1 if quick else 5
    for name in ("compiled", "numpy"):
        run_under(name, 1)
    for worlds, must, aim in ((1000, "9 times", "15 times"), (4096, "7 times", "9 times")):
        compiled, numpy = in_turns(times, partial(run_under, "compiled", worlds), partial(run_under, "numpy", worlds))
        yield Row(f"{worlds:,} worlds x {DAYS} days, `sim.run` whole, against NumPy in turns",
                  f"{compiled:.2f} s against {numpy:.2f} s, {numpy / compiled:.1f} times", must, aim)
    single = best(partial(run_under, "numpy", 1), times)
    yield Row("one world under NumPy, a day", f"{1000 * single / DAYS:.2f} ms", "1 ms", "")
    plain_worlds, bulk_worlds = (20, 8192) if quick else (100, 32768)
    plain_mesa.simulate(1, DAYS)
    took, alone = in_turns(min(times, 3), lambda: sim.run(worlds=bulk_worlds, days=DAYS),
                           lambda: plain_mesa.simulate(plain_worlds, DAYS))
    bulk, plain = bulk_worlds / took, plain_worlds / alone
    yield Row("plain one-world Mesa model, a fifth of the rules", f"{plain:,.0f} worlds/s", "", "")
    yield Row(f"in bulk ({bulk_worlds:,} worlds), one core", f"{bulk:,.0f} worlds/s, {bulk / plain:.0f} times the plain model",
              "80 times", "120 times")


def start_up(quick: bool) -> Iterator[Row]:
    """From the shell's prompt to the end."""
    times = 2 if quick else 5
    with tempfile.TemporaryDirectory() as folder:
        places = (str(Path(folder, str(i))) for i in count())
        seconds = best(lambda: child("-m", "sim", "--help"), times)
        yield Row("`brink --help`", f"{seconds:.2f} s", "0.3 s", "")
        seconds = best(lambda: child("-m", "sim", "run", "--worlds", "1", "--out", next(places)), times)
        yield Row("`brink run --worlds 1`, pictures included", f"{seconds:.2f} s", "1.5 s", "1 s")

        def usual(**variables: str) -> None:
            child("-m", "sim", "run", "--out", next(places), **variables)
        usual()
        kept, numpy = in_turns(min(times, 3), usual, partial(usual, BRINK_ENGINE="numpy"))
        first = best(lambda: usual(BRINK_CACHE=next(places)), 1)  # the better build that it begins would slow a second one down
        yield Row("`brink run`, 4,096 worlds: a first use, against NumPy; and once it is compiled",
                  f"{first:.1f} s against {numpy:.1f} s, {first - numpy:.1f} s more; {kept:.1f} s", "3 s more", "1 s more")


def memory(quick: bool) -> Iterator[Row]:
    """Peak resident memory of a large run on two cores that is also summed up and saved."""
    worlds = 100_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        code = f"import sim; run = sim.run(worlds={worlds}, days={DAYS}, jobs=2); run.outcomes; run.save({folder + '/run'!r})"
        seconds, peak = child("-c", code)
        size = sum(path.stat().st_size for path in Path(folder, "run").iterdir()) / 1e6
    yield Row(f"{worlds:,} worlds x {DAYS} days, two cores, summed up and saved: time and memory",
              f"{seconds:.0f} s, {peak:,.0f} MB in all ({size:.0f} MB on disk)", "75 s, 800 MB", "flat in worlds")


def cores(quick: bool) -> Iterator[Row]:
    """One worker against two, their start included."""
    import sim

    worlds = 20_000 if quick else 200_000
    one, two = in_turns(1 if quick else 2, *(partial(sim.run, worlds=worlds, days=DAYS, jobs=jobs) for jobs in (1, 2)))
    yield Row(f"{worlds:,} worlds: two cores against one", f"{one / two:.2f} times ({one:.1f} s, {two:.1f} s)", "1.9 times", "")


def comparison(quick: bool) -> Iterator[Row]:
    """Two scenarios on the same luck, on two cores: in a session where the model is imported, and from the prompt."""
    import sim
    from sim.ensemble.results import load

    worlds, times = (1000, 2) if quick else (10_000, 4)
    sim.compare("baseline", "inspectors_back", worlds=1, days=2, jobs=2)
    seconds = best(lambda: sim.compare("baseline", "inspectors_back", worlds=worlds, days=DAYS, jobs=2), times)
    yield Row(f"two scenarios of {worlds:,} worlds compared, two cores, session warm", f"{seconds:.2f} s", "1.5 s", "1 s")
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
