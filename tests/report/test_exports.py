"""Files to carry off: each opens, and holds what the run holds."""

from __future__ import annotations

import io
import zipfile

import pandas as pd
import pytest

import sim
from sim.report import exports
from sim.scenario import scenario


@pytest.fixture(scope="module")
def run():
    return sim.run("inspectors_back", worlds=64, days=30)


@pytest.mark.parametrize("name", exports.TABLES)
def test_a_table_is_the_same_as_csv_and_as_parquet(run, name):
    csv = pd.read_csv(io.BytesIO(exports.table(run, name, "csv")), keep_default_na=name != "worlds", na_values=[""])
    parquet = pd.read_parquet(io.BytesIO(exports.table(run, name, "parquet")))
    assert list(csv) == list(parquet) and len(csv) == len(parquet)
    whole = {"outcomes": len(run.rows)}.get(name) or run.tables[name].num_rows
    assert len(csv) == whole
    column = {"outcomes": "estimate", "daily": "q50", "worlds": "round_two", "events": "day"}[name]
    assert csv[column].to_numpy() == pytest.approx(parquet[column].to_numpy(), rel=1e-5, nan_ok=True)


def test_names_are_written_out_in_csv(run):
    events = pd.read_csv(io.BytesIO(exports.table(run, "events", "csv")))
    assert events["event"].tolist() == run.events["event"].astype(str).tolist()


@pytest.mark.parametrize("name", exports.PICTURES)
def test_pictures_are_pictures(run, name):
    assert exports.picture(run, name, "png").startswith(b"\x89PNG")
    assert b"<svg" in exports.picture(run, name, "svg")


def test_the_archive_opens_as_the_run(run, tmp_path):
    with zipfile.ZipFile(io.BytesIO(exports.everything(run, "mine"))) as archive:
        archive.extractall(tmp_path)
    assert sim.load(tmp_path / "mine").outcomes.equals(run.outcomes)
    assert scenario.load(tmp_path / "mine" / "scenario.yaml").hash == run.scenario.hash
    assert (tmp_path / "mine" / "first_strike.svg").is_file()


def test_reports_and_comparisons(run):
    other = sim.run(worlds=64, days=30)
    rows = pd.read_csv(io.BytesIO(exports.comparison_table(other, run)))
    expected = sim.Comparison(other, run).outcomes["difference"].to_numpy()
    assert rows["difference"].to_numpy() == pytest.approx(expected, nan_ok=True)
    for page in (exports.report(run), exports.report(other, run)):
        assert page.lower().startswith(b"<!doctype html>") and run.scenario.title.encode() in page
