# What the engine uses of Mesa, which carries no types of its own: with them a misspelt method or field of a state is an error.

from typing import Any

class AgentSet:
    def do(self, method: str) -> AgentSet: ...

class Agent:
    unique_id: int
    def __init__(self, model: Any) -> None: ...

class Model:
    agents: AgentSet
    def __init__(self, *, rng: int | None = None) -> None: ...
    def step(self) -> None: ...
