"""What Python users give by mistake is one clear BrinkError, whatever they give it to; what they mean is understood."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.sensitivity.open_study import OpenStudy
from sim.ensemble.results import Run
from sim.errors import BrinkError
from sim.validation.calibrate import calibrate

WORLDS, DAYS = 24, 30

LIKE = "like {on: 2026-02-14, force: israel.strikes}"
OIL = "{on: 5, shock: oil_shock}"


@pytest.fixture(scope="module")
def run() -> Run:
    return sim.run(worlds=WORLDS, days=DAYS, seed=2)


NO_PATHS = {
    "nothing": (None, "nothing is no path of a file or directory"), "empty": ("", "'' is no path of a file or directory"),
    "number": (5, "5 is no path of a file or directory"), "bytes": (b"x", "a bytes is no path of a file or directory"),
    "nul": ("a\0b", "is no path of a file or directory"), "surrogate": ("\ud800", "a path must be UTF-8 text"),
    "long name": ("n" * 300 + ".yaml", "is too long for a path"), "long path": ("a/" * 4000, "is too long for a path"),
}

TAKERS: dict[str, Callable[[Any, Run], object]] = {
    "load": lambda path, run: sim.load(path), "open_study": lambda path, run: sim.open_study(path),
    "load_view": lambda path, run: sim.load_view(path), "compare": lambda path, run: sim.compare(path, "baseline"),
    "Comparison": lambda path, run: sim.Comparison.load(path), "save": lambda path, run: run.save(path),
    "report": lambda path, run: run.report(path),
}


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("case", NO_PATHS)
def test_what_is_no_path_is_said_to_be_none(run: Run, taker: str, case: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    given, says = NO_PATHS[case]
    with pytest.raises(BrinkError) as caught:
        TAKERS[taker](given, run)
    assert says in str(caught.value) and "\n" not in str(caught.value)
    assert not any(tmp_path.iterdir())


MISTAKES: dict[str, tuple[Callable[[Run], object], str]] = {
    "picture": (lambda run: run.plot(None), "nothing is no name of a picture, like "),
    "view": (lambda run: sim.run(worlds=4, days=9, view="mine.yaml"), "view: 'mine.yaml' is no view; read one from a file"),
    "do": (lambda run: sim.run(worlds=4, days=9, do=5), f"do: 5 is no intervention, {LIKE}"),
    "no do": (lambda run: run.fork(1, 3, 4, do=None), f"do: nothing is no intervention, {LIKE}"),
    "one of do": (lambda run: sim.run(worlds=4, days=9, do=[None]), "intervention 'null': an intervention must say when"),
    "other": (lambda run: sim.Comparison(run, None), "nothing is no run; see sim.compare"),
    "before": (lambda run: run.why("round_two", before="x"), "before: 'x' must be a whole number from 1 to 30"),
    "by": (lambda run: run.by("deal", None), "day: nothing must be a whole number from 0 to 30"),
    "name": (lambda run: run.column(["deal"]), "this run has no outcome a list"),
    "level of a study": (lambda run: OpenStudy.breakeven(None, "deal", at="half"), "the level (--at) must be a finite number"),
    "no text": (lambda run: sim.run(worlds=4, days=9, do={(): 1}), "has a key that is no text, like {on: "),
    "world": (lambda run: run.explain(None), "world: nothing must be a number from 0 to 23"),
    "kind": (lambda run: run.fork("wars", 3), "there is no typical world of 'wars'; there is war, deal"),
    "no day": (lambda run: run.fork(1, None), "day: nothing is neither a day number nor a date like 2026-03-01"),
    "half a day": (lambda run: run.fork(1, 3.5), "day: 3.5 is neither a day number nor a date like 2026-03-01"),
    "late": (lambda run: run.fork(1, "9999-12-31"), "day: 9999-12-31 must be a day from 0 to 29 (2025-12-30 to 2026-01-28)"),
    "tag": (lambda run: run.fork(1, 3, tag="x" * 61), "must be a text of at most 60 letters, on one line"),
    "lines": (lambda run: run.fork(1, 3, tag="a\nb"), "must be a text of at most 60 letters, on one line"),
    "parameter": (lambda run: sim.parameters.find([]), "no parameter a list; see brink parameters"),
    "state variable": (lambda run: sim.parameters.find_field({}), "no state variable a mapping; see brink parameters"),
    "changes": (lambda run: sim.compare("baseline", set=np.arange(3)), "set: a ndarray is no mapping, like {"),
    "no changes": (lambda run: sim.compare("baseline", set={}, do=()), "there is nothing to compare with"),
    "progress": (lambda run: sim.run(worlds=4, days=9, progress=3), "progress: 3 is no function of the worlds done and in all"),
    "executor": (lambda run: sim.run(worlds=4, days=9, executor="two"), "executor: 'two' is no executor of concurrent.futures"),
    "jobs of calibrate": (lambda run: calibrate(jobs=0), "jobs: 0 must be a whole number from 1 to 1,024"),
    "level": (lambda run: sim.run(worlds=4, days=9, seed="x"), "seed: 'x' must be a whole number from 0 to"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_line_without_options_of_the_terminal(run: Run, case: str) -> None:
    ask, says = MISTAKES[case]
    with pytest.raises(BrinkError) as caught:
        ask(run)
    assert says in str(caught.value) and "\n" not in str(caught.value) and " --" not in str(caught.value)


def test_whole_numbers_may_be_those_of_numpy() -> None:
    run = sim.run(worlds=np.int64(8), days=np.int16(2), uncertainty="priors", sets=np.int32(2), seed=np.uint8(3))
    assert (run.size, run.sets, run.seed) == (8, 2, 3)


def test_one_intervention_counts_as_a_list_of_one() -> None:
    base = sim.load_scenario("baseline")
    wanted = base.changed(do=[OIL])
    for one in (OIL, {"on": 5, "shock": "oil_shock"}, (OIL,), iter([OIL])):
        assert base.changed(do=one).hash == wanted.hash


def test_a_fork_takes_dates_and_typical_worlds_as_the_terminal_does(run: Run) -> None:
    date = run.scenario.date + datetime.timedelta(days=3)
    for day in (3, "3", date, date.isoformat()):
        assert run.fork(1, day, 2).about["fork"]["day"] == 3
    quiet = run.explain("quiet").world
    assert run.fork("quiet", 3, 2).about["fork"]["world"] == quiet


def test_a_run_is_opened_by_its_description_too(run: Run, tmp_path: Path) -> None:
    kept = run.save(tmp_path / "mine")
    assert sim.load(kept / "run.json").place == kept
    with pytest.raises(BrinkError, match=r"worlds\.parquet: is a file; name the directory of a run"):
        sim.load(kept / "worlds.parquet")


def test_a_run_is_compared_with_itself_by_that_name(run: Run, tmp_path: Path) -> None:
    from sim.report.text.compare import header

    kept = run.save(tmp_path / "mine")
    assert "against itself: " in header(sim.compare(kept, kept))
    assert "against the same, changed: " in header(sim.compare(kept, set={"us.bias": 0.03}))
    plain, changed = run.fork(1, 3, 4), run.fork(1, 3, 4, set={"us.bias": 0.03})
    assert "against the same, changed: " in header(sim.compare(plain, changed))


def test_what_goes_before_an_outcome_is_asked_of_a_run_of_a_few_days_too() -> None:
    """The thirty days that are usual are no mistake of somebody who did not ask for them."""
    with pytest.raises(BrinkError, match=r"^round_two came true in 0 of 24 worlds"):
        sim.run(worlds=24, days=3, seed=2).why("round_two")


def test_one_world_and_one_day_are_no_plurals() -> None:
    from sim.report.text.compare import header

    one = sim.run(worlds=1, days=1)
    assert repr(one) == "<Run of baseline: 1 world, 1 day, seed 1>"
    assert ": 1 world on the same luck, 1 day, seed 1" in header(sim.compare(one, set={"us.bias": 0.03}))
