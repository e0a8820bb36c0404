"""The directory of a study: whole or not at all, and never two studies in one."""

import errno
import json
import os
import shutil
import subprocess
import sys
import threading

import pytest
from sweep_helpers import begun, results, study, tree

from sim.analysis.sensitivity.table import scenario_of
from sim.ensemble.files import hash_of
from sim.ensemble.study import store as stores
from sim.ensemble.study import study as studies
from sim.ensemble.study.executors import Processes
from sim.ensemble.study.runner import run
from sim.ensemble.study.store import Store
from sim.ensemble.study.work import Made
from sim.errors import BrinkError

DAILY = "keep: {daily: [oil.price], every: 15}\n"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    store = begun(folder / "s", study(folder, more=DAILY), 40)
    run(store, Processes(1))
    return store


@pytest.fixture
def store(finished, tmp_path):
    """A finished study of its own."""
    shutil.copytree(finished.path, tmp_path / "s")
    return Store(tmp_path / "s")


def test_a_finished_study_has_all_its_parts_and_a_manifest_of_every_file(finished):
    assert finished.done() == set(finished.parts)
    assert len(finished.parts) == 3
    manifest = json.loads((finished.path / "manifest.json").read_text())
    assert set(manifest["files"]) == set(results(finished.path))
    assert (manifest["id"], manifest["model"], manifest["parts"]) == (finished.id, finished.model, 3)
    assert list((finished.path / ".tmp").iterdir()) == []


def test_a_study_is_the_same_when_it_is_opened_again(finished):
    again = Store(finished.path)
    assert again.study.as_dict() == finished.study.as_dict()
    assert again.sets.values.tobytes() == finished.sets.values.tobytes()
    assert again.parts == finished.parts


@pytest.mark.parametrize("design", [
    "{kind: grid, values: {us.bias: [0.1, 0.2], israel.bias: [0.1, 0.2]}}",
    "{kind: list, rows: [{us.bias: 0.1}, {us.bias: 0.3}]}",
    "{kind: none}", "{kind: latin, parameters: [{key: us.bias, low: 0.1, high: 0.2}], sets: 3}",
])
def test_every_kind_of_design_is_reopened_and_resumed(tmp_path, design):
    what = study(tmp_path, design, worlds=4, days=3)
    run(Store.create(tmp_path / "s", what), Processes(1))
    again = Store.create(tmp_path / "s", what)
    assert again.study.total == what.total
    assert len(again.sets) == what.design.size()
    assert run(again, Processes(1)).parts == 0


def test_only_what_is_missing_is_made(store):
    before = tree(store.path)
    lost = next(store.files("worlds"))
    lost.unlink()
    others = {path: path.stat().st_mtime_ns for path in store.files("worlds")}
    assert run(store, Processes(1)).parts == 1
    assert tree(store.path) == before
    assert {path: path.stat().st_mtime_ns for path in store.files("worlds") if path != lost} == others


@pytest.mark.parametrize("damage", [lambda content: content[:-10], lambda content: b"",
                                    lambda content: content[:50] + b"x" + content[51:]])
@pytest.mark.parametrize("kind", ["worlds", "daily"])
def test_a_damaged_file_is_made_again(store, capsys, kind, damage):
    before = tree(store.path)
    path = next(store.files(kind))
    path.write_bytes(damage(path.read_bytes()))
    run(store, Processes(1))
    assert tree(store.path) == before
    assert "1 damaged files are made again" in capsys.readouterr().err


def test_what_was_left_half_written_is_removed(store):
    before = tree(store.path)
    (store.path / ".tmp" / "abc.part").write_bytes(b"half")
    run(store, Processes(1))
    assert tree(store.path) == before


def test_a_part_that_is_there_twice_with_different_content_is_made_again(store):
    before = tree(store.path)
    path = next(store.files("worlds"))
    other = b"from a machine that computes differently"
    path.with_name(f"{path.stem.rpartition('-')[0]}-{hash_of(other)}.parquet").write_bytes(other)
    run(store, Processes(1))
    assert tree(store.path) == before


def test_worlds_come_last_so_that_a_part_without_them_is_missing(store, monkeypatch):
    part = store.parts[0]
    shutil.rmtree(store.path / "worlds")
    shutil.rmtree(store.path / "daily")
    order = []
    monkeypatch.setattr(Store, "_write", lambda self, path, content: order.append(path.relative_to(self.path).parts[0]))
    store.keep(part, Made(b"w", b"d", ((0, "why"),)))
    assert order == ["daily", "failed", "worlds"]


# What must not part ways

def test_a_changed_study_is_refused(store):
    place = store.path / "study.json"
    text = place.read_text()
    for old, new in ((f'"seed": {store.study.seed}', '"seed": 9'), (store.model, "another model"),
                     ('"width": 40', '"width": 20'), ("   20\n", "   30\n")):
        assert old in text
        place.write_text(text.replace(old, new, 1))
        with pytest.raises(BrinkError, match=r"study.json: was changed since the study was begun"):
            Store(store.path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"seal": 1}'])
def test_a_study_that_cannot_be_read_is_one_clear_line(store, text):
    (store.path / "study.json").write_text(text)
    with pytest.raises(BrinkError, match=r"^[^\n]*study.json: (cannot be read|does not describe|is of format)[^\n]*$"):
        Store(store.path)


def test_changed_sets_are_refused(store):
    import pyarrow.parquet as pq

    place = store.path / "sets.parquet"
    table = pq.read_table(place)
    column = table.column_names.index("us.bias")
    for other in (table.slice(1), table.set_column(column, "us.bias", table.column(column).cast("string"))):
        pq.write_table(other, place)
        with pytest.raises(BrinkError, match=r"sets.parquet was changed since the study was begun"):
            run(Store(store.path), Processes(1))
    place.write_bytes(b"PAR1")
    with pytest.raises(BrinkError, match=r"sets.parquet: is not a Parquet file"):
        run(Store(store.path), Processes(1))


def test_another_model_is_refused(store, monkeypatch):
    monkeypatch.setattr(stores, "maker", lambda: "another")
    before = tree(store.path)
    with pytest.raises(BrinkError, match=r"was begun with the model .* and this is another; .* start another study"):
        run(store, Processes(1))
    assert tree(store.path) == before


def test_a_study_whose_luck_was_drawn_in_another_way_is_read_but_not_gone_on_with(tmp_path, monkeypatch):
    with monkeypatch.context() as then:
        then.setattr(studies, "CONTRACT", {"generator": "SFC64", "block": 2048})
        then.setattr(stores, "check_contract", lambda *_: None)
        run(begun(tmp_path / "s", study(tmp_path)), Processes(1))
    before, old = tree(tmp_path / "s"), Store(tmp_path / "s")
    assert len(old.sets) == 6
    assert len(old.checked()) == len(old.parts)
    for ask in (lambda: run(old, Processes(1)), old.check_model, lambda: Store.create(old.path, study(tmp_path))):
        with pytest.raises(BrinkError, match=r"s: its luck was drawn in another way \(SFC64; [^\n]*$"):
            ask()
    assert tree(old.path) == before


def test_another_study_is_refused(store, tmp_path):
    with pytest.raises(BrinkError, match=r"holds another study \('study'\); name another directory"):
        Store.create(store.path, study(tmp_path, days=31))
    with pytest.raises(BrinkError, match=r"with 20 worlds a set, and the file asks for 50; use brink sweep --extend .* \+30"):
        Store.create(store.path, study(tmp_path, worlds=50, more=DAILY))


def test_what_is_no_study_is_refused(tmp_path):
    what = study(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("years of work")
    with pytest.raises(BrinkError, match="exists already and is empty"):
        Store.create(tmp_path / "empty", what)
    for name in ("full", "full/thesis.txt", "nowhere"):
        with pytest.raises(BrinkError, match=r"is not the directory of a study"):
            Store(tmp_path / name)
    with pytest.raises(BrinkError, match=r"is not the directory of a study"):
        Store.create(tmp_path / "full", what)


def test_a_study_that_is_read_has_the_scenarios_that_are_asked_for(finished):
    study = Store(finished.path)
    assert study.id == finished.id
    assert scenario_of(study, None) == scenario_of(study, "baseline") == "baseline"
    with pytest.raises(BrinkError, match="has no scenario 'deal'; it has baseline"):
        scenario_of(study, "deal")


# Extending

def test_an_extension_keeps_what_is_there_byte_for_byte(store, tmp_path):
    before = results(store.path)
    store.extend(15)
    assert not (store.path / "manifest.json").exists()
    run(store, Processes(1))
    after = results(store.path)
    assert {name: after[name] for name in before} == before
    assert len(after) == 12
    assert Store(store.path).study.total == 6 * 35
    assert (store.path / "manifest.json").exists()
    assert Store.create(store.path, study(tmp_path, more=DAILY)).id == store.id, "the study file still leads here"


def test_an_extension_waits_until_the_study_is_done(store):
    store.extend(15)
    with pytest.raises(BrinkError, match=r"3 parts are still to be made; first brink sweep --resume"):
        store.extend(15)
    assert Store(store.path).layers == [(0, 20), (20, 35)]


def test_an_extension_keeps_to_the_budget(tmp_path):
    store = begun(tmp_path / "s", study(tmp_path, worlds=4, days=2, more="budget: 50\n"), 100)
    run(store, Processes(1))
    with pytest.raises(BrinkError, match="asks for 54 worlds, more than its budget of 50"):
        store.extend(5)
    with pytest.raises(BrinkError, match=r"--worlds \+0: must add at least one"):
        store.extend(0)
    assert Store(store.path).layers == [(0, 4)]


# Locks

def test_two_runners_do_not_meet(store):
    other = Store(store.path)
    with store.locked(), pytest.raises(BrinkError, match="another process is at work on this study; wait for it, or stop it"):
        run(other, Processes(1))
    with store.locked("1-2"):
        with pytest.raises(BrinkError, match="another process is at work on this study"):
            run(other, Processes(1))
        with pytest.raises(BrinkError, match="another process is at work on shard 1/2"):
            run(other, Processes(1), (1, 2))
        run(other, Processes(1), (2, 2))
    run(other, Processes(1))


def test_a_killed_process_leaves_no_lock(store):
    code = ("import sys, time; from sim.ensemble.study.store import Store\n"
            "with Store(sys.argv[1]).locked(): print('held', flush=True); time.sleep(60)")
    process = subprocess.Popen([sys.executable, "-c", code, str(store.path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    with pytest.raises(BrinkError, match="another process is at work"), store.locked():
        pass
    process.kill()
    process.wait()
    with store.locked():
        pass


def test_shards_that_begin_at_once_find_one_study(tmp_path):
    what, made, errors = study(tmp_path), [], []
    ready = threading.Barrier(6)

    def begin():
        ready.wait()
        try:
            made.append(Store.create(tmp_path / "s", what))
        except BaseException as error:
            errors.append(error)
    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len({store.id for store in made}) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s", "study.yaml"]


# Disks

def test_a_full_disk_is_a_clear_error_with_nothing_damaged(store, monkeypatch):
    before = results(store.path)
    lost = next(store.files("worlds"))
    lost.unlink()
    kept = results(store.path)

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(BrinkError, match=r"cannot be written \(No space left on device\); what is there stays "
                                             r"as it is, and brink sweep --resume .* goes on from here"):
            run(store, Processes(1))
    assert results(store.path) == kept
    run(store, Processes(1))
    assert results(store.path) == before


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "fork"), reason="limits differ")
def test_files_that_may_not_grow_are_a_clear_error_from_workers_too(store):
    before = results(store.path)
    for path in store.files("worlds"):
        path.unlink()
    code = ("import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
            "sys.argv[0] = 'brink'\nfrom sim.cli import main\nmain()")
    done = subprocess.run([sys.executable, "-c", code, "sweep", "--resume", str(store.path), "--jobs", "2"],
                          capture_output=True, text=True)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "cannot be written (File too large)" in line
    assert "Traceback" not in done.stderr
    run(store, Processes(1))
    assert results(store.path) == before


@pytest.mark.skipif(os.name == "nt", reason="rights differ")
def test_a_directory_that_may_not_be_written_to_is_a_clear_error(store):
    before = tree(store.path)
    for folder in (store.path, store.path / "worlds"):
        folder.chmod(0o555)
    (store.path / "lock").chmod(0o444)
    code = ("import os, sys; from sim.ensemble.study.store import Store\n"
            "from sim.ensemble.study import runner; store = Store(sys.argv[1])\n"
            "store.check_model()  # while the installed packages can still be read\n"
            "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
            "from sim.ensemble.study.executors import Processes\n"
            "try: runner.run(store, Processes(1))\n"
            "except Exception as error: print(type(error).__name__, error)")
    for folder in store.path.parents[:3]:
        folder.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", code, str(store.path)], capture_output=True, text=True)
    assert done.stdout == f"BrinkError {store.path / 'lock'}: cannot be written (Permission denied)\n", done.stderr
    (store.path).chmod(0o755)
    assert tree(store.path) == before
