"""Runs that several tests look at."""

from __future__ import annotations

from typing import Any

import pytest
from crisis_helpers import crisis, live


@pytest.fixture(scope="session")
def baseline_year() -> Any:
    """8,192 worlds of the baseline after a year."""
    return live(crisis(8192), 365)


@pytest.fixture(scope="session")
def rare_years() -> list[Any]:
    """A year of what-ifs in which rare events are common."""
    return [live(crisis(1024, name), 365) for name in ("war_to_the_end", "missiles_on_the_table")]
