"""One world again, alone: a world is a pure function of scenario, parameters and luck number, so it can be simulated again.

A replay records what the run did not keep: the terms of each decision, evaluated by the rules at that moment, and what was
believed then and what was true. The same model can simulate the world with single decisions prevented, each in a column of
its own and on the same luck.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pyarrow.compute as pc

from sim.engine import Array, RandomStreams, WorldIndex
from sim.engine.attribution import Contribution, contributions
from sim.engine.streams import check_contract
from sim.ensemble import workers
from sim.ensemble.live import begun, live
from sim.ensemble.results import CALENDAR, Run
from sim.ensemble.tasks import Columns, ModelSpec, crisis
from sim.errors import BrinkError, shown
from sim.scenario.interventions import Acting
from sim.scenario.scenario import Scenario

PREVENTED_FOR = 30
"""Days for which an event that is prevented cannot happen, the day on which it did included."""

SERIES = ("war.tension", "war.on", "war.rung")
"""State variables that a chronicle shows day by day."""

Occurrence: TypeAlias = "tuple[int, str]"
"""A day and an event, by "state.name": what happened once in one world."""


@dataclass(frozen=True)
class Decision:
    """Why an action happened when it did.

    Parameters
    ----------
    terms : what adds up to the log-odds that the engine used; the first is that of the base rate
    inputs : values, at that moment, of the state variables that the terms name, by "state.name"
    rate : probability a day per unit, as the engine used it, pace included
    base : the rate without any terms but that of the base rate
    pace : by how much the crisis quickened decisions
    luck : share of histories, with the same pressures day by day since it last came, in which it has come by this day
    sight : what was believed and what was true, as `sim.analysis.explain.beliefs` found it
    """

    terms: tuple[Contribution, ...]
    inputs: Mapping[str, float]
    rate: float
    base: float
    pace: float
    luck: float
    sight: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Happening:
    """One entry of a world's log: what happened on a day, because of which event, and the decision behind it if any."""

    day: int
    event: str
    because: str
    decision: Decision | None = None

    @property
    def occurrence(self) -> Occurrence:
        """Day and event."""
        return self.day, self.event


@dataclass(frozen=True)
class Replay:
    """A world simulated again.

    Parameters
    ----------
    happenings : all that happened, in order
    series : each of `SERIES` as each day begins, and at last as the run ends: shape (days + 1,)
    columns : every outcome, first that of the world itself, then those without each of `without`: shape (1 + len(without),)
    without : the occurrences that were prevented, one a column
    final : values of single-valued state variables at the end, by "state.name"
    seen : what `watch` returned as each day begins, and at last as the run ends
    """

    happenings: tuple[Happening, ...]
    series: Mapping[str, Array]
    columns: Columns
    without: tuple[Occurrence, ...]
    final: Mapping[str, float]
    seen: tuple[Any, ...] = ()


def prevent(model: Any, occurrence: Occurrence, worlds: WorldIndex) -> None:
    """Keep a decision from happening in some columns of a model, as a constraint.

    The clock of a prevented action stands still for `PREVENTED_FOR` days and goes on with its next draw of luck, as if the
    action had happened; otherwise it would only come late.
    """
    (day, event), clocks = occurrence, model.clocks
    if day <= model.day < day + PREVENTED_FOR:
        row = clocks.names.index(event)
        if model.day == day:
            clocks.used[row, worlds] += 1
            clocks.left[row, worlds] = model.luck.draws(clocks.streams[row], clocks.used[row, worlds], model.numbers[worlds])
        clocks.forbid(row, worlds)


class DecisionRecorder:
    """Records, for the first column of a model, why each action happened: called before any of it takes effect."""

    def __init__(self, sight: Any = None) -> None:
        self.sight = sight
        self.decisions: dict[Occurrence, Decision] = {}
        self.passed: Array = np.zeros(0)
        """The hazard that each clock of the first column has run through since its action last happened."""

    def __call__(self, model: Any, fired: Sequence[tuple[int, WorldIndex, bool]]) -> None:
        """Evaluate the rules of what happens today in the first column."""
        today = model.clocks.rates[:, 0]
        self.passed = self.passed + today if self.passed.size else today.astype(float)
        for i, worlds, _ in fired:
            if worlds[0] == 0:
                event = model.event_names[i]
                row = model.clocks.names.index(event)
                self.decisions[model.day, event] = self.decision(model, event, row)
                self.passed[row] = 0

    def decision(self, model: Any, event: str, row: int) -> Decision:
        """The decision behind an action that happens today in the first column."""
        clocks = model.clocks
        state, declared = model.events[clocks.ids[row]]
        weighed = tuple(contributions(model, event, 0))
        pace = float(np.asarray(model.pace()).flat[0]) if declared.paced else 1.0
        return Decision(weighed, inputs(model, weighed), float(clocks.rates[row, 0]),
                        float(vars(state)[declared.rate][0]), pace, float(-np.expm1(-self.passed[row])),
                        self.sight(model, event) if self.sight else ())


def inputs(model: Any, weighed: Sequence[Contribution]) -> dict[str, float]:
    """Values in the first column of the single-valued fields that terms name."""
    found = {}
    for key in {name for term in weighed for name in term.names}:
        owner, _, field = key.partition(".")
        value = vars(getattr(model, owner)).get(field) if owner in model.__dict__ else None
        if isinstance(value, np.ndarray) and value.ndim == 1:
            found[key] = float(value[0])
    return found


def check_world(run: Run, world: int) -> None:
    """Raise BrinkError if the run has no such world, or if it does not contain the past of its worlds."""
    if isinstance(world, bool) or not isinstance(world, int | np.integer) or not 0 <= world < run.size:
        raise BrinkError(f"world: {shown(world)} must be a number from 0 to {run.size - 1:,}: the run has {run.size:,} worlds")
    if "fork" in run.about:
        raise BrinkError("this is a fork: its worlds share a past that is another run's; ask that run")


def again(run: Run, world: int, copies: int = 1, subject: ModelSpec | None = None,
          scenario: Scenario | None = None) -> AbstractContextManager[tuple[Any, Acting]]:
    """The model of a world on day 0, in so many equal columns, with the interventions of its scenario or another in force.

    Raises BrinkError if the run has no such world, or was made with luck of another kind.
    """
    check_world(run, world)
    check_contract(run.called, run.about["luck"])
    number = run.tables["worlds"].column("luck")[world].as_py()
    drawn = run.parameters.iloc[run.set_of_world[world]].drop("set") if run.uncertainty == "priors" else {}
    values = {name: np.full(copies, value, np.float32) for name, value in drawn.items()}
    return begun((subject or crisis()).model, scenario or run.scenario, np.full(copies, number),
                 RandomStreams(run.seed), values)


def known(run: Run, world: int, subject: ModelSpec | None = None) -> list[Happening]:
    """What happened in a world: as the run kept it, else found by simulating it again."""
    check_world(run, world)
    if world >= run.about["kept_events"]:
        return list(replay(run, world, subject=subject).happenings)
    table = run.tables["events"].filter(pc.field("world") == world)
    columns = (table.column(name).to_pylist() for name in ("day", "event", "because"))
    return [Happening(*entry) for entry in zip(*columns, strict=True)]


def replay(run: Run, world: int, without: Sequence[Occurrence] = (), sight: Any = None,
           subject: ModelSpec | None = None, watch: Callable[[Any], Any] | None = None) -> Replay:
    """Simulate a world again, alone, and in further columns without each of some decisions.

    Parameters
    ----------
    without : occurrences of actions to prevent, one per column after the world's own
    sight : function of the model and an event that returns what was believed and what was true
    watch : function of the model, called as each day begins

    Raises BrinkError if what comes out is not what the run recorded.
    """
    subject = subject or crisis()
    recorder, seen = DecisionRecorder(sight), []
    with again(run, world, 1 + len(without), subject) as (model, _):
        model.observers.append(recorder)
        model.constraints += [partial(prevent, occurrence=one, worlds=np.array([i])) for i, one in enumerate(without, 1)]
        series = {key: np.zeros(run.days + 1) for key in SERIES if key.partition(".")[0] in model.__dict__}

        def look(model: Any) -> None:
            for key, values in series.items():
                owner, _, name = key.partition(".")
                values[model.day] = vars(getattr(model, owner))[name][0]
            if watch:
                seen.append(watch(model))

        look(model)
        live(model, run.days, observers=[look], each_day=workers.go_on)
        columns = {name: np.array(column) for name, column in subject.columns(model).items()}
        _check_same(run, world, columns)
        final = {f"{state.key}.{name}": float(value[0]) for state in model.members for name, value in vars(state).items()
                 if isinstance(value, np.ndarray) and value.ndim == 1}
        happenings = tuple(Happening(*entry, recorder.decisions.get(entry[:2])) for entry in _log(model))
    return Replay(happenings, series, columns, tuple(without), final, tuple(seen))


def _log(model: Any) -> list[tuple[int, str, str]]:
    """The first column's log in the order in which things happened."""
    table, names = model.log.table(), [*model.event_names, CALENDAR]
    own = np.flatnonzero(table["world"] == 0)
    return [(int(table["day"][i]), names[table["event"][i]], names[table["because"][i]]) for i in own]


def _check_same(run: Run, world: int, columns: Columns) -> None:
    """Raise BrinkError if the world's outcomes are not those that the run recorded."""
    for question in run.questions:
        if not run.counts(question)[world]:
            continue
        recorded, found = run.column(question.id)[world], columns[question.id][0]
        found = question.labels[int(found)] if question.labels else np.asarray(found).astype(np.asarray(recorded).dtype)
        if recorded != found:
            raise BrinkError(f"world {world} no longer happens as the run recorded it ({question.id}): the run is of another "
                             "version of the model or another processor; run it again")
