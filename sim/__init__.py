"""brink: what could happen between the United States, Israel, Iran and Iran's partners, thousands of times over.

    import sim
    run = sim.run("baseline", worlds=4096, days=365, seed=7, set={"israel.missile_trigger": 0.78})
    run.outcomes

Names are imported when first used, so that `import sim` costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as for typing, which takes long to import
if TYPE_CHECKING:
    from typing import Any

    from sim.analysis.compare.compare import Comparison, compare
    from sim.analysis.sensitivity.open_study import open_study
    from sim.ensemble.results import Run, load
    from sim.ensemble.run import run
    from sim.errors import BrinkError
    from sim.model import registry as parameters
    from sim.report import figures
    from sim.scenario.scenario import Scenario, View, load_view
    from sim.scenario.scenario import load as load_scenario
    from sim.scenario.scenario import names as scenarios

HOMES = {
    "compare": "sim.analysis.compare.compare:compare", "Comparison": "sim.analysis.compare.compare:Comparison",
    "run": "sim.ensemble.run:run", "load": "sim.ensemble.results:load", "Run": "sim.ensemble.results:Run",
    "BrinkError": "sim.errors:BrinkError", "Scenario": "sim.scenario:Scenario", "View": "sim.scenario:View",
    "load_view": "sim.scenario:load_view", "open_study": "sim.analysis.sensitivity.open_study:open_study",
    "load_scenario": "sim.scenario:load", "scenarios": "sim.scenario:names",
    "figures": "sim.report.figures", "parameters": "sim.model.registry",
}
WHOLE = {"run", "load", "compare", "Run", "Comparison", "open_study"}
"""Names whose objects have methods from rooms above their own."""
METHODS = ("sim.analysis.methods", "sim.report.methods")
"""Modules that fill these methods in."""

__all__ = [
    "BrinkError", "Comparison", "Run", "Scenario", "View", "compare", "figures", "load", "load_scenario",
    "load_view", "open_study", "parameters", "run", "scenarios",
]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from importlib import import_module
    from pkgutil import resolve_name

    if name in WHOLE:
        for module in METHODS:
            import_module(module)
    return resolve_name(HOMES[name])


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
