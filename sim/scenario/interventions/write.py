"""Interventions written as lines that the reader takes, and what there is to choose from."""

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
    """What this can be done to, without what nobody may do."""
    return [name for name in known(does) if refused(does, name) is None]


def line(plain: Mapping[str, Any]) -> str:
    """An intervention as a line of YAML, like "{on: 2026-03-01, shock: oil_shock}"; what is None or empty is left out."""
    return _written({key: value for key, value in plain.items() if value not in (None, "", [])})


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_written(held)}" for key, held in value.items()) + "}"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return number(value) if isinstance(value, int | float) else str(value)


def text(words: str) -> str:
    """Text so that it reads back the same: as it is if it is plain words, else in quotes."""
    plain = PLAIN.fullmatch(words) and words.lower() not in SPOKEN_FOR
    return words if plain else json.dumps(words, ensure_ascii=False)


def number(value: float) -> str:
    """A number in as few digits as read back as the same."""
    short = f"{value:.10g}"
    return short if float(short) == value else repr(float(value))
