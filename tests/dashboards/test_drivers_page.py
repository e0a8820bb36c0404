"""The page of what drives an outcome."""

from functools import partial

import pytest

pytest.importorskip("streamlit")

from streamlit.testing.v1 import AppTest

import sim
from sim.analysis.library import Library
from sim.model import registry


@pytest.fixture
def shown(opened):
    """The page under a link."""
    return partial(opened, "drivers", sets=32, days=30)


def texts(test: AppTest) -> str:
    return "\n".join(element.value for element in (*test.markdown, *test.caption, *test.info))


def test_the_page_ranks_parameters_and_tells_luck_from_parameters(shown):
    test = shown(outcome="gaza_war")
    assert len(test.get("vega_lite_chart")) == 4
    said = texts(test)
    assert f"32 draws of {len(registry.catalogue())} parameters" in said and "what chance alone would do" in said
    assert not test.error


def test_a_parameter_that_is_picked_goes_into_the_link(shown):
    test = shown()
    other = test.selectbox(key="pick.other_driver").value
    test.selectbox(key="pick.driver").set_value(other).run()
    assert test.query_params["driver"] in (other, [other])
    assert test.selectbox(key="pick.other_driver").value != other
    test.selectbox(key="pick.other_driver").set_value(other).run()
    assert any("Choose two different parameters" in info.value for info in test.info)


def test_deaths_are_not_offered_and_a_link_to_them_shows_what_is_marked(shown):
    test = shown(outcome="deaths_iran")
    assert not test.error
    assert not any("Deaths" in option for option in test.selectbox(key="view.outcome").options)
    assert f"**{test.selectbox(key='view.outcome').format_func(test.selectbox(key='view.outcome').value)}**" in texts(test)


def test_the_check_one_at_a_time_offers_each_end_under_what_if(shown):
    test = shown()
    test.button(key="check").click().run()
    assert not test.exception and not test.error
    assert len(test.get("vega_lite_chart")) == 5
    assert len(test.get("page_link")) == 16


def test_a_run_over_priors_that_is_open_in_the_library_is_used(shown, tmp_path, monkeypatch):
    monkeypatch.setenv("BRINK_LIBRARY", str(tmp_path))
    Library(tmp_path).keep(sim.run(worlds=128, days=20, uncertainty="priors", sets=32), "drawn")
    test = shown(run="drawn")
    assert "From drawn in the library: 32 draws, 128 worlds of 20 days." in texts(test)


def test_what_is_wrong_in_a_link_is_told_and_left_out(shown):
    test = shown(driver="nonsense.parameter", sets="100000")
    told = " ".join(warning.value for warning in test.warning).replace("\\", "")
    assert "driver=nonsense.parameter" in told and "sets=100000" in told
