"""What there is to run and to change, and where it comes from: scenarios, parameters, evidence, docs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.shared import AsCsv, AsJson, tell
from sim.errors import BrinkError, nearest
from sim.words import say


def scenarios(as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """List the scenarios, with a line each."""
    from sim.report.text.tables import show_list
    from sim.scenario import scenario

    def headline(name: str) -> tuple[str, str]:
        try:
            return scenario.headline(name)
        except BrinkError as error:
            return "cannot be read", str(error)

    found = [dict(zip(("name", "title", "says"), (name, *headline(name)), strict=True)) for name in scenario.names()]
    tell(lambda: found, as_json, lambda: show_list((one["name"], f"{one['title']}: {one['says']}") for one in found),
         found if as_csv else None)


def shocks(as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """List the shocks that an intervention can name: what happens, what that changes, how large."""
    from sim.model.shocks import rows
    from sim.report.text import run

    tell(rows, as_json, lambda: run.show_shocks(rows()), rows() if as_csv else None)


def parameters(pattern: Annotated[str, typer.Argument(help="Part of a name, meaning, unit or evidence; or a glob such "
                                                      "as 'iran.*'.")] = "",
               markdown: Annotated[bool, typer.Option("--markdown", help="A Markdown table.")] = False,
               as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """List parameters: name, default, prior, unit, evidence, meaning."""
    from sim.model import registry
    from sim.report.text import run

    found = registry.search(pattern)
    if not found:
        raise BrinkError(f"no parameter matches {pattern!r}{nearest(pattern, registry.catalogue())}")
    show = (lambda: say(registry.markdown(found))) if markdown else (lambda: run.show_parameters(found))
    tell(lambda: registry.rows(found), as_json, show, registry.rows(found) if as_csv else None)


Item = Annotated[str, typer.Argument(metavar="CLAIM|PARAMETER", help="An id of the ledger such as L101, or a name of "
                                     "the model such as israel.missile_trigger.")]


def evidence(item: Item = "", as_csv: AsCsv = False) -> None:
    """Lead from a claim to where it stands and what it feeds, or from a parameter to what it rests on."""
    from sim.model.evidence import load
    from sim.report.text import run, tables

    if item:
        if as_csv:
            raise BrinkError(f"--csv is for the list of all claims; leave {item} out")
        say("\n".join(run.explained(item)))
        return
    claims = load().claims.items()
    tell(lambda: None, False, lambda: tables.show_list((id, f"{claim.says} ({claim.status})") for id, claim in claims),
         [{"id": id, "says": claim.says, "status": claim.status} for id, claim in claims] if as_csv else None)


def docs(out: Annotated[Path, typer.Option(help="The folder docs of the project.")] = Path("docs")) -> None:
    """Fill the tables and the diagram of the documentation anew from the model's own declarations."""
    from sim.report.docs import documents

    for path in documents.write(out):
        say(path)
