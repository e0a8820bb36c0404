"""The generated parts of the documentation: tables made from the model's own declarations.

A page holds prose between blocks that a command fills: whatever stands between `<!-- table: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.engine import DAILY, MONTHLY, WEEKLY, Event, Field, State, Stream
from sim.engine.declarations import declared
from sim.errors import BrinkError, nearest
from sim.model.crisis import Crisis
from sim.model.entities import Actor, Entity
from sim.model.outcomes import OUTCOMES
from sim.model.registry import catalogue, events, fields

BLOCK = re.compile(r"(<!-- table: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

TEMPOS = {DAILY: "daily", WEEKLY: "weekly", MONTHLY: "monthly"}


def filled(page: str, makers: Mapping[str, Callable[[], str]]) -> str:
    """The page with every block filled anew. Raises BrinkError for a block that has no maker."""
    def fill(block: re.Match[str]) -> str:
        name = block["name"]
        if name not in makers:
            raise BrinkError(f"no table {name!r}{nearest(name, makers)}; there are {', '.join(makers)}")
        return f"{block[1]}\n{makers[name]()}\n\n{block[3]}"
    return BLOCK.sub(fill, page)


def refreshed(folder: Path, pages: Mapping[str, Mapping[str, Callable[[], str]]]) -> dict[Path, str]:
    """These pages of a folder with their blocks filled anew. Raises BrinkError if one is not there."""
    missing = [name for name in pages if not (folder / name).is_file()]
    if missing:
        raise BrinkError(f"{folder}: has no {missing[0]}; name the folder docs of the project, whose prose is written by hand")
    return {folder / name: filled((folder / name).read_text(), makers) for name, makers in pages.items()}


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def by_owner(head: Sequence[str], rows: Iterable[tuple[str, Sequence[object]]]) -> str:
    """One table per owner, each under a heading, of rows with the key of their owner."""
    own: dict[str, list[Sequence[object]]] = {state.key: [] for state in Crisis.states}
    for owner, row in rows:
        own[owner].append(row)
    return "\n\n".join(f"#### `{owner}`\n\n" + (table(head, found) if found else "None.") for owner, found in own.items())


def counts() -> str:
    """How large the model is."""
    clocked = sum(entry.declaration.clocked for entry in events().values())
    hidden = sum(entry.declaration.hidden for entry in fields().values())
    return (f"The model has {len(Crisis.states)} entities, {len(catalogue())} parameters, {len(fields())} state variables "
            f"({hidden} of them hidden from everybody but their owner), {len(events())} events ({clocked} of them with a "
            f"clock) and {len(OUTCOMES)} outcomes.")


def entities() -> str:
    """The entities and the number of their declarations."""
    def row(state: type[Entity]) -> Sequence[object]:
        kind = "actor" if issubclass(state, Actor) else "arena"
        sizes = (sum(entry.owner is state for entry in known.values()) for known in (catalogue(), fields(), events()))
        return (f"`{state.key}`", kind, first_line(state.__doc__), *sizes)
    return table(("entity", "kind", "what it is", "parameters", "state variables", "events"), map(row, Crisis.states))


def first_line(text: str | None) -> str:
    """The first sentence of a docstring."""
    return " ".join((text or "").strip().split("\n\n")[0].split())


def parameter_tables() -> str:
    """Every parameter."""
    return by_owner(("parameter", "meaning", "default", "unit", "prior", "hard bounds", "evidence"), (
        (entry.owner.key, (f"`{one.name}`", one.why, f"{one.default:.4g}", one.unit, one.prior,
                           f"{one.low:g} to {one.high:g}", ", ".join(one.evidence)))
        for entry in catalogue().values() for one in [entry.declaration]))


def field_tables() -> str:
    """Every state variable."""
    def row(field: Field) -> Sequence[object]:
        start = (f"`{field.start}`" if isinstance(field.start, str) else
                 ", ".join(f"{value:g}" for value in field.start) if field.entries else f"{float(field.start):g}")
        kind = {"f": "number", "i": "whole number", "b": "true or false"}[field.dtype.kind]
        marks = [word for word, on in (("hidden", field.hidden), ("recorded", field.record)) if on]
        return f"`{field.name}`", field.meaning, kind, field.unit, start, ", ".join(marks), ", ".join(field.evidence)
    return by_owner(("state variable", "meaning", "kind", "unit", "on day 0", "", "evidence"),
                    ((entry.owner.key, row(entry.declaration)) for entry in fields().values()))


def event_tables() -> str:
    """Every event."""
    def row(event: Event) -> Sequence[object]:
        tempo = TEMPOS.get(event.tempo, f"{event.tempo:g} a day") + (", faster in a crisis" if event.paced else "")
        how = (f"`{event.rate}`", tempo, event.group or "") if event.clocked else ("", "follows from others", "")
        return f"`{event.name}`", event.meaning, *how, ", ".join(event.evidence)
    return by_owner(("event", "meaning", "base rate", "can happen", "excludes others of", "evidence"),
                    ((entry.owner.key, row(entry.declaration)) for entry in events().values()))


def outcome_table() -> str:
    """Every outcome."""
    return table(("outcome", "number", "question or quantity", "given", "base rate"), (
        (f"`{outcome.id}`", outcome.catalogue, outcome.says, f"`{outcome.given}`" if outcome.given else "",
         f"{outcome.base:g}: {outcome.base_note}" if outcome.base is not None else "") for outcome in OUTCOMES))


def streams() -> str:
    """Every named stream of chance besides the clocks."""
    return table(("stream", "draws", "used for"), (
        (f"`{state.key}.{name}`", draws.kind + (f", {draws.slots} at a time" if draws.slots > 1 else ""), draws.meaning)
        for state in Crisis.states for name, draws in declared(state, Stream).items()))


def schedule() -> str:
    """The steps of a day, from the source of the method that makes it."""
    lines, keyed = [], {state.key: state for state in Crisis.states}
    for number, (owner, name) in enumerate(calls(Crisis.live), 1):
        if owner == "agents":
            lines.append(f"{number}. `{name}`, entity by entity:")
            lines += [f"   * `{state.key}`: {first_line(getattr(state, name).__doc__)}" for state in Crisis.states
                      if getattr(state, name) is not getattr(State, name)]
            continue
        method = getattr(keyed[owner] if owner else Crisis, name)
        lines.append(f"{number}. `{f'{owner}.{name}' if owner else name}`: {first_line(method.__doc__)}")
        if not owner:
            lines += [f"   * `{other}.{inner}`: {first_line(getattr(keyed[other], inner).__doc__)}"
                      for other, inner in calls(method) if other in keyed]
    return "\n".join(lines)


def calls(method: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    """What a method of the model calls, as (owner, name); owner is "" for the model itself."""
    for node in ast.walk(syntax(method)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            argument = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            match node.func.value:
                case ast.Name("self"):
                    yield "", node.func.attr
                case ast.Attribute(ast.Name("self"), "agents"):
                    yield "agents", str(argument)
                case ast.Attribute(ast.Name("self"), owner):
                    yield owner, node.func.attr


def syntax(function: Callable[..., Any]) -> ast.FunctionDef:
    """The syntax tree of a function."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return tree


ODD = {"counts": counts, "entities": entities, "schedule": schedule, "streams": streams, "outcomes": outcome_table,
       "events": event_tables, "state": field_tables, "parameters": parameter_tables}
"""The blocks of docs/odd.md."""
