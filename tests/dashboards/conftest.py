"""What the tests of the pages share: a page as a link shows it, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

APP = str(Path(__file__).parents[2] / "dashboards" / "app.py")


@pytest.fixture
def opened() -> Callable[..., Any]:
    """Opens the page of that name under a link with these query parameters; no mistake of its own may reach the visitor."""
    def open_(page: str, mistakes: bool = False, **query: object) -> Any:
        app = pytest.importorskip("streamlit.testing.v1").AppTest.from_file(APP, default_timeout=120)
        for name, value in query.items():
            app.query_params[name] = value if isinstance(value, list) else str(value)
        app.switch_page(f"app_pages/{page}.py").run()
        assert not app.exception
        assert mistakes or not any("mistake of brink's own" in told.value for told in (*app.error, *app.warning))
        return app
    return open_
