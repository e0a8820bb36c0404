"""Files: directories that appear whole or not at all, names that are taken before work begins, tables of which the same content
gives the same bytes, and hashes by which a file is known.
"""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import re
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import BrinkError, number, outside, path_of, shown
from sim.model.strict_yaml import content_of

if sys.platform != "win32":  # where nobody can tell whose an empty directory is
    import fcntl
if TYPE_CHECKING:
    import pandas as pd

NUMBER = re.compile(r"[+-]?[\d.,]+(e[+-]?\d+)?( ?%)?|[+-]", re.ASCII | re.IGNORECASE)
"""What begins with a sign and is no formula."""

ROWS = 64 * 2048
"""Rows in one group of a Parquet file."""
DIGITS = 16
"""Hex digits of a hash by which a file is known."""
PROBE = 2**20
"""Bytes that a disk must take before anything is made for it."""

_taken: set[Path] = set()
"""Directories and files that this process has made to keep their names."""


class Exists(BrinkError):
    """Something of that name is there."""

    def __init__(self, path: Path, what: str = "directory") -> None:
        super().__init__(f"{path}: exists already; name another {what} or remove it")

LARGEST_RUN, LARGEST_STUDY = 4_000_000, 400_000_000
"""Bytes that the description of a run may have, and that of a study, which names each of its files."""


@contextmanager
def writing(path: Path, more: str = "") -> Iterator[None]:
    """A context in which a file or directory is written. Raises BrinkError, which ends in `more`, if it cannot be."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            raise Exists(path) from None
        raise BrinkError(f"{path}: cannot be written ({error.strerror or error}){more}") from None


@contextmanager
def taken(path: Path) -> Iterator[Path]:
    """A new directory, made at once so that nobody else takes its name, for `write_whole` to fill; it goes if that does not.

    Raises BrinkError if there is something of that name, or if nothing can be written there.
    """
    place = path_of(path).absolute()
    if os.path.lexists(place):
        raise Exists(path)
    above = [one for one in place.parents if not one.exists()]
    _check_folder(path, place.parents[len(above)])
    with writing(path), suppress(FileExistsError):
        place.parent.mkdir(parents=True)
    with writing(path):
        place.mkdir()
    _taken.add(place)
    try:
        with _marked(place):
            with writing(path):
                _probe(place / "probe")
            yield path
    finally:
        _taken.discard(place)
        with suppress(OSError):  # something stands in it, as it should
            for one in (place, *above):
                one.rmdir()


@contextmanager
def _marked(place: Path) -> Iterator[None]:
    """A context in which others see that a directory is in use, which ends with this process, however that ends."""
    if sys.platform == "win32":
        yield
        return
    try:
        handle = os.open(place, os.O_RDONLY)
    except OSError:  # somebody took it for abandoned, just now
        raise Exists(place) from None
    try:
        with suppress(OSError):  # on a disk without locks
            fcntl.flock(handle, fcntl.LOCK_SH)
        if not (place.is_dir() and os.path.samestat(os.fstat(handle), os.stat(place))):
            raise Exists(place)
        yield
    finally:
        os.close(handle)


def _is_left(place: Path) -> bool:
    """Whether a directory is more than an empty one of a process that ended before it filled it; such a one is removed."""
    if sys.platform == "win32" or is_taken(place):
        return True
    try:
        handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        place.rmdir()
    except OSError:  # it is in use, or holds something
        return True
    finally:
        os.close(handle)
    return False


@contextmanager
def taken_next(folder: Path, name: str) -> Iterator[Path]:
    """A new directory NAME-N of a folder, as `taken` makes it, with the first number above all that are there.

    Empty directories of processes that ended before they filled them do not count, and go.
    """
    ends = ((path, path.name.rpartition("-")[2]) for path in folder.glob(f"{name}-*"))
    number = max((int(end) for path, end in ends if end.isdecimal() and _is_left(path)), default=0)
    with ExitStack() as stack:
        while True:
            with suppress(Exists):
                number += 1
                place = stack.enter_context(taken(folder / f"{name}-{number}"))
                break
        yield place


@contextmanager
def taken_file(path: Path) -> Iterator[Path]:
    """The same for a file, for `write_text` to fill: it is made empty, and goes if it stays so."""
    check_writable(path)
    try:
        with writing(path):
            path.open("x").close()
    except Exists:
        raise Exists(path, "file") from None
    _taken.add(path.absolute())
    try:
        yield path
    finally:
        _taken.discard(path.absolute())
        with suppress(OSError):
            if not path.stat().st_size:
                path.unlink()


def is_taken(path: Path) -> bool:
    """Whether this process has made a directory or file only to keep its name."""
    return path.absolute() in _taken


def _probe(path: Path) -> None:
    """Raise OSError if the disk takes no more."""
    try:
        path.write_bytes(os.urandom(PROBE))
        settle(path)
    finally:
        path.unlink(missing_ok=True)


def write_whole(path: str | Path, fill: Callable[[Path], object]) -> Path:
    """Make a directory and let `fill` write into it; it appears whole or not at all.

    Raises BrinkError if the path exists, unless it was made by `taken`, or cannot be written.
    """
    path = path_of(path)
    if path.exists() and not is_taken(path):
        raise Exists(path)
    part = _beside(path)
    try:
        with writing(path):
            part.mkdir(parents=True)
            fill(part)
            for written in (*part.rglob("*"), part):
                settle(written)
            if os.name == "nt" and is_taken(path):
                path.rmdir()
            part.replace(path)
            settle(path.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return path


def _beside(path: Path) -> Path:
    """Where something is written before it gets its name."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")


def settle(path: Path) -> None:
    """Make sure that a file, or the entries of a directory, are on the disk."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> Path:
    """Write a file, which appears whole or not at all. Raises BrinkError if it cannot be written."""
    part = _beside(path)
    with writing(path):
        try:
            part.write_text(text, encoding="utf-8")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return path


def json_text(content: Any) -> str:
    """The text of a JSON file. Raises BrinkError for what it cannot hold: NaN, infinity, text that is no Unicode."""
    try:
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        text.encode()
    except ValueError as error:
        why = "text with a lone surrogate" if isinstance(error, UnicodeEncodeError) else "a number that is not finite"
        raise BrinkError(f"{why} cannot be written as JSON") from None
    return text


def parsed(text: str | bytes) -> Any:
    """What a JSON text holds. Raises ValueError for what is none, and for numbers that are not finite or are huge."""
    try:
        return json.loads(text, parse_float=number, parse_int=_whole, parse_constant=_no_number)
    except BrinkError as error:  # which whoever reads this tells with the place
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _no_number(text: str) -> float:
    raise BrinkError(f"{text} is not a finite number; earlier versions wrote such, so make it again with this one")


def _whole(text: str) -> int:
    number(text)
    return int(text)


def hash_of(content: bytes) -> str:
    """Hex digits by which a content is known."""
    return hashlib.sha256(content).hexdigest()[:DIGITS]


def file_hash(path: Path) -> str:
    """The same of the content of a file. Raises BrinkError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]
    except FileNotFoundError:
        raise BrinkError(f"{path}: is missing") from None
    except OSError as error:
        raise BrinkError(f"{path}: cannot be read ({error.strerror})") from None


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """A description with a hash over it, its seal, that shows whether somebody has changed it."""
    return {**content, "seal": _seal(content)}


def is_whole(content: Mapping[str, Any]) -> bool:
    """Whether a description is as it was sealed."""
    return content.get("seal") == _seal(content)


def _seal(content: Mapping[str, Any]) -> str:
    unsealed = {name: value for name, value in content.items() if name != "seal"}
    return hash_of(json.dumps(unsealed, sort_keys=True, allow_nan=False).encode())


def make_folder(path: Path) -> Path:
    """A directory to write into, made if it is not there. Raises BrinkError if nothing can be written to it."""
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
    check_writable(path / "part")
    return path


def check_writable(path: Path) -> None:
    """Raise BrinkError if no file can be written in the directory of this path."""
    _check_folder(path, path_of(path).absolute().parent)


def _check_folder(path: Path, parent: Path) -> None:
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise BrinkError(f"{path}: cannot be written, for {parent} is not a directory that you can write to")


def write_parquet(table: pa.Table, path: Path | BinaryIO) -> None:
    """Write a table so that the same table gives the same bytes: zstd, in encodings that every reader of Parquet knows."""
    others = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    pq.write_table(table, path, row_group_size=ROWS, compression="zstd", compression_level=3, use_dictionary=others)


def read_parquet(path: Path) -> pa.Table:
    """Read a table. Raises BrinkError if it is missing or damaged."""
    with parquet(path):
        return pq.read_table(path)


@contextmanager
def parquet(path: Path) -> Iterator[None]:
    """A context in which a Parquet file is read. Raises BrinkError if it is missing or damaged."""
    try:
        yield
    except BrinkError:
        raise
    except FileNotFoundError:
        raise BrinkError(f"{path}: is missing") from None
    except Exception:  # whatever it is that Arrow says of a damaged file
        raise BrinkError(f"{path}: is not a Parquet file, or a damaged one") from None


def read_json(folder: Path, name: str, kind: str = "run") -> dict[str, Any]:
    """Read a description from the directory of a run, or of something else of that kind. Raises BrinkError if it is not one."""
    path = folder / f"{name}.json"
    with outside(path):
        if kind == "run" and not folder.is_dir():
            raise BrinkError(f"{folder}: is a file; name the directory of a run" if folder.exists()
                             else f"{folder}: there is no such directory")
        if not path.exists():
            raise BrinkError(f"{folder}: is not the directory of a {kind}, for it holds no {path.name}")
        content = parsed(content_of(path, LARGEST_RUN if kind == "run" else LARGEST_STUDY))
    if not isinstance(content, dict):
        raise BrinkError(f"{path}: does not describe a {kind}")
    return content


def check_format(path: Path, content: Mapping[str, Any], known: int) -> None:
    """Raise BrinkError if the content of a file is of another format than the known one."""
    if content.get("format") != known:
        raise BrinkError(f"{path}: is of format {shown(content.get('format'))}; this version reads {known}")


def plain(value: Any) -> Any:
    """The same with None for NaN, which JSON does not have."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and value != value else value


def write_csv(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write rows of plain values; NaN is an empty cell."""
    path.write_text(csv_text(rows), "utf-8", newline="")


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The text of a CSV file of rows of plain values; NaN is an empty cell, a list its items with spaces between."""
    file = io.StringIO()
    writer = csv.DictWriter(file, rows[0].keys() if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return file.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        value = " ".join(map(str, value))
    return "" if value != value else harmless(value)


def csv_of(table: pd.DataFrame) -> str:
    """The text of a CSV file of a table, without its index."""
    texts = table.select_dtypes(exclude=("number", "bool"))
    return table.assign(**{name: texts[name].map(harmless) for name in texts}).to_csv(index=False, lineterminator="\n")


def harmless(cell: Any) -> Any:
    """A cell of a table that a spreadsheet does not take for a formula: a text that could be one begins with an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") and not NUMBER.fullmatch(cell) else cell
