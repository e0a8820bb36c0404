"""One world, and pathways: pages that open single worlds of a run."""

from datetime import timedelta

import pytest

pytest.importorskip("streamlit")

from streamlit.testing.v1 import AppTest

import sim
from dashboards import charts_paths, charts_worlds, world_html
from dashboards.link import read
from sim.model.codes import RUNGS
from sim.report.html.render import render

WORLDS, DAYS = 150, 60


@pytest.fixture(scope="module")
def run():
    return sim.run(worlds=WORLDS, days=DAYS)


@pytest.fixture(scope="module")
def story(run):
    world = int((run.column("round_two") > 5).nonzero()[0][0])
    return run.explain(world)


@pytest.fixture
def opened(opened):
    def open_(page: str, **query: object) -> AppTest:
        at = opened(page, **{"worlds": WORLDS, "days": DAYS, **query})
        assert not at.error
        return at
    return open_


def text(at: AppTest) -> str:
    return " ".join([*(element.value for element in at.markdown), *(element.value for element in at.header),
                     *(element.value for element in at.caption), *(element.proto.body for element in at.get("html"))])


def button(at: AppTest, label: str):
    return next(one for one in at.button if one.label == label)


def test_a_world_is_told_on_the_day_of_the_link(opened, story):
    day = story.chain[0].day
    at = opened("one_world", world=story.world, day=day)
    shown = text(at)
    assert story.title in shown
    assert f"day {day}" in shown
    happened = [entry for entry in story.everything if entry.day == day]
    assert happened
    for entry in happened:
        assert entry.says.replace("'", "&#x27;") in shown
    assert at.slider[0].value == story.run.scenario.date + timedelta(days=day)


def test_next_event_goes_on_to_the_next_day_with_an_entry_and_changes_the_link(opened, story):
    stops = sorted({entry.day for entry in story.entries if entry.event and entry.day > 0})
    at = opened("one_world", world=story.world, day=stops[0])
    button(at, "Next event").click().run()
    assert at.query_params["day"] == str(stops[1])
    button(at, "Previous event").click().run()
    assert at.query_params["day"] == str(stops[0])


def test_a_fork_shows_its_futures_beside_all_worlds(opened, story):
    at = opened("one_world", world=story.world, day=10, futures=100)
    made = story.run.fork(story.world, 10, 100)
    assert f"{100 * made.by('round_two', DAYS).value:.0f} of 100 futures" in text(at)
    button(at, "Close").click().run()
    assert "futures" not in at.query_params


def test_another_world_by_number_starts_afresh(opened, story):
    at = opened("one_world", world=story.world, day=10)
    at.number_input[0].set_value(story.world + 1).run()
    assert at.query_params["world"] == str(story.world + 1)
    assert "day" not in at.query_params
    assert story.run.explain(story.world + 1).title in text(at)


def test_a_world_that_is_not_there_is_told(opened):
    at = opened("one_world", world=5000)
    assert "no world 5,000" in at.warning[0].value


def test_a_path_shows_how_many_worlds_take_it_and_opens_the_one_in_their_middle(opened, run):
    paths = run.pathways()
    path = ",".join(paths.paths["path"][0])
    at = opened("pathways", path=path)
    worlds = paths.worlds_through(*path.split(","))
    assert f"({worlds.size:,} of {WORLDS:,})" in text(at)
    at.selectbox(key="view.path").set_value("turn:nobody").run()
    assert at.query_params["path"] == "turn:nobody"
    assert f"({paths.worlds_through('turn:nobody').size:,} of {WORLDS:,})" in text(at)


def test_given_an_event_outcomes_are_counted_in_its_worlds_only(opened, run):
    from sim.analysis.pathways.conditional import happened

    at = opened("pathways", given="us.carrier_arrives")
    here = happened(run, "us.carrier_arrives")
    share = run.happened("round_two")[here].mean()
    assert f"{here.sum()} of {WORLDS} worlds" in text(at)
    assert f"{100 * share:.0f} %" in text(at)


@pytest.mark.parametrize(("by", "shown"), [(45, 45), (DAYS, 0)])
def test_the_day_of_a_link_by_which_something_is_given_is_the_one_that_is_marked(opened, run, by, shown):
    from sim.analysis.pathways.conditional import happened

    at = opened("pathways", given="us.carrier_arrives", given_by=by)
    assert at.selectbox(key="view.given_by").value == shown
    assert f"{happened(run, 'us.carrier_arrives', shown or None).sum()} of {WORLDS} worlds" in text(at)


@pytest.mark.parametrize(("name", "value", "says"), [
    ("path", "talks:peace", "the pathways have no talks:peace"), ("given", "us.sleeps", "no such key event"),
    ("futures", "1000000", "between 100 and 2,000")])
def test_a_wrong_link_is_told_and_left_out(name, value, says):
    view, wrong = read({name: value})
    assert view.link() == {}
    assert says in wrong[0]


def test_every_block_and_stream_of_the_diagram_leads_to_its_worlds(run):
    paths = run.pathways()
    option, blocks, streams = charts_paths.sankey(paths)
    series = option["series"][0]
    for shown, nodes in [*zip(series["data"], blocks, strict=True), *zip(series["links"], streams, strict=True)]:
        assert paths.worlds_through(*nodes).size == shown["value"]


def test_the_timeline_holds_every_mark_and_the_days_of_war(story):
    data = charts_worlds.timeline(story, 9).data
    war = data[data["kind"] == "war"]
    assert war["day"].min() == story.verdict.war
    assert {story.verdict.headline} <= {*data[data["kind"] == "mark"]["day"]}
    assert data[data["kind"] == "day"]["day"].tolist() == [9]


def test_a_reason_that_held_back_has_its_bar_on_the_left(story):
    entry = next(entry for entry in story.everything if any(reason.value < 0 for reason in entry.reasons[:world_html.WEIGHED]))
    against = next(reason for reason in entry.reasons if reason.value < 0)
    shown = world_html.bar(against, abs(against.value))
    assert "left: 0.00%; width: 50.00%" in shown
    assert "Against it" in shown


def test_the_ladder_marks_the_rung_of_today():
    shown = render("ladder", RUNGS, 3, 5)
    assert shown.count("<li") == len(RUNGS)
    assert 'aria-current="true"' in shown
    assert "(highest so far)" in shown
