"""What made a result: a fingerprint of the source code that decides it, and the versions of what it rests on."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODEL = ("engine", "model/actors", "model/arenas", "model/mechanisms", "model/codes.py", "model/crisis.py", "model/declare.py")
"""The source that makes the model, below this folder."""

PACKAGES = ("brink", "mesa", "numpy", "scipy", "pyarrow")


def fingerprint(*more: str) -> str:
    """Sixteen hex digits that change with the source of the model, or of these other files and folders."""
    files = [path for name in (*MODEL, *more)
             for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """The versions of what results depend on."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
