"""Places for results: made before the work begins, said last if anything goes wrong when they are filled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from sim.errors import BrinkError
from sim.words import say

_scope = ExitStack()
_kept: list[Path] = []


@contextmanager
def scope() -> Iterator[None]:
    """The time of a command: what was made for it and not filled goes at its end, and an error is followed by where results
    are, if there are any.
    """
    _kept.clear()
    with _scope:
        try:
            yield
        except BaseException:
            if _kept:
                say(f"brink: the results are in {_kept[-1]}", err=True)
            raise


def make_room(out: Path | None, name: str = "") -> Path | None:
    """The directory for results, made before they are so that nobody else takes it: `out`, else runs/NAME-N if there is a name.

    It goes when the command ends, if nothing was written there. Raises BrinkError if nothing can be.
    """
    if out is None and not name:
        return None
    from sim.ensemble.files import taken, taken_next

    return _scope.enter_context(taken_next(Path("runs"), name) if out is None else taken(out))


def make_room_for_file(path: Path) -> Path:
    """The same for a file."""
    from sim.ensemble.files import taken_file

    return _scope.enter_context(taken_file(path))


def keep_results(place: Path, save: Callable[[Path], object], draw: Callable[[Path], object]) -> None:
    """Save results that took long to make, and only then draw pictures of them; both write into a directory.

    If nothing can be saved in the place itself, the results go to the folder for temporary files, and BrinkError is raised.
    """
    try:
        save(place)
        _kept.append(place)
    except BrinkError:
        refuge = Path(mkdtemp(prefix="brink-"))
        with suppress(BrinkError):
            save(refuge / place.name)
            _kept.append(refuge / place.name)
        with suppress(OSError):
            refuge.rmdir()
        raise
    draw(place)


def nothing_kept() -> str:
    """What an interrupted command leaves, in words."""
    return "nothing was kept" if not _kept else "what was made is kept"
