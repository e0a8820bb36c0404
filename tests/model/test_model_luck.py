"""The same luck: worlds differ by what follows from a change, and by nothing else; and a world does not know its company."""

from __future__ import annotations

import numpy as np
import pytest
from crisis_helpers import assert_same, crisis, everything, fields, live
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sim.engine import Event, RandomStreams
from sim.model.registry import catalogue, events

RATES = sorted({f"{entry.owner.key}.{entry.declaration.rate}" for entry in events().values()
                if isinstance(entry.declaration, Event) and entry.declaration.clocked})
FELT = {"fear_at_rest", "fear_of_tension", "trust_in_reassurance", "fear_of_carriers", "fear_of_ultimatum", "fallback_pressure",
        "fallback_hawks"}
"""Weights that move a feeling or a fallback, and so a field, before any event."""
WEIGHTS = sorted(key for key, entry in catalogue().items()
                 if entry.declaration.unit == "log-odds" and key.partition(".")[2] not in FELT)

CUT = {f"{partner}.solidarity": 0 for partner in ("hezbollah", "hamas", "houthis", "militias")} | {
    "gaza.strain": 0, "israel.by_gaza_front": 0, "hamas.act_alone_rate": 0, "hamas.join_rate": 0}
"""All arrows from Gaza to the rest of the world, switched off."""
COUNTS_GAZA = {"war.last_fire", "war.fronts", "war.regional_day"}
"""What by its meaning counts the front in Gaza."""


def events_today(model) -> np.ndarray:
    """Which events happened on the last day, by event and world."""
    today = np.zeros((len(model.event_names), model.n), bool)
    for day, event, worlds, _ in reversed(model.log.entries):
        if day < model.day - 1:
            break
        today[event, worlds] = True
    return today


def assert_same_until_an_event_differs(one, other, days: int) -> np.ndarray:
    """Step both; returns the worlds in which no event has differed to the end."""
    same = np.ones(one.n, bool)
    for _ in range(days):
        live(one, 1), live(other, 1)
        same &= (events_today(one) == events_today(other)).all(axis=0)
        before, after = fields(one), fields(other)
        for name in before:
            assert (before[name] == after[name])[..., same].all(), name
    return same


@settings(max_examples=6, phases=[Phase.generate])
@given(st.dictionaries(st.sampled_from(RATES + WEIGHTS), st.floats(0, 3), min_size=1, max_size=3))
def test_worlds_are_identical_up_to_the_first_day_on_which_any_event_differs(factors):
    values = {key: min(catalogue()[key].declaration.default * factor, catalogue()[key].declaration.high)
              for key, factor in factors.items()}
    assert_same_until_an_event_differs(crisis(96), crisis(96, values=values), 100)


def test_a_change_that_matters_leaves_other_worlds_as_they_were():
    """Twice the rate of lone strikes: some of 256 worlds differ within 120 days, most do not."""
    same = assert_same_until_an_event_differs(crisis(256), crisis(256, values={"israel.lone_strike_rate": 0.0012}), 120)
    assert 0.5 < same.mean() < 1


@pytest.mark.slow
def test_with_its_arrows_cut_gaza_changes_nothing_elsewhere():
    """Frozen or not, in each of 2,048 worlds: nothing differs after a year but Gaza, Hamas and the count of fronts."""
    moving, frozen = (fields(live(crisis(2048, values=CUT, start=start), 365)) for start in ({}, {"gaza.frozen": True}))
    differing = {name for name in moving if (moving[name] != frozen[name]).any() and name not in COUNTS_GAZA}
    assert {name for name in differing if not name.startswith(("gaza.", "hamas."))} == set()
    assert {"gaza.deaths", "gaza.phase"} < differing


def test_gaza_matters_as_long_as_its_arrows_are_there():
    moving, frozen = (fields(live(crisis(512, start=start), 200)) for start in ({}, {"gaza.frozen": True}))
    assert (moving["houthis.first_fight"] != frozen["houthis.first_fight"]).any()
    assert (moving["war.tension"] != frozen["war.tension"]).any()


# exactness

DAYS = 120


@pytest.fixture(scope="module")
def block():
    """All that is kept of a whole block of 2,048 worlds after 120 days."""
    return everything(live(crisis(2048), DAYS))


@pytest.mark.parametrize("worlds", [np.array([1041]), np.arange(333), np.arange(700)[::-1], np.repeat(np.arange(40, 60), 3)],
                         ids=["one", "333", "reversed", "repeated"])
def test_a_world_is_the_same_in_any_company(block, worlds):
    assert_same(everything(live(crisis(numbers=worlds), DAYS)), block, worlds)


def test_a_block_is_the_same_beside_another():
    both = crisis(numbers=np.arange(1500, 2600))
    later = crisis(numbers=np.arange(2048, 2600), luck=RandomStreams(1))
    assert_same(everything(live(later, 100)), everything(live(both, 100)), slice(548, None))


def test_parameters_as_arrays_give_the_same_worlds_as_single_numbers():
    spread = {key: np.full(128, entry.declaration.default) for key, entry in catalogue().items()}
    one, other = (everything(live(crisis(128, values=values), DAYS)) for values in ({}, spread))
    assert_same(one, other)


def test_many_parameter_sets_side_by_side_equal_one_at_a_time():
    sets = [{"israel.missile_trigger": 0.62, "war.crisis_pace": 4.0}, {"israel.missile_trigger": 0.8, "war.crisis_pace": 9.0}]
    together = {key: np.repeat([one[key] for one in sets], 64) for key in sets[0]}
    beside = everything(live(crisis(numbers=np.tile(np.arange(64), 2), values=together), DAYS))
    for at, alone in enumerate(sets):
        assert_same(everything(live(crisis(64, values=alone), DAYS)), beside, slice(64 * at, 64 * (at + 1)))


# select and fork

def at_midyear(values=None):
    return live(crisis(300, "war_to_the_end", values={"us.by_carriers": np.linspace(0.3, 1, 300)} | (values or {})), 120)


def test_a_permutation_and_its_inverse_leave_the_whole_model_as_it_was():
    model, order = at_midyear(), np.random.default_rng(1).permutation(300)
    whole = everything(model)
    model.select(order)
    assert_same(everything(model), whole, order)
    model.select(np.argsort(order))
    assert_same(everything(model), whole)
    assert_same(everything(live(model, 40)), everything(live(at_midyear(), 40)))


def test_chosen_worlds_go_on_as_they_would_have():
    model, chosen = at_midyear(), np.array([7, 7, 299, 0, 150])
    model.select(chosen)
    assert_same(everything(live(model, 60)), everything(live(at_midyear(), 60)), chosen)


def test_a_fork_keeps_the_state_and_takes_fresh_luck():
    model = at_midyear()
    world = int(np.flatnonzero(model.war.on)[0])
    before = fields(model)
    model.fork(world, 500, "what next")
    for name, values in fields(model).items():
        assert (values == before[name][..., world:world + 1]).all(), name
    live(model, 60)
    assert np.unique(model.israel.alarm).size > 450 and 0 < model.war.on.mean() < 1


def test_forks_of_two_scenarios_under_one_tag_stay_paired():
    """From a world that both have in common: future for future the same, until an event differs."""
    one, other = at_midyear(), at_midyear({"talks.deal_rate": 0.01})
    alike = [(held == fields(other)[name]).reshape(-1, 300).all(axis=0) for name, held in fields(one).items()]
    world = int(np.flatnonzero(np.all(alike, axis=0))[0])
    for model in (one, other):
        model.fork(world, 200, "paired")
    same = assert_same_until_an_event_differs(one, other, 60)
    assert same.mean() > 0.02
