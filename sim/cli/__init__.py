"""The command `brink`. Thin: it reads what the user typed, calls the package, and shows what came back."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from sim.cli import dashboard, engine, explain, ledger, runs, study, trust
from sim.cli.net import open_streams
from sim.cli.shared import Commands
from sim.words import let_all_signs_through, say

app = typer.Typer(cls=Commands, name="brink", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def brink(version: Annotated[bool, typer.Option("--version", is_eager=True, callback=lambda on: _version(on),
                                                help="Show the version.")] = False) -> None:
    """Simulate the confrontation of the United States, Israel, Iran and Iran's partners, thousands of times over."""


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"brink {version('brink')}")
        raise typer.Exit


COMMANDS = (
    runs.run, runs.compare, explain.explain, explain.why, explain.pathways, explain.fork, runs.report, dashboard.dashboard,
    study.sweep, study.status, study.sensitivity, study.discover, study.breakeven, study.variance,
    ledger.scenarios, ledger.shocks, ledger.parameters, engine.engine, ledger.evidence,
    trust.validate, trust.hindcast, trust.forecast, trust.score, trust.calibrate, ledger.docs,
)
"""In the order of the help."""

for command in COMMANDS:
    app.command()(command)


def main() -> None:
    """Run the command that was typed.

    Numeric libraries keep to one thread, unless the environment says otherwise: what they do here is small, and on a busy
    machine their threads wait for each other ten times longer than the work takes.
    """
    from sim.ensemble.workers import THREADS

    for name in THREADS:
        os.environ.setdefault(name, "1")
    open_streams()
    let_all_signs_through()
    app()
