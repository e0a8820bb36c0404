"""Give every reader of outside files and texts thousands of damaged ones, and see that each is read or refused in plain words.

    python benchmarks/fuzz_files.py                       # 6,000 inputs
    python benchmarks/fuzz_files.py 50000 7               # so many, from another seed
    python benchmarks/fuzz_files.py 500 --reader scenario
    python benchmarks/fuzz_files.py --reader scenario --only 123    # one again, with its traceback

Right is: a result or a BrinkError, of 21 lines at most, none of them very long or with control characters; nothing that a file
says is run or opened; a second of processor time at most. The same seed gives the same inputs. The smallest input of each fault
is kept in a folder. Ctrl-C or SIGTERM ends it early and tells what was found. Exit code 1 if there is a fault.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from fuzz_readers import READERS, write_seeds, write_tree  # noqa: E402
from fuzz_trial import SLOW, Trial, confine, made, tried, warm  # noqa: E402

FORK = get_context("fork")

CHUNK = 50
"""Inputs that a process tries before another takes its place."""

SILENT = 300
"""Seconds after which a process from which nothing is heard is ended."""

Which = tuple[str, int]
"""Reader and number of an input."""


def planned(count: int, names: Sequence[str]) -> list[Which]:
    """So many inputs, as the readers' shares have it, in an order that is always the same and puts none last."""
    total = sum(READERS[name].share for name in names)
    each = {name: max(round(count * READERS[name].share / total), 1) for name in names}
    inputs = [(name, i) for name, many in each.items() for i in range(many)]
    Random(0).shuffle(inputs)
    return inputs


def all_tried(inputs: Sequence[Which], seed: int, seeds: Path, jobs: int) -> Iterator[Trial]:
    """Try all inputs in as many processes at once, in no order; a process that dies is told of, and what it left is done."""
    waiting = [list(inputs[i:i + CHUNK]) for i in range(0, len(inputs), CHUNK)]
    at_work: list[_Process] = []
    while waiting or at_work:
        while waiting and len(at_work) < jobs:
            at_work.append(_Process(waiting.pop(0), seed, seeds))
        for process in list(at_work):
            yield from process.heard()
            if process.ended():
                at_work.remove(process)
                if process.left:
                    name, number = process.left.pop(0)
                    given = made(name, number, seed, seeds)
                    yield Trial(name, number, "dead", "it ended the process", 0.0, given.size, given.says)
                    waiting[:0] = [process.left] if process.left else []


class _Process:
    """A process that tries inputs one after the other."""

    def __init__(self, chunk: list[Which], seed: int, seeds: Path) -> None:
        self.left, self.over = chunk, False
        self.answers, theirs = FORK.Pipe(duplex=False)
        self.process = FORK.Process(target=_work, args=(list(chunk), seed, seeds, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.last = time.monotonic()

    def heard(self) -> Iterator[Trial]:
        """What it has tried since."""
        try:
            while self.left and self.answers.poll(0.02):
                trial = self.answers.recv()
                self.left.pop(0)
                self.last = time.monotonic()
                yield trial
        except EOFError:  # it has died
            self.process.join()
            self.over = True
        if time.monotonic() - self.last > SILENT:
            self.process.kill()

    def ended(self) -> bool:
        """Whether it tries no more."""
        return self.over or not self.left or (not self.process.is_alive() and not self.answers.poll())


def _work(chunk: Sequence[Which], seed: int, seeds: Path, answers: Connection) -> None:
    confine()
    for name, number in chunk:
        answers.send(tried(made(name, number, seed, seeds)))
    os._exit(0)  # without waiting for what libraries may have begun


class Tally:
    """What came of all inputs, with the smallest input of each fault."""

    def __init__(self) -> None:
        self.came: dict[str, Counter[str]] = defaultdict(Counter)
        self.faults: dict[tuple[str, str], list[Trial]] = defaultdict(list)
        self.slowest: dict[str, float] = defaultdict(float)

    def add(self, trial: Trial) -> None:
        """Count one."""
        self.came[trial.reader][trial.came] += 1
        self.slowest[trial.reader] = max(self.slowest[trial.reader], trial.seconds)
        if trial.what:
            self.faults[trial.reader, f"{trial.came}: {trial.what}"].append(trial)
        if trial.seconds > SLOW:
            self.came[trial.reader]["slow"] += 1
            self.faults[trial.reader, f"more than {SLOW:g} s to be {trial.came}"].append(trial)

    def table(self) -> str:
        """A row for each reader."""
        kinds = ("accepted", "refused", "traceback", "message", "run", "dead", "slow")
        lines = [f"{'reader':16}{'inputs':>8}" + "".join(f"{kind:>11}" for kind in kinds) + "  slowest"]
        for name, came in sorted(self.came.items()):
            inputs = came.total() - came["slow"]
            counts = "".join(f"{came[kind]:>11,}" for kind in kinds)
            lines.append(f"{name:16}{inputs:>8,}{counts}{self.slowest[name]:>7.1f} s")
        return "\n".join(lines)

    def told(self) -> str:
        """The faults, those seen most often first, each with its smallest input."""
        lines = []
        for (name, what), trials in sorted(self.faults.items(), key=lambda fault: -len(fault[1])):
            least = min(trials, key=lambda trial: trial.size)
            lines += [f"{name}: {what}", f"    {len(trials):,} times; smallest: number {least.number}, {least.says[:200]}"]
        return "\n".join(lines)

    def keep(self, folder: Path, seed: int, seeds: Path) -> None:
        """Write the smallest input of each fault into a folder of its own, with what came of it."""
        for i, ((name, what), trials) in enumerate(sorted(self.faults.items())):
            least = min(trials, key=lambda trial: trial.size)
            place = folder / f"{i:02}-{name}-{least.number}"
            write_tree(place, made(name, least.number, seed, seeds).files)
            told = f"{name}: {what}\n{least.says}\nseed {seed}, number {least.number}\n\n{least.details}\n"
            (place / "fault.txt").write_text(told, "utf-8", "backslashreplace")


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=6000)
    parser.add_argument("seed", nargs="?", type=int, default=1)
    parser.add_argument("--reader", choices=sorted(READERS), action="append", help="Only this one; can be repeated.")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="One input, with what it gives.")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"), help="Where the smallest inputs go.")
    given = parser.parse_args()
    names = given.reader or list(READERS)
    with tempfile.TemporaryDirectory() as folder:
        seeds = prepared(Path(folder))
        warm(names, seeds)
        if given.only is not None:
            again = made(names[0], given.only, given.seed, seeds)
            write_tree(given.keep / f"{names[0]}-{given.only}", again.files)
            print(again.says, tried(again, shows=True)[2:5], sep="\n")
            return
        tally, began = Tally(), time.monotonic()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            for trial in all_tried(planned(given.count, names), given.seed, seeds, given.jobs):
                tally.add(trial)
        tally.keep(given.keep, given.seed, seeds)
    print(tally.table(), f"{time.monotonic() - began:.0f} s", tally.told(), sep="\n\n")
    sys.exit(1 if tally.faults else 0)


def prepared(folder: Path) -> Path:
    """A folder with what is in order, made by another process, so that nothing of that is left in this one."""
    process = FORK.Process(target=write_seeds, args=(folder,))
    process.start()
    process.join()
    if process.exitcode:
        sys.exit("what is in order could not be made")
    return folder


if __name__ == "__main__":
    main()
