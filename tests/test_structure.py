"""The law of the eight rooms: imports of every kind point down, in no circle, and functions and files stay small."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


SOURCES = {folder: sorted((ROOT / folder).rglob("*.py")) for folder in ("sim", "dashboards", "benchmarks")}
MODULES = {_name(path): path for path in SOURCES["sim"]}
PACKAGES = {module for module, path in MODULES.items() if path.name == "__init__.py"}

ROOMS = (("cli",), ("report",), ("analysis", "validation"), ("ensemble",), ("scenario",), ("model",), ("engine",))
"""From top to bottom. A room may import itself, every room below it, and what lies below all; rooms of one floor do not know
each other."""

GROUND = {"errors", "words"}
"""Modules that lie below all rooms."""

ROOF = {"", "__main__"}
"""`sim/__init__.py` and `sim/__main__.py` stand above all rooms."""

INSIDE = {
    "model": ("mechanisms", ("declare", "codes", "entities", "cast", "ledger", "evidence"), ("actors", "arenas"), "crisis",
              ("outcomes", "shocks"), "registry", ("lookup", "ranges")),
    "analysis": ("explain", "pathways", "compare", "sensitivity"),
    "report": ("text", "figures", "docs", "html"),
}
"""Inside these rooms each part imports only parts that stand before it, or beside it in one bracket."""

LIBRARIES = {
    "engine": {"numpy", "mesa", "scipy"},
    "model.mechanisms": {"numpy", "scipy"},
    "model.actors": {"numpy"},
    "model.arenas": {"numpy"},
}
"""What each may use of what others wrote."""

LATE = {
    "sim": "`import sim` costs nothing",
    "sim.__main__": "Ctrl-C is heard before the command is imported",
    "sim.cli": "`brink --help` costs a tenth of a second",
    "sim.report.methods": "methods of runs are made before anybody needs matplotlib",
    "sim.report.text.run": "a run is described without the ledger, which takes a fifth of a second",
    "sim.model.registry": "`sim.parameters` is imported without the model, which takes a second",
    "sim.ensemble.workers": "names of what the process of which workers are copies imports",
    "sim.ensemble.fingerprint": "runs of another model need no words for people",
}
"""Modules that import from `sim` inside functions, or below these names, and why: only where start-up needs it."""

FACADES = {"sim", "sim.cli", "sim.engine", "sim.scenario", "sim.scenario.interventions", "sim.report.figures",
           "sim.model.actors.iran", "sim.model.actors.israel", "sim.model.actors.united_states", "sim.model.arenas.talks",
           "sim.model.arenas.war"}
"""Packages whose `__init__.py` holds more than a docstring: an actor or arena stands in it, its components beside it."""


class Import(NamedTuple):
    """One name that a file imports: where it stands, and the module of `sim` that it leads to."""

    module: str
    line: int
    target: str
    lazy: bool

    def __str__(self) -> str:
        return f"{MODULES[self.module].relative_to(ROOT)}:{self.line}: {self.target}"


def _modules(node: ast.Import | ast.ImportFrom, module: str) -> Iterator[str]:
    """The full names of what a statement imports: a module where there is one of that name, else that which holds the name."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    package = module if module in PACKAGES else module.rpartition(".")[0]
    for _ in range(node.level - 1):
        package = package.rpartition(".")[0]
    origin = ".".join(filter(None, [package if node.level else "", node.module]))
    for alias in node.names:
        full = f"{origin}.{alias.name}"
        yield full if full in MODULES else origin


def imports(module: str) -> Iterator[Import]:
    """All that a file imports: at its top, inside functions, for types, and modules named in strings."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    lazy = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)}
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (Import(module, node.lineno, target, id(node) in lazy) for target in _modules(node, module))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            named = re.fullmatch(r"(sim\.[a-z_.\d]+)(?::\w+)?", node.value)
            if named and named[1] in MODULES:
                yield Import(module, node.lineno, named[1], True)


IMPORTS = [one for module in MODULES for one in imports(module)]
INNER = [one for one in IMPORTS if one.target.split(".")[0] == "sim"]


def room(module: str) -> str:
    """The room or module of `sim` to which a module belongs."""
    return [*module.split("."), ""][1]


def floor(name: str) -> int:
    """The height of a room; higher ones may import lower ones."""
    if name in ROOF:
        return len(ROOMS) + 1
    return 0 if name in GROUND else len(ROOMS) - next(i for i, rooms in enumerate(ROOMS) if name in rooms)


def test_there_are_eight_rooms_and_four_files():
    entries = {path.name for path in (ROOT / "sim").iterdir() if path.name not in {"__pycache__", "py.typed"}}
    assert entries == {name for rooms in ROOMS for name in rooms} | {"__init__.py", "__main__.py", "errors.py", "words.py"}


def test_imports_point_down():
    assert [str(one) for one in INNER if room(one.module) != room(one.target)
            and floor(room(one.module)) <= floor(room(one.target))] == []


def test_inside_a_room_each_part_imports_what_stands_before_it():
    def place(module: str) -> int | None:
        part = module.split(".")[2] if module.count(".") >= 2 else ""
        order = INSIDE[room(module)]
        return next((i for i, parts in enumerate(order) if part in ((parts,) if isinstance(parts, str) else parts)), None)

    wrong = []
    for one in INNER:
        if room(one.module) == room(one.target) and room(one.module) in INSIDE:
            here, there = place(one.module), place(one.target)
            if here is not None and there is not None and here < there:
                wrong.append(str(one))
    assert wrong == []


def test_no_circle_of_any_kind():
    edges = {module: {one.target for one in INNER if one.module == module and one.target != module} for module in MODULES}
    assert list(_circles(edges)) == []


def _circles(edges: dict[str, set[str]]) -> Iterator[list[str]]:
    """The strongly connected groups of more than one module, by Tarjan 1972."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(module: str) -> Iterator[list[str]]:
        index[module] = low[module] = len(index)
        stack.append(module)
        for target in sorted(edges.get(module, ())):
            if target not in index:
                yield from visit(target)
                low[module] = min(low[module], low[target])
            elif target in stack:
                low[module] = min(low[module], index[target])
        if low[module] == index[module]:
            group = []
            while not group or group[-1] != module:
                group.append(stack.pop())
            if len(group) > 1:
                yield sorted(group)

    for module in edges:
        if module not in index:
            yield from visit(module)


def test_imports_inside_functions_have_a_reason():
    """Of those that stand below another name in the list, that other one counts."""
    late = [one for one in INNER if one.lazy]
    assert [str(one) for one in late if one.module not in LATE and not one.module.startswith(BELOW)] == []
    assert [name for name in LATE if not any(f"{one.module}.".startswith(f"{name}.") for one in late)] == []


BELOW = ("sim.cli.",)


def test_only_one_module_touches_mesa_and_rules_need_little():
    wrong = []
    for one in IMPORTS:
        library = one.target.split(".")[0]
        if (library == "mesa" and one.module != "sim.engine.ensemble") or library in {"streamlit", "dashboards"}:
            wrong.append(str(one))
        for part, allowed in LIBRARIES.items():
            if f"{one.module}.".startswith(f"sim.{part}.") and library not in {*allowed, "sim", *sys.stdlib_module_names}:
                wrong.append(str(one))
    assert wrong == []


@pytest.mark.parametrize("package", sorted(PACKAGES - FACADES))
def test_a_package_holds_nothing_but_its_docstring(package):
    body = ast.parse(MODULES[package].read_text("utf-8")).body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)


@pytest.mark.parametrize("package", sorted(FACADES - {"sim", "sim.cli"}))
def test_what_a_package_hands_on_is_no_module(package):
    tree = ast.parse(MODULES[package].read_text("utf-8"))
    handed = {alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) and node.module != package
              for alias in node.names}
    assert not {name for name in handed if f"{package}.{name}" in MODULES} - HANDED_MODULES


HANDED_MODULES = {"fan", "read"}


def functions(folder: str) -> dict[str, int]:
    """The lines of each function below a folder, without its docstring, decorators and functions inside it."""
    lengths = {}
    for path in SOURCES[folder]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                lengths[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = node.end_lineno - first.lineno + 2
    return lengths


@pytest.mark.parametrize("folder", SOURCES)
def test_functions_are_short(folder):
    lengths = functions(folder)
    assert {name: lines for name, lines in lengths.items() if lines > 60} == {}
    assert quantiles(lengths.values(), n=10)[-1] <= 30
    assert median(lengths.values()) <= 8


@pytest.mark.parametrize("folder", SOURCES)
def test_files_are_short(folder):
    lines = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in SOURCES[folder]}
    assert {name: count for name, count in lines.items() if count > 400} == {}
