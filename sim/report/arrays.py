"""A run as labelled arrays, for those who work with xarray."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from sim.engine import Array
from sim.ensemble.recorder import DAILY_COLUMNS
from sim.ensemble.results import Run
from sim.errors import BrinkError


def dataset(run: Run) -> Any:
    """The run as an `xarray.Dataset`: outcomes over worlds, recorded variables by statistic and day, parameters over sets.

    Each has its meaning and unit; what does not apply in a world is NaN. Raises BrinkError if xarray is not installed.
    """
    try:
        xarray = import_module("xarray")
    except ImportError:
        raise BrinkError("to_xarray: xarray is not installed; pip install xarray") from None
    worlds = run.worlds
    arrays: dict[str, Any] = {one.id: ("world", _plain(worlds[one.id]), {"long_name": one.says, "units": one.unit})
                              for one in run.questions}
    for name in (one["name"] for one in run.about["variables"]):
        variable, series = run.variable(name), run.series(name)
        arrays[name] = (("statistic", "day"), np.stack([series[column] for column in DAILY_COLUMNS]),
                        {"long_name": variable.meaning, "units": variable.unit})
    recorded = np.unique(run.tables["daily"].column("day").to_numpy())
    coordinates = {"world": worlds["luck"].to_numpy(), "set": ("world", worlds["set"].to_numpy()),
                   "statistic": list(DAILY_COLUMNS), "day": recorded,
                   "date": ("day", pd.to_datetime(run.scenario.date) + pd.to_timedelta(recorded, unit="D"))}
    if run.uncertainty == "priors":
        table = run.parameters.set_index("set")
        arrays["parameters"] = (("parameter_set", "parameter"), table.to_numpy(), {})
        coordinates |= {"parameter_set": table.index.to_numpy(), "parameter": list(table)}
    about = {"title": run.scenario.title, "scenario": run.scenario.name, "scenario_hash": run.scenario.hash, "seed": run.seed}
    return xarray.Dataset(arrays, coordinates, about)


def _plain(column: pd.Series) -> Array:
    """Numbers with NaN, truths where none is missing, labels as text."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(str).to_numpy(object)
    missing = isinstance(column.dtype, pd.BooleanDtype) and column.hasnans
    found: Array = column.to_numpy(float, na_value=np.nan) if missing else column.to_numpy()
    return found
