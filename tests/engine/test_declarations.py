"""Slips in declarations: each is told when its class is made, in a line of its own."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from arms_race import ArmsRace, number
from engine_helpers import ensemble_of, idle, model_of

from sim.engine import DAILY, DeclarationError, State, count, event, flag, hazard_event, level, normals
from sim.engine.ensemble import OF_LATER_MESA, OF_MODELS, OF_STATES


def state(key="syria", bases=(State,), **declarations) -> type[State]:
    """A class with these declarations, made as a class statement makes it."""
    return type("Syria", bases, {"key": key, **declarations})


def slips(make) -> list[str]:
    with pytest.raises(DeclarationError) as error:
        make()
    return str(error.value).splitlines()


@idle(rate="shut_rat")
def close(self):
    return 0


def no_effect():
    @hazard_event(rate="shut_rate")
    def close(self):
        """Closes the corridor."""
        return 0
    return close


def sets_unknown():
    @hazard_event(rate="shut_rate", sets={"shu": True})
    def close(self):
        """Closes the corridor."""
        return 0
    return close


def sets_own_and_anothers():
    @hazard_event(rate="shut_rate", tempo=DAILY, sets={"shut": True, "iran.angry": 2},
                  then=lambda syria, worlds: syria.opens(worlds[:1]))
    def close(self):
        """Closes the corridor."""
        return 0
    return close


def two_effects():
    return sets_unknown().effect(lambda state, worlds: None)


def opening():
    @event()
    def opens(self, worlds):
        """Opens again."""
        self.shut[worlds] = False
    return opens


def plain():
    return idle(rate="shut_rate")(lambda self: 0)


def no_docstring():
    @event()
    def opens(self, worlds):
        self.shut[worlds] = False
    return opens


RATE = {"shut_rate": number(0.01, "per day")}


@pytest.mark.parametrize(("declarations", "message"), [
    ({"close": close, **RATE}, "syria: close: rate 'shut_rat' is no parameter of it; did you mean 'shut_rate'?"),
    ({"close": close}, "syria: close: rate 'shut_rat' is no parameter of it"),
    ({"missiles": level("missiles", "missiles_at_star"), "missiles_at_start": number(3, "missiles")},
     "syria: missiles: start 'missiles_at_star' is no parameter of it; did you mean 'missiles_at_start'?"),
    ({"close": no_effect(), **RATE}, "syria: close: has no effect: follow it with @close.effect"),
    ({"close": sets_unknown(), "shut": flag("shut"), **RATE},
     "syria: close: sets 'shu', which is no field of it; did you mean 'shut'?"),
    ({"close": two_effects(), "shu": flag("shut"), **RATE},
     "syria: close: has two effects: leave out sets= and then=, or @close.effect"),
    ({"opens": no_docstring()}, "syria: opens: has no docstring: its first line is what people read of it"),
    ({"model": flag("a model")}, "syria.model: hides what every state has under that name"),
    ({"remove": number(1)}, "syria.remove: hides what every state has under that name"),
    ({"live": normals("a draw")}, "syria.live: hides what every state has under that name"),
    ({"ref": count("references")}, "syria.ref: hides what every state has under that name"),
])
def test_a_slip_in_a_state_is_told_when_its_class_is_made(declarations, message):
    assert slips(lambda: state(**declarations)) == [message]


def test_all_slips_are_told_at_once():
    assert len(slips(lambda: state(close=close, opens=no_docstring(), random=flag("chance")))) == 3


def test_a_part_of_a_state_may_leave_its_rate_to_the_whole():
    class Part(State):
        start = level("a level", "at_start")

        @idle(rate="rate", tempo=DAILY)
        def close(self):
            return 0

    assert slips(lambda: state(bases=(Part,))) == ["syria: close: rate 'rate' is no parameter of it",
                                                   "syria: start: start 'at_start' is no parameter of it"]
    assert model_of(state(bases=(Part,), rate=number(0.1, "per day"), at_start=number(1)), n=3).syria.start.tolist() == [1] * 3


def test_an_effect_in_the_head_sets_fields_of_its_own_and_of_others_and_then_calls():
    syria = state(close=sets_own_and_anothers(), opens=opening(), shut=flag("shut"), **RATE)
    model = model_of(syria, state("iran", angry=count("how angry", high=3)), n=4)
    model.syria.close(np.array([1, 2]))
    assert model.syria.shut.tolist() == [False, False, True, False]
    assert model.iran.angry.tolist() == [0, 2, 2, 0]


def test_what_mesa_leaves_to_its_users_can_be_declared():
    model = model_of(state(step=number(0.5), close=plain(), **RATE, advance=flag("goes on", True)), n=2)
    model.step()
    assert model.syria.step.tolist() == [0.5, 0.5]
    assert model.syria.advance.all()


def test_the_names_that_every_state_and_every_model_has_are_complete():
    model = model_of(state(close=plain(), **RATE), n=2)
    public = {name for name in vars(model) if not name.startswith("_")}
    assert public - {"syria", "step"} <= OF_MODELS <= public | set(dir(model)) | OF_LATER_MESA
    assert set(vars(model.syria)) == {*OF_STATES, "close", *RATE}


@pytest.mark.parametrize(("states", "message"), [
    ([state("us"), type("Usa", (State,), {"key": "us"})], "Usa: key 'us' is that of Syria"),
    ([state("us"), state("iran", us=flag("an ally"))], "iran.us: hides the state of that key"),
    ([state("us"), state("iran", us=property(lambda iran: 1))], "iran.us: hides the state of that key"),
    ([state("us", close=sets_own_and_anothers(), shut=flag("shut"), **RATE)],
     "us: close: sets 'iran.angry', which is no field of any state"),
    ([state("")], "Syria: has no key"),
    ([state("clocks")], "Syria: key 'clocks' hides what every model has under that name"),
    ([state("decide")], "Syria: key 'decide' hides what every model has under that name"),
])
def test_a_slip_among_states_is_told_when_the_class_of_the_model_is_made(states, message):
    assert slips(lambda: ensemble_of(*states)) == [message]


def test_a_subclass_adds_checks_of_its_own():
    class Told(State):
        @classmethod
        def problems(cls):
            yield from super().problems()
            if not hasattr(cls, "card") and cls.key:
                yield f"{cls.key}: has no card"

    assert slips(lambda: state(bases=(Told,), close=close)) == ["syria: close: rate 'shut_rat' is no parameter of it",
                                                                "syria: has no card"]
    state(bases=(Told,), card=SimpleNamespace())


def test_what_is_right_passes():
    assert list(ArmsRace.problems()) == []
    assert [problem for cls in ArmsRace.states for problem in cls.problems()] == []
