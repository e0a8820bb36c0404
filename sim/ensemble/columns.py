"""Columns of tables: null where there is nothing to say, and with what they mean in their metadata.

An outcome's column is null in worlds in which its condition does not hold, and one that is a day where that never came. So
the mean of a column, nulls left out, is the estimate of a run, in any tool; of a day it is the share that is not null.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from sim.engine import Array

Meaning: TypeAlias = "Mapping[str, str]"
"""What a column holds: "meaning", "unit", "condition" and the like; what is empty is left out."""

NEVER = -1
"""A day that never came, as models have it, and as tables had it that were written before they had nulls."""


def coded(codes: Array, names: Sequence[str]) -> pa.DictionaryArray:
    """Codes with their names, as a column."""
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int16()), pa.array(names, pa.string()))


def described(columns: Mapping[str, Any], meanings: Mapping[str, Meaning], about: Mapping[str, str] | None = None) -> pa.Table:
    """A table that says what its columns mean: each column's metadata do, and as JSON, for tools that read none of a column's,
    those of the table under "brink.columns"; `about` is more of the latter.
    """
    told = {name: {key: text for key, text in meanings.get(name, {}).items() if text} for name in columns}
    made = pa.table(dict(columns))
    fields = [field.with_metadata(told[field.name]) for field in made.schema]
    text = json.dumps(told, ensure_ascii=False, allow_nan=False)
    return made.cast(pa.schema(fields, {**(about or {}), "brink.columns": text}))


def of_worlds(columns: Mapping[str, Array], outcomes: Iterable[Any], only: Iterable[str] | None = None,
              about: Mapping[str, str] | None = None) -> pa.Table:
    """The table of worlds.

    Parameters
    ----------
    columns : "set", "luck" and outcomes by id as a model gives them, shape (worlds,); with the condition of each
    outcomes : what the outcomes are: `Outcome` or `OutcomeInfo`
    only : ids of the outcomes that are kept, if not all
    about : metadata of the table
    """
    known = {one.id: one for one in outcomes if one.id in columns}
    kept = [name for name in columns if name not in known or only is None or name in only]
    made = {name: _outcome(columns, known[name], known) if name in known else columns[name] for name in kept}
    return described(made, PLACE | {id: _meaning(one) for id, one in known.items()}, about)


DAY: Meaning = {"meaning": "day of the run, from 0", "unit": "day"}
PLACE: dict[str, Meaning] = {"set": {"meaning": "parameter set, from 0"},
                                "luck": {"meaning": "luck number: worlds of the same number share their luck"}}
EVENTS: Mapping[str, Meaning] = {"world": {"meaning": "number of the world, from 0"}, "day": DAY,
                                 "event": {"meaning": "what happened"},
                                 "because": {"meaning": "the event because of which it happened, or calendar"}}
DAILY: dict[str, Meaning] = {"variable": {"meaning": "recorded variable; its unit is in run.json"}, "day": DAY,
                                "mean": {"meaning": "mean over worlds"}, "worlds": {"meaning": "how many worlds"},
                                **{f"q{q:02}": {"meaning": f"{q} % quantile over worlds"} for q in (5, 25, 50, 75, 95)}}


def _outcome(columns: Mapping[str, Array], outcome: Any, known: Mapping[str, Any]) -> pa.Array:
    column = columns[outcome.id]
    if outcome.labels:
        return coded(column, outcome.labels)
    nothing = np.isnan(column) if column.dtype.kind == "f" else np.zeros(len(column), bool)
    if outcome.kind == "day":
        nothing |= column < 0
    if outcome.given:
        nothing |= ~happened(columns[outcome.given], known[outcome.given].kind)
    return pa.array(column, mask=nothing)


def _meaning(outcome: Any) -> Meaning:
    condition = f"null unless {outcome.given} came true" if outcome.given else ""
    return {"meaning": outcome.says, "unit": outcome.unit, "kind": outcome.kind,
            "condition": condition or ("null where it never came" if outcome.kind == "day" else "")}


def values(column: pa.Array | pa.ChunkedArray, kind: str = "") -> Array:
    """A column as numbers, as a model has them: -1 for a day that never came; of names, as an array of strings.

    Other nulls become False, 0 or NaN. Columns that were written without nulls are as they are.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if column.null_count:
        never = NEVER if kind == "day" else np.nan if pa.types.is_floating(column.type) else 0
        column = column.fill_null(pa.scalar(never).cast(column.type))
    found: Array = column.to_numpy(zero_copy_only=False)
    return found


def happened(column: Array, kind: str) -> Array:
    """Where an outcome of that kind came true: shape (worlds,), bool."""
    return column >= 0 if kind == "day" else column.astype(bool)
