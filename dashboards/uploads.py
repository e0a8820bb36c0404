"""Uploaded scenario files as views: checked like any scenario, and put into a link as far as possible."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from dashboards.link import LONGEST_LINE, LONGEST_NOTE, MOST_DAYS, MOST_LINES, Link, loaded
from sim.errors import BrinkError
from sim.model import ranges, registry, strict_yaml
from sim.scenario import scenario
from sim.scenario.write import Apart, apart, written

FILE = "scenario.yaml"


def view_of(content: bytes, worlds: int, seed: int) -> tuple[Link, list[str]]:
    """The view of a scenario file, and what of it a link cannot express.

    The file can name no other file but a scenario of the library. Raises BrinkError, with one line per mistake, for what is
    wrong with it, and for what a view cannot do.
    """
    what = _read(content)
    own = apart(what if apart(what).parent else dataclasses.replace(what, lineage=["baseline", *what.lineage]))
    refused = list(_refused(what, own))
    if refused:
        raise BrinkError("\n".join(refused))
    notes = {key: what.sources[key].note for key in own.single if key in registry.catalogue() and what.sources[key].note}
    view = Link(scenario=own.parent, set=tuple(sorted((key, ranges.rounded(value)) for key, value in own.single.items())),
                do=tuple(written(one, what.date) for one in own.interventions), days=own.days or 0, worlds=worlds, seed=seed,
                notes=tuple(sorted((key, note[:LONGEST_NOTE]) for key, note in notes.items())))
    return view, list(_lost(what, own, view))


def _read(content: bytes) -> scenario.Scenario:
    """The scenario of a file; mistakes are named by line, without the path of the file."""
    if len(content) > strict_yaml.LARGEST:
        raise BrinkError(f"the file has {len(content) // 1000} kB; a scenario has at most {strict_yaml.LARGEST // 1000} kB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, FILE)
        path.write_bytes(content)
        try:
            return scenario.load(path)
        except BrinkError as error:
            raise BrinkError(str(error).replace(str(path), "line").replace("line:", "line ")) from None


def _refused(what: scenario.Scenario, own: Apart) -> list[str]:
    """What a view cannot do."""
    found = [f"{key} holds several numbers, which a link cannot say; run the file with brink run" for key in own.several]
    if own.date is not None:
        found.append(f"date: a link keeps the first day of {own.parent}; run the file with brink run to begin on {own.date}")
    if not 30 <= what.days <= MOST_DAYS:
        found.append(f"days: {what.days} must lie between 30 and {MOST_DAYS} here; run the file with brink run")
    if len(own.interventions) > MOST_LINES:
        found.append(f"interventions: a link keeps {MOST_LINES}, and the file has {len(own.interventions)}")
    return found + [f"interventions: '{one.title}' takes more than {LONGEST_LINE} letters" for one in own.interventions
                    if len(written(one, what.date)) > LONGEST_LINE]


def _lost(what: scenario.Scenario, own: Apart, view: Link) -> list[str]:
    """What the link does not keep."""
    found, parent = [], loaded(own.parent)
    if (what.title, what.says) != (parent.title, parent.says):
        found.append("A link keeps the values, the interventions and their notes, not the title and the description.")
    if long := [key for key, note in view.notes if note != what.sources[key].note]:
        found.append(f"Notes are cut to {LONGEST_NOTE} letters: {', '.join(long)}.")
    if rounded := [key for key, value in view.set if value != own.single[key]]:
        found.append(f"Six digits are kept of {', '.join(rounded)}.")
    return found
