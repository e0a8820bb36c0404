"""View files written: somebody's values for some parameters, each with a note of where it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sim.model import registry
from sim.scenario.interventions.write import number


def as_yaml(name: str, note: str, values: Mapping[str, float], notes: Mapping[str, str]) -> str:
    """The text of a view file, which `sim.scenario.load_view` reads.

    Parameters
    ----------
    name, note : of the whole set; "" for none
    values : parameters by key; starting values have no place in a view
    notes : where single values come from, by key
    """
    head = [f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in (("name", name), ("note", note)) if text.strip()]
    lines = [_line(key, value, notes.get(key, "")) for key, value in sorted(values.items()) if key in registry.catalogue()]
    return "\n".join([*head, "parameters:", *lines, ""])


def _line(key: str, value: float, note: str) -> str:
    """A value with its unit, so that a reader sees what it means, and its note."""
    unit = registry.catalogue()[key].declaration.unit
    held = {"value": number(value), "unit": json.dumps(unit), "note": json.dumps(note, ensure_ascii=False) if note else ""}
    return f"  {key}: {{{', '.join(f'{name}: {text}' for name, text in held.items() if text)}}}"
