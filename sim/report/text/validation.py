"""What `brink validate` shows in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.validation.checks import Reading, digits
from sim.validation.experiments_runner import Laboratory
from sim.validation.validate import HONESTY, Result

NAMES = ("validation.html", "validation.md", "validation.json")
"""The files of a report: a page, the same in Markdown, and its plain figures."""


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


def failures(result: Result) -> list[Reading]:
    """The readings that are not where they should be."""
    return [reading for reading in result.finding.readings if not reading.passed]


def verdict(results: Sequence[Result]) -> str:
    """How many checks pass, in a sentence."""
    passed = sum(result.finding.passed for result in results)
    return f"{passed} of {len(results)} checks pass." if passed < len(results) else f"All {len(results)} checks pass."


def made_from(laboratory: Laboratory) -> str:
    """What the numbers come from."""
    return (f"Default parameters, {laboratory.worlds:,} worlds an experiment (three times as many for the year, half as many "
            f"for each group of a pushed arrow), seed {laboratory.seed}.")


def number(reading: Reading) -> str:
    """The model's number with its Monte Carlo error."""
    return digits(reading.value) + (f" ± {digits(reading.error)}" if reading.error else "")
