"""Results: what came out of a run, as tables, in memory or in a directory that other tools open.

A run is a description (what `run.json` holds) and Arrow tables. Everything else is worked out from these, so that a
run that was loaded is the same as one that was just made. Apart from `timing.json`, a directory holds the same bytes
for the same run, on any number of processes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.engine import Array
from sim.ensemble import columns, survival, tables
from sim.ensemble.estimates import BAND, FEWEST, Estimate, estimate
from sim.ensemble.files import (
    check_format,
    file_hash,
    is_whole,
    json_text,
    read_json,
    read_parquet,
    sealed,
    write_csv,
    write_parquet,
    write_whole,
)
from sim.ensemble.recorder import Variable
from sim.errors import BrinkError, among, check_whole, nearest, outside, path_of, shown
from sim.model import outcomes
from sim.scenario.interventions import Intervention
from sim.scenario.scenario import Scenario
from sim.scenario.schema import horizon
from sim.scenario.slots import Slot
from sim.words import count

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

FORMAT = 1
DEADLINES = (30, 60, 90, 180, 365, 730)
YEAR = 365
"""The horizon for which unconditional base rates are given."""
CALENDAR = "calendar"
"""What stands in an event log for the cause of what no other event led to."""


@dataclass(frozen=True)
class OutcomeInfo:
    """An outcome as a run describes it: without the code that resolves it."""

    id: str
    catalogue: str
    says: str
    kind: str
    unit: str
    given: str | None = None
    base: float | None = None
    base_note: str = ""
    labels: tuple[str, ...] = ()

    @classmethod
    def of(cls, outcome: Any) -> OutcomeInfo:
        """The description of an outcome."""
        return cls(**{name: getattr(outcome, name) for name in cls.__dataclass_fields__})

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> OutcomeInfo:
        """The description that `run.json` holds."""
        return cls(**{**content, "labels": tuple(content["labels"])})

    @property
    def shown(self) -> outcomes.Outcome:
        """How it is shown to people: title, noun, colour, theme and the words of codes, which no file holds."""
        return outcomes.shown(self.id, self.says)


class Run:
    """The results of a run.

    Parameters
    ----------
    about : what was run, with all that it depends on: the content of `run.json`
    tables : "worlds", "daily", "events", and "parameters" if they vary
    timing : when and how fast it ran
    """

    place: Path | None = None
    """The directory from which it was read, if it was."""

    def __init__(self, about: Mapping[str, Any], tables: Mapping[str, pa.Table], timing: Mapping[str, Any]) -> None:
        self.about, self.tables, self.timing = about, tables, timing
        self.scenario = Scenario.from_dict(about["scenario"])
        self.seed, self.days, self.size = int(about["seed"]), int(about["days"]), int(about["worlds"])
        self.sets, self.uncertainty = int(about["sets"]), str(about["uncertainty"])
        self.questions = tuple(OutcomeInfo.read(question) for question in about["outcomes"])
        self._question_by_id = {question.id: question for question in self.questions}

    def __repr__(self) -> str:
        return f"<Run of {self.scenario.name}: {count(self.size, 'world')}, {count(self.days, 'day')}, seed {self.seed}>"

    @property
    def called(self) -> str:
        """What messages call it: the directory from which it was read, else its scenario."""
        return str(self.place or self.scenario.name)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row per outcome: estimate, Monte Carlo standard error, band over parameters, base rate if there is one."""
        import pandas as pd

        return pd.DataFrame(self.rows)

    @cached_property
    def worlds(self) -> pd.DataFrame:
        """One row per world: parameter set, luck number, one column per outcome, empty where it does not apply or a day never
        came."""
        import pandas as pd

        return self.tables["worlds"].to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)

    @cached_property
    def daily(self) -> pd.DataFrame:
        """One row per recorded day and variable: mean and quantiles over worlds."""
        return self.tables["daily"].to_pandas()

    @cached_property
    def events(self) -> pd.DataFrame:
        """What happened in the worlds whose events are kept: world, day, event, and the event because of which."""
        return self.tables["events"].to_pandas()

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """One row per parameter set, one column per parameter that varies."""
        return self.tables["parameters"].to_pandas()

    @cached_property
    def hazard(self) -> pd.DataFrame:
        """One row per day: worlds still without a first strike, its smoothed hazard with a band, and by each initiator."""
        import pandas as pd

        return pd.DataFrame(survival.hazard(self.column("round_two"), self.column("first_initiator"), self.days,
                                            sets=self.set_of_world))

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of `outcomes` as plain values; NaN where there is nothing to say."""
        return [self._row(question) for question in self.questions if question.kind != "code"]

    @property
    def taken(self) -> list[tuple[Intervention, int]]:
        """The interventions of the scenario, each with the number of worlds in which it took hold."""
        return list(zip(self.scenario.interventions, self.about.get("interventions_taken", ()), strict=False))

    @property
    def warnings(self) -> list[str]:
        """One line per intervention whose condition was true in no world."""
        return [f"interventions: '{one.title}' took hold in no world: it waited until "
                f"{' and '.join(map(str, one.when))}" for one, worlds in self.taken if not worlds]

    def column(self, id: str) -> Array:
        """The outcome of that id in every world, -1 for a day that never came: shape (worlds,)."""
        kind = self.question(id).kind
        return columns.values(self.tables["worlds"].column(id), kind)

    def question(self, id: str) -> OutcomeInfo:
        """The outcome of that id. Raises BrinkError, with the nearest, if there is none."""
        return _named(id, self._question_by_id, "outcome")

    def variable(self, name: str) -> Variable:
        """The recorded variable of that name. Raises BrinkError, with the nearest, if there is none."""
        return _named(name, {v["name"]: Variable(**v) for v in self.about["variables"]}, "recorded variable")

    def series(self, name: str) -> dict[str, Array]:
        """A recorded variable over time: "day", "mean" and quantiles, each of shape (recorded days,)."""
        self.variable(name)
        table = self.tables["daily"].filter(pc.field("variable") == name).drop_columns("variable")
        return {name: columns.values(table.column(name)) for name in table.column_names}

    @property
    def deadlines(self) -> list[int]:
        """The usual deadlines within the horizon, and the horizon."""
        return sorted({*(day for day in DEADLINES if day < self.days), self.days})

    def counts(self, question: OutcomeInfo) -> Array:
        """The worlds on which an outcome is conditional, and in which it has a value: shape (worlds,), bool."""
        column = self.column(question.id)
        valid = ~np.isnan(column) if column.dtype.kind == "f" else np.ones(len(column), bool)
        return valid & self.happened(question.given) if question.given else valid

    def happened(self, id: str) -> Array:
        """Where the outcome of that id came true: shape (worlds,), bool."""
        return columns.happened(self.column(id), self.question(id).kind)

    def _row(self, question: OutcomeInfo) -> dict[str, Any]:
        column, counts = self.column(question.id), self.counts(question)
        timed = question.kind == "day"
        answer = estimate(column >= 0 if timed else column, counts, self.set_of_world)
        came = column[counts & (column >= 0)] if timed else column[:0]
        by = {f"by_{day}": int((came < day).sum()) / answer.worlds if timed and answer.worlds else math.nan
              for day in self.deadlines}
        return {
            "id": question.id, "catalogue": question.catalogue, "says": question.says, "kind": question.kind,
            "unit": question.unit, "given": question.given or "", "estimate": answer.value, "se": answer.error,
            "low": answer.low, "high": answer.high, "word": answer.word if question.kind != "mean" or answer.too_few else "",
            "n": answer.worlds, "base": self.base(question),
            "base_note": question.base_note, "median_day": float(np.median(came)) if came.size else math.nan, **by,
        }

    def by(self, id: str, day: int) -> Estimate:
        """How likely the outcome of that id is before a day of the run; of one that has no day, by the end."""
        check_whole(day=(day, 0, self.days))
        question, column = self.question(id), self.column(id)
        came = (column >= 0) & (column < day) if question.kind == "day" else column
        return estimate(came, self.counts(question), self.set_of_world)

    def spread(self, id: str) -> tuple[float, float]:
        """Between which values an outcome lies in nine of ten of the worlds that count; NaN if they are too few to tell."""
        counts = self.counts(self.question(id))
        low, high = np.quantile(self.column(id)[counts], BAND) if counts.sum() >= FEWEST else (math.nan, math.nan)
        return float(low), float(high)

    def base(self, question: OutcomeInfo) -> float:
        """The base rate of an outcome; NaN if it has none, or one for a year where the run has another horizon."""
        fits = self.days == YEAR or question.given is not None
        return question.base if fits and question.base is not None else math.nan

    @cached_property
    def set_of_world(self) -> Array:
        """The parameter set of each world: shape (worlds,)."""
        return columns.values(self.tables["worlds"].column("set"))

    explain = Slot("What happened in a world day by day, and why.")
    fork = Slot("From a world, on a day, many futures with fresh luck.")
    why = Slot("What separates the worlds where an outcome came true from those where it did not.")
    pathways = Slot("Where worlds go, from the opening to the end.")
    typical = Slot("The few stories that stand for all worlds.")
    report = Slot("Write a page about the run.")
    plot = Slot("Its pictures: plot.first_strike(), or plot(\"first_strike\").")
    to_xarray = Slot("The run as an xarray.Dataset.")
    _repr_html_ = Slot("What a notebook shows.")

    def save(self, path: str | Path, also: Callable[[Path], object] | None = None) -> Path:
        """Write a directory; it appears whole or not at all. `also` may add files to it before it appears.

        Raises BrinkError if the path exists or cannot be written.
        """
        def fill(folder: Path) -> None:
            for name, table in self.tables.items():
                write_parquet(table, folder / f"{name}.parquet")
            write_csv(self.rows, folder / "outcomes.csv")
            hashes = {name: file_hash(folder / f"{name}.parquet") for name in self.tables}
            for name, content in (("run", sealed({**self.about, "hashes": hashes})), ("timing", self.timing)):
                (folder / f"{name}.json").write_text(json_text(content), "utf-8")
            if also is not None:
                also(folder)

        return write_whole(path, fill)


def _named(name: str, known: Mapping[str, T], kind: str) -> T:
    if not among(name, known):
        raise BrinkError(f"this run has no {kind} {shown(name)}{nearest(name, known)}")
    return known[name]


def load(path: str | Path) -> Run:
    """Read what `Run.save` wrote: a directory, or the run.json in it.

    Raises BrinkError if it is not there, not whole, changed, or of another format.
    """
    given = path_of(path)
    folder = given.parent if given.name == "run.json" else given
    with described(folder) as (about, timing):
        files = {name: folder / f"{name}.parquet" for name in about["tables"]}
        run = Run(about, {name: tables.check(file, name, read_parquet(file), about) for name, file in files.items()}, timing)
    run.place = folder
    return run


@contextmanager
def described(folder: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """A context in which a run is made of its description and timing, which a directory holds.

    Raises BrinkError if it is of another format, does not describe a run, or does not belong to the tables beside it. A run
    that was kept before descriptions had hashes is taken as it is.
    """
    whole, timing = read_json(folder, "run"), read_json(folder, "timing")
    check_format(file := folder / "run.json", whole, FORMAT)
    about = {name: value for name, value in whole.items() if name not in ("hashes", "seal")}
    with outside(file, "does not describe a run"):
        if missing := {"worlds", "daily", "events"}.difference(about["tables"]):
            raise BrinkError(f"{file}: does not describe a run (it names no table {min(missing)})")
        horizon(about["days"])
        yield about, timing
        for name, hash in whole.get("hashes", {}).items():
            if file_hash(table := folder / f"{name}.parquet") != hash:
                raise BrinkError(f"{table}: was changed since the run was made, or is of another run")
    if "seal" in whole and not is_whole(whole):
        raise BrinkError(f"{file}: was changed since the run was made; results belong to the run that made them")
