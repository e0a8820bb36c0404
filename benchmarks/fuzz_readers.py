"""Every reader of files and texts from outside: what it is given when all is well, and how the commands and pages call it.

A reader does what a command does once its arguments are parsed. It raises nothing, or BrinkError. What it returns, if anything,
is what a command would go on to do; the time of that is not looked at, for it may simulate.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeAlias

from mutations import Files

import sim

Then: TypeAlias = "Callable[[], object] | None"


class Reader(NamedTuple):
    """A reader.

    Parameters
    ----------
    seeds : folders below that of the seeds, each a tree of files that are in order
    touched : ends of the names of files that are damaged
    read : reads a damaged tree; the generator chooses among the ways in which it can be read
    share : inputs for every one of a reader whose share is 1
    """

    seeds: tuple[str, ...]
    touched: tuple[str, ...]
    read: Callable[[Path, Random], Then]
    share: float = 1.0


SCENARIO = """\
extends: baseline
title: A what-if
says: As far as it goes.
days: 60
date: 2026-01-05
parameters:
  israel.missile_trigger: 0.7
  us.bias: {value: 0.02, unit: stage index, note: a guess}
start:
  war.tension: 0.3
interventions:
  - {on: 2026-01-20, shock: oil_shock, size: 40, note: a note}
  - {on: 3, push: israel.prepare_alone, by: 1.5, for: 10}
  - {when: {variable: war.tension, is: above, value: 1}, force: us.set_ultimatum, for: 14}
  - {on: 5, set: us.bias, to: 0.05, until: 20}
  - {when: [{event: talks.round_held, happened: true}], shift: war.tension, by: 0.1}
"""
VIEW = "name: Mine\nnote: what I think\nparameters:\n  israel.missile_trigger: {value: 0.7, note: a guess}\n  us.bias: 0.02\n"
STUDIES = {
    "latin": "{kind: latin, parameters: [us.bias, {key: israel.bias, low: 0.0, high: 0.05}], sets: 8}",
    "sobol": "{kind: sobol, parameters: [us.bias, israel.bias], samples: 4, second_order: true}",
    "morris": "{kind: morris, parameters: ['us.b*'], trajectories: 4, levels: 4}",
    "grid": "{kind: grid, values: {us.bias: [0, 0.02], israel.bias: [0.01, 0.03]}}",
    "list": "{kind: list, rows: [{us.bias: 0.02, israel.bias: 0.01}, {us.bias: 0, israel.bias: 0}]}",
}
STUDY = ("title: A study\nsays: Small.\nscenarios: [baseline, case_of.yaml]\ndays: 30\ndesign: {}\nworlds: 4\nseed: 2\n"
         "keep: {{outcomes: [round_two, deal], daily: [war.tension], every: 10}}\nbudget: 10000\n")
CSV = "israel.bias,us.bias\n0.01,0.02\n0.02,0.03\n0.03,-0.01\n"
RESOLUTIONS = "round_two: {happened: 2026-03-04, as_of: 2026-05-06, note: x}\ndeal:\n  happened: null\n  as_of: 2026-08-30\n"
FORECAST = {
    "format": 1, "kind": "brink forecast", "version": "0.1.0", "model": "c13ce8489b302001", "seed": 1, "from": "2026-02-11",
    "questions": [{"id": id, "says": "Something comes", "deadlines": [
        {"by": day, "probability": p, "se": 0.01} for day, p in (("2026-03-13", 0.1), ("2026-04-12", 0.2), ("2026-08-10",
                                                                                                            0.4))]}
        for id in ("round_two", "deal")]}
QUERIES = ("scenario=baseline\nset=us.bias:0.02,israel.missile_trigger:0.7\ndo={on: 2026-03-01, shock: oil_shock}\n"
           "do={on: 10, push: israel.prepare_alone, by: 1, for: 20}\nworlds=300\nseed=2\ndays=120\nnotes=us.bias: x\nby=60\n",
           "scenario=second_carrier\nagainst=baseline\noutcome=deal\nworld=3\nday=10\nfutures=100\npath=war:no\ngiven=deal\n"
           "given_by=30\ntune=iran\nquestion=x\nguess=10\nterm=all\nitem=L101\nrun=mediation-1\nbeside=other/a\nsets=64\n"
           "driver=us.bias\nother_driver=israel.bias\n")
TEXTS = "us.bias=0.02\nisrael.missile_trigger=0.7\nwar.tension=0.4\n"
DOES = ("{on: 2026-03-01, shock: oil_shock, size: 40}\n{on: 10, push: israel.prepare_alone, by: 1, for: 20, note: x}\n"
        "{when: {variable: war.tension, is: above, value: 1}, force: us.set_ultimatum}\n{on: 5, set: us.bias, to: 0.1}\n")


def write_seeds(folder: Path) -> None:
    """Make all that is in order: small files, two runs, a library with a comparison, and a study."""
    write_texts(folder)
    sweep = folder / "sweep.yaml"
    sweep.write_text("worlds: 8\ndays: 60\nscenarios: [june_2025, baseline]\nkeep: {daily: [war.tension], every: 20}\n"
                     "design: {kind: latin, parameters: ['israel.*', us.bias], sets: 32}\n")
    sim.run(worlds=24, days=60, uncertainty="priors", sets=6, every=10).save(folder / "run-priors")
    sim.run("june_2025", worlds=24, days=40).save(folder / "run-june")
    for name in ("good", "bad"):
        sim.run(worlds=8, days=10).save(folder / "library" / name)
    command(f"compare june_2025 --days 30 --worlds 16 --set israel.bias=0.08 --out {folder}/library/both".split())
    command(f"sweep {sweep} --out {folder}/kept/study".split())
    (folder / "library" / "names.txt").write_text("good\nboth\nboth/a\n", "utf-8")
    _write_failed(folder / "kept/study")


def _write_failed(study: Path) -> None:
    """Put beside a part of a study the record of a set of it that failed."""
    from sim.ensemble.files import hash_of
    from sim.ensemble.study.store import Store

    store = Store(study)
    part = store.parts[-1]
    name, scenario = part.name, store.study.scenarios[part.scenario].name
    row = {"scenario": scenario, "set": part.first, "low": part.low, "high": part.high, "reason": "it is no number on day 7"}
    text = json.dumps({"part": store.work(part).mark("failed"), "all": False, "sets": [row]})
    _write(study / "failed" / store.folder(scenario) / f"{name}-{hash_of(text.encode())}.json", text)
    store.finish()


def write_texts(folder: Path) -> None:
    """Make the small files that are in order."""
    _write(folder / "scenario/case.yaml", SCENARIO)
    _write(folder / "upload/case.yaml", SCENARIO.replace("date:", "# date:"))
    _write(folder / "view/case.yaml", VIEW)
    _write(folder / "settings/case.txt", TEXTS)
    _write(folder / "does/case.txt", DOES)
    _write(folder / "resolutions/case.yaml", RESOLUTIONS)
    _write(folder / "resolutions/forecast.json", json.dumps(FORECAST))
    _write(folder / "csv/sets.csv", CSV)
    for i, query in enumerate(QUERIES):
        _write(folder / f"link{i}/case.txt", query)
    for kind, design in {"csv": "{kind: csv, file: sets.csv}", **STUDIES}.items():
        place = folder / (f"study-{kind}" if kind in STUDIES else kind)
        _write(place / "study.yaml", STUDY.format(design))
        _write(place / "case_of.yaml", SCENARIO.replace("  - {on: 2026-01-20", "  - {on: 20"))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def command(arguments: Sequence[str]) -> int:
    """Give a command of brink, in this process and silently; its exit code."""
    from typer.main import get_command

    from sim.cli import app

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return int(get_command(app).main(list(arguments), prog_name="brink", standalone_mode=False) or 0)


@cache
def words() -> tuple[str, ...]:
    """Names of the model."""
    from sim.model import registry
    from sim.model.outcomes import OUTCOMES
    from sim.model.shocks import SHOCKS

    return (*registry.catalogue(), *registry.fields(), *registry.events(), *SHOCKS, *(outcome.id for outcome in OUTCOMES),
            *["on", "when", "force", "forbid", "push", "set", "shift", "shock", "to", "by", "size", "for", "until", "note",
              "extends", "title", "says", "days", "date"])


def text_of(path: Path) -> str:
    """The text of a file, whatever it holds, as arguments of a command arrive."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return ""


def sound(what: Any) -> None:
    """Do what is done with every scenario before it runs, and what must succeed when it is kept."""

    what.warnings()
    _ = what.hash
    json.dumps(what.as_dict(), allow_nan=False, ensure_ascii=False).encode()
    what.as_yaml().encode()


# files and texts

def scenario(folder: Path, rng: Random) -> Then:
    """`brink run FILE`; few of those that are accepted are run."""
    made = sim.load_scenario(folder / "case.yaml")
    sound(made)
    return (lambda: sim.run(made, worlds=4, days=min(made.days, 8))) if rng.random() < 0.04 else None


def view(folder: Path, rng: Random) -> Then:
    """`brink run --with FILE`."""
    sound(sim.load_scenario("baseline").changed(view=sim.load_view(folder / "case.yaml")))
    return None


def uploaded(folder: Path, rng: Random) -> Then:
    """A scenario brought to the library page."""
    from dashboards import uploads

    made, _ = uploads.view_of(_bytes(folder / "case.yaml"), 1000, 1)
    _looked_at(made)
    return None


def loaded(folder: Path, rng: Random) -> Then:
    """A set of parameters brought to the What if page."""
    from sim.scenario.scenario import read_view

    with contextlib.suppress(UnicodeDecodeError):  # the page catches that
        read_view(_bytes(folder / "case.yaml").decode("utf-8"), "case.yaml")
    return None


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() and path.stat().st_size else b""


def study(folder: Path, rng: Random) -> Then:
    """`brink sweep FILE` until simulating would begin."""
    from sim.ensemble.study import study as studies
    from sim.ensemble.study.store import Store

    made = studies.read(folder / "study.yaml")
    if made.design.size() > 2000:
        return None
    Store.create(folder / "made", made)
    return lambda: Store(folder / "made").sets


def resolutions(folder: Path, rng: Random) -> Then:
    """`brink score`; few of the pictures are drawn."""
    from sim.validation import scoring

    content = scoring.read_forecast(folder / "forecast.json")
    scored = scoring.score(content, scoring.read_resolutions(folder / "case.yaml", content))
    json.dumps(scored.as_dict(), allow_nan=False, ensure_ascii=False).encode()
    return (lambda: command(["score", *map(str, (folder / "forecast.json", folder / "case.yaml"))])) \
        if rng.random() < 0.03 and scored.pairs else None


def settings(folder: Path, rng: Random) -> Then:
    """`--set`, a line each."""
    from sim.scenario.scenario import parse_setting

    given = dict(map(parse_setting, _some_lines(folder, rng)))
    sound(sim.load_scenario("baseline").changed(set=given))
    return None


def does(folder: Path, rng: Random) -> Then:
    """`--do`, a line each."""
    sound(sim.load_scenario("baseline").changed(do=_some_lines(folder, rng)))
    return None


def _some_lines(folder: Path, rng: Random) -> list[str]:
    """The lines of a file, or all of it at once; arguments hold no NUL."""
    text = text_of(folder / "case.txt").replace("\0", "")
    return text.splitlines()[:50] if rng.random() < 0.8 else [text[:120_000]]


def link(folder: Path, rng: Random) -> Then:
    """A link to the dashboard, as `page.view` takes it."""
    from dashboards import link as links

    query: dict[str, Any] = {}
    for line in text_of(folder / "case.txt").encode(errors="replace").decode().split("\n")[:200]:
        name, _, value = line.partition("=")
        query[name] = [*query.get(name, []), value] if name in ("do", "notes") else value
    found, wrong = links.read(query)
    _told(wrong)
    _looked_at(found)
    return None


def _looked_at(found: Any) -> None:
    """What pages do with a view; they show what BrinkError says."""
    from dashboards import link as links

    json.dumps(found.link(), allow_nan=False, ensure_ascii=False).encode()
    for ask in (found.base, found.chosen, found.other):
        made = ask()
        json.dumps(made.as_dict(), allow_nan=False, ensure_ascii=False).encode()
    _told(links.read(found.link())[1])


def _told(lines: Sequence[str]) -> None:
    if sum(len(line.splitlines()) for line in lines) > 60 or any(len(line) > 1000 for line in lines):
        raise AssertionError("a page shows too much of what is wrong with a link")


# directories

def run_directory(folder: Path, rng: Random) -> Then:
    """The directory of a run, by each command that opens one."""
    run = sim.load(folder)
    world, outcome = rng.choice((0, 3, run.size - 1)), rng.choice(run.questions).id
    asked: dict[str, Callable[[], object]] = {
        "rows": lambda: (run.rows, run.warnings, run.hazard),
        "series": lambda: [run.series(one["name"]) for one in run.about["variables"]],
        "explain": lambda: run.explain(world), "typical": lambda: run.explain(rng.choice(("war", "deal", "quiet"))),
        "why": lambda: run.why(outcome), "pathways": lambda: (run.pathways(), run.typical()),
        "fork": lambda: run.fork(world, min(run.days - 1, 5), 8),
        "report": lambda: command(["report", str(folder), "--out", str(folder / "page.html")]),
        "compare": lambda: sim.compare(run, sim.load(folder)),
    }
    weights = [1 if name in ("report", "fork", "typical") else 4 for name in asked]
    return rng.choices(list(asked.values()), weights)[0]


def library(folder: Path, rng: Random) -> Then:
    """The folder of the dashboard's library, of which one entry is in order."""
    from sim.analysis.library import Library

    kept = Library(folder)
    entries = {entry.name: entry for entry in kept.entries()}
    if "good" not in entries or entries["good"].problem:
        raise AssertionError("an entry that is in order is not shown")
    for name in text_of(folder / "names.txt").encode(errors="replace").decode().split("\n")[:10]:
        kept.free(name)
        with contextlib.suppress(sim.BrinkError):
            kept.path(name)
            kept.stamp(name)
    name = rng.choice(("bad", "bad", "both/a", "both/b"))
    run = kept.open(name)
    return lambda: (run.rows, run.warnings, run.series("war.tension"))


def comparison(folder: Path, rng: Random) -> Then:
    """The directory of a comparison."""
    made = sim.Comparison.load(folder / "both")
    return lambda: (made.rows, made.same, json.dumps(made.as_dict(), allow_nan=False))


def study_directory(folder: Path, rng: Random) -> Then:
    """The directory of a study, by `status` and by each of its questions; the seal of study.json is made anew now and then."""
    from sim.analysis.sensitivity.open_study import OpenStudy
    from sim.ensemble.study.store import Store
    from sim.report.text.study_progress import status

    if rng.random() < 0.8:
        _sealed(folder / "study" / "study.json")
    store = Store(folder / "study")
    json.dumps(status(store), ensure_ascii=False).encode()
    outcome = rng.choice(("round_two", "deal", "missiles_fired", *store.study.outcomes))
    scenario, opened = rng.choice((None, "baseline")), OpenStudy(folder / "study")
    asked: tuple[Callable[[], object], ...] = (
        lambda: opened.table(), lambda: opened.sensitivity(outcome, scenario), lambda: opened.variance(outcome, scenario),
        lambda: opened.discover(outcome, scenario), lambda: opened.breakeven(outcome, at=0.5, scenario=scenario),
        lambda: command(["sweep", "--resume", str(folder / "study")]))
    return rng.choices(asked, (5, 5, 3, 2, 3, 1))[0]


def _sealed(path: Path) -> None:
    """Make the seal of a study true again, as whoever means harm would."""
    from sim.ensemble.files import json_text, sealed

    with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):  # else it stays as it is
        path.write_text(json_text(sealed(json.loads(path.read_bytes()))), "utf-8")


READERS: dict[str, Reader] = {
    "scenario": Reader(("scenario",), ("case.yaml",), scenario, 2),
    "view": Reader(("view",), ("case.yaml",), view),
    "upload": Reader(("upload",), ("case.yaml",), uploaded, 1.5),
    "upload-view": Reader(("view",), ("case.yaml",), loaded, 0.5),
    "study": Reader(tuple(f"study-{kind}" for kind in STUDIES), ("study.yaml",), study, 2),
    "csv": Reader(("csv",), ("sets.csv",), study),
    "resolutions": Reader(("resolutions",), ("case.yaml",), resolutions),
    "forecast": Reader(("resolutions",), ("forecast.json",), resolutions),
    "link": Reader(("link0", "link1"), ("case.txt",), link, 1.5),
    "set": Reader(("settings",), ("case.txt",), settings, 0.5),
    "do": Reader(("does",), ("case.txt",), does),
    "run": Reader(("run-priors", "run-june"), ("run.json", "timing.json", ".parquet", "run.json"), run_directory, 1.5),
    "library": Reader(("library",), ("bad/run.json", "bad/timing.json", "bad/worlds.parquet", "both/comparison.json",
                                     "both/a/run.json", "names.txt", "both/b/events.parquet"), library, 0.5),
    "comparison": Reader(("library",), ("comparison.json", "a/run.json", "b/run.json", "both/a/worlds.parquet"), comparison,
                         0.25),
    "study-directory": Reader(("kept",), ("study.json", "sets.parquet", ".json", ".parquet"), study_directory, 0.75),
}
"""By name, as in the table."""


def tree(folder: Path) -> Files:
    """All files below a folder but pictures and pages, which nobody reads."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix not in (".svg", ".png") and path.name != "lock"}


def write_tree(folder: Path, files: Files) -> None:
    """Put a tree of files into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content.kind == "directory":
            path.mkdir()
        elif content.kind == "link":
            os.symlink(path if content.to == "itself" else content.to, path)
