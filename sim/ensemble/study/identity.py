"""Who the files of a study are: what each says of itself, its place and its hash must agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from sim.ensemble.files import hash_of, parsed
from sim.errors import cut, outside

MARK = "brink.part"
"""Where the metadata of a table hold what the file says of itself; in a JSON file of sets that failed it stands as "part"."""


class Inside(NamedTuple):
    """What a file holds: the hash of its content, and what it says of itself; None if it says nothing."""

    hash: str
    mark: Mapping[str, Any] | None


class Fault(NamedTuple):
    """A file that is not what it should be, why, and whether making its part again mends it."""

    path: Path
    why: str
    mends: bool


def inside(path: Path) -> Inside:
    """What a file holds; read again when it changes. Raises BrinkError if it cannot be read."""
    with outside(path):
        found = path.stat()
        return _inside(path, (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino))


@lru_cache(2**16)
def _inside(path: Path, stamp: tuple[int, ...]) -> Inside:
    content = path.read_bytes()
    try:
        return Inside(hash_of(content), _mark(content))
    except (pa.ArrowException, ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError):
        return Inside(hash_of(content), None)


def _mark(content: bytes) -> Mapping[str, Any]:
    """What a file says of itself; of one that was made before files said so much, the study alone."""
    if not content.startswith(b"PAR1"):
        return dict(parsed(content)["part"])
    about = pq.read_metadata(pa.BufferReader(content)).metadata
    return dict(parsed(about[MARK.encode()])) if MARK.encode() in about else {"study": about[b"brink.study"].decode()}


def faults(path: Path, part: Mapping[str, Any] | None, named: str, listed: str | None, marked: bool) -> Iterator[Fault]:
    """What is wrong with a file of a study.

    Parameters
    ----------
    path : the file
    part : what it must say of itself; None if the study has no part of that name
    named : the hash in its name
    listed : the hash of that part's file in the manifest; None if none is listed
    marked : whether the study's files say all of that, or only their study
    """
    if part is None:
        yield Fault(path, "is no part of this study", False)
        return
    found = inside(path)
    damaged = found.hash != named or listed not in (None, named)
    for name in part if marked else ("study",):
        if found.mark is not None and found.mark.get(name) != part[name]:
            yield Fault(path, f"is of {name} {_shown(found.mark.get(name))}, and lies in the place of {name} "
                              f"{_shown(part[name])}", damaged)
    if damaged or (found.mark is None and (marked or path.suffix != ".json")):
        yield Fault(path, "is damaged, or was changed since it was made", True)


def _shown(value: Any) -> str:
    span = isinstance(value, list) and len(value) == 2 and all(isinstance(end, int) for end in value)
    return f"{value[0]} to {value[1] - 1}" if span else cut(str(value))
