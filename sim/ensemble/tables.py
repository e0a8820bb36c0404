"""Tables of a run that somebody keeps: on opening they are compared with the description beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from sim.ensemble.recorder import DAILY_COLUMNS
from sim.errors import BrinkError, shown

Right: TypeAlias = "Callable[[pa.ChunkedArray], bool]"
"""Whether a column holds what it should."""


def check(file: Path, name: str, table: pa.Table, about: Mapping[str, Any]) -> pa.Table:
    """The table of that name, from this file. Raises BrinkError unless it is as the description of the run says."""
    for column, right in _columns(name, table, about).items():
        if column not in table.column_names:
            raise BrinkError(f"{file}: has no column {shown(column)}, which the description of the run names")
        if table.column_names.count(column) > 1 or not right(table.column(column)):
            raise BrinkError(f"{file}: the column {shown(column)} is not as the description of the run says")
    rows = {"worlds": about["worlds"], "parameters": about["sets"]}.get(name, table.num_rows)
    if table.num_rows != rows:
        raise BrinkError(f"{file}: has {table.num_rows:,} rows, and the description of the run says {rows:,}")
    return table


def _columns(name: str, table: pa.Table, about: Mapping[str, Any]) -> dict[str, Right]:
    """What each column of a table should hold."""
    sets, day = _whole(0, about["sets"] - 1), _whole(0, about["days"])
    if name == "worlds":
        return {"set": sets, "luck": _whole(0, 2**63 - 1), **{one["id"]: _outcome(one) for one in about["outcomes"]}}
    if name == "events":
        return {"world": _whole(0, about["kept_events"] - 1), "day": day, "event": _names, "because": _names}
    if name == "daily":
        return {"variable": _names, "day": day, **dict.fromkeys(DAILY_COLUMNS, _numbers)}
    if name == "parameters":
        return {**dict.fromkeys(table.column_names, _numbers), "set": sets}
    return {}


def _outcome(outcome: Mapping[str, Any]) -> Right:
    if outcome["labels"]:
        return _labels
    right = {"day": pa.types.is_signed_integer, "probability": pa.types.is_boolean,
             "mean": lambda type: pa.types.is_floating(type) or pa.types.is_integer(type)}[outcome["kind"]]
    return lambda column: bool(right(column.type))


def _whole(low: int, high: int) -> Right:
    """Whether a column holds whole numbers from `low` to `high` and nothing else."""
    def right(column: pa.ChunkedArray) -> bool:
        if not pa.types.is_integer(column.type) or column.null_count:
            return False
        ends = pc.min_max(column).as_py()
        return not len(column) or low <= ends["min"] <= ends["max"] <= high

    return right


def _labels(column: pa.ChunkedArray) -> bool:
    return pa.types.is_dictionary(column.type) and pa.types.is_string(column.type.value_type)


def _names(column: pa.ChunkedArray) -> bool:
    return _labels(column) and not column.null_count


def _numbers(column: pa.ChunkedArray) -> bool:
    return pa.types.is_floating(column.type) and not column.null_count
