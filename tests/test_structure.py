"""The shape of the code: imports point one way, and functions and files stay small."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): path
           for path in sorted((ROOT / "sim").rglob("*.py"))}

MODEL = {"engine", "mechanisms", "kinds", "vocabulary", "actors", "arenas"}
ABOVE = {"cli", "display", "__main__"}
"""What nothing else may know."""

KNOWS = {
    "engine": {"engine"},
    "mechanisms": {"engine", "mechanisms"},
    "kinds": {"engine"},
    "vocabulary": set(),
    "errors": set(),
    "actors": MODEL,
    "arenas": MODEL,
    "crisis": MODEL,
    "outcomes": MODEL | {"crisis"},
}
"""What of `sim` each room at the bottom may import; those that are not named may import all but those above."""

LIBRARIES = {
    "engine": {"numpy", "mesa", "scipy"},
    "mechanisms": {"numpy", "scipy"},
    "actors": {"numpy"},
    "arenas": {"numpy"},
}
"""What each may use of what others wrote."""


def imported(tree: ast.AST, module: str) -> set[str]:
    """The full names of the modules that a module imports, for types or at run time, at its top or in a function."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
            for _ in range(node.level - 1):
                package = package.rpartition(".")[0]
            origin = ".".join(filter(None, [package if node.level else "", node.module]))
            found |= {f"{origin}.{alias.name}" for alias in node.names} if origin == "sim" else {origin}
    return found


def room(module: str) -> str:
    """The part of `sim` to which a module belongs."""
    return [*module.split("."), "sim"][1]


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module):
    names = imported(ast.parse(MODULES[module].read_text()), module)
    known = {room(name) for name in names if name.split(".")[0] == "sim"}
    if room(module) in KNOWS:
        assert known <= KNOWS[room(module)]
    elif room(module) not in ABOVE:
        assert not known & ABOVE


@pytest.mark.parametrize("module", MODULES)
def test_only_one_module_touches_mesa_and_rules_need_little(module):
    libraries = {name.split(".")[0] for name in imported(ast.parse(MODULES[module].read_text()), module)}
    assert "mesa" not in libraries or module == "sim.engine.ensemble"
    assert not libraries & {"streamlit", "dashboards"}
    if room(module) in LIBRARIES:
        assert libraries - set(sys.stdlib_module_names) - {"sim"} <= LIBRARIES[room(module)]


def functions() -> dict[str, int]:
    """The lines of each function of the package, without its docstring, decorators and functions inside it."""
    lengths = {}
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                lengths[f"{module}.{node.name} (line {node.lineno})"] = node.end_lineno - first.lineno + 2
    return lengths


def test_functions_are_short():
    lengths = functions()
    assert {name: lines for name, lines in lengths.items() if lines > 60} == {}
    assert quantiles(lengths.values(), n=10)[-1] <= 30
    assert median(lengths.values()) <= 7


def test_files_are_short():
    lines = {module: len(path.read_text().splitlines()) for module, path in MODULES.items()}
    assert {module: count for module, count in lines.items() if count > 400} == {}
