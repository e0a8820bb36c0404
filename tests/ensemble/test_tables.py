"""Tables of a run are what its description says, or are refused on opening, in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.analysis.library import Library
from sim.ensemble.tables import check
from sim.errors import BrinkError

Damage = Callable[[pa.Table], pa.Table]


@pytest.fixture(scope="module")
def run() -> sim.Run:
    return sim.run(worlds=24, days=40, uncertainty="priors", sets=4)


def put(column: str, values: pa.Array) -> Damage:
    return lambda table: table.set_column(table.column_names.index(column), column, values)


def exchanged(a: str, b: str) -> Damage:
    return lambda table: table.rename_columns([{a: b, b: a}.get(name, name) for name in table.column_names])


def same(column: str, value: int | None, kind: pa.DataType) -> Damage:
    return lambda table: put(column, pa.array([value] * len(table), kind))(table)


DAMAGES = [
    ("worlds", lambda table: table.drop_columns(["round_two"]), "has no column 'round_two'"),
    ("worlds", lambda table: table.slice(1), "has 23 rows"), ("worlds", exchanged("war_ending", "round_two"), "is not as"),
    ("worlds", same("set", 4, pa.int32()), "'set' is not as"), ("worlds", same("luck", None, pa.int32()), "'luck' is not as"),
    ("worlds", lambda table: table.append_column("round_two", table.column("set")), "'round_two' is not as"),
    ("events", exchanged("event", "day"), "is not as"), ("events", exchanged("world", "event"), "is not as"),
    ("events", same("day", 2**31 - 1, pa.int32()), "'day' is not as"), ("events", same("world", -1, pa.int32()), "'world' is"),
    ("events", same("because", None, pa.dictionary(pa.int16(), pa.string())), "'because' is not as"),
    ("daily", exchanged("mean", "variable"), "is not as"), ("daily", same("q50", None, pa.float64()), "'q50' is not as"),
    ("parameters", lambda table: table.slice(2), "has 2 rows"), ("parameters", same("us.bias", 1, pa.int8()), "'us.bias' is"),
    ("parameters", same("set", 9, pa.int32()), "'set' is not as"),
]


@pytest.mark.parametrize(("name", "damage", "says"), DAMAGES)
def test_a_table_that_is_not_as_described_is_refused_in_a_line(run: sim.Run, name: str, damage: Damage, says: str) -> None:
    check(Path("a.parquet"), name, run.tables[name], run.about)
    with pytest.raises(BrinkError, match=says) as caught:
        check(Path("a.parquet"), name, damage(run.tables[name]), run.about)
    assert str(caught.value).startswith("a.parquet: ") and "\n" not in str(caught.value)


def test_wherever_a_run_is_opened_its_tables_are_looked_at(run: sim.Run, tmp_path: Path) -> None:
    place = run.save(tmp_path / "bad")
    assert sim.load(place).rows and Library(tmp_path).open("bad").rows
    pq.write_table(run.tables["worlds"].drop_columns(["round_two"]), place / "worlds.parquet")
    for opened in (lambda: sim.load(place), lambda: Library(tmp_path).open("bad")):
        with pytest.raises(BrinkError, match=r"worlds\.parquet: "):
            opened()


@pytest.mark.parametrize("text", ["[" * 100_000, '{"worlds": Infinity}', '{"worlds": 1e400}', "\0", "", "null", '{"a": ' * 5000,
                                  '"' * 3_000_000, "9" * 5000, " " * 5_000_000])
def test_a_damaged_description_hides_no_other(run: sim.Run, text: str, tmp_path: Path) -> None:
    run.save(tmp_path / "good")
    (run.save(tmp_path / "bad") / "run.json").write_text(text, "utf-8")
    entries = {entry.name: entry for entry in Library(tmp_path).entries()}
    assert entries["bad"].problem and not entries["good"].problem and entries["good"].worlds == 24
    with pytest.raises(BrinkError) as caught:
        sim.load(tmp_path / "bad")
    assert len(str(caught.value)) < 700
