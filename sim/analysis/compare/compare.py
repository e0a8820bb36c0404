"""Paired comparison: two scenarios on the same luck, world by world, and what the change between them does.

    import sim
    c = sim.compare("baseline", set={"us.obliterated_claim": 0.5}, worlds=8192)
    c.outcomes                  # one row per outcome: a, b, difference, paired and unpaired error
    c.flips("round_two")        # worlds with a war on one side and not on the other
    c.curve()                   # first strikes by day on both sides, and their difference with a band
    c.parting().kinds           # what is the first thing to happen on one side only

Side a is *here*, side b *there*; a difference is b less a.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.compare import divergence, paired
from sim.analysis.compare.divergence import Divergence
from sim.analysis.compare.paired import Discordant, Side
from sim.analysis.compare.scenario_diff import Change, changes
from sim.engine import Array
from sim.engine.streams import check_contract
from sim.ensemble.estimates import Z90
from sim.ensemble.files import is_whole, read_json
from sim.ensemble.results import OutcomeInfo, Run
from sim.ensemble.results import load as load_run
from sim.ensemble.run import Progress, run_all
from sim.ensemble.tasks import ModelSpec
from sim.errors import BrinkError, nearest, path_of, shown
from sim.scenario.interventions.read import Given
from sim.scenario.scenario import Scenario, View
from sim.scenario.scenario import load as load_scenario
from sim.scenario.slots import Slot
from sim.words import count

FROM = "take the comparison from sim.compare or sim.Comparison"
FIRST = "round_two"
EXAMPLES = 5
"""Worlds named of those that flip, at most."""
CLEAR, HINT = 3.0, 1.645
"""Standard errors from which a difference is called clear, or a hint."""
STANDARDS: Mapping[str, Any] = {"worlds": 4096, "seed": 1, "uncertainty": "none", "sets": None, "every": 7,
                                "keep_events": 2048}
"""The defaults of `compare`."""
PAIRED = ("seed", "worlds", "days", "uncertainty", "sets", "luck")
"""What two runs must share to be paired; they must also begin on one date and have the same outcomes."""


class Comparison:
    """Two runs on the same luck.

    Parameters
    ----------
    a, b : the two runs; b is what the change leads to

    Raises BrinkError if they do not share their luck, horizon, date and outcomes.
    """

    def __init__(self, a: Run, b: Run) -> None:
        for given in (a, b):
            if not isinstance(given, Run):
                raise BrinkError(f"{shown(given)} is no run; see sim.compare")
        _check_paired(a, b)
        self.a, self.b = a, b

    @classmethod
    def of(cls, a: Run | str | Path, b: Run | str | Path) -> Comparison:
        """The comparison of two runs, or of two directories of runs."""
        return cls(*(given if isinstance(given, Run) else load_run(given) for given in (a, b)))

    @classmethod
    def load(cls, path: str | Path) -> Comparison:
        """Read what `save` wrote, if it kept the runs. Raises BrinkError if that was changed since."""
        described(folder := path_of(path))
        return cls.of(folder / "a", folder / "b")

    def __repr__(self) -> str:
        return f"<Comparison of {' and '.join(self.names)}: {count(self.a.size, 'world')}, {count(self.a.days, 'day')}>"

    @property
    def names(self) -> tuple[str, str]:
        """What to call the two sides."""
        return names(self.a, self.b)

    @cached_property
    def changes(self) -> list[Change]:
        """What differs between the two scenarios, with who set it."""
        return changes(self.a, self.b)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row per outcome, and for an outcome that is a label, one row per label.

        Columns are those of `sim.analysis.compare.gist.Difference`, and
        "z" : the difference in standard errors
        "differ" : worlds in which the outcome is not the same
        "both", "n_both" : for a conditional outcome, the difference among worlds that count on both sides, and their number
        """
        return pd.DataFrame(self.rows)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of `outcomes` as plain values; NaN where no world counts."""
        return [self._row(question, label) for question in self.a.questions for label in _labels(question)]

    @cached_property
    def same(self) -> bool:
        """Whether no world differs in any outcome."""
        names = [question.id for question in self.a.questions]
        return bool(self.a.worlds[names].equals(self.b.worlds[names]))

    def row(self, id: str, label: str = "") -> dict[str, Any]:
        """The row of one outcome. Raises BrinkError, with the nearest, if there is none."""
        question = self.a.question(id)
        if label not in _labels(question):
            raise BrinkError(f"outcome {id!r} has no label {label!r}{nearest(label, question.labels)}" if label else
                             f"outcome {id!r} comes in labels; name one of {', '.join(question.labels)}")
        return self._row(question, label)

    def flips(self, id: str = FIRST) -> Discordant:
        """In how many worlds something happens on both sides, on one only, on neither.

        Of a conditional outcome, worlds count where its condition holds on both sides. Raises BrinkError for an outcome
        that is a number or a label.
        """
        question, counts = self._event(id)
        one, other = self.flipped(id)
        came = counts & self.a.happened(id) & self.b.happened(id)
        both = int(came.sum())
        p = paired.mcnemar(len(one), len(other)) if self.a.sets == 1 else math.nan
        later = (self.b.column(id) - self.a.column(id))[came] if question.kind == "day" else np.empty(0)
        return Discordant(id, question.says, both, len(one), len(other), int(counts.sum()) - both - len(one) - len(other), p,
                          tuple(one[:EXAMPLES].tolist()), tuple(other[:EXAMPLES].tolist()),
                          int((later < 0).sum()), int((later > 0).sum()))

    def flipped(self, id: str = FIRST) -> tuple[Array, Array]:
        """The luck numbers of worlds in which it happens only here, and of those in which it happens only there.

        Worlds count, and errors are raised, as for `flips`.
        """
        _, counts = self._event(id)
        here, there = (run.happened(id) for run in (self.a, self.b))
        return np.flatnonzero(counts & here & ~there), np.flatnonzero(counts & there & ~here)

    def _event(self, id: str) -> tuple[OutcomeInfo, Array]:
        """The outcome of that id, which happens or does not, and the worlds in which its condition holds on both sides."""
        info = self.a.question(id)
        if info.kind not in ("day", "probability"):
            raise BrinkError(f"outcome {id!r} is no event that happens or does not; flips need one, like {FIRST!r}")
        return info, self.a.counts(info) & self.b.counts(info)

    def transitions(self, id: str) -> pd.DataFrame:
        """For an outcome that is a label, how many worlds go from each label here (rows) to each label there (columns)."""
        question = self.a.question(id)
        if question.kind != "code":
            raise BrinkError(f"outcome {id!r} does not come in labels; see flips")
        labels = list(question.labels)
        here, there = (pd.Categorical(run.column(id), labels) for run in (self.a, self.b))
        return pd.crosstab(here, there, dropna=False).rename_axis(index="here", columns="there")

    def curve(self, id: str = FIRST) -> pd.DataFrame:
        """One row per day from 0 to the horizon: the share in which it has come by then, on either side, and the difference.

        Columns "day", "a", "b", "difference", "se", "low", "high"; the last two are a 90 % band, each day for itself.
        Raises BrinkError for an outcome without a day.
        """
        if self.a.question(id).kind != "day":
            raise BrinkError(f"outcome {id!r} has no day; a curve needs one that has, like {FIRST!r}")
        return pd.DataFrame(paired.curves(self.a.column(id), self.b.column(id), self.a.days, self.a.set_of_world, self.same))

    def parting(self, id: str | None = None) -> Divergence:
        """Where the two sides part, in the worlds whose events are kept; of an outcome, in those that it flips in."""
        whole = self._parting
        return whole if id is None else whole.among(np.concatenate(self.flipped(id)))

    @cached_property
    def _parting(self) -> Divergence:
        return divergence.parting(self.a, self.b)

    as_dict = Slot("Plain values for JSON.", FROM)
    save = Slot("Write a directory of tables and pictures, with the two runs.", FROM)
    report = Slot("Write a page that tells of the comparison.", FROM)
    plot = Slot("Its pictures: plot.differences(), or plot(\"differences\").", FROM)
    _repr_html_ = Slot("What a notebook shows.", FROM)

    def _row(self, info: OutcomeInfo, label: str) -> dict[str, Any]:
        here, there = (_side(run, info, label) for run in (self.a, self.b))
        gap = paired.difference(here, there, self.a.set_of_world, self.same)
        both = here.counts & there.counts & bool(info.given)
        return {
            "id": info.id, "label": label, "catalogue": info.catalogue, "says": info.says, "kind": info.kind,
            "unit": info.unit, "given": info.given or "", "a": here.mean, "b": there.mean,
            "difference": gap.value, "se": gap.error, "low": gap.value - Z90 * gap.error,
            "high": gap.value + Z90 * gap.error, "se_unpaired": gap.unpaired, "narrower": gap.narrower,
            "z": gap.z, "verdict": verdict(gap.value, gap.error, gap.enough), "n_a": int(here.counts.sum()),
            "n_b": int(there.counts.sum()), "differ": gap.differ,
            "both": Side(there.values, both).mean - Side(here.values, both).mean, "n_both": int(both.sum()),
            "sets_low": gap.low, "sets_high": gap.high,
        }


def names(a: Scenario | Run, b: Scenario | Run) -> tuple[str, str]:
    """What to call the two sides: their scenarios, the second "changed" if it is the first under changes."""
    first, second = (side.scenario.name if isinstance(side, Run) else side.name for side in (a, b))
    return first, second if second != first else "changed"


def described(folder: Path) -> dict[str, Any]:
    """The content of the comparison.json of a directory.

    Raises BrinkError if it was changed, or if other runs lie beside it; what was kept before it had a seal is taken as it is.
    """
    content = read_json(folder, "comparison", "comparison")
    if "seal" in content and not is_whole(content):
        raise BrinkError(f"{folder / 'comparison.json'}: was changed since the comparison was made")
    runs = content.get("runs")
    for side, seal in runs.items() if isinstance(runs, dict) else ():
        if (folder / side).is_dir() and read_json(folder / side, "run").get("seal") != seal:
            raise BrinkError(f"{folder / side}: is not the run that was compared")
    return content


def verdict(value: float, error: float, enough: bool = True) -> str:
    """How clear a difference is: "higher", "perhaps higher", "not told apart" (or not enough worlds to tell), "equal", or ""
    if there is none.
    """
    if math.isnan(value):
        return ""
    if not enough or math.isnan(error):
        return "not told apart"
    if value == error == 0:
        return "equal"
    way, size = "higher" if value > 0 else "lower", abs(value) / error if error else math.inf
    return way if size >= CLEAR else f"perhaps {way}" if size >= HINT else "not told apart"


def _labels(question: OutcomeInfo) -> tuple[str, ...]:
    """The labels of an outcome that comes in labels; else one that is empty."""
    return question.labels if question.kind == "code" else ("",)


def _side(run: Run, question: OutcomeInfo, label: str) -> Side:
    column = run.column(question.id)
    values = column >= 0 if question.kind == "day" else column == label if question.kind == "code" else column
    return Side(values, run.counts(question))


def _check_paired(a: Run, b: Run) -> None:
    """Raise BrinkError, saying why, if world w of one run is not world w of the other."""
    for name in PAIRED:
        if a.about[name] != b.about[name]:
            here, there = (_told(side.about[name]) for side in (a, b))
            raise BrinkError(f"{name}: the runs cannot be paired, for one has {here} and the other {there}")
    if a.scenario.date != b.scenario.date:
        raise BrinkError(f"date: the runs cannot be paired, for one begins on {a.scenario.date} and the other on "
                         f"{b.scenario.date}")
    if a.questions != b.questions:
        raise BrinkError("outcomes: the runs cannot be paired, for they do not ask the same of each world")
    if a.uncertainty == "priors":
        shared = [name for name in a.parameters if name in b.parameters]
        if not a.parameters[shared].equals(b.parameters[shared]):
            raise BrinkError("parameters: the runs cannot be paired, for their parameter sets are not the same")


def _told(value: Any) -> Any:
    """What a run has of what both must share; of a contract of luck, by what it is drawn."""
    if not isinstance(value, Mapping):
        return value
    return f"luck by {value.get('generator')}" + (f" for a {value['tag']}" if "tag" in value else "")


def compare(a: str | Path | Scenario | Run = "baseline", b: str | Path | Scenario | Run | None = None, *,
            set: Mapping[str, float] | None = None, view: View | None = None, do: Given | Sequence[Given] = (),
            worlds: int | None = None, days: int | None = None, seed: int | None = None, uncertainty: str | None = None,
            sets: int | None = None, every: int | None = None, keep_events: int | None = None, jobs: int = 1,
            executor: Executor | None = None, progress: Progress | None = None,
            subject: ModelSpec | None = None) -> Comparison:
    """Run two scenarios on the same luck, 4,096 worlds unless `worlds` says otherwise, and compare them world by world.

    Parameters
    ----------
    a, b : scenarios, names of the library, files, runs, or directories of runs; without b, it is a under the changes
    set, view, do : changes to the second side, as for `run`; under them, a run is run anew
    worlds, days, seed, uncertainty, sets, every, keep_events, jobs, executor, progress, subject : as for `run`; if one side
        is a run, the other is run on the worlds of that one; a run that was made with other options than these is run anew

    Raises BrinkError for what cannot be run, or cannot be paired.
    """
    options = {"worlds": worlds, "days": days, "seed": seed, "uncertainty": uncertainty, "sets": sets, "every": every,
               "keep_events": keep_events}
    first = taken(a)
    second = first if b is None else taken(b)
    if not all(change is None or (isinstance(change, Mapping | Sequence) and not change) for change in (set, view, do)):
        base = second.scenario if isinstance(second, Run) else second
        second = base.changed(set=set, view=view, do=do, days=days)
    if second is first:
        raise BrinkError("compare: there is nothing to compare with; name a second scenario, or change something with set")
    frame, sides = _framed((first, second), options)
    scenarios = [side for side in sides if isinstance(side, Scenario)]
    for run in [side for side in sides if isinstance(side, Run)] if scenarios else ():
        check_contract(run.called, run.about["luck"])
    made = iter(run_all(scenarios, **frame, jobs=jobs, executor=executor, progress=progress, subject=subject)
                if scenarios else [])
    return Comparison(*(side if isinstance(side, Run) else next(made) for side in sides))


def taken(given: str | Path | Scenario | Run) -> Scenario | Run:
    """A scenario or run, read if it is named; a directory is that of a run."""
    if isinstance(given, Scenario | Run):
        return given
    return load_run(given) if path_of(given).is_dir() else load_scenario(given)


def _framed(sides: Sequence[Scenario | Run], options: Mapping[str, Any]) -> tuple[dict[str, Any], list[Scenario | Run]]:
    """With which options both sides are run, but for their days, and the sides: of a run that was made otherwise its scenario.

    The options of a run that is given count where `options` holds None. Raises BrinkError if the sides cannot be paired.
    """
    wanted = {name: value for name, value in options.items() if value is not None}
    runs = [side for side in sides if isinstance(side, Run)]
    kept = [run for run in runs if wanted.items() <= _made_with(run).items()]
    frame = {**STANDARDS, **(_made_with(next(iter(kept or runs))) if runs else {}), **wanted}
    horizon = frame.pop("days", None)
    scenarios = [side if side in kept else side.scenario if isinstance(side, Run) else side for side in sides]
    chosen = [side if isinstance(side, Run) or horizon is None else side.changed(days=horizon) for side in scenarios]
    _check_alike(*chosen)
    return frame, chosen


def _made_with(run: Run) -> dict[str, Any]:
    """The options with which a run was made."""
    return {"worlds": run.size, "days": run.days, "seed": run.seed, "uncertainty": run.uncertainty,
            "sets": run.sets if run.uncertainty == "priors" else None, "every": run.about["every"],
            "keep_events": run.about["kept_events"]}


def _check_alike(a: Scenario | Run, b: Scenario | Run) -> None:
    """Raise BrinkError before anything is run if the sides cannot be paired, with what to say so that they can."""
    first, second = (side.scenario if isinstance(side, Run) else side for side in (a, b))
    names = tuple(side.called if isinstance(side, Run) else side.name for side in (a, b))
    if first.date != second.date:
        raise BrinkError(f"date: {names[0]} begins on {first.date} and {names[1]} on {second.date}; only histories that begin "
                         "on one day can be paired")
    made: list[Mapping[str, Any]] = [_made_with(side) if isinstance(side, Run) else {"days": side.days} for side in (a, b)]
    for name in ("days", "seed", "worlds", "uncertainty", "sets"):
        here, there = made[0].get(name), made[1].get(name)
        if here is not None and there is not None and here != there:
            common = min(here, there) if name == "days" else here
            raise BrinkError(f"{name}: {names[0]} has {here} and {names[1]} {there}; give both the same with "
                             f"--{name} {common}, or from Python with {name}={common!r}")
