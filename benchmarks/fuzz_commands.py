"""Give `brink` thousands of command lines, right and wrong, and see that each ends as it promises.

    python benchmarks/fuzz_commands.py               # 500 command lines
    python benchmarks/fuzz_commands.py 2000 7        # so many, from another seed
    python benchmarks/fuzz_commands.py --only 123    # one again, with all that it prints

Each is given in this process's copy, in a folder of its own with runs, a comparison, a study and files, some of them damaged.
Right is: exit code 0, 1 (with a reason that the help tells), 2 or 130; no traceback; after 2 nothing is left behind and nothing
changed, and standard error has one line, or one for each mistake of a file; with --json standard output is JSON. The same seed
gives the same command lines. Ctrl-C or SIGTERM ends it early and tells what was found. Exit code 1 if there is a fault.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import json
import os
import pkgutil
import resource
import shlex
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import NamedTuple

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from command_lines import COMMANDS, files_beside, line_of  # noqa: E402
from fuzz_readers import tree, write_seeds, write_tree  # noqa: E402
from fuzz_trial import MOST_LINES, confine, place_of  # noqa: E402

import sim  # noqa: E402

FORK = get_context("fork")

PATIENCE, LONGEST = 400, 60
"""Seconds, and seconds of processor time, after which a command line is ended."""

MAY_FAIL = {"sweep", "validate", "dashboard"}
"""Commands whose help tells of exit code 1."""


class Ended(NamedTuple):
    """How a command line ended, and what is wrong with that."""

    number: int
    line: str
    code: int
    faults: tuple[str, ...]
    printed: str


def ended(number: int, line: Sequence[str], seeds: Path) -> Ended:
    """Give a command line in a fresh folder; this process is of no use after it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        laid_out(Path(folder), seeds)
        os.chdir(folder)
        before = _state(Path(folder))
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code, fault = _given(line)
        after = _state(Path(folder))
        os.chdir("/")
        faults = [fault] if fault else list(_faults(line, code, out.getvalue(), err.getvalue(), before, after))
        printed = (out.getvalue()[-1500:] + err.getvalue()[-3000:]).replace(folder, "FOLDER")
        return Ended(number, shlex.join(line), code, tuple(faults), printed)


def laid_out(folder: Path, seeds: Path) -> None:
    """Fill the folder in which a command is given."""
    for name, origin in (("run", "run-june"), ("priors", "run-priors"), ("comparison", "library/both"), ("study",
                                                                                                         "kept/study")):
        write_tree(folder / name, tree(seeds / origin))
    write_tree(folder / "runs" / "baseline-1", tree(seeds / "library/good"))
    for name, content in files_beside(seeds).items():
        (folder / name).write_bytes(content)
    (folder / "empty").mkdir()


def _state(folder: Path) -> dict[str, int]:
    """Every path with its size; of a file that is only locked, nothing."""
    return {path.relative_to(folder).as_posix(): path.stat().st_size if path.is_file() else -1
            for path in folder.rglob("*") if path.name != "lock"}


def _given(line: Sequence[str]) -> tuple[int, str]:
    """The exit code of a command line, and the fault if it ended otherwise than commands do."""
    from typer.main import get_command

    from sim.cli import app

    try:
        get_command(app).main(list(line), prog_name="brink")
    except SystemExit as error:
        return (error.code, "") if isinstance(error.code, int) else (0 if error.code is None else 1, "")
    except BaseException as error:
        traceback.print_exc()
        return 1, f"traceback: {type(error).__name__} at {place_of(error)}"
    return 0, ""


def _faults(line: Sequence[str], code: int, out: str, err: str, before: dict[str, int], after: dict[str, int]) -> Iterator[str]:
    """What is wrong with how a command ended."""
    command = next((word for word in line if word in COMMANDS), "brink")
    lines = [said for said in err.splitlines() if not said.startswith("brink: warning: ")]
    if code not in (0, 1, 2, 130) or (code == 1 and command not in MAY_FAIL):
        yield f"{command}: exit code {code}"
    if code == 2:
        if before != after:
            changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
            yield f"{command}: exit code 2 leaves something behind: {changed[0].split('/')[0]}"
        if strange := [said for said in lines if not said.startswith("brink: ")]:
            yield f"a line that does not begin with 'brink: ': {strange[0].split(':')[0][:30]}"
        if not 1 <= len(lines) <= MOST_LINES or len({said[:120] for said in lines}) < len(lines):
            yield f"{command}: an error of {len(lines) if len(lines) < 2 else 'too many or equal'} lines"
        if any(len(said) > 1000 or not said.isprintable() for said in lines):
            yield f"{command}: a line that is very long or has control characters"
        if out and "--help" not in line:
            yield f"{command}: exit code 2 after output"
    if code == 0 and "--json" in line and not {"--help", "--version"} & {*line} and not _is_json(out):
        yield f"{command}: --json prints no JSON"


def _is_json(text: str) -> bool:
    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


# many of them, each in a process of its own

def all_ended(count: int, seed: int, seeds: Path, jobs: int) -> Iterator[Ended]:
    """Give all command lines, so many at once, in no order."""
    waiting = [(i, line_of(Random(f"{seed}:{i}"))) for i in range(count)]
    at_work: list[_Process] = []
    while waiting or at_work:
        while waiting and len(at_work) < jobs:
            at_work.append(_Process(*waiting.pop(0), seeds))
        for process in list(at_work):
            if (came := process.came()) is not None:
                at_work.remove(process)
                yield came
        time.sleep(0.02)


class _Process:
    """A process that gives one command line."""

    def __init__(self, number: int, line: Sequence[str], seeds: Path) -> None:
        self.number, self.line, self.began = number, line, time.monotonic()
        self.answers, theirs = FORK.Pipe(duplex=False)

        def work() -> None:
            resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
            confine()
            theirs.send(ended(number, line, seeds))
            os._exit(0)

        self.process = FORK.Process(target=work)
        self.process.start()
        theirs.close()

    def came(self) -> Ended | None:
        """How it ended, once it has."""
        try:
            if self.answers.poll():
                found: Ended = self.answers.recv()
                self.process.join()
                return found
        except EOFError:
            return self._died()
        if time.monotonic() - self.began > PATIENCE:
            self.process.kill()
        if self.process.is_alive() or self.answers.poll():
            return None
        return self._died()

    def _died(self) -> Ended:
        self.process.join()
        return Ended(self.number, shlex.join(self.line), -1, ("no end, or the process died",), "")


def _prepare() -> None:
    """Import all of brink, so that copies of this process need not."""
    for module in pkgutil.walk_packages(sim.__path__, "sim."):
        if module.name != "sim.__main__":
            import_module(module.name)
    gc.collect()
    gc.freeze()


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=500)
    parser.add_argument("seed", nargs="?", type=int, default=1)
    parser.add_argument("--only", type=int, metavar="NUMBER", help="One command line, with all that it prints.")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder)
        process = FORK.Process(target=write_seeds, args=(seeds,))
        process.start()
        process.join()
        if given.only is not None:
            print(*ended(given.only, line_of(Random(f"{given.seed}:{given.only}")), seeds), sep="\n")
            return
        _prepare()
        began, codes = time.monotonic(), defaultdict[int, int](int)
        found: dict[str, list[Ended]] = defaultdict(list)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            for came in all_ended(given.count, given.seed, seeds, given.jobs):
                codes[came.code] += 1
                for fault in came.faults:
                    found[fault].append(came)
        shutil.rmtree(seeds, ignore_errors=True)
    print(f"{sum(codes.values()):,} command lines in {time.monotonic() - began:.0f} s; exit codes "
          + ", ".join(f"{code}: {many:,}" for code, many in sorted(codes.items())))
    for fault, all_ in sorted(found.items(), key=lambda one: -len(one[1])):
        least = min(all_, key=lambda one: len(one.line))
        print(f"\n{fault}\n    {len(all_):,} times; shortest: number {least.number}, brink {least.line[:300]}")
        print("".join(f"    | {said}\n" for said in least.printed.splitlines()[-4:]), end="")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
