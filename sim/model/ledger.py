"""Where the ledger of evidence stands, and which ids it holds: what the declarations of the model are checked against."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

LEDGER = Path(__file__).parents[2] / "scenarios" / "evidence.yaml"


@lru_cache
def ids() -> frozenset[str]:
    """Every id of the ledger, without parsing it: whoever imports the model waits for them."""
    return frozenset(re.findall(r'^  "?([\w-]+)"?:', LEDGER.read_text(encoding="utf-8"), re.MULTILINE))
