"""A browser's window that notes every complaint and every foreign request."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect, sync_playwright
from served import PATIENCE, Server

QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")
STILL = "() => document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]') !== null"
DRAWN = """() => {
    const charts = [...document.querySelectorAll('[data-testid=stVegaLiteChart], [data-testid=stECharts]')];
    return !document.querySelector('[data-testid=stSkeleton]') && charts.every(chart => chart.querySelector('svg, canvas'));
}"""
"""A page at rest: its script has ended, and every chart has something drawn in it."""


@contextmanager
def browsing() -> Iterator[Browser]:
    """Chromium as the operating system has it, with a window on nothing."""
    expect.set_options(timeout=1000 * PATIENCE / 2)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


class Window:
    """One visitor's window: what is open in it, what the browser complained of, and what it asked other hosts for.

    `complaints` holds errors on the console, errors of scripts, and answers that say that something went wrong.
    """

    def __init__(self, browser: Browser, server: Server, width: int = 1280, dark: bool = False) -> None:
        self.server = server
        self.context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True,
                                           color_scheme="dark" if dark else "light", reduced_motion="reduce")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(1000 * PATIENCE)
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._answer)
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):  # the answer tells more
            self.complaints.append(message.text)

    def _answer(self, answer: Response) -> None:
        # Streamlit looks for its server below the page's own path first, and is told that it is not there.
        asked = urlsplit(answer.url).path
        seeking = asked.count("/") > 2 and asked.endswith(("/_stcore/health", "/_stcore/host-config"))
        if answer.status >= 400 and not (answer.status == 404 and seeking):
            self.complaints.append(f"{answer.status} {answer.url}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.server.host:
            self.foreign.append(request.url)

    def open(self, page: str = "", **query: object) -> Window:
        """Open a page under a view and wait for it."""
        self.page.goto(self.server.link(page, **query))
        return self.rest()

    def rest(self) -> Window:
        """Wait until the page has come to rest."""
        self.page.wait_for_function(STILL)
        self.page.wait_for_function(DRAWN)
        return self

    @property
    def query(self) -> dict[str, str]:
        """What the link says now."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    @property
    def main(self) -> Locator:
        """The page without the list of pages."""
        return self.page.get_by_test_id("stMain")

    @property
    def alerts(self) -> list[str]:
        """Errors, warnings and notes on the page."""
        return self.page.get_by_test_id("stAlert").all_inner_texts()

    @property
    def errors(self) -> list[str]:
        """Errors on the page, and what stands where a script has failed."""
        return self.page.locator("[data-testid=stAlertContentError], [data-testid=stException]").all_inner_texts()

    def close(self) -> None:
        """Close it, and forget its cookies."""
        self.context.close()
