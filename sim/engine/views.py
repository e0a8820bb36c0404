"""Views: a model and its states as their own methods meet them while they are traced."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from sim.engine.events import BoundEvent
from sim.engine.fields import Field
from sim.engine.nodes import F4, I4, Node, untraceable
from sim.engine.parameters import Parameter
from sim.engine.streams import BoundStream
from sim.engine.symbols import FieldSymbol, Symbol, Vector, Worlds
from sim.engine.types import StateLike


class DrawSymbol:
    """A stream of a state."""

    def __init__(self, tracer: Any, key: tuple[str, str], bound: BoundStream) -> None:
        self.tracer, self.slots, self.id = tracer, bound.slots, tracer.streams[key]

    def _asked(self) -> Any:
        if self.tracer.rules:
            raise untraceable("a rule that draws luck", "its clock has luck of its own")
        return self.tracer

    def on(self, index: Any) -> Symbol:
        """Draw number `index`, which depends on the day alone."""
        tracer = self._asked()
        at = tracer.fetch(tracer.symbol(index))
        return Symbol(tracer, tracer.compute("dense", (at,), F4, self.id, None, ("dense", self.id, at.key)), F4)

    def __call__(self, worlds: Worlds) -> Symbol:
        """The next draw in these worlds, or the next ones."""
        tracer, mask, guard = self._asked(), worlds.given(), worlds.guard
        first = tracer.compute("draw", () if mask is None else (mask,), F4, (self.id, self.slots), guard)
        more = [tracer.compute("more", (first,), F4, (self.id, i), guard) for i in range(1, self.slots)]
        drawn = [Symbol(tracer, node, F4, guard=guard) for node in (first, *more)]
        return drawn[0] if self.slots == 1 else Vector(tracer, drawn)


class EventSymbol:
    """An event that a method makes happen."""

    def __init__(self, tracer: Any, bound: BoundEvent) -> None:
        self.tracer, self.bound = tracer, bound

    def __call__(self, worlds: Worlds, cause: Any = None) -> None:
        """It happens in these worlds."""
        self.tracer.happen(self.bound.id, worlds, cause)


class ReferenceView:
    """The reference values of a state: constants that know their names."""

    def __init__(self, tracer: Any, key: str, held: Any) -> None:
        self._tracer, self._key, self._held = tracer, key, held

    def __getattr__(self, name: str) -> Symbol:
        value = getattr(self._held, name)
        return Symbol(self._tracer, None, value.dtype, value=value, name=f"{self._key}.ref.{name}")


class StateView:
    """A state. Methods run on the view, so that what they read and write is traced too."""

    def __init__(self, state: StateLike, tracer: Any) -> None:
        vars(self).update(_state=state, _tracer=tracer)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The state's class, which `super()` in a method needs."""
        return type(self._state)

    def __getattr__(self, name: str) -> Any:
        state, tracer = self._state, self._tracer
        declaration = declared_as(type(state), name)
        if name not in vars(state):
            return self._inherited(name, declaration)
        held = vars(state)[name]
        if isinstance(declaration, Field):
            return FieldSymbol(tracer, (state.key, name))
        if isinstance(declaration, Parameter):
            return Symbol(tracer, None, held.dtype, recipe=("parameter", state.key, name))
        if isinstance(held, BoundStream):
            return DrawSymbol(tracer, (state.key, name), held)
        if isinstance(held, BoundEvent):
            return EventSymbol(tracer, held)
        if name == "model":
            return ModelView(tracer)
        return ReferenceView(tracer, state.key, held) if name == "ref" else StateView(held, tracer)

    def _inherited(self, name: str, declaration: Any) -> Any:
        """A constant or method of the class; the value that a method gives first takes its name."""
        owner, tracer = type(self._state), self._tracer
        if declaration is None:
            raise AttributeError(f"{owner.__name__} has no {name}")
        held = declaration.__get__(self, owner) if hasattr(declaration, "__get__") else declaration
        if not isinstance(declaration, FunctionType):
            return held

        def ask(*given: Any, **options: Any) -> Any:
            answer = held(*given, **options)
            if type(answer) is Symbol:
                tracer.note(answer, f"{self._state.key}.{name}")
            return answer
        return ask

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, FieldSymbol) and value.key == (self._state.key, name):
            return  # `x *= y` has written it already
        if (self._state.key, name) not in self._tracer.places:
            raise untraceable(f"writes to {name}, which is no field of {self._state.key}", "declare it as a field")
        FieldSymbol(self._tracer, (self._state.key, name)).write(value, None)


class ModelView:
    """The model. `decide` marks where its clocks run."""

    def __init__(self, tracer: Any, at_clocks: Any = None) -> None:
        self._tracer, self._at_clocks = tracer, at_clocks

    @property
    def day(self) -> Symbol:
        """The day, a Python number."""
        return Symbol(self._tracer, Node("day", (), I4), int)

    @property
    def weekly(self) -> bool:
        """Whether a week begins: such days are traced apart."""
        return bool(self._tracer.weekly)

    @property
    def cause(self) -> int:
        """The event whose effect is being traced."""
        return int(self._tracer.function.number)

    @property
    def agents(self) -> ModelView:
        """The states, in Mesa's order."""
        return self

    def do(self, name: str) -> None:
        """Call a method of every state."""
        for state in self._tracer.model.agents:
            getattr(StateView(state, self._tracer), name)()

    def decide(self) -> None:
        """The clocks run here."""
        self._at_clocks()

    def __getattr__(self, name: str) -> Any:
        model = self._tracer.model
        if name in vars(model):
            held = vars(model)[name]
            if any(held is member for member in model.members):
                return StateView(held, self._tracer)
            raise untraceable(f"asks the model for {name}", "keep it as a field or parameter of a state")
        declaration = declared_as(type(model), name)
        if declaration is None:
            raise AttributeError(f"the model has no {name}")
        return declaration.__get__(self, type(model))


def declared_as(owner: type, name: str) -> Any:
    """What stands under a name in a class or the nearest of its bases, as it is; None if nothing does."""
    return next((vars(cls)[name] for cls in owner.__mro__ if name in vars(cls)), None)
