"""What made a result: a fingerprint of the source code that decides it, and the versions of what it rests on."""

from __future__ import annotations

import ast
import hashlib
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MODEL = ("engine", "model/actors", "model/arenas", "model/mechanisms", "model/codes.py", "model/crisis.py", "model/declare.py")
"""The source that makes the model, below this folder."""

PACKAGES = ("brink", "mesa", "numpy", "scipy", "pyarrow")

WORDS = {"story", "title", "short"}
"""Arguments that hold words and colours for people, on which no result depends."""


@lru_cache
def fingerprint(*more: str) -> str:
    """Sixteen hex digits that change with what the source of the model does, or that of these other files and folders.

    Comments, docstrings, layout and words for people do not count: to change them ends no study.
    """
    files = [path for name in (*MODEL, *more)
             for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + decisive(path.read_text("utf-8")).encode() + b"\0")
    return digest.hexdigest()[:16]


def decisive(source: str) -> str:
    """The syntax tree of a source, as text, without what decides no result."""
    return ast.dump(Decisive().visit(ast.parse(source)))


class Decisive(ast.NodeTransformer):
    """Removes docstrings, and words for people with the import that they come from, from a syntax tree."""

    def visit(self, node: ast.AST) -> Any:
        """The node without them, or None if it is nothing else."""
        match node:
            case ast.Expr(value=ast.Constant(value=str())) | ast.ImportFrom(module="sim.model.entities"):
                return None
            case ast.keyword(arg=name) if name in WORDS:
                return None
            case ast.Assign(targets=[ast.Name(id="card")]):  # a variable of a rule may be called like an argument
                return None
        return self.generic_visit(node)


def versions() -> dict[str, str]:
    """The versions of what results depend on."""
    return dict(_versions())


@lru_cache
def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
