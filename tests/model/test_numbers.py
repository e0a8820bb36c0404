"""Numbers in rules: those that no parameter declares yet are listed, and may only become fewer.

Declaring one adds a column to the table of priors, which moves every run over priors and all that is published of them. They
become parameters when the rules that they stand in are revised.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sim.model import crisis

MODEL = Path(crisis.__file__).parent
LISTED = Path(__file__).parent / "undeclared_numbers.txt"
PLAIN = {0, 1, 2, 7}
"""What needs no declaration: nothing, one, a square or a half, the days of a week."""


@cache
def undeclared() -> list[str]:
    """A line per function with numbers of its own: file, function, and the numbers in order."""
    files = sorted(path for room in ("actors", "arenas", "mechanisms") for path in (MODEL / room).rglob("*.py"))
    return [f"{path.relative_to(MODEL).as_posix()} {name}: {' '.join(found)}" for path in files
            for name, found in functions(ast.parse(path.read_text("utf-8")), "") if found]


def functions(tree: ast.AST, owner: str) -> Iterator[tuple[str, list[str]]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from functions(node, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            effect = next((ast.unparse(one) for one in node.decorator_list if node.name == "_"), "")
            yield f"{owner}{effect or node.name}", numbers(node)


def numbers(function: ast.FunctionDef) -> list[str]:
    indexes = {id(inner) for node in ast.walk(function) if isinstance(node, ast.Subscript) for inner in ast.walk(node.slice)}
    return [f"{node.value:g}" for statement in function.body for node in ast.walk(statement) if isinstance(node, ast.Constant)
            and type(node.value) in (int, float) and node.value not in PLAIN and id(node) not in indexes]


def test_numbers_without_a_parameter_only_become_fewer():
    assert [line for line in undeclared() if line not in LISTED.read_text("utf-8").splitlines()] == []


def test_the_list_names_only_what_is_there():
    assert [line for line in LISTED.read_text("utf-8").splitlines() if line not in undeclared()] == []
