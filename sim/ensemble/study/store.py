"""The directory of a study: what it is, its parts, and who may write to it.

    study.json                the study as resolved, its layers of luck, the model's source hash, versions, a seal over it all
    sets.parquet              one row per parameter set, with its label if it has one
    worlds/scenario=NAME/     part-SET-LUCK-HASH.parquet: one row per world; HASH is that of the file's content
    daily/scenario=NAME/      the same for means and quantiles by set, variable and day
    failed/scenario=NAME/     the same for sets that failed, as JSON, with the reason
    manifest.json             every file with its hash, once all parts are there
    timing-N-I.json           how fast the I-th of N runners was

Each file of a part says of which study, scenario, sets and luck it is (`identity`), so that one that lies elsewhere is found.
A file that has its name is whole: it was written under another one, flushed and renamed. The worlds of a part come last, so
that a part is done when they are there (or, if all its sets failed, when `failed` has that). Two processes that make the same
part write the same bytes under the same name.
"""

from __future__ import annotations

import dataclasses
import os
import shlex
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa

from sim.engine.streams import check_contract
from sim.ensemble.design import Design
from sim.ensemble.files import (
    check_format,
    file_hash,
    hash_of,
    is_whole,
    json_text,
    read_json,
    read_parquet,
    sealed,
    settle,
    write_parquet,
    write_whole,
    writing,
)
from sim.ensemble.fingerprint import versions
from sim.ensemble.study import locks
from sim.ensemble.study.identity import Fault, faults
from sim.ensemble.study.parts import Layer, Part, parts, width
from sim.ensemble.study.study import FORMAT, Study
from sim.ensemble.study.work import Made, PartTask, maker
from sim.errors import BrinkError, outside, path_of

KINDS = {"worlds": "parquet", "daily": "parquet", "failed": "json"}

MOVE = "move it elsewhere"


class Store:
    """A study on disk. Raises BrinkError if there is none at `path`, or if its study.json was changed by hand."""

    def __init__(self, path: str | Path) -> None:
        self.path = path_of(path)
        content = self._read()
        with outside(self.path / "study.json", "does not describe a study"):
            self.study = Study.from_dict(content)
            self.layers: list[Layer] = [(int(low), int(high)) for low, high in content["layers"]]
            self.model, self.id, self.width = str(content["model"]), str(content["id"]), int(content["width"])
            self.marked, self._sets_hash = "sets_hash" in content, content.get("sets_hash")

    def _read(self) -> dict[str, Any]:
        place = self.path / "study.json"
        content = read_json(self.path, "study", "study")
        if "seal" not in content:
            raise BrinkError(f"{place}: does not describe a study")
        check_format(place, content, FORMAT)
        if not is_whole(content):
            raise BrinkError(f"{place}: was changed since the study was begun; results belong to the study that made them, "
                             f"so start another one")
        return content

    @classmethod
    def create(cls, path: str | Path, study: Study) -> Store:
        """A new directory for a study; or the one that is there, if it is of the same study.

        Raises BrinkError if it is of another study, or no study at all.
        """
        path = path_of(path)
        sets = study.design.sets(study.seed)
        id = study.identity(sets)
        if not path.exists():
            try:
                write_whole(path, lambda folder: _begin(folder, study, sets, id))
            except BrinkError:
                if not (path / "study.json").is_file():  # else another shard has just begun it
                    raise
        return cls._reopened(path, study, id)

    @classmethod
    def _reopened(cls, path: Path, study: Study, id: str) -> Store:
        if path.is_dir() and not any(path.iterdir()):
            raise BrinkError(f"{path}: exists already and is empty; remove it or name another directory")
        store = cls(path)
        check_contract(str(path), store.study.luck)
        if store.id != id:
            raise BrinkError(f"{path}: holds another study ({store.study.title!r}); name another directory")
        if study.worlds > store.layers[-1][1]:
            raise BrinkError(f"{path}: was made with {store.layers[-1][1]:,} worlds a set, and the file asks for "
                             f"{study.worlds:,}; use {store.extended_by(study.worlds - store.layers[-1][1])}")
        return store

    @property
    def resume(self) -> str:
        """The command that goes on with the study."""
        return f"brink sweep --resume {shlex.quote(str(self.path))}"

    def extended_by(self, worlds: int) -> str:
        """The command that adds so many worlds to every set."""
        return f"brink sweep --extend {shlex.quote(str(self.path))} --worlds +{worlds}"

    def check_model(self) -> None:
        """Raise BrinkError if the model, or what computes and writes for it, has changed since the study was begun."""
        check_contract(str(self.path), self.study.luck)
        if self.model != maker():
            raise BrinkError(f"{self.path}: was begun with the model {self.model}, and this is {maker()}; results of two "
                             f"models do not belong together: start another study, or go back to that version")

    @cached_property
    def sets(self) -> Design:
        """The parameter sets. Raises BrinkError if they are not those with which the study was begun."""
        table = read_parquet(place := self.path / "sets.parquet")
        names = [name for name in table.column_names if name not in ("set", "label")]
        columns = [table.column(name).to_numpy() for name in names]
        numbers = all(column.dtype.kind == "f" for column in columns)
        values = np.stack(columns, axis=1) if columns and numbers else np.empty((len(table), 0), np.float32)
        found = Design(tuple(names if numbers else ()), values)
        if not numbers or self.study.identity(found) != self.id or self._sets_hash not in (None, file_hash(place)):
            raise BrinkError(f"{self.path}: sets.parquet was changed since the study was begun; start another study")
        return found

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What each set is called; nothing if its study file names none."""
        table = read_parquet(self.path / "sets.parquet")
        return tuple(table.column("label").to_pylist()) if "label" in table.column_names else ()

    @cached_property
    def parts(self) -> list[Part]:
        """All parts, in the order in which they are made."""
        return list(parts(len(self.study.scenarios), len(self.sets), self.layers, self.width))

    def extend(self, worlds: int) -> None:
        """Add so many luck numbers to every set; those that are there stay.

        Raises BrinkError if parts are still missing, so that the same command, given again, does not add twice.
        """
        if worlds < 1:
            raise BrinkError(f"--worlds +{worlds}: must add at least one world a set")
        self.checked()
        if left := len(self.parts) - len(self.done()):
            raise BrinkError(f"{self.path}: {left:,} parts are still to be made; first {self.resume}")
        top = self.layers[-1][1]
        study = dataclasses.replace(self.study, worlds=top + worlds)
        study.check(self.path)
        layers = [*self.layers, (top, top + worlds)]
        content = sealed({**self._read(), "worlds": top + worlds, "layers": [list(layer) for layer in layers]})
        self.reopen()
        self._write(self.path / "study.json", json_text(content).encode())
        self.study, self.layers = study, layers
        self.__dict__.pop("parts", None)

    def work(self, part: Part) -> PartTask:
        """The task of making a part."""
        design = dataclasses.replace(self.sets, each=part.high - part.low, shared=part.low).only(part.first, part.stop)
        return PartTask(self.id, self.model, self.study.scenarios[part.scenario], self.study.seed, self.study.outcomes,
                        self.study.daily, self.study.every, design)

    # what is there

    def files(self, kind: str) -> Iterator[Path]:
        """The finished files of a kind, and whatever else there is that is called like one."""
        yield from sorted(path for path in (self.path / kind).rglob(f"*.{KINDS[kind]}") if not path.name.startswith("."))

    def worlds_of(self, scenario: str) -> list[Path]:
        """The files of a scenario's worlds. Raises BrinkError as `checked` does, and if the study was finished with more."""
        manifest = self._manifest()
        there = self.checked("worlds", "failed", manifest=manifest)
        listed = {self.path / name for name in manifest if name.startswith(("worlds/", "failed/"))}
        if gone := listed.difference(there):
            raise BrinkError(f"{min(gone)}: is missing, and the study was finished with it; {self._again}")
        return [path for path in there if path.parts[-3:-1] == ("worlds", self.folder(scenario))]

    def done(self) -> set[Part]:
        """The parts that are there, by the names of their files."""
        written = {_part_of(path) for path in self.files("worlds")}
        if self.study.daily:
            written &= {_part_of(path) for path in self.files("daily")}
        written |= {_part_of(path) for path in self.files("failed") if _failures(path)["all"]}
        return {part for part in self.parts if (self._folder(part), part.name) in written}

    def checked(self, *kinds: str, manifest: Mapping[str, str] | None = None) -> list[Path]:
        """The files of some kinds, or of all. Raises BrinkError for one that is damaged, foreign, unknown or there twice.

        manifest : what `_manifest` gave, where it was read already
        """
        kinds = kinds or tuple(KINDS)
        for path, why, mends in self._faults(self._manifest() if manifest is None else manifest, kinds):
            raise BrinkError(f"{path}: {why}; {self._again if mends else MOVE}")
        return [path for kind in kinds for path in self.files(kind)]

    @property
    def _again(self) -> str:
        return f"brink sweep --resume {self.path} makes it again"

    def _faults(self, manifest: Mapping[str, str], kinds: Iterable[str] = KINDS,
                mine: Collection[Part] | None = None) -> Iterator[Fault]:
        """What is wrong with the files that are there, or with those of some parts, and with files of no part."""
        known = {(self._folder(part), part.name): part for part in self.parts}
        listed = {(name.partition("/")[0], *_part_of(self.path / name)): hash for name, hash in manifest.items()}
        for kind in kinds:
            files = list(self.files(kind))
            count = Counter(map(_part_of, files))
            for path in files:
                key = _part_of(path)
                part = known.get(key) if path.parents[1] == self.path / kind else None
                if part is None or mine is None or part in mine:
                    mark = None if part is None else self.work(part).mark(kind)
                    yield from faults(path, mark, _named_hash(path), listed.get((kind, *key)), self.marked)
                if part is not None and count[key] > 1:
                    yield Fault(path, "is there twice", True)

    def _manifest(self) -> dict[str, str]:
        """The hash of every file of a study that was finished, by its path. Raises BrinkError if that cannot be relied on."""
        if not (place := self.path / "manifest.json").is_file():
            return {}
        try:
            content = read_json(self.path, "manifest", "study")
            if content["id"] == self.id and ("seal" not in content or is_whole(content)):
                return dict(content["files"])
        except (BrinkError, LookupError, TypeError, ValueError):
            pass
        raise BrinkError(f"{place}: was changed, or is of another study; brink sweep --resume {self.path} writes it anew")

    def mend(self, mine: Collection[Part] | None = None) -> list[Path]:
        """Remove what was left half-written, and parts of which a file is damaged, or is there twice with different
        content (from machines that compute differently); the files at fault. With `mine`, only of these parts.

        Raises BrinkError, before anything is removed, for a file of another study or place, which somebody may still need.
        """
        try:
            manifest = self._manifest()
        except BrinkError:
            self.reopen()
            manifest = {}
        found = list(self._faults(manifest, mine=mine))
        for path, why, mends in found:
            if not mends:
                raise BrinkError(f"{path}: {why}; {MOVE}")
        faulty = {_part_of(fault.path) for fault in found}
        for path in [path for kind in KINDS for path in self.files(kind) if _part_of(path) in faulty]:
            path.unlink()
        for left in (self.path / ".tmp").glob("*") if mine is None else ():
            left.unlink(missing_ok=True)
        return list(dict.fromkeys(fault.path for fault in found))

    def reopen(self) -> None:
        """Take back that the study is finished."""
        (self.path / "manifest.json").unlink(missing_ok=True)

    def failures(self) -> list[dict[str, Any]]:
        """One row per set that failed: scenario, set, reason, and the luck numbers from and to on which it did."""
        rows = [row for path in self.files("failed") for row in _failures(path)["sets"]]
        return sorted(rows, key=lambda row: (row["scenario"], row["set"], row["low"]))

    def _folder(self, part: Part) -> str:
        return self.folder(self.study.scenarios[part.scenario].name)

    @staticmethod
    def folder(scenario: str) -> str:
        """What the directory of a scenario's files is called."""
        return f"scenario={quote(scenario, safe='')}"

    # writing

    def keep(self, part: Part, made: Made) -> None:
        """Write the files of a part. Raises BrinkError if the disk is full or may not be written to."""
        for kind, content in (("daily", made.daily), ("failed", self._failed(part, made)), ("worlds", made.worlds)):
            if content:
                name = f"{part.name}-{hash_of(content)}.{KINDS[kind]}"
                self._write(self.path / kind / self._folder(part) / name, content)

    def _failed(self, part: Part, made: Made) -> bytes:
        if not made.failed:
            return b""
        scenario = self.study.scenarios[part.scenario].name
        mark = self.work(part).mark("failed")
        rows = [{"scenario": scenario, "set": number, "low": part.low, "high": part.high, "reason": reason}
                for number, reason in made.failed]
        return json_text({"part": mark, "all": not made.worlds, "sets": rows}).encode()

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file so that it is there whole or not at all, even if the power fails."""
        temporary = self.path / ".tmp" / f"{uuid.uuid4().hex}.part"
        with writing(path, f"; what is there stays as it is, and {self.resume} goes on from here"):
            temporary.parent.mkdir(exist_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with temporary.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(path)
                settle(path.parent)
            finally:
                temporary.unlink(missing_ok=True)

    def finish(self) -> None:
        """Write the manifest, if all parts are there."""
        if len(self.done()) < len(self.parts):
            return
        files = {path.relative_to(self.path).as_posix(): _named_hash(path) for kind in KINDS for path in self.files(kind)}
        about = {"id": self.id, "model": self.model, "parts": len(self.parts), "files": files}
        self._write(self.path / "manifest.json", json_text(sealed(about)).encode())

    def locked(self, shard: str = "") -> AbstractContextManager[None]:
        """Keep others from writing to the study; see `locks.locked`."""
        return locks.locked(self.path, shard)


def _begin(folder: Path, study: Study, sets: Design, id: str) -> None:
    """Fill the directory of a new study."""
    columns = dict(zip(sets.names, np.ascontiguousarray(sets.values.T), strict=True))
    labels = {"label": list(study.design.labels)} if study.design.labels else {}
    write_parquet(pa.table({"set": np.arange(len(sets), dtype=np.int32), **labels, **columns}), folder / "sets.parquet")
    about = {**study.as_dict(), "id": id, "sets_hash": file_hash(folder / "sets.parquet"), "layers": [[0, study.worlds]],
             "width": width(study.total), "model": maker(), "versions": versions()}
    (folder / "study.json").write_text(json_text(sealed(about)), "utf-8")


def _part_of(path: Path) -> tuple[str, str]:
    """Which part a file belongs to: its folder, and its name without the hash."""
    return path.parent.name, path.stem.rpartition("-")[0]


def _named_hash(path: Path) -> str:
    """The hash that its content had when it was written."""
    return path.stem.rpartition("-")[2]


def _failures(path: Path) -> dict[str, Any]:
    """The content of a file of sets that failed; nothing for a damaged one."""
    try:
        content = read_json(path.parent, path.stem, "study")
        rows = [{"scenario": str(row["scenario"]), "set": int(row["set"]), "low": int(row["low"]), "high": int(row["high"]),
                 "reason": str(row["reason"])} for row in content["sets"]]
        return {"all": content["all"] is True, "sets": rows}
    except Exception:  # whatever it is, the other files are read
        return {"all": False, "sets": []}
