"""Every page in a real browser: it opens without a complaint, alone, with names and words, and fits a phone, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("streamlit")

from dashboards.app import PAGES

SMALL = {"worlds": 200, "days": 60}
ADDRESSES = ["", *(name for pages in PAGES.values() for name, _, _ in pages)]

UNNAMED = """() => [...document.querySelectorAll('[data-testid=stMain] :is(input, textarea, select, button, [role=slider])')]
    .filter(control => control.checkVisibility() && !control.closest('[data-testid=stElementToolbar], [aria-hidden=true]'))
    .filter(control => !(control.ariaLabel || control.labels?.length || control.innerText?.trim() || control.title
                         || control.getAttribute('aria-labelledby')))
    .map(control => control.outerHTML.slice(0, 200))"""
"""Controls that a screen reader could not name."""

WORDLESS = """() => [...document.querySelectorAll('[data-testid=stMain] :is(img, [role=img],'
    + ' [data-testid=stVegaLiteChart], [data-testid=stECharts])')]
    .filter(picture => !picture.closest('[aria-hidden=true]') && !picture.parentElement.closest('[aria-label]'))
    .filter(picture => !(picture.alt || picture.ariaLabel || picture.querySelector('[aria-label]')))
    .map(picture => picture.outerHTML.slice(0, 200))"""
"""Pictures without words."""

TOO_WIDE = """() => {
    const scrolls = element => {
        for (let up = element.parentElement; up && up.dataset.testid !== 'stMain'; up = up.parentElement)
            if (getComputedStyle(up).overflowX !== 'visible') return true;
        return false;
    };
    const whole = [document.scrollingElement, document.querySelector('[data-testid=stMain]')]
        .filter(box => box.scrollWidth > Math.min(box.clientWidth, innerWidth) + 1)
        .map(box => `${box.tagName} scrolls sideways`);
    const parts = [...document.querySelectorAll('[data-testid=stMain] *')]
        .filter(part => part.checkVisibility() && !part.closest('svg') && part.getBoundingClientRect().right > innerWidth + 1)
        .filter(part => part.getBoundingClientRect().width > 1 && !scrolls(part));
    return [...whole, ...parts.map(part => part.outerHTML.slice(0, 200))];
}"""
"""What sticks out to the right, unless it lies in something of its own that scrolls."""

PAPER = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"


@pytest.fixture(scope="module", params=ADDRESSES, ids=lambda name: name or "root")
def wide(request: pytest.FixtureRequest, visit: Callable[..., Any]) -> Any:
    """A page on a laptop."""
    return visit(request.param, **SMALL)


@pytest.fixture(scope="module", params=ADDRESSES, ids=lambda name: name or "root")
def narrow(request: pytest.FixtureRequest, visit: Callable[..., Any]) -> Any:
    """A page on a phone, at night."""
    return visit(request.param, width=390, dark=True, **SMALL)


def brightness(colour: str) -> float:
    """How bright a CSS colour is, from 0 to 1."""
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 765


def test_what_is_looked_for_here_would_be_found(browser):
    page = browser.new_page(viewport={"width": 390, "height": 600})
    page.set_content('<main data-testid="stMain"><input><label>Named <input></label><img src="x"><img src="x" alt="Words">'
                     '<p style="width: 500px">wide</p><p style="overflow: auto"><b style="display: block; width: 500px">scrolls'
                     '</b></p></main>')
    assert page.evaluate(UNNAMED) == ["<input>"]
    assert page.evaluate(WORDLESS) == ['<img src="x">']
    assert [part[:20] for part in page.evaluate(TOO_WIDE) if part.startswith("<")] == ['<p style="width: 500']
    page.close()


def test_a_page_opens_without_a_complaint_and_asks_nobody_else(wide):
    assert wide.complaints == []
    assert wide.foreign == []
    assert wide.errors == []
    assert len(wide.main.inner_text()) > 200


def test_every_control_has_a_name_and_every_picture_words(wide):
    assert wide.page.evaluate(UNNAMED) == []
    assert wide.page.evaluate(WORDLESS) == []


def test_a_laptop_needs_no_scrolling_sideways(wide):
    assert wide.page.evaluate(TOO_WIDE) == []


def test_a_phone_needs_no_scrolling_sideways(narrow):
    assert narrow.page.evaluate(TOO_WIDE) == []


def test_at_night_the_paper_is_dark_and_the_words_are_bright(narrow):
    assert narrow.complaints == []
    assert brightness(narrow.page.evaluate(PAPER)) < 0.2
    words = narrow.main.get_by_test_id("stMarkdownContainer").first
    assert brightness(words.evaluate("element => getComputedStyle(element).color")) > 0.7
