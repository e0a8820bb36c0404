"""Measure sweeps: throughput, memory, overhead, kills, scaling, and other tools on the same model.

    python benchmarks/sweep.py [--quick] [--only throughput|overhead|kills|sobol|scaling|cluster|others]

Each line says wall-clock time, processor time and the share of the cores that this machine gave: on a machine that others
use too, only processor time says what the work costs. --quick takes a tenth of it all.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from sim.ensemble.study.design import StudyDesign  # noqa: E402
from sim.model.crisis import Crisis  # noqa: E402

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parent)}
DAYS, SEED = 365, 1


@dataclass
class Measured:
    """A command that was run: seconds, seconds of processor time, and memory of all its processes, sampled."""

    seconds: float
    cpu: float
    code: int
    memory: list[float] = field(default_factory=list)

    @property
    def peak(self) -> float:
        """MB."""
        return max(self.memory, default=0.0)

    @property
    def drift(self) -> str:
        """Highest memory in the second and the last third of the time."""
        third = max(len(self.memory) // 3, 1)
        midway, late = max(self.memory[third:2 * third], default=0), max(self.memory[-third:], default=0)
        return f"{midway:.0f} MB midway, {late:.0f} MB late"


def tree_of(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(other for child in below for other in tree_of(int(child)))]


def resident(pid: int) -> float:
    """MB that a process has to itself, or shares in part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def started(command: list[str], engine: str = "auto") -> subprocess.Popen[bytes]:
    """A process that writes nothing, under an engine."""
    return subprocess.Popen(command, env={**ENVIRONMENT, "BRINK_ENGINE": engine}, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def measured(*arguments: str) -> Measured:
    """Run Python with these arguments."""
    began = time.perf_counter()
    process = started([sys.executable, *arguments])
    memory: list[float] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            memory.append(sum(map(resident, tree_of(process.pid))))
    threading.Thread(target=watch, daemon=True).start()
    _, status, usage = os.wait4(process.pid, 0)
    over.set()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, process.returncode, memory)


def study(folder: Path, sets: int, worlds: int, kind: str = "latin", days: int = DAYS, seed: int = SEED) -> Path:
    """A study file over thirty parameters from all over the model."""
    from sim.model.registry import catalogue

    known = list(catalogue())
    keys = known[::max(len(known) // 30, 1)][:30]
    numbers = {"latin": {"sets": sets}, "sobol": {"samples": sets}}[kind]
    path = folder / f"{kind}-{sets}-{worlds}-{days}.yaml"
    path.write_text(json.dumps({"title": "A benchmark", "worlds": worlds, "days": days, "seed": seed,
                                "design": {"kind": kind, "parameters": keys, **numbers}}), "utf-8")
    return path


def sweep(file: Path, out: Path, *options: str) -> Measured:
    """The command."""
    done = measured("-m", "sim", "sweep", str(file), "--out", str(out), *options)
    assert done.code == 0, f"exit code {done.code}"
    return done


def described(what: str, worlds: int, done: Measured, jobs: int) -> str:
    """A line on a run."""
    given = done.cpu / done.seconds / jobs
    return (f"{what}: {done.seconds:.0f} s, {worlds / done.seconds:,.0f} worlds/s; {done.cpu:.0f} s of processor time, "
            f"{worlds / done.cpu:,.0f} worlds per core-second; {given:.0%} of {jobs} core{'s' * (jobs > 1)} given; "
            f"memory at most {done.peak:.0f} MB ({done.drift})")


def size(path: Path) -> int:
    """Bytes of the results."""
    return sum(file.stat().st_size for file in path.rglob("*.parquet"))


def throughput(quick: bool, folder: Path) -> Iterator[str]:
    """10,000 sets x 100 worlds x 365 days on two cores."""
    sets = 1000 if quick else 10_000
    done = sweep(study(folder, sets, 100), folder / "out", "--jobs", "2")
    yield described(f"{sets:,} sets x 100 worlds x {DAYS} days", sets * 100, done, 2)
    yield f"  {size(folder / 'out') / (sets * 100):.1f} bytes a world"


def sobol(quick: bool, folder: Path) -> Iterator[str]:
    """Sobol of 30 parameters, 32 worlds a set."""
    samples = 128 if quick else 1024
    done = sweep(study(folder, samples, 32, "sobol"), folder / "out", "--jobs", "2")
    yield described(f"Sobol, N = {samples:,}, {samples * 32:,} sets x 32 worlds", samples * 32 * 32, done, 2)


def overhead(quick: bool, folder: Path) -> Iterator[str]:
    """The runner with one process against the bare engine in a loop, in turns, both in processor time."""
    sets = 330 if quick else 1640
    file = study(folder, sets, 100)
    bare, whole = [], []
    for i in range(2 if quick else 3):
        bare.append(measured(__file__, "--bare", str(file)))
        whole.append(sweep(file, folder / f"out{i}", "--jobs", "1"))
    least, most = min(run.cpu for run in bare), min(run.cpu for run in whole)
    yield (f"overhead of the runner, {sets * 100:,} worlds: {most:.1f} s against {least:.1f} s of processor time, "
           f"{most / least - 1:+.1%}")


def bare(file: Path) -> None:
    """The worlds of a study, and nothing else: no files, no locks, no outcomes written."""
    import numpy as np

    from sim.engine import RandomStreams
    from sim.ensemble.live import begun, live
    from sim.ensemble.study import study as studies
    from sim.ensemble.study.parts import parts, width
    from sim.model.outcomes import OUTCOMES

    what = studies.read(file)
    sets = what.design.sets(what.seed)
    for part in parts(1, len(sets), [(0, what.worlds)], width(what.total)):
        each = part.high - part.low
        luck = RandomStreams(what.seed)
        values = dict(zip(sets.names, np.repeat(sets.values[part.first:part.stop], each, axis=0).T, strict=True))
        numbers = np.tile(np.arange(part.low, part.high), part.stop - part.first)
        with begun(Crisis, what.scenarios[0], numbers, luck, values, log=False) as (model, _):
            live(model, what.scenarios[0].days)
            for outcome in OUTCOMES:
                outcome.resolve(model)


def kills(quick: bool, folder: Path) -> Iterator[str]:
    """kill -9 of the runner and of random workers at random moments; then every file must be as in an undisturbed study.

    Workers are threads of the runner where the day is compiled, and processes under NumPy: either is taken by lot.
    """
    from unittest import mock

    from sim.ensemble.study import store as stores
    from sim.ensemble.study import study as studies
    from sim.ensemble.study.store import Store

    wanted, dice = (10 if quick else 50), random.Random(SEED)
    what = studies.read(study(folder, 600 if quick else 2400, 50, days=120))
    with mock.patch.object(stores, "width", return_value=500):
        calm, stormy = (Store.create(folder / name, what) for name in ("calm", "stormy"))
    assert measured("-m", "sim", "sweep", "--resume", str(calm.path), "--jobs", "2").code == 0
    killed = {"runner": 0, "worker": 0}
    began = time.perf_counter()
    while sum(killed.values()) < wanted:
        process = started([sys.executable, "-m", "sim", "sweep", "--resume", str(stormy.path), "--jobs", "2"],
                          dice.choice(["auto", "numpy"]))
        disturbed(process, dice, killed, wanted)
        if (stormy.path / "manifest.json").exists() and sum(killed.values()) < wanted:  # done too soon: half of it goes
            for path in [stormy.path / "manifest.json", *stormy.files("worlds")][::2]:
                path.unlink()
    last = measured("-m", "sim", "sweep", "--resume", str(stormy.path), "--jobs", "2")
    assert last.code == 0
    same = results(calm.path) == results(stormy.path)
    yield (f"{killed['runner']} kills of the runner and {killed['worker']} of workers in {time.perf_counter() - began:.0f} s, "
           f"{len(results(calm.path)):,} files: {'all equal, byte for byte' if same else 'NOT EQUAL'}")


def disturbed(process: subprocess.Popen[bytes], dice: random.Random, killed: dict[str, int], wanted: int) -> None:
    """Kill some of a runner's workers and then the runner itself, at random moments."""
    for victim in [*["worker"] * dice.randint(0, 2), "runner"]:
        time.sleep(dice.uniform(0.5, 5))
        if process.poll() is not None or sum(killed.values()) >= wanted:
            break
        servers = [pid for pid in tree_of(process.pid)[1:] if b"forkserver" in command(pid)]
        workers = [pid for server in servers[:1] for pid in tree_of(server)[1:]]
        if victim == "runner" or workers:
            try:
                os.kill(process.pid if victim == "runner" else dice.choice(workers), signal.SIGKILL)
                killed[victim] += 1
            except ProcessLookupError:
                pass
    process.kill()
    process.wait()


def command(pid: int) -> bytes:
    """How a process was called; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def results(path: Path) -> dict[str, bytes]:
    """Every file of a study but its locks and timing."""
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*")
            if file.is_file() and not file.name.startswith(("lock", "timing"))}


def scaling(quick: bool, folder: Path) -> Iterator[str]:
    """Strong: the same study with one and two processes. Weak: twice the study with two."""
    sets = 656 if quick else 2624
    whole, twice = study(folder, sets, 100), study(folder, 2 * sets, 100)
    one = sweep(whole, folder / "one", "--jobs", "1")
    two = sweep(whole, folder / "two", "--jobs", "2")
    weak = sweep(twice, folder / "weak", "--jobs", "2")
    yield described(f"one process, {sets * 100:,} worlds", sets * 100, one, 1)
    yield described(f"two processes, {sets * 100:,} worlds", sets * 100, two, 2)
    yield described(f"two processes, {2 * sets * 100:,} worlds", 2 * sets * 100, weak, 2)
    yield f"strong scaling {one.seconds / two.seconds:.2f} times, weak scaling {one.seconds / weak.seconds:.0%}"


def cluster(quick: bool, folder: Path) -> Iterator[str]:
    """A Dask scheduler and two workers on this machine, against two processes."""
    sets, port = (656 if quick else 2624), 18786
    file = study(folder, sets, 100)
    local = sweep(file, folder / "local", "--jobs", "2")
    dask = [["dask_scheduler", "--host", "127.0.0.1", "--port", str(port)],
            *[["dask_worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-nanny"]] * 2]
    processes = [started([sys.executable, "-m", f"distributed.cli.{what}", *options, "--no-dashboard"])
                 for what, *options in dask]
    try:
        time.sleep(5)
        far = sweep(file, folder / "far", "--on", f"tcp://127.0.0.1:{port}")
    finally:
        for process in processes:
            process.kill()
            process.wait()
    same = results(folder / "local") == results(folder / "far")
    yield described("two processes", sets * 100, local, 2)
    yield (f"two Dask workers: {far.seconds:.0f} s, {sets * 100 / far.seconds:,.0f} worlds/s, "
           f"{local.seconds / far.seconds:.2f} of the speed of two processes; files {'equal' if same else 'NOT EQUAL'}; "
           f"the runner took {far.cpu:.1f} s of processor time")


def others(quick: bool, folder: Path) -> Iterator[str]:
    """The same model under Mesa's batch_run, the EMA workbench and this runner, one process each."""
    sets = 6 if quick else 40
    for name, worlds in (("mesa", sets), ("ema", sets * 100)):
        done = measured(__file__, "--adapter", name, "--sets", str(sets))
        yield described(name, worlds, done, 1) if done.code == 0 else f"{name}: failed with exit code {done.code}"
    many = 164 if quick else 820
    yield described("this runner", many * 100, sweep(study(folder, many, 100), folder / "out", "--jobs", "1"), 1)


def adapter(name: str, sets: int) -> None:
    """Run sets under another tool."""
    with tempfile.TemporaryDirectory() as folder:
        from sim.ensemble.study import study as studies

        design = studies.read(study(Path(folder), sets, 100)).design
    {"mesa": under_mesa, "ema": under_ema}[name](design)


def simulated(values: dict[str, float], worlds: int) -> Crisis:
    """A model of so many worlds with these values, on day 0."""
    import numpy as np

    from sim.engine import RandomStreams
    from sim.scenario.scenario import load

    return Crisis(np.arange(worlds), RandomStreams(SEED), {**load("baseline").parameters, **values}, log=False)


def under_mesa(design: StudyDesign) -> None:
    """batch_run knows models of one world: each set is run on one."""
    import mesa

    sets = design.sets(SEED)

    class OneWorld(mesa.Model):
        def __init__(self, number: int = 0, **_: object) -> None:
            super().__init__()
            self.world = simulated(dict(zip(sets.names, sets.values[number].tolist(), strict=True)), 1)
            self.datacollector = mesa.DataCollector({"war": lambda model: bool(model.world.war.first_day[0] >= 0)})

        def step(self) -> None:
            self.world.step()
            self.datacollector.collect(self)
            self.running = self.world.day < DAYS
            if not self.running:
                self.world.release()

    rows = mesa.batch_run(OneWorld, {"number": list(range(len(sets)))}, max_steps=DAYS, data_collection_period=-1,
                          display_progress=False)
    assert len(rows) == len(sets)


def under_ema(design: StudyDesign) -> None:
    """The workbench calls a function per set, which runs its hundred worlds in one model."""
    from ema_workbench import Model, RealParameter, ScalarOutcome, perform_experiments

    names = {axis.key.replace(".", "__"): axis.key for axis in design.axes}

    def war(**values: float) -> dict[str, float]:
        model = simulated({names[name]: value for name, value in values.items()}, 100)
        for _ in range(DAYS):
            model.step()
        share = float((model.war.first_day >= 0).mean())
        model.release()
        return {"war": share}

    ends = design.sets(SEED).values
    model = Model("brink", function=war)
    model.uncertainties = [RealParameter(name, float(low), float(high) + 1e-6)
                           for name, low, high in zip(names, ends.min(axis=0), ends.max(axis=0), strict=True)]
    model.outcomes = [ScalarOutcome("war")]
    experiments, _ = perform_experiments(model, scenarios=len(ends))
    assert len(experiments) == len(ends)


PARTS = {"throughput": throughput, "overhead": overhead, "kills": kills, "sobol": sobol, "scaling": scaling, "cluster": cluster,
         "others": others}


def main() -> None:
    """Measure what was asked for, or run one adapter."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of it all")
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--adapter", help=argparse.SUPPRESS)
    parser.add_argument("--sets", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        bare(options.bare)
        return
    if options.adapter:
        adapter(options.adapter, options.sets)
        return
    for name, part in PARTS.items():
        if options.only in (None, name):
            print(f"load on this machine: {os.getloadavg()[0]:.1f}", flush=True)
            with tempfile.TemporaryDirectory() as folder:
                for line in part(options.quick, Path(folder)):
                    print(line, flush=True)


if __name__ == "__main__":
    main()
