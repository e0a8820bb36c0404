"""Truth and belief are different things: nobody decides on what only another one knows."""

from __future__ import annotations

import numpy as np
import pytest
from crisis_helpers import crisis, live

from sim.engine import Field
from sim.engine.declarations import declared
from sim.model.crisis import Crisis

NATURE = {"talks", "gaza", "war", "oil", "street"}
"""Arenas decide nothing: their hazards are what really happens, and may follow the truth."""

HIDDEN = [(state.key, name) for state in Crisis.states for name, field in declared(state, Field).items() if field.hidden]


@pytest.fixture(scope="module", params=[("baseline", 40), ("war_to_the_end", 150), ("race_for_the_bomb", 200)],
                ids=lambda given: given[0])
def running(request):
    """512 worlds in mid-run, some of them at war in every scenario."""
    model = live(crisis(512, request.param[0]), request.param[1])
    assert model.war.on.any()
    return model


def weighed(model: Crisis) -> tuple[np.ndarray, np.ndarray]:
    """What every action's rate is made of now: log-odds, and whether it is possible."""
    model.clocks.weigh()
    return model.clocks.rates * model.clocks.open, model.clocks.open.copy()


def other_truths(field: Field, held: np.ndarray) -> list[np.ndarray]:
    """What a hidden field might be instead."""
    if field.dtype == bool:
        return [~held]
    if field.dtype == np.int16:
        return [np.where(held > 0, 0, 3), np.minimum(held + 1, field.high), np.zeros_like(held)]
    return [held / 2, held * 1.5 + 0.1, np.zeros_like(held)]


def test_somebody_has_something_to_hide():
    assert {key for key, _ in HIDDEN} == {"us", "israel", "iran", "hezbollah", "houthis"}


@pytest.mark.parametrize(("key", "name"), HIDDEN, ids=lambda part: part)
def test_only_its_owner_decides_on_a_hidden_truth(running, key, name):
    state = getattr(running, key)
    held = getattr(state, name)
    truth, before = held.copy(), weighed(running)
    for other in other_truths(declared(type(state), Field)[name], truth):
        held[...] = other
        changed = sum((now != then).any(axis=1) for now, then in zip(weighed(running), before, strict=True))
        held[...] = truth
        deciders = {running.clocks.names[row].partition(".")[0] for row in np.flatnonzero(changed)}
        assert deciders <= NATURE | {key}


@pytest.mark.parametrize(("key", "name", "deciders"), [
    ("iran", "stage", {"iran"}), ("iran", "setback", {"iran"}), ("israel", "preparing", {"israel"}),
    ("israel", "urge", {"israel"}), ("israel", "hezbollah_seen", {"israel", "hezbollah"}), ("us", "verdict", {"us"})])
def test_what_an_actor_knows_or_believes_does_move_it(running, key, name, deciders):
    """So that the test above does not pass because nothing is weighed at all."""
    held = getattr(getattr(running, key), name)
    kept, before = held.copy(), weighed(running)
    held[...] = ~held if held.dtype == bool else np.where(held > 0, held - 1, 1)
    changed = sum((now != then).any(axis=1) for now, then in zip(weighed(running), before, strict=True))
    held[...] = kept
    assert {running.clocks.names[row].partition(".")[0] for row in np.flatnonzero(changed)} & deciders
