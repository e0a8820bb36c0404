"""The ensemble: n worlds of one model, and its states. The only module that imports Mesa."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import mesa
import numpy as np

from sim.engine.checked import guarded
from sim.engine.declarations import declared, model_problems, refuse, state_problems
from sim.engine.events import BoundEvent, Event
from sim.engine.fields import FLOAT, Field, override_start
from sim.engine.hazard import HazardClocks
from sim.engine.log import EXOGENOUS, Log
from sim.engine.parameters import Parameter
from sim.engine.streams import BoundStream, RandomStreams, Stream
from sim.engine.types import Array, WorldIndex

OF_STATES = {"model", "pos", "ref", "unique_id"}
OF_LATER_MESA = {"agent_id_counter", "data_registry", "subscribers"}
"""Names of instance attributes that models have from Mesa 3.4 or 3.5 on."""
OF_MODELS = {*OF_LATER_MESA, "cause", "clocks", "constraints", "day", "event_names", "events", "log", "luck",
             "members", "n", "numbers", "observers", "pre_step", "random", "rng", "running", "steps"}
"""Names of instance attributes that every state and every model has: ours and Mesa's."""

LEFT_TO_USERS = {"step", "advance"}
"""Methods of Mesa's agents that are empty and that the engine never calls."""


class State(mesa.Agent):
    """A part of a model: a Mesa agent whose attributes are arrays over worlds.

    A subclass sets its `key` and declares parameters, fields, draws and events as class attributes. `ref` holds the
    default start values and default parameters, so that a term can be centred: `self.tension - self.ref.tension`.
    """

    key: ClassVar[str] = ""
    model: Ensemble

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        refuse(cls.problems())

    @classmethod
    def problems(cls) -> Iterator[str]:
        """What is wrong with the declarations of this class, one line each: making it raises DeclarationError if anything is.

        A subclass that checks more yields from `super().problems()` first.
        """
        yield from state_problems(cls, {*dir(State), *OF_STATES} - LEFT_TO_USERS)

    def __init__(self, model: Ensemble, values: Mapping[str, Any], start: Mapping[str, Any]) -> None:
        super().__init__(model)
        self.ref = reference(type(self))
        for name, parameter in declared(type(self), Parameter).items():
            self.__dict__[name] = parameter.broadcast(values.get(name, parameter.default), model.n)
        for name, field in declared(type(self), Field).items():
            self.__dict__[name] = guarded(field.allocate(model.n), field, f"{self.key}.{name}")
            field.fill(self)
            if name in start:
                override_start(self.__dict__[name], start[name])
        for name, event in declared(type(self), Event).items():
            self.__dict__[name] = BoundEvent(event, self)
        for name, draws in declared(type(self), Stream).items():
            self.__dict__[name] = BoundStream(draws, self)

    def begin(self) -> None:
        """Draw what is uncertain on day 0. Called once, in the order of the model's states."""

    def live(self) -> None:
        """Update fields at the start of each day, before events."""

    def select(self, worlds: WorldIndex) -> None:
        """Keep these worlds, in this order."""
        for name, field in declared(type(self), Field).items():
            held = np.ascontiguousarray(self.__dict__[name][..., worlds])
            self.__dict__[name] = guarded(held, field, f"{self.key}.{name}")
        for name in declared(type(self), Parameter):
            held = self.__dict__[name]
            self.__dict__[name] = np.broadcast_to(held[:1], worlds.shape) if held.strides == (0,) else held[worlds]
        for name in declared(type(self), Stream):
            self.__dict__[name].select(worlds)


def reference(owner: type) -> SimpleNamespace:
    """Default parameters and default start values of a state class, as float32."""
    defaults = {name: FLOAT(parameter.default) for name, parameter in declared(owner, Parameter).items()}
    starts = {name: defaults[field.start] if isinstance(field.start, str) else FLOAT(field.start)
              for name, field in declared(owner, Field).items() if field.entries is None}
    return SimpleNamespace(**defaults, **starts)


class Ensemble(mesa.Model):
    """n worlds simulated in parallel. A world is a parameter set and a luck number, and nothing else.

    Parameters
    ----------
    numbers : luck numbers, shape (n,)
    luck : the random streams of these numbers
    values : parameter values by "state.name", one number or one per world
    start : start values of fields by "state.name", one number or one per world; masked entries keep the usual value
    log : keep the event log
    """

    states: ClassVar[Sequence[type[State]]] = ()
    order: ClassVar[Any] = None
    """The rules of this class, traced when it is made."""

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        refuse(cls.problems())
        if cls.states:  # a first model traces the rules: raises Untraceable for one that has no meaning for one world
            cls(np.arange(1), RandomStreams(0), log=False).release()

    @classmethod
    def problems(cls) -> Iterator[str]:
        """What is wrong with the states of this class taken together, one line each; see `State.problems`."""
        yield from model_problems(cls.states, {*dir(Ensemble), *OF_MODELS})

    def __init__(self, numbers: Array, luck: RandomStreams, values: Mapping[str, Any] | None = None,
                 start: Mapping[str, Any] | None = None, log: bool = True) -> None:
        super().__init__(rng=int(luck.seed) % 2**63)
        self.n, self.day, self.luck = len(numbers), 0, luck
        self.numbers = np.asarray(numbers)
        if self.n and not 0 <= self.numbers.min() <= self.numbers.max() < 2**32:
            raise ValueError("luck numbers are whole numbers from 0 to 2**32 - 1")
        self.members = [cls(self, under(cls.key, values), under(cls.key, start)) for cls in self.states]
        self.events = [(state, event) for state in self.members for event in declared(type(state), Event).values()]
        for i, (state, event) in enumerate(self.events):
            state.__dict__[event.name].id = i
        self.event_names = [f"{state.key}.{event.name}" for state, event in self.events]
        self.log = Log() if log else None
        self.cause: int | Array = EXOGENOUS
        self.pre_step: list[Callable[[Any], None]] = []
        """Called each day before the rules are evaluated; they may change the model."""
        self.constraints: list[Callable[[Any], None]] = []
        """Called each day after the rules are evaluated and before the clocks run; they may forbid or push today's actions."""
        self.observers: list[Callable[[Any, list[tuple[int, WorldIndex, bool]]], None]] = []
        """Called each day with the actions that fire, before any effect; they change nothing."""
        self._connect()
        self.clocks = HazardClocks(self, [(i, s, e) for i, (s, e) in enumerate(self.events) if e.clocked])
        for state in self.members:
            state.begin()
        for key, value in (start or {}).items():  # overrides what was drawn for day 0
            owner, _, name = key.partition(".")
            override_start(self.__dict__[owner].__dict__[name], value)

    if TYPE_CHECKING:
        def __getattr__(self, key: str) -> Any: ...

    def _connect(self) -> None:
        """Make every state an attribute of the model and of the other states, under its key."""
        named = {state.key: state for state in self.members}
        self.__dict__.update(named)
        for state in self.members:
            state.__dict__.update({key: other for key, other in named.items() if other is not state})

    @property
    def weekly(self) -> bool:
        """Whether a week of the run begins today."""
        return self.day % 7 == 0

    def pace(self) -> Any:
        """The factor on the tempo of paced events today: a number, or one per world."""
        return FLOAT(1)

    def step(self) -> None:
        """Simulate one day."""
        self.live()
        self.day += 1

    def live(self) -> None:
        """The content of a day; a model overrides it with its own."""
        self.agents.do("live")
        self.decide()

    def decide(self) -> None:
        """Run every clock for a day and the effect of every action that fires, in the order of declaration."""
        for change in self.pre_step:
            change(self)
        weighed = bool(self.constraints)
        if weighed:
            self.clocks.weigh()
            for constrain in self.constraints:
                constrain(self)
        self.clocks.tick(weighed, keep=weighed or bool(self.observers))
        fired = self.clocks.fired()
        for look in self.observers:
            look(self, fired)
        for i, worlds, second in fired:
            state, event = self.events[i]
            if second and event.when is not None:  # an earlier event of the day may have ended its precondition
                worlds = worlds[event.when(state)[worlds]]
            self.happen(i, worlds, EXOGENOUS)

    def bend(self) -> tuple[Array | None, Array | None]:
        """Let all that changes the model or bears on today's clocks act, for a day whose clocks the kernel runs.

        Gives what is added to their log-odds and where they run, float32 of shape (clocks, n), or nothing if nobody minds.
        """
        self.clocks.straighten()
        for change in (*self.pre_step, *self.constraints):
            change(self)
        return self.clocks.bent()

    def next_day(self) -> float:
        """The next day on which something that acts on the model may change anything; infinite if there is none."""
        acting = [getattr(change, "__self__", change) for change in (*self.pre_step, *self.constraints)]
        return min((getattr(one, "next_day", float)(self.day) for one in acting), default=math.inf)

    def happen(self, i: int, worlds: WorldIndex, cause: int | Array | None = None) -> None:
        """Log event i in these worlds and run its effect; it is the cause of the events that its effect makes happen."""
        if not worlds.size:
            return
        if self.log is not None:
            self.log.write(self.day, i, worlds, self.cause if cause is None else cause)
        state, event = self.events[i]
        outer, self.cause = self.cause, i
        event.run(state, worlds)
        self.cause = outer

    def set(self, key: str, value: Any, worlds: WorldIndex | None = None) -> None:
        """Set a parameter from now on, in all or in some worlds."""
        owner, _, name = key.partition(".")
        state = self.__dict__[owner]
        if worlds is not None:
            values = np.array(state.__dict__[name])
            values[worlds] = value
            value = values
        state.__dict__[name] = declared(type(state), Parameter)[name].broadcast(value, self.n)
        self.clocks.refresh()

    def select(self, worlds: WorldIndex, luck: RandomStreams | None = None) -> None:
        """Reorder, drop or repeat worlds. With `luck`, all continue with fresh draws, of its luck numbers 0 to n-1.

        Exponential thresholds have no memory, so a fork may draw them anew.
        """
        worlds = np.asarray(worlds, np.intp)
        if self.log is not None:
            self.log.selects.append((self.day, worlds.copy(), len(self.log.entries)))
        self.n, self.numbers = len(worlds), self.numbers[worlds]
        for state in self.members:
            state.select(worlds)
        self.clocks.select(worlds)
        if luck is not None:
            self.luck, self.numbers = luck, np.arange(self.n)
            self.clocks.attach(luck)
            for state in self.members:
                for name in declared(type(state), Stream):
                    state.__dict__[name].attach(luck)
        for constrain in self.constraints:
            getattr(constrain, "select", lambda _: None)(worlds)

    def fork(self, world: int, futures: int, tag: str) -> None:
        """Continue from today's `world` in `futures` copies, each with fresh draws named by `tag`."""
        self.select(np.full(futures, world), RandomStreams(self.luck.seed, tag))

    def release(self) -> None:
        """Free the model's memory at once; it cannot be used afterwards.

        Its parts refer to each other in cycles, and Mesa 3.3 keeps every model in a class attribute.
        """
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        for part in (*self.members, self):
            vars(part).clear()


def under(key: str, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The entries of "key.name", by name."""
    return {name.removeprefix(f"{key}."): value for name, value in (values or {}).items() if name.startswith(f"{key}.")}
