"""Forks: from one world, on one day, many futures with fresh luck.

All futures share the world's past to the morning of that day and part there, because from then on each has luck of its
own. Two forks of one world on one day under one tag give their futures the same luck, so that a change in one of them can
be compared future by future.

    run = sim.load("runs/mine")
    plain = run.fork(1234, 60)
    changed = run.fork(1234, 60, set={"us.obliterated_claim": 0.5})
    sim.compare(plain, changed).row("round_two")
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.analysis.explain.necessity import check_futures
from sim.analysis.explain.replay import again, check_world
from sim.engine import RandomStreams
from sim.ensemble import design as designs
from sim.ensemble import workers
from sim.ensemble.live import live
from sim.ensemble.recorder import Recorder, recorded_days
from sim.ensemble.results import Run
from sim.ensemble.run import Accumulator, gather
from sim.ensemble.tasks import Chunk, ModelSpec, RunPlan, collect, crisis
from sim.errors import BrinkError, cut, shown
from sim.model import registry
from sim.scenario.interventions import Intervention, check_taken, parsed_date
from sim.scenario.interventions.read import Given
from sim.scenario.scenario import Scenario, View

MOST_KEPT = 2048
"""Futures whose events are kept."""
LONGEST_TAG = 60
"""Letters of a tag."""


def fork(run: Run, world: int, day: int | str | datetime.date, futures: int = 1000, set: Mapping[str, float] | None = None,
         view: View | None = None, do: Given | Sequence[Given] = (), tag: str = "", subject: ModelSpec | None = None) -> Run:
    """From this world, on the morning of this day, so many futures.

    Parameters
    ----------
    world : a world of the run, by number; of a run also "war", "deal", "miscalculation" or "quiet", for the most typical one
    day : 0 to the last day of the run, or a date, like "2026-03-01"
    set, view : parameters or state variables that change on that day, for good; what only sets the start of a state
        variable sets it on that day
    do : interventions as `sim.run` takes them, on that day or later
    tag : another tag is other luck for the futures; at most 60 letters

    Returns
    -------
    A run whose worlds are the futures: its table of days shows one past that fans out, its outcomes are estimates given the
    past. `about["fork"]` describes its origin.

    Raises BrinkError for a world or day that is not there, and for values or interventions that cannot be.
    """
    check_world(run, world)
    check_futures(futures)
    check_tag(tag)
    day = day_of(run, day)
    changed = run.scenario.changed(set=set, view=view, do=do)
    values = _values(run.scenario, changed)
    scenario = dataclasses.replace(run.scenario, interventions=_from(day, run.scenario, changed))
    began, subject = time.time(), subject or crisis()
    collected = Accumulator(RunPlan(subject, scenario, designs.fixed(futures), run.seed, int(run.about["every"]), MOST_KEPT))
    name = f"fork of world {world} on day {day}{f': {tag}' if tag else ''}"
    collected.add(_futures(run, world, day, values, collected.plan, RandomStreams(run.seed, name)))
    before = len(run.scenario.interventions)
    check_taken(scenario.interventions[before:], collected.taken[before:])
    timing = {**run.timing, "seconds": round(time.time() - began, 3), "jobs": 1}
    return _as_fork(gather(collected, "none", timing), name, {
        "world": world, "day": day, "tag": tag, "of": run.scenario.hash, "set": values,
        "do": [one.as_dict() for one in scenario.interventions[before:]]})


def day_of(run: Run, day: int | str | datetime.date) -> int:
    """The day of a run that a number or a date stands for. Raises BrinkError for what is neither, or outside of the run."""
    number, last = _numbered(run, day), run.days - 1
    if number not in range(run.days):
        dates = f"{run.scenario.date} to {run.scenario.date + datetime.timedelta(days=last)}"
        raise BrinkError(f"day: {cut(str(day))} must be a day from 0 to {last} ({dates})")
    return number


def _numbered(run: Run, day: object) -> int:
    if isinstance(day, int | np.integer) and not isinstance(day, bool):
        return int(day)
    text = day.isoformat() if isinstance(day, datetime.date) else day
    if isinstance(text, str) and re.fullmatch(r"-?[0-9]{1,9}", text):
        return int(text)
    try:
        return (parsed_date(text) - run.scenario.date).days
    except BrinkError:
        raise BrinkError(f"day: {shown(day)} is neither a day number nor a date like 2026-03-01") from None


def check_tag(tag: object) -> None:
    """Raise BrinkError for what is no tag."""
    if not isinstance(tag, str) or len(tag) > LONGEST_TAG or not tag.isprintable():
        raise BrinkError(f"tag: {shown(tag)} must be a text of at most {LONGEST_TAG} letters, on one line")


def _from(day: int, before: Scenario, after: Scenario) -> tuple[Intervention, ...]:
    """The interventions of a changed scenario, the new ones from this day on."""
    new = after.interventions[len(before.interventions):]
    for one in new:
        if one.on < day and not one.when:
            raise BrinkError(f"interventions: '{one.title}' is on day {one.on}, before the fork on day {day}")
    return (*before.interventions, *(dataclasses.replace(one, on=max(one.on, day)) for one in new))


def _futures(run: Run, world: int, day: int, values: Mapping[str, Any], plan: RunPlan, luck: RandomStreams) -> Chunk:
    """The futures simulated to the end, all on the world's own luck up to that day."""
    with again(run, world, plan.design.worlds, plan.subject, plan.scenario) as (model, acting):
        recorder = Recorder(model, recorded_days(run.days, plan.every))
        live(model, day, each_day=workers.go_on, recorder=recorder)
        model.select(np.arange(model.n), luck)
        _change(model, values)
        live(model, run.days - day, each_day=workers.go_on, recorder=recorder)
        return collect(model, (plan.task(0, model.n),), recorder.records, [acting])[0]


def _values(before: Scenario, after: Scenario) -> dict[str, Any]:
    """What a changed scenario sets otherwise, by "state.name"."""
    old = {**before.parameters, **before.start}
    return {key: value for key, value in {**after.parameters, **after.start}.items() if old.get(key) != value}


def _change(model: Any, values: Mapping[str, Any]) -> None:
    """Set these values from today on: parameters, and state variables by name or by the parameter at which they start."""
    for key, value in values.items():
        owner, _, name = key.partition(".")
        if key in registry.catalogue():
            model.set(key, value)
        fields = [name] if key in registry.fields() else [
            entry.declaration.name for entry in registry.fields().values()
            if entry.owner.key == owner and entry.declaration.start == name]
        for field in fields:
            vars(getattr(model, owner))[field][...] = np.asarray(value)[..., None] if isinstance(value, tuple) else value


def _as_fork(made: Run, luck: str, where: Mapping[str, Any]) -> Run:
    """The run of the futures, with where they come from and without base rates, which know nothing of the past."""
    outcomes = [{**question, "base": None, "base_note": ""} for question in made.about["outcomes"]]
    about = {**made.about, "outcomes": outcomes, "luck": {**made.about["luck"], "tag": luck}, "fork": dict(where)}
    return Run(about, made.tables, made.timing)
