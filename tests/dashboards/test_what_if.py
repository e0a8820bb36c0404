"""What if: stories, sliders, notes, files, interventions, and what the link keeps of them."""

from datetime import date
from functools import partial

import pytest

pytest.importorskip("streamlit")

from streamlit.testing.v1 import AppTest

from dashboards import cards, link, page
from dashboards.link import Link
from sim.analysis.compare.gist import Turned
from sim.errors import BrinkError
from sim.scenario.interventions.declared import SHORTEST_WINDOW

TRIGGER = "israel.missile_trigger"
SHOCK = "{on: 2026-02-01, shock: mediation}"


@pytest.fixture
def opened(opened):
    return partial(opened, "what_if", worlds=100, days=60)


def given(app: AppTest, name: str) -> list[str]:
    """What the link says."""
    held = app.query_params[name]
    return [held] if isinstance(held, str) else list(held)


def headings(app: AppTest) -> list[str]:
    return [heading.value for heading in app.subheader]


def test_at_first_there_are_three_things_to_try(opened):
    app = opened()
    assert "Try one of these" in headings(app)
    app.button("idea.Israel waits longer").click().run()
    assert not app.exception
    assert given(app, "set") == [f"{TRIGGER}:0.78"]
    assert "When the first strike comes" in headings(app)
    assert "Try one of these" not in headings(app)


def test_a_story_is_compared_with_what_it_came_from(opened):
    app = opened()
    app.button("choose.inspectors_back").click().run()
    assert given(app, "scenario") == ["inspectors_back"]
    assert len(app.get("vega_lite_chart")) == 3
    assert any("“Baseline”" in line.value for line in app.markdown)


def test_a_slider_changes_the_link_and_back_takes_the_change_out(opened):
    app = opened(tune="israel")
    slider = app.select_slider(f"tune.{TRIGGER}") if f"tune.{TRIGGER}" in {one.key for one in app.select_slider} else None
    if slider is None:
        app.text_input("find").set_value("missile_trigger").run()
        slider = app.select_slider(f"tune.{TRIGGER}")
    before = slider.value
    slider.set_value(0.75).run()
    assert given(app, "set") == [f"{TRIGGER}:0.75"]
    assert app.select_slider(f"tune.{TRIGGER}").label.startswith("● ")
    app.select_slider(f"tune.{TRIGGER}").set_value(before).run()
    assert "set" not in app.query_params


def test_a_note_stays_in_the_link_and_goes_with_the_change(opened):
    app = opened(tune="israel", set=f"{TRIGGER}:0.75")
    app.text_input(f"note.{TRIGGER}").set_value("chapter 3").run()
    assert given(app, "notes") == [f"{TRIGGER}: chapter 3"]
    app.button(f"back.{TRIGGER}").click().run()
    assert {"set", "notes"}.isdisjoint(app.query_params)


def test_a_change_that_is_put_back_takes_its_note_with_it():
    now = Link(set=((TRIGGER, 0.75),), notes=((TRIGGER, "chapter 3"),))
    assert now.setting(TRIGGER, None) == Link()
    assert now.setting(TRIGGER, 0.8) == now.with_(set=((TRIGGER, 0.8),))


def test_all_changes_that_are_undone_on_another_page_take_their_notes_with_them(opened):
    app = opened(set=f"{TRIGGER}:0.75", notes=[f"{TRIGGER}: chapter 3"])
    app.switch_page("app_pages/outlook.py").run()
    next(button for button in app.button if button.label == "Undo all changes").click().run()
    assert {"set", "notes"}.isdisjoint(app.query_params)


def test_a_link_to_a_view_without_changes_does_not_mean_as_before(opened, monkeypatch):
    links: list[dict] = []
    with monkeypatch.context() as patched:
        patched.setattr(page.st, "page_link", lambda page, **more: links.append(more["query_params"]))
        page.way("outlook", "See the unchanged version", Link())
    app = opened(set=f"{TRIGGER}:0.75")
    app.query_params.clear()
    app.query_params.update(links[0])
    app.switch_page("app_pages/outlook.py").run()
    assert not app.exception
    assert not any("Changed:" in line.value for line in app.markdown)
    assert app.session_state["view"] == Link()


def test_a_search_that_finds_nothing_says_so(opened):
    app = opened(tune="israel")
    app.text_input("find").set_value("zebra").run()
    assert not app.select_slider
    assert any("zebra" in line.value for line in app.info)


def test_a_file_is_taken_over_and_a_bad_one_is_refused_with_its_line(opened):
    app = opened(tune="israel")
    app.session_state["files"] = True
    app.run()
    uploader = app.file_uploader("load.set")
    uploader.upload("mine.yaml", b"name: Mine\nparameters:\n  israel.missile_trigger: {value: 0.75, note: chapter 3}\n").run()
    assert given(app, "set") == [f"{TRIGGER}:0.75"]
    assert given(app, "notes") == [f"{TRIGGER}: chapter 3"]
    app.file_uploader("load.set").upload("bad.yaml", b"parameters:\n  israel.missile_triger: 1\n").run()
    assert any("2" in line.value and "did you mean" in line.value for line in app.error)
    assert given(app, "set") == [f"{TRIGGER}:0.75"]


def test_interventions_are_listed_drawn_and_removed(opened):
    app = opened(do=[SHOCK])
    assert len(app.get("vega_lite_chart")) == 4
    app.button("remove.0").click().run()
    assert "do" not in app.query_params


def test_the_form_adds_a_line_to_the_timeline(opened):
    app = opened(do=[SHOCK])
    app.button("do.add").click().run()
    assert len(given(app, "do")) == 2
    assert "mediation" in given(app, "do")[1]


def test_a_day_by_lot_that_a_short_horizon_has_no_room_for_is_told(opened):
    app = opened(do=[SHOCK])
    app.selectbox("do.name.shock").set_value("leader_loss").run()
    assert not app.exception
    assert app.number_input("do.window").value == SHORTEST_WINDOW
    assert any("outside the horizon" in line.value for line in app.error)


def test_what_does_not_fit_the_horizon_is_said_and_can_be_removed(opened):
    app = opened(do=["{on: 2026-11-01, shock: mediation}"])
    assert any("must be a day from" in line.value for line in app.error)
    app.button("remove.0").click().run()
    assert not app.error


def test_runs_that_begin_on_another_day_cannot_be_compared(opened):
    app = opened(scenario="june_2025", against="baseline")
    assert any("cannot be paired" in line.value for line in app.error)


def test_a_world_whose_events_are_not_kept_is_told_without_where_it_parts():
    told = cards.in_words(Turned(7, 12, -1), ("one", "the other"), date(2026, 1, 1))
    assert told == "**World 7**: in one on 13 January 2026; in the other not at all."


@pytest.mark.parametrize("view", [
    Link(), Link(set=((TRIGGER, 0.75),), notes=((TRIGGER, "chapter 3: of a: book"),), tune="oil"), Link(do=(SHOCK, SHOCK)),
])
def test_a_link_gives_the_view_it_came_from(view):
    assert link.read(view.link()) == (view, [])


@pytest.mark.parametrize("query", [
    {"do": ["{on: 2026-02-01, force: iran.leader_lost}"]}, {"do": ["x"] * 21}, {"do": ["[" * 600]}, {"tune": "nobody"},
    {"notes": ["no.such: note"]},
])
def test_a_link_that_asks_for_what_may_not_be_is_read_without_it(query):
    view, wrong = link.read(query)
    assert view == Link()
    assert wrong


def test_what_a_view_is_compared_with():
    assert Link().rival == "baseline"
    assert Link(scenario="inspectors_back").rival == "baseline"
    assert Link(scenario="inspectors_back", set=((TRIGGER, 0.75),)).rival == "inspectors_back"
    assert Link(scenario="june_2025").rival == "june_2025_unforced"
    assert Link(scenario="june_2025_unforced").rival == "june_2025_unforced"
    assert Link(scenario="inspectors_back", against="no_protests").other().name == "no_protests"
    assert Link(scenario="inspectors_back", days=90).other().days == 90


def test_interventions_of_a_view_are_done():
    assert [one.name for one in Link(do=(SHOCK,)).chosen().interventions] == ["mediation"]
    with pytest.raises(BrinkError, match="must be a day from"):
        Link(do=(SHOCK,), days=30).chosen()
