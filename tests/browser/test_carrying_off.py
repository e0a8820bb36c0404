"""The library: what is looked at goes into real files and onto the shelf, and no name or file from outside leads elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.scenario import scenario

expect = pytest.importorskip("playwright.sync_api").expect

SMALL = {"worlds": 200, "days": 60, "scenario": "inspectors_back"}


@pytest.fixture(scope="module")
def window(visit: Callable[..., Any]) -> Any:
    """The library while somebody looks at a scenario."""
    return visit("library", **SMALL)


def file(window: Any, name: str, folder: Path) -> Path:
    """A file as the browser saves it."""
    with window.page.expect_download() as waiting:
        window.main.locator(f".st-key-get-{name.replace('.', '-')}").get_by_role("button").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.name == name
    return path


def test_tables_pictures_the_scenario_and_the_report_are_real_files(window, tmp_path):
    table = pd.read_parquet(file(window, "inspectors_back-worlds.parquet", tmp_path))
    assert len(table) == 200 and "round_two" in table
    same = pd.read_csv(file(window, "inspectors_back-worlds.csv", tmp_path))
    assert same["round_two"].astype(table["round_two"].dtype).equals(table["round_two"]), "no day where it never came"
    assert file(window, "inspectors_back-first_strike.png", tmp_path).read_bytes().startswith(b"\x89PNG")
    assert "</html>" in file(window, "inspectors_back.html", tmp_path).read_text()
    kept = scenario.load(file(window, "inspectors_back.yaml", tmp_path))
    assert kept.hash == scenario.load("inspectors_back").changed(days=60).hash
    assert window.complaints == []


def test_what_is_kept_stays_on_the_shelf_whatever_it_is_called(window):
    shelf = window.server.log.parent / "runs"
    window.main.get_by_role("textbox", name="Name").fill("../../Elsewhere <b>")
    window.main.get_by_role("button", name="Keep in the library").click()
    told = window.main.get_by_test_id("stAlert").filter(has_text="Kept as")
    expect(told).to_be_visible()
    (kept,) = shelf.iterdir()
    assert kept.name in told.inner_text() and (kept / "worlds.parquet").is_file()
    assert not list(window.server.log.parents[1].glob("*lsewhere*"))

    window.page.goto(window.server.link("library", run=kept.name))
    window.rest()
    assert "200 simulated worlds of 60 days" in window.main.inner_text()


@pytest.mark.parametrize("name", ["../../../../etc/passwd", "/etc", "..", "a/../../b", "nowhere", "%2e%2e%2fruns", "usual\x00"])
def test_a_name_is_never_a_path(window, name):
    window.page.goto(window.server.link("library", run=name))
    window.rest()
    assert window.alerts != []
    text = window.main.inner_text()
    assert "root:" not in text and str(window.server.log.parent) not in text
    assert window.page.get_by_test_id("stException").count() == 0


@pytest.mark.parametrize(("text", "says"), [
    ("title: Mine\nextends: baseline\nparameters:\n  israel.missile_trigger: lots\n", "line 4"),
    ("extends: baseline\nparametrs: {}\n", "line 2"),
    ("extends: ../../../etc/passwd\n", "line 1"),
    ("a: &a [x]\nb: [*a, *a]\n", "line 2"),
    ("extends: baseline\ndays: 100000\n", "days")])
def test_a_bad_scenario_is_refused_with_its_line(visit, window, text, says):
    window.page.goto(window.server.link("library", **SMALL))
    window.rest()
    window.main.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(
        {"name": "mine.yaml", "mimeType": "application/yaml", "buffer": text.encode()})
    expect(window.main.get_by_test_id("stAlert").filter(has_text=says)).to_be_visible()
    assert "root:" not in window.main.inner_text()
    assert window.complaints == []
