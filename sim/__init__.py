"""brink: what could happen between the United States, Israel, Iran and Iran's partners, thousands of times over.

    import sim
    run = sim.run("baseline", worlds=4096, days=365, seed=7, set={"israel.missile_trigger": 0.8})
    run.outcomes

Names are imported when first used, so that `import sim` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import figures, parameters
    from sim.ensemble import run
    from sim.errors import BrinkError
    from sim.results import Run, load
    from sim.scenario import Scenario, View, load_view
    from sim.scenario import load as load_scenario
    from sim.scenario import names as scenarios
    from sim.sweep.asked import open_study
    from sim.whatif.compare import Comparison, compare

HOMES = {
    "compare": "sim.whatif.compare", "Comparison": "sim.whatif.compare",
    "run": "sim.ensemble", "load": "sim.results", "Run": "sim.results", "BrinkError": "sim.errors",
    "Scenario": "sim.scenario", "View": "sim.scenario", "load_view": "sim.scenario",
    "open_study": "sim.sweep.asked", "load_scenario": "sim.scenario:load", "scenarios": "sim.scenario:names",
}
MODULES = ("figures", "parameters")

__all__ = [
    "BrinkError", "Comparison", "Run", "Scenario", "View", "compare", "figures", "load", "load_scenario",
    "load_view", "open_study", "parameters", "run",
    "scenarios",
]


def __getattr__(name: str) -> Any:
    if name in MODULES:
        return import_module(f"sim.{name}")
    if name not in HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    home, _, original = HOMES[name].partition(":")
    return getattr(import_module(home), original or name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
