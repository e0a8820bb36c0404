"""What of a run or a comparison can be downloaded as one file, as bytes."""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, types

from sim.analysis.compare.compare import Comparison
from sim.ensemble.files import csv_text, plain, write_parquet
from sim.ensemble.results import Run
from sim.report import figures
from sim.report.figures import look
from sim.report.html import files
from sim.scenario.write import as_yaml

TABLES = {"outcomes": "Outcomes: one row per outcome, with error and base rate",
          "daily": "Every recorded variable by day: mean and quantiles",
          "worlds": "Worlds: one row per world, one column per outcome",
          "events": "Events: world, day, what happened, and because of what"}
PICTURES = {"first_strike": "When the first strike comes, and by whom", "iran_missiles": "Iran's missiles over time"}


def table(run: Run, name: str, kind: str) -> bytes:
    """One of TABLES as "csv" or "parquet"."""
    if kind == "csv" and name == "outcomes":
        return csv_text(run.rows).encode()
    file, table = io.BytesIO(), _outcomes(run) if name == "outcomes" else run.tables[name]
    if kind == "csv":  # with categories as text
        fields = [one.with_type(one.type.value_type) if types.is_dictionary(one.type) else one for one in table.schema]
        csv.write_csv(table.cast(pa.schema(fields)), file)
    else:
        write_parquet(table, file)
    return file.getvalue()


def _outcomes(run: Run) -> pa.Table:
    """One row per outcome, null where there is nothing to say, with the types of columns that have numbers."""
    return pa.Table.from_pylist(plain(run.rows), pa.Table.from_pylist(run.rows).schema)


def picture(run: Run, name: str, kind: str) -> bytes:
    """One of PICTURES as "png" or "svg"."""
    return look.drawn(figures.pictures(run)[name](), kind, figures.about(run))


def report(run: Run, other: Run | None = None) -> bytes:
    """The report of a run, or of its comparison with another on the same luck, one HTML page."""
    return files.report(run if other is None else Comparison(run, other)).encode()


def everything(run: Run, name: str) -> bytes:
    """The directory of a run with its pictures and its scenario as a file, as a ZIP archive in which all is below `name`."""
    def more(folder: Path) -> None:
        figures.draw(run, folder)
        (folder / "scenario.yaml").write_text(as_yaml(run.scenario), "utf-8")

    with tempfile.TemporaryDirectory() as folder:
        run.save(Path(folder, "all", name), also=more)
        return Path(shutil.make_archive(f"{folder}/all", "zip", Path(folder, "all"))).read_bytes()


def comparison_table(a: Run, b: Run) -> bytes:
    """The outcomes of two runs on the same luck, and their differences, as CSV."""
    return csv_text(Comparison(a, b).rows).encode()
