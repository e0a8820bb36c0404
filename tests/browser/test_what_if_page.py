"""What if: a preset shows both sides, a slider changes the numbers and the link, a set of values goes to a file and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboards.plain import JOINER
from sim.scenario import scenario

expect = pytest.importorskip("playwright.sync_api").expect

SMALL = {"worlds": 200, "days": 90}
KEY = "iran.fear_of_carriers"


def pairs(window: Any) -> list[str]:
    """What the cards of differences say."""
    return window.main.locator(".brink-pair").all_inner_texts()


@pytest.fixture(scope="module")
def tuned(visit: Callable[..., Any]) -> Any:
    """The page with one parameter changed and its file box open."""
    window = visit("what_if", tune="iran", set=f"{KEY}:0.5", **SMALL)
    window.main.get_by_text("Save your set, or load one").click()
    expect(window.main.get_by_test_id("stFileUploader")).to_be_visible()
    return window.rest()


def offer(window: Any, text: str, name: str = "mine.yaml") -> None:
    """Upload a file."""
    window.main.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/yaml", "buffer": text.encode()})


def test_a_preset_is_compared_with_what_it_came_from_and_tells_which_worlds_flip(visit):
    window = visit("what_if", **SMALL)
    window.main.get_by_role("button", name="Inspectors fully back").click()
    window.page.wait_for_url("**scenario=inspectors_back**")
    expect(window.main.locator(".brink-pair").first).to_be_visible()
    window.rest()
    told = pairs(window)
    assert all(re.search(r"\d+ of 100 worlds unchanged, \d+ with the change", card) for card in told)
    assert all("points" in card for card in told)
    words = [chart.get_attribute("aria-label") for chart in window.main.get_by_test_id("stVegaLiteChart").all()]
    assert any(re.search(r"\d", text) for text in words)
    flips = window.main.inner_text().partition("Worlds that flip")[2]
    assert re.search(r"\d+ of .*worlds|No world turns", flips)
    assert pairs(visit("what_if", **window.query)) == told
    assert window.complaints == []


def test_a_slider_changes_the_numbers_and_the_link_and_can_be_put_back(visit):
    window = visit("what_if", tune="iran", **SMALL)
    slider = window.main.get_by_role("slider").first
    unchanged = slider.get_attribute("aria-valuetext")
    for _ in range(4):
        slider.press("PageDown")
    window.page.wait_for_url("**set=iran.**")
    expect(window.main.locator(".brink-pair").first).to_be_visible()
    window.rest()
    now = window.main.get_by_role("slider").first.get_attribute("aria-valuetext")
    value = window.query["set"].partition(":")[2]
    assert now != unchanged and float(now) == float(value)

    afresh = visit("what_if", **window.query)
    assert afresh.main.get_by_role("slider").first.get_attribute("aria-valuetext") == now
    assert pairs(afresh) == pairs(window)

    window.main.get_by_role("button", name=re.compile(r"^Put\b.*back$")).first.click()
    window.page.wait_for_url(lambda address: "set=" not in address)
    expect(window.main.get_by_role("slider").first).to_have_attribute("aria-valuetext", unchanged)
    assert window.complaints == []


@pytest.mark.parametrize(("text", "says"), [
    (f"name: Mine\nparameters:\n  {KEY}: lots\n", "mine.yaml:3:"),
    (f"name: Mine\nparameters:\n  {KEY}s: 1\n", "did you mean"),
    ("a: &a [x]\nb: [*a, *a, *a]\n", "mine.yaml:2:"),
    ("!!python/object/apply:os.system ['true']\n", "mine.yaml:1:")])
def test_a_bad_file_is_refused_with_its_line_and_changes_nothing(tuned, text, says):
    offer(tuned, text)
    seen = re.compile(re.escape(says).replace(":", f":{JOINER}?"))
    expect(tuned.main.get_by_test_id("stAlert").filter(has_text=seen)).to_be_visible()
    assert tuned.query["set"] == f"{KEY}:0.5"
    assert tuned.complaints == []


def test_a_set_goes_to_a_file_and_comes_back_from_it(tuned, tmp_path: Path):
    with tuned.page.expect_download() as waiting:
        tuned.main.get_by_role("button", name="Save the set as a file").click()
    kept = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(kept)
    assert scenario.load_view(kept).layer.parameters == {KEY: 0.5}

    offer(tuned, kept.read_text().replace("0.5", "0.4"))
    tuned.page.wait_for_url(lambda address: parse_qs(urlsplit(address).query)["set"] == [f"{KEY}:0.4"])
    assert tuned.complaints == []
