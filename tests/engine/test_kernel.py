"""The compiled day has the bytes of the interpreter: state, thresholds, counters and log, in all that a model can do."""

from __future__ import annotations

import numpy as np
import pytest
from arms_race import ArmsRace
from engine_helpers import assert_same, everything, model_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim.engine import (
    DAILY,
    RandomStreams,
    State,
    count,
    engines,
    event,
    exponentials,
    flag,
    hazard_event,
    level,
    moment,
    normals,
    uniforms,
)
from sim.engine.kernel import BEFORE, FROM_CLOCKS, BoundKernel, Part
from sim.engine.nodes import Table
from sim.engine.parameters import Parameter
from sim.engine.types import record_first, worlds_where

DAYS = 60


def kernel(model) -> BoundKernel:
    """The kernel at work on a model; the test is skipped where there is no compiler."""
    engine = engines.engine_of(model)
    if not engines.may_be_compiled():
        pytest.skip(engine.why)
    assert engine.kernel is not None, engine.why
    return BoundKernel(engine.kernel, model)


def compiled(model, days, **more):
    """The model after so many more days, simulated by the kernel."""
    kernel(model).simulate(model.day + days, [Part(0, model.n, model.n)], **more)
    return model


def interpreted(model, days):
    for _ in range(days):
        model.step()
    return model


def log(model):
    """The log world by world."""
    table = model.log.table()
    order = np.argsort(table["world"], kind="stable")
    return {name: column[order] for name, column in table.items()}


def assert_equal(one, other):
    assert_same(everything(one), everything(other))
    ours, theirs = log(one), log(other)
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)


def race(n, seed=1, **more):
    return ArmsRace(np.arange(n), RandomStreams(seed), **more)


@pytest.mark.parametrize("n", [1, 63, 64, 65, 300])
def test_any_number_of_worlds(n):
    assert_equal(compiled(race(n), DAYS), interpreted(race(n), DAYS))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**63 - 1), fear=st.floats(0, 5), rate=st.floats(0, 1), spread=st.booleans())
def test_any_luck_and_parameters_in_all_worlds_or_in_each(seed, fear, rate, spread):
    values = {"south.by_fear": np.linspace(0, fear, 70) if spread else fear, "north.attack_rate": rate}
    assert_equal(compiled(race(70, seed, values=values), DAYS), interpreted(race(70, seed, values=values), DAYS))


def test_start_values():
    start = {"north.arms": np.linspace(0.5, 3, 80)}
    assert_equal(compiled(race(80, start=start), DAYS), interpreted(race(80, start=start), DAYS))


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_and_parts_change_nothing(threads):
    ours = race(333)
    kernel(ours).simulate(DAYS, [Part(0, 100, 100), Part(100, 333, 333)], threads=threads)
    assert_equal(ours, interpreted(race(333), DAYS))


def test_a_day_at_a_time_and_half_a_day_at_a_time():
    ours, parts = race(90), [Part(0, 90, 90)]
    by_kernel = kernel(ours)
    for day in range(1, DAYS + 1):
        by_kernel.simulate(day, parts, BEFORE)
        by_kernel.simulate(day, parts, FROM_CLOCKS)
    assert_equal(ours, interpreted(race(90), DAYS))


def test_both_engines_in_turns():
    ours = race(90)
    for _ in range(6):
        interpreted(compiled(ours, 5), 5)
    assert_equal(ours, interpreted(race(90), DAYS))


def test_selections_and_forks():
    def lived(days):
        model = race(120)
        days(model, 20)
        model.select(np.arange(110, 5, -2))
        days(model, 20)
        model.fork(7, 75, "a fork")
        days(model, 20)
        return model
    assert_equal(lived(compiled), lived(interpreted))


def test_a_parameter_that_is_set_counts_from_then_on():
    def lived(days):
        model = race(80)
        days(model, 20)
        model.set("south.by_fear", 3.0, np.arange(30))
        return days(model, 40)
    assert_equal(lived(compiled), lived(interpreted))


def test_what_is_forbidden_and_pushed():
    def bent(model):
        clocks = model.clocks
        clocks.forbid(clocks.names.index("north.attack"), np.arange(20))
        clocks.push(clocks.names.index("south.mobilise"), np.arange(10, 60), 1.5)

    ours, theirs, parts = race(70), race(70), [Part(0, 70, 70)]
    by_kernel = kernel(ours)
    for model in (ours, theirs):
        model.constraints.append(bent)
    for day in range(1, DAYS + 1):
        by_kernel.simulate(day, parts, BEFORE)
        push, open_ = ours.bend()
        by_kernel.simulate(day, parts, FROM_CLOCKS, push, open_)
    assert_equal(ours, interpreted(theirs, DAYS))


def test_the_log_is_kept_as_far_as_it_is_wanted():
    model = race(200)
    kernel(model).simulate(DAYS, [Part(0, 100, 30), Part(100, 200, 120)])
    whole = log(interpreted(race(200), DAYS))
    wanted = (whole["world"] < 30) | ((whole["world"] >= 100) & (whole["world"] < 120))
    ours = log(model)
    assert all(np.array_equal(ours[name], whole[name][wanted]) for name in whole)


class Odometer(State):
    key = "odometer"
    rate = Parameter(0.3, (2.0,), "per day", "Rate.", high=10.0)
    shown, high, low = count("shown", 1), level("high", 0.0), level("low", 0.0)

    def live(self):
        """Numbers of 16 bits go round, in the midst of an expression too."""
        self.high = np.float32(1) * (self.shown * 300 > 500) + (self.shown + 32000 < 0)
        self.shown = self.shown * 7 + 9000 - self.shown // 2
        self.low = (-self.shown) * np.float32(0.5)


class Turned(Odometer):
    key = "turned"

    @hazard_event(rate="rate", tempo=DAILY)
    def turn(self):
        """It turns."""
        return self.high - self.low

    @turn.effect
    def _(self, worlds):
        self.shown[worlds] = 1


@pytest.mark.parametrize("state", [Odometer, Turned])
def test_whole_numbers_go_round_alike_with_and_without_a_clock(state):
    ours, theirs = model_of(state, n=70), model_of(state, n=70)
    assert_equal(compiled(ours, 40), interpreted(theirs, 40))
    assert len(ours.events) == (state is Turned)


# a model made by chance

UNARY = (np.negative, np.exp, np.square, np.sqrt, np.rint, np.floor, np.abs, lambda x: np.log(np.maximum(x, 0.01)))
BINARY = (np.add, np.subtract, np.multiply, np.maximum, np.minimum, lambda x, y: x / (np.abs(y) + 1),
          lambda x, y: np.where(x > y, x, y * 2), lambda x, y: (x > 0.2) * y, lambda x, y: x - (y <= 0.5))
STEPS = Table([0.1, -0.2, 0.4, 0.9])


@st.composite
def expressions(draw, depth=3):
    """A function of a state that gives a number near nought."""
    def build(depth):
        if depth == 0 or draw(st.integers(0, 3)) == 0:
            leaf = draw(st.integers(0, 5))
            number = draw(st.floats(-2, 2, width=32))
            return (lambda s: s.mood, lambda s: s.weight * number, lambda s: s.stage * np.float32(0.25), lambda s: s.rows[1],
                    lambda s: STEPS[np.minimum(s.stage, 3)], lambda s: s.mood - s.ref.mood)[leaf]
        if draw(st.booleans()):
            one, inner = draw(st.sampled_from(UNARY)), build(depth - 1)
            return lambda s: np.minimum(one(np.minimum(np.abs(inner(s)), 20)), 50)
        two, left, right = draw(st.sampled_from(BINARY)), build(depth - 1), build(depth - 1)
        return lambda s: two(left(s), right(s))
    return build(depth)


def by_chance(odds, effects, gate):
    """A state whose rules and effects are these functions."""
    class Chance(State):
        key = "chance"
        rate = Parameter(0.3, (2.0,), "per day", "Rate.", high=10.0)
        weight = Parameter(0.5, (2.0,), "share", "Weight.")
        mood, worst = level("mood", 0.4, -5, 5), level("worst", 0.0, -5, 5)
        rows = level("rows", [0.1, 0.2, 0.3], -5, 5)
        stage, ready, first = count("stage", 1, high=10), flag("ready", True), moment("first")
        noise, spread, wait = normals("noise"), uniforms("spread", slots=2), exponentials("wait")

        def live(self):
            self.mood = np.minimum(np.maximum(0.9 * self.mood + 0.2 * self.noise.on(self.model.day), -5), 5)
            crossed = worlds_where(self.mood > 1)
            self.stage[crossed] = np.minimum(self.stage[crossed] + 1, 9)
            if self.model.weekly:
                self.ready = self.mood > -0.5

        @event()
        def follows(self, worlds):
            """Something follows."""
            record_first(self.first, worlds, self.model.day)
            self.rows[2, worlds] = self.wait(worlds)

        @hazard_event(rate="rate", tempo=DAILY, when=lambda s: s.ready & (gate(s) < 1), group="one")
        def act(self):
            """Somebody acts."""
            return odds[0](self)

        @act.effect
        def _(self, worlds):
            one, two = self.spread(worlds)
            self.worst[worlds] = np.minimum(np.maximum(effects[0](self)[worlds] + one, -5), 5)
            self.follows(worlds[two < 0.5])

        @hazard_event(rate="rate", tempo=DAILY, group="one")
        def react(self):
            """Somebody reacts."""
            return odds[1](self)

        @react.effect
        def _(self, worlds):
            self.mood[worlds] = np.minimum(np.maximum(effects[1](self)[worlds], -5), 5)
            self.ready[worlds] = self.worst[worlds] > 0
    return Chance


@settings(max_examples=6, deadline=None, derandomize=True, phases=(Phase.generate,),
          suppress_health_check=[HealthCheck.too_slow])
@given(st.tuples(expressions(), expressions()), st.tuples(expressions(), expressions()), expressions(), st.booleans())
def test_a_model_made_by_chance(odds, effects, gate, spread):
    with np.errstate(all="ignore"):
        values = {"chance.weight": np.linspace(0, 1, 65)} if spread else {}
        ours = model_of(by_chance(odds, effects, gate), n=65, values=values)
        theirs = type(ours)(np.arange(65), RandomStreams(1), values)
        assert_equal(compiled(ours, 30), interpreted(theirs, 30))
