"""What `brink validate` shows in a terminal, and the words of its report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.validation.checks import Reading, digits
from sim.validation.experiments_runner import Laboratory
from sim.validation.validate import HONESTY, Result


def show(results: Sequence[Result], laboratory: Laboratory, place: Path | None) -> None:
    """One line per check, and one per reading that does not fit."""
    width = max(len(result.check.id) for result in results)
    for result in results:
        tested, wrong = sum(reading.rule != "shown" for reading in result.finding.readings), failures(result)
        state = "pass" if result.finding.passed else "FAIL"
        print(f"{state}  {result.check.id:<{width}}  {tested - len(wrong)} of {tested} readings fit: {result.check.title}")
        for reading in wrong:
            print(f"      {reading.says}: {number(reading)} {reading.unit}".rstrip() + f", wanted {reading.wanted}")
        if wrong and result.check.moved_by:
            print(f"      moved most by {', '.join(result.check.moved_by)}")
    print("", verdict(results), HONESTY, made_from(laboratory), sep="\n")
    if place is not None:
        print(f"The report is {place / 'validation.html'}")


def failures(result: Result) -> list[Reading]:
    """The readings out of their ranges."""
    return [reading for reading in result.finding.readings if not reading.passed]


def missed(result: Result) -> str:
    """The readings out of their ranges, in words."""
    return "; ".join(f"{reading.says}: {number(reading)}, wanted {reading.wanted}" for reading in failures(result))


def number(reading: Reading) -> str:
    """The model's number with its Monte Carlo error."""
    return digits(reading.value) + (f" ± {digits(reading.error)}" if reading.error else "")


def known(reading: Reading) -> str:
    """The observed value; "" if there is none."""
    return "" if reading.observed is None else digits(reading.observed)


def verdict(results: Sequence[Result]) -> str:
    """How many checks pass, in a sentence."""
    passed = sum(result.finding.passed for result in results)
    return f"{passed} of {len(results)} checks pass." if passed < len(results) else f"All {len(results)} checks pass."


def made_from(laboratory: Laboratory) -> str:
    """The parameters, worlds and seed behind the numbers, in words."""
    return (f"Default parameters, {laboratory.worlds:,} worlds an experiment (three times as many for the year, half as many "
            f"for each group of a pushed arrow), seed {laboratory.seed}.")
