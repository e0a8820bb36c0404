"""The plan of a day's rules: traced or not, every rule gives what it gives when it is asked by itself."""

from __future__ import annotations

import numpy as np
import pytest
from arms_race import ArmsRace, number
from engine_helpers import assert_same, everything, idle, live, model_of, watched
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import DAILY, DeclarationError, RandomStreams, State, count, flag, level
from sim.engine import hazard as clocks
from sim.engine.tracing import Coupled, Table

TABLE = np.array([0.0, -1.5, 0.5], np.float32)
LOOKED_UP = Table(TABLE)


class Rules(State):
    """Rules that share what they work out, and rules that cannot be traced."""

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
        return TABLE[self.stage] + (self.mood() if self.model.day % 2 else self.heights.sum(axis=0))

    @idle(rate="rate", tempo=DAILY)
    def in_place(self):
        total = self.speed * 1
        total += self.weight
        return total

    @idle(rate="rate", tempo=DAILY)
    def counted(self):
        return self.speed * self.model.n


AS_WRITTEN = ["rules.looked_up", "rules.in_place", "rules.counted"]


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


def test_what_is_no_chain_of_ufuncs_is_asked_as_it_is_written():
    clocks = model_of(Rules, n=4).clocks
    assert [name for name, odds in zip(clocks.names, clocks.compiled.odds, strict=True) if odds is None] == AS_WRITTEN
    assert [name for name, _ in clocks.compiled.untraced] == [*AS_WRITTEN, "rules.looked_up"]
    assert [reason.partition(":")[2].partition(": ")[2] for _, reason in clocks.compiled.untraced] == [
        "a rule asks for the value itself", "np.add with out", "a rule reads 4", "np.where"]
    assert all(reason.startswith("test_compiled.py:") for _, reason in clocks.compiled.untraced)


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
    assert one.clocks.compiled is other.clocks.compiled
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


def answered(rule, n=4, day=4, **held):
    """A model whose one rule this is, some days on, its answer and whether it was traced."""
    class Answer(State):
        key = "answer"
        rate = number(0.2, "per day")
        weight = number(0.5)
        speed = level("speed", 0.7)
        heights = level("heights", [0.1, 0.2, 0.3])
        stage = count("stage", 2)
        ready = flag("ready", True)

        @idle(rate="rate", tempo=DAILY)
        def answer(self):
            return rule(self)

    model = watched(model_of(Answer, n=n))
    for name, value in held.items():
        getattr(model.answer, name)[...] = value
    model.day = day
    model.clocks.weigh()
    return model, model.clocks.rates[0], model.clocks.compiled.odds[0] is not None


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("rule", [
    lambda a: a.speed * (a.model.day / 30),
    lambda a: a.speed * (a.model.day - 2) + (a.model.day + 1) * a.stage,
    lambda a: a.speed * ((a.model.day >= 3) & (a.model.day < 9)),
    lambda a: (a.stage > a.model.day) * 2 - (a.ready | (a.model.day == 4)),
    lambda a: a.stage * 0.3 + a.ready * 3 - ~a.ready,
    lambda a: a.speed**2 + a.weight**0.5 + (a.speed - a.stage) ** 2,
    lambda a: 1 / (a.speed * -0.0) + 1 / (a.weight * 0.0 + 1),
    lambda a: np.maximum(a.speed, a.stage) - np.minimum(a.ready, 1),
    lambda a: np.add.reduce(a.heights[1:], axis=0),
    lambda a: np.add.reduce(a.heights > 0.15, axis=0, dtype=np.int16) * a.speed,
    lambda a: sum(a.heights) * a.weight,
    lambda a: a.heights.sum(axis=0) - np.max(a.heights, axis=0) + (a.heights > 0.15).any(axis=0) * a.speed,
    lambda a: LOOKED_UP[a.stage] * a.speed + LOOKED_UP[a.stage],
    lambda a: LOOKED_UP[a.stage],
    lambda a: LOOKED_UP[a.stage - 1],
    lambda a: np.float32(2) * a.stage - np.int16(3) * a.ready,
])
def test_a_traced_rule_has_the_types_and_bits_of_the_rule(rule, n):
    with np.errstate(divide="ignore"):
        model, traced, was = answered(rule, n, speed=np.linspace(0.1, 0.9, n))
        asked = np.broadcast_to(np.float32(rule(model.answer)), n)
    assert was
    assert traced.tobytes() == asked.tobytes()


@pytest.mark.parametrize("rule", [
    lambda a: np.exp(-a.model.day / 30) * a.speed,
    lambda a: np.minimum(a.model.day, 3) / 7 * a.speed,
    lambda a: ((a.model.day >= 3) + (a.model.day >= 2)) * a.speed,
    lambda a: (a.model.day >= 3) * 0.3 * a.speed,
    lambda a: -(a.model.day >= 3) * a.speed,
    lambda a: (a.stage * 100) ** 2.0 + a.stage**0.5,
    lambda a: a.speed ** np.float32(2) + a.speed**a.weight + 0.5**a.speed,
    lambda a: a.speed + max(a.speed.tolist()),
    lambda a: np.array([1, 2, 3], np.float32) @ a.heights,
    lambda a: np.where(a.ready, a.speed, 0) + np.clip(a.speed, 0.2, 0.3),
    lambda a: a.speed * len(a.heights),
], ids=range(11))
def test_what_depends_on_more_is_not_traced(rule):
    model, given_, was = answered(rule, speed=np.linspace(0.1, 0.9, 4))
    assert not was
    assert given_.tobytes() == np.broadcast_to(np.asarray(rule(model.answer), np.float32), 4).tobytes()


def test_a_rule_that_writes_is_not_traced():
    def rule(answer):
        answer.memo = getattr(answer, "memo", 0) + 1
        return answer.speed * answer.memo

    _, odds, was = answered(rule)
    assert not was
    assert odds == pytest.approx(0.7)


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
    assert kind(np.arange(3), RandomStreams(1)).clocks.compiled is not model.clocks.compiled


@pytest.mark.parametrize(("rule", "asked"), [
    (lambda a: a.speed if a.ready else 0, "whether it is true"),
    (lambda a: a.speed * (a.ready and a.stage > 1), "whether it is true"),
    (lambda a: a.speed * (0 < a.weight < 1), "whether it is true"),
    (lambda a: max(a.speed, a.weight), "whether it is true"),
    (lambda a: a.speed * a.ready.any(), "any"),
    (lambda a: a.speed * (a.stage > 1).all(), "all"),
    (lambda a: a.speed - a.speed.mean(), "mean"),
    (lambda a: a.speed - np.mean(a.speed), "mean"),
    (lambda a: a.speed - np.median(a.speed), "median"),
    (lambda a: a.speed / np.max(a.speed), "max"),
    (lambda a: a.speed / np.count_nonzero(a.ready), "count_nonzero"),
    (lambda a: a.speed - np.sum(a.speed, axis=0), "sum"),
    (lambda a: a.speed - np.sum(a.heights), "sum"),
    (lambda a: a.speed - a.heights.min(axis=1), "min"),
    (lambda a: a.speed - np.add.reduce(a.heights, axis=None), "add.reduce"),
    (lambda a: a.speed - np.minimum.reduce(a.speed, initial=0), "minimum.reduce"),
    (lambda a: a.speed + a.speed[0], "the value of world 0"),
    (lambda a: a.speed + sum(a.speed), "the value of world 0"),
])
def test_a_rule_that_asks_one_question_of_all_worlds_is_refused(rule, asked):
    place = rf"^answer.answer \(test_compiled.py:{rule.__code__.co_firstlineno}\)"
    with pytest.raises(Coupled, match=rf"{place} asks one question of all worlds, {asked}: use &"):
        answered(rule)


def test_a_precondition_that_joins_worlds_is_refused_too():
    class Joined(State):
        key = "joined"
        rate = number(0.2, "per day")
        ready = flag("ready")

        @idle(rate="rate", when=lambda joined: joined.ready.any())
        def go(self):
            return 0

    with pytest.raises(DeclarationError, match=r"^joined.go \(test_compiled.py:\d+\) asks one question"):
        model_of(Joined)


def test_a_question_about_the_day_is_no_question_of_worlds():
    _, odds, was = answered(lambda a: a.speed if a.model.day > 3 else a.weight)
    assert not was
    assert odds == pytest.approx(0.7)
