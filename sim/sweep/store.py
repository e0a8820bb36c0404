"""The directory of a study: what it is, its parts, and who may write to it.

    study.json                the study as resolved, its layers of luck, the model's source hash, versions
    sets.parquet              a row a parameter set
    worlds/scenario=NAME/     part-SET-LUCK-HASH.parquet: a row a world; HASH is that of the file's content
    daily/scenario=NAME/      the same for means and quantiles by set, variable and day
    failed/scenario=NAME/     the same for sets that failed, as JSON, with the reason
    manifest.json             every file with its hash, once all parts are there

A file that has its name is whole: it was written under another one, flushed and renamed. The worlds of a part come last, so
that a part is done when they are there (or, if all its sets failed, when that is said). Two processes that make the same
part write the same bytes under the same name.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from sim.errors import BrinkError
from sim.files import read_parquet, write_parquet, write_whole
from sim.source import fingerprint
from sim.sweep.designs import Sets
from sim.sweep.parts import Layer, Part, parts
from sim.sweep.study import FORMAT, Study
from sim.sweep.work import Made, Work

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 16
"""Hex digits of a file's hash that stand in its name."""

DECISIVE = ("outcomes.py", "shocks.py", "interventions", "sweep/work.py")
"""Source that decides what a part holds, apart from the model."""

KINDS = {"worlds": "parquet", "daily": "parquet", "failed": "json"}


class Store:
    """A study on disk."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        content = self._read()
        self.study = Study.from_dict(content)
        self.layers: list[Layer] = [(low, high) for low, high in content["layers"]]
        self.model, self.id = content["model"], content["id"]

    def _read(self) -> dict[str, Any]:
        place = self.path / "study.json"
        if not place.is_file():
            raise BrinkError(f"{self.path}: is not the directory of a study, for it holds no study.json")
        try:
            content: dict[str, Any] = json.loads(place.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise BrinkError(f"{place}: cannot be read ({error})") from None
        if content.get("format") != FORMAT:
            raise BrinkError(f"{place}: is of format {content.get('format')!r}; this version reads {FORMAT}")
        return content

    @classmethod
    def create(cls, path: str | Path, study: Study) -> Store:
        """A new directory for a study; or the one that is there, if it is of the same study.

        Raises BrinkError if it is of another study, or no study at all.
        """
        path = Path(path)
        sets = study.design.sets(study.seed)
        id = study.identity(_bits(sets))
        if path.exists():
            return cls._reopened(path, study, id)
        from sim.results import versions

        about = {**study.as_dict(), "id": id, "layers": [[0, study.worlds]], "model": fingerprint(*DECISIVE),
                 "versions": versions()}

        def fill(folder: Path) -> None:
            write_parquet(_sets_table(sets), folder / "sets.parquet")
            (folder / "study.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", "utf-8")
        write_whole(path, fill)
        return cls(path)

    @classmethod
    def _reopened(cls, path: Path, study: Study, id: str) -> Store:
        if path.is_dir() and not any(path.iterdir()):
            raise BrinkError(f"{path}: exists already and is empty; remove it or name another directory")
        store = cls(path)
        if store.id != id:
            raise BrinkError(f"{path}: holds another study ({store.study.title!r}); name another directory")
        if study.worlds > store.layers[-1][1]:
            raise BrinkError(f"{path}: was made with {store.layers[-1][1]:,} worlds a set, and the file asks for "
                             f"{study.worlds:,}; use --extend {path} --worlds +{study.worlds - store.layers[-1][1]}")
        return store

    def check_model(self) -> None:
        """Raise BrinkError if the model has changed since the study was begun."""
        if self.model != (now := fingerprint(*DECISIVE)):
            raise BrinkError(f"{self.path}: was begun with the model {self.model}, and this is {now}; results of two models do "
                             f"not belong together: start another study, or go back to that version")

    @cached_property
    def sets(self) -> Sets:
        """The parameter sets."""
        table = read_parquet(self.path / "sets.parquet").drop_columns("set")
        columns = [table.column(name).to_numpy() for name in table.column_names]
        values = np.stack(columns, axis=1) if columns else np.empty((self.study.design.size(), 0), np.float32)
        found = Sets(tuple(table.column_names), values)
        if self.study.identity(_bits(found)) != self.id:
            raise BrinkError(f"{self.path}: sets.parquet or study.json was changed since the study was begun")
        return found

    @cached_property
    def parts(self) -> list[Part]:
        """All parts, in the order in which they are made."""
        return list(parts(len(self.study.scenarios), len(self.sets), self.layers))

    def extend(self, worlds: int) -> None:
        """Add so many luck numbers to every set; those that are there stay."""
        if worlds < 1:
            raise BrinkError(f"--worlds +{worlds}: must add at least one world a set")
        top = self.layers[-1][1]
        self.layers.append((top, top + worlds))
        self.study = dataclasses.replace(self.study, worlds=top + worlds)
        content = {**self._read(), "worlds": top + worlds, "layers": [list(layer) for layer in self.layers]}
        self._write(self.path / "study.json", json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n")
        (self.path / "manifest.json").unlink(missing_ok=True)
        self.__dict__.pop("parts", None)

    def work(self, part: Part) -> Work:
        """What a worker needs to know to make a part."""
        return Work(self.id, self.study.scenarios[part.scenario], self.study.seed, self.study.outcomes, self.study.daily,
                    self.study.every, self.sets.names, self.sets.values[part.first:part.stop], part.first, part.low, part.high)

    # what is there

    def files(self, kind: str) -> Iterator[Path]:
        """The finished files of a kind."""
        yield from sorted((self.path / kind).glob(f"scenario=*/part-*.{KINDS[kind]}"))

    def done(self) -> set[Part]:
        """The parts that are there."""
        written = {(path.parent.name, path.stem.rpartition("-")[0]) for path in self.files("worlds")}
        written |= {(path.parent.name, path.stem.rpartition("-")[0]) for path in self.files("failed")
                    if json.loads(path.read_text("utf-8"))["all"]}
        return {part for part in self.parts if (self._folder(part), part.name) in written}

    def mend(self) -> list[Path]:
        """Remove what was left half-written, and files whose content is not what their name says; these."""
        for left in (self.path / ".tmp").glob("*"):
            left.unlink(missing_ok=True)
        bad = [path for kind in KINDS for path in self.files(kind) if _hash(path.read_bytes()) != path.stem.rpartition("-")[2]]
        for path in bad:
            path.unlink()
        return bad

    def failures(self) -> list[dict[str, Any]]:
        """A row a set that failed: scenario, set, reason."""
        found = []
        for path in self.files("failed"):
            found += json.loads(path.read_text("utf-8"))["sets"]
        return sorted(found, key=lambda row: (row["scenario"], row["set"]))

    def _folder(self, part: Part) -> str:
        return f"scenario={quote(self.study.scenarios[part.scenario].name, safe='')}"

    # writing

    def keep(self, part: Part, made: Made) -> None:
        """Write the files of a part. Raises BrinkError if the disk is full or may not be written to."""
        for kind, content in (("daily", made.daily), ("failed", self._told(part, made)), ("worlds", made.worlds)):
            if content:
                name = f"{part.name}-{_hash(content)}.{KINDS[kind]}"
                self._write(self.path / kind / self._folder(part) / name, content)

    def _told(self, part: Part, made: Made) -> bytes:
        if not made.failed:
            return b""
        scenario = self.study.scenarios[part.scenario].name
        rows = [{"scenario": scenario, "set": number, "reason": reason} for number, reason in made.failed]
        return (json.dumps({"all": not made.worlds, "sets": rows}, indent=1, ensure_ascii=False) + "\n").encode()

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file so that it is there whole or not at all, even if the power fails."""
        temporary = self.path / ".tmp" / f"{uuid.uuid4().hex}.part"
        try:
            temporary.parent.mkdir(exist_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            _settle(path.parent)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise BrinkError(f"{path}: cannot be written ({error.strerror or error}); what is there stays as it is, and the "
                             f"same command goes on from here") from None

    def finish(self) -> None:
        """Write the manifest, if all parts are there."""
        if len(self.done()) < len(self.parts):
            return
        files = {path.relative_to(self.path).as_posix(): path.stem.rpartition("-")[2]
                 for kind in KINDS for path in self.files(kind)}
        about = {"id": self.id, "model": self.model, "parts": len(self.parts), "files": files}
        self._write(self.path / "manifest.json", json.dumps(about, indent=1).encode() + b"\n")

    @contextmanager
    def locked(self, shard: str = "") -> Iterator[None]:
        """Keep others from writing to the study: all others, or with a shard only that shard's other runners.

        A lock ends with its process, however that ends. Raises BrinkError if another one has it.
        """
        with _held(self.path / "lock", shared=bool(shard)) as free:
            if not free:
                raise BrinkError(f"{self.path}: another process is at work on this study; wait for it, or stop it")
            if not shard:
                yield
                return
            with _held(self.path / f"lock-{shard}", shared=False) as free:
                if not free:
                    raise BrinkError(f"{self.path}: another process is at work on shard {shard.replace('-', '/')}")
                yield


@contextmanager
def _held(path: Path, shared: bool) -> Iterator[bool]:
    """An advisory lock on a file; False if somebody else has it."""
    if sys.platform == "win32":
        yield True
        return
    import fcntl

    try:
        file = path.open("a")
    except OSError as error:
        raise BrinkError(f"{path}: cannot be written ({error.strerror})") from None
    with file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _sets_table(sets: Sets) -> pa.Table:
    import pyarrow as pa

    return pa.table({"set": np.arange(len(sets), dtype=np.int32),
                     **{name: np.ascontiguousarray(column) for name, column in zip(sets.names, sets.values.T, strict=True)}})


def _bits(sets: Sets) -> bytes:
    return ",".join(sets.names).encode() + np.ascontiguousarray(sets.values).tobytes()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGITS]


def _settle(folder: Path) -> None:
    """Have the directory's new entry on the disk too."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def opened(path: str | Path, scenarios: Sequence[str] = ()) -> Store:
    """A study that is to be read. Raises BrinkError if it is none, or has none of these scenarios."""
    store = Store(path)
    names = [one.name for one in store.study.scenarios]
    for name in scenarios:
        if name not in names:
            raise BrinkError(f"{path}: has no scenario {name!r}; it has {', '.join(names)}")
    return store
