"""Scenarios: parameters, starting values and interventions, read from files, checked and written."""

from sim.scenario import write
from sim.scenario.scenario import Scenario, View, headline, load, load_view, names, parse_setting, read_view
from sim.scenario.slots import give

__all__ = ["Scenario", "View", "headline", "load", "load_view", "names", "parse_setting", "read_view"]

give(Scenario, as_yaml=write.as_yaml)
