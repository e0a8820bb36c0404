"""Every page, without a browser: it runs, and shows what the link says, for a plain link and for one that changes much."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

pytest.importorskip("streamlit")

from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from dashboards import page
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


def test_a_visitor_is_a_browser_in_however_many_windows(monkeypatch):
    def visitor(token="", address=None):
        monkeypatch.setattr(page.st, "context", SimpleNamespace(cookies={"_streamlit_xsrf": token}, ip_address=address))
        return page.visitor()

    one, other = bytes(range(16)), bytes(range(1, 17))
    tokens = {generate_xsrf_token_string(one) for _ in range(5)}
    assert len(tokens) == 5 and len({visitor(token) for token in tokens}) == 1
    assert visitor(generate_xsrf_token_string(other)) != visitor(min(tokens))
    for odd in ("", "2|", "2|zz|00|1", "1|2|3|4|5"):
        assert visitor(odd, "10.0.0.3") == "10.0.0.3"
