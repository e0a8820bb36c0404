"""Whatever the parameters within their hard bounds: the model runs, nothing is lost or made from nothing, and every quantity
stays where it can be."""

from __future__ import annotations

import numpy as np
import pytest
from crisis_helpers import crisis, drawn, live
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sim.engine import Field
from sim.engine.declarations import declared
from sim.engine.fields import ROUNDING
from sim.model.crisis import Crisis
from sim.model.outcomes import OUTCOMES, columns
from sim.model.registry import catalogue

SCENARIOS = st.sampled_from(["baseline", "war_to_the_end", "race_for_the_bomb", "missiles_on_the_table"])

def random_sets(n: int, seed: int, extreme: bool = False) -> dict[str, np.ndarray]:
    """A parameter set of its own for each of n worlds, from the priors; `extreme` takes only their 1 and 99 % points."""
    rng = np.random.default_rng(seed)
    shares = rng.choice([0.01, 0.99], (len(catalogue()), n)) if extreme else rng.random((len(catalogue()), n))
    return {key: drawn(entry.declaration, share) for (key, entry), share in zip(catalogue().items(), shares, strict=True)}


class Audited(Crisis):
    """A crisis that keeps book of Iran's missiles and of interceptors: what was made, fired, destroyed, used."""

    def __init__(self, *given, **options) -> None:
        super().__init__(*given, **options)
        self.had, self.built, self.fired, self.destroyed = self.iran.missiles.astype(float), 0.0, 0.0, 0.0
        self.rounds, self.delivered, self.moved = self.israel.rounds().astype(float), 0.0, self.us.reserve.astype(float)

    def live(self) -> None:
        held = self.iran.missiles.astype(float), self.israel.rounds().astype(float)
        self.agents.do("live")
        self.built += self.iran.missiles - held[0]
        self.delivered += self.israel.rounds() - held[1]
        self.exchange_signals(), self.judge(), self.keep_calendar(), self.decide(), self.carry_out()
        self.check_salvo()
        for partner in (self.hezbollah, self.hamas, self.houthis, self.militias):
            partner.fire()
        self.talks.notice_war(), self.war.count_fronts(), self.oil.trade()

    def check_salvo(self) -> None:
        """Let the war be fought, and see that what was fired was there."""
        before, launched = self.iran.missiles.astype(float), self.war.launched_total.copy()
        self.war.fight()
        fired, gone = self.war.launched_total - launched, before - self.iran.missiles
        assert (fired >= 0).all() and (fired <= np.floor(before)).all() and (fired == np.rint(fired)).all()
        assert (gone >= fired - 0.01).all()
        assert not fired[~self.war.iran_answers].any()
        self.fired, self.destroyed = self.fired + fired, self.destroyed + gone - fired


@settings(max_examples=3, phases=[Phase.generate])
@given(st.integers(0, 10**6), SCENARIOS)
def test_missiles_and_interceptors_are_conserved(seed, scenario):
    """fired + left + destroyed = had + built, and rounds used + left = had + delivered + moved into theatre, to .1 %."""
    model = live(crisis(200, scenario, values=random_sets(200, seed), model=Audited, log=False), 150)
    assert (model.built >= 0).all() and (model.destroyed >= -0.01).all() and (model.fired == model.war.launched_total).all()
    left = model.fired + model.destroyed + model.iran.missiles
    np.testing.assert_allclose(left, model.had + model.built, rtol=1e-3)
    came = model.rounds + model.delivered + (model.moved - model.us.reserve)
    np.testing.assert_allclose(model.war.rounds_used + model.israel.rounds(), came, rtol=1e-3)


def out_of_bounds(model: Crisis) -> set[str]:
    """Fields that hold what they cannot."""
    return {f"{state.key}.{name}" for state in model.members for name, field in declared(type(state), Field).items()
            if field.wrong(state.__dict__[name]).any()}


def out_of_range(model: Crisis) -> set[str]:
    """Fields beyond their declared range; of stocks that are recorded, the top only ends their histogram."""
    found = set()
    for state in model.members:
        for name, field in declared(type(state), Field).items():
            room, top = ROUNDING * (field.high - field.low), field.limits[1] if field.record else field.high
            held = state.__dict__[name]
            if field.dtype != bool and (held.min() < field.low - room or held.max() > top + room):
                found.add(f"{state.key}.{name}")
    return found


def at_every_bound(each: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Parameter values and luck numbers of worlds in which one parameter is at one of its bounds: `each` for every bound."""
    ends = [(key, end) for key, entry in catalogue().items() for end in (entry.declaration.low, entry.declaration.high)]
    values = {key: np.full(len(ends) * each, entry.declaration.default, np.float32) for key, entry in catalogue().items()}
    for i, (key, end) in enumerate(ends):
        values[key][i * each:(i + 1) * each] = end
    return values, np.tile(np.arange(each), len(ends))


def at_corners(sets: int, each: int, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The same of worlds in which every parameter is at one of its bounds, by lot."""
    lot = np.random.default_rng(seed).random((len(catalogue()), sets)) < 0.5
    ends = [(entry.declaration.low, entry.declaration.high) for entry in catalogue().values()]
    values = {key: np.repeat(np.where(low, *end), each) for key, low, end in zip(catalogue(), lot, ends, strict=True)}
    return values, np.tile(np.arange(each), sets)


def lived_strictly(values: dict[str, np.ndarray], numbers: np.ndarray, days: int, scenario: str = "baseline") -> Crisis:
    """A crisis in which every write was checked, and in which no operation of NumPy's gave what is no number."""
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        return live(crisis(scenario=scenario, values=values, numbers=numbers, log=False), days)


def test_every_parameter_has_two_finite_bounds_about_its_default_and_its_prior():
    for key, entry in catalogue().items():
        one = entry.declaration
        low, high = one.prior.interval(0.9)
        assert np.isfinite([one.low, one.high]).all(), key
        assert one.low <= one.default <= one.high, key
        assert one.low <= low < high <= one.high, key


@pytest.mark.parametrize("values", [at_every_bound(1), at_corners(200, 4, seed=1)], ids=["each bound", "corners"])
def test_the_model_runs_at_the_bounds_of_its_parameters(values, monkeypatch):
    """Every write is checked."""
    monkeypatch.setenv("BRINK_DEBUG", "1")
    assert out_of_bounds(lived_strictly(*values, days=12)) == set()


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["baseline", "war_to_the_end"])
@pytest.mark.parametrize("values", [at_every_bound(24), at_corners(200, 24, seed=2)], ids=["each bound", "corners"])
def test_the_model_runs_long_at_the_bounds_of_its_parameters(values, scenario, monkeypatch):
    monkeypatch.setenv("BRINK_DEBUG", "1")
    assert out_of_bounds(lived_strictly(*values, days=60, scenario=scenario)) == set()


@pytest.mark.slow
def test_the_model_runs_for_long_at_the_bounds_with_one_world_each_of_its_parameters():
    """Long enough for what grows by a share a day to overflow."""
    for values in (at_every_bound(1), at_corners(100, 1, seed=3)):
        assert out_of_bounds(lived_strictly(*values, days=500)) == set()


def test_every_field_stays_within_its_declared_range_for_a_year():
    """At default parameters, in what is quiet and in what is hot."""
    for scenario, days in (("baseline", 365), ("war_to_the_end", 120)):
        model, beyond = crisis(400, scenario, log=False), set()
        for _ in range(days // 5):
            beyond |= out_of_range(live(model, 5))
        assert beyond == set()


@settings(max_examples=3, phases=[Phase.generate])
@given(st.integers(0, 10**6), SCENARIOS, st.booleans())
def test_every_field_stays_within_its_bounds(seed, scenario, extreme):
    model = crisis(150, scenario, values=random_sets(150, seed, extreme), log=False)
    for _ in range(15):
        live(model, 10)
        assert out_of_bounds(model) == set()
        for observer in (model.us, model.israel, model.talks):
            np.testing.assert_allclose(observer.belief.sum(axis=0), 1, atol=1e-4)
        assert model.war.rung.max() <= 10 and model.us.light.max() <= 3 and model.iran.stage.max() <= 5
        assert (model.us.carriers + (model.us.sailing > 0).sum(axis=0)).max() <= 3


@settings(max_examples=2, phases=[Phase.generate])
@given(st.integers(0, 10**6), SCENARIOS)
def test_outcomes_are_finite_and_of_their_kind(seed, scenario):
    model = live(crisis(150, scenario, values=random_sets(150, seed), log=False), 150)
    for outcome in OUTCOMES:
        column = columns(model)[outcome.id]
        assert column.shape == (150,) and np.isfinite(column).all(), outcome.id
        if outcome.kind == "probability":
            assert np.isin(column, (0, 1)).all(), outcome.id
        elif outcome.kind == "day":
            assert ((column >= -1) & (column < 150)).all(), outcome.id
        elif outcome.kind == "code":
            assert ((column >= 0) & (column < len(outcome.labels))).all(), outcome.id
        else:
            assert (column >= 0).all(), outcome.id


def test_what_excludes_each_other_never_holds_at_once():
    """Over a year of 512 worlds of a hot scenario, looked at every day."""
    model = crisis(512, "war_to_the_end")
    for _ in range(365):
        live(model, 1)
        war = model.war
        assert ((war.israel_in | war.us_in) == war.on).all()
        assert not (war.iran_answers & ~war.on).any()
        assert (war.rung[war.on] >= 5).all() and (war.rung[~war.on] == 3).all()
        assert not (model.talks.open & war.on).any()
        assert not (model.hezbollah.for_iran & ~model.hezbollah.fighting).any()
        assert not (model.houthis.at_ships & ~model.houthis.fighting).any()
        assert ((model.talks.deal > 0) == (model.talks.state >= 4)).all()
        assert not (model.gaza.at_war & model.gaza.frozen).any()


@pytest.mark.slow
def test_two_years_overflow_no_counter():
    """In 256 worlds with parameter sets of their own; no whole number comes near the end of int16."""
    model = live(crisis(256, values=random_sets(256, 1), log=False), 730)
    for state in model.members:
        for name, field in declared(type(state), Field).items():
            if field.dtype == np.int16:
                held = state.__dict__[name]
                assert held.min() >= min(field.low, -1) and held.max() < 10_000, f"{state.key}.{name}"
