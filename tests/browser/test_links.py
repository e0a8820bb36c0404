"""The link is the state: what is moved goes into it, it shows the same to everybody, and what is wrong in it is left out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

SMALL = {"worlds": 200, "days": 60}


def cards(window: Any) -> list[str]:
    """What the cards of the outlook say."""
    return window.main.locator(".brink-card").all_inner_texts()


def first_chart(window: Any) -> str:
    """The words of the first chart."""
    return window.main.get_by_test_id("stVegaLiteChart").first.get_attribute("aria-label")


def move(window: Any, name: str, key: str = "ArrowLeft", times: int = 1) -> str:
    """Move a slider with the keyboard; what it shows then."""
    slider = window.main.get_by_role("slider", name=name)
    for _ in range(times):
        slider.press(key)
    return slider.get_attribute("aria-valuetext")


def test_a_slider_changes_the_numbers_and_the_link_and_the_link_shows_the_same_afresh(visit: Callable[..., Any]) -> None:
    window = visit("outlook", **SMALL)
    before = cards(window)
    chosen = move(window, "By when?", "PageDown", 5)
    expect(window.main.locator(".brink-card").first).not_to_have_text(before[0], use_inner_text=True)
    window.rest()
    assert {name: window.query[name] for name in SMALL} == {"worlds": "200", "days": "60"}
    assert int(window.query["by"]) < 60
    assert cards(window) != before

    afresh = visit("outlook", **window.query)
    assert cards(afresh) == cards(window)
    assert afresh.main.get_by_role("slider", name="By when?").get_attribute("aria-valuetext") == chosen
    assert afresh.alerts == []


def test_another_scenario_draws_other_charts_and_back_returns(visit: Callable[..., Any]) -> None:
    window = visit("outlook", **SMALL)
    before = first_chart(window), cards(window)
    window.main.get_by_role("combobox", name="Scenario").click()
    window.page.get_by_role("option").filter(has_text="ace for the bomb").click()
    window.page.wait_for_url("**scenario=race_for_the_bomb**")
    chart = window.main.get_by_test_id("stVegaLiteChart").first
    expect(chart).not_to_have_attribute("aria-label", before[0])
    window.rest()
    assert cards(window) != before[1]

    window.page.go_back()
    expect(chart).to_have_attribute("aria-label", before[0])
    window.rest()
    assert (first_chart(window), cards(window)) == before
    assert "scenario" not in window.query


def test_a_page_that_is_switched_to_keeps_the_view(visit: Callable[..., Any]) -> None:
    window = visit("outlook", scenario="inspectors_back", **SMALL)
    before = cards(window)
    links = window.page.get_by_role("navigation", name="App pages")
    links.get_by_role("link", name="Trust").click()
    expect(window.main.get_by_role("heading", level=1)).to_have_text("Trust")
    window.rest()
    links.get_by_role("link", name="Outlook").click()
    window.page.wait_for_url("**/outlook?**")
    window.rest()
    assert window.query == {"scenario": "inspectors_back", "worlds": "200", "days": "60"}
    assert cards(window) == before


def test_the_keyboard_alone_reaches_and_moves_every_control(visit: Callable[..., Any]) -> None:
    window = visit("outlook", **SMALL)
    before, reached = cards(window), []
    for _ in range(40):
        window.page.keyboard.press("Tab")
        reached.append(window.page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText"))
        if reached[-1] == "By when?":
            break
    assert reached[0] == "Skip to main content"
    assert any("Outlook" in name for name in reached) and any("Scenario" in name for name in reached)
    assert reached[-1] == "By when?"
    window.page.keyboard.press("Home")
    expect(window.main.locator(".brink-card").first).not_to_have_text(before[0], use_inner_text=True)
    assert "by" in window.query


HOSTILE = {
    "worlds": "999999999", "days": "-1", "seed": "1e9", "by": "NaN", "world": "0x10", "day": "''; DROP TABLE worlds",
    "outcome": "*", "scenario": "../../../etc/passwd", "against": "..\\..\\baseline",
    "set": "<script>window.hurt = 1</script>:1",
    "do": "!!python/object/apply:os.system ['touch hurt']", "run": "../../../etc/passwd", "unheard_of": "1" * 2000,
}


@pytest.mark.parametrize("page", ["", "outlook", "what_if", "one_world", "library"])
def test_a_hostile_link_is_left_out_with_a_warning(visit: Callable[..., Any], page: str) -> None:
    window = visit(page, **{**HOSTILE, "worlds": "200"}) if page else visit(page, **HOSTILE)
    told = "\n".join(window.alerts)
    for name in ("days", "seed", "by", "world", "day", "outcome", "scenario", "against", "set"):
        assert f"{name}=" in told
    assert window.complaints == [] and window.foreign == []
    assert window.page.evaluate("window.hurt") is None
    text = window.main.inner_text()
    assert "Traceback" not in text and "root:" not in text
    assert not os.path.exists("hurt") and not (window.server.log.parent / "hurt").exists()


TEXT = "a` ![i](http://evil.example/i.png) [in](http://evil.example/) <img src=//evil.example> http://evil.example x@evil.eu"


@pytest.mark.parametrize("page", ["outlook", "what_if", "library"])
def test_what_a_link_says_becomes_no_picture_and_no_link(visit: Callable[..., Any], page: str) -> None:
    note = json.dumps(f"{TEXT} www.evil.example")
    window = visit(page, **SMALL, do=f"{{on: 10, shock: mediation, note: {note}}}", scenario=TEXT)
    assert window.foreign == [] and any("evil" in line for line in window.alerts)
    assert window.page.locator('a[href*="//evil"], a[href*="//www"], a[href^=mailto], img[src*=evil]').count() == 0


def test_too_many_worlds_are_not_simulated(visit: Callable[..., Any]) -> None:
    window = visit("outlook", worlds=999_999_999, days=30)
    assert any("worlds=999999999" in line and "20,000" in line for line in window.alerts)
    assert "1,000 simulated worlds of 30 days" in window.main.inner_text()
