"""Interventions: what a scenario makes happen, forbids, pushes or changes, at a date or when a condition first holds.

A scenario lists them under `interventions`, the command line takes them as `--do`; both are read by the same strict
reader. Conditions are data, never code. `declared` defines interventions, `read` makes them of text, `write` text of them, and
`acting` applies them to a model: what changes it before its rules are evaluated, what forbids or pushes after that.
"""

from sim.model.strict_yaml import parsed_date
from sim.scenario.interventions.acting import Acting, InterventionOutcome, check_taken, merged
from sim.scenario.interventions.declared import Condition, Intervention, check
from sim.scenario.interventions.read import read, read_given

__all__ = ["Acting", "Condition", "Intervention", "InterventionOutcome", "check", "check_taken", "merged", "parsed_date",
           "read", "read_given"]
