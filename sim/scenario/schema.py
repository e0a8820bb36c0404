"""What scenario and view files may hold."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from numbers import Integral
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator, ValidationInfo, field_validator

from sim.engine.fields import LONGEST
from sim.errors import BrinkError, cut, shown
from sim.model import registry
from sim.model.strict_yaml import Schema, Text, dated, each, is_file_name, must, one_line
from sim.scenario.interventions.declared import refused

EARLIEST, LATEST = datetime.date(1700, 1, 1), datetime.date(2200, 12, 31)
"""Day 0 lies between them, so that every day of a run has a date, also in tables and pictures."""
NO_NAME = "extends takes the name of a scenario or of a file beside this one, not {value}"

Check: TypeAlias = Callable[[str, Any, str], str | None]
"""What checks a value: key, value and unit; "" for no unit."""


def check_start(key: str, value: Any, unit: str = "") -> None:
    """Check a starting value, also that it does nothing which interventions may not do."""
    if mistake := refused("start", key):
        raise BrinkError(mistake)
    registry.check_start(key, value, unit)


def horizon(days: Any) -> int:
    """A number of days. Raises BrinkError if it is none that a scenario may last."""
    if isinstance(days, bool) or not isinstance(days, Integral | float) or days not in range(1, LONGEST + 1):
        raise BrinkError(f"days: {shown(days)} must be a whole number from 1 to {LONGEST:,}")
    return int(days)


def check_date(date: datetime.date) -> datetime.date:
    """The date of day 0. Raises BrinkError if it is none that a scenario may have."""
    if not EARLIEST <= date <= LATEST:
        raise BrinkError(f"date: {date} must be from {EARLIEST} to {LATEST}")
    return date


def one_value(key: str, low: Any, high: Any) -> str:
    """What to do for somebody who gives a range where one value stands."""
    low, high = (cut(f"{end:g}" if isinstance(end, float) else str(end), 20) for end in (low, high))
    return (f"{cut(key)} has one value here, not a range; to vary it, list {{key: {cut(key)}, low: {low}, high: {high}}} among "
            "the parameters of a study's design (brink sweep)")


class Setting(Schema):
    """A value with its unit and its note; `context` is its key and what checks it."""

    unit: Text = ""
    note: Text = ""
    value: Any = Field(None, validate_default=True)

    @field_validator("value")
    @classmethod
    def _checked(cls, value: Any, info: ValidationInfo) -> float | tuple[float, ...]:
        key, check = info.context  # type: ignore[misc]
        check(key, value, info.data.get("unit", ""))
        return tuple(map(float, value)) if isinstance(value, tuple) else float(value)


def _settings(check: Check) -> PlainValidator:
    """A reader of a section of values, each a number, several, or one with unit and note; each is checked."""
    def read(content: Any) -> dict[str, Setting]:
        return each({} if content is None else content, setting)

    def setting(key: str, given: Any) -> Setting:
        if isinstance(given, dict) and {"low", "high"} & given.keys():
            raise BrinkError(one_value(key, given.get("low"), given.get("high")))
        return Setting.of(given if isinstance(given, dict) else {"value": given}, (key, check))

    return PlainValidator(read)


Parameters = Annotated[dict[str, Setting], _settings(lambda *given: registry.check(*given))]


class Head(Schema):
    """Title and description of a file, whatever else it holds."""

    model_config = ConfigDict(extra="ignore")

    title: Text = ""
    says: Text = ""


class ScenarioFile(Head, extra="forbid"):
    """A scenario file but for its interventions; `context` finds the file that it extends."""

    extends: Annotated[Any, BeforeValidator(one_line), must(is_file_name, NO_NAME)] = None
    date: Annotated[datetime.date | None, PlainValidator(lambda given: check_date(dated(given)))] = None
    days: Annotated[int | None, PlainValidator(horizon)] = None
    parameters: Parameters = Field(default_factory=dict)
    start: Annotated[dict[str, Setting], _settings(check_start)] = Field(default_factory=dict)
    interventions: Any = None

    @field_validator("extends")
    @classmethod
    def _found(cls, name: str, info: ValidationInfo) -> Path:
        found: Path = info.context(name)  # type: ignore[misc]
        return found


class ViewFile(Schema):
    """A view file."""

    expected = "expected keys and values, like 'parameters: {israel.missile_trigger: 0.75}'"

    name: Text = ""
    note: Text = ""
    parameters: Parameters = Field(default_factory=dict)
