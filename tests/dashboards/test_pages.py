"""Every page, without a browser: it runs, and shows what the link says, for a plain link and for one that changes much."""

from __future__ import annotations

from datetime import timedelta

import pytest

pytest.importorskip("streamlit")

from dashboards.app import PAGES
from dashboards.cards import WEEK

NAMES = [name for pages in PAGES.values() for name, _, _ in pages]
SMALL = {"worlds": "300", "days": "60"}
CHANGED = {"scenario": "inspectors_back", "against": "race_for_the_bomb", "set": "iran.missiles_at_start:900", "by": "20",
           "seed": "3", "world": "7", "day": "11"}


@pytest.mark.parametrize("query", [{}, CHANGED], ids=["plain", "changed"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_runs(opened, name, query):
    app = opened(name, **SMALL, **query)
    assert not app.exception
    assert [told.value for told in app.error] == []
    assert [told.value for told in app.warning if told.value.startswith("The link says")] == []
    assert len(app.title) == 1


def test_controls_show_what_the_link_asks_for(opened):
    app = opened("outlook", worlds=300, days=60, by=3)
    assert app.button_group(key="view.worlds").value == 300
    assert app.slider(key="view.by").value == app.session_state["view"].base().date + timedelta(days=WEEK)
