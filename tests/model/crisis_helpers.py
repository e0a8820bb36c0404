"""Making crises for tests, and looking at the whole of one."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine import Field, Parameter, RandomStreams, Stream
from sim.engine.declarations import declared
from sim.model.crisis import Crisis
from sim.scenario.scenario import load


def crisis(n: int = 256, scenario: str = "baseline", values: dict[str, Any] | None = None,
           start: dict[str, Any] | None = None, numbers: Any = None, luck: RandomStreams | None = None,
           model: type[Crisis] = Crisis, seed: int = 1, log: bool = True) -> Any:
    """A crisis of a scenario of the library under further values, on the first n luck numbers or on those given."""
    named = load(scenario)
    numbers = np.arange(n) if numbers is None else np.asarray(numbers)
    luck = luck or RandomStreams(seed)
    return model(numbers, luck, {**named.parameters, **(values or {})}, {**named.start, **(start or {})}, log)


def live(model: Any, days: int) -> Any:
    """The model after so many more days."""
    for _ in range(days):
        model.step()
    return model


def fields(model: Any) -> dict[str, np.ndarray]:
    """What is the case in each world: copies of all fields, with worlds on the last axis."""
    return {f"{state.key}.{name}": np.array(state.__dict__[name])
            for state in model.members for name in declared(type(state), Field)}


def everything(model: Any) -> dict[str, np.ndarray]:
    """All that is kept of each world between two days: copies, with worlds on the last axis."""
    whole = {"clocks.left": model.clocks.left, "clocks.used": model.clocks.used, "numbers": model.numbers}
    for state in model.members:
        whole |= {f"{state.key}.{name}": state.__dict__[name] for name in declared(type(state), Parameter)}
        whole |= {f"{state.key}.{name} used": state.__dict__[name].used for name in declared(type(state), Stream)}
    return fields(model) | {name: np.array(values) for name, values in whole.items()}


def assert_same(one: dict[str, np.ndarray], other: dict[str, np.ndarray], worlds: Any = slice(None)) -> None:
    """Byte for byte: `one` is these worlds of `other`."""
    assert one.keys() == other.keys()
    for name, values in one.items():
        assert values.tobytes() == np.ascontiguousarray(other[name][..., worlds]).tobytes(), name


def happened(model: Any) -> np.ndarray:
    """How often each event happened in each world: shape (events, n)."""
    table = model.log.table()
    counts = np.zeros((len(model.event_names), model.n), np.int32)
    np.add.at(counts, (table["event"], table["world"]), 1)
    return counts


def drawn(parameter: Parameter, share: Any) -> Any:
    """The quantile of a parameter's prior at `share`, within its hard bounds."""
    return np.clip(parameter.prior.distribution.ppf(share), parameter.low, parameter.high)


def daily_rate(event: str, where: dict[str, Any]) -> float:
    """The rate per day at which an action's clock runs on the first day of a world with these start values."""
    model = crisis(1, start=where, log=False)
    model.clocks.tick(weighed=False, keep=True)
    return float(model.clocks.rates[model.clocks.names.index(event), 0])
