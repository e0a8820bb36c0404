"""Reports: one file that stands alone, says what the run says, and tells nobody's markup from its own."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from math import isnan
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from matplotlib.backends.backend_agg import FigureCanvasAgg
from toy import BORDER, CALM
from typer.testing import CliRunner, Result

import sim
from sim.analysis.compare.compare import Comparison, compare
from sim.analysis.compare.gist import difference
from sim.cli import app
from sim.ensemble.results import Run
from sim.model import registry
from sim.model.outcomes import ON_CARDS
from sim.report.figures import comparison as compared
from sim.report.figures import pictures as pictures_of
from sim.report.figures.over_time import belief
from sim.report.html import colours, comparison, run, stories
from sim.report.html.inputs import recipe
from sim.report.html.render import ENVIRONMENT, SHEET, fill, range_plot, render
from sim.report.text import compare as told
from sim.report.text.outcomes import error, number
from sim.scenario import scenario
from sim.words import TOO_FEW, date, of_hundred

VOID = {"meta", "br"}
SET_WHERE_USED = {"--c", "--who"}
"""Colours that a page gives in the element that has them."""
LISTS = {"texts", "items", "parts", "inside", "lines", "asides", "under", "notes", "why", "cells", "readings", "ids"}
"""Words of macros that are several."""


class Page(HTMLParser):
    """What a page holds; fails if an element is closed that is not open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.elements, self.text = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))
        if name not in VOID:
            self.open.append(name)

    def handle_startendtag(self, name, attributes):
        self.elements.append((name, dict(attributes)))

    def handle_endtag(self, name):
        assert self.open and self.open.pop() == name

    def handle_data(self, data):
        self.text.append(data)

    def all(self, attribute):
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]

    def named(self, *names):
        return [(name, attributes) for name, attributes in self.elements if name in names]


@pytest.fixture(scope="module")
def made() -> Run:
    return sim.run("inspectors_back", worlds=512, days=90, seed=3, set={"israel.missile_trigger": 0.8})


@pytest.fixture(scope="module")
def pair(made) -> Comparison:
    return compare(made, set={"us.obliterated_claim": 0.0})


@pytest.fixture(scope="module")
def pages(made, pair) -> dict[str, str]:
    return {"run": run.report(made), "comparison": comparison.report(pair),
            "toy": run.report(sim.run(CALM, worlds=200, subject=BORDER))}


KINDS = ("run", "comparison", "toy")


# One file that stands alone

@pytest.mark.parametrize("kind", KINDS)
def test_every_element_is_closed_and_every_id_is_there_once(pages, kind):
    page = Page(pages[kind])
    assert page.open == []
    assert [id for id, count in Counter(page.all("id")).items() if count > 1] == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_comes_from_elsewhere_and_nothing_runs(pages, kind):
    page = Page(pages[kind])
    assert not page.named("script", "link", "img", "iframe", "object", "base", "form")
    assert not page.all("src")
    assert not [key for _, attributes in page.elements for key in attributes if key.startswith("on")]
    outside = [name for name, attributes in page.elements if re.match("[a-z]+:", attributes.get("href") or "")]
    assert set(outside) <= {"a"}
    assert "@import" not in pages[kind] and "http" not in "".join(re.findall(r"url\([^)]*\)", pages[kind]))


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_within_the_page_leads_somewhere(pages, kind):
    page = Page(pages[kind])
    ids = set(page.all("id"))
    links = {link for name in ("href", "xlink:href") for link in page.all(name) if link.startswith("#")}
    used = links | {f"#{id}" for id in re.findall(r"url\(#([^)]*)\)", pages[kind])}
    assert used and {link for link in used if link[1:] not in ids} == set()


@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_small_and_the_same_each_time(pages, kind, made, pair):
    assert len(pages[kind].encode()) < 2_000_000
    again = {"run": lambda: run.report(made), "comparison": lambda: comparison.report(pair),
             "toy": lambda: run.report(sim.run(CALM, worlds=200, subject=BORDER))}
    assert again[kind]() == pages[kind]


def test_a_run_that_was_kept_gives_the_same_page(made, pages, tmp_path):
    assert run.report(sim.load(made.save(tmp_path / "kept"))) == pages["run"]


# Who reads it

@pytest.mark.parametrize("kind", KINDS)
def test_headings_come_in_order_and_pictures_and_tables_have_words(pages, kind):
    page = Page(pages[kind])
    levels = [int(name[1]) for name, _ in page.named("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert dict(page.named("html")[0][1]) == {"lang": "en"}
    assert all(attributes.get("aria-hidden") or attributes.get("aria-label") for _, attributes in page.named("svg"))
    assert len(page.named("table")) == len(page.named("caption"))
    assert all("scope" in attributes for _, attributes in page.named("th"))


def test_the_picture_of_the_first_strike_says_what_it_shows(pages, made):
    labels = [attributes["aria-label"] for _, attributes in Page(pages["run"]).named("svg") if "aria-label" in attributes]
    share = sum(made.happened("round_two")) / made.size
    assert any(label.startswith("When the first strike comes") and f"{100 * share:.0f} %" in label for label in labels)


@pytest.mark.parametrize("kind", KINDS)
def test_text_of_pictures_is_legible_on_either_paper(pages, kind):
    named = re.findall(r"--text-[0-9a-f]{6}: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", pages[kind])
    assert named or kind == "toy"
    for light, dark in named:
        assert colours.contrast(light, colours.LIGHT) >= colours.TEXT
        assert colours.contrast(dark, colours.DARK) >= colours.TEXT


def test_the_sheet_is_on_the_paper_of_the_pictures_and_its_words_are_legible():
    themes = dict(re.findall(r"--(\w+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", SHEET.read_text()))
    assert themes["card"] == f"{colours.LIGHT}, {colours.DARK}"
    for paper in ("paper", "card"):
        for words in ("ink", "soft", "accent", "good", "bad"):
            for one, other in zip(themes[words].split(", "), themes[paper].split(", "), strict=True):
                assert colours.contrast(one, other) >= colours.TEXT, (words, paper)


def test_every_colour_that_is_named_has_a_value_on_either_paper(pages):
    for page in pages.values():
        for name in set(re.findall(r"var\((--[a-z0-9-]+)\)", page)) - SET_WHERE_USED:
            assert len(re.findall(rf" {name}: (?:light-dark\(#[0-9a-f]{{6}}, #[0-9a-f]{{6}}\)|\")", page)) == 1, name


def test_contrast_is_that_of_the_standard():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert colours.legible("#0072b2", "#ffffff", 4.5) == "#0072b2"


# What it says

def test_headlines_are_those_of_the_outcomes(pages, made):
    text = pages["run"]
    rows = {row["id"]: row for row in made.rows}
    for id in ON_CARDS:
        card = text[text.index(f'id="card-{id}"'):]
        card = card[:card.index("</article>")]
        assert f">{of_hundred(rows[id]['estimate'])} <small>of 100 worlds</small>" in card
        assert f"{number(rows[id])}{error(rows[id])} points" in card
        assert rows[id]["estimate"] == made.outcomes.set_index("id").loc[id, "estimate"]


def test_a_hundred_squares_of_which_as_many_are_filled():
    drawn = render("hundred", 0.656, "66 of 100", "#0072b2")
    assert drawn.count("<i") == 100
    assert drawn.count("<i></i>") == 34
    assert drawn.index("<i></i>") > drawn.rindex("both"), "filled from the first, which the sheet puts at the lower left"
    assert render("hundred", 0.004, "fewer than 1", "#0072b2").count("<i></i>") == 100


def test_every_outcome_has_a_row_and_deaths_only_a_band(pages, made):
    words = " ".join(Page(pages["run"]).text)
    for row in made.rows:
        assert row["says"] in words
        if row["unit"] == "deaths" and row["n"]:
            assert f"{number(row)}{error(row)}" not in words


def test_every_drawn_variable_has_its_picture(pages):
    drawn = [name.replace(".", "-") for name in registry.drawn()]
    assert [name for name in drawn if f'id="fan-{name}' not in pages["run"]] == []
    assert "israel-arrow" in drawn and "Israel: Arrow rounds" in pages["run"]
    assert 'id="fan-' not in pages["toy"]


def test_what_was_set_stands_with_who_set_it(pages):
    text = pages["run"][pages["run"].index('id="asked"'):]
    text = "".join(Page(text[:text.index("</section>")].partition(">")[2].partition("</h2>")[2]).text)
    assert "israel.missile_trigger" in text and "set by hand" in text
    assert "iran.access" in text and "0.95" in text


def test_the_commonest_events_are_counted_from_the_log(made):
    found, events = stories.commonest(made), made.events
    for key, row in found.iterrows():
        here = events[events["event"] == key]
        assert row["times"] == pytest.approx(len(here) / made.size)
        assert row["share"] == pytest.approx(here["world"].nunique() / made.size)
    assert found.groupby("owner").size().max() <= stories.EACH


def test_differences_are_those_of_the_comparison(pages, pair):
    words = " ".join(" ".join(Page(pages["comparison"]).text).split())
    row = pair.row("round_two")
    flips = pair.flips("round_two")
    assert f"{of_hundred(row['a'])} of 100 worlds" in words
    assert told.verdict(difference(pair, "round_two")) in words
    assert f"{flips.here:,}" in words and f"{flips.both:,}" in words
    assert "us.obliterated_claim" in "".join(Page(pages["comparison"]).text)


def test_a_change_that_does_nothing_says_so(made):
    page = comparison.report(Comparison(made, made))
    assert "Nothing differs: every outcome is the same in every world." in page


def test_the_recipe_gives_the_same_scenario(made):
    command, python, file = recipe(made)
    assert file == ""
    assert command == "brink run inspectors_back --worlds 512 --days 90 --seed 3 --set israel.missile_trigger=0.8"
    assert "set={'israel.missile_trigger': 0.8}" in python


def test_a_scenario_of_ones_own_is_given_as_a_file_that_gives_the_same(tmp_path):
    what = replace(scenario.load("inspectors_back").changed(set={"us.obliterated_claim": 0.1}, days=20), name="mine",
                   title='A "quoted": title')
    command, _, file = recipe(sim.run(what, worlds=8))
    (tmp_path / "mine.yaml").write_text(file)
    assert command == "brink run mine.yaml --worlds 8 --days 20 --seed 1"
    assert scenario.load(tmp_path / "mine.yaml").hash == what.hash


def test_a_fork_is_told_as_a_fork_that_gives_the_same_futures(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made.save("RUN")
    forked = made.fork(3, 20, 16, set={"us.obliterated_claim": 0.5}, do=["{on: 25, force: israel.lobby}"], tag="my own")
    command, python, file = recipe(forked)
    assert file == "" and command.startswith("brink fork RUN --world 3 --day 20 --futures 16 --tag 'my own' --set ")
    names: dict = {}
    exec(python, names)
    assert names["run"].about == forked.about and names["run"].outcomes.equals(forked.outcomes)
    assert CliRunner().invoke(app, [*shlex.split(command)[1:], "--out", "again"]).exit_code == 0
    assert sim.load("again/changed").about == forked.about
    words = " ".join(Page(run.report(forked)).text)
    assert f"16 futures of world 3 from {date(20, made.scenario.date)} (day 20) on, each with luck of its own (seed 3)" in words
    assert f"scenario hash {made.scenario.hash}, seed 3" in words


def test_two_scenarios_of_one_name_are_two_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    what = replace(scenario.load("inspectors_back").changed(set={"us.obliterated_claim": 0.1}, days=20), name="my own")
    pair = Comparison(*(sim.run(one, worlds=64) for one in (what, what.changed(set={"us.obliterated_claim": 0.9}))))
    page = Page(comparison.report(pair))
    files, (command,) = [text for text in page.text if text.startswith("title: ")], [
        text for text in page.text if text.startswith("brink run ")]
    for name, file in zip(("my own", "my own-changed"), files, strict=True):
        Path(f"{name}.yaml").write_text(file)
    for line in command.splitlines():
        assert CliRunner().invoke(app, shlex.split(line)[1:]).exit_code == 0
    assert [sim.load(side).scenario.hash for side in "ab"] == [run.scenario.hash for run in (pair.a, pair.b)]


def test_a_run_over_priors_shows_the_band_apart_from_the_error():
    drawn = sim.run("baseline", worlds=128, days=30, uncertainty="priors", sets=8)
    page = run.report(drawn)
    row = next(row for row in drawn.rows if not isnan(row["low"]))
    assert f"{number(row, 'low')} to {number(row, 'high')} over parameters (90 %)" in page
    assert f"{TOO_FEW} over parameters (90 %)" in page
    assert "drawn from their priors, 8 sets" in page
    assert recipe(drawn)[0].endswith("--uncertainty priors --sets 8")


def test_truth_and_belief_are_drawn_from_what_was_recorded(made, pages):
    seen = "israel.missiles_seen"
    truth = registry.fields()[seen].declaration.of
    assert f'id="belief-{seen.replace(".", "-")}-wide-' in pages["run"]
    figure = belief(made, truth, seen)
    lines = figure.axes[0].get_lines()
    assert [line.get_ydata()[-1] for line in lines] == [made.series(name)["q50"][-1] for name in (truth, seen)]


@pytest.mark.parametrize("name", ["differences", "first_strike_difference", "first_strike", "iran_missiles"])
def test_no_caption_lies_on_an_axis(made, pair, name):
    figure = getattr(compared, name)(pair) if "difference" in name else pictures_of(made)[name]()
    FigureCanvasAgg(figure).draw()
    caption = figure.texts[2].get_window_extent()
    labels = [label.get_window_extent() for axes in figure.axes for label in axes.get_xticklabels() if label.get_text()]
    assert labels
    assert all(caption.y1 < label.y0 for label in labels)


# Markup of others

def test_what_others_wrote_is_shown_as_text_and_not_obeyed():
    bad = '<script>alert("x")</script></style>'
    page = run.report(sim.run(replace(CALM, title=bad, says=bad), worlds=64, subject=BORDER))
    assert "<script" not in page and page.count("</style>") == 1
    assert "&lt;script&gt;" in page
    assert Page(page).open == []


def test_signs_that_act_unseen_are_named_on_a_page():
    bad = "X \x1b[31m\x1b]0;t\a \u202eRTL"
    page = run.report(sim.run(replace(CALM, title=bad, says=f"{bad}\nmore"), worlds=64, subject=BORDER))
    assert "\\x1b[31m" in page and "\\u202eRTL" in page
    assert {sign for sign in page if not sign.isprintable()} == {"\n"}


def test_macros_escape_text_and_attributes_but_not_html():
    assert render("led", "a < b", render("code", "c")) == "<b>a &lt; b</b><code>c</code>"
    assert 'aria-label="&#34;&lt;i&gt;"' in render("hundred", 0.5, '"<i>', "red")
    assert render("code", "us.<b>") == "<code>us.<wbr/>&lt;b&gt;</code>"
    assert render("together", ["<", render("kept", "&")]) == '&lt;<span class="brink-kept">&amp;</span>'


@pytest.mark.parametrize("macro", [name for name in dir(ENVIRONMENT.get_template("macros.html").module) if name[0] != "_"])
def test_no_macro_lets_markup_in(macro):
    """Whatever words a macro takes, each of them is escaped."""
    made = getattr(ENVIRONMENT.get_template("macros.html").module, macro)
    bad = "<script>"
    shapes = {"pieces": [(0.1, 0.2, bad)], "kinds": [(bad, 3)], "pairs": [(bad, bad)], "rows": [(bad, (bad, bad))],
              "columns": (bad, bad), "numbers": (), "wide": (), "sides": [(bad, bad, bad)], "rungs": [bad, bad], "level": 3,
              "groups": [(bad, [(bad, bad, bad, bad)])], "share": 0.5, "value": 0.5, "known": 0.5, "was": 0.1, "at": 0.5,
              "ends": (0.1, 0.2), "band": (0.1, 0.2), "wanted": (0.1, 0.2), "i": 0, "highest": 1}
    words = {name: shapes.get(name, [bad, bad] if name in LISTS else bad) for name in made.arguments if name != "caller"}
    words |= {"key": {"pieces": [(bad, bad)]}, "legend": {"kinds": [(bad, bad)]}, "place": {"now": 0.5},
              "ladder": {"now": 0}}.get(macro, {})
    assert bad not in (made(**words, caller=lambda: "") if macro == "section" else made(**words))


def test_a_word_that_is_missing_is_an_error():
    with pytest.raises(UndefinedError, match="title"):
        fill("page.html", running="")


def test_a_row_of_one_cell_heads_those_below():
    made = render("table", "Rows", ("a", "b"), [("group",), ("x", "1"), (("y", "note"), "2")], numbers=(1,))
    assert '<th colspan="2" scope="rowgroup">group</th>' in made
    assert '<th scope="row">x</th><td class="n">1</td>' in made
    assert '<th scope="row">y<small>note</small></th><td class="n">2</td>' in made


# The command

def brink(*arguments) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_writes_beside_the_run_or_where_it_is_told(made, pages, tmp_path):
    kept = made.save(tmp_path / "kept")
    assert brink("report", kept).stdout.strip() == str(kept / "report.html")
    assert (kept / "report.html").read_text() == pages["run"]
    assert brink("report", kept).exit_code == 0, "it may write its own page anew"
    assert brink("report", kept, "--out", tmp_path / "mine.html").exit_code == 0
    assert (tmp_path / "mine.html").read_text() == pages["run"]
    assert made.report(tmp_path / "other.html").read_text() == pages["run"]


def test_the_command_knows_a_comparison(pair, pages, tmp_path):
    kept = pair.save(tmp_path / "pair")
    assert brink("report", kept).exit_code == 0
    assert (kept / "report.html").read_text() == pages["comparison"]
    assert pair.report(tmp_path / "other.html").read_text() == pages["comparison"]


def test_mistakes_get_one_line_and_leave_nothing(made, tmp_path):
    kept = made.save(tmp_path / "kept")
    (tmp_path / "taken.html").write_text("mine")
    (tmp_path / "empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    for arguments, says in (
        ([tmp_path / "nowhere"], "there is no such directory"),
        ([tmp_path / "empty"], "is not the directory of a run"),
        ([kept, "--out", tmp_path / "taken.html"], "exists already; name another file or remove it"),
        ([kept, "--out", tmp_path / "no" / "where.html"], "is not a directory that you can write to"),
        ([kept, "--out", tmp_path], "exists already"),
    ):
        result = brink("report", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert len(result.stderr.splitlines()) == 1 and says in result.stderr
    assert sorted(tmp_path.rglob("*")) == before
    assert Path(tmp_path / "taken.html").read_text() == "mine"


def test_a_range_plot_keeps_the_order_of_what_it_shows():
    band, wanted, value, observed = "band", "wanted", "dot", "known"
    places = {name: [float(number) for number in re.findall(r"(?:left|width): ([\d.]+)%", style)] for name, style in re.findall(
        r'class="(\w+)[^"]*" style="([^"]*)"', range_plot("a number", 5.0, 4.0, 8.0, (3.0, 9.0), 6.0))}
    ends = {name: sum(where) for name, where in places.items()}
    assert 0 < places[band][0] < places[wanted][0] < ends[value] < ends[observed] < ends[wanted] < ends[band] < 100
    assert 'class="wanted" style="left: 0' in range_plot("open below", 5.0, None, 8.0)
    assert "wanted" not in range_plot("no range", 5.0, float("-inf"), float("inf"))
