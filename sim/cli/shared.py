"""What commands share: options, how errors end them, the scenario as options change it, progress, results in every form."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from sim import words
from sim.cli import net, places
from sim.errors import BrinkError, number
from sim.words import say, send

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.scenario.scenario import Scenario


USAGE: type[Any] = typer.BadParameter.__mro__[1]
"""A mistake in how a command is called."""


class Commands(TyperGroup):
    """The commands. An error ends each alike: its lines on standard error, exit code 2; 130 when interrupted, 1 for what
    is brink's own mistake."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Read what stands before the command."""
        with _ends():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        words.aside = lambda line: say(f"brink: {line}", err=True)
        with places.scope(), _ends():
            return super().invoke(ctx)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands, each with a whole sentence."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(1000)) for name, one in self.commands.items()])


@contextmanager
def _ends() -> Iterator[None]:
    """Within, an error becomes its lines on standard error and an exit code."""
    try:
        yield
        send()
    except (typer.Exit, typer.Abort):
        raise
    except BrinkError as error:
        say(*(f"brink: {line}" for line in str(error).split("\n")), err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        say(f"brink: interrupted; {places.nothing_kept()}", err=True)
        raise typer.Exit(130) from None
    except USAGE as error:
        if "\n" in error.message:  # `brink` alone, which shows the help
            raise
        say(f"brink: {_usage(error)}", err=True)
        raise typer.Exit(2) from None
    except Exception as error:
        line, code = net.told(error)
        if line:
            say(f"brink: {' '.join(line.split())}", err=True)
        raise typer.Exit(code) from None


def _usage(error: Any) -> str:
    """A mistake in how a command is called, as one line."""
    command = f"{error.ctx.info_name} " if error.ctx and error.ctx.parent else ""
    said = " ".join(error.format_message().split()).rstrip(".").replace("Value error, ", "")
    return f"{command.replace(' ', ': ')}{said[:1].lower()}{said[1:]}; see brink {command}--help"


class Uncertainty(StrEnum):
    """Where the parameters of the worlds come from."""

    none = "none"
    priors = "priors"


def _several(jobs: int) -> int:
    """Have worker processes import the model while the command is still being read."""
    if jobs > 1:
        from sim.engine.engines import may_be_compiled
        from sim.ensemble import workers

        if not may_be_compiled():
            workers.get_ready()
    return jobs


def whole(text: str | int) -> int:
    """A whole number as people write it, like 4096, 100,000, 100_000 or 1e5. Raises BadParameter if it is none."""
    digits = str(text).replace("_", ",")
    if re.fullmatch(r"[+-]?(\d{1,20}|\d{1,3}(,\d{3}){1,6})", digits, re.ASCII):
        return int(digits.replace(",", ""))
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?e\+?\d{1,2}", digits, re.ASCII | re.IGNORECASE) and float(digits).is_integer():
        return int(float(digits))
    raise typer.BadParameter(f"{str(text)[:40]!r} is not a whole number, like 4096, 100,000 or 1e5")


def level(text: str | float) -> float:
    """A number, like 0.2. Raises BadParameter if it is none."""
    try:
        return number(str(text))
    except BrinkError as error:
        raise typer.BadParameter(f"{error}, like 0.2") from None


RunDir = Annotated[Path, typer.Argument(metavar="RUN", help="Directory that brink run made.")]
Worlds = Annotated[int, typer.Option(parser=whole, help="How many worlds, up to 10,000,000.")]
Days = Annotated[int | None, typer.Option(parser=whole, help="Horizon in days, up to 3,650; else that of the "
                                            "scenario.")]
Seed = Annotated[int, typer.Option(parser=whole, help="Another seed, from 0, is other luck.")]
Settings = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A parameter or starting value; "
                                                    "can be repeated.")]
Do = Annotated[list[str] | None, typer.Option("--do", metavar="INTERVENTION", help="What is done, as in a "
                                              "scenario file, like '{on: 2026-03-01, shock: oil_shock}'; can be repeated. "
                                              "See brink shocks.")]
With = Annotated[Path | None, typer.Option("--with", metavar="FILE", help="A view: a file of parameter values with "
                                           "their notes.")]
Uncertain = Annotated[Uncertainty, typer.Option(help="Parameters fixed, or drawn from their priors.")]
Sets = Annotated[int | None, typer.Option(parser=whole, help="How many parameter sets, with --uncertainty priors; "
                                            "at most as many as worlds, by default so that each has 32 or more.")]
Jobs = Annotated[int, typer.Option(parser=whole, help="Workers, up to 1,024.", callback=_several)]
Every = Annotated[int, typer.Option(parser=whole, help="Days between recorded days, up to 3,650.")]
Out = Annotated[Path | None, typer.Option(help="Directory for the results; else runs/SCENARIO-N.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="The main table as CSV on standard output and nothing else there.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output and nothing else there.")]
Everything = Annotated[bool, typer.Option("--all", help="Tell all of it, not the summary alone.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print where the results are, and nothing else.")]


def changed(what: Scenario, settings: list[str], view: Path | None, days: int | None, do: Sequence[str] = ()) -> Scenario:
    """A scenario as the options change it, with a warning for each value that is far outside its prior."""
    chosen = what.changed(days=days, **changes_of(settings, view, do))
    warn(chosen.warnings())
    return chosen


def changes_of(settings: Sequence[str] | None, view: Path | None, do: Sequence[str] | None) -> dict[str, Any]:
    """What these options change, as a scenario takes it."""
    from sim.scenario import scenario

    return {"view": scenario.load_view(view) if view else None, "set": dict(map(scenario.parse_setting, settings or ())),
            "do": do or ()}


def warn(lines: Iterable[str]) -> None:
    """Print warnings on standard error."""
    for line in lines:
        say(f"brink: warning: {line}", err=True)


@contextmanager
def progress_bar(worlds: int) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on standard error if that is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(TextColumn("worlds"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                  console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("worlds", total=worlds)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def keep(out: Path, tables: Mapping[str, pd.DataFrame | str], picture: str, figure: Figure, about: str) -> None:
    """Write a directory of tables and texts by file name, and a picture; it appears when all of it is there."""
    from sim.ensemble.files import csv_of, write_whole
    from sim.report.figures import look

    def fill(folder: Path) -> None:
        for name, table in tables.items():
            (folder / name).write_text(table if isinstance(table, str) else csv_of(table), "utf-8")
        look.write(figure, folder / picture, about)

    write_whole(out, fill)


def tell(content: Callable[[], Any], as_json: bool, show: Callable[[], None],
         table: pd.DataFrame | Sequence[Mapping[str, Any]] | None = None, only: Path | None = None) -> None:
    """Print plain values, made for this alone, as JSON; else a table as CSV if there is one; else show them to people.

    If `only` is a place, that alone is printed.
    """
    if only is not None:
        say(only)
    elif as_json:
        unicode = (sys.stdout.encoding or "").lower().startswith("utf")
        say(json.dumps(content(), indent=1, ensure_ascii=not unicode, allow_nan=False))
    elif table is not None:
        from sim.ensemble.files import csv_of, csv_text

        say(csv_text(table) if isinstance(table, Sequence) else csv_of(table), end="")
    else:
        show()
