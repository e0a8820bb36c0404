"""The library page: open, compare, keep, carry off, bring along."""

import json
import shlex
import shutil
from functools import partial

import pytest

pytest.importorskip("streamlit")

from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import sim
from dashboards import uploads
from dashboards.link import Link
from sim.analysis.library import Library
from sim.cli import app
from sim.errors import BrinkError
from sim.model import registry
from sim.report.html.inputs import recipe

DO = "{on: 2026-01-10, shock: accident_at_sea, note: \"why: not\"}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("library")
    shelf = Library(place)
    run = sim.run("inspectors_back", worlds=100, days=30)
    shelf.keep(run, "inspectors")
    shelf.keep(sim.run(worlds=100, days=30), "usual")
    shelf.keep(sim.run(worlds=64, days=30), "small")
    sim.compare(worlds=64, days=30, set={"war.tension_step": 0.6}).save(place / "both")
    sim.compare(worlds=64, days=30, set={"war.tension_step": 0.6}).save(place / "bare", runs=False)
    return place


@pytest.fixture
def shown(opened, folder, monkeypatch):
    monkeypatch.setenv("BRINK_LIBRARY", str(folder))
    return partial(opened, "library", worlds=100, days=30)


def texts(test: AppTest) -> str:
    return "\n".join(element.value for element in (*test.markdown, *test.subheader, *test.caption, *test.info))


def test_the_present_view_can_be_carried_off_and_kept(shown, folder):
    test = shown(set="israel.missile_trigger:0.8")
    assert len(test.get("download_button")) == 2 * 2 + 4 * 2 + 3 + 2
    assert any("--set israel.missile_trigger=0.8" in code.value for code in test.code)
    test.text_input(key="keep.name").set_value("My Run / ../x")
    test.button[-1].click().run()
    assert not test.exception
    assert sim.load(folder / "my-run-x").scenario.parameters == {"israel.missile_trigger": 0.8}
    assert any("my" in success.value for success in test.success)


def test_a_visitor_keeps_only_so_many(shown, tmp_path, monkeypatch):
    monkeypatch.setenv("BRINK_LIBRARY", str(tmp_path))
    monkeypatch.setattr("dashboards.page.MOST_KEPT", 1)
    monkeypatch.setattr("dashboards.page.visitor", lambda: "keeps much")
    test = shown()
    for name in ("one", "two"):
        test.text_input(key="keep.name").set_value(name)
        test.button[-1].click().run()
    assert [error.value for error in test.error] and "one visitor" in test.error[0].value
    assert [place.name for place in tmp_path.iterdir()] == ["one"]


def test_one_bad_entry_does_not_hide_the_others(shown, folder, tmp_path, monkeypatch):
    bad = {"large": {"worlds": 10**30}, "below": {"worlds": -1}, "odd": {"scenario": {"title": {"a": [1]}}},
           "none": {"days": None}}
    for name, change in {"good": {}, **bad}.items():
        shutil.copytree(folder / "small", tmp_path / name)
        about = json.loads((tmp_path / name / "run.json").read_text("utf-8"))
        (tmp_path / name / "run.json").write_text(json.dumps({**about, **change}), "utf-8")
    (tmp_path / "odd" / "timing.json").write_text('{"began": 1e300}', "utf-8")
    monkeypatch.setenv("BRINK_LIBRARY", str(tmp_path))
    test = shown()
    assert sorted(test.dataframe[0].value["Name"]) == sorted(["good", *bad])
    assert [error.value for error in test.error] == []


def test_a_run_that_was_kept_is_shown_with_cards_and_charts(shown):
    test = shown(run="inspectors")
    assert not test.error and len(test.get("vega_lite_chart")) == 5 + len(registry.drawn())
    assert "Inspectors fully back" in "".join(head.value for head in test.subheader)
    assert not [field for field in test.text_input if field.key == "keep.name"]


def test_two_runs_are_paired_if_they_share_their_luck(shown):
    test = shown(run="inspectors", beside="usual")
    assert not test.error and len(test.get("vega_lite_chart")) == 1
    assert "against Baseline" in texts(test)
    apart = shown(run="inspectors", beside="small")
    assert not apart.error and "cannot be paired" in texts(apart)


@pytest.mark.parametrize("name", ["both", "bare"])
def test_a_comparison_that_was_kept_is_shown_with_or_without_its_runs(shown, name):
    test = shown(run=name)
    assert not test.error
    assert len(test.get("vega_lite_chart")) == (name == "both")


@pytest.mark.parametrize("query", [{"run": "both"}, {"run": "bare"}, {"run": "inspectors", "beside": "usual"},
                                   {"run": "inspectors", "beside": "small"}])
def test_deaths_are_told_in_bands(shown, query):
    table = shown(**query).dataframe[-1].value
    deaths = table[table["Outcome"].str.startswith("Deaths")].drop(columns=["Outcome", "Verdict"], errors="ignore")
    assert len(deaths) >= 2
    assert deaths.map(lambda cell: cell.startswith(("none", "-")) or " to " in cell).all(axis=None)


@pytest.mark.parametrize("days", [1, 2, 7])
def test_a_run_of_a_few_days_is_shown(shown, folder, days):
    Library(folder).keep(sim.run(worlds=64, days=days), f"short-{days}")
    test = shown(run=f"short-{days}")
    assert not test.error
    assert [slider.label for slider in test.slider] == ["By when?"] * (days > 1)


@pytest.mark.parametrize("name", ["../elsewhere", "/etc", "nothing", "both/../.."])
def test_a_name_that_is_not_there_is_refused_in_words(shown, name):
    test = shown(run=name)
    assert any("the library has no" in error.value.replace("\\", "") for error in test.error)


def test_an_empty_library_says_what_to_do(shown, tmp_path, monkeypatch):
    test = shown()
    monkeypatch.setenv("BRINK_LIBRARY", str(tmp_path / "none"))
    test.run()
    assert any("Nothing is kept here yet" in info.value for info in test.info)


@pytest.mark.parametrize("view", [Link(set=(("israel.missile_trigger", 0.8),), do=(DO,), days=30),
                                  Link(scenario="ultimatum_when_tense", days=40, seed=5),
                                  Link(scenario="inspectors_back", set=(("iran.access", 0.5),), days=30)])
def test_the_command_and_the_program_give_the_same_outcomes(view, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = sim.run(view.chosen(), worlds=100, seed=view.seed)
    command, python, file = recipe(run)
    assert file == ""
    names: dict = {}
    exec(python, names)
    assert names["run"].outcomes.equals(run.outcomes) and names["run"].scenario.hash == run.scenario.hash
    done = CliRunner().invoke(app, [*shlex.split(command)[1:], "--out", "again"])
    assert done.exit_code == 0, done.output
    assert sim.load("again").outcomes.equals(run.outcomes)


def test_a_file_becomes_a_view_of_the_same_scenario(tmp_path):
    what = Link(scenario="inspectors_back", set=(("israel.missile_trigger", 0.8),), do=(DO,), days=90).chosen()
    view, lost = uploads.view_of(what.as_yaml().encode(), 100, 3)
    assert view.chosen().hash == what.hash and (view.worlds, view.seed) == (100, 3)
    assert lost == []
    own, lost = uploads.view_of(b"title: Mine\nsays: So.\nparameters:\n"
                                b"  us.obliterated_claim: {value: 0.12345678, note: press}\n", 100, 1)
    assert own.scenario == "baseline" and own.notes == (("us.obliterated_claim", "press"),)
    assert len(lost) == 2 and "Six digits" in lost[1]


@pytest.mark.parametrize(("text", "says"), [
    (b"title: x\nparameters:\n  israel.missile_triger: 1\n", "line 3: no parameter"),
    (b"extends: /etc/passwd\n", "line 1: extends takes the name"),
    (b"extends: other.yaml\n", "there is no file 'other.yaml'"),
    (b"extends: scenario.yaml\n", "circle"),
    (b"a: &x 1\nb: *x\n", "aliases"),
    (b"title: !!python/object/apply:os.system [ls]\n", "tags"),
    (b"\xff\xfe\x00", "UTF-8"),
    (b"#" * 300_000, "at most 256 kB"),
    (b"extends: baseline\ndays: 3000\n", "between 30 and 730"),
    (b"extends: baseline\ndate: 2026-01-10\n", "first day of baseline"),
    (b"- 1\n", "expected keys and values"),
])
def test_what_cannot_be_a_view_is_refused_by_line_and_names_no_place(text, says):
    with pytest.raises(BrinkError) as caught:
        uploads.view_of(text, 100, 1)
    assert says in str(caught.value)
    assert "/tmp" not in str(caught.value)
