"""One bad card, chart, entry or link takes nothing else along: it is told in its place."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("streamlit")

import dashboards
import sim
from dashboards import cards, link
from dashboards.mishap import instead, line
from sim.ensemble.results import Run
from sim.errors import BrinkError

SMALL = {"worlds": "100", "days": "30"}


def breaks(*_: Any) -> Any:
    raise ZeroDivisionError("division by zero")


def told(app: Any) -> list[str]:
    return [one.value.replace("\\", "") for one in (*app.error, *app.warning)]


def test_a_mistake_of_its_own_is_one_line_and_the_log_has_the_details(caplog):
    assert line(BrinkError("days: too many")) == "days: too many"
    assert "mistake of brink's own (ZeroDivisionError)" in line(ZeroDivisionError("x"))
    assert [record.exc_info[1].args for record in caplog.records] == [("x",)]
    assert instead(len)(breaks)() == len(line(ZeroDivisionError()))


def test_a_chart_that_fails_leaves_the_others(opened, monkeypatch):
    whole = opened("outlook", **SMALL)
    monkeypatch.setattr(Run, "hazard", property(breaks))
    app = opened("outlook", mistakes=True, **SMALL)
    assert len(app.get("vega_lite_chart")) == len(whole.get("vega_lite_chart")) - 1
    assert len(told(app)) == 1 and told(app)[0].startswith("This chart cannot be drawn: this is a mistake of brink's own")


def test_a_card_that_fails_leaves_the_others(monkeypatch):
    run, whole = sim.run(worlds=64, days=30), cards.squares
    shown = [cards.card(run, id, 30) for id in ("round_two", "deal")]
    monkeypatch.setattr(cards, "squares", lambda outcome, *more: breaks() if outcome.id == "deal" else whole(outcome, *more))
    first, second = (cards.card(run, id, 30) for id in ("round_two", "deal"))
    assert first == shown[0] and second != shown[1] and "(ZeroDivisionError)" in second and "brink-card" in second


def test_a_part_of_a_page_that_fails_leaves_the_rest(opened, monkeypatch):
    monkeypatch.setattr("dashboards.charts.every_third", breaks)
    app = opened("outlook", mistakes=True, **SMALL)
    assert "What each side believes" in [one.value for one in app.subheader]
    assert all("mistake of brink's own" in one for one in told(app)) and told(app)


@pytest.mark.parametrize("error", [RecursionError, OverflowError, MemoryError, KeyError, AttributeError])
def test_whatever_a_link_does_to_its_reader_it_is_left_out(monkeypatch, error):
    def reads(*_: Any) -> Any:
        raise error("oh")
    monkeypatch.setattr("sim.scenario.interventions.read_given", reads)
    view, wrong = link.read({"do": ["{on: 10, shock: mediation}"], "worlds": "300"})
    assert view.worlds == 300 and view.do == () and len(wrong) == 1 and wrong[0].startswith("The link says do={on: 10")


@pytest.mark.parametrize(("page", "do"), [
    ("what_if", "{on: 10, forbid: israel.preempt, for: 1e400}"), ("outlook", "!!seq foo"),
    ("outlook", "{on: 10, shift: war.tension, by: !!float nan}"), ("outlook", "{on: 0, push: israel.prepare_alone, by: .nan}"),
    ("what_if", "[" * 400)])
def test_a_hostile_intervention_is_a_line_on_the_page(opened, page, do):
    app = opened(page, mistakes=True, do=[do], **SMALL)
    assert any("The link says do=" in one for one in told(app))


def test_every_chart_has_its_net():
    bare = [f"{path.stem}.{one.name}" for path in Path(dashboards.__file__).parent.rglob("*.py")
            for one in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(one, ast.FunctionDef) and one.returns is not None and ast.unparse(one.returns) == "Chart"
            and "safely" not in map(ast.unparse, one.decorator_list)]
    assert bare == ["vega.chart"]
