"""The library: a folder with the runs and comparisons that were kept, to be listed, opened and added to by name.

A name from a user is never a path: its directory must lie in the folder, with all its files, wherever links lead.
Of a run too large for memory, its first worlds are read, which are a fair sample of all.
"""

from __future__ import annotations

import datetime
import os
import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.analysis.compare.compare import described as compared
from sim.ensemble.files import LARGEST_RUN, Exists, file_hash, hash_of, is_whole, parquet, read_json, taken
from sim.ensemble.results import Run, described
from sim.ensemble.tables import check
from sim.errors import BrinkError, cut, nearest, printable

RUN, COMPARISON = "run", "comparison"
"""Kinds of what is kept: a directory of each has a JSON file of that name."""
LISTED = 200
"""Directories listed at most, the newest first; a folder that holds as many takes no more."""
MOST_WORLDS = 250_000
"""Worlds read of a run at most."""
MOST_SETS = 8192
"""Parameter sets read at most."""
MOST_EVENTS = 2_000_000
BATCH = 65_536
"""Rows read at a time."""
LONGEST = 60
"""Letters of a name that is given."""
PLAIN = re.compile(r"\w[\w .,+=@()-]{0,99}")
"""A name that is opened: no path, and nothing hidden."""


@dataclass(frozen=True)
class KeptRun:
    """What is kept under a name.

    Parameters
    ----------
    name, kind : name of its directory, and RUN or COMPARISON
    title : of the scenario, or of the two
    sets : 1 where parameters are fixed
    date : when it was begun, as ISO text; "" if that is not recorded
    problem : why it cannot be opened, or ""
    """

    name: str
    kind: str
    title: str = ""
    worlds: int = 0
    days: int = 0
    sets: int = 1
    date: str = ""
    problem: str = ""


class Library:
    """A folder of runs and comparisons; it need not exist until something is kept."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).absolute()

    def entries(self) -> list[KeptRun]:
        """What is kept, the newest first, LISTED at most; what is neither a run nor a comparison is passed over."""
        return [_listed(place, kind) for place, kind in self._kept()[:LISTED]]

    def path(self, name: str) -> Path:
        """The directory of that name. Raises BrinkError, with the nearest, if there is none inside the folder."""
        place = self.folder / name if PLAIN.fullmatch(name) else self.folder
        if self._kind(place) is None:
            raise BrinkError(f"the library has no {name[:LONGEST]!r}{nearest(name[:LONGEST], self.names())}")
        return place

    def names(self) -> list[str]:
        """The names of all that is kept, the newest first."""
        return [place.name for place, _ in self._kept()]

    def open(self, name: str) -> Run:
        """The run of that name, or "name/a" and "name/b" for the two sides of a comparison; see `opened`."""
        name, _, side = name.partition("/")
        path = self.path(name)
        if side not in ("", "a", "b"):
            raise BrinkError(f"the library has no {side[:LONGEST]!r} of {name!r}; a comparison has a and b")
        try:
            if side:
                compared(path)
            return opened(path / side if side else path)
        except BrinkError as error:
            raise BrinkError(_inside(self.folder, error)) from None

    def stamp(self, name: str) -> str:
        """Text that changes when what is kept under a name does."""
        place = self.path(name.partition("/")[0])
        files = [path for path in sorted((*place.glob("*"), *place.glob("[ab]/*"))) if path.is_file()]
        return hash_of(repr([_content(path) if path.suffix == ".json" else _stat(path) for path in files]).encode())

    def keep(self, run: Run, name: str) -> str:
        """Keep a run under a name, of which letters, digits, "-" and "_" are left; the name it got.

        Raises BrinkError if nothing is left of it, if it is taken, or if the folder is full.
        """
        given = tidy(name)
        if not given:
            raise BrinkError("a name needs letters or digits, like mediation-1")
        if len(self._kept()) >= LISTED:
            raise BrinkError(f"the library is full: it holds {LISTED} results; ask whoever runs this server to make room")
        try:
            with taken(self.folder / given) as place:
                run.save(place)
        except Exists:
            raise BrinkError(f"{given!r} is taken; choose another name, like {self.free(given)!r}") from None
        return given

    def free(self, name: str) -> str:
        """A name that begins like this one and is not taken."""
        stem = re.sub(r"-\d+$", "", tidy(name)) or "run"
        found = (f"{stem[:LONGEST - len(f'-{i}')].rstrip('-_')}-{i}" for i in range(1, 10**6))
        return next(name for name in found if not (self.folder / name).exists())

    def _kept(self) -> list[tuple[Path, str]]:
        """Directory and kind of all that is kept inside the folder, what was begun last first."""
        if not self.folder.is_dir():
            return []
        found = [(place, kind) for place in sorted(self.folder.iterdir()) if (kind := self._kind(place)) is not None]
        return sorted(found, key=lambda entry: _moment(*entry), reverse=True)

    def _kind(self, place: Path) -> str | None:
        """The kind of a directory of the folder; None for anything else, and where a link leads out of the folder.

        A file that is no link lies where its directory does.
        """
        if place == self.folder or place.name.startswith("."):
            return None
        try:
            kind = next((kind for kind in (COMPARISON, RUN) if (place / f"{kind}.json").is_file()), None)
        except PermissionError:  # it is listed with its problem
            kind = RUN
        root = self.folder.resolve()
        links = (path for path in (place, *place.glob("*"), *place.glob("[ab]/*")) if path.is_symlink() or path.is_dir())
        try:
            return kind if kind and all(path.resolve().is_relative_to(root) for path in links) else None
        except (OSError, RuntimeError):  # a link that leads to itself
            return None


def tidy(name: str) -> str:
    """A name of small letters, digits, "-" and "_", that begins with a letter or digit; what is not left becomes "-"."""
    return re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-_")[:LONGEST].rstrip("-_")


def opened(path: Path) -> Run:
    """A run that was kept; of one with more than MOST_WORLDS worlds the first of them, with the daily record of all.

    Raises BrinkError if it is not there, not whole, or of another format.
    """
    with described(path) as (about, timing):
        about = _cut(about)
        sizes = {"worlds": about["worlds"], "parameters": about["sets"], "events": MOST_EVENTS}
        files = {name: path / f"{name}.parquet" for name in about["tables"]}
        read = {name: check(file, name, _first_rows(file, sizes.get(name, sys.maxsize)), about) for name, file in files.items()}
        about, read["events"] = _whole(about, read["events"])
        return Run(about, read, timing)


def _cut(about: dict[str, Any]) -> dict[str, Any]:
    """The description of so much of a run as is read: of one over parameter sets, sets that are whole."""
    varied = about["uncertainty"] == "priors"
    each = about["worlds_a_set"] if varied else 1
    kept = min(about["worlds"], MOST_WORLDS // each * each, MOST_SETS * each if varied else MOST_WORLDS)
    if kept == about["worlds"]:
        return about
    return {**about, "worlds": kept, "of_worlds": about["worlds"], "sets": kept // each if varied else 1}


def _first_rows(path: Path, most: int) -> pa.Table:
    """The first rows of a table, `most` of them at most; no others are in memory."""
    with parquet(path), pq.ParquetFile(path) as file:
        batches, left = [], most
        for batch in file.iter_batches(batch_size=BATCH):
            batches.append(batch.slice(0, left))
            left -= len(batches[-1])
            if left <= 0:
                break
        return pa.Table.from_batches(batches, None if batches else file.schema_arrow)


def _whole(about: dict[str, Any], events: pa.Table) -> tuple[dict[str, Any], pa.Table]:
    """Events of worlds that are read, and of which all events are."""
    kept = min(about["kept_events"], about["worlds"])
    if events.num_rows == MOST_EVENTS:
        kept = min(kept, events.column("world")[-1].as_py())
    return {**about, "kept_events": kept}, events.filter(pc.field("world") < kept)


def _listed(place: Path, kind: str) -> KeptRun:
    """What is kept in a directory, or why that cannot be told or opened."""
    if not PLAIN.fullmatch(place.name):
        return KeptRun(printable(place.name), kind, problem="has a name with signs that are not opened; rename its folder")
    try:
        return _entry(place, kind, _content(place / f"{kind}.json"))
    except (OSError, BrinkError) as error:
        return _unread(place, kind, error)


def _unread(place: Path, kind: str, error: Exception) -> KeptRun:
    return KeptRun(place.name, kind, problem=f"cannot be read ({cut(_inside(place.parent, error), 200)})")


@lru_cache(4 * LISTED)
def _entry(place: Path, kind: str, stamp: str) -> KeptRun:
    """What is kept in a directory; read again when it changes."""
    try:
        about = read_json(place, kind)
        if "seal" in about and not is_whole(about):
            raise BrinkError(f"{kind}.json was changed")
        title = about["scenario"]["title"] if kind == RUN else " against ".join(about[side]["title"] for side in "ab")
        return KeptRun(place.name, kind, str(title), int(about["worlds"]), int(about["days"]), int(about["sets"]), _date(place))
    except Exception as error:  # whatever it is, the others are listed
        return _unread(place, kind, error)


def _inside(folder: Path, error: Exception) -> str:
    """The message of an error, with paths relative to the folder, whose place is private."""
    return str(error).replace(f"{folder}{os.sep}", "")


def _date(place: Path) -> str:
    """When it was begun, or "" if that is not recorded."""
    timed = next((folder for folder in (place, place / "a") if (folder / "timing.json").is_file()), None)
    return str(read_json(timed, "timing").get("began", "")) if timed else ""


def _moment(place: Path, kind: str) -> str:
    """When it was begun; where that is not recorded, when its description was written."""
    try:
        if began := _date(place):
            return began
    except (OSError, BrinkError, AttributeError, RecursionError):
        pass
    try:
        written = place.joinpath(f"{kind}.json").stat().st_mtime
    except OSError:
        written = place.stat().st_mtime
    return datetime.datetime.fromtimestamp(written, datetime.UTC).isoformat(timespec="seconds")


def _content(path: Path) -> str:
    """Text that changes with the content of a description; of one that is too large to be read, with its size and time."""
    return file_hash(path) if path.stat().st_size <= LARGEST_RUN else repr(_stat(path))


def _stat(path: Path) -> tuple[int, ...]:
    """What changes with a file as a rule, without reading it."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
