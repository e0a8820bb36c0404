"""Files of a study know who they are: exchanged, moved, copied, renamed, edited and lost ones change no answer."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sweep_helpers import begun, results, study
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.ensemble.files import file_hash, hash_of, json_text, sealed
from sim.ensemble.study.executors import Processes
from sim.ensemble.study.identity import MARK, _shown
from sim.ensemble.study.runner import run
from sim.ensemble.study.store import Store
from sim.errors import BrinkError

DESIGN = "{kind: latin, parameters: [israel.lone_strike_rate, us.score_at_start], sets: 48}"
MORE = "scenarios: [baseline, race_for_the_bomb]\nkeep: {outcomes: [round_two], daily: [oil.price], every: 15}\n"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("identity")
    store = begun(folder / "s", study(folder, DESIGN, days=40, more=MORE), 480)
    run(store, Processes(1))
    begun(folder / "other", study(folder, DESIGN, days=41, more=MORE), 480)
    run(Store(folder / "other"), Processes(1))
    return store


@pytest.fixture(scope="module")
def before(finished):
    """What the analyses answer while all is well."""
    found = told(finished.path)[:2]
    assert all("%" in lines[0] for lines in found)
    return found


@pytest.fixture
def place(finished, tmp_path):
    """A finished study of its own, with four parts."""
    shutil.copytree(finished.path, tmp_path / "s")
    return tmp_path / "s"


def parts(place: Path, scenario: str = "baseline", kind: str = "worlds") -> list[Path]:
    return sorted((place / kind / f"scenario={scenario}").iterdir())


def renamed(path: Path, content: bytes) -> Path:
    """Somebody's content under a name with its right hash, in place of what was there."""
    path.unlink()
    path.write_bytes(content)
    return path.rename(path.with_name(f"{path.stem.rpartition('-')[0]}-{file_hash(path)}{path.suffix}"))


def edited(path: Path) -> bytes:
    """The content of a part with another outcome, marked as before."""
    table = pq.read_table(path)
    other = pa.array([0] * len(table), table.schema.field("round_two").type)
    sink = pa.BufferOutputStream()
    pq.write_table(table.set_column(table.column_names.index("round_two"), "round_two", other), sink)
    return sink.getvalue().to_pybytes()


def exchange(a: Path, b: Path) -> None:
    x, y = a.read_bytes(), b.read_bytes()
    a.write_bytes(y)
    b.write_bytes(x)


def cross(place: Path) -> None:
    """Each of two files, under its own name, in the folder of the other scenario."""
    a, b = parts(place)[0], parts(place, "race_for_the_bomb")[0]
    x, y = a.read_bytes(), b.read_bytes()
    a.unlink()
    b.unlink()
    (a.parent / b.name).write_bytes(y)
    (b.parent / a.name).write_bytes(x)


def foreign(place: Path, origin: Path) -> None:
    """A part of another study in place of the same part of this one."""
    renamed(parts(place)[0], parts(origin.with_name("other"))[0].read_bytes())


def swapped(place: Path) -> None:
    """The first sets under the name of the last, and the last under that of the first."""
    a, b = parts(place)
    x, y = a.read_bytes(), b.read_bytes()
    renamed(a, y)
    renamed(b, x)


def unmarked(place: Path) -> None:
    path = parts(place)[0]
    table = pq.read_table(path)
    about = {key: value for key, value in table.schema.metadata.items() if key != MARK.encode()}
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(about), sink)
    renamed(path, sink.getvalue().to_pybytes())
    (place / "manifest.json").unlink()


FAULTS = {
    "exchanged content": (lambda place, _: exchange(parts(place)[0], parts(place, "race_for_the_bomb")[0]), "scenario", True),
    "crossed": (lambda place, _: cross(place), "is of scenario", True),
    "crossed before the end": (lambda place, _: (cross(place), (place / "manifest.json").unlink()), "is of scenario", False),
    "exchanged sets": (lambda place, _: exchange(*parts(place)), "is of sets", True),
    "renamed sets": (lambda place, _: swapped(place), "is of sets", True),
    "of another study": (foreign, "is of study", True),
    "copied": (lambda place, _: shutil.copy(parts(place)[0], parts(place)[0].with_name("part-copy.parquet")),
               "part-copy.parquet: is no part of this study; move it elsewhere", False),
    "copied up": (lambda place, _: shutil.copy(parts(place)[0], place / "worlds"), "is no part of this study", False),
    "copied to a scenario that is not": (lambda place, _: shutil.copytree(
        parts(place)[0].parent, place / "worlds" / "scenario=deal"), "is no part of this study", False),
    "there twice": (lambda place, _: shutil.copy(parts(place)[0], parts(place)[0].with_name(
        f"{parts(place)[0].name[:24]}-{'0' * 16}.parquet")), "damaged|is there twice", True),
    "edited": (lambda place, _: parts(place)[0].write_bytes(edited(parts(place)[0])), "is damaged, or was changed", True),
    "edited and renamed": (lambda place, _: renamed(parts(place)[0], edited(parts(place)[0])), "is damaged, or was changed",
                           True),
    "cut": (lambda place, _: parts(place)[0].write_bytes(parts(place)[0].read_bytes()[:-9]), "is damaged", True),
    "without its mark": (lambda place, _: unmarked(place), "is of model None", False),
    "gone": (lambda place, _: parts(place)[0].unlink(), "is missing, and the study was finished with it", True),
    "another manifest": (lambda place, _: (place / "manifest.json").write_text("{"), "manifest.json: was changed", True),
    "an edited manifest": (lambda place, _: (place / "manifest.json").write_text(
        (place / "manifest.json").read_text().replace('"parts": 4', '"parts": 5')), "manifest.json: was changed", True),
}


def told(place: Path) -> list[list[str]]:
    """What the analyses say, or their errors; nothing of where the study lies."""
    found = []
    for more in (["breakeven", "--at", "0.95"], ["breakeven", "--at", "0.95", "--scenario", "race_for_the_bomb"], ["status"]):
        result = CliRunner().invoke(app, [more[0], str(place), *more[1:]])
        assert result.exit_code in (0, 2), result.output
        assert (result.exit_code == 2) == bool(result.stderr)
        found.append(result.stderr.splitlines() or result.stdout.splitlines())
    return found


@pytest.mark.parametrize("case", FAULTS)
def test_each_answer_is_as_before_or_refused_in_one_line_that_names_the_file(finished, before, place, case):
    fault, says, mends = FAULTS[case]
    files = results(place)
    fault(place, finished.path)
    after = told(place)
    for now, then in zip(after[:2], before, strict=True):
        assert now == then or (len(now) == 1 and str(place) in now[0])
    (line,) = after[0]
    assert re.search(says, line)
    assert str(place) in line
    assert after[2] == [line] or (case == "gone" and after[2][0].startswith("study: 3 of 4 parts"))
    if not mends:
        there = results(place)
        with pytest.raises(BrinkError, match="move it elsewhere"):
            run(Store(place), Processes(1))
        assert results(place) == there, "nothing of somebody's is removed"
        return
    run(Store(place), Processes(1))
    assert results(place) == files
    assert told(place)[:2] == before


def test_daily_and_failed_files_are_looked_at_too(place):
    path = parts(place, kind="daily")[0]
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(BrinkError, match=r"daily/.*: is damaged, or was changed"):
        Store(place).checked()
    assert Store(place).checked("worlds")
    run(Store(place), Processes(1))
    Store(place).checked()
    content = json_text({"all": False, "sets": [1]}).encode()
    path = place / "failed" / "scenario=baseline" / f"{parts(place)[0].name[:24]}-{hash_of(content)}.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    for ask in (Store(place).checked, lambda: sim.open_study(place).answers("round_two")):
        with pytest.raises(BrinkError, match=r"failed/.*: is damaged"):
            ask()


def test_sets_of_which_a_byte_was_changed_are_refused(place):
    path = place / "sets.parquet"
    pq.write_table(pq.read_table(path), path)
    with pytest.raises(BrinkError, match=r"sets.parquet was changed"):
        Store(place).sets  # noqa: B018


def test_a_study_of_before_files_knew_themselves_opens_as_it_is(place):
    """Its files name the study alone; nothing else of them is compared."""
    answer = sim.open_study(place).answers("round_two").means
    about = json.loads((place / "study.json").read_text())
    old = {name: value for name, value in about.items() if name not in ("sets_hash", "seal")}
    (place / "study.json").write_text(json_text(sealed(old)))
    for path in (*place.glob("worlds/*/*"), *place.glob("daily/*/*")):
        table = pq.read_table(path)
        sink = pa.BufferOutputStream()
        metadata = {key: value for key, value in table.schema.metadata.items() if key != MARK.encode()}
        pq.write_table(table.replace_schema_metadata(metadata), sink)
        renamed(path, sink.getvalue().to_pybytes())
    (place / "manifest.json").unlink()
    assert (sim.open_study(place).answers("round_two").means == answer).all()
    assert told(place)[2][0].startswith("study: 4 of 4 parts, ")


def test_the_seconds_of_a_study_are_recorded_and_not_those_of_its_files(place, finished):
    lost = parts(place)[0]
    lost.unlink()
    (place / "manifest.json").unlink()
    for path in place.glob("worlds/*/*"):
        os.utime(path, (1, 1))
    state = json.loads(CliRunner().invoke(app, ["status", str(place), "--json"]).stdout)
    record = json.loads((place / "timing-1-1.json").read_text())
    assert state["speed"] == pytest.approx(record["worlds"] / record["seconds"])
    assert state["seconds_left"] == pytest.approx(480 / state["speed"])
    (place / "timing-1-1.json").unlink()
    assert "how fast the rest comes is unknown" in CliRunner().invoke(app, ["status", str(place)]).stdout
    (place / "timing-1-1.json").write_text('{"worlds": [], "seconds": 0}')
    assert json.loads(CliRunner().invoke(app, ["status", str(place), "--json"]).stdout)["speed"] is None


def test_sets_keep_the_labels_of_their_table(tmp_path):
    (tmp_path / "sets.csv").write_text("label,us.bias\nlow,0.1\n\"high, and more\",0.2\n")
    store = begun(tmp_path / "s", study(tmp_path, "{kind: csv, file: sets.csv}", worlds=4, days=3, more=MORE), 100)
    run(store, Processes(1))
    again = sim.open_study(tmp_path / "s")
    assert again.store.labels == ("low", "high, and more")
    assert again.table()["label"].tolist() == ["low", "high, and more"] * 2
    assert again.store.sets.names == ("us.bias",)


@pytest.mark.parametrize("value", [["a", "b"], [1, None], [[1], [2]], {"a": 1}, "x" * 10_000, None, [1, 2, 3], [0, 8]])
def test_whatever_a_file_says_of_itself_can_be_told(value):
    assert len(_shown(value)) <= 70
