"""The plan of a day's rules: every rule gives what it gives when it is asked by itself, or is refused with what to write."""

from __future__ import annotations

import re

import numpy as np
import pytest
from arms_race import ArmsRace, number
from engine_helpers import assert_same, everything, idle, live, model_of, watched
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import (
    DAILY,
    DeclarationError,
    Ensemble,
    RandomStreams,
    State,
    builds,
    count,
    engines,
    event,
    flag,
    level,
    uniforms,
)
from sim.engine import hazard as clocks
from sim.engine.kernel import BoundKernel, Part
from sim.engine.nodes import Table, Untraceable

TABLE = np.array([0.0, -1.5, 0.5], np.float32)
LOOKED_UP = Table(TABLE)


class Rules(State):
    """Rules that share what they work out."""

    key = "rules"
    rate = number(0.2, "per day")
    weight = number(0.5)
    heights = level("heights", [0.1, 0.2, 0.3])
    speed = level("speed", 0.7)
    stage = count("stage", 1)
    ready = flag("ready", True)

    def mood(self):
        return self.weight * (self.speed - self.ref.speed) + self.heights[1] ** 2

    @idle(rate="rate", tempo=DAILY)
    def shared(self):
        return self.mood() - np.exp(-self.mood()) / 3 + self.stage

    @idle(rate="rate", tempo=DAILY, when=lambda rules: rules.ready)
    def held(self):
        return self.speed

    @idle(rate="rate", tempo=DAILY, when=lambda rules: (rules.stage > 0) & (rules.model.day + 2 > rules.stage))
    def dated(self):
        return self.mood() * (self.model.day >= 3) + np.maximum(self.mood(), 0) ** 0.5

    @idle(rate="rate", tempo=DAILY, when=lambda rules: rules.weight > 0.4)
    def fixed(self):
        return self.weight * 2

    @idle(rate="rate", tempo=DAILY)
    def constant(self):
        return 1

    @idle(rate="rate", tempo=DAILY)
    def summed(self):
        return np.add.reduce(self.heights > 0.15, axis=0, dtype=np.float32) * self.ready - 2 * ~self.ready

    @idle(rate="rate", tempo=DAILY, when=lambda rules: np.where(rules.ready, rules.stage > 0, rules.stage > 1))
    def looked_up(self):
        return LOOKED_UP[self.stage] + np.where(self.model.day % 2, self.mood(), self.heights.sum(axis=0))

    @idle(rate="rate", tempo=DAILY)
    def in_place(self):
        total = self.speed * 1
        total += self.weight
        return total


def one_by_one(model) -> tuple[np.ndarray, np.ndarray]:
    """The log-odds of every rule, and where its precondition holds, each asked by itself."""
    odds, possible = np.zeros_like(model.clocks.rates), np.ones_like(model.clocks.open)
    for row, (rule, when, state) in enumerate(model.clocks.rules):
        odds[row] = rule(state)
        if when is not None:
            possible[row] = when(state)
    return odds, possible


def assert_as_asked(model) -> None:
    """To be called between the weighing of the rules and the running of the clocks."""
    odds, possible = one_by_one(model)
    np.testing.assert_array_equal(model.clocks.open, possible)
    asked = possible.any(axis=1)
    assert model.clocks.rates[asked].tobytes() == odds[asked].tobytes()
    assert not model.clocks.rates[~asked].any()


def stirred(model, seed: int) -> None:
    """Give every field of the rules other values in every world."""
    luck, rules = np.random.default_rng(seed), model.rules
    for held in (rules.heights, rules.speed):
        held[...] = luck.uniform(0, 1, held.shape)
    rules.stage[:], rules.ready[:] = luck.integers(0, 3, model.n), luck.random(model.n) < 0.5


@given(st.integers(0, 10**6), st.sampled_from([1, 2, 40, 2048]), st.booleans())
def test_a_plan_gives_what_the_rules_give_one_by_one(seed, n, spread):
    values = {"rules.weight": np.linspace(0, 1, n) if spread else 0.37}
    model = model_of(Rules, n=n, values=values)
    model.constraints.append(assert_as_asked)
    for day in range(5):
        stirred(model, seed + day)
        model.step()


def test_nobody_looking_changes_nothing():
    seen, alone = (ArmsRace(np.arange(3000), RandomStreams(5)) for _ in range(2))
    watched(seen)
    seen.constraints.append(lambda model: None)
    assert_same(everything(live(seen, 15)), everything(live(alone, 15)))
    assert not alone.clocks.rates.any()


def test_a_parameter_that_is_set_later_counts_from_then_on():
    model = model_of(Rules, n=30)
    model.constraints.append(assert_as_asked)
    model.step()
    model.set("rules.weight", 0.9)
    model.step()
    model.set("rules.weight", 0.1, np.arange(10))
    model.step()
    row = model.clocks.names.index("rules.fixed")
    assert not model.clocks.rates[row, :10].any()
    assert model.clocks.rates[row, 10:].all()


def test_worlds_that_were_chosen_are_weighed_in_their_new_order():
    model = live(ArmsRace(np.arange(60), RandomStreams(3), {"south.by_fear": np.linspace(0, 3, 60)}), 20)
    model.constraints.append(assert_as_asked)
    model.select(np.arange(50, 5, -3))
    live(model, 5)


def test_a_rule_that_is_skipped_today_is_made_anew_when_it_can_happen_again():
    model = model_of(Rules, n=20)
    model.constraints.append(assert_as_asked)
    for stage in (1, 0, 0, 2, 0, 1):
        stirred(model, stage)
        model.rules.stage[:], model.rules.ready[:] = stage, stage == 2
        model.step()


def test_two_models_of_one_class_share_their_plan_and_nothing_else():
    kind = type(model_of(Rules, n=3))
    one, other = (kind(np.arange(n), RandomStreams(1), {"rules.weight": weight}) for n, weight in ((3, 0.2), (50, 0.8)))
    assert one.clocks.order is other.clocks.order
    for model in (one, other):
        model.constraints.append(assert_as_asked)
    for day in range(4):
        for model in (one, other):
            stirred(model, day)
            model.step()


@given(st.integers(0, 10**6), st.sampled_from([3, 40, 700]))
def test_rows_may_be_worked_on_one_at_a_time(seed, n):
    model, usual = model_of(Rules, n=n), clocks.TILE
    clocks.TILE = n
    try:
        model.clocks.allocate()
        model.clocks.refresh()
    finally:
        clocks.TILE = usual
    model.constraints.append(assert_as_asked)
    for day in range(4):
        stirred(model, seed + day)
        model.step()
    assert len(model.clocks.tiles) == len(model.clocks.rules)


class Gated(State):
    key = "gated"
    rate = number(0.9, "per day")
    other = number(0.5)
    ready = flag("ready")

    @idle(rate="rate", tempo=DAILY, when=lambda gated: gated.ready)
    def pass_through(self):
        return 5 * self.other


def test_what_is_set_between_weighing_and_ticking_opens_nothing():
    model = model_of(Gated, n=200)
    model.constraints.append(lambda model: model.set("gated.other", 0.3))
    model.gated.ready[:20] = True
    live(model, 20)
    assert set(np.concatenate([worlds for _, _, worlds, _ in model.log.entries]).tolist()) == set(range(20))


@pytest.mark.parametrize("meddle", ["forbid", "push"])
@pytest.mark.parametrize("ready", [False, True])
def test_what_is_forbidden_or_pushed_counts_whether_all_is_possible_or_nothing(meddle, ready):
    model = model_of(Gated, n=50)
    model.gated.ready[:] = ready
    model.constraints.append(lambda model: (model.clocks.forbid(0, np.arange(10)) if meddle == "forbid"
                                              else model.clocks.push(0, np.arange(10), 2.0)))
    model.step()
    rates = model.clocks.rates[0]
    assert rates[10:].all() == ready
    assert rates[:10].all() == (ready and meddle == "push")
    if ready and meddle == "push":
        assert (rates[:10] > rates[10]).all()


def asking(*rules) -> type[State]:
    """A state with a rule for each of these functions of it."""
    class Answer(State):
        key = "answer"
        rate = number(0.2, "per day")
        weight = number(0.5)
        speed = level("speed", 0.7)
        heights = level("heights", [0.1, 0.2, 0.3])
        stage = count("stage", 2, low=-300, high=300)
        ready = flag("ready", True)
        luck = uniforms("luck")

        def live(self):
            self.stage[:] = self.stage + 1

        @event()
        def follows(self, worlds):
            """Something follows."""

    def declared(rule):
        def odds(answer):
            """Somebody answers."""
            return rule(answer)
        return idle(rate="rate", tempo=DAILY)(odds)

    body = {f"answer_{i}": declared(rule) for i, rule in enumerate(rules)} if len(rules) > 1 else {"answer": declared(*rules)}
    return type("Answers", (Answer,), body)


def answered(rule, n=4, day=4, **held):
    """A model whose one rule this is, some days on, and what its plan gives."""
    model = watched(model_of(asking(rule), n=n))
    for name, value in held.items():
        getattr(model.answer, name)[...] = value
    model.day = day
    model.clocks.weigh()
    return model, model.clocks.rates[0]


def added_in_place(a):
    total = a.speed.copy()
    total += a.weight
    other = total
    total[a.stage > 1] = 0.25
    return other * total


def gathered(a):
    total = np.zeros_like(a.speed)
    for i, height in enumerate(a.heights):
        total += i * height
    total *= 2
    return total


ALSO_IN_C = [
    lambda a: a.speed * (a.model.day / 30),
    lambda a: a.speed * (a.model.day - 2) + (a.model.day + 1) * a.stage,
    lambda a: a.speed * ((a.model.day >= 3) & (a.model.day < 9)),
    lambda a: (a.stage > a.model.day) * 2 - (a.ready | (a.model.day == 4)),
    lambda a: ((a.model.day >= 3) + (a.model.day >= 2)) * a.speed,
    lambda a: (a.model.day >= 3) * 0.3 * a.speed,
    lambda a: -(a.model.day >= 3) * a.speed,
    lambda a: a.speed * (a.model.day % 7 == 0) + a.model.day // 3,
    lambda a: a.stage // 3 + a.stage % 5,
    lambda a: np.minimum(a.model.day, 3) / 7 * a.speed,
    lambda a: np.sqrt(a.model.day) * a.speed + np.abs(3.5 - np.maximum(a.model.day, 2)),
    lambda a: a.speed if a.model.weekly else a.weight,
    lambda a: np.where(a.model.day > 3, a.speed, a.weight),
    lambda a: a.stage * 0.3 + a.ready * 3 - ~a.ready,
    lambda a: a.speed**2 + a.weight**0.5 + (a.speed - a.stage) ** 2 + a.stage**2,
    lambda a: np.maximum(a.speed, a.stage) - np.minimum(a.ready, 1),
    lambda a: np.add.reduce(a.heights[1:], axis=0),
    lambda a: np.add.reduce(a.heights > 0.15, axis=0, dtype=np.int16) * a.speed,
    lambda a: sum(a.heights) * a.weight - a.speed * len(a.heights),
    lambda a: a.heights.sum(axis=0) - np.max(a.heights, axis=0) + (a.heights > 0.15).any(axis=0) * a.speed,
    lambda a: a.heights.mean(axis=0) + np.mean(a.heights > 0.15, axis=0) * a.speed + np.prod(a.heights, axis=0),
    lambda a: np.argmax(a.heights, axis=0) * a.speed + np.argmin(a.heights, axis=0),
    lambda a: LOOKED_UP[np.clip(a.stage, 0, 2)] * a.speed + LOOKED_UP[np.abs(a.stage) % 3],
    lambda a: np.float32(2) * a.stage - np.int16(3) * a.ready,
    lambda a: np.where(a.ready, a.speed, 0) + np.clip(a.speed, 0.2, 0.3) + a.speed.clip(max=0.5),
    lambda a: np.select([a.ready, a.stage > 1], [a.speed, 0.2], 0.1) + np.round(a.speed * 10),
    lambda a: a.speed.astype(np.float64) * 0.1 + a.weight.astype(np.float64),
    added_in_place, gathered,
]
"""Rules as somebody may write them, of which the compiled engine has the bits too."""

ONLY_NUMPY = [
    lambda a: np.exp(-a.model.day / 30) * a.speed,
    lambda a: np.sin(2 * np.pi * a.model.day / 365) * a.speed,
    lambda a: 1 / (a.speed * -0.0) + 1 / (a.weight * 0.0 + 1),
    lambda a: LOOKED_UP[a.stage - 4],
    lambda a: (a.stage * 100) ** 2.0 + np.maximum(a.stage, 0) ** 0.5,
    lambda a: a.speed ** np.float32(2) + a.speed**a.weight + 0.5**a.speed + a.speed**-1 + a.speed**3,
    lambda a: np.hypot(a.speed, a.weight) + np.tanh(a.speed) + np.log1p(a.speed),
]
"""Others, whose bits come from a machine's libraries, that divide by nought, or leave a table's range."""


@pytest.mark.parametrize("n", [1, 300])
@pytest.mark.parametrize("rule", [*ALSO_IN_C, *ONLY_NUMPY])
def test_a_traced_rule_has_the_types_and_bits_of_the_rule(rule, n):
    with np.errstate(all="ignore"):
        luck = np.random.default_rng(n)
        model, traced = answered(rule, n, speed=np.linspace(0.1, 0.9, n), stage=np.arange(n) % 3 + 2,
                                 heights=luck.random((3, n)), ready=luck.random(n) < 0.5)
        asked = np.broadcast_to(np.asarray(rule(model.answer)).astype(np.float32), n)
    assert traced.tobytes() == asked.tobytes()


@pytest.mark.skipif(not engines.may_be_compiled(), reason="there is no C compiler")
def test_the_compiled_engine_has_these_bits_too():
    ours = model_of(asking(*ALSO_IN_C), n=70)
    theirs = type(ours)(np.arange(70), RandomStreams(1))
    for model in (ours, theirs):
        model.answer.speed[:], model.answer.stage[:] = np.linspace(0, 1, 70), np.arange(70) - 35
        model.answer.heights[...] = np.random.default_rng(1).random((3, 70))
    engine = engines.engine_of(ours)
    assert engine.kernel is not None, engine.why
    BoundKernel(engine.kernel, ours).simulate(15, [Part(0, 70, 70)])
    assert_same(everything(ours), everything(live(theirs, 15)))


@pytest.mark.parametrize(("rule", "why"), [
    (lambda a: np.exp(-a.model.day / 30) * a.speed, "np.exp of float64 has other bits elsewhere, that of np.float32 has not"),
    (lambda a: np.tanh(a.speed), "np.tanh of float32 has other bits elsewhere"),
    (lambda a: a.speed % 0.25, "% but of whole numbers by a constant above 0")])
def test_a_rule_with_bits_of_a_library_is_simulated_by_numpy(rule, why, monkeypatch):
    said = []
    monkeypatch.delenv("BRINK_ENGINE", raising=False)
    monkeypatch.setattr(builds, "tell", said.append)
    engine = engines.engine_of(model_of(asking(rule), n=3))
    assert (engine.kernel, engine.why) == (None, why)
    assert said == [f"simulating with NumPy, five to twenty times slower: {why}"]


def test_a_plan_is_made_anew_when_a_rule_is_another_one():
    kind = type(model_of(Gated, n=3))
    event = Gated.__dict__["pass_through"]
    usual, event.odds = event.odds, lambda gated: gated.other * 1
    try:
        model = kind(np.arange(3), RandomStreams(1), {"gated.other": 0.25})
        model.gated.ready[:] = True
        model.clocks.weigh()
        assert model.clocks.rates[0].tolist() == [0.25] * 3
    finally:
        event.odds = usual
    assert kind(np.arange(3), RandomStreams(1)).clocks.order is not model.clocks.order


def changed_in_place(a):
    speed = a.speed
    speed += 1
    return speed


def set_anew(a):
    a.speed = 0.3
    return a.speed


def noted(a):
    a.memo = 1
    return a.speed


def followed(a):
    a.follows(np.flatnonzero(a.ready))
    return 0


def cut(a):
    stage = a.stage * 1
    stage += 0.5
    return stage


@pytest.mark.parametrize(("rule", "says"), [
    (lambda a: a.speed if a.ready else 0, "a branch on a value; use &"),
    (lambda a: a.speed if a.model.day > 3 else a.weight, "a branch on a value; use &"),
    (lambda a: a.speed * (a.ready and a.stage > 1), "a branch on a value; use &"),
    (lambda a: a.speed * (0 < a.weight < 1), "a branch on a value; use &"),
    (lambda a: max(a.speed, a.weight), "a branch on a value; use &"),
    (lambda a: a.speed * a.ready.any(), "one question asked of all worlds; use &"),
    (lambda a: a.speed / np.count_nonzero(a.ready), "one question asked of all worlds; use &"),
    (lambda a: a.speed * (a.stage > 1).all(), ".all() over all worlds; use &"),
    (lambda a: a.speed - a.speed.mean(), ".mean() over all worlds; use &"),
    (lambda a: a.speed - np.mean(a.speed), "np.mean over all worlds; use &"),
    (lambda a: a.speed - np.median(a.speed), "np.median has no meaning for one world; use &"),
    (lambda a: a.speed / np.max(a.speed), "np.max over all worlds; use &"),
    (lambda a: a.speed - np.sum(a.speed, axis=0), "np.sum over all worlds; use &"),
    (lambda a: a.speed - np.sum(a.heights), "a sum or extreme over all worlds; use &"),
    (lambda a: a.speed - a.heights.min(axis=1), "a sum or extreme over all worlds; use &"),
    (lambda a: a.speed - np.add.reduce(a.heights, axis=None), "np.add.reduce over all worlds; use &"),
    (lambda a: a.speed - np.minimum.reduce(a.speed, initial=0), "np.minimum with reduce initial; use &"),
    (lambda a: a.speed + a.speed[0], "the value of world 0; use &"),
    (lambda a: a.speed + sum(a.speed), "the value of world after world; use &"),
    (lambda a: a.speed[a.ready], "the value of some worlds; use &"),
    (lambda a: a.speed[:, None], "the value of world None; use &"),
    (lambda a: a.speed + max(a.speed.tolist()), ".tolist() over all worlds; use &"),
    (lambda a: a.speed * a.model.n, "asks the model for n; keep it as a field or parameter of a state"),
    (lambda a: a.speed * a.speed.shape[0], "the number of worlds; len() counts the entries of a field"),
    (lambda a: TABLE[a.stage], "a value taken as a plain number; use functions of NumPy on it, a Table for numbers"),
    (lambda a: float(a.model.day) * a.speed, "a value taken as a plain number; use functions of NumPy on it"),
    (lambda a: np.maximum.reduce([a.speed, a.weight]), "a value taken as a plain number; use functions of NumPy on it"),
    (lambda a: np.array([1, 2, 3], np.float32) @ a.heights, "np.matmul does not give one value a world; sums over entries are"),
    (lambda a: a.heights[a.stage], "an entry of answer.heights picked by a value; np.select chooses between entries"),
    (lambda a: np.exp(np.float64(0.3) * a.weight) * a.speed, "a number made of parameters alone is float64; make its"),
    (lambda a: np.where(a.ready)[0], "np.where without values; np.flatnonzero gives the worlds"),
    (lambda a: a.luck(np.flatnonzero(a.ready)), "a rule that draws luck; its clock has luck of its own"),
    (lambda a: a.nowhere, "Answers has no nowhere"),
    (lambda a: a.heights[7], "range object index out of range"),
    (changed_in_place, "a rule that changes a field; effects do, and what is done daily; x = x + y makes another x"),
    (set_anew, "a rule that changes a field; effects do"),
    (noted, "writes to memo, which is no field of answer; declare it as a field"),
    (followed, "a rule that makes an event happen; effects do"),
    (cut, "float64 put into int16 in place; write x = x + y, or round it first"),
])
def test_a_rule_without_meaning_for_one_world_is_refused_with_its_place_and_what_to_write(rule, says):
    with pytest.raises(Untraceable) as error:
        answered(rule)
    start, line, told = re.fullmatch(r"(answer\.answer \(tests/engine/test_plan\.py):(\d+): (.*)\)", str(error.value)).groups()
    assert start and told.startswith(says)
    code = rule.__code__
    assert code.co_firstlineno <= int(line) <= max(end for _, end, _, _ in code.co_positions() if end)


@pytest.mark.parametrize(("rule", "gives"), [
    (lambda a: a.heights * 2, "a field with several entries"), (lambda a: a.heights, "a field with several entries"),
    (lambda a: None, "None"), (lambda a: "much", "'much'")])
def test_a_rule_that_gives_no_number_is_refused(rule, gives):
    with pytest.raises(Untraceable, match=rf"^answer.answer \(.*test_plan.py:\d+: gives {gives}, not one number a world\)$"):
        answered(rule)


def test_a_precondition_that_joins_worlds_is_refused_too():
    class Joined(State):
        key = "joined"
        rate = number(0.2, "per day")
        ready = flag("ready")

        @idle(rate="rate", when=lambda joined: joined.ready.any())
        def go(self):
            return 0

    with pytest.raises(DeclarationError, match=r"^joined.go \(.*test_plan.py:\d+: one question asked of all worlds; use &"):
        class Whole(Ensemble):
            states = (Joined,)


def test_an_effect_without_meaning_for_one_world_is_refused_when_it_is_to_be_compiled():
    class Wild(State):
        key = "wild"
        rate = number(0.2, "per day")
        speed = level("speed", 0.7)

        @idle(rate="rate")
        def go(self):
            return 0

        @event()
        def spread(self, worlds):
            """The fastest world shows the way."""
            self.speed[worlds] = self.speed.max()

    model = model_of(Wild)
    with pytest.raises(Untraceable, match=r"^wild.spread \(.*test_plan.py:\d+: .max\(\) over all worlds; use &"):
        engines.traced_day(model)
