"""The declarations of the crisis: each once, with evidence that exists; questions of all worlds are asked only to save time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.model import evidence

MODEL = Path(evidence.__file__).parent
FILES = [MODEL / "crisis.py", *sorted(MODEL.glob("actors/**/*.py")), *sorted(MODEL.glob("arenas/**/*.py"))]

SHORT_CUTS = {"any", "size", "count_nonzero"}
"""What an effect may ask of all worlds, to be spared work that none of them needs."""

ANSWERS = {"all", "sum", "mean", "max", "min", "median", "std", "prod"}
"""What would make one world's fate depend on others."""


def named_twice(tree: ast.AST) -> Iterator[str]:
    for owner in ast.walk(tree):
        if isinstance(owner, ast.ClassDef):
            lines: dict[str, int] = {}
            for one in owner.body:
                for name in names_of(one):
                    if name in lines and name != "_":
                        yield f"{owner.name}: {name!r} is declared on lines {lines[name]} and {one.lineno}"
                    lines[name] = one.lineno


def names_of(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef):
        return [statement.name]
    return [name.id for target in getattr(statement, "targets", ()) for name in ast.walk(target) if isinstance(name, ast.Name)]


def couplings(tree: ast.AST) -> Iterator[str]:
    """Questions of all worlds that are neither the whole condition of an `if` nor asked entry by entry."""
    conditions = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If):
            test = node.test.operand if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not) else node.test
            conditions |= {id(test), id(getattr(test, "func", test))}
    by_entry = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)
                and any(word.arg == "axis" and getattr(word.value, "value", None) == 0 for word in node.keywords)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in by_entry and (
                node.attr in ANSWERS or (node.attr in SHORT_CUTS and id(node) not in conditions)):
            yield f"{node.lineno}: {node.attr}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_declared_twice_in_a_class(path):
    assert list(named_twice(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_questions_of_all_worlds_are_only_asked_to_save_time(path):
    assert list(couplings(ast.parse(path.read_text("utf-8")))) == []


TWICE = """
class Syria:
    shut = flag()
    a, b = 1, 2
    def b(self): pass
    shut = level()
    def _(): pass
    def _(): pass
"""

LAWFUL = """
if not worlds.size: pass
if np.count_nonzero(a): pass
if self.a.any(): pass
b = a.sum(axis=0)
"""

JOINED = """
if a.any() and b: pass
n = worlds.size
m = a.mean()
s = np.sum(a, axis=1)
if a.sum() > 3: pass
x = a.any()
"""


def test_both_checks_find_what_they_look_for():
    assert list(named_twice(ast.parse(TWICE))) == ["Syria: 'b' is declared on lines 4 and 5",
                                                   "Syria: 'shut' is declared on lines 3 and 6"]
    assert list(couplings(ast.parse(LAWFUL))) == []
    assert sorted(couplings(ast.parse(JOINED))) == ["2: any", "3: size", "4: mean", "5: sum", "6: sum", "7: any"]
