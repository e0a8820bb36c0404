"""Every page, without a browser: it runs, and shows what the link says, for a plain link and for one that changes much."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("streamlit")

from streamlit.testing.v1 import AppTest

from dashboards.app import PAGES

ENTRY = str(Path(__file__).parents[2] / "dashboards" / "app.py")
NAMES = [name for pages in PAGES.values() for name, _, _ in pages]
SMALL = {"worlds": "300", "days": "60"}
CHANGED = {"scenario": "inspectors_back", "against": "race_for_the_bomb", "set": "iran.missiles_at_start:900", "by": "20",
           "seed": "3", "world": "7", "day": "11"}


def page(name: str, **query: str) -> AppTest:
    """A page as a link shows it."""
    app = AppTest.from_file(ENTRY, default_timeout=120)
    for key, text in query.items():
        app.query_params[key] = text
    return app.switch_page(f"app_pages/{name}.py").run()


@pytest.mark.parametrize("query", [{}, CHANGED], ids=["plain", "changed"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_runs(name, query):
    app = page(name, **SMALL, **query)
    assert not app.exception
    assert [told.value for told in app.error] == []
    assert [told.value for told in app.warning if told.value.startswith("The link says")] == []
    assert len(app.title) == 1
