"""Colours on the page: the same as in the pictures, and seen on dark paper too."""

import pandas as pd
import pytest

pytest.importorskip("streamlit")

from dashboards import paint
from sim.model import palette
from sim.report.figures import look
from sim.report.html.colours import SHAPE, contrast


def test_every_colour_of_the_pictures_can_be_seen_on_dark_paper():
    dark = paint.INKS["dark"][1]
    assert set(look.ACTORS.values()) | set(palette.INKS.values()) <= set(paint.ON_DARK)
    assert all(contrast(lighter, dark) >= SHAPE for lighter in paint.ON_DARK.values())
    assert all(contrast(colour, dark) >= SHAPE for colour in look.ACTORS.values())
    assert any(contrast(colour, dark) < SHAPE for colour in paint.ON_DARK)


def test_charts_change_colours_with_the_theme_and_nothing_else(monkeypatch):
    war = look.INK
    spec = {"mark": {"color": war, "opacity": 0.5}, "layer": [{"range": [war, "#ffffff"]}], "title": "war"}
    data = pd.DataFrame({"colour": [war, "#ffffff"], "share": [0.1, 0.2]})
    monkeypatch.setattr(paint, "theme", lambda: "light")
    assert paint.on_paper(spec) is spec
    monkeypatch.setattr(paint, "theme", lambda: "dark")
    lighter = paint.ON_DARK[war]
    assert lighter != war
    assert paint.on_paper(spec) == {"mark": {"color": lighter, "opacity": 0.5}, "layer": [{"range": [lighter, "#ffffff"]}],
                                    "title": "war"}
    assert paint.on_paper(data)["colour"].tolist() == [lighter, "#ffffff"]
    assert data["colour"].tolist() == [war, "#ffffff"]


def test_a_style_names_both_colours():
    assert paint.css(look.INK) == f"light-dark({look.INK}, {paint.ON_DARK[look.INK]})"
    assert paint.css("#123456") == "light-dark(#123456, #123456)"
