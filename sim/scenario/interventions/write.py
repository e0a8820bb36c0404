"""Interventions written as lines that the reader takes, and the names that each verb takes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sim.scenario.interventions.declared import refused
from sim.scenario.interventions.read import known

PLAIN = re.compile(r"[A-Za-z][\w.]*( [A-Za-z][\w.]*)*|\d{4}-\d\d-\d\d")
"""Text that needs no quotes: words, keys of the model, and dates."""

SPOKEN_FOR = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
"""Words that YAML may take for something else."""


def choices(does: str) -> list[str]:
    """The names that a verb takes, without those that are refused."""
    return [name for name in known(does) if refused(does, name) is None]


def line(plain: Mapping[str, Any]) -> str:
    """An intervention as a line of YAML, like "{on: 2026-03-01, shock: oil_shock}"; what is None or empty is left out."""
    return inline({key: value for key, value in plain.items() if value not in (None, "", [])})


def inline(value: Any) -> str:
    """Plain values in one line of YAML, so that they read back the same."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return number(value) if isinstance(value, int | float) else str(value)


def text(words: str) -> str:
    """Text so that it reads back the same: as it is if it is plain words, else in quotes."""
    plain = PLAIN.fullmatch(words) and words.lower() not in SPOKEN_FOR
    return words if plain else quoted(words)


def quoted(words: str) -> str:
    """Text in quotes, so that YAML and JSON read back the same."""
    return json.dumps(words, ensure_ascii=False, allow_nan=False)


def number(value: float) -> str:
    """A number in as few digits as read back as the same."""
    short = f"{value:.10g}"
    return short if float(short) == value else repr(float(value))
