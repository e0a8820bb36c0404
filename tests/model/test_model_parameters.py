"""No parameter is without effect: turned to the far end of its prior, it changes what happens in some world."""

from __future__ import annotations

from itertools import compress

import numpy as np
import pytest
from crisis_helpers import crisis, drawn, fields, happened, live

from sim.model.outcomes import columns
from sim.model.registry import catalogue
from sim.scenario.scenario import load

pytestmark = pytest.mark.slow

STAGES = (("baseline", 8192, 100), ("war_to_the_end", 4096, 200), ("race_for_the_bomb", 4096, 365),
          ("missiles_on_the_table", 4096, 365), ("war_to_the_end", 8192, 365), ("race_for_the_bomb", 8192, 365))
"""Scenario, worlds in all, days. What shows no effect in one stage goes on to the next, with more worlds for each."""


def without_effect(keys: list[str], scenario: str, worlds: int, days: int) -> tuple[list[str], list[str]]:
    """Of these parameters, those that change no field and no event, and those that change no event and no outcome.

    Each has a group of worlds of its own beside an unchanged group, all on the same luck numbers.
    """
    set_already, values, group = load(scenario).parameters, {}, worlds // (len(keys) + 1)
    for at, key in enumerate(keys, start=1):
        parameter = catalogue()[key].declaration
        usual = set_already.get(key, parameter.default)
        values[key] = np.full((len(keys) + 1, group), usual, np.float32)
        values[key][at] = max(drawn(parameter, [0.005, 0.995]), key=lambda end: abs(end - usual))
    numbers = np.tile(np.arange(group), len(keys) + 1)
    model = live(crisis(scenario=scenario, values={k: v.reshape(-1) for k, v in values.items()}, numbers=numbers), days)
    changed_fields, changed_events, changed_outcomes = (
        sum(differs(held, group) for held in table) > 0
        for table in (fields(model).values(), [happened(model)], columns(model).values()))
    model.release()
    return (list(compress(keys, ~(changed_fields | changed_events))),
            list(compress(keys, ~(changed_events | changed_outcomes))))


def differs(held: np.ndarray, group: int) -> np.ndarray:
    """Which groups but the first differ from the first in any world."""
    apart = held.reshape(-1, held.shape[-1] // group, group)
    return (apart[:, 1:] != apart[:, :1]).any(axis=(0, 2)).astype(int)


@pytest.fixture(scope="module")
def idle() -> tuple[set[str], set[str]]:
    """The parameters that none of the stages shows to change a field, and those that change no event or outcome."""
    silent = harmless = set(catalogue())
    for scenario, worlds, days in STAGES:
        keys = [key for key in catalogue() if key in silent | harmless]
        if keys:
            here = without_effect(keys, scenario, worlds, days)
            silent, harmless = (left & set(now) for left, now in zip((silent, harmless), here, strict=True))
    return silent, harmless


def test_every_parameter_changes_what_is_the_case(idle):
    assert sorted(idle[0]) == []


def test_every_parameter_changes_what_happens(idle):
    assert sorted(idle[1]) == []
