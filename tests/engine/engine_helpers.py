"""Making models for tests, and looking at the whole of one."""

from __future__ import annotations

import numpy as np

from sim.engine import Ensemble, Field, Parameter, RandomStreams, State, Stream, hazard_event
from sim.engine.declarations import declared


def model_of(*states: type[State], n: int = 500, seed: int = 1, **more):
    """A model of these states on the first n luck numbers."""
    return ensemble_of(*states)(np.arange(n), RandomStreams(seed), **more)


def ensemble_of(*states: type[State]) -> type[Ensemble]:
    return type("Model", (Ensemble,), {"states": states})


def everything(model) -> dict[str, np.ndarray]:
    """All that is kept of each world between two days: copies, with worlds on the last axis."""
    whole = {"clocks.left": model.clocks.left, "clocks.used": model.clocks.used, "numbers": model.numbers}
    for state in model.members:
        for kind in (Field, Parameter):
            whole |= {f"{state.key}.{name}": state.__dict__[name] for name in declared(type(state), kind)}
        whole |= {f"{state.key}.{name} used": state.__dict__[name].used for name in declared(type(state), Stream)}
    return {name: np.array(values) for name, values in whole.items()}


def fields(model) -> dict[str, np.ndarray]:
    """What is the case in each world: copies of all fields."""
    return {f"{state.key}.{name}": np.array(state.__dict__[name])
            for state in model.members for name in declared(type(state), Field)}


def watched(model):
    """The model, whose clocks keep the rates of each day because somebody looks."""
    model.observers.append(lambda model, fired: None)
    return model


def live(model, days: int):
    """The model after so many more days."""
    for _ in range(days):
        model.step()
    return model


def assert_same(one: dict[str, np.ndarray], other: dict[str, np.ndarray], worlds=slice(None)) -> None:
    """Byte for byte: `one` is these worlds of `other`."""
    assert one.keys() == other.keys()
    for name, values in one.items():
        assert values.tobytes() == np.ascontiguousarray(other[name][..., worlds]).tobytes(), name


def firings(model) -> dict[str, np.ndarray]:
    """By event name, how often it happened in each world."""
    table = model.log.table()
    return {name: np.bincount(table["world"][table["event"] == i], minlength=model.n)
            for i, name in enumerate(model.event_names)}


def idle(**more):
    """Declare an action of which only the rule matters: it changes nothing."""
    def declare(odds):
        odds.__doc__ = odds.__doc__ or "Happens."
        return hazard_event(**more)(odds).effect(lambda state, worlds: None)
    return declare
