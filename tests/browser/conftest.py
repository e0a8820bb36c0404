"""A dashboard for the whole session, a browser, and windows; what needs a browser is skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from served import Server, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The dashboard, with an empty library."""
    pytest.importorskip("streamlit")
    with serving(tmp_path_factory.mktemp("dashboard")) as server:
        yield server
    assert server.log.read_text().partition("Traceback")[2][-3000:] == ""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium."""
    pytest.importorskip("playwright.sync_api", reason="a real browser is driven by playwright: pip install '.[browser]'")
    if shutil.which("chromium") is None:
        pytest.skip("a real browser is needed: apt-get install chromium")
    from window import browsing

    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def visit(browser: Any, server: Server) -> Iterator[Callable[..., Any]]:
    """Open a window on a page, visit("outlook", worlds=200); all are closed at the end of the module."""
    from window import Window

    windows = []

    def opened(page: str = "", width: int = 1280, dark: bool = False, **query: object) -> Window:
        windows.append(Window(browser, server, width, dark))
        return windows[-1].open(page, **query)

    yield opened
    for window in windows:
        window.close()
