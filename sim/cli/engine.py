"""The engine at work here, and the rules that it runs, as it was told them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from sim.cli.shared import AsJson, tell
from sim.errors import BrinkError, nearest


def engine(pattern: Annotated[str, typer.Argument(help="With --rules: part of an action's name, or a glob such as 'iran.*'.")]
           = "",
           rules: Annotated[bool, typer.Option("--rules", help="The rules of actions instead: where each is possible, its "
                                               "terms, and what it reads.")] = False,
           build: Annotated[bool, typer.Option("--build", help="Make the better build now and wait for it.")] = False,
           as_json: AsJson = False) -> None:
    """Tell which engine simulates here, compiled or NumPy, and why; or the rules of the model."""
    if rules or pattern:
        if build:
            raise BrinkError("--build goes without rules; leave either out")
        _rules(pattern, as_json)
        return
    from sim.engine.about import about
    from sim.engine.builds import NoBuild
    from sim.model.crisis import Crisis
    from sim.report.text.engine import show_engine

    try:
        found = about(Crisis, build)
    except NoBuild as error:
        raise BrinkError(f"--build: {error}") from None
    tell(lambda: asdict(found), as_json, lambda: show_engine(found))


def _rules(pattern: str, as_json: bool) -> None:
    import numpy as np

    from sim.engine import RandomStreams
    from sim.engine.told import rules_told
    from sim.model.crisis import Crisis
    from sim.report.text.engine import show_rules

    model = Crisis(np.arange(1), RandomStreams(0), log=False)
    found = rules_told(model, pattern)
    if not found:
        raise BrinkError(f"no action matches {pattern!r}{nearest(pattern, model.clocks.names)}; see brink engine --rules")
    tell(lambda: [rule.as_dict() for rule in found], as_json, lambda: show_rules(found))
