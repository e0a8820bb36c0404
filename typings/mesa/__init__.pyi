# What the engine and the benchmarks use of Mesa, which carries no types of its own: with them a misspelt method or field of a
# state is an error.

import random
from collections.abc import Mapping
from typing import Any

class AgentSet:
    def do(self, method: str) -> AgentSet: ...
    def shuffle_do(self, method: str) -> AgentSet: ...

class Agent:
    unique_id: int
    model: Any
    random: random.Random
    def __init__(self, model: Any) -> None: ...

class Model:
    agents: AgentSet
    running: bool
    def __init__(self, *, rng: int | None = None) -> None: ...
    def step(self) -> None: ...

class DataCollector:
    def __init__(self, model_reporters: Mapping[str, Any] | None = None, agent_reporters: Mapping[str, Any] | None = None
                 ) -> None: ...
    def collect(self, model: Model) -> None: ...

def batch_run(model_cls: type[Model], parameters: Mapping[str, Any], max_steps: int, data_collection_period: int,
              display_progress: bool) -> list[dict[str, Any]]: ...
