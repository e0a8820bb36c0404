"""What there is to run and to change, and where it comes from: scenarios, parameters, evidence, docs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.shared import AsJson, tell
from sim.errors import BrinkError, nearest
from sim.words import say


def scenarios() -> None:
    """List the scenarios, with a line each."""
    from sim.report.text.tables import show_list
    from sim.scenario import scenario

    def line(name: str) -> str:
        try:
            return "{}: {}".format(*scenario.headline(name))
        except BrinkError as error:
            return f"cannot be read: {error}"

    show_list((name, line(name)) for name in scenario.names())


def shocks(as_json: AsJson = False) -> None:
    """List the shocks that an intervention can name: what happens, what that changes, how large."""
    from sim.model.shocks import rows
    from sim.report.text import run

    tell(rows, as_json, lambda: run.show_shocks(rows()))


def parameters(pattern: Annotated[str, typer.Argument(help="Part of a name, meaning, unit or evidence; or a glob such "
                                                      "as 'iran.*'.")] = "",
               markdown: Annotated[bool, typer.Option("--markdown", help="A Markdown table.")] = False,
               as_json: AsJson = False) -> None:
    """List parameters: name, default, prior, unit, evidence, meaning."""
    from sim.model import registry
    from sim.report.text import run

    found = registry.search(pattern)
    if not found:
        raise BrinkError(f"no parameter matches {pattern!r}{nearest(pattern, registry.catalogue())}")
    show = (lambda: say(registry.markdown(found))) if markdown else (lambda: run.show_parameters(found))
    tell(lambda: registry.rows(found), as_json, show)


Item = Annotated[str, typer.Argument(metavar="[CLAIM|PARAMETER]", help="An id of the ledger such as L101, or a name of "
                                     "the model such as israel.missile_trigger.")]


def evidence(item: Item = "") -> None:
    """Lead from a claim to where it stands and what it feeds, or from a parameter to what it rests on."""
    from sim.model.evidence import load
    from sim.report.text import run, tables

    if item:
        say("\n".join(run.explained(item)))
    else:
        claims = load().claims.items()
        tables.show_list((id, f"{claim.says} ({claim.status})") for id, claim in claims)


def docs(out: Annotated[Path, typer.Option(help="The folder docs of the project.")] = Path("docs")) -> None:
    """Fill the tables and the diagram of the documentation anew from the model's own declarations."""
    from sim.report.docs import documents

    for path in documents.write(out):
        say(path)
