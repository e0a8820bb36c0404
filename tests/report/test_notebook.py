"""What a notebook shows, pictures by name, and runs as labelled arrays."""

from __future__ import annotations

import dataclasses
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from matplotlib.figure import Figure
from sweep_helpers import begun, study

import sim
from sim.errors import BrinkError
from sim.report import figures
from sim.report.figures import comparison as pairs
from sim.words import LIMITS


@pytest.fixture(scope="module")
def run():
    return sim.run(worlds=64, days=30)


@pytest.fixture(scope="module")
def comparison(run):
    return sim.compare(run, set={"israel.bias": 0.1})


class Tags(HTMLParser):
    """Fails where tags do not close, or where something is more than text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def checked(html: str) -> str:
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert not {"script", "img", "a", "style"} & set(tags.seen)
    assert LIMITS in html
    return html


def test_a_run_shows_its_gist_its_headlines_and_its_limits(run):
    shown = checked(run._repr_html_())
    assert "very unlikely (5 to 20 %), 12 of 100 worlds." in shown
    assert shown.count("<tr>") == 11
    hostile = dataclasses.replace(sim.load_scenario("baseline"), title="<script>alert(1)</script>")
    assert "&lt;script&gt;" in checked(sim.run(hostile, worlds=2, days=1)._repr_html_())


def test_a_comparison_a_chronicle_and_a_study_show_theirs(comparison, run, tmp_path):
    shown = checked(comparison._repr_html_())
    assert "israel.bias" in shown and "<table>" in shown
    assert "World 3 of baseline" in checked(run.explain(3)._repr_html_())
    begun(tmp_path / "s", study(tmp_path))
    shown = checked(sim.open_study(tmp_path / "s")._repr_html_())
    assert "6 sets of 2 parameters, 20 worlds a set" in shown
    assert "Direct fire between Iran and Israel or the United States" in shown


@pytest.mark.parametrize("name", ["first_strike", "iran_missiles", "war.tension", "war_tension"])
def test_pictures_of_a_run_by_name(run, name):
    drawn = run.plot(name)
    assert isinstance(drawn, Figure)
    assert drawn._repr_png_().startswith(b"\x89PNG")
    if "." not in name:
        assert isinstance(getattr(run.plot, name)(), Figure)
        assert name in dir(run.plot)


def test_the_pictures_are_those_of_the_files(run, comparison, tmp_path):
    from sim.report.figures import look

    for kept, made, about in ((figures.draw(run, tmp_path), run.plot, figures.about(run)),
                              (pairs.draw(comparison, tmp_path), comparison.plot, None)):
        for path in kept:
            file = path.with_suffix(".svg").read_bytes()
            again = look.drawn(made(path.name), "svg", about or "")
            assert again == file if about else len(again) > 1000
            assert path.name in dir(made)


def test_a_picture_that_does_not_exist_is_named_with_the_nearest(run, comparison):
    with pytest.raises(BrinkError, match=r"there is no picture 'first_strik'; did you mean 'first_strike'"):
        run.plot("first_strik")
    with pytest.raises(AttributeError, match="there is no picture 'differenc'"):
        comparison.plot.differenc()


def test_a_run_as_labelled_arrays(run):
    pytest.importorskip("xarray")
    made = run.to_xarray()
    assert float(made["war_length"].mean()) == pytest.approx(run.outcomes.set_index("id")["estimate"]["war_length"])
    assert int(made["round_two"].notnull().sum()) == run.happened("round_two").sum()
    assert made["war.tension"].sel(statistic="mean").values == pytest.approx(run.series("war.tension")["mean"])
    assert made["war_length"].attrs == {"long_name": "Days of the first war, given one", "units": "days"}
    drawn = sim.run(worlds=8, days=2, uncertainty="priors", sets=2).to_xarray()
    assert drawn["parameters"].dims == ("parameter_set", "parameter")
    assert np.isfinite(drawn["parameters"]).all()


def test_without_xarray_there_is_one_clear_line(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(BrinkError, match=r"^to_xarray: xarray is not installed; pip install xarray$"):
        run.to_xarray()
