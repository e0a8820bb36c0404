"""Pictures: drawn from any run, with the words that a reader needs, and the same bytes for the same run."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import imread
from toy import BORDER, CALM, Border, Outcome

import sim
from sim.ensemble import survival
from sim.ensemble.tasks import ModelSpec
from sim.errors import BrinkError
from sim.model import registry
from sim.report import figures
from sim.report.figures import look
from sim.scenario.scenario import Scenario
from sim.words import percent

WHO = ("nobody", "israel", "both", "united states", "iran")
OUTCOMES = (Outcome("round_two", "O1", "The first strike", "day", "day", base=0.4),
            Outcome("first_initiator", "O3", "Who strikes first", "code", labels=WHO))


def columns(model):
    first = model.north.first
    return {"round_two": first, "first_initiator": np.where(first >= 0, 1 + model.numbers % 4, 0).astype(np.int8)}


STRIKES = ModelSpec(Border, columns, OUTCOMES)


@pytest.fixture(scope="module")
def run():
    return sim.run(Scenario("calm", "Calm", days=365), worlds=500, subject=STRIKES)


def words(figure):
    return " ".join(text.get_text().replace("\n", " ") for text in figure.findobj(lambda o: hasattr(o, "get_text")))


def test_the_curve_says_who_and_how_likely_with_base_rate_and_limits(run):
    text = words(figures.first_strike_curve(run))
    assert f"{percent((run.worlds['round_two'] >= 0).mean())} by 30 December 2026" in text
    for part in ("Israel alone", "Israel and US", "US alone", "Iran", "Base rate 40 %", "500 simulated worlds, seed 1",
                 "not a forecast"):
        assert part in text


def test_the_areas_add_up_to_the_curve(run):
    axes = figures.first_strike_curve(run).axes[0]
    areas = [area.get_paths()[0].vertices for area in axes.collections]
    total = axes.lines[0].get_ydata()
    assert len(areas) == 5
    assert max(vertices[:, 1].max() for vertices in areas[:4]) == pytest.approx(total[-1])
    assert (np.diff(total) >= 0).all()
    assert total[0] == 0


def test_the_fan_shows_date_unit_and_quantiles(run):
    figure = figures.fan(run, "north.arms")
    text, row = words(figure), run.series("north.arms")
    for part in ("tanks", "median", "5 %", "95 %", "nine of ten", "500 simulated worlds"):
        assert part in text
    assert figure.axes[0].lines[0].get_ydata() == pytest.approx(row["q50"])
    assert figure.axes[0].get_xlim() == pytest.approx(tuple(look.dates(np.array([0, 365]), run.scenario.date)))


def test_a_variable_that_was_not_recorded_is_said(run):
    with pytest.raises(BrinkError, match=r"no recorded variable 'north\.arm'; did you mean 'north\.arms'\?"):
        figures.fan(run, "north.arm")


def test_nothing_happened_is_drawn_too():
    quiet = Scenario("quiet", "Quiet", days=20, parameters={"north.shot_rate": 0.0})
    text = words(figures.first_strike_curve(sim.run(quiet, worlds=50, subject=STRIKES)))
    assert "0 % by 19 January 2026" in text
    assert "Base rate" not in text


def test_files_are_pictures_and_the_same_for_the_same_run(run, tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "drawn", lambda: ("north.arms",))
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        figures.draw(run, tmp_path / name)
    made = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    assert sorted(made) == ["first_strike.png", "first_strike.svg", "north_arms.png", "north_arms.svg"]
    assert made == {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}
    for name in ("first_strike.png", "north_arms.png"):
        picture = imread(tmp_path / "a" / name)
        assert picture.shape[1] == round(150 * look.SIZE[0])
        assert picture.std() > 0.05


def test_pictures_leave_global_settings_alone(run):
    import matplotlib

    before = dict(matplotlib.rcParams)
    figures.first_strike_curve(run)
    assert dict(matplotlib.rcParams) == before


@given(st.lists(st.floats(0, 1), max_size=12))
def test_labels_are_kept_apart_in_their_order(heights):
    placed = look.apart(sorted(heights), 0.06, 1.0)
    assert len(placed) == len(heights)
    assert all(above - below >= 0.06 - 1e-9 for below, above in pairwise(placed))
    assert all(height <= 1 + 1e-9 for height in placed)


@given(st.integers(0, 100), st.integers(1, 100))
def test_the_band_holds_the_share_and_stays_within_bounds(hits, more):
    worlds = hits + more
    low, high = survival.wilson(np.array([hits / worlds]), worlds)
    assert -1e-12 <= low[0] <= hits / worlds + 1e-12
    assert hits / worlds - 1e-12 <= high[0] <= 1 + 1e-12


def test_the_subject_of_other_tests_has_no_curve():
    with pytest.raises(BrinkError, match="no outcome 'round_two'"):
        figures.first_strike_curve(sim.run(CALM, worlds=10, subject=BORDER))


def test_the_crisis_is_drawn(tmp_path):
    figures.draw(sim.run(worlds=200, days=60), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "first_strike.png", "first_strike.svg", "iran_missiles.png", "iran_missiles.svg"]
