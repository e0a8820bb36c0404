"""Given that: the outcomes of those worlds of a run in which something happened, compared with all of its worlds.

No world is simulated again: some are left out. So this is what goes with an event within the model, and not what the event
does; to see that, make it happen or forbid it and keep the luck (`sim.analysis.compare.compare`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.pathways.event_log import EventLog
from sim.engine import Array
from sim.ensemble.estimates import estimate
from sim.ensemble.results import Run
from sim.errors import BrinkError, nearest
from sim.model.registry import chapters

NOT = "not "
"""What stands before an event that did not happen."""

ENOUGH = 20
"""Worlds that a part needs to be worth a number."""


@dataclass(frozen=True)
class Conditional:
    """Some worlds of a run compared with all whose events are kept.

    Parameters
    ----------
    here : (kept worlds,), bool: the worlds in which it holds
    table : one row per outcome: id, says, all and all_se (share of all worlds, its Monte Carlo error), part, part_se and word
        (of the worlds in which it holds), difference (part less all) and its se
    """

    here: Array
    table: pd.DataFrame

    @property
    def count(self) -> int:
        """In how many worlds it holds."""
        return int(np.count_nonzero(self.here))


def conditions(run: Run) -> dict[str, str]:
    """Key events that split the kept worlds of a run in two, each part large enough, as clauses by event."""
    history = EventLog.of(run)
    return {name: story.clause for name, story in chapters().items()
            if ENOUGH <= np.count_nonzero(history.count(name)) <= history.worlds - ENOUGH}


def happened(run: Run, event: str, by: int | None = None) -> Array:
    """Where a key event happened before a day of the run, or at all: shape (kept worlds,), bool.

    "not " before an event means where it did not. Raises BrinkError for what is no key event.
    """
    name = event.removeprefix(NOT)
    if name not in chapters():
        raise BrinkError(f"there is no key event {name!r}{nearest(name, chapters())}")
    there = EventLog.of(run).when(name) < (np.inf if by is None else by)
    return ~there if event.startswith(NOT) else there


def given(run: Run, here: Array, ids: Iterable[str]) -> Conditional:
    """The outcomes of these ids in some of the kept worlds and in all of them.

    Parameters
    ----------
    here : (kept worlds,), bool
    ids : outcomes that come true or not in every world

    Raises BrinkError if too few worlds are left, or if an outcome is of another kind.
    """
    if np.count_nonzero(here) < ENOUGH:
        raise BrinkError(f"only {np.count_nonzero(here)} of {len(here):,} worlds are left, and fewer than {ENOUGH} tell too "
                         "little; simulate more worlds, or ask for something less rare")
    return Conditional(here, pd.DataFrame([_row(run, id, here) for id in ids]))


def _row(run: Run, id: str, here: Array) -> dict[str, object]:
    question = run.question(id)
    if question.kind not in ("day", "probability") or question.given:
        raise BrinkError(f"{id} is not something that comes true or not in every world; try round_two or deal")
    came, sets = run.happened(id)[:len(here)], run.set_of_world[:len(here)]
    whole, part = (estimate(came, counts, sets) for counts in (np.ones(len(here), bool), here))
    return {"id": id, "says": question.says, "all": whole.value, "all_se": whole.error, "part": part.value,
            "part_se": part.error, "word": part.word, "difference": part.value - whole.value,
            "se": difference_error(came, here, sets)}


def difference_error(came: Array, here: Array, sets: Array) -> float:
    """Standard error of the share in a part less the share in all, which hold the part: from what each world moves it.

    Parameters
    ----------
    came, here : (n,), bool: whether the outcome came, and whether the world is in the part
    sets : (n,), int: worlds of one set go together if there are several
    """
    moves = here * (came - came[here].mean()) / np.count_nonzero(here) - (came - came.mean()) / len(came)
    if np.ptp(sets):
        moves = np.bincount(sets, moves)
    return math.sqrt(len(moves) / (len(moves) - 1) * float(moves @ moves))
