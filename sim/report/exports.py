"""What of a run or a comparison can be downloaded as one file, as bytes; and the directory of a comparison."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, types

from sim.analysis.compare.compare import Comparison
from sim.ensemble.files import csv_text, write_csv, write_parquet, write_text, write_whole
from sim.ensemble.results import Run
from sim.report import figures
from sim.report.figures import look
from sim.report.figures.comparison import draw as draw_comparison
from sim.report.html import comparison as of_comparison
from sim.report.html import run as of_run
from sim.report.text.compare import as_dict
from sim.scenario.write import as_yaml

TABLES = {"outcomes": "Outcomes: one row per outcome, with error and base rate",
          "daily": "Every recorded variable by day: mean and quantiles",
          "worlds": "Worlds: one row per world, one column per outcome",
          "events": "Events: world, day, what happened, and because of what"}
PICTURES = {"first_strike": "When the first strike comes, and by whom", "iran_missiles": "Iran's missiles over time"}


def table(run: Run, name: str, kind: str) -> bytes:
    """One of TABLES as "csv" or "parquet"."""
    if kind == "csv":
        return csv_text(run.rows).encode() if name == "outcomes" else _csv(run.tables[name])
    file = io.BytesIO()
    write_parquet(pa.Table.from_pylist(run.rows) if name == "outcomes" else run.tables[name], file)
    return file.getvalue()


def _csv(table: pa.Table) -> bytes:
    """A table as CSV, with categories as text."""
    for i, field in enumerate(table.schema):
        if types.is_dictionary(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(field.type.value_type))
    text = io.BytesIO()
    csv.write_csv(table, text)
    return text.getvalue()


def picture(run: Run, name: str, kind: str) -> bytes:
    """One of PICTURES as "png" or "svg"."""
    return look.drawn(figures.pictures(run)[name](), kind, figures.about(run))


def report(run: Run) -> bytes:
    """The report of a run, one HTML page."""
    return of_run.report(run).encode()


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


def comparison_report(a: Run, b: Run) -> bytes:
    """The report of a comparison, one HTML page."""
    return of_comparison.report(Comparison(a, b)).encode()


def save_comparison(comparison: Comparison, path: str | Path, runs: bool = True,
                    also: Callable[[Path], object] | None = None) -> Path:
    """Write a directory of tables and pictures, with the two runs as `a` and `b`; it appears whole or not at all.

    `also` may add files to it before it appears. Raises BrinkError if the path exists or cannot be written.
    """
    def fill(folder: Path) -> None:
        _write(comparison, folder)
        if runs:
            comparison.a.save(folder / "a")
            comparison.b.save(folder / "b")
        if also is not None:
            also(folder)

    return write_whole(path, fill)


def _write(comparison: Comparison, folder: Path) -> None:
    content = as_dict(comparison)
    write_csv(comparison.rows, folder / "comparison.csv")
    write_csv(comparison.curve().to_dict("records"), folder / "curve.csv")
    write_csv(content["flips"], folder / "flips.csv")
    write_csv(comparison.parting().kinds.to_dict("records"), folder / "parting.csv")
    write_text(folder / "comparison.json", json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    draw_comparison(comparison, folder)
