"""Columns of outcomes: null where nothing applies, said what they mean, the same in every tool, and old ones still read."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sweep_helpers import begun, study

import sim
from sim.analysis.sensitivity import table as sets
from sim.ensemble import columns
from sim.ensemble.results import Run
from sim.ensemble.study.work import make
from sim.model.outcomes import BY_ID, OUTCOMES
from sim.report import exports


@pytest.fixture(scope="module")
def run():
    return sim.run("baseline", worlds=512, days=150, seed=3)


@pytest.fixture(scope="module")
def place(run, tmp_path_factory):
    return run.save(tmp_path_factory.mktemp("columns") / "run")


def without_nulls(table: pa.Table) -> pa.Table:
    """A table as it was written before it had nulls."""
    kinds = {one.id: one.kind for one in OUTCOMES}
    return pa.table({name: table.column(name) if pa.types.is_dictionary(table.column(name).type)
                     else columns.values(table.column(name), kinds.get(name, "")) for name in table.column_names})


READERS = {
    "pandas": lambda path: {name: column.dropna().to_numpy() for name, column in pd.read_parquet(path).items()},
    "arrow": lambda path: {name: np.array(column.drop_null().to_pylist())
                           for name, column in zip(*(lambda t: (t.column_names, t.columns))(pq.read_table(path)), strict=True)},
    "polars": lambda path: {column.name: column.drop_nulls().to_numpy()
                            for column in pytest.importorskip("polars").read_parquet(path).get_columns()},
    "duckdb": lambda path: {name: column.dropna().to_numpy() for name, column in pytest.importorskip("duckdb").sql(
        f"select * from '{path}'").df().items()},
    "fastparquet": lambda path: {name: column.dropna().to_numpy() for name, column in pytest.importorskip(
        "fastparquet").ParquetFile(str(path)).to_pandas().items()},
    "csv": lambda path: {name: column.dropna().to_numpy() for name, column in pd.read_csv(io.BytesIO(
        exports.table(sim.load(path.parent), "worlds", "csv"))).items()},
}


@pytest.mark.parametrize("tool", READERS)
def test_the_mean_of_a_column_is_the_estimate_in_every_tool(place, tool):
    kept = READERS[tool](place / "worlds.parquet")
    told = pd.read_csv(place / "outcomes.csv").set_index("id")
    for id, row in told.iterrows():
        if row["kind"] == "day":
            assert len(kept[id]) / 512 == row["estimate"], id
            assert (kept[id].astype(float) >= 0).all()
        else:
            assert len(kept[id]) == row["n"], id
            assert row["n"] == 0 or kept[id].astype(float).mean() == pytest.approx(row["estimate"], rel=1e-6), id


def test_frames_in_memory_have_the_same_means(run):
    assert run.worlds["long_war"].mean() == run.outcomes.set_index("id")["estimate"]["long_war"]
    assert run.worlds["war_length"].mean() == pytest.approx(run.outcomes.set_index("id")["estimate"]["war_length"])


def test_metadata_say_what_a_column_means_and_when_it_is_null(place):
    schema = pq.read_schema(place / "worlds.parquet")
    told = json.loads(schema.metadata[b"brink.columns"])
    for outcome in OUTCOMES:
        own = {key.decode(): text.decode() for key, text in (schema.field(outcome.id).metadata or {}).items()
               if not key.startswith(b"PARQUET")}
        assert own == told[outcome.id]
        assert own["meaning"] == outcome.says
        assert own.get("unit", "") == outcome.unit
        assert (outcome.given or "") in own.get("condition", "")
    for table in ("daily", "events"):
        schema = pq.read_schema(place / f"{table}.parquet")
        assert all(json.loads(schema.metadata[b"brink.columns"])[name]["meaning"] for name in schema.names)


def test_parameters_say_what_they_mean():
    table = sim.run(worlds=4, days=1, uncertainty="priors", sets=2).tables["parameters"]
    told = {field.name: field.metadata for field in table.schema}
    known = sim.parameters.catalogue()["israel.missile_trigger"].declaration
    assert told["israel.missile_trigger"][b"meaning"].decode() == known.why


def test_runs_written_without_nulls_are_read_the_same(run):
    old = Run(run.about, {**run.tables, "worlds": without_nulls(run.tables["worlds"])}, run.timing)
    assert old.outcomes.equals(run.outcomes)
    assert not sim.compare(old, run).outcomes["difference"].fillna(0).any()
    assert old.explain(0).as_dict() == run.explain(0).as_dict()


def test_parts_of_studies_have_nulls_and_are_read_with_or_without(tmp_path):
    keep = "keep: {outcomes: [war_length, long_war, deal_lasts, oil_top]}"
    store = begun(tmp_path / "s", study(tmp_path, "{kind: list, rows: [" + ", ".join(
        f"{{us.bias: {0.01 * i:.2f}}}" for i in range(24)) + "]}", worlds=20, days=120, more=keep), width=480)
    part, = store.parts
    made = pq.read_table(io.BytesIO(make(store.work(part)).worlds))
    assert made.column_names == ["set", "luck", "round_two", "deal", "deal_lasts", "war_length", "long_war", "oil_top"]
    assert made.column("war_length").null_count == made.column("round_two").null_count > 0
    assert made.schema.metadata[b"brink.study"].decode() == store.id
    for outcome in (BY_ID["war_length"], BY_ID["round_two"]):
        with_nulls, without = (sets._read(batch.select([name for name in ("set", "luck", outcome.id, outcome.given) if name]),
                                          outcome) for batch in (made.to_batches()[0], without_nulls(made).to_batches()[0]))
        assert all(np.array_equal(one, other) for one, other in zip(with_nulls, without, strict=True))


def test_a_table_of_outcomes_has_nulls_and_the_types_of_numbers(run):
    made = pq.read_table(io.BytesIO(exports.table(run, "outcomes", "parquet")))
    assert made.column("low").null_count == made.num_rows
    assert made.schema.field("low").type == pa.float64()
    assert b"nan" not in exports.table(run, "worlds", "csv").lower()
