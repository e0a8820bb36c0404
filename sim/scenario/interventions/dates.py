"""Days of a run, written as a date or as a number."""

from __future__ import annotations

import datetime
from typing import Any

from sim.errors import BrinkError, shown
from sim.scenario.strict_yaml import Node, Problems


def parsed_date(value: Any) -> datetime.date:
    """A date written like 2026-02-14. Raises BrinkError for anything else."""
    try:
        if isinstance(value, str) and len(value) == len("2026-02-14"):
            return datetime.date.fromisoformat(value)
    except ValueError:
        pass
    raise BrinkError(f"{shown(value)} is not a date like 2026-02-14")


class Calendar:
    """The days of a run.

    Parameters
    ----------
    date : calendar date of day 0, or None if it is not known because the scenario has mistakes elsewhere
    days : horizon
    """

    def __init__(self, date: datetime.date | None, days: int) -> None:
        self.date, self.days = date, days

    def day(self, key: str, node: Node, problems: Problems, low: int = 0) -> int | None:
        """The day of the run, not before `low`, that a number or a date stands for; what is neither is noted."""
        try:
            named = node.value if isinstance(node.value, float) else parsed_date(node.value)
        except BrinkError:
            problems.add(node.line, f"{key}: {shown(node.value)} is neither a day number nor a date like 2026-02-14")
            return None
        if self.date is None:
            return low
        number = (named - self.date).days if isinstance(named, datetime.date) else named
        if number not in range(low, self.days):
            first, last = (self.date + datetime.timedelta(days=day) for day in (low, self.days - 1))
            problems.add(node.line, f"{key}: {shown(node.value)} must be a day from {low} to {self.days - 1} "
                                    f"({first} to {last})")
            return None
        return int(number)
