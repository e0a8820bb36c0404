"""Scenarios: what can be varied, how a file says so, and what a scenario makes happen."""

from sim.scenario import write
from sim.scenario.scenario import Scenario, View, headline, load, load_view, names, parse_setting, read_view
from sim.scenario.slots import give

__all__ = ["Scenario", "View", "headline", "load", "load_view", "names", "parse_setting", "read_view"]

give(Scenario, as_yaml=write.as_yaml)
