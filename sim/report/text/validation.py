"""What `brink validate` shows in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.report.html.validation import NAMES, failures, made_from, number, verdict
from sim.validation.experiments_runner import Laboratory
from sim.validation.validate import HONESTY, Result


def show(results: Sequence[Result], laboratory: Laboratory, place: Path | None) -> None:
    """A line a check, and one for each reading that does not fit."""
    width = max(len(result.check.id) for result in results)
    for result in results:
        tested = sum(reading.rule != "shown" for reading in result.finding.readings)
        missed = failures(result)
        state = "pass" if result.finding.passed else "FAIL"
        print(f"{state}  {result.check.id:<{width}}  {tested - len(missed)} of {tested} readings fit: {result.check.title}")
        for reading in missed:
            print(f"      {reading.says}: {number(reading)} {reading.unit}".rstrip() + f", wanted {reading.wanted}")
        if missed and result.check.moved_by:
            print(f"      moved most by {', '.join(result.check.moved_by)}")
    print("", verdict(results), HONESTY, made_from(laboratory), sep="\n")
    if place is not None:
        print(f"The report is {place / NAMES[0]}")
