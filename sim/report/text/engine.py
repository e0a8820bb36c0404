"""The engine and the rules of the model, as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.report.text.tables import show_list
from sim.words import count, say

if TYPE_CHECKING:
    from sim.engine.about import About
    from sim.engine.told import RuleTold

NAMES = {"compiled": "compiled: the model's day as C, built for this machine", "numpy": "NumPy: the same results, five to "
         "twenty times slower"}


def show_engine(about: About) -> None:
    """One screen: the engine, why it is not the other, what it was built with, and the size of the model."""
    quick = "quick build" if about.quick else "best build"
    lines = {
        "engine": NAMES[about.engine], "because": about.why, "faster with": about.faster,
        "build": f"{about.build} ({quick}, of {about.built})" if about.build else "",
        "compiler": about.compiler, "command": about.flags, "builds are kept in": about.cache,
        "model": ", ".join(f"{number:,} {name}" for name, number in about.model.items()),
        "tracing it takes": f"{about.seconds:.2f} s", "BRINK_ENGINE": about.wanted,
    }
    show_list((name, text) for name, text in lines.items() if text)


def show_rules(rules: Sequence[RuleTold]) -> None:
    """A paragraph for each rule: where it is possible, the terms of its log-odds, and what it reads."""
    for rule in rules:
        say(rule.name)
        show_list((f"  {head}", text) for head, text in [
            ("base rate", rule.rate), *(("possible where", one.text) for one in rule.conditions),
            *(("log-odds", f"{one.sign} {one.text}") for one in rule.terms),
            ("state variables", ", ".join(rule.variables)), ("parameters", ", ".join(rule.parameters))] if text)
    say(f"{count(len(rules), 'rule')}. Log-odds are those of the base rate plus the actor's decisiveness times these terms; "
        "ref holds values at the start.")
