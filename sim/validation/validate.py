"""Validation: every check of the model against what is known, in one table and one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from sim.errors import BrinkError, nearest
from sim.validation.checks import Check, Finding, Reading
from sim.validation.checks_crisis import CRISIS
from sim.validation.checks_mechanisms import MECHANISMS
from sim.validation.checks_signs import SIGNS
from sim.validation.experiments_runner import Laboratory

CHECKS: tuple[Check, ...] = (*MECHANISMS, *CRISIS, *SIGNS)

HONESTY = ("Parameters were chosen by people who knew these figures. That a check passes means that the model does not "
           "contradict them, not that it can foretell anything.")


@dataclass(frozen=True)
class Result:
    """A check and what it found."""

    check: Check
    finding: Finding

    def as_dict(self) -> dict[str, Any]:
        """For `--json`: the check, whether it passed, and each of its readings; None where there is no bound."""
        return {"id": self.check.id, "title": self.check.title, "compares": self.check.compares, "passed": self.finding.passed,
                "samples": self.finding.samples, "tolerance": self.check.tolerance, "evidence": list(self.check.evidence),
                "moved_by": list(self.check.moved_by), "readings": [_plain(reading) for reading in self.finding.readings]}


def _plain(reading: Reading) -> dict[str, Any]:
    low, high = (end if isfinite(end) else None for end in (reading.low, reading.high))
    return {"says": reading.says, "value": reading.value, "error": reading.error, "unit": reading.unit,
            "wanted": reading.wanted, "low": low, "high": high, "band": reading.band, "observed": reading.observed,
            "tested": reading.rule != "shown", "passed": reading.passed}


def named(ids: Iterable[str]) -> tuple[Check, ...]:
    """The checks with these ids. Raises BrinkError for one that is not there."""
    known = {check.id: check for check in CHECKS}
    for id in (ids := list(ids)):
        if id not in known:
            raise BrinkError(f"no check is called {id!r}{nearest(id, known)}")
    return tuple(known[id] for id in ids)


def validate(laboratory: Laboratory, checks: Iterable[Check] | None = None, jobs: int = 1,
             done: Callable[[int, int], None] | None = None) -> list[Result]:
    """Run all experiments that the checks (by default all) need, in `jobs` processes, and then the checks."""
    checks = list(CHECKS if checks is None else checks)
    laboratory.prepare([name for check in checks for name in check.needs], jobs, done)
    return [Result(check, check.look(laboratory)) for check in checks]
