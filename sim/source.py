"""Which model made a result: a fingerprint of the source code that decides it."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).parent
MODEL = ("crisis.py", "kinds.py", "vocabulary.py", "actors", "arenas", "engine", "mechanisms")
"""The source that makes the model, below this folder."""


def fingerprint(*more: str) -> str:
    """Sixteen hex digits that change with the source of the model, or of these other files and folders."""
    files = [path for name in (*MODEL, *more)
             for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
