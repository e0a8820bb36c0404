"""Small studies, and what their directories hold."""

from __future__ import annotations

import io
from pathlib import Path
from unittest import mock

import pyarrow.parquet as pq

from sim.ensemble.study import store as stores
from sim.ensemble.study import study as studies
from sim.ensemble.study.store import Store
from sim.ensemble.study.study import Study

LATIN = "{kind: latin, parameters: [us.bias, israel.missile_trigger], sets: 6}"


def written(folder: Path, text: str, name: str = "study.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def study(folder: Path, design: str = LATIN, worlds: int = 20, days: int = 30, more: str = "") -> Study:
    folder.mkdir(parents=True, exist_ok=True)
    return studies.read(written(folder, f"worlds: {worlds}\ndays: {days}\ndesign: {design}\n{more}"))


def begun(path: Path, what: Study, width: int = 20) -> Store:
    """A study of many small parts."""
    with mock.patch.object(stores, "width", return_value=width):
        return Store.create(path, what)


def tree(path: Path) -> dict[str, bytes]:
    """Every file of a study but its locks and timing."""
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in sorted(path.rglob("*"))
            if file.is_file() and not file.name.startswith(("lock", "timing"))}


def results(path: Path) -> dict[str, bytes]:
    """Its results alone."""
    return {name: content for name, content in tree(path).items() if "/" in name}


def rows(content: bytes) -> list[dict]:
    return pq.read_table(io.BytesIO(content)).to_pylist()
