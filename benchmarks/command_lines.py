"""Command lines, from a random generator: every command with every option, right values and wrong ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from fuzz_readers import CSV, RESOLUTIONS, SCENARIO, STUDIES, STUDY, VIEW
from mutations import TEXTS, near, token

WRONG = ("", " ", "-1", "0", "1e5", "100,000", "100_000", "1e400", "nan", "inf", "-inf", "9" * 30, "9" * 5000, "2.5", "abc",
         "٣", "½",
         "\x1b[31mred\x07", "n" * 300, "é", "\udcff", "a\nb", "--help", "{key}", "0x10", "1/0", "+4", "=", "==", "💥", "..",
         "nowhere", "empty", "file.txt", "damaged.yaml", "latin1.yaml", "run", "study", "runs/baseline-1")
"""What people type where something else was meant."""

PLACES = ("out", "out", "out", "deep/er/out", "run", "file.txt", "file.txt/x", "", ".", "n" * 300, "ü ber", "-x", "out\nx",
          "/proc/x", "runs", "empty", "x.png", "x.html", "\udcff")
SCENARIOS = ("baseline", "baseline", "june_2025", "second_carrier", "case.yaml", "./case.yaml", "baselin", "damaged.yaml",
             "latin1.yaml", "no.yaml", "view.yaml", "evidence", "run", "../scenarios/baseline.yaml")
SETS = ("israel.missile_trigger=0.7", "us.bias=0.02", "war.tension=0.4", "us.bias=1e400", "us.bias=nan", "us.bias", "=1",
        "us.bia=1",
        "us.bias=0.02 x", "oil.premium=1e38", "iran.missiles=40000", "us.bias=1e5", "us.bias=0,02", "us.bias==1",
        "talks.expiry_days=65566")
DOES = ("{on: 2, shock: oil_shock}", "{on: 2026-01-01, shock: mediation}", "{on: 1, push: israel.prepare_alone, by: 1}",
        "{on: 1, push: israel.prepare_alone, by: .nan}", "{on: 9999, shock: oil_shock}", "!!seq foo", "{}", "[]", "on: 2",
        "{on: 2",
        "{on: 1, forbid: israel.preempt, for: 1e400}",
        "{when: {variable: war.tension, is: above, value: 1}, force: israel.strikes}",
        "{on: 1, set: us.bias, to: 0.1, until: 2}", "{on: 1, shift: war.tension, by: 1e308}", "{on: 0, force: israel.strikes}")
OUTCOMES = ("round_two", "deal", "missiles_fired", "deal_lasts", "war_ending", "round_tow", "first_initiator", "deaths_israel")
RUNS = ("run", "run", "run", "priors", "runs/baseline-1", "comparison", "comparison/a", "study", "empty", "nowhere",
        "file.txt", "broken", "n" * 300, "")
STUDY_DIRECTORIES = ("study", "study", "study", "run", "empty", "nowhere", "file.txt", "n" * 300, "study/worlds")
STUDY_FILES = ("study.yaml", "study.yaml", "study-sobol.yaml", "study-csv.yaml", "case.yaml", "damaged.yaml", "nowhere.yaml",
               "study", "empty")

Values = Sequence[str] | None
"""What an option takes when all is well, with some that is wrong; None for a flag."""

WORLDS: dict[str, Values] = {"--worlds": ("2", "4", "8", "8")}
DAYS: dict[str, Values] = {"--days": ("2", "3", "5", "3651")}
SEED: dict[str, Values] = {"--seed": ("0", "1", "7", "4294967296", "9007199254740993")}
ALTERED: dict[str, Values] = {"--set": SETS, "--do": DOES, "--with": ("view.yaml", "view.yaml", "case.yaml", "damaged.yaml",
                                                                      "no.yaml")}
UNSURE: dict[str, Values] = {"--uncertainty": ("none", "priors", "prior"), "--sets": ("2", "4", "3", "0")}
JSON: dict[str, Values] = {"--json": None}
OUT: dict[str, Values] = {"--out": PLACES}
JOBS: dict[str, Values] = {"--jobs": ("1", "1", "1", "1", "1", "1", "2", "0", "-1", "3")}
ASKED: dict[str, Values] = {"--outcome": OUTCOMES, "--scenario": ("baseline", "june_2025", "nowhere"), "--csv": None, **OUT,
                            **JSON}
ONE: dict[str, Values] = {"--world": ("0", "3", "23", "24", "-1"), "--typical": ("war", "deal", "quiet", "miscalculation",
                                                                                 "peace"),
                          "--futures": ("0", "4", "8", "-3")}

COMMANDS: dict[str, tuple[Sequence[Sequence[str]], Mapping[str, Values], str]] = {
    "run": ((SCENARIOS,), {**WORLDS, **DAYS, **SEED, **ALTERED, **UNSURE, **JOBS, "--every": ("1", "7", "0", "400"), **OUT,
                           **JSON},
            "--worlds 4 --days 3"),
    "compare": ((SCENARIOS, (*SCENARIOS, "run")), {**WORLDS, **DAYS, **SEED, **ALTERED, **UNSURE, **JOBS, **OUT,
                                                   "--no-runs": None, **JSON},
                "--worlds 4 --days 3"),
    "explain": ((RUNS,), {**ONE, "--all": None, **OUT, "--markdown": None, **JSON}, "--world 0"),
    "why": ((RUNS,), {"--outcome": OUTCOMES, "--before": ("1", "30", "0", "9" * 20), **OUT, "--csv": None, **JSON}, ""),
    "pathways": ((RUNS,), {**OUT, **JSON}, ""),
    "fork": ((RUNS,), {"--day": ("3", "2025-06-15", "0", "39", "40", "2025-13-01", "9" * 30), **ONE, **ALTERED, "--tag": ("",
                                                                                                                          "x",
                                                                                                                          "é"),
                       **OUT, **JSON}, "--day 3 --world 0 --futures 4"),
    "report": ((RUNS,), {"--out": PLACES}, ""),
    "dashboard": ((), {"--port": ("0", "65536", "x"), "--address": ("127.0.0.1", "x")}, ""),
    "sweep": ((STUDY_FILES,), {**OUT, "--resume": STUDY_DIRECTORIES, "--extend": STUDY_DIRECTORIES, "--worlds": ("+4", "4",
                                                                                                                 "+0"), **JOBS,
                               "--on": ("nonsense", "ftp://x", ""), "--shard": ("1/1", "1/2", "2/1", "0/0", "x"), **JSON}, ""),
    "status": ((STUDY_DIRECTORIES,), JSON, ""),
    "sensitivity": ((STUDY_DIRECTORIES,), ASKED, ""), "discover": ((STUDY_DIRECTORIES,), ASKED, ""),
    "breakeven": ((STUDY_DIRECTORIES,), {**ASKED, "--vs": OUTCOMES, "--at": ("0.5", "0", "nan", "inf", "1e400", "2")},
                  "--at 0.5"),
    "variance": ((STUDY_DIRECTORIES,), ASKED, ""),
    "scenarios": ((), {}, ""), "shocks": ((), JSON, ""),
    "parameters": ((("iran.*", "missile", "us.bias", "[", "nothing_at_all", "*"),), {"--markdown": None, **JSON}, ""),
    "evidence": ((("L101", "us.bias", "round_two", "L9999", "war.tension", "l101"),), {}, ""),
    "validate": ((), {"--worlds": ("0", "-1", "x"), "--seed": ("1", "x"), **JSON}, ""),
    "hindcast": ((("baseline", "june_2025", "nowhere", "second_carrier"),), {**WORLDS, **SEED, **UNSURE, **JSON}, "--worlds 4"),
    "forecast": ((), {"--from": ("2026-02-11", "2026-02-30", "x"), **SEED, **JSON}, ""),
    "score": ((("forecast.json", "forecast.json", "run/run.json", "nowhere", "damaged.json"),
               ("resolutions.yaml", "resolutions.yaml", "damaged.yaml", "forecast.json", "nowhere")), {**OUT, **JSON}, ""),
    "calibrate": ((), {"--waves": ("0", "10", "x"), **SEED}, ""),
    "docs": ((), {"--out": ("nowhere", "empty", "file.txt")}, "--out empty"),
}
"""For each command what it takes by place, what by name, and what keeps it small, unless chance says otherwise."""

ENDS = {"dashboard": "--library", "validate": "--out", "calibrate": "--out", "forecast": "--out"}
"""Commands that would take long, or for ever, and the option by which they are refused in the end, whatever else is right."""

HEAVY = {"--worlds", "--days", "--futures", "--sets", "--jobs", "--every"}
"""Options that are given no number by which a command would have very much to do."""


def line_of(rng: Random) -> list[str]:
    """A command line."""
    name = rng.choices(list(COMMANDS), [4 if name in ("run", "compare", "sweep", "fork",
                                                      "explain") else 1 for name in COMMANDS])[0]
    places, options, small = COMMANDS[name]
    given: dict[str, list[str | None]] = {}
    for option in rng.sample(list(options), min(len(options), rng.choice((0, 1, 1, 2, 2, 3, 4)))):
        given[option] = [_value(rng, option, options[option]) for _ in range(rng.choice((1, 1, 1, 1, 2)))]
    words = small.split()
    for option, usual in zip(words[::2], words[1::2], strict=True):
        given.setdefault(option, [usual])
    if name == "sweep" and rng.random() < 0.4:  # one of the two goes on with a study that is there
        places = ()
    line = [name, *(_place(rng, values) for values in places if rng.random() < 0.9)]
    for option, values in given.items():
        for value in values:
            line += [option] if value is None else [option, value]
    if name in ENDS:
        line += [ENDS[name], "file.txt"]
    return [word.replace("\0", "") for word in (_spoilt(rng, line) if rng.random() < 0.08 else line)]


def _place(rng: Random, values: Sequence[str]) -> str:
    return rng.choice(WRONG) if rng.random() < 0.06 else rng.choice(values)


def _value(rng: Random, option: str, values: Values) -> str | None:
    """A value for an option; of None a flag."""
    if values is None:
        return None
    if rng.random() < 0.88:
        return rng.choice(values)
    if option in ("--do", "--set") and rng.random() < 0.5:
        word = rng.choice(values)
        return near(rng, word) if rng.random() < 0.5 else word.replace(rng.choice(word.split()), token(rng)[:3000])
    wrong = [value for value in (*WRONG, *TEXTS) if len(value) < 6000 and value != "\ud800"]
    if option in HEAVY:
        wrong = [value for value in wrong if value not in ("1e5", "100,000",
                                                           "100_000") and (option != "--jobs" or value[:1] != "9")]
    if option == "--out":  # nothing is written outside of the folder
        wrong = [value for value in wrong if value[:1] != "/" and ".." not in value]
    return rng.choice(wrong)


def _spoilt(rng: Random, line: list[str]) -> list[str]:
    """With something about it that no command knows."""
    at = rng.randrange(len(line) + 1)
    return [*line[:at], rng.choice(("--nonsense", "-x", "--", "--help", "extra", "--worlds", "--version", "--jso", "-", "")),
            *line[at:]]


@cache
def files_beside(seeds: Path) -> dict[str, bytes]:
    """The files beside which a command is given."""
    texts: dict[str, Any] = {
        "case.yaml": SCENARIO, "case_of.yaml": SCENARIO, "view.yaml": VIEW, "sets.csv": CSV, "resolutions.yaml": RESOLUTIONS,
        "study.yaml": STUDY.format(STUDIES["latin"]), "study-sobol.yaml": STUDY.format(STUDIES["sobol"]),
        "study-csv.yaml": STUDY.format("{kind: csv, file: sets.csv}"), "file.txt": "text\n", "damaged.yaml": "a: [1\nb: *c\n",
        "damaged.json": "{", "forecast.json": (seeds / "resolutions" / "forecast.json").read_text("utf-8")}
    return {"latin1.yaml": "title: über\n".encode("latin-1"), **{name: text.encode() for name, text in texts.items()}}
