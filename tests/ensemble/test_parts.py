"""Parts: they cover a study, and their rows are those that a run gives."""

import dataclasses
import io
import json

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sweep_helpers import begun, rows, study

import sim
from sim.ensemble.study import work as works
from sim.ensemble.study.parts import FEW, NARROW, WIDTH, parts, width
from sim.ensemble.study.work import make, maker
from sim.ensemble.workers import Stopped
from sim.errors import BrinkError
from sim.model.crisis import Crisis

DAILY = "keep: {daily: [oil.price], every: 10}\n"


@given(st.integers(1, 3), st.integers(1, 50), st.lists(st.integers(1, 300), min_size=1, max_size=3), st.integers(1, 120))
def test_parts_hold_every_world_once(scenarios, sets, sizes, width):
    edges = np.cumsum([0, *sizes])
    layers = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    every = list(parts(scenarios, sets, layers, width))
    held = np.zeros((scenarios, sets, edges[-1]), int)
    for part in every:
        held[part.scenario, part.first:part.stop, part.low:part.high] += 1
        assert part.worlds <= width
    assert (held == 1).all()
    assert len({(part.scenario, part.name) for part in every}) == len(every)


def test_small_studies_have_parts_for_several_workers_and_large_ones_wide_parts():
    assert width(10) == NARROW
    assert width(4 * NARROW + 4) == NARROW + 1
    assert width(10**9) == WIDTH
    assert len(list(parts(1, 600, [(0, 100)], width(60_000)))) == FEW


def test_an_extension_leaves_the_parts_that_were_there():
    before = list(parts(2, 7, [(0, 50)], 100))
    assert list(parts(2, 7, [(0, 50), (50, 90)], 100))[:len(before)] == before


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    return begun(folder / "s", study(folder, worlds=70, days=40, more="scenarios: [baseline, reassurance_kept]\n" + DAILY), 160)


def columns(content):
    table = pq.read_table(io.BytesIO(content))
    return {name: table[name].to_numpy() for name in table.column_names}


def test_rows_are_those_of_a_run_with_the_same_values_and_luck(store):
    for part in store.parts:
        made = pq.read_table(io.BytesIO(make(store.work(part)).worlds))
        scenario = store.study.scenarios[part.scenario]
        for number in range(part.first, part.stop):
            values = dict(zip(store.sets.names, store.sets.values[number].astype(float).tolist(), strict=True))
            alone = sim.run(scenario, worlds=part.high, set=values).tables["worlds"]
            here = made.filter(pc.field("set") == number)
            assert here["luck"].to_pylist() == list(range(part.low, part.high))
            for name in store.study.outcomes:
                assert here[name].to_pylist() == alone[name].slice(part.low).to_pylist()


def test_few_sets_on_much_luck_are_cut_by_luck_with_the_same_rows(tmp_path):
    what = study(tmp_path, worlds=50, days=20)
    whole, cut = begun(tmp_path / "a", what, 10_000), begun(tmp_path / "b", what, 30)
    one = rows(make(whole.work(whole.parts[0])).worlds)
    many = [row for part in cut.parts for row in rows(make(cut.work(part)).worlds)]
    assert sorted(many, key=lambda row: (row["set"], row["luck"])) == one
    assert {(part.low, part.high) for part in cut.parts} == {(0, 30), (30, 50)}


def test_daily_rows_are_means_over_the_luck_of_a_set(store):
    part = store.parts[0]
    made = rows(make(store.work(part)).daily)
    values = dict(zip(store.sets.names, store.sets.values[1].astype(float).tolist(), strict=True))
    alone = sim.run("baseline", worlds=70, days=40, set=values, every=10).daily
    price = alone[alone.variable == "oil.price"].set_index("day")
    mine = [row for row in made if row["set"] == 1]
    assert [row["day"] for row in mine] == [0, 10, 20, 30, 40]
    assert {(row["luck"], row["worlds"], row["variable"]) for row in mine} == {(0, 70, "oil.price")}
    for row in mine:
        assert row["mean"] == pytest.approx(price.loc[row["day"], "mean"], rel=1e-5)
        assert row["q05"] <= row["q50"] <= row["q95"]


def test_a_part_is_always_the_same_bytes_and_knows_its_study(store):
    part = store.parts[1]
    made = make(store.work(part))
    assert made == make(store.work(part))
    about = pq.read_schema(io.BytesIO(made.worlds)).metadata
    assert about[b"brink.study"].decode() == store.id
    assert json.loads(about[b"brink.taken"]) == []


@pytest.fixture
def fails(monkeypatch):
    """A model that cannot live with a bias above 0.35."""
    monkeypatch.setenv("BRINK_ENGINE", "numpy")
    live = Crisis.live

    def brittle(model):
        if model.day == 3 and model.us.bias.max() > 0.35:
            raise ValueError("too biased")
        live(model)
    monkeypatch.setattr(Crisis, "live", brittle)


BIASED = "{kind: grid, values: {us.bias: [0.1, 0.2, 0.45, 0.3]}}"


def test_a_set_that_fails_is_told_and_takes_no_other_along(tmp_path, request):
    store = begun(tmp_path / "s", study(tmp_path, BIASED, worlds=10, more=DAILY), 1000)
    whole = make(store.work(store.parts[0]))
    request.getfixturevalue("fails")
    made = make(store.work(store.parts[0]))
    assert made.failed == ((2, "ValueError: too biased"),)
    assert rows(made.worlds) == [row for row in rows(whole.worlds) if row["set"] != 2]
    assert rows(made.daily) == [row for row in rows(whole.daily) if row["set"] != 2]


@pytest.mark.usefixtures("fails")
def test_if_all_sets_fail_there_is_no_file(tmp_path):
    store = begun(tmp_path / "s", study(tmp_path, BIASED.replace("0.1, 0.2, 0.45, 0.3", "0.4, 0.5"), worlds=10, more=DAILY))
    made = make(store.work(store.parts[0]))
    assert (made.worlds, made.daily) == (b"", b"")
    assert [number for number, _ in made.failed] == [0, 1]


def test_want_of_memory_is_not_the_fault_of_a_set(store, monkeypatch):
    def full(*_):
        raise MemoryError
    monkeypatch.setenv("BRINK_ENGINE", "numpy")
    monkeypatch.setattr(Crisis, "live", full)
    with pytest.raises(MemoryError):
        make(store.work(store.parts[0]))


def test_a_worker_stops_between_two_days_and_before_the_first(store, monkeypatch):
    monkeypatch.setenv("BRINK_ENGINE", "numpy")
    days = []

    def stop(day):
        days.append(day)
        if day == 5:
            raise Stopped
    with pytest.raises(Stopped):
        make(store.work(store.parts[0]), stop)
    assert days == [0, 1, 2, 3, 4, 5]


def test_another_model_refuses(store):
    work = dataclasses.replace(store.work(store.parts[0]), maker="another")
    with pytest.raises(BrinkError, match="and the study was begun with another; install the same versions"):
        make(work)
    assert maker() == works.maker()


def test_how_interventions_fared_stands_in_the_file(tmp_path):
    (tmp_path / "forced.yaml").write_text("extends: baseline\ntitle: F\ninterventions:\n"
                                          "  - {on: 5, shock: oil_shock}\n", encoding="utf-8")
    store = begun(tmp_path / "s", study(tmp_path, worlds=10, more="scenarios: forced.yaml\n"), 1000)
    part = store.parts[0]
    store.keep(part, make(store.work(part)))
    (path,) = store.files("worlds")
    (fared,) = works.taken(path)
    assert (fared.worlds, fared.tried) == (60, 60)
